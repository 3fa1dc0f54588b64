"""The gates of a platform's release, as its document has them: each asked, or said to be unasked, with the reason.

A health path is asked at the door, a condition of Prometheus, a backup of the bucket, a command of the application's
checkout. Approvals are given by people in environments of the repository: one a role, since of several reviewers of
one environment a single one is enough.
"""

import datetime
import json
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from operations.health.door import Door
from operations.health.verdicts import Broken, Unseen
from rendering.haproxy.choosing import COOKIE
from rendering.prometheus import signals
from systems.model import Condition, Gate, GateKind, GateTime, RollbackTrigger, System

_ANSWER_SECONDS = 15.0
_COMMAND_SECONDS = 1800.0
#: A dump before the change is one of this day, whatever time of the day it is.
_FRESH = datetime.timedelta(hours=24)
#: The first user who moves: at any share above none this one is served by the new side.
_FIRST_TO_MOVE = f"{COOKIE}=0"
#: How often a condition is looked at that has to hold for a while, as Prometheus does for its own rules.
_EVALUATED_SECONDS = 15


_NO_PROMETHEUS = "no Prometheus was named (LIFELINE_PROMETHEUS)"


class Verdict(StrEnum):
    """UNASKED: the pipeline has no way to it from where it runs; only a strict run is stopped by that."""

    OPEN = "open"
    SHUT = "shut"
    UNASKED = "unasked"
    PEOPLE = "people"


@dataclass(frozen=True)
class Answer:
    gate: Gate
    verdict: Verdict
    why: str


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What the pipeline was given to ask with; None where it was given nothing."""

    door: Door
    prometheus: str | None = None
    application: Path | None = None
    newest_backup: Callable[[], datetime.datetime | None] | None = None


@dataclass(frozen=True)
class Approval:
    """An environment of the repository, and the people who may let a release through it."""

    environment: str
    role: str
    gates: tuple[str, ...]


def approvals(stack: str, system: System, times: tuple[GateTime, ...] = (GateTime.BEFORE,)) -> list[Approval]:
    """One a role, in the document's order."""
    by_role: dict[str, list[str]] = {}
    for gate in system.rollout.gates:
        if gate.kind is GateKind.APPROVAL and gate.time in times:
            by_role.setdefault(gate.role, []).append(gate.name)
    return [Approval(environment(stack, role), role, tuple(names)) for role, names in by_role.items()]


def environment(stack: str, role: str) -> str:
    """`prod-approval-crisis-team-lead`."""
    return f"{stack}-approval-{re.sub('[^a-z0-9]+', '-', role.lower()).strip('-')}"


def ask(system: System, domain: str, time: GateTime, ways: Ways) -> Iterator[Answer]:
    """Every gate of that time; one that cannot be asked stops no other."""
    for gate in system.rollout.gates:
        if gate.time is time:
            verdict, why = _answer(gate, system, domain, ways)
            yield Answer(gate, verdict, why)


def pulled(system: System, ways: Ways) -> Iterator[tuple[RollbackTrigger, Verdict, str]]:
    """What sends everybody back: SHUT where its condition has held for as long as the document says.

    Triggers that nothing measures are pulled by people."""
    for trigger in system.rollout.rollback_triggers:
        if trigger.condition is None:
            continue
        if ways.prometheus is None:
            yield trigger, Verdict.UNASKED, _NO_PROMETHEUS
            continue
        holds, why = _holds(ways.prometheus, _held(system, trigger.condition))
        yield trigger, {True: Verdict.SHUT, False: Verdict.OPEN, None: Verdict.UNASKED}[holds], why


def _held(system: System, condition: Condition) -> str:
    """Prometheus counts the looks at which it held."""
    predicate = signals.condition(system, condition)
    looks = condition.for_seconds // _EVALUATED_SECONDS
    if not looks:
        return predicate
    return f"count_over_time(({predicate})[{condition.for_seconds}s:{_EVALUATED_SECONDS}s]) >= {looks}"


def stops(answers: list[Answer], strict: bool) -> bool:
    shut = {Verdict.SHUT, Verdict.UNASKED} if strict else {Verdict.SHUT}
    return any(answer.verdict in shut for answer in answers)


def _answer(gate: Gate, system: System, domain: str, ways: Ways) -> tuple[Verdict, str]:
    match gate.kind:
        case GateKind.APPROVAL:
            return Verdict.PEOPLE, f"asked of {gate.role}"
        case GateKind.PATH:
            return _path(ways.door, _host(system, gate, domain), gate)
        case GateKind.CONDITION if ways.prometheus and gate.condition:
            return _condition(ways.prometheus, signals.condition(system, gate.condition))
        case GateKind.CONDITION:
            return Verdict.UNASKED, _NO_PROMETHEUS
        case GateKind.BACKUP if ways.newest_backup:
            return _backup(ways.newest_backup())
        case GateKind.BACKUP:
            return Verdict.UNASKED, "no backup bucket was named"
        case GateKind.COMMAND if ways.application:
            return _command(gate.command.format(domain=domain), ways.application)
        case GateKind.COMMAND:
            return Verdict.UNASKED, f"`{gate.command}`: no checkout of the application was named (LIFELINE_APPLICATION)"


def _host(system: System, gate: Gate, domain: str) -> str:
    """The path's own host where it is one of an API apart from the site."""
    checks = [check for workload in system.workloads for check in workload.health if check.path == gate.path]
    label = checks[0].host if checks else ""
    return f"{label}.{domain}" if label else domain


def _path(door: Door, host: str, gate: Gate) -> tuple[Verdict, str]:
    """At each step the new side is asked, which a gate is about."""
    url = f"https://{host}{gate.path}"
    try:
        cookie = _FIRST_TO_MOVE if gate.time is GateTime.EACH_STEP else None
        status = door.get(host, gate.path, judged=True, cookie=cookie).status
    except (OSError, Broken, Unseen) as error:
        return Verdict.SHUT, f"{url}: {error}"
    return Verdict.OPEN if 200 <= status < 300 else Verdict.SHUT, f"{url} answered {status}"


def _condition(prometheus: str, query: str) -> tuple[Verdict, str]:
    holds, why = _holds(prometheus, query)
    return Verdict.OPEN if holds else Verdict.SHUT, why


def _holds(prometheus: str, query: str) -> tuple[bool | None, str]:
    """The predicate has a value exactly when it holds; None when nobody can say."""
    address = f"{prometheus.rstrip('/')}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        with urllib.request.urlopen(address, timeout=_ANSWER_SECONDS) as response:
            answer: Mapping[str, Any] = json.load(response)
        found = answer["data"]["result"]
    except (OSError, ValueError, KeyError) as error:
        return None, f"Prometheus did not answer: {error}"
    return (True, f"holds: {query}") if found else (False, f"does not hold: {query}")


def _backup(newest: datetime.datetime | None) -> tuple[Verdict, str]:
    if newest is None:
        return Verdict.SHUT, "there is no backup"
    fresh = datetime.datetime.now(datetime.UTC) - newest < _FRESH
    return (Verdict.OPEN if fresh else Verdict.SHUT), f"the newest backup is of {newest:%Y-%m-%d %H:%M} UTC"


def _command(command: str, application: Path) -> tuple[Verdict, str]:
    """The document's own words, in the application's own checkout."""
    try:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=application,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict.SHUT, f"`{command}` did not end in {_COMMAND_SECONDS:.0f} s"
    last = (done.stdout + done.stderr).strip().splitlines()[-1:]
    told = f"`{command}` ended with {done.returncode}{': ' + last[0][:100] if last else ''}"
    return (Verdict.OPEN if done.returncode == 0 else Verdict.SHUT), told
