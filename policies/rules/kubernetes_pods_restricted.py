"""The restricted Pod Security Standard, version 1.35: what it adds to the baseline."""

from typing import cast

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.pods import (
    PODS,
    containers,
    contexts,
    has_own_users,
    inherited,
    is_node_agent,
    on_windows,
    pod_of,
)
from policies.rules.kubernetes_pods_baseline import LINK, READING, default_proc_mount

_VOLUMES = frozenset(
    (
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
)
_CONFINED = ("RuntimeDefault", "Localhost")
_AGENT = "a node agent in the namespace for them; LL-POD-032 judges what it may do as root"
_OWN_USERS = "the pod has a user namespace of its own: root in it is nobody on the node"


@rule(
    "LL-POD-013",
    "Volumes are of kinds that leave the node alone",
    *PODS,
    severity=Severity.HIGH,
    why="Old volume kinds (NFS, iSCSI, host paths) bring the node's or a stranger's files in with no access control.",
    fix="use configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected or secret",
    link=LINK,
    within=("LL-POD-005",),
)
def restricted_volumes(resource: Resource, graph: Graph) -> Problems:
    if is_node_agent(resource, graph):
        raise NotApplicable("a node agent in the namespace for them; LL-POD-033 and LL-POD-034 judge its mounts")
    for volume in pod_of(resource).each("volumes"):
        kinds = set(cast("dict[str, object]", volume.value)) - {"name"}
        if extra := sorted(kind for kind in kinds - _VOLUMES if volume.get(kind) is not None):
            yield Problem(volume.path, "a volume of the restricted standard", ", ".join(extra))


@rule(
    "LL-POD-014",
    "No process can gain privileges",
    *PODS,
    severity=Severity.CRITICAL,
    why="A set-user-ID program in the image would otherwise lead back to root. Kubernetes' default is yes.",
    fix='security_context={"allow_privilege_escalation": False} on every container',
    link=LINK,
)
def no_escalation(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if on_windows(pod):
        raise NotApplicable("Windows has no such thing")
    for container in containers(pod):
        found = container.get("securityContext.allowPrivilegeEscalation")
        if found is not False:
            yield Problem(container.at("securityContext.allowPrivilegeEscalation"), "false", found)


@rule(
    "LL-POD-015",
    "Containers must not run as root",
    *PODS,
    severity=Severity.CRITICAL,
    why="Root in a container is one hole in the kernel away from root on the node.",
    fix='security_context={"run_as_non_root": True} on the pod',
    link=LINK,
)
def non_root(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if has_own_users(pod):
        raise NotApplicable(_OWN_USERS)
    if is_node_agent(resource, graph):
        raise NotApplicable(_AGENT)
    for container in containers(pod):
        found = inherited(pod, container, "runAsNonRoot")
        if found is not True:
            yield Problem(container.at("securityContext.runAsNonRoot"), "true, here or on the pod", found)


@rule(
    "LL-POD-016",
    "No user is number 0",
    *PODS,
    severity=Severity.CRITICAL,
    why="User 0 is root, whatever else is said.",
    fix='security_context={"run_as_user": 10001}',
    link=LINK,
)
def not_user_zero(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if has_own_users(pod):
        raise NotApplicable(_OWN_USERS)
    if is_node_agent(resource, graph):
        raise NotApplicable(_AGENT)
    for context in contexts(pod):
        if context.get("securityContext.runAsUser", 1) == 0:
            yield Problem(context.at("securityContext.runAsUser"), "any number but 0", 0)


@rule(
    "LL-POD-017",
    "Every container has a seccomp profile",
    *PODS,
    severity=Severity.HIGH,
    why="Without one the whole kernel is open; Kubernetes' default is none.",
    fix='security_context={"seccomp_profile": {"type": "RuntimeDefault"}} on the pod',
    link=LINK,
    within=("LL-POD-011",),
)
def seccomp_set(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if on_windows(pod):
        raise NotApplicable("Windows has no such thing")
    for container in containers(pod):
        found = inherited(pod, container, "seccompProfile.type")
        if found not in _CONFINED:
            at = container.at("securityContext.seccompProfile.type")
            yield Problem(at, "RuntimeDefault or Localhost, here or on the pod", found)


@rule(
    "LL-POD-018",
    "Containers drop all capabilities",
    *PODS,
    severity=Severity.HIGH,
    why="What is dropped cannot be misused; a program that serves needs at most low ports.",
    fix='security_context={"capabilities": {"drop": ["ALL"]}}; only NET_BIND_SERVICE may be added',
    link=LINK,
    within=("LL-POD-004",),
)
def capabilities_dropped(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if on_windows(pod):
        raise NotApplicable("Windows has no such thing")
    allowed = {"NET_BIND_SERVICE"} | (READING if is_node_agent(resource, graph) else set[str]())
    for container in containers(pod):
        dropped = container.texts("securityContext.capabilities.drop")
        if "ALL" not in dropped:
            yield Problem(container.at("securityContext.capabilities.drop"), "ALL", dropped or None)
        if added := sorted(set(container.texts("securityContext.capabilities.add")) - allowed):
            yield Problem(container.at("securityContext.capabilities.add"), "NET_BIND_SERVICE at most", added)


@rule(
    "LL-POD-019",
    "/proc is masked in every pod",
    *PODS,
    severity=Severity.HIGH,
    why="Nothing that serves people needs to see the kernel, not even with users of its own.",
    fix="leave out proc_mount",
    link=LINK,
)
def proc_always_masked(resource: Resource, graph: Graph) -> Problems:
    yield from default_proc_mount(pod_of(resource))
