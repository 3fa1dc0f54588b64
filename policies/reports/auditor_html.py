"""The auditor's pack as one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

from collections.abc import Iterator
from html import escape

from policies.core.frameworks import Framework
from policies.core.verdicts import Finding, Verdict
from policies.reports.answers import Answer, Answered, Report, evidence
from policies.reports.auditor_markdown import INTRODUCTION

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
table { border-collapse: collapse; width: 100% } code { overflow-wrap: anywhere } summary { cursor: pointer }
td, th { border: 1px solid #bbb; padding: .3rem .5rem; text-align: left; vertical-align: top }
th { background: #f0f0f0 }
.fails { background: #fbe3e3 } .open { background: #fff4d6 } .holds { background: #e6f4e6 }
.rest { background: #f4f4f4 }
@media print { details > * { display: block } }
"""
_CLASSES = {
    Answer.FAILED: "fails",
    Answer.OPEN: "open",
    Answer.EXCEPTED: "open",
    Answer.HOLDS: "holds",
    Answer.IDLE: "rest",
    Answer.NOT_EVIDENCED: "rest",
}


def text(report: Report) -> str:
    title = escape(f"Policies on stack {report.run.stack or 'without a name'}")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    body = "\n".join(_body(report))
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>\n<h1>{title}</h1>\n{body}\n</body></html>\n'


def _body(report: Report) -> Iterator[str]:
    yield f"<p>{escape(INTRODUCTION)}</p>"
    yield from _table(["verdict", "findings"], ([str(each), str(report.counts[each])] for each in Verdict))
    if report.run.complaints:
        yield "<h2>What is wrong with the waivers</h2>"
        yield _list(report.run.complaints)
    waived = [finding for finding in report.findings if finding.verdict is Verdict.WAIVED]
    yield "<h2>Waivers</h2>"
    yield _list([f"{each.rule.id}, {each.urn}: {evidence(each)}" for each in waived]) if waived else "<p>None.</p>"
    for framework in report.frameworks:
        yield from _framework(framework, report)
    yield from _evidence(report)


def _framework(framework: Framework, report: Report) -> Iterator[str]:
    answered = report.answered(framework)
    both = any(each.clause.as_aws_maps for each in answered)
    yield f"<h2>{escape(framework.title)}</h2>"
    yield f"<p>{escape(framework.source)}</p>"
    headings = ["clause", "asks", "answer", "rules and resources", *(["as AWS maps it"] if both else [])]
    yield f"<table><tr>{''.join(f'<th>{heading}</th>' for heading in headings)}</tr>"
    for each in answered:
        yield _row(each, both)
    yield "</table>"


def _row(answered: Answered, both: bool) -> str:
    clause, answer = answered.clause, answered.answer
    asks = f" ({clause.asks})" if clause.asks else ""
    limit = f"<p>Not evidenced here: {escape(clause.not_evidenced)}.</p>" if clause.not_evidenced else ""
    cells = [
        f"<td>{escape(clause.id)}</td><td>{escape(clause.title + asks)}</td>",
        f'<td class="{_CLASSES[answer]}">{escape(answer)}</td>',
        f"<td>{limit}{''.join(_rule(id, answered) for id in clause.rules) or 'none'}</td>",
        f"<td>{escape(', '.join(clause.as_aws_maps) or 'nothing')}</td>" if both else "",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _rule(id: str, answered: Answered) -> str:
    """The rule with its sums, and what did not simply pass; everything it judged stands once, below."""
    judged = [each for each in answered.findings if each.rule.id == id and each.verdict is not Verdict.NOT_APPLICABLE]
    link = f'<a href="#{escape(id)}">{escape(id)}</a>'
    if not judged:
        return f"<div>{link}: nothing in this stack that it is about</div>"
    bad = [each for each in judged if each.verdict is not Verdict.PASS]
    told = f"{link} {escape(judged[0].rule.title)}: {len(judged)} judged"
    return f"<div>{told}, {len(bad)} not simply passed</div>{_findings(bad)}" if bad else f"<div>{told}</div>"


def _evidence(report: Report) -> Iterator[str]:
    yield "<h2>Evidence, rule by rule</h2>"
    for rule in report.rules:
        judged = [each for each in report.by_rule.get(rule.id, []) if each.verdict is not Verdict.NOT_APPLICABLE]
        yield f'<h3 id="{escape(rule.id)}">{escape(rule.id)} {escape(rule.title)}</h3>'
        yield f'<p>{escape(rule.severity)}. {escape(rule.why)} <a href="{escape(rule.link)}">More</a></p>'
        yield _findings(judged) if judged else "<p>Nothing in this stack that it is about.</p>"


def _findings(judged: list[Finding]) -> str:
    rows = (
        f"<li><code>{escape(each.urn or 'the stack')}</code>: {escape(each.verdict)}. {escape(evidence(each))}</li>"
        for each in judged
    )
    return f"<ul>{''.join(rows)}</ul>"


def _table(headings: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"<table><tr>{''.join(f'<th>{escape(each)}</th>' for each in headings)}</tr>"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
    yield "</table>"


def _list(items: "list[str] | tuple[str, ...]") -> str:
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in items)}</ul>"
