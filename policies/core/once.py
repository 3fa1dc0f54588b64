"""One fault, one finding: where several rules say the same of the same place, the gravest tells it for all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from policies.core.rule import Problem, Severity
from policies.core.verdicts import Finding, Level, Verdict, shown

_GRAVITY = list(reversed(Severity))


def folded(findings: Sequence[Finding]) -> list[Finding]:
    """Failures that another one tells know of which rule it is, and that one knows of them. All stay failures."""
    telling: dict[str, list[tuple[Finding, Problem]]] = defaultdict(list)
    told_by: dict[int, Finding] = {}
    for finding in sorted((each for each in findings if each.verdict is Verdict.FAIL), key=_rank):
        tellers = [_teller(finding, problem, telling[_place(finding, problem)]) for problem in finding.problems]
        if tellers and tellers[0] and all(tellers):
            told_by[id(finding)] = tellers[0]
            continue
        for problem in finding.problems:
            telling[_place(finding, problem)].append((finding, problem))
    also: dict[int, list[str]] = defaultdict(list)
    for finding in findings:
        if id(finding) in told_by:
            also[id(told_by[id(finding)])].append(finding.rule.id)
    return [
        replace(
            finding,
            told_by=told_by[id(finding)].rule.id if id(finding) in told_by else "",
            also=tuple(also.get(id(finding), ())),
        )
        for finding in findings
    ]


def _rank(finding: Finding) -> tuple[bool, bool, int, str]:
    """What stops the update before advice, then by gravity; a rule within others after those."""
    rule = finding.rule
    return bool(rule.within), finding.level is Level.ADVISORY, _GRAVITY.index(rule.severity), rule.id


def _place(finding: Finding, problem: Problem) -> str:
    return problem.culprit.urn if problem.culprit else finding.urn


def _teller(finding: Finding, problem: Problem, there: Iterable[tuple[Finding, Problem]]) -> Finding | None:
    """What says it already of this resource: in the same words, or by a rule that this one lies within."""
    for other, said in there:
        softer = finding.level is Level.MANDATORY and other.level is Level.ADVISORY
        same = (said.path, said.expected, shown(said.found)) == (problem.path, problem.expected, shown(problem.found))
        nested = said.path.startswith(problem.path) or problem.path.startswith(said.path)
        if not softer and (same or (nested and other.rule.id in finding.rule.within)):
            return other
    return None
