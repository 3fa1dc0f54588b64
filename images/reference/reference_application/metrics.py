"""Requests counted and timed, in Prometheus' text format, under the names the contract gives."""

import threading
import time
from collections import Counter

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """`http_requests_total` and `http_request_duration_seconds`, by method, path and status."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0
        self._started = time.time()

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        with self._lock:
            self._requests[method, path, status] += 1
            self._seconds += seconds
            for bucket in BUCKETS:
                if seconds <= bucket:
                    self._buckets[bucket] += 1

    def text(self) -> str:
        with self._lock:
            total = sum(self._requests.values())
            lines = ["# TYPE http_requests_total counter"]
            lines += [
                f'http_requests_total{{method="{method}",path="{path}",status="{status}"}} {count}'
                for (method, path, status), count in sorted(self._requests.items())
            ]
            lines.append("# TYPE http_request_duration_seconds histogram")
            lines += [f'http_request_duration_seconds_bucket{{le="{b}"}} {self._buckets[b]}' for b in BUCKETS]
            lines += [
                f'http_request_duration_seconds_bucket{{le="+Inf"}} {total}',
                f"http_request_duration_seconds_sum {self._seconds}",
                f"http_request_duration_seconds_count {total}",
                "# TYPE process_start_time_seconds gauge",
                f"process_start_time_seconds {self._started}",
            ]
        return "\n".join(lines) + "\n"
