"""Verdicts of a policy pack: from the pack's own report where there is one, else as the engine passed them on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from reports import values
from reports.changes import Changes
from reports.reading import Unreadable


@dataclass(frozen=True)
class Finding:
    """One thing a rule found wrong."""

    rule: str
    resource: str
    text: str


@dataclass(frozen=True)
class Verdicts:
    """What stops the update, what is only said, and how many rules were asked."""

    ran: bool
    mandatory: tuple[Finding, ...] = ()
    advisory: tuple[Finding, ...] = ()
    counted: str = ""


def of(changes: Changes, report: Path | None = None) -> Verdicts:
    if report is not None:
        return _of_report(report)
    found: dict[bool, list[Finding]] = {True: [], False: []}
    for each in changes.violations:
        text = each.text.strip().split("\n", 1)[-1]  # the SDK puts the policy's description before it
        resource = each.urn.rsplit("::", 1)[-1] or "the stack"
        found[each.level == "mandatory"].append(Finding(each.policy, resource, text))
    return Verdicts(changes.policy_ran or bool(changes.violations), tuple(found[True]), tuple(found[False]))


def _of_report(file: Path) -> Verdicts:
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
        rules = {each["id"]: each for each in content["rules"]}
        told = [each for each in content["findings"] if each["verdict"] in ("fail", "broken")]
        findings = [(bool(each["stops"]), _finding(each, rules)) for each in told]
        complaints = tuple(Finding("waivers", "the stack", str(each)) for each in content["complaints"])
        counts = ", ".join(f"{count} {verdict}" for verdict, count in content["counts"].items())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{file} is no report of the policy pack ({error!r}): it is its report.json") from None
    return Verdicts(
        True,
        (*complaints, *(each for stops, each in findings if stops)),
        tuple(each for stops, each in findings if not stops),
        f"{len(rules)} rules: {counts}",
    )


def _finding(given: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> Finding:
    rule = rules.get(given["rule"], {})
    problems = cast("list[Mapping[str, Any]]", given["problems"])
    said = "; ".join(
        f"{each['path']}: expected {each['expected']}, found {values.shown(each['found'])}" for each in problems
    )
    fix = f". Fix: {rule['fix']}" if rule.get("fix") else ""
    return Finding(given["rule"], given["resource"], f"{rule.get('title', '')}: {said or given['reason']}{fix}")
