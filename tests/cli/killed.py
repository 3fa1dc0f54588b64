"""A life of stack prod whose engine is killed with SIGKILL in the middle of its `up`.

up (killed while it updates), up, preview without changes, down, and then no process of it and no directory.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.providers.aws.ledger import Ledger
from tests.cli.conftest import Ended, Rehearsal

POLL_SECONDS = 0.01


@dataclass(frozen=True)
class Life:
    """What one killed `up` and the commands after it did."""

    killed_after: float
    made_before: int
    adopted: int
    seconds_to_recover: float


def live(rehearsal: Rehearsal, after_seconds: float = 0.0, after_resources: int = 0) -> Life:
    kill_in_update(rehearsal, after_seconds, after_resources)
    before = _made(rehearsal)
    began = time.monotonic()
    done(rehearsal, "up")
    recovered = time.monotonic() - began
    settled = done(rehearsal, "preview").err.splitlines()
    at = f"killed after {after_seconds:.2f} s"
    assert any(re.fullmatch(r"✓ prod: \d+ unchanged", line) for line in settled), f"{at}: {settled[-1]}"
    log = rehearsal.workspace / "stacks" / "prod" / "logs" / "provider-aws.log"
    adopted = log.read_text().count(" adopting ")
    done(rehearsal, "down")
    assert rehearsal.processes() == []
    assert not (rehearsal.workspace / "stacks" / "prod").exists()
    return Life(after_seconds, before, adopted, recovered)


def done(rehearsal: Rehearsal, command: str) -> Ended:
    ended = rehearsal.run(command)
    assert ended.code == 0, f"{command} failed:\n{ended.err}"
    return ended


def engine_at_work(rehearsal: Rehearsal, operation: str = "up") -> int | None:
    """The pid of this workspace's engine, once it is past the preview."""
    binary = str(rehearsal.workspace / "bin" / "pulumi").encode()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0] == binary and operation.encode() in words[:2]:
            return int(directory.name)
    return None


def kill_in_update(rehearsal: Rehearsal, after_seconds: float = 0.0, after_resources: int = 0) -> None:
    _kill(rehearsal, "up", "up", after_seconds, lambda: _made(rehearsal) >= after_resources)


def kill_in_destroy(rehearsal: Rehearsal, when_left: int) -> None:
    _kill(rehearsal, "down", "destroy", 0.0, lambda: _made(rehearsal) <= when_left)


def _kill(rehearsal: Rehearsal, command: str, operation: str, after_seconds: float, due: Callable[[], bool]) -> None:
    working = rehearsal.start(command)
    deadline = time.monotonic() + rehearsal.limit
    while (engine := engine_at_work(rehearsal, operation)) is None:
        assert working.poll() is None, f"{command} ended before its engine began:\n{working.communicate()[1]}"
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)
    time.sleep(after_seconds)
    while not due():
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)
    os.kill(engine, signal.SIGKILL)
    _, told = working.communicate(timeout=rehearsal.limit)
    assert working.returncode != 0, f"the engine was killed and {command} claims success:\n{told}"


def _made(rehearsal: Rehearsal) -> int:
    """In the emulated AWS, by its provider's own account: the engine writes its state at the end only."""
    return sum(len(ids) for ids in Ledger(rehearsal.workspace / "stacks" / "prod" / "ledger.jsonl").standing().values())
