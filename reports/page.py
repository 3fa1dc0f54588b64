"""A report before it has a form: sections of blocks, the most important first. In texts `backticks` mark values."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How loud something is said."""

    BAD = "bad"
    WARN = "warn"
    GOOD = "good"
    PLAIN = "plain"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Row:
    """Cells of a table, with what stands before them."""

    cells: tuple[str, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Table:
    """Where room is short its last rows go first."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()
    """Columns whose cells are figures."""


@dataclass(frozen=True)
class Card:
    """One thing with what is to be said of it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Snippet:
    """Text to be copied."""

    text: str


Block = Text | Table | Card | Snippet


@dataclass(frozen=True)
class Section:
    """`folded`: for those who want to look closer."""

    title: str
    blocks: tuple[Block, ...]
    tone: Tone = Tone.PLAIN
    folded: bool = False


@dataclass(frozen=True)
class Page:
    """`glance`: what is to be known at once, as name and value."""

    title: str
    verdict: str
    tone: Tone
    glance: tuple[Row, ...]
    sections: tuple[Section, ...]
    stack: str = ""


def code(text: object) -> str:
    """A value in a text; backticks of its own would end it."""
    return "`" + str(text).replace("`", "'") + "`"


def spans(text: str) -> list[tuple[bool, str]]:
    """Pieces of a text in turn, each with whether it is a value; a lone backtick is a character like others."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]}'{parts[-1]}"]
    return [(index % 2 == 1, part) for index, part in enumerate(parts) if part]
