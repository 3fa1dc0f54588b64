"""The engine killed with SIGKILL in the middle of an `up`: the next `up` succeeds, and `down` leaves nothing.

Twenty random moments; each is a whole life of stack prod in a workspace of its own (tests/cli/killed.py).
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import paths
from tests.campaigns import figures
from tests.cli.conftest import Rehearsal
from tests.cli.killed import POLL_SECONDS, Life, done, engine_at_work, live

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.campaign]

MOMENTS = 20
SEED = 988
#: Of one command: prod takes minutes on two cores.
LIMIT_SECONDS = 1800.0


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Iterator[Rehearsal]]:
    """Workspaces, one after the other; each is cleaned up whatever happened in it."""
    made: list[Rehearsal] = []

    def more() -> Iterator[Rehearsal]:
        while True:
            made.append(Rehearsal(paths.PROJECT, tmp_path / f"life-{len(made)}", LIMIT_SECONDS))
            yield made[-1]

    yield more()
    for rehearsal in made:
        rehearsal.run("clean")


def _update_seconds(rehearsal: Rehearsal) -> float:
    """How long an undisturbed update takes here and now: the span in which to kill."""
    up = rehearsal.start("up")
    while engine_at_work(rehearsal) is None and up.poll() is None:
        time.sleep(POLL_SECONDS)
    began = time.monotonic()
    while engine_at_work(rehearsal) is not None:
        time.sleep(POLL_SECONDS)
    seconds = time.monotonic() - began
    _, told = up.communicate(timeout=LIMIT_SECONDS)
    assert up.returncode == 0, told
    done(rehearsal, "down")
    return seconds


@pytest.mark.timeout(7200)
def test_twenty_random_kills(lives: Iterator[Rehearsal]) -> None:
    chance = random.Random(SEED)
    span = _update_seconds(next(lives))
    lived: list[Life] = []
    for number in range(1, MOMENTS + 1):
        lived.append(live(next(lives), chance.uniform(0.05, span * 0.95)))
        print(f"{number}/{MOMENTS}: {lived[-1]}", flush=True)
    rows = "\n".join(
        f"| {number} | {life.killed_after:.1f} | {life.made_before} | {life.adopted} | {life.seconds_to_recover:.0f} |"
        for number, life in enumerate(lived, 1)
    )
    adopted = sum(life.adopted for life in lived)
    body = f"""An undisturbed update took {span:.1f} s. {MOMENTS} times the engine was killed with SIGKILL at a random
moment of it (seed {SEED}). Each time the next `up` succeeded, `preview` then showed no change, and `down` left no
process, no directory and nothing in the emulators. {adopted} resources that were made and never noted were adopted.

| life | killed after s | made in AWS by then | adopted | next up took s |
|---|---|---|---|---|
{rows}
"""
    figures.write("killed-engine", "The engine killed in the middle of an up", body)
    assert adopted, "no creation was ever cut off: the moments were not random enough"
