"""Redis under faults: what was acknowledged and lost, how long clients of `cache` waited, how many took writes."""

import signal
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rendering.redis import users
from systems import registry
from systems.model import Environment
from tests.campaigns import figures
from tests.live.haproxy.fleet import wait_until
from tests.live.redis.clients import Watch, Writer, door
from tests.live.redis.cluster import Cluster, Member, standing

_FROZEN_SECONDS, _LONELY_SECONDS = 6, 15


@dataclass
class Fault:
    """One kind, done several times."""

    what: str
    times: int
    do: Callable[[Cluster, Member], None]
    gaps: list[float] = field(default_factory=list[float])
    acknowledged: int = 0
    lost: int = 0


def _replaced(cluster: Cluster, by: Member) -> None:
    others = [node for node in cluster.nodes if node is not by]
    wait_until("another master", lambda: any(node.replication().get("role") == "master" for node in others))


def _killed(cluster: Cluster, master: Member) -> None:
    master.kill()
    _replaced(cluster, master)
    master.start()


def _frozen(cluster: Cluster, master: Member) -> None:
    """As behind a cut: it comes back still holding itself for the master."""
    master.send(signal.SIGSTOP)
    _replaced(cluster, master)
    time.sleep(_FROZEN_SECONDS - 3)
    master.send(signal.SIGCONT)


def _alone(cluster: Cluster, master: Member) -> None:
    followers = [node for node in cluster.nodes if node is not master]
    for node in followers:
        node.send(signal.SIGSTOP)
    time.sleep(_LONELY_SECONDS)
    for node in followers:
        node.send(signal.SIGCONT)


def _all_six(cluster: Cluster, master: Member) -> None:
    for member in cluster.members:
        member.kill()
    cluster.start()


def _two(cluster: Cluster, master: Member) -> None:
    other = next(node for node in cluster.nodes if node is not master)
    master.kill()
    other.kill()
    time.sleep(5)
    cluster.start()


@pytest.mark.campaign
def test_redis_under_faults(tmp_path: Path) -> None:
    faults = [
        Fault("all six killed and started at once", 5, _all_six),
        Fault("master killed", 30, _killed),
        Fault(f"master frozen for {_FROZEN_SECONDS} s", 5, _frozen),
        Fault(f"both replicas frozen for {_LONELY_SECONDS} s", 3, _alone),
        Fault("master and a replica killed, back after 5 s", 5, _two),
    ]
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    rows = ["| fault | times | writes acknowledged | of these lost | gap median | gap longest | two writable |"]
    rows.append("|---|---|---|---|---|---|---|")
    with standing(tmp_path, system) as cluster:
        cluster.start()
        cluster.wait_until_whole()
        with door(tmp_path / "door", cluster) as at:
            writer, lag = Writer(at), system.cache.failover.maximum_lag_seconds
            wait_until("the first write", lambda: writer.acknowledged)
            for fault in faults:
                watch = Watch(cluster)
                watch.start()
                for _ in range(fault.times):
                    _round(fault, cluster, writer)
                watch.close()
                assert watch.longest_with_two <= lag, f"{fault.what}: two masters took writes beyond the lag"
                rows.append(_row(fault, watch))
                figures.write("redis", "Redis with Sentinel under faults", _text(rows))
            writer.close()


def _round(fault: Fault, cluster: Cluster, writer: Writer) -> None:
    """A fault begins only when everything is whole, and must have been felt or have moved the master."""
    master = cluster.wait_until_whole()
    began = time.monotonic()
    time.sleep(0.5)
    fault.do(cluster, master)
    after = cluster.wait_until_whole()
    count = len(writer.acknowledged)
    wait_until("writes go on", lambda: len(writer.acknowledged) > count + 5)
    keys = writer.written_since(began)
    fault.gaps.append(writer.gap_seconds(began))
    assert after is not master or fault.gaps[-1] > 0.3, f"{fault.what}: nothing happened"
    fault.acknowledged += len(keys)
    with after.connect(users.ADMINISTRATOR) as connection:
        found = sum(int(connection.command("EXISTS", *keys[at : at + 500])) for at in range(0, len(keys), 500))
    fault.lost += len(keys) - found


def _row(fault: Fault, watch: Watch) -> str:
    median, longest = statistics.median(fault.gaps), max(fault.gaps)
    two = f"{watch.seconds_with_two:.1f} s in all, {watch.longest_with_two:.1f} s at most"
    return (
        f"| {fault.what} | {fault.times} | {fault.acknowledged} | {fault.lost} "
        f"| {median:.1f} s | {longest:.1f} s | {two} |"
    )


def _text(rows: list[str]) -> str:
    return "\n".join(
        [
            "Astral Core v2's configuration (down-after 2 s) on real processes: three Redis, three Sentinels, HAProxy.",
            "One client writes a new key every 20 ms through `cache`, with a patience of 1 s, and connects anew after",
            "each error. All share one machine, so replication has no lag to lose writes by: a floor, not a promise.",
            "",
            *rows,
            "",
            "Two writable: servers that hold themselves for the master while a replica follows them, asked ten times a",
            "second. With two killed, the gap contains the five seconds without them.",
        ]
    )
