"""The name `cache` leads to the master, whoever that is at the moment; a rotated password is followed."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rendering import haproxy
from rendering.haproxy.surroundings import CacheServers
from tests import debian_packages
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import Fleet, free_port, next_address, quick, standing, wait_until

pytestmark = pytest.mark.xdist_group("haproxy-cache")
HOST = "cache-servers.platform.svc.cluster.local"


@dataclass
class Redis:
    """One server on a loopback address of its own; all have the same port."""

    address: str
    port: int
    process: subprocess.Popen[bytes]

    def command(self, *words: str, password: str = "first") -> str:
        return _command(self.address, self.port, password, *words)


def _command(address: str, port: int, password: str, *words: str) -> str:
    with socket.create_connection((address, port), timeout=5) as connection:
        for part in (("AUTH", password), words):
            connection.sendall((" ".join(part) + "\r\n").encode())
            told = connection.recv(65536).decode()
        return told


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Redis]]:
    program = debian_packages.program("redis-server", package="redis-server")
    port, started = free_port(), []
    for number in range(3):
        address, directory = next_address(), tmp_path / f"redis-{number}"
        directory.mkdir()
        settings = ["--bind", address, "--port", str(port), "--requirepass", "first", "--masterauth", "first"]
        settings += ["--min-replicas-to-write", "1", "--repl-diskless-sync-delay", "0"]
        # the last one holds itself for a master, too
        follows = ["--replicaof", started[0].address, str(port)] if number == 1 else []
        process = subprocess.Popen(
            [str(program), *settings, *follows, "--save", "", "--dir", str(directory)], stdout=subprocess.DEVNULL
        )
        started.append(Redis(address, port, process))
    yield started
    for each in started:
        each.process.kill()
        each.process.wait()


@pytest.fixture
def fleet(tmp_path: Path, servers: list[Redis]) -> Iterator[Fleet]:
    with standing(tmp_path, quick(production("astral-draft"))) as fleet:
        proxy = fleet.proxies[0]
        behind = CacheServers(host=HOST, port=servers[0].port, count=3, bind_port=free_port(), authority=None)
        proxy.surroundings = replace(proxy.surroundings, cache=behind)
        proxy.files = haproxy.fleet(fleet.system, proxy.surroundings)
        proxy.cache_password = tmp_path / "password"
        proxy.cache_password.write_text("first\n")
        fleet.names[HOST] = [each.address for each in reversed(servers)]
        fleet.start()
        yield fleet


def test_connections_follow_the_master_and_its_password(fleet: Fleet, servers: list[Redis]) -> None:
    proxy = fleet.proxies[0]
    assert proxy.surroundings.cache and proxy.cache_password
    port = proxy.surroundings.cache.bind_port

    def told(*words: str, password: str = "first") -> str:
        with suppress(OSError):
            return _command("127.0.0.1", port, password, *words)
        return ""

    def role(password: str = "first") -> str:
        return told("INFO", "replication", password=password)

    def set_through_cache(key: str) -> bool:
        return "+OK" in told("SET", key, "1")

    master, follower, unfollowed = servers
    wait_until("the master is found", lambda: set_through_cache("before"))
    assert "role:master" in role()
    assert "$-1" in unfollowed.command("GET", "before"), "a master that nobody follows is asked last"

    follower.command("REPLICAOF", "NO", "ONE")
    master.command("REPLICAOF", follower.address, str(follower.port))
    wait_until("the new one is", lambda: proxy.servers_up("cache") == 1 and set_through_cache("after"))
    assert "$1" in follower.command("GET", "after")

    master.command("REPLICAOF", unfollowed.address, str(unfollowed.port))
    wait_until("the one that is followed again", lambda: "$-1" in told("GET", "after"))
    master.process.kill()
    wait_until("none is followed", lambda: proxy.servers_up("cache") == 0)
    wait_until("any master is better than none", lambda: "role:master" in role())

    for each in (follower, unfollowed):
        each.command("CONFIG", "SET", "requirepass", "second")
        each.command("CONFIG", "SET", "masterauth", "second", password="second")
    proxy.cache_password.write_text("second\n")
    wait_until("the new password is asked with", lambda: "role:master" in role("second"))
    assert "second" not in (proxy.directory / "haproxy.cfg").read_text()
