"""The command line as a user runs it: a process of its own, in a workspace of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal import paths
from tests.programs import write_program

LIMIT_SECONDS = 300.0


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@dataclass
class Rehearsal:
    """A project with a workspace; `run("up")` is `python -m rehearsal up prod`."""

    project: Path
    workspace: Path
    limit: float = LIMIT_SECONDS
    """Of one command."""

    def command(self, *arguments: str) -> list[str]:
        name, *rest = arguments
        takes_stack = name not in ("tools", "clean")
        stack = [] if rest and not rest[0].startswith("-") else ["prod"]
        where = [*stack, *rest, "--project", str(self.project)] if takes_stack else rest
        return [sys.executable, "-m", "rehearsal", name, *where]

    def environment(self, **changes: str) -> dict[str, str]:
        return {**os.environ, "LIFELINE_REHEARSAL": str(self.workspace), **changes}

    def run(self, *arguments: str, **changes: str) -> Ended:
        done = subprocess.run(
            self.command(*arguments),
            cwd=paths.PROJECT,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=self.limit,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=paths.PROJECT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def write(self, program: str, stack_file: str = "") -> None:
        self.project.mkdir(parents=True, exist_ok=True)
        (self.project / "Pulumi.yaml").write_text("name: lifeline\nruntime: python\n")
        (self.project / "Pulumi.prod.yaml").write_text(stack_file)
        write_program(self.project, program)

    def processes(self) -> list[int]:
        """Processes that live in this workspace."""
        mark = str(self.workspace).encode()
        found: list[int] = []
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                text = (directory / "environ").read_bytes() + (directory / "cmdline").read_bytes()
            except OSError:
                continue
            if mark in text:
                found.append(int(directory.name))
        return found


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    here = Rehearsal(tmp_path / "project", tmp_path / "workspace")
    yield here
    here.run("clean")


@pytest.fixture(scope="session")
def shared_rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Rehearsal]]:
    """One workspace whose emulators stay up; for tests that only need some to be there."""
    root = tmp_path_factory.mktemp("cli")
    here = Rehearsal(root / "project", root / "workspace")

    def with_program(program: str, stack_file: str = "") -> Rehearsal:
        here.write(program, stack_file)
        return here

    yield with_program
    here.run("clean")
