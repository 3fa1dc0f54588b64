"""Everything an engine run needs, got ready side by side: tools, emulators, plugins, and a state that is sound."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rehearsal import paths, plugins, processes, stacks, toolchain
from rehearsal.console import Terminal
from rehearsal.engine import Engine
from rehearsal.engine.checkpoint import Checkpoint
from rehearsal.engine.recovery import forget_lost, recover
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths
from rehearsal.processes import Continuity
from rehearsal.stacks import StackFile


@dataclass(frozen=True)
class Stage:
    """A stack that is ready for the engine."""

    file: StackFile
    engine: Engine
    checkpoint: Checkpoint

    @property
    def stack(self) -> StackPaths:
        return self.engine.stack


def look_at(stack: str, project: Path, even_without_file: bool = False) -> Stage:
    """The stack as it is; nothing is started or written, and a bad stack file is an error at once."""
    try:
        file = stacks.read(stack, project)
    except RehearsalError:
        if not even_without_file or stack not in _known():
            raise
        file = StackFile(stacks.project_name(project), stack, project / f"Pulumi.{stack}.yaml", {})
    return Stage(file, Engine(StackPaths.of(stack), project), Checkpoint(file.project, stack))


def set_up(stack: str, project: Path, terminal: Terminal) -> Stage:
    """Get everything ready; what had to be recovered is said."""
    stage = look_at(stack, project)
    tools = toolchain.ensure(terminal)
    with ThreadPoolExecutor(1) as beside:
        # The emulators start in this thread, which is the one that Ctrl-C reaches.
        engine = beside.submit(_prepare_engine, stage, tools["pulumi"], terminal)
        started = processes.ensure_running(stage.stack, tools, stage.file.account, terminal)
        notes = engine.result()
    # A new emulator is a lost one to a state that still remembers resources (its directory was removed by hand, say).
    aws, kubernetes = (kept is not Continuity.KEPT for kept in (started.aws, started.kubernetes))
    if kubernetes and not aws:
        # Node groups live in both: an account whose nodes are gone would never be whole again.
        terminal.print("Kubernetes lost its state; the emulated AWS begins anew with it", style="yellow")
        processes.stop(stage.stack, terminal)
        processes.ensure_running(stage.stack, tools, stage.file.account, terminal)
        aws = True
    notes += forget_lost(stage.checkpoint, stage.stack, aws=aws, kubernetes=kubernetes)
    processes.confirm_state(stage.stack)
    for note in notes:
        terminal.print(f"! {note}", style="yellow", markup=False)
    return stage


def _known() -> set[str]:
    """Stacks that were rehearsed, whatever has become of their files since."""
    return {root.name for root in (paths.workspace() / "stacks").glob("[!.]*")}


def _prepare_engine(stage: Stage, engine: Path, terminal: Terminal) -> list[str]:
    with terminal.step("engine") as step:
        step.note("plugins")
        plugins.assemble(engine)
        plugins.install_providers()
        step.note("state and stack file")
        notes = recover(stage.checkpoint)
        stacks.prepare(stage.file, stage.engine)
        return notes
