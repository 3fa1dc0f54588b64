"""A client that writes through `cache` and never gives up, and somebody who watches which servers take writes."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from lifeline_rotation.redis import Connection, RedisError

from rendering import haproxy
from rendering.haproxy.surroundings import CacheServers
from rendering.redis import users
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import free_port, quick, standing
from tests.live.redis.cluster import PASSWORD, Cluster, Impatient

HOST = "cache-servers.platform.svc.cluster.local"
_BETWEEN_SECONDS = 0.02


@contextmanager
def door(directory: Path, cluster: Cluster) -> Iterator[Impatient]:
    """HAProxy's port `cache`, with its follower and the password that may ask only."""
    directory.mkdir()
    with standing(directory, quick(production("astral-draft"))) as fleet:
        proxy, cache = fleet.proxies[0], cluster.system.cache
        behind = CacheServers(
            host=HOST,
            port=cache.port,
            count=cache.nodes,
            bind_port=free_port(),
            authority=str(cluster.authority),
            username=users.PROBE,
        )
        proxy.surroundings = replace(proxy.surroundings, cache=behind)
        proxy.files = haproxy.fleet(fleet.system, proxy.surroundings)
        proxy.cache_password = directory / "password"
        proxy.cache_password.write_text(PASSWORD.format(user=users.PROBE))
        fleet.names[HOST] = [node.address for node in cluster.nodes]
        fleet.start()
        yield Impatient("127.0.0.1", behind.bind_port, cluster.trust)


class Writer:
    """Each key once; `acknowledged` are those that Redis said OK to, with the time it did."""

    def __init__(self, at: Impatient, prefix: str = "key") -> None:
        self._at, self._prefix, self._over = at, prefix, threading.Event()
        self.acknowledged: dict[str, float] = {}
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def longest_gap(self, since: float) -> tuple[float, float]:
        """When the longest time without a success began, and its seconds; ends with the newest success."""
        times = [since, *(each for each in self.acknowledged.copy().values() if each >= since)]
        gaps = [(before, after - before) for before, after in itertools.pairwise(times)]
        return max(gaps, key=lambda each: each[1], default=(since, 0))

    def written_since(self, since: float) -> list[str]:
        return [key for key, at in self.acknowledged.copy().items() if at >= since]

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        connection: Connection | None = None
        number = 0
        while not self._over.wait(_BETWEEN_SECONDS):
            number += 1
            try:
                connection = connection or Connection(self._at, users.APPLICATION, PASSWORD.format(user="application"))
                if connection.command("SET", f"{self._prefix}-{number}", "1") == "OK":
                    self.acknowledged[f"{self._prefix}-{number}"] = time.monotonic()
            except (OSError, RedisError, ValueError):
                # a server that refuses is no master any more, or not yet: the next connection may find one
                if connection:
                    connection.close()
                connection = None


@dataclass
class Watch:
    """Asks every server ten times a second whether it is a master that would take a write."""

    cluster: Cluster
    seconds_with_two: float = 0
    longest_with_two: float = 0
    _turned: list[float] = field(default_factory=list[float])
    """When a server began to take writes."""
    _state: dict[str, tuple[float, bool]] = field(default_factory=dict[str, tuple[float, bool]])
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        for node in range(len(self.cluster.nodes)):
            threading.Thread(target=self._ask, args=(node,), daemon=True).start()
        threading.Thread(target=self._count, daemon=True).start()

    def close(self) -> None:
        self._over.set()

    def _ask(self, number: int) -> None:
        node = self.cluster.nodes[number]
        connection: Connection | None = None
        while not self._over.wait(0.1):
            writable = False
            try:
                connection = connection or node.connect(users.PROBE)
                told = str(connection.command("INFO", "replication"))
                followed = "min_slaves_good_slaves:0" not in told
                writable = "role:master" in told and followed
            except (OSError, RedisError, ValueError):
                with suppress(AttributeError):
                    connection.close()  # pyright: ignore
                connection = None
            if writable and not self._state.get(node.address, (0, False))[1]:
                self._turned.append(time.monotonic())
            self._state[node.address] = (time.monotonic(), writable)

    def first_writable(self, since: float) -> float | None:
        """When the first server began to take writes after that."""
        return min((each for each in self._turned.copy() if each > since), default=None)

    def _count(self) -> None:
        began: float | None = None
        while not self._over.wait(0.05):
            now = time.monotonic()
            writable = [at for at, yes in self._state.copy().values() if yes and now - at < 0.4]
            if len(writable) < 2:
                began = None
                continue
            began = began or now
            self.seconds_with_two += 0.05
            self.longest_with_two = max(self.longest_with_two, now - began)
