"""Acknowledgements: a stack file says, resource by resource, what may be destroyed, why and until when.

One covers one kind of change of one resource. Left behind it would wave the next accident through: it has an end, and
one that nothing needs is told.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import settings_acknowledged
from reports.risk import Risk

KEY = f"lifeline:{settings_acknowledged.KEY}"
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


def of_config(config: Mapping[str, object]) -> tuple[Acknowledgement, ...]:
    """Those of a stack's configuration that are sound; settings.py tells of the others."""
    given: Any = config.get(KEY) or {}
    try:
        entries = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return ()
    if not isinstance(entries, dict):
        return ()
    found: list[Acknowledgement] = []
    for name, each in cast("dict[str, object]", entries).items():
        entry = cast("dict[str, object]", each) if isinstance(each, dict) else {}
        if not settings_acknowledged.of_entry(name, entry) and (until := settings_acknowledged.day(entry["until"])):
            found.append(Acknowledgement(name, str(entry["change"]), str(entry["because"]), until))
    return tuple(found)


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
