"""up, preview and policy: the real engine on a stack, with the second witness heard before anything is made."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from rehearsal.commands import reporting, telling
from rehearsal.commands.stage import Stage, look_at, set_up
from rehearsal.console import Step, Terminal
from rehearsal.engine import Outcome, Story
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws import registry
from rehearsal.witness import judge
from rehearsal.witness.record import Record


def up(stack: str, project: Path, terminal: Terminal) -> int:
    """Make the stack stand; 0 when all of it does."""
    began = time.monotonic()
    stage = set_up(stack, project, terminal)
    planned, sound = _plan(stage, terminal)
    if not sound:
        telling.failures(terminal, planned)
        return 1
    done = _operate(stage, terminal, "up", "--skip-preview", expected=planned.story.expected)
    telling.remarks(terminal, done.story)
    if not done.succeeded:
        telling.failures(terminal, done)
        return 1
    levels = dict(registry.levels())
    standing = telling.standing(stage.checkpoint.resources(), stage.stack, levels)
    seconds = time.monotonic() - began
    unchanged = ", no changes" if done.story.changes.keys() <= {"same"} else ""
    summary = f"{stack} is up{unchanged}: {standing} · {seconds:.0f} s"
    terminal.print(f"✓ {summary}", style="bold green", markup=False)
    return 0


def preview(
    stack: str,
    project: Path,
    terminal: Terminal,
    diff: bool = False,
    policies: str | None = None,
    plan: Path | None = None,
) -> int:
    """Show what `up` would do; 0 when it would be allowed to."""
    look_at(stack, project)
    packs = ["--policy-pack", str(_policy_pack(project, policies))] if policies else []
    saved = ["--save-plan", str(plan.resolve())] if plan else []
    stage = set_up(stack, project, terminal)
    reports = _reports(stage) if packs else None
    reporting.forget(stage.stack)
    planned, sound = _plan(stage, terminal, *(["--diff"] if diff else []), *packs, *saved)
    found = reporting.write(stage.stack, reports / "report.json" if reports else None)
    if diff:
        terminal.console.print(planned.text, markup=False, soft_wrap=True)
    elif found is not None and planned.succeeded:
        reporting.tell(found, terminal)
    telling.remarks(terminal, planned.story)
    if not sound:
        telling.failures(terminal, planned)
    if reports is not None:
        _tell_of_reports(reports, terminal)
    if found is not None:
        reporting.place(stage.stack, terminal)
    if not sound:
        return 1
    refused = found.refusals if found else ()
    mark, colour = ("✗", "bold red") if refused else ("✓", "bold green")
    told = "; ".join((telling.changes(planned.story), *refused))
    terminal.print(f"{mark} {stack}: {told}", style=colour, markup=False)
    return 1 if refused else 0


def _policy_pack(project: Path, directory: str) -> Path:
    pack = project / directory
    if not (pack / "PulumiPolicy.yaml").exists():
        raise RehearsalError(
            f"there is no policy pack in {directory}/: PulumiPolicy.yaml is missing",
            ways_out=["name the directory of one: make policy PACK=<directory>"],
        )
    return pack


def _reports(stage: Stage) -> Path:
    """Where the pack is to write; reports of an earlier run are gone before this one begins."""
    from policies import reports

    directory = Path(os.environ.get(reports.VARIABLE) or stage.stack.root / "policy").resolve()
    reports.forget(directory)
    os.environ[reports.VARIABLE] = str(directory)
    return directory


def _tell_of_reports(directory: Path, terminal: Terminal) -> None:
    """Another's pack writes none, and ours none when the program failed before it was asked."""
    from policies.reports import SUMMARY

    if (directory / SUMMARY).exists():
        terminal.print((directory / SUMMARY).read_text(), markup=False)
        terminal.print(f"reports: {directory}", style="dim", markup=False)


def _plan(stage: Stage, terminal: Terminal, *arguments: str) -> tuple[Outcome, bool]:
    """A preview, and the second witness's opinion of what it described."""
    record = Record(stage.stack.checked)
    record.begin()
    Thread(target=judge.prepare, daemon=True).start()
    planned = _operate(stage, terminal, "preview", *arguments)
    if not planned.succeeded:
        return planned, False
    with terminal.step("second witness") as step:
        resources = record.resources()
        findings = judge.judge(resources)
        (step.failed if findings else step.outcome)(f"{len(resources)} AWS resources, findings: {len(findings)}")
    for finding in findings:
        terminal.print(f"✗ {finding}", style="red", markup=False)
    return planned, not findings


def _operate(stage: Stage, terminal: Terminal, command: str, *arguments: str, expected: int = 0) -> Outcome:
    with terminal.step({"up": "update"}.get(command, command)) as step:
        outcome = stage.engine.operate(
            command,
            *arguments,
            heard=_noting(step),
            interrupted=lambda: _told_of_interrupt(step),
            expected=expected,
        )
        telling.close(step, outcome)
        return outcome


def _noting(step: Step) -> Callable[[Story], None]:
    return lambda story: step.note(story.progress())


def _told_of_interrupt(step: Step) -> None:
    step.note("finishing what is under way; Ctrl-C again ends it at once")
