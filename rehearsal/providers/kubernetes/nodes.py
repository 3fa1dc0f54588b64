"""The nodes of an EKS node group, simulated: capacity, allocatable, zones, labels and taints of their instance type."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes.client import REHEARSAL_MANAGER, ApiError, Client, Endpoint
from rehearsal.providers.kubernetes.deletion import force
from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.provider import Refused

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
CLUSTER_LABEL = "alpha.eksctl.io/cluster-name"
#: By this annotation kwok takes a node for one of its own.
FAKE = {"kwok.x-k8s.io/node": "fake"}
_NODES = "/api/v1/nodes"
_KUBELET_VERSION = "v1.35.4"
#: What firmware and kernel take of the memory an instance type is sold with; Karpenter's own default.
_MEMORY_OVERHEAD = 0.075
_EVICTION_MIB = 100
_DISK_GIB = 20
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


@dataclass(frozen=True)
class Machine:
    """What a node of an instance type has, and what of it pods get."""

    vcpu: int
    memory_mib: int
    max_pods: int
    disk_gib: int = _DISK_GIB

    @property
    def capacity(self) -> dict[str, str]:
        return {
            "cpu": str(self.vcpu),
            "memory": f"{self._memory_mib}Mi",
            "pods": str(self.max_pods),
            "ephemeral-storage": f"{self.disk_gib}Gi",
        }

    @property
    def allocatable(self) -> dict[str, str]:
        """As EKS's bootstrap reserves for the kubelet, and the kubelet keeps back before it evicts."""
        reserved_mib = 255 + 11 * self.max_pods + _EVICTION_MIB
        disk_mib = math.floor(self.disk_gib * 1024 * 0.9) - 1024
        return {
            "cpu": f"{self.vcpu * 1000 - self._reserved_millicores}m",
            "memory": f"{self._memory_mib - reserved_mib}Mi",
            "pods": str(self.max_pods),
            "ephemeral-storage": f"{disk_mib}Mi",
        }

    @property
    def _memory_mib(self) -> int:
        return math.floor(self.memory_mib * (1 - _MEMORY_OVERHEAD))

    @property
    def _reserved_millicores(self) -> int:
        """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of every other."""
        shares = [60.0, 10.0, 5.0, 5.0]
        return math.ceil(sum(shares[: self.vcpu]) + 2.5 * max(0, self.vcpu - len(shares)))


def join(
    group_name: str,
    cluster: str,
    instance_type: str,
    vcpu: int,
    memory_mib: int,
    max_pods: int,
    zones: Sequence[str],
    count: int,
    labels: Mapping[str, str],
    taints: Sequence[Mapping[str, Any]],
    region: str,
    *,
    disk_gib: int = _DISK_GIB,
    paths: StackPaths | None = None,
) -> list[str]:
    """Bring the group to `count` nodes of this kind, spread over the zones; answers their names. Safe to repeat."""
    if count and not zones:
        raise Refused(f"node group {group_name}: its subnets lie in no zone, so its nodes can be nowhere")
    client = _client(paths, f"{region}/{cluster}")
    machine = Machine(vcpu, memory_mib, max_pods, disk_gib)
    names: list[str] = []
    for index in range(count):
        name = f"{cluster}-{group_name}-{index}".lower()[:63].rstrip("-.")
        own = {
            **dict(labels),
            GROUP_LABEL: group_name,
            CLUSTER_LABEL: cluster,
            "kubernetes.io/arch": "arm64" if _is_graviton(instance_type) else "amd64",
            "kubernetes.io/os": "linux",
            "kubernetes.io/hostname": name,
            "node.kubernetes.io/instance-type": instance_type,
            "topology.kubernetes.io/region": region,
            "topology.kubernetes.io/zone": zones[index % len(zones)],
        }
        _put(client, _node(name, own, [_taint(taint) for taint in taints]), _status(machine, own["kubernetes.io/arch"]))
        names.append(name)
    _remove(client, [node for node in _of_group(client, group_name, cluster) if node["metadata"]["name"] not in names])
    return names


def resize(
    group_name: str, count: int, *, cluster: str = "", region: str = "", paths: StackPaths | None = None
) -> list[str]:
    """More or fewer nodes like those the group has; one that has none must `join` again."""
    client = _client(paths, f"{region}/{cluster}")
    there = _of_group(client, group_name, cluster)
    if not there:
        raise Refused(f"node group {group_name} has no node to take as a pattern: let it join with its instance type")
    pattern = there[0]
    labels, status = pattern["metadata"]["labels"], pattern["status"]
    zones = list(dict.fromkeys(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in there))
    stem = f"{labels[CLUSTER_LABEL]}-{group_name}".lower()
    wanted = [f"{stem}-{index}"[:63].rstrip("-.") for index in range(count)]
    existing = {node["metadata"]["name"] for node in there}
    for index, name in enumerate(wanted):
        if name not in existing:
            zone = {"topology.kubernetes.io/zone": zones[index % len(zones)], "kubernetes.io/hostname": name}
            taints = [
                taint for taint in pattern["spec"].get("taints") or [] if "node.kubernetes.io" not in taint["key"]
            ]
            resources = {key: status[key] for key in ("capacity", "allocatable", "nodeInfo")}
            _put(client, _node(name, {**labels, **zone}, taints), resources)
    _remove(client, [node for node in there if node["metadata"]["name"] not in wanted])
    return wanted


def leave(group_name: str, *, cluster: str = "", region: str = "", paths: StackPaths | None = None) -> list[str]:
    """Remove the group's nodes and what ran on them; answers the names of the nodes."""
    client = _client(paths, f"{region}/{cluster}")
    there = _of_group(client, group_name, cluster)
    _remove(client, there)
    return [node["metadata"]["name"] for node in there]


def _client(paths: StackPaths | None, cluster: str) -> Client:
    return Client(Endpoint.of(paths or StackPaths.of_this_process(), cluster))


def _of_group(client: Client, group_name: str, cluster: str) -> list[Object]:
    selector = f"{GROUP_LABEL}={group_name}" + (f",{CLUSTER_LABEL}={cluster}" if cluster else "")
    found = client.items(_NODES, labelSelector=selector)
    return sorted(found, key=lambda node: (len(node["metadata"]["name"]), node["metadata"]["name"]))


def _node(name: str, labels: Mapping[str, str], taints: Sequence[Mapping[str, Any]]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": dict(labels), "annotations": FAKE},
        "spec": {"taints": list(taints)} if taints else {},
    }


def _status(machine: Machine, architecture: str) -> Object:
    return {
        "capacity": machine.capacity,
        "allocatable": machine.allocatable,
        "nodeInfo": {
            "architecture": architecture,
            "operatingSystem": "linux",
            "kubeletVersion": _KUBELET_VERSION,
            "osImage": "simulated",
            **dict.fromkeys(("bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion"), "simulated"),
            **dict.fromkeys(("machineID", "systemUUID"), "simulated"),
        },
    }


def _put(client: Client, node: Object, status: Object) -> None:
    """The status in a second step, as kubelets do: the API drops it from the first."""
    path = f"{_NODES}/{node['metadata']['name']}"
    client.apply(path, node, manager=REHEARSAL_MANAGER, force=True)
    identified = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node["metadata"]["name"]}}
    client.apply(f"{path}/status", {**identified, "status": status}, manager=REHEARSAL_MANAGER, force=True)


def _remove(client: Client, nodes: Sequence[Object]) -> None:
    names = {node["metadata"]["name"] for node in nodes}
    for name in names:
        try:
            client.delete(f"{_NODES}/{name}", {})
        except ApiError as error:
            if error.status != 404:
                raise
    if names:
        for pod in client.items("/api/v1/pods"):
            if pod["spec"].get("nodeName") in names:
                force(client, pod)


def _taint(taint: Mapping[str, Any]) -> dict[str, str]:
    """EKS writes effects in capitals, Kubernetes does not."""
    effect = str(taint["effect"])
    known = {"key": str(taint["key"]), "effect": _EFFECTS.get(effect, effect)}
    return {**known, "value": str(taint["value"])} if taint.get("value") else known


def _is_graviton(instance_type: str) -> bool:
    """Processor letters follow the generation: m7g, c6gn, t4g; g4dn has a graphics card instead."""
    family = instance_type.partition(".")[0]
    return "g" in family.lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")
