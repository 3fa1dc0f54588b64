"""What can happen to Redis and its Sentinels. A fault ends when everything runs and everybody can hear everybody."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from rendering.redis import users
from tests.live.haproxy.fleet import wait_until
from tests.live.redis.clients import Writer
from tests.live.redis.cluster import Cluster, Member

FROZEN_SECONDS, LONELY_SECONDS, CUT_SECONDS, AWAY_SECONDS = 6, 15, 20, 5
#: Restarts of a killed master are spread over the time in which Sentinels find out, vote and promote.
_SPREAD, _STEP_SECONDS = 30, 0.1


@dataclass(frozen=True)
class Fault:
    """`do(cluster, master, round)` may return a client of its own, whose writes count as well."""

    name: str
    what: str
    times: int
    do: Callable[[Cluster, Member, int], Writer | None]


def _replaced(cluster: Cluster, by: Member) -> None:
    others = [node for node in cluster.nodes if node is not by]
    wait_until("another master", lambda: any(node.replication().get("role") == "master" for node in others))


def _killed(cluster: Cluster, master: Member, number: int) -> None:
    master.kill()
    time.sleep(number * 7 % _SPREAD * _STEP_SECONDS)
    master.start()
    wait_until("it answers", lambda: master.replication())


def _zone(cluster: Cluster, master: Member, number: int) -> None:
    """One pod of each kind is in every zone."""
    sentinel = cluster.sentinels[number % len(cluster.sentinels)]
    master.kill()
    sentinel.kill()
    time.sleep(AWAY_SECONDS)
    cluster.start()


def _frozen(cluster: Cluster, master: Member, number: int) -> None:
    """As a machine that stands still: it comes back still holding itself for the master."""
    master.freeze()
    _replaced(cluster, master)
    time.sleep(FROZEN_SECONDS - 3)
    master.thaw()


def _cut_off(cluster: Cluster, master: Member, number: int) -> Writer:
    """Nobody hears the master but one client on its side of the cut."""
    assert cluster.wires
    beside = Writer(master.door, f"beside-{number}")
    wait_until("it writes", lambda: beside.acknowledged)
    cluster.wires.cut(master.address)
    _replaced(cluster, master)
    time.sleep(CUT_SECONDS - 3)
    cluster.wires.mend(master.address)
    beside.close()
    return beside


def _alone(cluster: Cluster, master: Member, number: int) -> None:
    followers = [node for node in cluster.nodes if node is not master]
    for node in followers:
        node.freeze()
    time.sleep(LONELY_SECONDS)
    for node in followers:
        node.thaw()


def _two(cluster: Cluster, master: Member, number: int) -> None:
    other = next(node for node in cluster.nodes if node is not master)
    master.kill()
    other.kill()
    time.sleep(AWAY_SECONDS)
    cluster.start()


def _all_six(cluster: Cluster, master: Member, number: int) -> None:
    for member in cluster.members:
        member.kill()
    cluster.start()


FAULTS = (
    Fault("killed", "master killed, back after 0 to 2.9 s", _SPREAD, _killed),
    Fault("zone", f"master and a Sentinel killed, back after {AWAY_SECONDS} s", 10, _zone),
    Fault("frozen", f"master frozen for {FROZEN_SECONDS} s", 5, _frozen),
    Fault("partitioned", f"master cut off from all others for {CUT_SECONDS} s", 5, _cut_off),
    Fault("alone", f"both replicas frozen for {LONELY_SECONDS} s", 3, _alone),
    Fault("two", f"master and a replica killed together, back after {AWAY_SECONDS} s", 5, _two),
    Fault("six", "all six killed and started at once", 5, _all_six),
)


def exist(node: Member, keys: list[str]) -> int:
    """How many of the keys it knows."""
    with node.connect(users.ADMINISTRATOR) as connection:
        return sum(int(connection.command("EXISTS", *keys[at : at + 500])) for at in range(0, len(keys), 500))
