"""The drill, in two steps with the application's start between them: restore, then prove and publish.

What it could not prove by itself it says by name: a drill must not look like more than it was.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lifeline_backup import asking, drill_calendar, evidence, figures, restoring, throwaway
from lifeline_backup.dump import PART
from lifeline_backup.failure import Failure
from lifeline_backup.settings import Settings
from lifeline_backup.store import Store

_STATE = "drill.json"


def restore(settings: Settings) -> None:
    """The newest backup into the throwaway server, compared row by row."""
    workspace = Path(settings.drill["workspace"])
    if not drill_calendar.due(settings):
        figures.say("no drill today: the month's first Sunday is over")
        _write(workspace, {"skipped": True})
        return
    began = datetime.now(UTC)
    kind = restoring.dump_kind(settings)
    store, target = Store(settings, kind), throwaway.address(settings)
    told = store.manifest(restoring.newest(store, kind))
    lost = (began - told.began).total_seconds()
    figures.say("drill begins", backup=told.began, data_loss_seconds=round(lost))
    throwaway.wait_for(settings)
    restoring.refuse_the_live_one(settings, target, told)
    file = restoring.fetch(store, told, workspace, with_database=True)
    restoring.make_roles(target, told)
    name = settings.drill["database_name"]
    restoring.restore(target, name, file, settings.drill["jobs"])
    restoring.compare(target, name, told, settings.drill["indexes"])
    file.unlink()
    copied = store.problem_of_copy(told.part(PART))
    state = {"began": began.isoformat(), "backup": told.began.isoformat(), "data_loss_seconds": lost, "copied": copied}
    _write(workspace, {"skipped": False, **state})


def prove(settings: Settings) -> None:
    """With the application running on what was restored: every promised proof, then the figures."""
    state = json.loads((Path(settings.drill["workspace"]) / _STATE).read_text())
    if state["skipped"]:
        figures.say("no drill today")
        return
    began = datetime.fromisoformat(state["began"])
    application = settings.drill["application"]
    asking.wait_for(application)
    recovered = (datetime.now(UTC) - began).total_seconds()
    proofs: dict[str, Callable[[], str | None]] = {
        "restored": lambda: None,  # or nobody would be here: see `restore`
        "checks": lambda: _checks(application, crisis=None),
        "crisis": lambda: _checks(application, crisis=True),
        "benchmark": lambda: _benchmark(application),
        "copied": lambda: state["copied"],
    }
    wanted: dict[str, list[str]] = settings.drill["proves"]
    found: dict[str, str] = {}
    for name in dict.fromkeys(each for names in wanted.values() for each in names):
        problem = proofs[name]()
        figures.say("proved" if problem is None else "not proved", proof=name, problem=problem)
        found[name] = problem or "proved"
    seconds = {"recovery_seconds": recovered, "data_loss_seconds": state["data_loss_seconds"]}
    promises = {each: {name: found[name] for name in names} for each, names in wanted.items()}
    told = {
        "backup": state["backup"],
        "began": began,
        "promises": promises,
        "elsewhere": settings.drill["elsewhere"],
        **seconds,
    }
    evidence.keep(settings, "drills", told)
    if wrong := [f"{name}: {problem}" for name, problem in found.items() if problem != "proved"]:
        raise Failure(f"the drill did not prove everything: {'; '.join(wrong)}")
    _publish(settings, began, recovered, state["data_loss_seconds"])


def _checks(application: Any, *, crisis: bool | None) -> str | None:
    asked = [each for each in application["checks"] if crisis is None or each["crisis"] == crisis]
    wrong = [found for each in asked if (found := asking.problem(application, each))]
    return "; ".join(wrong) if wrong else None if asked else "there is no such check"


def _benchmark(application: Any) -> str | None:
    found = asking.benchmark(application)
    figures.say("benchmark", **asdict(found))
    return f"{found.failed} of {found.requests} requests failed" if found.failed else None


def _publish(settings: Settings, began: datetime, recovered: float, lost: float) -> None:
    now = datetime.now(UTC)
    duration = (now - began).total_seconds()
    figures.say("drill is good", recovery_seconds=recovered, data_loss_seconds=lost, duration_seconds=duration)
    figures.push(
        settings,
        {"job": "drill"},
        {
            "drill_last_success_timestamp_seconds": now.timestamp(),
            "drill_duration_seconds": duration,
            "drill_recovery_time_seconds": recovered,
            "drill_data_loss_seconds": lost,
        },
    )


def _write(workspace: Path, state: dict[str, Any]) -> None:
    (workspace / _STATE).write_text(json.dumps(state))
