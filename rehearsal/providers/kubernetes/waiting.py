"""Waits until an object is ready, saying what for; gives up at the time limit, at once where it is hopeless."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rehearsal.providers.kubernetes import readiness, troubles
from rehearsal.providers.kubernetes.client import Client
from rehearsal.providers.kubernetes.objects import Object, annotation
from rehearsal.providers.provider import Refused, Resource

#: For a loaded machine; the official provider waits ten minutes and more, for images and disks that are not here.
DEFAULT_SECONDS = 90.0
DELETION_SECONDS = 120.0
LIMIT_VARIABLE = "LIFELINE_KUBERNETES_WAIT_SECONDS"
_LONGEST_PAUSE_SECONDS = 0.5
_TROUBLES_EVERY_SECONDS = 1.0


@dataclass(frozen=True)
class Patience:
    """How long to wait, and what ends it early."""

    limit: float
    interrupted: threading.Event = field(default_factory=threading.Event)
    #: Why an object will never be ready, as far as others know; "" where they do not.
    doom: Callable[[Object], str] = lambda _live: ""


@dataclass(frozen=True)
class Waited:
    """The object as it last was, and what is still wrong with it."""

    live: Object
    reasons: list[str]


def limit_seconds(resource: Resource, inputs: Object) -> float:
    """customTimeouts, then the annotation, then the rehearsal's own."""
    if resource.timeout_seconds:
        return resource.timeout_seconds
    if (told := annotation(inputs, "timeoutSeconds")).isdigit():
        return float(told)
    return float(os.environ.get(LIMIT_VARIABLE) or DEFAULT_SECONDS)


def deletion_limit_seconds(resource: Resource) -> float:
    """A namespace takes several rounds of its controller, whatever the limit for becoming ready is."""
    return resource.timeout_seconds or DELETION_SECONDS


def is_skipped(inputs: Object) -> bool:
    return annotation(inputs, "skipAwait").lower() == "true"


def until_ready(
    client: Client,
    path: str,
    live: Object,
    patience: Patience,
    tell: Callable[[str], None] = lambda _words: None,
) -> Waited:
    started = time.monotonic()
    pause, looked, told = 0.05, 0.0, ""
    found = troubles.Troubles()
    while True:
        verdict = readiness.judge(client, live)
        if verdict.ready:
            return Waited(live, [])
        elapsed = time.monotonic() - started
        if doom := patience.doom(live):
            return Waited(live, [*verdict.reasons, doom])
        over = elapsed >= patience.limit or patience.interrupted.is_set() or verdict.hopeless
        if over or elapsed - looked >= _TROUBLES_EVERY_SECONDS:
            found, looked = troubles.of(client, live), elapsed
        reasons = list(dict.fromkeys([*verdict.reasons, *found.reasons]))
        if over or found.hopeless:
            return Waited(live, [*_why_not_longer(elapsed, patience, verdict.hopeless or found.hopeless), *reasons])
        if (words := "; ".join(reasons)) != told:
            told = words
            tell(f"waiting: {words}")
        patience.interrupted.wait(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
        fresh = client.find(path)
        if fresh is None:
            if _cleans_up_after_itself(live):
                return Waited(live, [])
            raise Refused(
                f"{live['kind']} {live['metadata']['name']} was deleted by somebody else while it was waited for"
            )
        live = fresh


def _why_not_longer(elapsed: float, patience: Patience, hopeless: bool) -> list[str]:
    if hopeless:
        return []
    if patience.interrupted.is_set():
        return [f"interrupted after {elapsed:.0f} s of waiting; the next `up` goes on"]
    return [f"not ready after {patience.limit:.0f} s (customTimeouts or {LIMIT_VARIABLE} change the limit)"]


def _cleans_up_after_itself(live: Object) -> bool:
    """A finished Job with a time to live may be gone before it was seen finished."""
    return live["kind"] == "Job" and live["spec"].get("ttlSecondsAfterFinished") is not None
