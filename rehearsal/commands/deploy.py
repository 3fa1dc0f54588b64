"""up, preview and policy: the real engine on a stack; policies and second witness are heard before anything is made."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from rehearsal.commands import packs, reporting, telling
from rehearsal.commands.stage import Stage, look_at, set_up
from rehearsal.console import Step, Terminal
from rehearsal.engine import Outcome, Story
from rehearsal.providers.aws import registry
from rehearsal.witness import judge
from rehearsal.witness.record import Record


def up(stack: str, project: Path, terminal: Terminal, judged: bool = True) -> int:
    """Make the stack stand; 0 when all of it does. `judged`: under the project's policy pack, if it has one."""
    began = time.monotonic()
    stage = set_up(stack, project, terminal)
    planned, sound = _plan(stage, terminal, packs.of_project(project, stage.stack) if judged else None)
    telling.advice(terminal, planned.story)
    if not sound:
        telling.failures(terminal, planned)
        packs.ways_out(planned, stack, terminal)
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
    plan: Path | None = None,
    judged: bool = True,
) -> int:
    """Show what `up` would do; 0 when it would be allowed to."""
    there = look_at(stack, project).stack
    return _preview(stack, project, terminal, packs.of_project(project, there) if judged else None, diff, plan)


def policy(stack: str, project: Path, terminal: Terminal, pack: str = packs.HOME) -> int:
    """A preview under a pack of one's choice, with its summary and the place of its reports."""
    chosen = packs.named(pack, project, look_at(stack, project).stack)
    return _preview(stack, project, terminal, chosen, in_full=True)


def _preview(
    stack: str,
    project: Path,
    terminal: Terminal,
    pack: packs.Pack | None,
    diff: bool = False,
    plan: Path | None = None,
    in_full: bool = False,
) -> int:
    saved = ["--save-plan", str(plan.resolve())] if plan else []
    stage = set_up(stack, project, terminal)
    reporting.forget(stage.stack)
    planned, sound = _plan(stage, terminal, pack, *(["--diff"] if diff else []), *saved)
    found = reporting.write(stage.stack, pack.report if pack else None)
    if diff:
        terminal.console.print(planned.text, markup=False, soft_wrap=True)
    elif found is not None and planned.succeeded:
        reporting.tell(found, terminal)
    telling.remarks(terminal, planned.story)
    if not sound:
        telling.failures(terminal, planned)
    if in_full and pack and pack.summary:
        terminal.print(pack.summary, markup=False)
        terminal.print(f"reports: {pack.reports}", style="dim", markup=False)
    if found is not None:
        reporting.place(stage.stack, terminal)
    if not sound:
        return 1
    refused = found.refusals if found else ()
    mark, colour = ("✗", "bold red") if refused else ("✓", "bold green")
    told = "; ".join((telling.changes(planned.story), *refused))
    terminal.print(f"{mark} {stack}: {told}", style=colour, markup=False)
    return 1 if refused else 0


def _plan(stage: Stage, terminal: Terminal, pack: packs.Pack | None, *arguments: str) -> tuple[Outcome, bool]:
    """A preview, the verdict of the policies, and the second witness's opinion of what it described."""
    record = Record(stage.stack.checked)
    record.begin()
    Thread(target=judge.prepare, daemon=True).start()
    if pack is not None:
        pack.begin()
    planned = _operate(stage, terminal, "preview", *(pack.arguments if pack else ()), *arguments)
    if pack is not None:
        pack.tell(planned, terminal)
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
