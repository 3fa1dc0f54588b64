"""The nodes that a stack's sizing buys, simulated; and what of its pods has found a place."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes import definitions, nodes
from rehearsal.providers.kubernetes.client import Client, Endpoint
from systems import sizing
from systems.instance_types import most_pods
from systems.model import System

REGION, NAME = "us-east-1", "sized"
NAMESPACES = ("platform", "monitoring", "node-agents")
SYSTEM = "kube-system"
_PATIENCE_SECONDS = 240.0
_SECRETS_DRIVER = "aws-secrets-store-csi-driver-provider"


@dataclass(frozen=True)
class Pod:
    """One pod and where it is; `why` is the scheduler's word on one that is nowhere."""

    name: str
    zone: str
    phase: str
    why: str
    claims: frozenset[str] = frozenset()
    """Its disks."""


@dataclass(frozen=True)
class Cluster:
    """Nodes as sizing plans them, group by group and zone by zone."""

    client: Client
    zones: tuple[str, ...]

    def count(self) -> int:
        return len(self._zones())

    def nodes(self) -> set[str]:
        return set(self._zones())

    def cut_off(self, zone: str) -> None:
        """What an outage looks like at first: the machines stay listed, tainted, and what ran there is evicted."""
        taint = {"key": "lifeline.dev/unreachable", "effect": "NoExecute"}
        for name in [name for name, where in self._zones().items() if where == zone]:
            body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {"taints": [taint]}}
            self.client.apply(f"/api/v1/nodes/{name}", body, manager="outage", force=True)

    def lose(self, zone: str) -> list[str]:
        """All machines of a zone, at once."""
        gone = [name for name, where in self._zones().items() if where == zone]
        for name in gone:
            self.client.delete(f"/api/v1/nodes/{name}", {})
        return gone

    def pods(self) -> list[Pod]:
        zones = self._zones()
        # Other tests may have nodes in this cluster, and a DaemonSet does not pass them by.
        strangers = {node["metadata"]["name"] for node in self.client.items("/api/v1/nodes")} - zones.keys()
        found = [
            pod for space in (*NAMESPACES, SYSTEM) for pod in self.client.items(f"/api/v1/namespaces/{space}/pods")
        ]
        return [
            Pod(
                pod["metadata"]["name"],
                zones.get(pod["spec"].get("nodeName", ""), ""),
                pod["status"].get("phase", ""),
                next(
                    (c.get("message", "") for c in pod["status"].get("conditions") or [] if c["status"] == "False"), ""
                ),
                frozenset(
                    each["persistentVolumeClaim"]["claimName"]
                    for each in pod["spec"].get("volumes") or []
                    if "persistentVolumeClaim" in each
                ),
            )
            for pod in found
            if not pod["metadata"].get("deletionTimestamp") and pod["spec"].get("nodeName") not in strangers
        ]

    def settle(self, avoiding: str = "", waiting: frozenset[str] = frozenset()) -> list[Pod]:
        """Until every pod runs on a node that is there and nothing lacks a replica; those `waiting` may be nowhere."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while unsettled := [*self._lacking(waiting), *self._homeless(avoiding, waiting)]:
            assert time.monotonic() < deadline, "\n".join(unsettled)
            time.sleep(0.5)
        return self.pods()

    def _homeless(self, avoiding: str, waiting: frozenset[str]) -> list[str]:
        return [
            f"{pod.name} is {pod.phase} in {pod.zone or 'no zone'}: {pod.why}"
            for pod in self.pods()
            if pod.zone in ("", avoiding) and pod.phase != "Succeeded" and pod.name not in waiting
        ]

    def _lacking(self, waiting: frozenset[str]) -> Iterator[str]:
        for space in (*NAMESPACES, SYSTEM):
            for kind in ("deployments", "statefulsets"):
                for each in self.client.items(f"/apis/apps/v1/namespaces/{space}/{kind}"):
                    name, wanted = each["metadata"]["name"], each["spec"]["replicas"]
                    excused = sum(pod.rpartition("-")[0] == name for pod in waiting)
                    if (ready := each["status"].get("readyReplicas", 0)) + excused < wanted:
                        yield f"{name} has {ready} of {wanted} replicas"

    def _zones(self) -> dict[str, str]:
        listed = self.client.items("/api/v1/nodes", labelSelector=f"alpha.eksctl.io/cluster-name={NAME}")
        return {node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in listed}


@contextmanager
def sized_for(system: System, paths: StackPaths) -> Iterator[Cluster]:
    """A cluster of the documented size; its nodes leave again."""
    zones = tuple(f"{REGION}{letter}" for letter in "abc"[: system.objectives.zones])
    definitions.install_addon(_SECRETS_DRIVER, paths=paths)
    groups = sizing.plan(system).node_groups
    for group in groups:
        nodes.join(
            group.role,
            NAME,
            group.machine.name,
            group.machine.vcpus,
            group.machine.memory_gib * 1024,
            most_pods(group.machine),
            zones,
            group.nodes,
            {"lifeline.dev/role": group.role},
            [],
            REGION,
            disk_gib=group.disk_gib,
            paths=paths,
        )
    try:
        yield Cluster(Client(Endpoint.of(paths)), zones)
    finally:
        for group in groups:
            nodes.leave(group.role, cluster=NAME, paths=paths)
