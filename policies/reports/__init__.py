"""What a run leaves behind: for machines (JSON, SARIF, JUnit), for an auditor (Markdown, HTML), for the console.

The same run gives the same bytes: no time, no path of a machine and no order of chance gets in.
"""

import shutil
from pathlib import Path

from policies.core.frameworks import Framework, load_all
from policies.reports import auditor_html, auditor_markdown, console, json_report, junit, sarif
from policies.reports.answers import Report
from policies.run import Run

#: The directory to write to, for a pack that the engine runs; without it nothing is written.
VARIABLE = "LIFELINE_POLICY_REPORTS"
SUMMARY = "summary.txt"
_FORMATS = {
    "report.json": json_report.text,
    "report.sarif": sarif.text,
    "report.junit.xml": junit.text,
    "auditor.md": auditor_markdown.text,
    "auditor.html": auditor_html.text,
    SUMMARY: console.summary,
}


def report_of(judged: Run) -> Report:
    return Report(judged, frameworks_for(judged))


def frameworks_for(judged: Run) -> tuple[Framework, ...]:
    return load_all([rule.id for rule in judged.rules])


def write(judged: Run, directory: Path) -> list[Path]:
    """All reports; complete, or an error and those of the last run gone."""
    report = report_of(judged)
    written = {name: make(report) for name, make in _FORMATS.items()}
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (directory / name).write_text(text, encoding="utf-8")
    return [directory / name for name in written]


def forget(directory: Path) -> None:
    """Reports of an earlier run, so that nobody takes them for this one's."""
    for name in _FORMATS:
        (directory / name).unlink(missing_ok=True)
    if directory.is_dir() and not any(directory.iterdir()):
        shutil.rmtree(directory)
