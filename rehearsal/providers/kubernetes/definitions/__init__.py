"""What EKS add-ons bring into a cluster besides programs: the API types and drivers that a program's objects name.

The AWS provider calls `install_addon` once the add-on exists; manifests/ has one file an add-on, in Kubernetes' own
form. Programs of add-ons are not run: nothing in a rehearsal mounts a secret or takes a snapshot.
"""

import time
from pathlib import Path
from typing import Any

import yaml

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes import readiness
from rehearsal.providers.kubernetes.client import REHEARSAL_MANAGER, ApiError, Client, Endpoint
from rehearsal.providers.kubernetes.discovery import Discovery, Kind
from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.provider import Refused

_MANIFESTS = Path(__file__).with_name("manifests")
_PATIENCE_SECONDS = 15.0
_PAUSE_SECONDS = 0.05


def manifests(name: str) -> list[Object]:
    """Objects that an add-on brings; none for most of them."""
    path = _MANIFESTS / f"{name}.yaml"
    return [item for item in yaml.safe_load_all(path.read_text()) if item] if path.exists() else []


def install_addon(name: str, *, cluster: str = "", paths: StackPaths | None = None) -> list[str]:
    """Apply what the add-on brings and wait until it can be used; answers kind and name of each. Safe to repeat."""
    client = Client(Endpoint.of(paths or StackPaths.of_this_process(), cluster))
    discovery = Discovery(client)
    brought = manifests(name)
    for item in brought:
        client.apply(_path(discovery, item), item, manager=REHEARSAL_MANAGER, force=True)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for item in brought:
        _wait(client, discovery, item, name, deadline)
    return [f"{item['kind']} {item['metadata']['name']}" for item in brought]


def remove_addon(name: str, *, cluster: str = "", paths: StackPaths | None = None) -> list[str]:
    """Take it away again, and with a definition all objects of its kind, as on EKS; what is gone already is fine."""
    client = Client(Endpoint.of(paths or StackPaths.of_this_process(), cluster))
    discovery = Discovery(client)
    brought = manifests(name)
    for item in reversed(brought):
        _remove(client, discovery, item)
    return [f"{item['kind']} {item['metadata']['name']}" for item in brought]


def _remove(client: Client, discovery: Discovery, item: Object) -> None:
    path = _path(discovery, item)
    live = client.find(path)
    if live is None:
        return
    if any(entry["manager"] != REHEARSAL_MANAGER for entry in _applied(live)):
        # The cluster was furnished with it too (the driver of its volumes): only what the add-on changed goes.
        bare = {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": {"name": item["metadata"]["name"]}}
        client.apply(path, bare, manager=REHEARSAL_MANAGER)
        return
    try:
        client.delete(path, {"propagationPolicy": "Background"})
    except ApiError as error:
        if error.status != 404:
            raise


def _applied(live: Object) -> list[dict[str, Any]]:
    return [entry for entry in live["metadata"].get("managedFields") or [] if entry.get("operation") == "Apply"]


def _wait(client: Client, discovery: Discovery, item: Object, addon: str, deadline: float) -> None:
    path = _path(discovery, item)
    while not (verdict := readiness.judge(client, client.get(path))).ready:
        if verdict.hopeless or time.monotonic() > deadline:
            raise Refused(f"add-on {addon}: {item['kind']} {item['metadata']['name']}: {'; '.join(verdict.reasons)}")
        time.sleep(_PAUSE_SECONDS)


def _path(discovery: Discovery, item: Object) -> str:
    kind: Kind | None = discovery.find(item["apiVersion"], item["kind"])
    if kind is None:
        raise Refused(f"the cluster knows no {item['kind']} of {item['apiVersion']}")
    return kind.path("", item["metadata"]["name"])
