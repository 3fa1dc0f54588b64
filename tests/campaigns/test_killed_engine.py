"""The engine killed with SIGKILL in the middle of an `up`: the next `up` succeeds, and `down` leaves nothing.

One moment in `make test`, twenty random ones in `make prove`. Each is a whole life of stack prod in a workspace of its
own: up (killed), up, preview without changes, down, and then no process of it and no directory.
"""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal import paths
from tests.campaigns import figures

MOMENTS = 20
SEED = 988
_LIMIT_SECONDS = 300.0


@dataclass(frozen=True)
class Life:
    """What one killed `up` and the commands after it did."""

    killed_after: float
    resources_before: int
    adopted: int
    seconds_to_recover: float


class Rehearsal:
    """The command line on a workspace of its own."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._environment = {**os.environ, "LIFELINE_REHEARSAL": str(workspace)}

    def start(self, command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "rehearsal", command, "prod"],
            cwd=paths.PROJECT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: str) -> str:
        process = self.start(command)
        told, _ = process.communicate(timeout=_LIMIT_SECONDS)
        assert process.returncode == 0, f"{command} failed:\n{told}"
        return told

    def updating_engine(self) -> int | None:
        """The pid of this workspace's engine, once it is past the preview."""
        binary = str(self.workspace / "bin" / "pulumi")
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                words = (directory / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0].decode() == binary and b"up" in words[:2]:
                return int(directory.name)
        return None

    def processes(self) -> list[str]:
        """Command lines of everything that still mentions the workspace."""
        found = []
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                line = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(self.workspace) in line:
                found.append(line)
        return found

    def adopted(self) -> int:
        log = self.workspace / "stacks" / "prod" / "logs" / "provider-aws.log"
        return log.read_text().count(" adopting ") if log.exists() else 0


def _kill_in_update(rehearsal: Rehearsal, after_seconds: float) -> None:
    up = rehearsal.start("up")
    deadline = time.monotonic() + _LIMIT_SECONDS
    while (engine := rehearsal.updating_engine()) is None:
        assert up.poll() is None, f"up ended before its update began:\n{up.communicate()[0]}"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(after_seconds)
    os.kill(engine, signal.SIGKILL)
    told, _ = up.communicate(timeout=_LIMIT_SECONDS)
    assert up.returncode != 0, f"the engine was killed and up claims success:\n{told}"


def _live(workspace: Path, after_seconds: float) -> Life:
    rehearsal = Rehearsal(workspace)
    _kill_in_update(rehearsal, after_seconds)
    before = _resources(workspace)
    began = time.monotonic()
    rehearsal.run("up")
    recovered = time.monotonic() - began
    assert "no changes" in rehearsal.run("preview") or "unchanged" in rehearsal.run("preview")
    adopted = rehearsal.adopted()
    rehearsal.run("down")
    assert rehearsal.processes() == []
    assert not (workspace / "stacks" / "prod").exists()
    return Life(after_seconds, before, adopted, recovered)


def _resources(workspace: Path) -> int:
    import json

    state = workspace / "state/.pulumi/stacks/lifeline/prod.json"
    if not state.exists():
        return 0
    latest = json.loads(state.read_text())["checkpoint"].get("latest") or {}
    return len(latest.get("resources") or [])


def _update_seconds(workspace: Path) -> float:
    """How long an undisturbed update takes here and now: the span in which to kill."""
    rehearsal = Rehearsal(workspace)
    up = rehearsal.start("up")
    while rehearsal.updating_engine() is None and up.poll() is None:
        time.sleep(0.01)
    began = time.monotonic()
    while rehearsal.updating_engine() is not None:
        time.sleep(0.01)
    seconds = time.monotonic() - began
    told, _ = up.communicate(timeout=_LIMIT_SECONDS)
    assert up.returncode == 0, told
    rehearsal.run("down")
    return seconds


@pytest.mark.engine
@pytest.mark.timeout(900)
def test_a_killed_engine_is_recovered_from(tmp_path: Path) -> None:
    life = _live(tmp_path / "rehearsal", after_seconds=2.0)
    assert life.resources_before > 0, "it was killed before anything was made: that proves nothing"


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_twenty_random_kills(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    span = _update_seconds(tmp_path / "undisturbed")
    lives = [_live(tmp_path / f"life-{number}", chance.uniform(0.05, span * 0.95)) for number in range(MOMENTS)]
    rows = "\n".join(
        f"| {number} | {life.killed_after:.1f} | {life.resources_before} | {life.adopted} "
        f"| {life.seconds_to_recover:.0f} |"
        for number, life in enumerate(lives, 1)
    )
    cut_off = sum(life.adopted for life in lives)
    body = f"""An undisturbed update took {span:.1f} s. {MOMENTS} times the engine was killed with SIGKILL at a random
moment of it (seed {SEED}). {len(lives)} of {MOMENTS} times the next `up` succeeded, `preview` then showed no
change, and `down` left no process, no directory and nothing in the emulators. {cut_off} resources that were made and
never noted were adopted.

| life | killed after s | resources in the state then | adopted | next up took s |
|---|---|---|---|---|
{rows}
"""
    figures.write("killed-engine", "The engine killed in the middle of an up", body)
    assert any(life.adopted for life in lives), "no creation was ever cut off: the moments were not random enough"
