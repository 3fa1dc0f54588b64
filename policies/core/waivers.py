"""Exceptions to rules: one rule, one exact resource, for a while, with somebody who answers for it.

policies/waivers.yaml, a list of:
    - rule: LL-AUD-004
      urn: urn:pulumi:prod::lifeline::...
      reason: why the rule cannot be kept yet
      owner: name@example.org
      ticket: OPS-1234
      expires: 2026-12-31          # the last day on which it counts; 90 days ahead at most
      compensated_by: LL-AUD-005   # the rule that limits the damage meanwhile
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

import yaml

from policies.core.rule import Rule, Severity
from policies.core.verdicts import Finding, Verdict

LONGEST = datetime.timedelta(days=90)
FILE = Path(__file__).parents[1] / "waivers.yaml"


@dataclass(frozen=True)
class Waiver:
    """One exception, well-formed."""

    rule: str
    urn: str
    reason: str
    owner: str
    ticket: str
    expires: datetime.date
    compensated_by: str

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.urn

    @property
    def stack(self) -> str:
        """`prod` of `urn:pulumi:prod::lifeline::...`."""
        return self.urn.removeprefix("urn:pulumi:").partition("::")[0]

    def __str__(self) -> str:
        return f"waiver of {self.rule} for {self.urn}"


class BadWaivers(ValueError):
    """All that is wrong with the file, at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read(rules: Iterable[Rule], today: datetime.date, file: Path = FILE) -> tuple[Waiver, ...]:
    """The waivers that count today. Malformed, expired, too long and too broad ones are refused together."""
    known = {rule.id: rule for rule in rules}
    try:
        given: object = yaml.safe_load(file.read_text()) or []
    except FileNotFoundError:
        return ()
    except yaml.YAMLError as error:
        raise BadWaivers([f"{file.name} is not YAML: {error}"]) from None
    if not isinstance(given, list):
        raise BadWaivers([f"{file.name} should be a list of waivers, not {type(given).__name__}"])
    waivers: list[Waiver] = []
    problems: list[str] = []
    for number, entry in enumerate(cast("list[object]", given), 1):
        wrong = list(_problems(entry, known, today))
        problems += [f"{file.name}, waiver {number}: {each}" for each in wrong]
        if not wrong:
            waivers.append(Waiver(**cast("dict[str, Any]", entry)))
    keys = [waiver.key for waiver in waivers]
    problems += [f"{file.name}: {waiver} is given twice" for waiver in waivers if keys.count(waiver.key) > 1]
    problems += _of_no_stack(waivers, file)
    if problems:
        raise BadWaivers(problems)
    return tuple(waivers)


def _of_no_stack(waivers: Iterable[Waiver], file: Path) -> Iterable[str]:
    """Judged by the project's stack files, where the pack lies in one: such a waiver would never be found unused."""
    names = {each.name.split(".")[1] for each in file.resolve().parents[1].glob("Pulumi.*.yaml")}
    for waiver in waivers:
        if names and waiver.stack not in names:
            yield f"{file.name}: {waiver}: there is no stack {waiver.stack!r}; there are {', '.join(sorted(names))}"


def _problems(entry: object, known: Mapping[str, Rule], today: datetime.date) -> Iterable[str]:
    wanted = [each.name for each in fields(Waiver)]
    if not isinstance(entry, dict):
        yield f"should be a mapping with {', '.join(wanted)}"
        return
    given = cast("dict[str, object]", entry)
    yield from (f"{name} is missing" for name in wanted if name not in given)
    yield from (f"{name} is no key of a waiver; those are {', '.join(wanted)}" for name in given.keys() - set(wanted))
    for name in ("rule", "urn", "reason", "owner", "ticket", "compensated_by"):
        if name in given and (not isinstance(given[name], str) or not str(given[name]).strip()):
            yield f"{name} should be a text, not {given[name]!r}"
    yield from _rule_problems(given, known)
    urn = str(given.get("urn", ""))
    if "*" in urn or "?" in urn or not urn.startswith("urn:pulumi:"):
        yield f"urn {urn!r} is too broad: the exact URN of one resource, as the finding shows it"
    expires = given.get("expires")
    if "expires" in given and (not isinstance(expires, datetime.date) or isinstance(expires, datetime.datetime)):
        yield f"expires {expires!r} is no date: YYYY-MM-DD"
    elif isinstance(expires, datetime.date) and expires < today:
        yield f"expired on {expires}: mend the resource, or agree on a new waiver"
    elif isinstance(expires, datetime.date) and expires > today + LONGEST:
        yield f"expires on {expires}: at most {LONGEST.days} days ahead, {today + LONGEST}"


def _rule_problems(given: Mapping[str, object], known: Mapping[str, Rule]) -> Iterable[str]:
    for name in ("rule", "compensated_by"):
        if name in given and given[name] not in known:
            yield f"{name} {given[name]!r} is no rule of this pack"
    waived = known.get(str(given.get("rule")))
    if waived is not None and waived.severity is Severity.CRITICAL:
        yield f"{waived.id} is critical and cannot be waived: {waived.title}"
    if given.get("rule") == given.get("compensated_by") and "rule" in given:
        yield f"{given['rule']} cannot make up for itself: compensated_by names another rule"


def waived(findings: Iterable[Finding], waivers: Sequence[Waiver]) -> list[Finding]:
    """Findings with their waivers applied; a waiver stays in the report, it hides nothing."""
    by_key = {waiver.key: waiver for waiver in waivers}
    found: list[Finding] = []
    for finding in findings:
        waiver = by_key.get((finding.rule.id, finding.urn))
        if waiver is not None and finding.verdict is Verdict.FAIL:
            why = f"{waiver.reason} ({waiver.owner}, {waiver.ticket}, until {waiver.expires})"
            finding = replace(finding, verdict=Verdict.WAIVED, reason=why)
        found.append(finding)
    return found


def unused(findings: Iterable[Finding], waivers: Sequence[Waiver], stack: str) -> list[Waiver]:
    """Waivers of this stack that no finding needed: the exception outlived its cause."""
    needed = {(each.rule.id, each.urn) for each in findings if each.verdict is Verdict.WAIVED}
    return [each for each in waivers if each.stack == stack and each.key not in needed]
