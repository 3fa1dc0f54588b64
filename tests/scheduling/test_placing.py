"""Objects of a stack on the real API server, Pod Security enforced, and its pods on nodes of the documented size."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from rehearsal.paths import StackPaths
from tests.campaigns import figures
from tests.components.recording import STACKS
from tests.engine_runs import EngineRun
from tests.scheduling import cron_jobs, platform, whole
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
    objects: int
    pods: int
    lost: int = 0
    waiting: int = 0
    """Pods whose disks are in the lost zone: they run again with new ones."""


def place(stack: str, paths: StackPaths) -> Placed:
    """Everything of a stack on nodes of the documented size; in production then without one zone's nodes."""
    system, made = platform.read(stack).system, whole.objects(stack)
    with sized_for(system, paths) as cluster, whole.standing(cluster.client, paths, system, made) as warnings:
        warnings = [each for each in warnings if each != whole.CERTIFICATES_ARE_NONE]
        assert not warnings, "\n".join(warnings)
        placed = [pod for pod in cluster.settle() if pod.phase == "Running"]
        assert {pod.zone for pod in placed} == set(cluster.zones)
        found = Placed(cluster.count(), len(made), len(placed))
        if not system.production:
            return found
        zone, left = cluster.zones[0], set(cluster.zones[1:])
        disks = whole.disks_in(cluster.client, zone)
        tied = frozenset(pod.name for pod in placed if pod.claims & {name for _, name in disks})
        lost = len(cluster.lose(zone))
        running = [pod for pod in cluster.settle(waiting=tied) if pod.phase == "Running"]
        assert {pod.zone for pod in running} == left
        whole.with_new_disks(cluster.client, disks)
        assert {pod.zone for pod in cluster.settle() if pod.phase == "Running"} == left
        return replace(found, lost=lost, waiting=len(tied))


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
def test_placing_of_every_stack(emulators: StackPaths) -> None:
    rows: list[str] = []
    for stack in STACKS:
        found = place(stack, emulators)
        lost = f"{found.lost} | {found.waiting}" if found.lost else "- | -"
        rows.append(f"| {stack} | {found.objects} | {found.nodes} | {found.pods} | {lost} |")
        print(rows[-1], flush=True)
    body = f"""Every object that the whole program has in the cluster, with both sides of a rollout, accepted by the
real API server without a warning; Pod Security and quotas are enforced. Beside them stands what takes room and is not
the program's: add-ons and agents of the cluster, jobs that may be running, and one more proxy and pooler as in an
update. The real scheduler places all of it on simulated nodes of the machines that sizing buys. In production the nodes
of one zone are then removed at once: everything runs in the others, but for the pods whose disks are in that zone (a
Redis node, say, whose others go on). Given new disks they find a place there, too.

| stack | objects | nodes | pods | nodes lost | pods tied to a disk there |
|---|---|---|---|---|---|
{chr(10).join(rows)}
"""
    figures.write("placing", "Every stack's pods on machines of the documented size", body)
