"""Whoever starts asks who the master is: one master after every fault, and nothing acknowledged is gone."""

import itertools
import re
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest
from lifeline_rotation.redis import RedisError, Refused

from rendering.redis import users
from systems import registry
from systems.model import Environment
from tests.live.haproxy.fleet import wait_until
from tests.live.redis.cluster import Cluster, Member, standing

pytestmark = pytest.mark.xdist_group("redis")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """All six started at the same moment, none of which knows anything yet."""
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    with standing(tmp_path_factory.mktemp("redis"), system) as cluster:
        cluster.start()
        yield cluster


@pytest.fixture
def cluster(running: Cluster) -> Cluster:
    """Every member runs, one is the master, the others follow."""
    running.start()
    running.wait_until_whole()
    return running


def _write(master: Member, kind: str) -> list[str]:
    """Acknowledged by the master, and held by a replica, too."""
    keys = [f"{kind}-{number}" for number in range(50)]
    with master.connect(users.APPLICATION) as connection:
        assert [connection.command("SET", key, kind) for key in keys] == ["OK"] * len(keys)
        assert connection.command("WAIT", "1", "10000") >= 1
    return keys


def _kept(master: Member, keys: list[str]) -> bool:
    return master.tell(users.APPLICATION, "EXISTS", *keys) == len(keys)


def _taking_writes(cluster: Cluster, but: Member) -> Member | None:
    for node in cluster.nodes:
        if node is not but and node.process:
            with suppress(OSError, RedisError):
                if node.tell(users.APPLICATION, "SET", "anything", "1") == "OK":
                    return node
    return None


def test_a_parallel_start_makes_one_master(cluster: Cluster) -> None:
    assert len(cluster.masters()) == 1
    assert {each.run("ready") for each in cluster.nodes} == {0}
    assert {each.run("sentinel-ready") for each in cluster.sentinels} == {0}
    assert {each.run("alive") for each in cluster.members} == {0}


def test_no_two_sentinels_lose_patience_at_the_same_moment(cluster: Cluster) -> None:
    """Each would vote for itself, nobody would win, and the next try comes much later."""
    name, waiting = cluster.system.cache.master_name, list[int]()
    for sentinel in cluster.sentinels:
        told = sentinel.tell(users.SENTINEL, "SENTINEL", "MASTER", name)
        waiting.append(int(dict(zip(told[::2], told[1::2], strict=True))["down-after-milliseconds"]))  # pyright: ignore
    assert waiting[0] == cluster.system.cache.failover.down_after_milliseconds
    assert all(after - before >= 200 for before, after in itertools.pairwise(waiting))


def test_users_may_do_what_they_are_there_for(cluster: Cluster) -> None:
    [master] = cluster.masters()
    sentinel = cluster.sentinels[0]
    assert master.tell(users.APPLICATION, "SET", "key", "value") == "OK"
    for user in (users.PROBE, users.EXPORTER, users.REPLICA, users.SENTINEL):
        assert "role:master" in str(master.tell(user, "INFO", "replication"))
        with pytest.raises(Refused, match="NOPERM"):
            master.tell(user, "GET", "key")
    for words in (
        ("FLUSHALL",),
        ("KEYS", "*"),
        ("CONFIG", "GET", "masterauth"),
        ("ACL", "LIST"),
        ("DEBUG", "SLEEP", "0"),
    ):
        with pytest.raises(Refused):
            master.tell(users.APPLICATION, *words)
    assert sentinel.tell(users.EXPORTER, "SENTINEL", "MASTERS")
    with pytest.raises(Refused, match="NOPERM"):
        sentinel.tell(users.EXPORTER, "SENTINEL", "FAILOVER", cluster.system.cache.master_name)
    with pytest.raises(Refused, match="WRONGPASS"):
        sentinel.tell(users.APPLICATION, "PING")


def test_a_killed_master_is_replaced_and_comes_back_as_a_follower(cluster: Cluster) -> None:
    [master] = cluster.masters()
    keys = _write(master, "killed")
    master.kill()
    wait_until("another takes writes", lambda: _taking_writes(cluster, master))
    master.start()
    after = cluster.wait_until_whole()
    assert after is not master and _kept(after, keys)


def test_a_master_that_is_back_while_another_is_promoted_takes_no_write(cluster: Cluster) -> None:
    """Sentinels name the old one until they have seen that the new one is a master: it would lose what it takes."""
    [master] = cluster.masters()
    others = [node for node in cluster.nodes if node is not master]
    keys = _write(master, "promoted")
    master.kill()
    before = len(master.log)
    wait_until("another is promoted", lambda: any(each.replication().get("role") == "master" for each in others))
    master.start()
    after = cluster.wait_until_whole()
    assert after is not master and _kept(after, keys)
    lines = master.log[before:].splitlines()
    assert any(re.match(r"\d+:S ", line) for line in lines), "it ran as a follower"
    assert not any(re.match(r"\d+:M .*MASTER MODE", line) for line in lines), "and never as a master"


def test_a_full_restart_keeps_the_data_and_one_master(cluster: Cluster) -> None:
    [master] = cluster.masters()
    keys = _write(master, "restart")
    for member in cluster.members:
        member.kill()
    cluster.start()
    assert _kept(cluster.wait_until_whole(), keys)


def test_a_master_that_lost_its_disk_wipes_nobody(cluster: Cluster) -> None:
    [master] = cluster.masters()
    keys = _write(master, "disk")
    master.kill()
    master.forget()
    master.start()
    after = cluster.wait_until_whole()
    assert after is not master and _kept(after, keys)
    assert "waiting for one who has it" in master.log


def test_a_sentinel_that_lost_its_disk_learns_who_the_master_is(cluster: Cluster) -> None:
    [master] = cluster.masters()
    sentinel = cluster.sentinels[0]
    sentinel.kill()
    sentinel.forget()
    sentinel.start()
    name = cluster.system.cache.master_name
    wait_until("it answers", lambda: sentinel.run("alive") == 0)
    told = sentinel.tell(users.REPLICA, "SENTINEL", "get-master-addr-by-name", name)
    assert told == [master.address, str(cluster.system.cache.port)]


def test_a_master_without_followers_refuses_writes(cluster: Cluster) -> None:
    [master] = cluster.masters()
    followers = [node for node in cluster.nodes if node is not master]
    try:
        for node in followers:
            node.kill()
        with master.connect(users.APPLICATION) as connection, pytest.raises(Refused, match="NOREPLICAS"):
            wait_until("a refusal", lambda: connection.command("SET", "alone", "1") != "OK")
    finally:
        cluster.start()


def test_the_mastership_leaves_before_the_node_does(cluster: Cluster) -> None:
    [master] = cluster.masters()
    keys = _write(master, "leave")
    assert master.run("leave") == 0
    master.stop()
    wait_until("another takes writes", lambda: _taking_writes(cluster, master))
    master.start()
    after = cluster.wait_until_whole()
    assert after is not master and _kept(after, keys)


def test_a_rotated_password_outlives_a_restart(cluster: Cluster) -> None:
    """Mounted files lag behind what the rotation has set: what it saved counts while it knows the mounted password."""
    [master] = cluster.masters()
    follower = next(node for node in cluster.nodes if node is not master)
    assert follower.tell(users.ADMINISTRATOR, "ACL", "SETUSER", users.APPLICATION, ">coming") == "OK"
    assert follower.tell(users.ADMINISTRATOR, "ACL", "SAVE") == "OK"
    follower.send(signal.SIGTERM)
    follower.stop()
    follower.start()
    cluster.wait_until_whole()
    for password in ("coming", "password-of-application"):
        with follower.connect(users.PROBE) as connection:
            assert connection.command("AUTH", users.APPLICATION, password) == "OK"
