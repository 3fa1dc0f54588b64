"""prove and bench: the long campaigns, and how long each command takes from nothing."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.table import Table

from rehearsal import paths, toolchain
from rehearsal.console import Terminal

#: In this order they tell the whole life of a stack; the second `up` is the one without changes.
_BENCHED = ("up", "up", "preview", "status", "down")


def prove(selection: str | None, terminal: Terminal) -> int:
    """The campaigns: everything too long for `make test`."""
    toolchain.ensure(terminal)
    chosen = ["-k", selection] if selection else []
    command = [sys.executable, "-m", "pytest", "-m", "campaign", "-o", "timeout=7200", "-v", *chosen]
    return subprocess.run(command, cwd=paths.PROJECT, check=False).returncode


def bench(stack: str, project: Path, terminal: Terminal) -> int:
    """Seconds of each command on a fresh workspace, with the tools there already."""
    toolchain.ensure(terminal)
    table = Table(box=None, header_style="dim")
    table.add_column("command")
    table.add_column("seconds", justify="right")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="lifeline-bench-") as workspace:
        for command in _BENCHED:
            began = time.monotonic()
            ended = subprocess.run(
                [sys.executable, "-m", "rehearsal", command, stack, "--project", str(project)],
                cwd=paths.PROJECT,
                env={**os.environ, "LIFELINE_REHEARSAL": workspace},
                stdout=subprocess.DEVNULL,
                check=False,
            )
            table.add_row(command, f"{time.monotonic() - began:.1f}" + ("" if ended.returncode == 0 else " (failed)"))
            failed += ended.returncode != 0
    terminal.console.print(table)
    return 1 if failed else 0
