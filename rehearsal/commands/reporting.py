"""What a preview means, made from the events its engine run left: told in the terminal, kept as Markdown and HTML."""

import datetime
from pathlib import Path

from rich.text import Text

from rehearsal.console import Terminal
from rehearsal.paths import StackPaths
from reports import html, markdown, reading, report, terminal
from reports.report import Findings

#: Beside the engine's own log and events.
FILES = {"preview.md": markdown.text, "preview.html": html.text, "preview.txt": terminal.text}


def forget(stack: StackPaths) -> None:
    """Reports of an earlier preview, so that nobody takes them for this one's."""
    for name in FILES:
        (stack.logs / name).unlink(missing_ok=True)


def write(stack: StackPaths, policy_report: Path | None = None) -> Findings | None:
    """All forms of the report; None when the engine ended before it told anything."""
    try:
        changes = reading.read(stack.logs / "engine-preview.events.jsonl")
    except reading.Unreadable:
        return None
    today = datetime.datetime.now(datetime.UTC).date()
    findings = report.of(changes, today, policy_report if policy_report and policy_report.exists() else None)
    page = report.page(findings)
    for name, text in FILES.items():
        (stack.logs / name).write_text(text(page), encoding="utf-8")
    return findings


def tell(findings: Findings, shown: Terminal) -> None:
    told = terminal.text(report.page(findings), colour=shown.console.is_terminal)
    shown.console.print(Text.from_ansi(told), soft_wrap=True, highlight=False)


def place(stack: StackPaths, shown: Terminal) -> None:
    shown.print(f"report: {stack.logs / 'preview.html'} (and .md, for a pull request)", style="dim", markup=False)
