"""The engine killed with SIGKILL in the middle of an `up`: the next `up` succeeds, and `down` leaves nothing.

Twenty random moments in the thin slice that goes through all of the house, five in the whole of prod; each is a whole
life in a workspace of its own (tests/cli/killed.py).
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import paths
from tests.campaigns import figures
from tests.cli import slice
from tests.cli.conftest import Rehearsal
from tests.cli.killed import POLL_SECONDS, Life, done, engine_at_work, live

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.campaign, pytest.mark.timeout(7200)]

SEED = 988
#: Of one command: prod takes minutes on a machine with other work.
LIMIT_SECONDS = 1800.0


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


@pytest.mark.parametrize(("what", "moments"), [("slice", 20), ("prod", 5)], ids=["slice", "prod"])
def test_killed_at_random_moments(tmp_path: Path, what: str, moments: int) -> None:
    def lives() -> Iterator[Rehearsal]:
        """Workspaces, one after the other; each is cleaned up whatever happened in it."""
        for number in range(moments + 1):
            workspace = tmp_path / f"life-{number}"
            project = paths.PROJECT if what == "prod" else tmp_path / "slice"
            rehearsal = Rehearsal(project, workspace, LIMIT_SECONDS)
            try:
                yield rehearsal if what == "prod" else slice.write(rehearsal)
            finally:
                rehearsal.run("clean")

    chance = random.Random(SEED)
    ready = lives()
    span = _update_seconds(next(ready))
    lived: list[Life] = []
    for rehearsal in ready:
        lived.append(live(rehearsal, chance.uniform(0.05, span * 0.95)))
        print(f"{len(lived)}/{moments}: {lived[-1]}", flush=True)
    _write(what, span, lived)
    assert sum(life.adopted for life in lived), "no creation was ever cut off: the moments were not random enough"


def _write(what: str, span: float, lived: list[Life]) -> None:
    rows = "\n".join(
        f"| {number} | {life.killed_after:.1f} | {life.made_before} | {life.adopted} | {life.seconds_to_recover:.0f} |"
        for number, life in enumerate(lived, 1)
    )
    adopted = sum(life.adopted for life in lived)
    body = f"""An undisturbed update took {span:.1f} s. {len(lived)} times the engine was killed with SIGKILL at a
random moment of it (seed {SEED}). Each time the next `up` succeeded, `preview` then showed no change, and `down` left
no process, no directory and nothing in the emulators. {adopted} resources of AWS that no state knew were adopted.

| life | killed after s | made in AWS by then | adopted | next up took s |
|---|---|---|---|---|
{rows}
"""
    titles = {"slice": "The engine killed in the middle of an up", "prod": "The engine killed in the middle of prod"}
    figures.write({"slice": "killed-engine", "prod": "killed-engine-prod"}[what], titles[what], body)
