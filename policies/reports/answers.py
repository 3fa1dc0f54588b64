"""What the rules' verdicts say of each clause of each framework: the common ground of all reports."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from policies.core.frameworks import Clause, Framework
from policies.core.rule import Rule
from policies.core.verdicts import Finding, Verdict, sentence
from policies.run import Run


class Answer(StrEnum):
    """OPEN: nothing fails and something is not known yet. IDLE: nothing in the stack that the rules are about."""

    FAILED = "fails"
    OPEN = "open"
    EXCEPTED = "holds, with waivers"
    HOLDS = "holds"
    IDLE = "nothing to judge"
    NOT_EVIDENCED = "not evidenced here"


@dataclass(frozen=True)
class Answered:
    """A clause with what its rules found."""

    clause: Clause
    findings: tuple[Finding, ...]

    @cached_property
    def counts(self) -> Counter[Verdict]:
        return Counter(finding.verdict for finding in self.findings)

    @property
    def answer(self) -> Answer:
        counts = self.counts
        if counts[Verdict.FAIL] or counts[Verdict.BROKEN]:
            return Answer.FAILED
        if not self.clause.rules or self.clause.watched_elsewhere:
            return Answer.NOT_EVIDENCED
        if counts[Verdict.UNKNOWN]:
            return Answer.OPEN
        if counts[Verdict.WAIVED]:
            return Answer.EXCEPTED
        if not counts[Verdict.PASS]:
            return Answer.IDLE
        return Answer.HOLDS


@dataclass(frozen=True)
class Report:
    """A run beside the frameworks it answers."""

    run: Run
    frameworks: tuple[Framework, ...]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(sorted(self.run.findings, key=lambda each: (each.rule.id, each.urn)))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        seen = {finding.rule.id: finding.rule for finding in self.findings}
        known = {rule.id: rule for rule in self.run.rules} | seen
        return tuple(known[id] for id in sorted(known))

    @cached_property
    def by_rule(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            found[finding.rule.id].append(finding)
        return found

    @cached_property
    def counts(self) -> Counter[Verdict]:
        return Counter(finding.verdict for finding in self.findings)

    def answered(self, framework: Framework) -> list[Answered]:
        return [Answered(clause, tuple(self._of(clause.rules))) for clause in framework.clauses]

    def _of(self, rules: Iterable[str]) -> Iterable[Finding]:
        return (finding for id in rules for finding in self.by_rule.get(id, ()))

    def clauses_of(self, rule: str) -> list[tuple[Framework, Clause]]:
        return [(each, clause) for each in self.frameworks for clause in each.clauses if rule in clause.rules]


def name_of(finding: Finding) -> str:
    """`database-primary` of its URN."""
    return finding.urn.rsplit("::", 1)[-1] or "the stack"


def type_of(finding: Finding) -> str:
    parts = finding.urn.split("::")
    return parts[2].rsplit("$", 1)[-1] if len(parts) > 2 else ""


def evidence(finding: Finding) -> str:
    """What was seen, in a sentence."""
    if finding.problems and finding.verdict is not Verdict.WAIVED:
        told = "; ".join(sentence(problem) for problem in finding.problems)
        return f"{told} (told by {finding.told_by})" if finding.told_by else told
    if finding.verdict is Verdict.WAIVED:
        return f"{'; '.join(sentence(problem) for problem in finding.problems)}. Waived: {finding.reason}"
    return finding.reason or "as the rule asks"
