"""Everything a stack has in its cluster, as the whole program registers it, put into a real API server and out again.

Beside it stands what takes room and is not the program's: the add-ons of the cluster, its agents on every node, jobs
that may be running, and the one more of proxies and poolers that an update of theirs needs.
"""

import json
import runpy
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import yaml

from components.kubernetes.labels import NODE_ROLE
from components.kubernetes.pods import Priority
from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes import definitions
from rehearsal.providers.kubernetes.client import ApiError, Client
from rehearsal.providers.kubernetes.discovery import Discovery
from systems import sizing
from systems.instance_types import DAEMONS_MIB, DAEMONS_MILLICORES, Room
from systems.model import System
from tests.components.recording import registrations
from tests.scheduling import platform
from tests.scheduling.cluster import NAMESPACES, SYSTEM

Object = dict[str, Any]
_MANAGER = "the-whole-program"
_ADD_ONS = ("aws-secrets-store-csi-driver-provider", "snapshot-controller")
#: What others need first; all other kinds come after these.
_FIRST = (
    *("Namespace", "PriorityClass", "StorageClass", "LimitRange", "ResourceQuota", "ServiceAccount", "ConfigMap"),
    *("Secret", "SecretProviderClass"),
)
_PATIENCE_SECONDS = 300.0
#: What mocks are told of a certificate is only its name.
CERTIFICATES_ARE_NONE = "tls: failed to find any PEM data in certificate input"
_ENVELOPE = "4dabf18193072939515e22adb298388d"


def objects(stack: str) -> list[Object]:
    """With both sides of a rollout; without those of the recovery region's cluster."""
    program = partial(runpy.run_path, str(platform.PROJECT / "__main__.py"), run_name="__main__")
    config = yaml.safe_load((platform.PROJECT / f"Pulumi.{stack}.yaml").read_text())["config"]
    if candidates := platform.read(stack, candidate=True).candidate_images:
        config = {**config, "lifeline:candidateImages": dict(candidates)}
    sys.path.insert(0, str(platform.PROJECT))
    made = registrations(
        program, stack=stack, config={k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    )
    ours = [each for each in made if each.type.startswith("kubernetes:") and "recovery-region-" not in each.provider]
    found = [_as_sent(each.inputs) for each in ours]
    assert all(each["metadata"]["name"] for each in found)
    return sorted(found, key=lambda each: _FIRST.index(each["kind"]) if each["kind"] in _FIRST else len(_FIRST))


def _beside(system: System, made: list[Object]) -> list[Object]:
    """What takes room on the nodes and is made by others, or only now and then."""
    planned = {each.name: each for each in sizing.pods(system)}
    counts = {"balancer": 1, "pooler": 1, "jobs": sizing.JOB_COUNT, "add-ons": sizing.ADD_ON_COUNT}
    rooms = [_stand_in(name, count, planned[name].group, planned[name].room) for name, count in counts.items()]
    own = [_requests(each["spec"]["template"]["spec"]) for each in made if each["kind"] == "DaemonSet"]
    left = Room(DAEMONS_MILLICORES - sum(cpu for cpu, _ in own), DAEMONS_MIB - sum(mib for _, mib in own), 1)
    return [*rooms, _controller("DaemonSet", "daemons", _pod(left), {})]


@contextmanager
def standing(client: Client, paths: StackPaths, system: System, made: list[Object]) -> Iterator[list[str]]:
    """Applied in order, with what the API server warned of; gone again in the end."""
    for add_on in _ADD_ONS:
        definitions.install_addon(add_on, paths=paths)
    discovery, warnings = Discovery(client), list[str]()
    everything = [*made, *_beside(system, made)]
    try:
        for each in everything:
            client.apply(_path(discovery, each), each, manager=_MANAGER, force=True, warn=warnings.append)
        yield warnings
    finally:
        _remove(client, discovery, everything)


def disks_in(client: Client, zone: str) -> list[tuple[str, str]]:
    """Claims, by namespace and name, whose volumes are in this zone."""
    volumes = client.items("/api/v1/persistentvolumes", labelSelector=f"topology.kubernetes.io/zone={zone}")
    claims = [volume["spec"]["claimRef"] for volume in volumes if volume["status"].get("phase") == "Bound"]
    return sorted((claim["namespace"], claim["name"]) for claim in claims if claim["namespace"] in NAMESPACES)


def with_new_disks(client: Client, claims: list[tuple[str, str]]) -> None:
    """As somebody does for whom a zone stays away too long: claims are given up, and made anew where there is room."""
    for namespace, name in claims:
        _quietly(client, f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}")
        for pod in client.items(f"/api/v1/namespaces/{namespace}/pods"):
            used = [each.get("persistentVolumeClaim", {}).get("claimName") for each in pod["spec"].get("volumes", [])]
            if name in used:
                _quietly(client, f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}")


def _path(discovery: Discovery, item: Object) -> str:
    kind = discovery.find(item["apiVersion"], item["kind"])
    assert kind, f"the API server has no {item['apiVersion']} {item['kind']}"
    return kind.path(item["metadata"].get("namespace", ""), item["metadata"]["name"])


def _remove(client: Client, discovery: Discovery, made: list[Object]) -> None:
    """Namespaces take with them what is in them."""
    inside = set(NAMESPACES)
    for each in reversed(made):
        if each["metadata"].get("namespace") not in inside:
            _quietly(client, _path(discovery, each))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while left := [name for name in NAMESPACES if client.find(f"/api/v1/namespaces/{name}")]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.2)


def _quietly(client: Client, path: str) -> None:
    try:
        client.delete(path, {})
    except ApiError as error:
        if error.status != 404:
            raise


def _as_sent(value: Any) -> Any:
    """Mocks are told every number as a float, and a secret in an envelope."""
    if isinstance(value, dict):
        opened = value["value"] if _ENVELOPE in value else {k: v for k, v in value.items() if v is not None}
        return {k: _as_sent(v) for k, v in opened.items()} if isinstance(opened, dict) else _as_sent(opened)
    if isinstance(value, list):
        return [_as_sent(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _requests(pod: Object) -> tuple[int, int]:
    """Millicores and MiB of all its containers."""
    asked = [each["resources"]["requests"] for each in pod["containers"]]
    return sum(int(each["cpu"].removesuffix("m")) for each in asked), sum(
        int(each["memory"].removesuffix("Mi")) for each in asked
    )


def _stand_in(name: str, count: int, group: str, room: Room) -> Object:
    pod = {**_pod(room), "nodeSelector": {NODE_ROLE: group}, "priorityClassName": Priority.SERVING.value}
    return _controller("Deployment", f"stand-in-{name}", pod, {"replicas": count})


def _controller(kind: str, name: str, pod: Object, more: Object) -> Object:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": SYSTEM},
        "spec": {**more, "selector": {"matchLabels": labels}, "template": template},
    }


def _pod(room: Room) -> Object:
    size = {"cpu": f"{room.millicores}m", "memory": f"{room.mib}Mi"}
    resources = {"requests": size, "limits": size}
    return {"containers": [{"name": "stand-in", "image": "example.org/stand-in:1", "resources": resources}]}
