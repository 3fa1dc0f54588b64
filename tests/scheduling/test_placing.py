"""Objects of a stack on the real API server, Pod Security enforced, and its pods on nodes of the documented size."""

from collections import Counter
from collections.abc import Callable

import pytest

from rehearsal.paths import StackPaths
from tests.engine_runs import EngineRun
from tests.scheduling import platform
from tests.scheduling.cluster import sized_for

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

PROGRAM = """
import sys

sys.path.insert(0, {project!r})
from tests.scheduling.platform import deploy

deploy({stack!r}, candidate={candidate})
"""


def program(stack: str, *, candidate: bool) -> str:
    return PROGRAM.format(project=str(platform.PROJECT), stack=stack, candidate=candidate)


def take_down(run: EngineRun) -> None:
    """The seed is protected, which only a rehearsal may lift."""
    assert "jobs-seed" in run.destroy(fails=True).text
    run.checkpoint.unprotect()
    run.destroy()


@pytest.mark.timeout(900)
def test_production_finds_a_place_for_everything_with_a_zone_gone(
    engine_run: Callable[..., EngineRun], emulators: StackPaths
) -> None:
    system = platform.read("prod").system
    run = engine_run(program("prod", candidate=True), emulators=emulators, limit=400)
    with sized_for(system, emulators) as cluster:
        run.up()
        placed = cluster.settle()
        web = Counter(pod.zone for pod in placed if pod.name.startswith("astral-web-") and "migrate" not in pod.name)
        assert sum(web.values()) == 12, "three replicas, three for critical paths, and the same of the candidate"
        assert set(web.values()) == {4}, f"not spread evenly: {web}"
        assert run.preview().story.changes.keys() == {"same"}

        gone = cluster.lose(cluster.zones[0])
        assert gone
        left = cluster.settle()
        assert {pod.zone for pod in left if pod.phase == "Running"} == set(cluster.zones[1:])
        take_down(run)
