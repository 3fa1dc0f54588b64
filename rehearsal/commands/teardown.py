"""down and clean: destroy through the engine, look whether the emulators are empty, end the processes."""

import shutil
from pathlib import Path

from rehearsal import paths, plugins, processes, toolchain
from rehearsal.commands import leftovers, telling
from rehearsal.commands.stage import Stage, look_at
from rehearsal.console import Terminal
from rehearsal.engine.recovery import recover
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths


def down(stack: str, project: Path, terminal: Terminal, discard: bool = False) -> int:
    """Take the stack down; `discard` does without the engine, for a stack that cannot be destroyed."""
    stage = look_at(stack, project, even_without_file=True)
    if not stage.stack.root.exists() and not stage.checkpoint.exists():
        terminal.print(f"{stack} is not up: nothing to take down", markup=False)
        return 0
    found: list[str] = []
    kept = leftovers.keepsakes(stage.checkpoint.resources()) if stage.checkpoint.exists() else set()
    if not discard and _destroyable(stage, terminal):
        if not _destroy(stage, terminal):
            terminal.print(
                f"{stack} is left as it is; to throw it away as it stands: make down STACK={stack} DISCARD=1"
            )
            return 1
        with terminal.step("emulators are empty") as step:
            found = leftovers.find(stage.stack, kept)
            told = f"but for what is to outlive them: {', '.join(sorted(kept))}" if kept else ""
            (step.failed if found else step.outcome)(f"{len(found)} kinds of things are left" if found else told)
    _remove(stage, terminal)
    for line in found:
        terminal.print(f"✗ left behind by the destroy: {line}", style="red", markup=False)
    terminal.print(f"{'✗' if found else '✓'} {stack} is down", style="bold red" if found else "bold green")
    return 1 if found else 0


def clean(terminal: Terminal, tools: bool = False) -> int:
    """Everything of this checkout's rehearsals; with `tools` the programs of all checkouts as well."""
    for root in sorted((paths.workspace() / "stacks").glob("[!.]*")):
        processes.stop(StackPaths.of(root.name), terminal)
    shutil.rmtree(paths.workspace(), ignore_errors=True)
    if tools:
        shutil.rmtree(paths.cache(), ignore_errors=True)
    gone = [str(paths.workspace()), *([str(paths.cache())] if tools else [])]
    terminal.print(f"✓ removed {' and '.join(gone)}", style="bold green", markup=False)
    return 0


def _destroyable(stage: Stage, terminal: Terminal) -> bool:
    """Whether there is anything the engine could destroy, and somewhere to destroy it in."""
    for note in recover(stage.checkpoint):
        terminal.print(f"! {note}", style="yellow", markup=False)
    if not stage.checkpoint.exists() or not stage.checkpoint.resources():
        return False
    dead = [process.name for process in processes.health(stage.stack) if not process.answers]
    if dead or not stage.stack.endpoints.exists():
        gone = f" ({', '.join(dead)})" if dead else ""
        terminal.print(
            f"! the emulators are not all there any more{gone}: their content goes with them", style="yellow"
        )
        return False
    if unknown := leftovers.unknown_to(stage.checkpoint.resources(), stage.stack):
        terminal.print(
            f"! the state knows nothing of {_few(unknown)}: a run was cut off and not repeated; "
            "all that stands goes with the emulators",
            style="yellow",
            markup=False,
        )
        return False
    return True


def _few(things: list[str]) -> str:
    return ", ".join(things[:3]) + (f" and {len(things) - 3} more" if len(things) > 3 else "")


def _destroy(stage: Stage, terminal: Terminal) -> bool:
    plugins.assemble(toolchain.ensure(terminal, ["pulumi"])["pulumi"])
    plugins.install_providers()
    with terminal.step("destroy") as step:
        if unprotected := stage.checkpoint.unprotect():
            step.note(f"{unprotected} protected resources may go: this is a rehearsal")
        outcome = stage.engine.operate(
            "destroy",
            "--skip-preview",
            heard=lambda story: step.note(story.progress()),
            interrupted=lambda: step.note("finishing what is under way; Ctrl-C again ends it at once"),
            expected=len(stage.checkpoint.resources()),
        )
        telling.close(step, outcome)
    telling.failures(terminal, outcome)
    return outcome.succeeded


def _remove(stage: Stage, terminal: Terminal) -> None:
    processes.stop(stage.stack, terminal)
    stage.checkpoint.remove()
    try:
        shutil.rmtree(stage.stack.root)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RehearsalError(f"cannot remove {stage.stack.root}: {error.strerror}") from error
