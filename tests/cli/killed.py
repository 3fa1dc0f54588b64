"""A life of stack prod whose engine is killed with SIGKILL in the middle of its `up`.

up (killed while it updates), up, preview without changes, down, and then no process of it and no directory.
"""

import json
import os
import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from tests.cli.conftest import Ended, Rehearsal

POLL_SECONDS = 0.01


@dataclass(frozen=True)
class Life:
    """What one killed `up` and the commands after it did."""

    killed_after: float
    resources_before: int
    adopted: int
    seconds_to_recover: float


def live(rehearsal: Rehearsal, after_seconds: float = 0.0, after_resources: int = 0) -> Life:
    _kill_in_update(rehearsal, after_seconds, after_resources)
    before = _resources(rehearsal)
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


def updating_engine(rehearsal: Rehearsal) -> int | None:
    """The pid of this workspace's engine, once it is past the preview."""
    binary = str(rehearsal.workspace / "bin" / "pulumi").encode()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0] == binary and b"up" in words[:2]:
            return int(directory.name)
    return None


def _kill_in_update(rehearsal: Rehearsal, after_seconds: float, after_resources: int) -> None:
    up = rehearsal.start("up")
    deadline = time.monotonic() + rehearsal.limit
    while (engine := updating_engine(rehearsal)) is None:
        assert up.poll() is None, f"up ended before its update began:\n{up.communicate()[1]}"
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)
    time.sleep(after_seconds)
    while _resources(rehearsal) < after_resources:
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)
    os.kill(engine, signal.SIGKILL)
    _, told = up.communicate(timeout=rehearsal.limit)
    assert up.returncode != 0, f"the engine was killed and up claims success:\n{told}"


def _resources(rehearsal: Rehearsal) -> int:
    """In the engine's state, when there is one that can be read."""
    state = rehearsal.workspace / "state/.pulumi/stacks/lifeline/prod.json"
    try:
        latest = json.loads(state.read_text())["checkpoint"].get("latest") or {}
    except (FileNotFoundError, ValueError):
        return 0
    return len(latest.get("resources") or [])
