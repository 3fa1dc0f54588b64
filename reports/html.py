"""A report as one page for a browser: nothing is fetched, no script runs, it can be kept and printed."""

from collections.abc import Iterator
from html import escape

from reports.page import Block, Card, Page, Row, Section, Snippet, Table, Text, Tone, spans

_MARKS = {Tone.BAD: "✗", Tone.WARN: "!", Tone.GOOD: "✓", Tone.PLAIN: "·"}
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff; --sheet: #f6f8fa;
  --bad: #b3261e; --warn: #8a5300; --good: #1a6b33; --bad-sheet: #fdeceb; --warn-sheet: #fff5e0; --good-sheet: #e9f7ed }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa5b1; --line: #3a424c; --paper: #0f141a;
  --sheet: #171d25; --bad: #ff9a92; --warn: #f2bd62; --good: #7bd88f; --bad-sheet: #3a1d1c; --warn-sheet: #33280f;
  --good-sheet: #14301d } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.5rem; margin: 0 0 .75rem }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem }
h3 { font-size: 1rem; margin: 0 0 .5rem }
.verdict { padding: .75rem 1rem; border-radius: .4rem; font-weight: 600; border-left: .35rem solid;
  background: var(--sheet) }
.bad { color: var(--bad) } .warn { color: var(--warn) } .good { color: var(--good) } .plain { color: var(--soft) }
.verdict.bad { background: var(--bad-sheet) } .verdict.warn { background: var(--warn-sheet) }
.verdict.good { background: var(--good-sheet) }
.glance { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: 1.25rem 0 }
.glance dt { font-weight: 600 } .glance dd { margin: 0 }
.wide { overflow-x: auto; margin: 0 0 .75rem }
table { border-collapse: collapse; width: 100%; font-size: .92rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 600; white-space: nowrap }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
td.mark { width: 1.5rem; font-weight: 700 }
code, pre { font: .875em/1.5 ui-monospace, Menlo, Consolas, monospace }
code { overflow-wrap: anywhere; background: var(--sheet); padding: .05em .3em; border-radius: .25em }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .75rem 1rem; background: var(--sheet);
  border: 1px solid var(--line); border-radius: .4rem }
.card { border: 1px solid var(--line); border-left: .35rem solid var(--line); border-radius: .4rem;
  padding: .75rem 1rem; margin: 0 0 .75rem }
.card.bad { border-left-color: var(--bad) } .card.warn { border-left-color: var(--warn) }
.card h3, .card dd { color: var(--ink) }
.card dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 }
.card dt { color: var(--soft) } .card dd { margin: 0 }
p { margin: .6rem 0 } p.plain { font-size: .92rem }
summary { font-size: 1.15rem; font-weight: 700; cursor: pointer; margin: 2.25rem 0 .75rem }
@media (max-width: 40rem) { .card dl, .glance { grid-template-columns: 1fr }
  .card dt, .glance dt { margin-top: .4rem } }
@media print { :root { color-scheme: light } body { max-width: none; padding: 0; font-size: 11px }
  .card, .verdict, tr, pre { break-inside: avoid } h2, h3, summary { break-after: avoid }
  .wide { overflow: visible }
  details::details-content { content-visibility: visible } }
""".strip()


def text(page: Page) -> str:
    return "\n".join(_page(page)) + "\n"


def _page(page: Page) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(page.title)}</title>"
    yield f"<style>\n{_STYLE}\n</style></head><body><main>"
    yield f"<h1>{_said(page.title)}</h1>"
    yield f'<p class="verdict {page.tone}">{_MARKS[page.tone]} {_said(page.verdict)}</p>'
    yield '<dl class="glance">'
    for row in page.glance:
        name, said = row.cells
        yield f'<dt>{_said(name)}</dt><dd><span class="{row.tone}">{_MARKS[row.tone]}</span> {_said(said)}</dd>'
    yield "</dl>"
    for section in page.sections:
        yield from _section(section)
    yield "</main></body></html>"


def _section(section: Section) -> Iterator[str]:
    opened, closed = ("<details><summary>", "</summary>") if section.folded else ("<section><h2>", "</h2>")
    yield f"{opened}{_said(section.title)}{closed}"
    for block in section.blocks:
        yield from _block(block)
    yield "</details>" if section.folded else "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text():
            mark = "" if block.tone is Tone.PLAIN else f"{_MARKS[block.tone]} "
            yield f'<p class="{block.tone}">{mark}{_said(block.text)}</p>'
        case Snippet():
            yield f"<pre>{escape(block.text)}</pre>"
        case Card():
            yield f'<div class="card {block.tone}"><h3>{_MARKS[block.tone]} {_said(block.title)}</h3><dl>'
            yield from (f"<dt>{_said(name)}</dt><dd>{_said(said)}</dd>" for name, said in block.facts)
            yield "</dl></div>"
        case Table():
            yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    headings = "".join(_heading(table, at, each) for at, each in enumerate(table.columns))
    yield f'<div class="wide"><table><thead><tr><td></td>{headings}</tr></thead><tbody>'
    yield from (_row(table, row) for row in table.rows)
    yield "</tbody></table></div>"


def _heading(table: Table, at: int, name: str) -> str:
    """A column of signs has none."""
    return f'<th scope="col"{_number(table, at)}>{_said(name)}</th>' if name else "<td></td>"


def _row(table: Table, row: Row) -> str:
    mark = _MARKS[row.tone] if row.tone is not Tone.PLAIN else ""
    cells = "".join(f"<td{_number(table, at)}>{_said(cell)}</td>" for at, cell in enumerate(row.cells))
    return f'<tr><td class="mark {row.tone}">{mark}</td>{cells}</tr>'


def _number(table: Table, at: int) -> str:
    return ' class="number"' if at in table.numbers else ""


def _said(text: str) -> str:
    return "".join(f"<code>{escape(part)}</code>" if is_value else _plain(part) for is_value, part in spans(text))


def _plain(text: str) -> str:
    bold = escape(text).split("**")
    return f"{bold[0]}<b>{bold[1]}</b>{bold[2]}" if len(bold) == 3 else escape(text)
