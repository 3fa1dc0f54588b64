"""Acknowledgements: a stack file says, resource by resource, what may be destroyed, why and until when.

One covers one kind of change of one resource. Left behind it would wave the next accident through: it has an end, and
one that nothing needs is told.
"""

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from reports.risk import Risk

KEY = "lifeline:acknowledged"
CHANGES = ("delete", "replace", "update")
_RESOURCE = re.compile(r"[\w-]+:[\w./-]+:\w+::[^\s:]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LONGEST_DAYS = 31


@dataclass(frozen=True)
class Acknowledgement:
    """`resource` is the end of a URN: its type and its name."""

    resource: str
    change: str
    because: str
    until: datetime.date


@dataclass(frozen=True)
class Judged:
    """Risks somebody said yes to, those nobody did, and what is wrong with the acknowledgements themselves."""

    covered: Mapping[str, Acknowledgement]
    missing: tuple[Risk, ...]
    remarks: tuple[str, ...]


def problems(given: Mapping[str, Mapping[str, object]]) -> list[tuple[str, object, str]]:
    """Of a stack file's entries: place, what was given, what is allowed."""
    found: list[tuple[str, object, str]] = []
    for resource, entry in given.items():
        if not _RESOURCE.fullmatch(resource):
            allowed = "type and name of a resource as in its URN, such as aws:rds/instance:Instance::database-primary"
            found.append((resource, resource, allowed))
        if set(entry) != {"change", "because", "until"}:
            found.append((resource, sorted(entry), "exactly change, because and until"))
            continue
        if entry["change"] not in CHANGES:
            found.append((f"{resource}.change", entry["change"], f"one of {', '.join(CHANGES)}"))
        if not isinstance(entry["because"], str) or not entry["because"].strip():
            found.append((f"{resource}.because", entry["because"], "a reason"))
        if _day(entry["until"]) is None:
            found.append((f"{resource}.until", entry["until"], 'a day in quotes, such as "2026-12-31"'))
    return found


def _day(given: object) -> datetime.date | None:
    text = str(given)[:10]
    try:
        return datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def of_config(config: Mapping[str, object]) -> tuple[Acknowledgement, ...]:
    """Those of a stack's configuration that are sound; settings.py tells of the others."""
    given: Any = config.get(KEY) or {}
    try:
        entries = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return ()
    if not isinstance(entries, dict):
        return ()
    known = {
        name: cast("dict[str, object]", each)
        for name, each in cast("dict[str, object]", entries).items()
        if isinstance(each, dict)
    }
    wrong = {place.split(".change")[0].split(".because")[0].split(".until")[0] for place, _, _ in problems(known)}
    return tuple(
        Acknowledgement(name, str(each["change"]), str(each["because"]), day)
        for name, each in known.items()
        if name not in wrong and (day := _day(each["until"]))
    )


def judge(risks: Sequence[Risk], given: Sequence[Acknowledgement], today: datetime.date) -> Judged:
    """Only what destroys needs one."""
    covered: dict[str, Acknowledgement] = {}
    missing: list[Risk] = []
    remarks: list[str] = []
    by_resource = {each.resource: each for each in given}
    for risk in risks:
        if not risk.destructive:
            continue
        found = by_resource.get(risk.change.key)
        if found is None:
            missing.append(risk)
        elif found.change != risk.asks:
            missing.append(risk)
            remarks.append(f"`{found.resource}` is acknowledged for {found.change}, and would be {risk.what}")
        elif found.until < today:
            missing.append(risk)
            remarks.append(f"the acknowledgement of `{found.resource}` ended on {found.until}")
        elif (found.until - today).days > LONGEST_DAYS:
            missing.append(risk)
            remarks.append(
                f"the acknowledgement of `{found.resource}` lasts until {found.until}: at most {LONGEST_DAYS} days"
            )
        else:
            covered[risk.change.key] = found
    at_risk = {risk.change.key for risk in risks if risk.destructive}
    remarks += [
        f"`{each.resource}` is acknowledged, and nothing happens to it: take the acknowledgement out"
        for each in given
        if each.resource not in at_risk
    ]
    return Judged(covered, tuple(missing), tuple(remarks))
