"""Visitors: single requests, and many at once over kept connections, each failure noted with its cause."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from itertools import count

from tests.live.haproxy.fleet import DOMAIN, VISITOR, Fleet


@dataclass(frozen=True)
class Answer:
    """What a visitor got."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def server(self) -> str:
        return self.headers.get("x-served-by", "")


def ask(
    fleet: Fleet,
    path: str,
    method: str = "GET",
    *,
    host: str = DOMAIN,
    client: str = VISITOR,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    proxy: int = 0,
    over: HTTPSConnection | None = None,
) -> Answer:
    """As it comes from the load balancer: the visitor's address, then CloudFront's, which is inside the network."""
    connection = over or fleet.connection(proxy)
    try:
        forwarded = {"Host": host, "X-Forwarded-For": f"{client}, 127.0.0.1"}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**forwarded, **(headers or {}), **_length(body)}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())
    finally:
        if over is None:
            connection.close()


def _length(body: bytes | None) -> dict[str, str]:
    return {} if body is None else {"Content-Length": str(len(body)), "Content-Type": "application/json"}


@dataclass
class Crowd:
    """Visitors who go on asking until told to stop, or until so many requests are made."""

    fleet: Fleet
    path: str
    people: int = 4
    methods: tuple[str, ...] = ("GET",)
    client: Callable[[int], str] = lambda number: f"198.51.{number // 250 % 250}.{1 + number % 250}"
    most: int | None = None
    statuses: Counter[int] = field(default_factory=Counter)
    servers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __enter__(self) -> "Crowd":
        self._leaving, self._numbers, self._lock = threading.Event(), count(), threading.Lock()
        self._threads = [threading.Thread(target=self._visit, daemon=True) for _ in range(self.people)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self.join()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def made(self) -> int:
        return sum(self.statuses.values()) + len(self.failures)

    def _visit(self) -> None:
        connection: HTTPSConnection | None = None
        while not self._leaving.is_set():
            with self._lock:
                number = next(self._numbers)
            if self.most is not None and number >= self.most:
                break
            if connection is None:
                connection = self._connect(number)
            connection = self._one(connection, number)
        if connection:
            connection.close()

    def _connect(self, number: int) -> HTTPSConnection:
        """A proxy that does not listen is no failure: the load balancer sends to one that does."""
        for offset in range(10 * len(self.fleet.proxies)):
            proxy = (number + offset) % len(self.fleet.proxies)
            connection = self.fleet.connection(proxy)
            try:
                connection.connect()
                return connection
            except ConnectionRefusedError:
                connection.close()
        raise AssertionError("no proxy listens")

    def _one(self, connection: HTTPSConnection, number: int) -> HTTPSConnection | None:
        method = self.methods[number % len(self.methods)]
        body = b'{"text": "hello"}' if method == "POST" else None
        began = time.monotonic()
        try:
            answer = ask(self.fleet, self.path, method, body=body, client=self.client(number), over=connection)
        except (OSError, HTTPException) as error:
            with self._lock:
                self.failures.append(f"{method} {number}: {type(error).__name__} {error}")
            connection.close()
            return None
        took = time.monotonic() - began
        with self._lock:
            self.times.append(took)
            self.statuses[answer.status] += 1
            self.servers[answer.server] += 1
        if answer.headers.get("connection", "").lower() == "close":
            connection.close()
            return None
        return connection
