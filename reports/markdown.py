"""A report as a comment on a pull request: the most important first, and cut from the end where room ends.

GitHub refuses comments of more than 65,536 characters; some are left for the mark of whoever posts it. What is cut is
said, section by section.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from reports.page import Block, Card, Page, Row, Section, Snippet, Table, Text, Tone, spans

LIMIT = 65_000
_MARKS = {Tone.BAD: "🔴", Tone.WARN: "🟠", Tone.GOOD: "🟢", Tone.PLAIN: "⚪"}
#: Everything that is more than a character to Markdown, and what would call people or link to other threads.
_SPECIAL = re.compile(r"([\\*_{}\[\]<>|#~!])")
_ELSEWHERE = "the HTML report has all of it"
#: Room kept for each section that is still to come: its heading and the line that says what was cut.
_RESERVED = 220


def text(page: Page, limit: int = LIMIT) -> str:
    """With a first line by which a pipeline finds its own comment again, to write over it."""
    head = "\n".join(_head(page))
    left = limit - len(head) - 1
    parts = [head]
    for number, section in enumerate(page.sections):
        later = (len(page.sections) - number - 1) * _RESERVED
        part = _fitting(section, max(left - later, _RESERVED))
        parts.append(part)
        left -= len(part) + 1
    return "\n".join(parts) + "\n"


def marker(stack: str) -> str:
    return f"<!-- lifeline preview: {stack} -->"


def _head(page: Page) -> list[str]:
    lines = [marker(page.stack), f"## {_MARKS[page.tone]} {_said(page.title)}", "", f"**{_said(page.verdict)}**", ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {_MARKS[row.tone]} {_said(row.cells[0])} | {_said(row.cells[1])} |" for row in page.glance]
    return [*lines, ""]


def _fitting(section: Section, room: int) -> str:
    """Whole where it fits; else as many entries of it as do."""
    whole = _section(section, None)
    if len(whole) <= room:
        return whole
    low, high = 0, sum(_entries(block) for block in section.blocks)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(_section(section, middle)) <= room else (low, middle - 1)
    return _section(section, low)


def _entries(block: Block) -> int:
    return len(block.rows) if isinstance(block, Table) else 1


def _section(section: Section, most: int | None) -> str:
    kept, dropped = (list(section.blocks), 0) if most is None else _cut(section.blocks, most)
    lines = ["" if section.folded else f"### {_said(section.title)}", ""]
    for block in kept:
        lines += [*_block(block), ""]
    if dropped:
        what = "entry was" if dropped == 1 else "entries were"
        lines += [f"✂️ **{dropped} more {what} cut here for length: {_ELSEWHERE}.**", ""]
    if section.folded:
        title = f"<b>{_said(section.title)}</b>"
        lines = ["<details>", f"<summary>{title}</summary>", *lines[1:], "</details>", ""]
    return "\n".join(lines)


def _cut(blocks: Sequence[Block], most: int) -> tuple[list[Block], int]:
    kept: list[Block] = []
    dropped = 0
    for block in blocks:
        wanted = _entries(block)
        given = min(wanted, most)
        most, dropped = most - given, dropped + wanted - given
        if given and isinstance(block, Table):
            kept.append(replace(block, rows=block.rows[:given]))
        elif given:
            kept.append(block)
    return kept, dropped


def _block(block: Block) -> list[str]:
    match block:
        case Text():
            mark = "" if block.tone is Tone.PLAIN else f"{_MARKS[block.tone]} "
            return [mark + _said(block.text)]
        case Snippet():
            return ["```yaml", *block.text.replace("```", "'''").splitlines(), "```"]
        case Card():
            return [
                f"- {_MARKS[block.tone]} **{_said(block.title)}**",
                *(f"  - *{name}*: {_said(said)}" for name, said in block.facts),
            ]
        case Table():
            return _table(block)


def _table(table: Table) -> list[str]:
    marked = any(row.tone is not Tone.PLAIN for row in table.rows)
    first = ["", ":-:"] if marked else []
    rules = ["--:" if at in table.numbers else "---" for at in range(len(table.columns))]
    lines = [_row([*first[:1], *table.columns]), _row([*first[1:], *rules])]
    return lines + [_row([*_marked(row, marked), *(_said(cell) for cell in row.cells)]) for row in table.rows]


def _marked(row: Row, marked: bool) -> list[str]:
    return [_MARKS[row.tone] if row.tone is not Tone.PLAIN else ""] if marked else []


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _said(text: str) -> str:
    return "".join(_code(part) if is_value else _escaped(part) for is_value, part in spans(text))


def _code(value: str) -> str:
    """Within a table a pipe ends the cell even in a value."""
    return "`" + value.replace("\n", " ").replace("|", "\\|") + "`"


def _escaped(text: str) -> str:
    bold = text.split("**")
    if len(bold) == 3:
        return f"{_escaped(bold[0])}**{_escaped(bold[1])}**{_escaped(bold[2])}"
    safe = _SPECIAL.sub(r"\\\1", text.replace("\n", " "))
    return safe.replace("@", "@<!-- -->").replace("://", ":<!-- -->//")
