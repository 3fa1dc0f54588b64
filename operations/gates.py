"""The gates of a platform's release, as its document has them: each asked, or said to be unasked, with the reason.

A health path is asked at the door, a condition of Prometheus, a backup of the bucket, a command of the application's
checkout. Approvals are given by people in environments of the repository: one a role, since of several reviewers of
one environment a single one is enough.
"""

import datetime
import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from rendering.prometheus import signals
from systems.model import Gate, GateKind, GateTime, System

_ANSWER_SECONDS = 15.0
_COMMAND_SECONDS = 1800.0
#: A dump before the change is one of this day, whatever time of the day it is.
_FRESH = datetime.timedelta(hours=24)


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


def stops(answers: list[Answer], strict: bool) -> bool:
    shut = {Verdict.SHUT, Verdict.UNASKED} if strict else {Verdict.SHUT}
    return any(answer.verdict in shut for answer in answers)


def _answer(gate: Gate, system: System, domain: str, ways: Ways) -> tuple[Verdict, str]:
    match gate.kind:
        case GateKind.APPROVAL:
            return Verdict.PEOPLE, f"asked of {gate.role}"
        case GateKind.PATH:
            return _path(f"https://{domain}{gate.path}")
        case GateKind.CONDITION if ways.prometheus and gate.condition:
            return _condition(ways.prometheus, signals.condition(system, gate.condition))
        case GateKind.CONDITION:
            return Verdict.UNASKED, "no Prometheus was named (LIFELINE_PROMETHEUS)"
        case GateKind.BACKUP if ways.newest_backup:
            return _backup(ways.newest_backup())
        case GateKind.BACKUP:
            return Verdict.UNASKED, "no backup bucket was named"
        case GateKind.COMMAND if ways.application:
            return _command(gate.command.format(domain=domain), ways.application)
        case GateKind.COMMAND:
            return Verdict.UNASKED, f"`{gate.command}`: no checkout of the application was named (LIFELINE_APPLICATION)"


def _path(url: str) -> tuple[Verdict, str]:
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as response:
            return Verdict.OPEN, f"{url} answered {response.status}"
    except urllib.error.HTTPError as error:
        return Verdict.SHUT, f"{url} answered {error.code}"
    except (OSError, ValueError) as error:
        return Verdict.SHUT, f"{url}: {error}"


def _condition(prometheus: str, query: str) -> tuple[Verdict, str]:
    """The predicate has a value exactly when it holds."""
    address = f"{prometheus.rstrip('/')}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        with urllib.request.urlopen(address, timeout=_ANSWER_SECONDS) as response:
            answer: Mapping[str, Any] = json.load(response)
        found = answer["data"]["result"]
    except (OSError, ValueError, KeyError) as error:
        return Verdict.SHUT, f"Prometheus did not answer: {error}"
    return (Verdict.OPEN, f"holds: {query}") if found else (Verdict.SHUT, f"does not hold: {query}")


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
