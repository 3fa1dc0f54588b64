"""What pods owe beyond the Pod Security Standards: files, tokens, secrets, limits."""

import re

from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.access import bound_accounts
from policies.joins.pods import (
    PODS,
    containers,
    namespace_name,
    pod_of,
)

_NSA = "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF"
_DOCS = "https://kubernetes.io/docs"
_SECRET = "aws:secretsmanager/secret:Secret"
#: A path or another variable: where a secret is, not what it is.
_PLACES = ("/", "$(")
_SECRET_NAME = re.compile(r"(?i)(password|passwd|secret|token|api_?key|private_?key|credential)s?$")


@rule(
    "LL-POD-020",
    "Root file systems are read-only",
    *PODS,
    severity=Severity.HIGH,
    why="What cannot be written cannot be made to stay: an intruder's tools go with the process.",
    fix='security_context={"read_only_root_filesystem": True}, with an emptyDir where the program writes',
    link=_NSA,
)
def read_only_root(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        found = container.get("securityContext.readOnlyRootFilesystem")
        if found is not True:
            yield Problem(container.at("securityContext.readOnlyRootFilesystem"), "true", found)


@rule(
    "LL-POD-021",
    "Pods get no token of the API server, unless they ask it for something",
    *PODS,
    severity=Severity.HIGH,
    why="A token lies in every container's files by default, for whoever reads one of them.",
    fix="automount_service_account_token=False on the pod; a Role bound to its service account where it needs one",
    link=f"{_DOCS}/tasks/configure-pod-container/configure-service-account/",
)
def no_idle_token(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if pod.get("automountServiceAccountToken") is False:
        return
    account = str(pod.get("serviceAccountName", "") or "default")
    if (namespace_name(resource), account) not in bound_accounts(graph):
        found = pod.get("automountServiceAccountToken")
        yield Problem(pod.at("automountServiceAccountToken"), "false: no role is bound to its service account", found)


@rule(
    "LL-POD-022",
    "Pods have a service account of their own",
    *PODS,
    severity=Severity.MEDIUM,
    why="What is granted to `default` is granted to every pod of the namespace, also to tomorrow's.",
    fix="service_account_name=account.metadata.name",
    link=f"{_DOCS}/concepts/security/rbac-good-practices/",
)
def own_account(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    found = pod.get("serviceAccountName")
    if found in (None, "", "default"):
        yield Problem(pod.at("serviceAccountName"), "an account of its own", found)


@rule(
    "LL-POD-023",
    "Every container says how much memory it may use",
    *PODS,
    severity=Severity.HIGH,
    why="One leak takes the whole node down with everything on it.",
    fix='resources={"limits": {"memory": "1Gi"}}',
    link=f"{_DOCS}/concepts/configuration/manage-resources-containers/",
)
def memory_limited(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        if not container.get("resources.limits.memory"):
            yield Problem(container.at("resources.limits.memory"), "a limit", None)


@rule(
    "LL-POD-024",
    "Every container says how much CPU it may use",
    *PODS,
    severity=Severity.MEDIUM,
    why="A loop in one container takes the cores from those beside it.",
    fix='resources={"limits": {"cpu": "1"}}',
    link=f"{_DOCS}/concepts/configuration/manage-resources-containers/",
)
def cpu_limited(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        if not container.get("resources.limits.cpu"):
            yield Problem(container.at("resources.limits.cpu"), "a limit", None)


@rule(
    "LL-POD-025",
    "Every container reserves what it needs",
    *PODS,
    severity=Severity.MEDIUM,
    why="The scheduler counts requests alone: without them it fills a node until pods are evicted.",
    fix='resources={"requests": {"cpu": "500m", "memory": "1Gi"}}',
    link=f"{_DOCS}/concepts/configuration/manage-resources-containers/",
)
def reserved(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        for what in ("cpu", "memory"):
            given = container.get(f"resources.requests.{what}") or container.get(f"resources.limits.{what}")
            if not given:
                yield Problem(container.at(f"resources.requests.{what}"), "a request", None)


@rule(
    "LL-POD-026",
    "No secret stands in a container's environment in clear",
    *PODS,
    severity=Severity.CRITICAL,
    why="A pod's manifest is read by many more people and logs than the secret was meant for.",
    fix="env={... 'value_from': {'secret_key_ref': ...}}, or a file of the Secrets Store CSI driver",
    link=f"{_DOCS}/concepts/security/secrets-good-practices/",
)
def no_secret_in_clear(resource: Resource, graph: Graph) -> Problems:
    """The names of secrets that this stack makes are no secrets."""
    names = {str(each.get("name")) for each in graph.of(_SECRET) if each.is_known("name")}
    for container in containers(pod_of(resource)):
        for variable in container.each("env"):
            name = str(variable.get("name", ""))
            if not _SECRET_NAME.search(name):
                continue
            value = str(variable.get("value", ""))
            if value and not value.startswith(_PLACES) and not set(value.split(",")) <= names:
                yield Problem(variable.at("value"), f"a reference to a secret for {name}", "a value in clear")


@rule(
    "LL-POD-027",
    "Containers of a pod do not see each other's processes",
    *PODS,
    severity=Severity.MEDIUM,
    why="Through /proc one container reads the environment and the files of the next.",
    fix="leave out share_process_namespace",
    link=f"{_DOCS}/tasks/configure-pod-container/share-process-namespace/",
)
def no_shared_processes(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if pod.get("shareProcessNamespace"):
        yield Problem(pod.at("shareProcessNamespace"), "false", True)


@rule(
    "LL-POD-034",
    "Scratch space has a size",
    *PODS,
    severity=Severity.LOW,
    why="An emptyDir without one fills the node's disk, and the kubelet evicts its neighbours.",
    fix='empty_dir={"size_limit": "256Mi"}',
    link=f"{_DOCS}/concepts/storage/volumes/#emptydir",
)
def scratch_sized(resource: Resource, graph: Graph) -> Problems:
    for volume in pod_of(resource).each("volumes"):
        if volume.get("emptyDir") is not None and not volume.get("emptyDir.sizeLimit"):
            yield Problem(volume.at("emptyDir.sizeLimit"), "a size", None)


@rule(
    "LL-POD-035",
    "Nobody's terminal is left open in a container",
    *PODS,
    severity=Severity.LOW,
    why="stdin and tty are for trying things out by hand; in production they keep a way in.",
    fix="leave out stdin and tty",
    link=_NSA,
)
def no_terminal(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        for setting in ("stdin", "tty"):
            if container.get(setting):
                yield Problem(container.at(setting), "false", True)
