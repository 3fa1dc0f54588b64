"""The engine killed with SIGKILL in the middle of an `up`: the next `up` succeeds, and `down` leaves nothing.

One moment in `make test`, twenty random ones in `make prove`. Each is a whole life of stack prod in a workspace of its
own: up (killed while it updates), up, preview without changes, down, and then no process of it and no directory.
"""

import json
import os
import random
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal import paths
from tests.campaigns import figures
from tests.cli.conftest import Ended, Rehearsal

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

MOMENTS = 20
SEED = 988
_POLL_SECONDS = 0.01
_LIMIT_SECONDS = 1500.0


@dataclass(frozen=True)
class Life:
    """What one killed `up` and the commands after it did."""

    killed_after: float
    resources_before: int
    adopted: int
    seconds_to_recover: float


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Iterator[Rehearsal]]:
    """Workspaces, one after the other; each is cleaned up whatever happened in it."""
    made: list[Rehearsal] = []

    def more() -> Iterator[Rehearsal]:
        while True:
            made.append(Rehearsal(paths.PROJECT, tmp_path / f"life-{len(made)}"))
            yield made[-1]

    yield more()
    for rehearsal in made:
        rehearsal.run("clean")


def _done(rehearsal: Rehearsal, command: str) -> Ended:
    ended = rehearsal.run(command)
    assert ended.code == 0, f"{command} failed:\n{ended.err}"
    return ended


def _updating_engine(rehearsal: Rehearsal) -> int | None:
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
    deadline = time.monotonic() + _LIMIT_SECONDS
    while (engine := _updating_engine(rehearsal)) is None:
        assert up.poll() is None, f"up ended before its update began:\n{up.communicate()[1]}"
        assert time.monotonic() < deadline
        time.sleep(_POLL_SECONDS)
    time.sleep(after_seconds)
    while _resources(rehearsal) < after_resources:
        assert time.monotonic() < deadline
        time.sleep(_POLL_SECONDS)
    os.kill(engine, signal.SIGKILL)
    _, told = up.communicate(timeout=_LIMIT_SECONDS)
    assert up.returncode != 0, f"the engine was killed and up claims success:\n{told}"


def _live(rehearsal: Rehearsal, after_seconds: float = 0.0, after_resources: int = 0) -> Life:
    _kill_in_update(rehearsal, after_seconds, after_resources)
    before = _resources(rehearsal)
    began = time.monotonic()
    _done(rehearsal, "up")
    recovered = time.monotonic() - began
    settled = _done(rehearsal, "preview").err.splitlines()[-1]
    assert re.fullmatch(r"✓ prod: \d+ unchanged", settled), f"killed after {after_seconds:.2f} s: {settled}"
    log = rehearsal.workspace / "stacks" / "prod" / "logs" / "provider-aws.log"
    adopted = log.read_text().count(" adopting ")
    _done(rehearsal, "down")
    assert rehearsal.processes() == []
    assert not (rehearsal.workspace / "stacks" / "prod").exists()
    return Life(after_seconds, before, adopted, recovered)


def _resources(rehearsal: Rehearsal) -> int:
    """In the engine's state, when there is one that can be read."""
    state = rehearsal.workspace / "state/.pulumi/stacks/lifeline/prod.json"
    try:
        latest = json.loads(state.read_text())["checkpoint"].get("latest") or {}
    except (FileNotFoundError, ValueError):
        return 0
    return len(latest.get("resources") or [])


def _update_seconds(rehearsal: Rehearsal) -> float:
    """How long an undisturbed update takes here and now: the span in which to kill."""
    up = rehearsal.start("up")
    while _updating_engine(rehearsal) is None and up.poll() is None:
        time.sleep(_POLL_SECONDS)
    began = time.monotonic()
    while _updating_engine(rehearsal) is not None:
        time.sleep(_POLL_SECONDS)
    seconds = time.monotonic() - began
    _, told = up.communicate(timeout=_LIMIT_SECONDS)
    assert up.returncode == 0, told
    _done(rehearsal, "down")
    return seconds


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_a_killed_engine_is_recovered_from(lives: Iterator[Rehearsal]) -> None:
    life = _live(next(lives), after_resources=20)
    assert life.resources_before >= 20


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_twenty_random_kills(lives: Iterator[Rehearsal]) -> None:
    chance = random.Random(SEED)
    span = _update_seconds(next(lives))
    lived: list[Life] = []
    for number in range(1, MOMENTS + 1):
        lived.append(_live(next(lives), chance.uniform(0.05, span * 0.95)))
        print(f"{number}/{MOMENTS}: {lived[-1]}", flush=True)
    rows = "\n".join(
        f"| {number} | {life.killed_after:.1f} | {life.resources_before} | {life.adopted} "
        f"| {life.seconds_to_recover:.0f} |"
        for number, life in enumerate(lived, 1)
    )
    adopted = sum(life.adopted for life in lived)
    body = f"""An undisturbed update took {span:.1f} s. {MOMENTS} times the engine was killed with SIGKILL at a random
moment of it (seed {SEED}). Each time the next `up` succeeded, `preview` then showed no change, and `down` left no
process, no directory and nothing in the emulators. {adopted} resources that were made and never noted were adopted.

| life | killed after s | resources in the state then | adopted | next up took s |
|---|---|---|---|---|
{rows}
"""
    figures.write("killed-engine", "The engine killed in the middle of an up", body)
    assert adopted, "no creation was ever cut off: the moments were not random enough"
