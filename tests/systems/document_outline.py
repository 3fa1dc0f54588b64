"""The outlines of the source documents: every heading, table row, code block and checklist line, and the figures in it.

The documents themselves are not part of the project. `python tests/systems/document_outline.py <directory of
documents>` makes the outlines in `headings/` anew; tests hold specs and requirements against them.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OUTLINES = Path(__file__).parent / "headings"
FIGURE = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Element:
    """One thing of a document that some requirement must be behind."""

    kind: str
    heading: str
    label: str
    figures: frozenset[str]

    @property
    def anchor(self) -> str:
        """How a requirement names it below its heading; a heading stands for itself."""
        return "" if self.kind == "heading" else f"{self.kind} {self.label}"

    def line(self) -> str:
        figures = " ".join(sorted(self.figures, key=float))
        return "\t".join([self.kind, self.heading, self.label, figures]).rstrip()


def outlined_documents() -> list[str]:
    return sorted(path.stem for path in OUTLINES.glob("*.txt"))


def outline(document: str) -> list[Element]:
    """The committed outline of a document."""
    elements = list[Element]()
    for line in (OUTLINES / f"{document}.txt").read_text().splitlines():
        kind, heading, label, figures = (*line.split("\t"), "", "", "")[:4]
        elements.append(Element(kind, heading, label, frozenset(figures.split())))
    return elements


def headings(document: str) -> dict[str, frozenset[str]]:
    """Heading paths, each with the figures of everything directly under it."""
    found: dict[str, frozenset[str]] = {}
    for element in outline(document):
        found[element.heading] = found.get(element.heading, frozenset()) | element.figures
    return found


def cleaned(text: str) -> str:
    """Without emoji (some of them mis-encoded), emphasis, list numbers and links."""
    text = text.replace("→", "->").replace("≥", ">=")
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("**", "").replace("`", "")
    text = re.sub(r"[^\x20-\x7e]", "", text)
    return re.sub(r"\s+", " ", re.sub(r"^\s*\d+\.\s+", "", text)).strip()


def read(markdown: str) -> Iterator[Element]:
    """The elements of a document, in its order."""
    path: list[tuple[int, str]] = []
    blocks = rows = 0
    lines = iter(markdown.splitlines())
    for line in lines:
        here = " > ".join(name for _, name in path)
        if fence := re.match(r"(\s*)```", line):
            body = [""]
            for inner in lines:
                if inner.strip() == "```" and len(inner) - len(inner.lstrip()) <= len(fence[1]):
                    break
                body.append(inner)
            blocks += 1
            yield Element("code", here, str(blocks), _figures("\n".join(body)))
        elif heading := re.match(r"(#{1,6}) (.*)", line):
            level = len(heading[1])
            path = [*(entry for entry in path if 1 < entry[0] < level), (level, cleaned(heading[2]))]
            blocks = rows = 0
            yield Element("heading", " > ".join(name for _, name in path), "", _figures(heading[2]))
        elif line.startswith("|"):
            rows += 1
            if rows > 2:  # a table's head and the line below it
                yield Element("row", here, cleaned(line.split("|")[1]), _figures(line))
        elif check := re.match(r"\s*- (?:\[[ x]\]|✅)\s*(.*)", line):
            yield Element("check", here, cleaned(check[1]), _figures(line))
        else:
            rows = rows if line.strip() else 0
            if figures := _figures(line):
                yield Element("text", here, "", figures)


def merged(elements: Iterator[Element]) -> list[Element]:
    """Plain text becomes figures of its heading."""
    kept = list(elements)
    texts: dict[str, frozenset[str]] = {}
    for element in kept:
        if element.kind == "text":
            texts[element.heading] = texts.get(element.heading, frozenset()) | element.figures
    return [
        Element(each.kind, each.heading, each.label, each.figures | texts.get(each.heading, frozenset()))
        if each.kind == "heading"
        else each
        for each in kept
        if each.kind != "text"
    ]


def _figures(text: str) -> frozenset[str]:
    return frozenset(f"{float(found):g}" for found in FIGURE.findall(text) if len(found) < 9)


if __name__ == "__main__":
    OUTLINES.mkdir(exist_ok=True)
    for document in sorted(Path(sys.argv[1]).glob("*.md")):
        lines = [element.line() for element in merged(read(document.read_text()))]
        (OUTLINES / f"{document.stem}.txt").write_text("\n".join(lines) + "\n")
        print(f"{document.stem}: {len(lines)} elements")
