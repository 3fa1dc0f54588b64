"""Programs whose resources take time, and a look at the processes an engine leaves."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal import plugins
from tests.engine.slow_provider import VERSION

#: Prepended to a program: `thing("a", seconds=3)` is a resource of the slow provider.
PRELUDE = f'''
import pulumi

def thing(name, *, depends_on=None, protect=None, parent=None, **inputs):
    inputs = {{"notes": NOTES, "result": None, **inputs}}
    options = pulumi.ResourceOptions(version="{VERSION}", depends_on=depends_on, protect=protect, parent=parent)
    return pulumi.CustomResource("slow:index:Thing", name, inputs, options)

'''


@pytest.fixture
def slow_run(engine_run, tmp_path: Path):
    """As engine_run, for programs that use `thing(...)`; `run.notes` is the file of what the provider did."""
    plugins.install_provider("slow", VERSION, [sys.executable, str(Path(__file__).with_name("slow_provider.py"))])
    notes = tmp_path / "notes"
    notes.touch()

    def make(program: str, **options):
        run = engine_run("", **options)
        run.notes = notes
        write = run.write
        run.write = lambda text: write(f"NOTES = {str(notes)!r}\n{PRELUDE}{text}")
        return run.write(program)

    return make


def descendants(workspace: Path) -> dict[int, str]:
    """Processes whose command line lies in this test session's workspace or runs a program of ours for it."""
    found: dict[int, str] = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            environment = (directory / "environ").read_bytes()
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"LIFELINE_REHEARSAL_STACK={workspace}\0".encode() in environment and command:
            found[int(directory.name)] = command
    return found


def until(condition: Callable[[], object], seconds: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())
