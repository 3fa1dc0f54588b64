"""What the restored application answers: its documented checks, and how quickly it answers when asked a lot."""

import http.client
import json
import statistics
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lifeline_backup.failure import Failure

_PATIENCE_SECONDS = 15


@dataclass(frozen=True)
class Measured:
    """Of the benchmark."""

    requests: int
    failed: int
    per_second: float
    median_seconds: float
    p95_seconds: float


def wait_for(application: Mapping[str, Any]) -> None:
    """Until its first check answers as documented."""
    end = time.monotonic() + application["start_seconds"]
    while (wrong := problem(application, application["checks"][0])) is not None:
        if time.monotonic() > end:
            raise Failure(f"the application does not start on the restored data: {wrong}")
        time.sleep(0.5)


def problem(application: Mapping[str, Any], check: Mapping[str, Any]) -> str | None:
    """Why a check did not answer as documented."""
    try:
        status, text = _get(application["port"], check["path"])
    except OSError as error:
        return f"{check['path']}: {error}"
    if status != check["status"]:
        return f"{check['path']} answers {status} instead of {check['status']}"
    for wanted in check["body"]:
        try:
            found = json.loads(text)
            for step in wanted["json_path"].lstrip(".").split("."):
                found = found[step]
        except (ValueError, KeyError, TypeError):
            return f"{check['path']} has no {wanted['json_path']} in its answer"
        if found != wanted["equals"]:
            return f"{check['path']} says {wanted['json_path']} is {found!r} instead of {wanted['equals']!r}"
    return None


def benchmark(application: Mapping[str, Any]) -> Measured:
    """So many requests from so many callers at once, all of which must be answered."""
    wanted = application["benchmark"]
    check = next(each for each in application["checks"] if each["path"] == wanted["path"])

    def ask(_: int) -> tuple[bool, float]:
        began = time.monotonic()
        good = problem(application, check) is None
        return good, time.monotonic() - began

    began = time.monotonic()
    with ThreadPoolExecutor(wanted["callers"]) as callers:
        answers = list(callers.map(ask, range(wanted["requests"])))
    took = time.monotonic() - began
    times = sorted(seconds for _, seconds in answers)
    return Measured(
        requests=len(answers),
        failed=sum(not good for good, _ in answers),
        per_second=round(len(answers) / took, 1),
        median_seconds=round(statistics.median(times), 4),
        p95_seconds=round(times[int(len(times) * 0.95)], 4),
    )


def _get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise OSError(str(error) or type(error).__name__) from error
    finally:
        connection.close()
