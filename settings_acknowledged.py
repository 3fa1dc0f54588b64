"""Losses of data that a stack file says yes to, resource by resource: which change, why, and until when.

The program does not read them; the report of a preview does (reports/acknowledgements.py), and pipelines obey it.
"""

import datetime
import re
from collections.abc import Mapping

from settings_reading import Reader

KEY = "acknowledged"
#: What may be acknowledged: an `update` is one that shortens what is kept.
CHANGES = ("delete", "replace", "update")
_MEMBERS = ("change", "because", "until")
_RESOURCE = re.compile(r"[\w-]+:[\w./-]+:\w+::[^\s:]+")
#: YAML makes a time of a day without quotes, and the engine writes it as one.
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]00:00:00.*)?")


def check(read: Reader) -> None:
    for place, given, allowed, id in problems(
        read.objects(KEY, "LL-CFG-080", f"a mapping of resources to {{{', '.join(_MEMBERS)}}}")
    ):
        read.refuse(id, f"{KEY}.{place}", given, allowed)


def problems(entries: Mapping[str, Mapping[str, object]]) -> list[tuple[str, object, str, str]]:
    """Of all entries: place, what was given, what is allowed, and the id of the problem."""
    return [problem for resource, entry in entries.items() for problem in of_entry(resource, entry)]


def of_entry(resource: str, entry: Mapping[str, object]) -> list[tuple[str, object, str, str]]:
    found: list[tuple[str, object, str, str]] = []
    if not _RESOURCE.fullmatch(resource):
        allowed = "the end of a URN, type and name, such as aws:rds/instance:Instance::database-primary"
        found.append((resource, resource, allowed, "LL-CFG-081"))
    if sorted(entry) != sorted(_MEMBERS):
        found.append((resource, sorted(entry), f"exactly {', '.join(_MEMBERS)}", "LL-CFG-082"))
        return found
    if entry["change"] not in CHANGES:
        found.append((f"{resource}.change", entry["change"], f"one of {', '.join(CHANGES)}", "LL-CFG-083"))
    if not isinstance(entry["because"], str) or not entry["because"].strip():
        found.append((f"{resource}.because", entry["because"], "a reason", "LL-CFG-084"))
    if day(entry["until"]) is None:
        found.append((f"{resource}.until", entry["until"], 'a day in quotes, such as "2026-12-31"', "LL-CFG-085"))
    return found


def day(given: object) -> datetime.date | None:
    matched = _DAY.fullmatch(str(given))
    try:
        return datetime.date.fromisoformat(matched[1]) if matched else None
    except ValueError:
        return None
