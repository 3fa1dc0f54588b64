"""Redis under faults: what was acknowledged and lost, how long clients of `cache` waited, how many took writes.

Each fault is a test of its own and writes its own row: `make prove ONLY="redis and killed"`.
"""

import os
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from systems import registry
from systems.model import Environment
from tests.campaigns import figures
from tests.live.haproxy.fleet import wait_until
from tests.live.redis.clients import Watch, Writer, door
from tests.live.redis.cluster import Cluster, standing
from tests.live.redis.faults import FAULTS, Fault, exist
from tests.live.redis.wires import Wires

#: Followers are counted once a second, and asked about ten times a second.
_GRANULARITY_SECONDS = 2
_HEADINGS = ("fault", "times", "writes acknowledged", "of these lost", "gap median", "gap longest")
_MORE = (
    "of it until a server took writes",
    "fail-overs begun, given up",
    "two writable, longest",
    "whole again after, longest",
)


@dataclass
class Seen:
    """Of one kind of fault."""

    gaps: list[float] = field(default_factory=list[float])
    without_master: list[float] = field(default_factory=list[float])
    """Of each gap, the time until a server took writes: the rest is the way to it."""
    begun: int = 0
    given_up: int = 0
    whole_after: list[float] = field(default_factory=list[float])
    acknowledged: int = 0
    lost: int = 0
    of_these_beside: int = 0
    """Lost by the client that was on the master's side of a cut."""


@pytest.mark.campaign
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_redis_under_faults(tmp_path: Path, fault: Fault) -> None:
    system, seen = registry.load("astral-core-v2", Environment.PRODUCTION), Seen()
    lag = system.cache.failover.maximum_lag_seconds
    with standing(tmp_path, system, Wires()) as cluster:
        cluster.start()
        cluster.wait_until_whole()
        with door(tmp_path / "door", cluster) as at:
            writer, watch = Writer(at), Watch(cluster)
            wait_until("the first write", lambda: writer.acknowledged)
            watch.start()
            for number in range(fault.times):
                _round(fault, number, cluster, writer, watch, seen)
            watch.close()
            writer.close()
    _note(fault, seen, watch)
    assert watch.longest_with_two <= lag + _GRANULARITY_SECONDS, "two masters took writes beyond the lag"


def _round(fault: Fault, number: int, cluster: Cluster, writer: Writer, watch: Watch, seen: Seen) -> None:
    """A fault begins only when everything is whole, and must have been felt or have moved the master."""
    master = cluster.wait_until_whole()
    begun, given_up = cluster.said("+try-failover"), cluster.said("-failover-abort")
    began = time.monotonic()
    time.sleep(0.5)
    beside = fault.do(cluster, master, number)
    ended = time.monotonic()
    after = cluster.wait_until_whole()
    seen.whole_after.append(time.monotonic() - ended)
    count = len(writer.acknowledged)
    wait_until("writes go on", lambda: len(writer.acknowledged) > count + 5)
    keys, there = writer.written_since(began), beside.written_since(began) if beside else []
    gap_began, gap = writer.longest_gap(began)
    turned = watch.first_writable(gap_began)
    seen.gaps.append(gap)
    seen.without_master.append(min(gap, turned - gap_began) if turned else 0)
    seen.begun += cluster.said("+try-failover") - begun
    seen.given_up += cluster.said("-failover-abort") - given_up
    assert after is not master or seen.gaps[-1] > 0.3, f"{fault.what}: nothing happened"
    seen.acknowledged += len(keys) + len(there)
    lost_there = len(there) - exist(after, there)
    seen.lost += len(keys) - exist(after, keys) + lost_there
    seen.of_these_beside += lost_there
    without = f"{seen.without_master[-1]:.1f} s without a master"
    print(f"{number}: gap {gap:.1f} s, {without}, {seen.begun} begun, lost {seen.lost} so far", flush=True)


def _note(fault: Fault, seen: Seen, watch: Watch) -> None:
    """Rows of other faults stay as they were measured."""
    beside = f" ({seen.of_these_beside} by the client beside it)" if seen.of_these_beside else ""
    row = (
        f"| {fault.what} | {fault.times} | {seen.acknowledged} | {seen.lost}{beside} "
        f"| {statistics.median(seen.gaps):.1f} s | {max(seen.gaps):.1f} s "
        f"| {seen.without_master[seen.gaps.index(max(seen.gaps))]:.1f} s | {seen.begun}, {seen.given_up} "
        f"| {watch.longest_with_two:.1f} s | {max(seen.whole_after):.1f} s |"
    )
    file = figures.MEASURED / "redis.md"
    before = file.read_text().splitlines() if file.exists() else []
    width = row.count("|")
    known = {line.split(" | ")[0].removeprefix("| "): line for line in before if line.count("|") == width}
    rows = {**known, fault.what: row}
    figures.write(
        "redis", "Redis with Sentinel under faults", _text([rows[each.what] for each in FAULTS if each.what in rows])
    )


def _text(rows: list[str]) -> str:
    headings = (*_HEADINGS, *_MORE)
    return "\n".join(
        [
            "Astral Core v2's configuration (down-after 2 s) on real processes: three Redis, three Sentinels, HAProxy.",
            "One client writes a new key every 20 ms through `cache`, with a patience of 1 s, and connects anew after",
            "each error. All share one machine, which had other work to do (load average as this was written:",
            f"{os.getloadavg()[2]:.0f}): replication has no distance to lose writes by, and gaps are those of a busy",
            "machine. Times that a fault itself lasts are part of its gap. Of the longest gap the next column says how",
            "much went by before a server took writes (finding out, voting, promoting); the rest is the way to it.",
            "",
            f"| {' | '.join(headings)} |",
            f"|{'---|' * len(headings)}",
            *rows,
            "",
            "Two writable: servers that hold themselves for the master while a replica follows them, asked ten times",
            "a second, wherever they are. A master that is cut off goes on taking writes of clients on its side until",
            "its followers have been silent for `min-replicas-max-lag` (5 s): these are lost. Where a master dies,",
            "what its replicas had not read yet dies with it: replication is asynchronous, and a process that waits",
            "for a busy processor reads late.",
        ]
    )
