"""One run over a graph: judged, waived, and told in one line a finding."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from policies.context import context_of
from policies.core import once, waivers
from policies.core.engine import judge
from policies.core.graph import Graph
from policies.core.rule import Rule, Severity, all_rules
from policies.core.verdicts import Finding, Level, Verdict, sentence

#: What a reader of the console hears of; passes are counted, not listed.
_LOUD = (Verdict.FAIL, Verdict.BROKEN)


@dataclass(frozen=True)
class Run:
    """Every verdict on a stack, and what is wrong with the waivers themselves."""

    findings: tuple[Finding, ...]
    complaints: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    stack: str = ""

    @property
    def stops(self) -> bool:
        return bool(self.complaints) or any(finding.stops for finding in self.findings)

    def told(self, level: Level) -> Iterator[Finding]:
        """What is said at a level. What a critical rule could not see is said as advice."""
        for finding in self.findings:
            if finding.told_by:
                continue
            blind = finding.verdict is Verdict.UNKNOWN and finding.rule.severity is Severity.CRITICAL
            if (finding.verdict in _LOUD and finding.level is level) or (blind and level is Level.ADVISORY):
                yield finding


def run(graph: Graph, today: datetime.date | None = None) -> Run:
    rules, stack = all_rules(), stack_of(graph)
    findings = judge(graph, rules, context_of(graph).regime)
    try:
        given = waivers.read(rules, today or datetime.datetime.now(datetime.UTC).date())
    except waivers.BadWaivers as bad:
        return Run(tuple(once.folded(findings)), bad.problems, rules, stack)
    found = once.folded(waivers.waived(findings, given))
    idle = waivers.unused(found, given, stack)
    complaints = tuple(f"{waiver} is needed by nothing any more: take it out" for waiver in idle)
    return Run(tuple(found), complaints, rules, stack)


def stack_of(graph: Graph) -> str:
    """`prod` of `urn:pulumi:prod::lifeline::...`."""
    return graph.resources[0].urn.split("::")[0].rpartition(":")[2] if graph.resources else ""


def message(finding: Finding) -> str:
    """One line: the id, how grave, what was expected and what is there, and the fix."""
    rule = finding.rule
    if finding.verdict is Verdict.BROKEN:
        return f"{rule.id} could not judge: the rule itself failed with {finding.reason}"
    if finding.verdict is Verdict.UNKNOWN:
        return f"{rule.id} ({rule.severity}) {rule.title}: {finding.reason}"
    problems = "; ".join(sentence(problem) for problem in finding.problems)
    also = f" (also {', '.join(finding.also)})" if finding.also else ""
    return f"{rule.id} ({rule.severity}) {rule.title}: {problems}{also}. Fix: {rule.fix}"
