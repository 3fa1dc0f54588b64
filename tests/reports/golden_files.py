"""Reports of the recorded previews, as files: LIFELINE_UPDATE_GOLDEN=1 writes them anew."""

import datetime
import os
from pathlib import Path

from reports import html, markdown, reading, report, terminal
from reports.page import Page

GOLDEN = Path(__file__).parent / "golden"
FORMS = {"txt": terminal.text, "md": markdown.text, "html": html.text}
#: Acknowledgements end; the goldens do not.
TODAY = datetime.date(2026, 11, 21)


def page_of(events: Path, before: Path | None = None) -> Page:
    return report.page(report.of(reading.read(events, before), TODAY))


def kept(name: str, form: str, now: str) -> str:
    """What the file has; first written anew where that is asked for."""
    file = GOLDEN / f"{name}.{form}"
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(now, encoding="utf-8")
    return file.read_text(encoding="utf-8")
