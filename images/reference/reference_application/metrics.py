"""Requests counted and timed, in Prometheus' text format, under the names the contract gives.

Figures that only a real application could measure are exported too, with values at which all is well.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS, DURATION, STARTED = "http_requests_total", "http_request_duration_seconds", "process_start_time_seconds"


class Metrics:
    """The contract's three, by method, path and status; `measured` names all others, with kind and limits."""

    def __init__(self, measured: Mapping[str, Mapping[str, object]] | None = None) -> None:
        self._measured = dict(measured or {})
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[tuple[str, float]] = Counter()
        self._seconds: Counter[str] = Counter()
        self._bounds = self._bounds_of(DURATION)
        self._started = time.time()

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        with self._lock:
            self._requests[method, path, status] += 1
            self._seconds[path] += seconds
            for bound in self._bounds:
                if seconds <= bound:
                    self._within[path, bound] += 1

    def text(self) -> str:
        with self._lock:
            return "\n".join((*self._told_of_requests(), *self._told_of_figures())) + "\n"

    def _told_of_requests(self) -> Iterator[str]:
        yield f"# TYPE {REQUESTS} counter"
        for (method, path, status), number in sorted(self._requests.items()):
            yield f'{REQUESTS}{{method="{method}",path="{path}",status="{status}"}} {number}'
        yield f"# TYPE {DURATION} histogram"
        for path, seconds in sorted(self._seconds.items()):
            total = sum(number for (_, asked, _), number in self._requests.items() if asked == path)
            for bound in self._bounds:
                yield f'{DURATION}_bucket{{path="{path}",le="{bound}"}} {self._within[path, bound]}'
            yield f'{DURATION}_bucket{{path="{path}",le="+Inf"}} {total}'
            yield f'{DURATION}_sum{{path="{path}"}} {seconds}'
            yield f'{DURATION}_count{{path="{path}"}} {total}'
        yield f"# TYPE {STARTED} gauge"
        yield f"{STARTED} {self._started}"

    def _told_of_figures(self) -> Iterator[str]:
        for name, each in self._measured.items():
            if name in (REQUESTS, DURATION, STARTED):
                continue
            yield f"# TYPE {name} {each['kind']}"
            if each["kind"] != "histogram":
                yield f"{name} {_when_all_is_well(name)}"
                continue
            for bound in (*self._bounds_of(name), "+Inf"):
                yield f'{name}_bucket{{le="{bound}"}} 0'
            yield f"{name}_sum 0"
            yield f"{name}_count 0"

    def _bounds_of(self, name: str) -> list[float]:
        """Every documented limit is a bound, or the share of slower answers could not be told."""
        limits = self._measured.get(name, {}).get("limits", ())
        return sorted({*BUCKETS, *(float(limit) for limit in limits)})


def _when_all_is_well(name: str) -> float:
    if name.endswith("_crash_percent"):
        return 0
    return 100 if name.endswith("_percent") else 60 if name.endswith("_per_second") else 0
