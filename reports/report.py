"""A preview judged and put on a page, the most important first: may it be done, and what would it do?"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reports import acknowledgements, costs, downtime, firewall, risk, sections, verdicts
from reports.acknowledgements import Judged
from reports.changes import Changes, Kind
from reports.costs import Costs
from reports.downtime import Expected
from reports.firewall import Firewall
from reports.page import Page, Row, Section, Tone
from reports.risk import Risk
from reports.verdicts import Verdicts

_TO_DO = {
    Kind.CREATE: "to create",
    Kind.UPDATE: "to change",
    Kind.REPLACE: "to replace",
    Kind.DELETE: "to delete",
    Kind.READ: "to read",
    Kind.IMPORT: "to import",
    Kind.FORGET: "to forget",
    Kind.SAME: "unchanged",
}


@dataclass(frozen=True)
class Findings:
    """Everything that is said of one preview."""

    changes: Changes
    risks: tuple[Risk, ...]
    judged: Judged
    firewall: Firewall
    costs: Costs
    expected: tuple[Expected, ...]
    verdicts: Verdicts

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why it must not be done; none when it may."""
        return tuple(self._refusals())

    def _refusals(self) -> Iterator[str]:
        if not self.changes.succeeded and not self.verdicts.mandatory:
            yield "the preview failed"
        if held := [each for each in self.risks if each.protected and each.destructive]:
            yield f"{_counted(len(held), 'resource')} to be destroyed {_is(len(held))} protected"
        if missing := self.judged.missing:
            yield f"{_counted(len(missing), 'loss')} of data {_is(len(missing))} not acknowledged"
        if found := self.verdicts.mandatory:
            yield f"{_counted(len(found), 'finding')} of mandatory policies"


def of(changes: Changes, today: datetime.date, policy_report: Path | None = None) -> Findings:
    found = risk.risks(changes)
    given = acknowledgements.of_config(changes.config)
    return Findings(
        changes,
        tuple(found),
        acknowledgements.judge(found, given, today),
        firewall.of(changes),
        costs.of(changes),
        tuple(downtime.of(changes)),
        verdicts.of(changes, policy_report),
    )


def page(findings: Findings) -> Page:
    glance = tuple(_glance(findings))
    verdict, tone = _verdict(findings, glance)
    found: list[Section | None] = [
        sections.failures(findings.changes),
        sections.at_risk(findings.risks, findings.judged, findings.changes),
        sections.policies(findings.verdicts),
        sections.gone(findings.changes),
        sections.openings(findings.firewall),
        sections.interruptions(findings.expected),
        sections.bill(findings.costs),
        sections.components(findings.changes),
        sections.warnings(findings.changes),
    ]
    told = tuple(each for each in found if each is not None)
    return Page(f"Preview of {findings.changes.stack}", verdict, tone, glance, told, findings.changes.stack)


def _verdict(findings: Findings, glance: tuple[Row, ...]) -> tuple[str, Tone]:
    if refusals := findings.refusals:
        return f"Not allowed: {'; '.join(refusals)}", Tone.BAD
    if not findings.changes.changed:
        return "Nothing changes", Tone.GOOD
    loud = [row.cells[0].lower() for row in glance if row.tone is Tone.BAD]
    return (f"Allowed, but look at: {', '.join(loud)}", Tone.WARN) if loud else ("Allowed", Tone.GOOD)


def _glance(findings: Findings) -> Iterator[Row]:
    changes = findings.changes
    counts = ", ".join(f"{count} {_TO_DO[kind]}" for kind, count in changes.counted().items()) or "none"
    untold = "" if changes.whole else "; what stays as it is was not told, and is in none of the sums"
    yield Row(("Resources", counts + untold))
    destructive = [each for each in findings.risks if each.destructive]
    weakened = len(findings.risks) - len(destructive)
    told = [_counted(len(destructive), "loss of data", "losses of data")] if destructive else []
    if destructive:
        told.append(f"{len(destructive) - len(findings.judged.missing)} acknowledged")
    told += [f"{weakened} more to look at"] if weakened else []
    tone = Tone.BAD if findings.judged.missing else Tone.WARN if findings.risks else Tone.GOOD
    yield Row(("Data at risk", ", ".join(told) or "none"), tone)
    yield Row(("Interruption", _interruption(findings)), _TONES[downtime.worst(list(findings.expected))])
    yield Row(*_openings(findings.firewall))
    before, after = findings.costs.before.total, findings.costs.after.total
    yield Row(("Cost a month", sections.from_to(before, after)))
    yield Row(("Policies", _policies(findings.verdicts)), _policy_tone(findings.verdicts))


_TONES = {
    downtime.Grade.OUTAGE: Tone.BAD,
    downtime.Grade.SHORT: Tone.WARN,
    downtime.Grade.ROLLING: Tone.PLAIN,
    downtime.Grade.NONE: Tone.GOOD,
}


def _interruption(findings: Findings) -> str:
    worst = downtime.worst(list(findings.expected))
    if worst is downtime.Grade.NONE:
        return "none expected"
    named = [name for each in findings.expected if each.effect.grade is worst for name in each.names]
    return f"{worst.word}: {sections.some(named, 3)}"


def _openings(found: Firewall) -> tuple[tuple[str, str], Tone]:
    wide = [each for each in found.opened if each.wide]
    told = [f"{len(found.opened)} opened"] if found.opened else []
    told += [f"{len(wide)} of them wide"] if wide else []
    told += [f"{len(found.closed)} closed"] if found.closed else []
    return ("Firewall", ", ".join(told) or "no opening changes"), sections.tone_of_openings(found)


def _policies(found: Verdicts) -> str:
    if not found.ran:
        return "not asked in this preview"
    told = f"{_counted(len(found.mandatory), 'mandatory finding')}, {len(found.advisory)} advisory"
    return f"{told} ({found.counted})" if found.counted else told


def _policy_tone(found: Verdicts) -> Tone:
    return Tone.BAD if found.mandatory else Tone.PLAIN if not found.ran else Tone.GOOD


def _counted(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or f'{one}es' if one.endswith('s') else more or f'{one}s'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
