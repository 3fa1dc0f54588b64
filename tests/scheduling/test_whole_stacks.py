"""Every object of the whole program on the real API server, and all pods on nodes of the documented size.

`make prove ONLY=whole_stack` writes docs/measured/placing-whole.md; a stack takes a minute, and each may be run alone.
"""

import time
from dataclasses import dataclass, replace

import pytest

from rehearsal.paths import StackPaths
from tests.campaigns import figures
from tests.components.recording import STACKS
from tests.scheduling import platform, whole
from tests.scheduling.cluster import sized_for

pytestmark = [pytest.mark.engine, pytest.mark.cluster]
PAGE = "placing-whole"


@dataclass(frozen=True)
class Placed:
    """What one stack's pods needed and found."""

    nodes: int
    objects: int
    pods: int
    lost: int = 0
    seconds: float = 0
    """Until all but `waiting` ran again."""
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
        lost, began = len(cluster.lose(zone)), time.monotonic()
        running = [pod for pod in cluster.settle(waiting=tied) if pod.phase == "Running"]
        seconds = time.monotonic() - began
        assert {pod.zone for pod in running} == left
        whole.with_new_disks(cluster.client, disks)
        assert {pod.zone for pod in cluster.settle() if pod.phase == "Running"} == left
        return replace(found, lost=lost, seconds=seconds, waiting=len(tied))


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("stack", STACKS)
def test_placing_of_a_whole_stack(stack: str, emulators: StackPaths) -> None:
    found = place(stack, emulators)
    lost = f"{found.lost} | {found.seconds:.0f} | {found.waiting}" if found.lost else "- | - | -"
    row = f"| {stack} | {found.objects} | {found.nodes} | {found.pods} | {lost} |"
    print(row, flush=True)
    figures.write(PAGE, "Everything of a stack on machines of the documented size", table(row))


def table(row: str) -> str:
    """With the rows of other stacks as they were."""
    known = figures.MEASURED / f"{PAGE}.md"
    lines = known.read_text().splitlines() if known.exists() else []
    rows = {line.split("|")[1].strip(): line for line in [*lines, row] if line.count("|") == row.count("|")}
    return HEAD + "\n".join(rows[stack] for stack in STACKS if stack in rows)


HEAD = """Every object that the whole program has in the cluster, with both sides of a rollout, accepted by the real
API server without a warning; Pod Security and quotas are enforced. Beside them stands what takes room and is not the
program's: add-ons and agents of the cluster, jobs that may be running, and one more proxy and pooler as in an update.
The real scheduler places all of it on simulated nodes of the machines that sizing buys. In production the nodes of one
zone are then removed at once: everything runs in the others, but for the pods whose disks are in that zone (a Redis
node, say, whose others go on). Given new disks they find a place there, too. Times are those of controllers and
scheduler alone: simulated kubelets start pods at once.

| stack | objects | nodes | pods | nodes lost | s until all ran again | pods tied to a disk there |
|---|---|---|---|---|---|---|
"""
