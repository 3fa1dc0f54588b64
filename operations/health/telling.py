"""Findings as a table for people and as JSON for pipelines."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from operations.health.stack import Stack
from operations.health.verdicts import Finding, Verdict

_MARKS = {Verdict.SOUND: "[green]✓[/]", Verdict.BROKEN: "[red]✗[/]", Verdict.UNSEEN: "[yellow]?[/]"}
_COLOURS = {Verdict.SOUND: "", Verdict.BROKEN: "red", Verdict.UNSEEN: "yellow"}
#: Off a terminal a row is one line, however long, so that a log can be searched.
_UNBROKEN_WIDTH = 400


def failed(findings: Sequence[Finding], strict: bool) -> bool:
    """What nobody could see is no failure, unless that was asked for; a run that saw nothing at all is one."""
    verdicts = Counter(each.verdict for each in findings)
    return bool(verdicts[Verdict.BROKEN] or not verdicts[Verdict.SOUND] or (strict and verdicts[Verdict.UNSEEN]))


def table(stack: Stack, findings: Sequence[Finding], console: Console) -> None:
    if not console.is_terminal:
        console.width = _UNBROKEN_WIDTH
    rows = Table(box=None, header_style="dim", pad_edge=False)
    for column in ("", "check", "of", "found", "wanted", "ms"):
        rows.add_column(column, justify="right" if column == "ms" else "left", overflow="fold")
    for each in findings:
        colour = _COLOURS[each.verdict]
        said = f"not reachable from here: {each.found}" if each.verdict is Verdict.UNSEEN else each.found
        found = f"[{colour}]{escape(said)}[/]" if colour else escape(said)
        wanted = "" if each.verdict is Verdict.SOUND else escape(each.wanted)
        rows.add_row(_MARKS[each.verdict], each.kind, escape(each.subject), found, wanted, f"{each.milliseconds:,}")
    console.print(rows)
    console.print(summary(stack, findings), soft_wrap=True)


def summary(stack: Stack, findings: Sequence[Finding]) -> str:
    verdicts = Counter(each.verdict for each in findings)
    counts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict if verdicts[verdict])
    return f"{stack.name} ({stack.system.full_name}, {stack.settings.environment}, {stack.domain}): {counts}"


def as_json(stack: Stack, findings: Sequence[Finding], strict: bool) -> str:
    content = {
        "stack": stack.name,
        "system": stack.system.name,
        "environment": stack.settings.environment,
        "domain": stack.domain,
        "healthy": not failed(findings, strict),
        "counts": {verdict: sum(each.verdict is verdict for each in findings) for verdict in Verdict},
        "checks": [asdict(each) for each in findings],
    }
    return json.dumps(content, indent=2)
