"""Objects of a stack on the real API server, Pod Security enforced, and its pods on nodes of the documented size."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rehearsal.paths import StackPaths
from tests.campaigns import figures
from tests.components.recording import STACKS
from tests.engine_runs import EngineRun
from tests.scheduling import cron_jobs, platform
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
    """What runs once is protected, which only a rehearsal may lift."""
    run.checkpoint.unprotect()
    run.destroy()


@dataclass(frozen=True)
class Placed:
    """What one stack's pods needed and found."""

    nodes: int
    pods: int
    lost: int
    seconds_until_all_ran_again: float


def place(run: EngineRun, stack: str, paths: StackPaths) -> Placed:
    """Up on nodes of the documented size; in production then without one zone's nodes."""
    system = platform.read(stack).system
    with sized_for(system, paths) as cluster:
        run.up()
        placed = [pod for pod in cluster.settle() if pod.phase == "Running"]
        assert run.preview().story.changes.keys() == {"same"}
        assert {pod.zone for pod in placed} == set(cluster.zones)
        nodes, lost, seconds = cluster.count(), 0, 0.0
        if system.production:
            lost, began = len(cluster.lose(cluster.zones[0])), time.monotonic()
            left = [pod for pod in cluster.settle() if pod.phase == "Running"]
            seconds = time.monotonic() - began
            assert {pod.zone for pod in left} == set(cluster.zones[1:])
        take_down(run)
    return Placed(nodes, len(placed), lost, seconds)


@pytest.mark.timeout(900)
def test_production_finds_a_place_for_everything_with_a_zone_gone(
    engine_run: Callable[..., EngineRun], emulators: StackPaths
) -> None:
    run = engine_run(program("prod", candidate=True), emulators=emulators, limit=400)
    system = platform.read("prod").system
    with sized_for(system, emulators) as cluster:
        run.up()
        placed = cluster.settle()
        web = Counter(pod.zone for pod in placed if pod.name.startswith("astral-web-"))
        assert sum(web.values()) == 12, "three replicas, three for critical paths, and the same of the candidate"
        assert set(web.values()) == {4}, f"not spread evenly: {web}"

        started = cron_jobs.start_each(cluster.client)
        assert {"backup-database", "backup-verification", "restore-drill", "restore"} <= started.keys()
        assert {"database-roles", "database-exchange", "cache-rotation"} <= started.keys()
        assert set(started.values()) <= cluster.nodes(), "admitted under Pod Security, and placed beside all the rest"

        next_release = run.write(program("prod", candidate=False)).preview()
        kinds = {each.urn.rsplit("::", 1)[-1]: each.kind for each in next_release.story.operations.values()}
        assert kinds.get("jobs-seed", "same") == "same"
        assert kinds["astral-web-canary-deployment"] == "delete"
        assert "update" not in kinds.values(), "giving a candidate up changes nothing of the release that stays"

        cluster.cut_off(cluster.zones[0])
        left = cluster.settle(avoiding=cluster.zones[0])
        assert {pod.zone for pod in left if pod.phase == "Running"} == set(cluster.zones[1:])
        assert cluster.lose(cluster.zones[0])
        cluster.settle()
        take_down(run)


@pytest.mark.campaign
@pytest.mark.timeout(7200)
def test_placing_of_every_stack(engine_run: Callable[..., EngineRun], emulators: StackPaths) -> None:
    rows: list[str] = []
    for stack in STACKS:
        run = engine_run(program(stack, candidate=True), emulators=emulators, limit=400)
        found = place(run, stack, emulators)
        lost = f"{found.lost} | {found.seconds_until_all_ran_again:.0f}" if found.lost else "- | -"
        rows.append(f"| {stack} | {found.nodes} | {found.pods} | {lost} |")
        print(rows[-1], flush=True)
    body = f"""Namespaces, applications and jobs as the program makes them, with both sides of a rollout; the real
API server enforces Pod Security and quotas. HAProxy, cache, pooler, monitoring and daemons are
stand-ins of their size in the documents. The real scheduler places all of it on simulated nodes of
the machines that sizing buys. In production the nodes of one zone are then removed at once. The
time is that of controllers and scheduler alone: simulated kubelets start pods at once.

| stack | nodes | pods | nodes lost | s until all ran again |
|---|---|---|---|---|
{chr(10).join(rows)}
"""
    figures.write("placing", "Every stack's pods on machines of the documented size", body)
