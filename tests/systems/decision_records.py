"""Which decisions have been written down."""

import re
from pathlib import Path

import systems

DOCS = Path(systems.__file__).parent.parent / "docs"
HEADING = re.compile(r"^## ([A-Z0-9]+-[A-Z]?\d+)", re.MULTILINE)
MENTION = re.compile(r"\b(?:SYS|TDAH|DRAFT|V7|BEING)-D?\d+\b")


def written() -> set[str]:
    """Identifiers of all records, in one file or in several."""
    records = [*DOCS.glob("decisions/*.md"), *DOCS.glob("decisions.md")]
    return {found for record in records for found in HEADING.findall(record.read_text())}


def mentioned(text: str) -> set[str]:
    return set(MENTION.findall(text))
