"""Clients that log in all the time, each with a login it read a while ago, as pods do between two looks at a file."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rotation.rotating import STEPS, Rotating


@dataclass
class Count:
    """What the clients saw."""

    logins: int = 0
    refused: list[str] = field(default_factory=list[str])
    slowest_seconds: float = 0.0


class Load:
    """`stale_seconds` is how old a client's login may be; the lock makes the emulator one customer at a time."""

    def __init__(
        self, rotating: Rotating, login: Callable[[dict[str, Any]], None], *, clients: int, stale_seconds: float
    ) -> None:
        self._rotating, self._login, self._stale_seconds = rotating, login, stale_seconds
        self._known, self._lock, self._over = rotating.value(), threading.Lock(), threading.Event()
        self.count = Count()
        self._threads = [threading.Thread(target=self._client) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def rotate(self, pause_seconds: float) -> None:
        """All four steps, with logins between them; the clients hear of the new login later."""
        self._rotating.begin()
        for step in STEPS:
            self._rotating.step(step)
            time.sleep(pause_seconds)
        renewed = self._rotating.value()
        time.sleep(self._stale_seconds)
        self._known = renewed
        time.sleep(pause_seconds)

    def _client(self) -> None:
        while not self._over.is_set():
            login, began = self._known, time.monotonic()
            try:
                self._login(login)
                refused = ""
            except Exception as error:
                refused = f"{type(error).__name__}: {error}"
            with self._lock:
                self.count.logins += 1
                self.count.refused += [refused] if refused else []
                self.count.slowest_seconds = max(self.count.slowest_seconds, time.monotonic() - began)


def told(name: str, count: Count, rotations: int) -> str:
    """A row of the report."""
    first = json.dumps(count.refused[0]) if count.refused else "none"
    return f"| {name} | {rotations} | {count.logins:,} | {len(count.refused)} | {first} |"
