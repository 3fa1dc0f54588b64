"""A report for a terminal: plain text that can be searched, coloured where somebody looks at it live."""

from collections.abc import Iterator, Sequence

from reports.page import Card, Page, Row, Section, Snippet, Table, Text, Tone, spans

_COLOURS = {Tone.BAD: "31", Tone.WARN: "33", Tone.GOOD: "32"}
_MARKS = {Tone.BAD: "✗", Tone.WARN: "!", Tone.GOOD: "✓", Tone.PLAIN: " "}
#: A column is padded to its widest cell, but not for the sake of one that is longer than this.
_WIDEST = 56


def text(page: Page, colour: bool = False) -> str:
    return "\n".join(_Writer(colour).page(page)) + "\n"


class _Writer:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def page(self, page: Page) -> Iterator[str]:
        yield self._bold(page.title)
        yield self._toned(f"{_MARKS[page.tone]} {_plain(page.verdict)}", page.tone)
        yield ""
        widest = max((len(row.cells[0]) for row in page.glance), default=0)
        for row in page.glance:
            mark = self._toned(_MARKS[row.tone], row.tone)
            yield f"  {mark} {row.cells[0]:<{widest}}  {_plain(row.cells[1])}"
        for section in page.sections:
            yield ""
            yield self._bold(section.title.upper())
            yield from self._section(section)

    def _section(self, section: Section) -> Iterator[str]:
        for block in section.blocks:
            match block:
                case Text():
                    yield self._toned(f"  {_MARKS[block.tone]} {_plain(block.text)}", block.tone)
                case Card():
                    yield from self._card(block)
                case Snippet():
                    yield from (f"      {line}" for line in block.text.splitlines())
                case Table():
                    yield from self._table(block)

    def _card(self, card: Card) -> Iterator[str]:
        yield self._toned(f"  {_MARKS[card.tone]} {_plain(card.title)}", card.tone)
        widest = max(len(name) for name, _ in card.facts)
        yield from (f"      {name:<{widest}}  {_plain(said)}" for name, said in card.facts)

    def _table(self, table: Table) -> Iterator[str]:
        rows = [tuple(_plain(cell) for cell in row.cells) for row in table.rows]
        widths = [_width([heading, *(row[at] for row in rows)]) for at, heading in enumerate(table.columns)]
        yield "    " + self._dim(_line(table.columns, widths, table.numbers))
        for row, cells in zip(table.rows, rows, strict=True):
            yield f"  {self._mark(row)} " + _line(cells, widths, table.numbers)

    def _mark(self, row: Row) -> str:
        return self._toned(_MARKS[row.tone], row.tone)

    def _toned(self, text: str, tone: Tone) -> str:
        return self._painted(text, _COLOURS.get(tone, ""))

    def _bold(self, text: str) -> str:
        return self._painted(text, "1")

    def _dim(self, text: str) -> str:
        return self._painted(text, "2")

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour and colour else text


def _plain(text: str) -> str:
    """Values stand as they are; nothing of them can steer the terminal."""
    joined = "".join(part for _, part in spans(text)).replace("**", "")
    return "".join(each if each.isprintable() else " " for each in joined)


def _width(cells: Sequence[str]) -> int:
    return max((len(cell) for cell in cells if len(cell) <= _WIDEST), default=0)


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[int]) -> str:
    padded = [
        f"{cell:>{width}}" if at in numbers else f"{cell:<{width}}"
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
