"""The auditor's pack in Markdown: clause by clause the rules, the resources, the verdicts and what they rest on."""

from collections import Counter
from collections.abc import Iterator

from policies.core.frameworks import Framework
from policies.core.verdicts import Verdict
from policies.reports.answers import Answer, Answered, Report, evidence, name_of

INTRODUCTION = (
    "What the policy pack found on the resources that the program declares. It shows how the infrastructure is set up. "
    "It does not show what people do, what happens at run time, or what an account held before; clauses about those "
    'say "not evidenced here" with the reason, and are for the auditor to see elsewhere.'
)
_NOT_LISTED = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def text(report: Report) -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# Policies on stack {_escaped(report.run.stack or 'without a name')}"
    yield from ("", INTRODUCTION, "")
    yield from ("| verdict | findings |", "|---|---|")
    yield from (f"| {verdict} | {report.counts[verdict]} |" for verdict in Verdict)
    if report.run.complaints:
        yield from ("", "## What is wrong with the waivers", "")
        yield from (f"- {_escaped(complaint)}" for complaint in report.run.complaints)
    yield from _waivers(report)
    for framework in report.frameworks:
        yield from _framework(framework, report)
    yield from _rules(report)


def _waivers(report: Report) -> Iterator[str]:
    waived = [finding for finding in report.findings if finding.verdict is Verdict.WAIVED]
    yield from ("", "## Waivers", "")
    if not waived:
        yield "None."
    for finding in waived:
        yield f"- {finding.rule.id} on {_code(finding.urn)}: {_escaped(evidence(finding))}"


def _framework(framework: Framework, report: Report) -> Iterator[str]:
    answered = report.answered(framework)
    counts = Counter(each.answer for each in answered)
    yield from ("", f"## {_escaped(framework.title)}", "")
    yield f"{framework.source}: {len(answered)} clauses, " + ", ".join(
        f"{counts[answer]} {answer}" for answer in Answer if counts[answer]
    )
    both = any(each.clause.as_aws_maps for each in answered)
    yield ""
    yield "| clause | asks | answer | rules | resources |" + (" as AWS maps it |" if both else "")
    yield "|---|---|---|---|---|" + ("---|" if both else "")
    for each in answered:
        yield _row(each, both)
    for each in answered:
        yield from _details(each)


def _row(answered: Answered, both: bool) -> str:
    clause = answered.clause
    title = f"{clause.title} ({clause.asks})" if clause.asks else clause.title
    seen = ", ".join(f"{answered.counts[verdict]} {verdict}" for verdict in Verdict if answered.counts[verdict])
    cells = [clause.id, title, str(answered.answer), ", ".join(clause.rules) or "none", seen or "none"]
    if both:
        cells.append(", ".join(clause.as_aws_maps) or "nothing")
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _details(answered: Answered) -> Iterator[str]:
    """What does not simply hold, with what was seen."""
    listed = [finding for finding in answered.findings if finding.verdict not in _NOT_LISTED]
    if not listed and not answered.clause.not_evidenced:
        return
    yield from ("", f"### {_escaped(answered.clause.id)}", "")
    if answered.clause.not_evidenced:
        yield f"Not evidenced here: {_escaped(answered.clause.not_evidenced)}."
    for finding in listed:
        yield f"- {finding.rule.id}, {_code(name_of(finding))}: **{finding.verdict}**. {_escaped(evidence(finding))}"


def _rules(report: Report) -> Iterator[str]:
    """The evidence itself: each rule with each resource it judged."""
    yield from ("", "## Evidence, rule by rule")
    for rule in report.rules:
        judged = [each for each in report.by_rule.get(rule.id, []) if each.verdict is not Verdict.NOT_APPLICABLE]
        yield from ("", f"### {rule.id} {_escaped(rule.title)}", "")
        yield f"{rule.severity}. {_escaped(rule.why)} ({rule.link})"
        yield ""
        if not judged:
            yield "Nothing in this stack that it is about."
        for finding in judged:
            yield f"- {_code(finding.urn or 'the stack')}: {finding.verdict}. {_escaped(evidence(finding))}"


def _escaped(given: str) -> str:
    """As text in a table's cell or a line: no cell, line, tag or emphasis of its own."""
    flat = " ".join(given.split())
    for special in "\\`*_|[]<>":
        flat = flat.replace(special, f"\\{special}")
    return flat


def _code(given: str) -> str:
    plain = given.replace("`", "'")
    return f"`{plain}`"
