"""Deletes objects and waits until they are gone, also where a pod's node went first and nobody confirms its end."""

import threading
import time
from collections.abc import Callable

from rehearsal.providers.kubernetes.apply import Cluster, refused
from rehearsal.providers.kubernetes.client import ApiError, Client
from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.provider import Refused

POLICIES = {"foreground": "Foreground", "background": "Background", "orphan": "Orphan"}
#: Gone when their pods are. For other kinds the collector has nothing to do, and of a kind whose definition is younger
#: than its last discovery (30 s) it does not even know.
_OWNERS = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"}
_STRAYS_EVERY_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 0.5


def delete(
    cluster: Cluster, path: str, policy: str, limit: float, interrupted: threading.Event, tell: Callable[[str], None]
) -> None:
    client = cluster.client
    live = client.find(path)
    if live is None:
        return
    uid = live["metadata"]["uid"]
    propagation = POLICIES.get(policy.lower() or ("foreground" if live["kind"] in _OWNERS else "background"))
    if propagation is None:
        raise Refused(f"pulumi.com/deletionPropagationPolicy is {policy!r}; allowed: {', '.join(POLICIES)}")
    try:
        client.delete(path, {"propagationPolicy": propagation, "preconditions": {"uid": uid}})
    except ApiError as error:
        if error.status == 404 or (error.status == 409 and _is_gone(client.find(path), uid)):
            return
        if error.status != 409:
            raise refused(error) from error
    _wait_until_gone(client, path, uid, limit, interrupted, tell)


def _wait_until_gone(
    client: Client, path: str, uid: str, limit: float, interrupted: threading.Event, tell: Callable[[str], None]
) -> None:
    started = swept = time.monotonic()
    pause, told = 0.05, False
    while True:
        live = client.find(path)
        if live is None or _is_gone(live, uid):
            return
        elapsed = time.monotonic() - started
        what = f"{live['kind']} {live['metadata']['name']}"
        if interrupted.is_set():
            raise Refused(f"interrupted while {what} was being deleted; the next run goes on")
        if elapsed >= limit:
            raise Refused(f"{what} is still there after {limit:.0f} s: {_what_holds(live)}")
        if elapsed > 1.0 and not told:
            tell(f"waiting for its end: {_what_holds(live)}")
            told = True
        if time.monotonic() - swept >= _STRAYS_EVERY_SECONDS:
            namespace = live["metadata"]["name"] if live["kind"] == "Namespace" else live["metadata"].get("namespace")
            if namespace:
                remove_stray_pods(client, namespace)
            swept = time.monotonic()
        interrupted.wait(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def remove_stray_pods(client: Client, namespace: str = "") -> list[str]:
    """Pods that are to end on a node that no longer exists."""
    nodes = {node["metadata"]["name"] for node in client.items("/api/v1/nodes")}
    path = f"/api/v1/namespaces/{namespace}/pods" if namespace else "/api/v1/pods"
    removed: list[str] = []
    for pod in client.items(path):
        metadata = pod["metadata"]
        node = pod["spec"].get("nodeName")
        if node and node not in nodes and ("deletionTimestamp" in metadata or not namespace):
            force(client, pod)
            removed.append(f"{metadata['namespace']}/{metadata['name']}")
    return removed


def force(client: Client, pod: Object) -> None:
    metadata = pod["metadata"]
    options = {"gracePeriodSeconds": 0, "preconditions": {"uid": metadata["uid"]}}
    try:
        client.delete(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}", options)
    except ApiError as error:
        if error.status not in (404, 409):
            raise


def _is_gone(live: Object | None, uid: str) -> bool:
    """Another object of the same name is not the one that was to go."""
    return live is None or live["metadata"]["uid"] != uid


def _what_holds(live: Object) -> str:
    """The namespace controller says what remains; anything else is held by its finalizers or by what it owns."""
    conditions = (live.get("status") or {}).get("conditions") or []
    said = [c.get("message", "") for c in conditions if c.get("status") == "True"]
    if live["kind"] == "Namespace":
        return "; ".join(said) or "what is in it is being deleted"
    return f"held by {', '.join(live['metadata'].get('finalizers') or ['what it owns'])}"
