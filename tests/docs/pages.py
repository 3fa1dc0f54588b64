"""Every command that a page of the documentation shows, in a block of shell or within a line, word by word."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.paths import PROJECT

_BLOCK = re.compile(r"^```(?P<kind>\w*)[^\n]*\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
#: Of these programs, a name and a word make a command; of others, many a text begins alike.
_WITHIN_A_LINE = re.compile(r"(?<!`)`((?:make|pulumi|aws|kubectl|python -m) [a-z-][^`…]*)`(?!`)")
_SHELL = {"sh", "bash", "shell", "zsh", "console"}
#: Transcripts show what was run elsewhere: tests/newcomer runs it.
_TRANSCRIPTS = PROJECT / "docs" / "transcripts"
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_PLACEHOLDER = re.compile(r"<[A-Za-z][\w .'-]*>")
_QUOTED_OR_COMMENT = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|(?P<comment>(?<![^\s;])#[^\n]*)""", re.DOTALL)
_KEYWORDS = {"{", "}", "if", "then", "else", "fi", "for", "do", "done", "while", "!", "time"}


@dataclass(frozen=True)
class Command:
    """One program with its words, and where it is shown."""

    page: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}: {shlex.join(self.words)}"

    @property
    def program(self) -> str:
        return self.words[0]


def pages() -> list[Path]:
    found = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").rglob("*.md"))]
    return [page for page in found if _TRANSCRIPTS not in page.parents]


def blocks(page: Path) -> Iterator[str]:
    """Its blocks of shell."""
    for block in _BLOCK.finditer(page.read_text()):
        if block["kind"] in _SHELL:
            yield block["text"]


def commands(page: Path) -> Iterator[Command]:
    name = page.relative_to(PROJECT).as_posix()
    for text in blocks(page):
        for words in programs(text):
            yield Command(name, words)
    for found in _WITHIN_A_LINE.finditer(_BLOCK.sub("", page.read_text())):
        for words in programs(found[1]):
            yield Command(name, words)


def programs(text: str) -> Iterator[tuple[str, ...]]:
    """Those of a piece of shell, also inside `$(...)`; comments, redirections and assignments are left out."""
    reader = shlex.shlex(_bare(text), posix=True, punctuation_chars=";&|()<>\n")
    reader.whitespace = " \t\r"
    reader.whitespace_split = True
    reader.commenters = ""
    words: list[str] = []
    skips = False
    for token in reader:
        if set(token) <= set("<>"):
            skips = True
        elif skips:
            skips = False
        elif set(token) <= set(";&|()\n"):
            yield from _program(words)
            words = []
        else:
            words.append(token)
    yield from _program(words)


def _bare(text: str) -> str:
    """Without comments and continued lines; a `<placeholder>` stands for itself and not for a redirection."""
    text = _PLACEHOLDER.sub(lambda found: found[0][1:-1].replace(" ", "-").upper(), text.replace("\\\n", " "))
    return _QUOTED_OR_COMMENT.sub(lambda found: "" if found["comment"] else found[0], text)


def _program(words: list[str]) -> Iterator[tuple[str, ...]]:
    for word in words:
        for inner in re.findall(r"\$\(([^()]*)\)", word):
            yield from programs(inner)
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.fullmatch(words[0])):
        words = words[1:]
    if words:
        yield tuple(words)
