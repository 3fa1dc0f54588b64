"""status, outputs, logs, env, tools: what there is, without changing it."""

import json
import os
import shlex
import sys
import time
from pathlib import Path

from rich.table import Table

from rehearsal import paths, plugins, processes, stacks, toolchain
from rehearsal.commands import telling
from rehearsal.commands.stage import Stage, look_at
from rehearsal.console import Terminal
from rehearsal.engine.environment import settings
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws import registry
from rehearsal.toolchain.table import EVERY_TOOL

_TAIL_LINES = 200
_FOLLOW_POLL_SECONDS = 0.5
#: What of the user's own would lead the plain `pulumi` somewhere else.
_UNSET_PREFIXES = ("PULUMI_", "AWS_")
#: Commands of the engine that read the stack file; the rehearsal's is not where they look for it.
_READS_STACK_FILE = "up|update|preview|pre|refresh|destroy|down|dn|import|watch|config|logs"


def status(stack: str, project: Path, terminal: Terminal) -> int:
    """The stack's processes and what stands in them; 0 when all is well, also when nothing is up."""
    stage = look_at(stack, project, even_without_file=True)
    health = processes.health(stage.stack)
    if not health and not stage.checkpoint.exists():
        terminal.print(f"{stack} is not up; it would be with: make up STACK={stack}", markup=False)
        return 0
    table = Table(box=None, header_style="dim")
    for column in ("process", "pid", "port", "MB", "since", ""):
        table.add_column(column, justify="right" if column in ("pid", "port", "MB") else "left")
    for process in health:
        well = "answers" if process.answers else "does not answer" if process.alive else "gone"
        since = process.since.astimezone().strftime("%d %b %H:%M") if process.since else ""
        colour = "green" if process.answers else "red"
        memory = f"{process.memory_megabytes:.0f}"
        table.add_row(process.name, str(process.pid), str(process.port), memory, since, f"[{colour}]{well}[/]")
    terminal.console.print(table)
    sound = bool(health) and all(process.answers for process in health)
    if stage.checkpoint.exists() and sound:
        standing = telling.standing(stage.checkpoint.resources(), stage.stack, dict(registry.levels()))
        terminal.print(f"{stack}: {standing}", markup=False)
    if not sound:
        terminal.print(f"some of it is not there; this puts it right: make up STACK={stack}", style="yellow")
    return 0 if sound else 1


def outputs(stack: str, project: Path, secrets: bool = False) -> int:
    """The stack's outputs as JSON on stdout."""
    stage = look_at(stack, project)
    _needs_state(stage)
    print(json.dumps(stage.engine.outputs(secrets), indent=2, sort_keys=True))
    return 0


def logs(stack: str, project: Path, terminal: Terminal, name: str | None = None, follow: bool = False) -> int:
    """Which logs there are, or the end of one."""
    stage = look_at(stack, project, even_without_file=True)
    files = {file.name.removesuffix(".log"): file for file in sorted(stage.stack.logs.glob("**/*.log"))}
    if name is None:
        for log, file in files.items():
            age = time.strftime("%H:%M:%S", time.localtime(file.stat().st_mtime))
            terminal.console.print(f"{log:<28} {file.stat().st_size:>10,} B  {age}  {file}", soft_wrap=True)
        terminal.print(f"one of them: make logs STACK={stack} NAME=<name>" if files else f"{stack} has no logs yet")
        return 0
    if name not in files:
        raise RehearsalError(f"{stack} has no log {name!r}", ways_out=[f"choose one of: {', '.join(files) or 'none'}"])
    with files[name].open(errors="replace") as file:
        sys.stdout.writelines(file.readlines()[-_TAIL_LINES:])
        while follow:
            sys.stdout.write(file.read())
            sys.stdout.flush()
            time.sleep(_FOLLOW_POLL_SECONDS)
    return 0


def env(stack: str, project: Path, terminal: Terminal) -> int:
    """Shell commands, and nothing else, on stdout: after them the plain `pulumi` works on the rehearsal."""
    stage = look_at(stack, project)
    plugins.assemble(toolchain.ensure(Terminal(terminal.console), ["pulumi"])["pulumi"])
    plugins.install_providers()
    stacks.prepare(stage.file, stage.engine)
    exports = {
        **settings(stage.stack),
        "PATH": os.pathsep.join([str(_front(stage)), str(paths.binaries()), _user_path()]),
    }
    for name in sorted(name for name in os.environ if name.startswith(_UNSET_PREFIXES) and name not in exports):
        print(f"unset {name}")
    for name, value in exports.items():
        print(f"export {name}={shlex.quote(value)}")
    health = processes.health(stage.stack)
    if not health or not all(process.answers for process in health):
        terminal.print(f"! the emulators of {stack} do not run; start them with: make up STACK={stack}", style="yellow")
    return 0


def tools(terminal: Terminal) -> int:
    """Get all tools, those of tests as well, and say where each came from."""
    toolchain.ensure(terminal, tools=EVERY_TOOL)
    for item in toolchain.inventory(tools=EVERY_TOOL):
        terminal.print(f"  {item.program:<24} {item.version:<10} {item.origin:<18} {item.path or ''}", markup=False)
    return 0


def _needs_state(stage: Stage) -> None:
    if not stage.checkpoint.exists():
        stack = stage.file.stack
        raise RehearsalError(f"{stack} is not up: it has no outputs", ways_out=[f"make up STACK={stack}"])


def _front(stage: Stage) -> Path:
    """A directory whose `pulumi` hands the rehearsal's stack file to the engine: no variable can say where it is."""
    directory = stage.stack.root / "bin"
    directory.mkdir(exist_ok=True)
    engine, config = shlex.quote(str(paths.binaries() / "pulumi")), shlex.quote(str(stage.stack.config))
    plugins.write_script(
        directory / "pulumi",
        f'case "$1" in\n'
        f'{_READS_STACK_FILE}) command=$1; shift; exec {engine} "$command" --config-file {config} "$@" ;;\n'
        f'*) exec {engine} "$@" ;;\n'
        f"esac\n",
    )
    return directory


def _user_path() -> str:
    """PATH without what an earlier `make env` put in front of it."""
    ours = str(paths.workspace())
    return os.pathsep.join(
        entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if not entry.startswith(ours)
    )
