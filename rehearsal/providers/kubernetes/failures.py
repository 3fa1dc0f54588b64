"""Workloads that failed in this run: a Service whose pods were to come of one need not be waited for."""

import threading
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.kubernetes.objects import Object, at


@dataclass(frozen=True)
class _Failed:
    what: str
    namespace: str
    labels: dict[str, Any]


class Failures:
    """Shared by all resources of a run; the engine starts nothing new after a failure, but ends what it began."""

    def __init__(self) -> None:
        self._failed: list[_Failed] = []
        self._lock = threading.Lock()

    def note(self, body: Object) -> None:
        labels = (
            at(body, "metadata", "labels")
            if body["kind"] == "Pod"
            else at(body, "spec", "template", "metadata", "labels")
        )
        if isinstance(labels, dict):
            metadata = body["metadata"]
            what = f"{body['kind']} {metadata['name']}"
            with self._lock:
                self._failed.append(_Failed(what, metadata.get("namespace", ""), labels))

    def doom(self, live: Object) -> str:
        """Why there is no hope for a Service that has no endpoints; "" where nothing is known against it."""
        if live["kind"] != "Service":
            return ""
        selector, namespace = live["spec"].get("selector") or {}, live["metadata"].get("namespace", "")
        with self._lock:
            for failed in self._failed:
                if failed.namespace == namespace and selector.items() <= failed.labels.items():
                    return f"the pods it selects were to come from {failed.what}, which failed in this run"
        return ""
