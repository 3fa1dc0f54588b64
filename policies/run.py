"""One run over a graph: judged, waived, and told in one line a finding."""

from collections.abc import Iterable, Iterator

from policies.context import context_of
from policies.core.engine import judge
from policies.core.graph import Graph
from policies.core.rule import Severity, all_rules
from policies.core.verdicts import Finding, Level, Verdict, sentence

#: What a reader of the console hears of; passes are counted, not listed.
_LOUD = (Verdict.FAIL, Verdict.BROKEN)


def findings_of(graph: Graph) -> list[Finding]:
    return judge(graph, all_rules(), context_of(graph).regime)


def told(findings: Iterable[Finding], level: Level) -> Iterator[Finding]:
    """The findings that are said at a level. What a critical rule could not see is said as advice."""
    for finding in findings:
        blind = finding.verdict is Verdict.UNKNOWN and finding.rule.severity is Severity.CRITICAL
        if (finding.verdict in _LOUD and finding.level is level) or (blind and level is Level.ADVISORY):
            yield finding


def message(finding: Finding) -> str:
    """One line: the id, how grave, what was expected and what is there, and the fix."""
    rule = finding.rule
    if finding.verdict is Verdict.BROKEN:
        return f"{rule.id} could not judge: the rule itself failed with {finding.reason}"
    if finding.verdict is Verdict.UNKNOWN:
        return f"{rule.id} ({rule.severity}) {rule.title}: {finding.reason}"
    problems = "; ".join(sentence(problem) for problem in finding.problems)
    return f"{rule.id} ({rule.severity}) {rule.title}: {problems}. Fix: {rule.fix}"
