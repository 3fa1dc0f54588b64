"""People in need, who ask at one steady rate: whether each was answered, and how long it took them."""

import itertools
import json
import time
from dataclasses import dataclass, field
from http.client import HTTPException

from tests.live.haproxy.fleet import Fleet
from tests.live.haproxy.visitors import ask

#: Asked in turn, so that reading and crying for help are measured alike.
_METHODS = ("GET", "POST")
_EVERY_SECONDS = 0.02
_numbers = itertools.count()


@dataclass
class Steady:
    """What happened while somebody asked, one question after the other, each by a person of its own."""

    fleet: Fleet
    path: str
    failures: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    hotlines: int = 0
    """Answered by the proxy in place of a server that could not."""
    queued_milliseconds: int = 0
    """The longest that the proxy itself let one of them wait for a place."""

    @property
    def asked(self) -> int:
        return len(self.waits) + len(self.failures)

    def milliseconds(self, share: float) -> float:
        waits = sorted(self.waits)
        return 1000 * waits[min(len(waits) - 1, int(len(waits) * share))]

    def ask(self, times: int) -> "Steady":
        log = self.fleet.proxies[0].directory / "log"
        begins = log.stat().st_size
        connection = self.fleet.connection()
        for each in range(times):
            number, method, began = next(_numbers), _METHODS[each % 2], time.monotonic()
            client = f"198.18.{number // 200 % 250}.{1 + number % 200}"
            try:
                body = json.dumps({"text": "help"}).encode() if method == "POST" else None
                answer = ask(self.fleet, self.path, method, client=client, body=body, over=connection)
                if answer.status == 200:
                    self.waits.append(time.monotonic() - began)
                    self.hotlines += answer.headers.get("x-crisis-fallback") == "true"
                else:
                    self.failures.append(f"{method}: {answer.status}")
            except (OSError, HTTPException) as error:
                self.failures.append(f"{method}: {type(error).__name__} {error}")
                connection.close()
                connection = self.fleet.connection()
            time.sleep(max(0.0, began + _EVERY_SECONDS - time.monotonic()))
        connection.close()
        with log.open() as lines:
            lines.seek(begins)
            for line in lines:
                if '"client":"198.18.' in line and line.endswith("\n"):
                    self.queued_milliseconds = max(self.queued_milliseconds, int(json.loads(line)["queue_ms"]))
        return self
