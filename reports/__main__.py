"""`python -m reports EVENTS`: what a preview means, as text, Markdown and HTML.

EVENTS is the engine's event log or what `pulumi preview --json` printed, of a rehearsal or of AWS alike.
Exit code 0: it may be done; 1: it must not be (data would be lost that nobody acknowledged, a mandatory policy fails,
or the preview failed); 2: a file cannot be read.
"""

import argparse
import datetime
import sys
from pathlib import Path

from reports import html, markdown, report, terminal
from reports.reading import Unreadable, read


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    try:
        changes = read(asked.events, asked.before)
        findings = report.of(changes, datetime.datetime.now(datetime.UTC).date(), asked.policies)
    except Unreadable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    page = report.page(findings)
    written = {asked.markdown: markdown.text(page), asked.html: html.text(page), asked.terminal: terminal.text(page)}
    try:
        for file, text in written.items():
            if file is not None:
                file.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"error: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    print(terminal.text(page, colour=sys.stdout.isatty()), end="")
    return 1 if findings.refusals else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description="Tell what a preview would do and may do.")
    parser.add_argument(
        "events", metavar="EVENTS", type=Path, help="an event log, or the output of pulumi preview --json"
    )
    parser.add_argument(
        "--before", metavar="STATE.json", type=Path, help="from pulumi stack export: what stays as it is"
    )
    parser.add_argument("--policies", metavar="report.json", type=Path, help="the policy pack's own report")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="for a comment on the pull request")
    parser.add_argument("--html", metavar="FILE", type=Path, help="the whole report as a page")
    parser.add_argument("--terminal", metavar="FILE", type=Path, help="the same text that is printed")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
