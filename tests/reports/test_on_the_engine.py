"""The real engine previews the small platform anew: the report is that of the golden files, from every kind of log."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rehearsal import stacks
from rehearsal.paths import StackPaths
from reports import reading, report
from reports.__main__ import main
from tests.engine_runs import EngineRun
from tests.reports import recorded_run
from tests.reports.golden_files import FORMS, TODAY, kept, page_of
from tests.reports.program import CHANGES, NEVER_SHOWN, PROGRAM

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]
REPLACED = "database-replaced"
#: Of one engine command, which takes seconds on a machine that has nothing else to do.
LIMIT_SECONDS = 600.0


def test_a_replaced_database_is_told_refused_and_after_an_acknowledgement_allowed(
    engine_run: Callable[..., EngineRun], emulators: StackPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = engine_run(PROGRAM, config=recorded_run.config(), emulators=emulators, limit=LIMIT_SECONDS)
    ((name, _outcome),) = recorded_run.previews(run, REPLACED)
    events = _called_small(recorded_run.events_of(run, name), run, tmp_path / "events.jsonl")
    for form, text in FORMS.items():
        now = text(page_of(events))
        assert now == kept(REPLACED, form, now)
        assert NEVER_SHOWN not in now

    assert main([str(events), "--html", str(tmp_path / "page.html"), "--markdown", str(tmp_path / "comment.md")]) == 1
    assert "Not allowed: 1 loss of data is not acknowledged" in capsys.readouterr().out
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")

    printed, state = tmp_path / "printed.json", tmp_path / "state.json"
    printed.write_text(_plain_json(run))
    state.write_text(json.dumps(run.export_state()))
    told, again = (report.of(reading.read(*files), TODAY) for files in ((events,), (printed, state)))
    assert again.changes.whole
    assert [each.because for each in again.risks] == [each.because for each in told.risks]
    assert (again.costs, again.firewall) == (told.costs, told.firewall)

    _acknowledge(run)
    run.preview()
    assert main([str(recorded_run.events_of(run, name))]) == 0
    assert "the old one is empty anyway" in capsys.readouterr().out
    run.destroy()


def _called_small(events: Path, run: EngineRun, target: Path) -> Path:
    """Stacks of tests have names of their own; the recorded one is `small`."""
    target.write_text(events.read_text().replace(f":{run.stack.stack}::", ":small::"))
    return target


def _plain_json(run: EngineRun) -> str:
    return run.engine.ask("preview", "--json", "--stack", run.stack.stack, "--config-file", str(run.stack.config))


def _acknowledge(run: EngineRun) -> None:
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=2)
    entry = {
        "change": "replace",
        "because": "the old one is empty anyway",
        "until": until,
    }  # YAML: a day without quotes
    changed = CHANGES[REPLACED] or {}
    config = {
        **recorded_run.config(**changed),
        "lifeline:acknowledged": {"aws:rds/instance:Instance::database-primary": entry},
    }
    (run.directory / f"Pulumi.{run.stack.stack}.yaml").write_text(yaml.safe_dump({"config": config}))
    stacks.prepare(stacks.read(run.stack.stack, run.directory), run.engine)
