"""Pods that see their node: what they may do there, and that nobody reaches the container runtime."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.pods import DAEMON_SET, PODS, containers, inherited, is_node_agent, pod_of

_NSA = "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF"
_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock")
#: Directories of the agents' own on the node, where they note how far they have read.
_OWN_PLACE = "/var/lib/lifeline-"


@rule(
    "LL-POD-031",
    "No container talks to its node's container runtime",
    *PODS,
    severity=Severity.CRITICAL,
    why="Its socket starts any container with any privilege: it is root on the node, for node agents too.",
    fix="take the mount out; ask the kubelet's read-only metrics instead",
    link="https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
)
def no_runtime_socket(resource: Resource, graph: Graph) -> Problems:
    for volume in pod_of(resource).each("volumes"):
        path = str(volume.get("hostPath.path", ""))
        if path.endswith(_SOCKETS):
            yield Problem(volume.at("hostPath.path"), "no socket of a container runtime", path)


@rule(
    "LL-POD-032",
    "A node agent that is root can read, and nothing else",
    DAEMON_SET,
    severity=Severity.CRITICAL,
    why="Logs of a node belong to root; whoever reads them needs no right to change anything.",
    fix='capabilities={"drop": ["ALL"], "add": ["DAC_READ_SEARCH"]}, read-only root, no privilege escalation',
    link=_NSA,
)
def root_only_reads(resource: Resource, graph: Graph) -> Problems:
    if not is_node_agent(resource, graph):
        raise NotApplicable("no node agent: it may not be root at all")
    pod = pod_of(resource)
    for container in containers(pod):
        if inherited(pod, container, "runAsNonRoot") is True:
            continue
        if "ALL" not in (dropped := container.texts("securityContext.capabilities.drop")):
            yield Problem(container.at("securityContext.capabilities.drop"), "ALL", dropped or None)
        for setting, wanted in (("readOnlyRootFilesystem", True), ("allowPrivilegeEscalation", False)):
            found = container.get(f"securityContext.{setting}")
            if found is not wanted:
                yield Problem(container.at(f"securityContext.{setting}"), str(wanted).lower(), found)


@rule(
    "LL-POD-033",
    "Node agents mount their node's paths read-only",
    DAEMON_SET,
    severity=Severity.CRITICAL,
    why="Who writes to the node's files owns the node.",
    fix='volume_mounts=[{"name": "logs", "mount_path": "/var/log", "read_only": True}]',
    link=_NSA,
)
def agents_only_read(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    of_node = {volume.get("name"): str(volume.get("hostPath.path", "")) for volume in pod.each("volumes")}
    if not any(of_node.values()):
        raise NotApplicable("it mounts nothing of its node")
    for container in containers(pod):
        for mount in container.each("volumeMounts"):
            path = of_node.get(mount.get("name"))
            if path and not path.startswith(_OWN_PLACE) and mount.get("readOnly") is not True:
                yield Problem(mount.at("readOnly"), "true", mount.get("readOnly"))
