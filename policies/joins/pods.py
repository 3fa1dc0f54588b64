"""Pods wherever they are written: in every controller's template, with all three kinds of containers."""

from collections.abc import Iterator, Sequence
from typing import Any

from policies.core.graph import Graph
from policies.core.resource import Resource, View

POD = "kubernetes:core/v1:Pod"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET = "kubernetes:apps/v1:DaemonSet"
JOB, CRON_JOB = "kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob"
NAMESPACE, SERVICE = "kubernetes:core/v1:Namespace", "kubernetes:core/v1:Service"
#: Where each kind keeps what a pod is.
_POD_AT = {
    POD: "",
    "kubernetes:core/v1:PodTemplate": "template",
    "kubernetes:core/v1:ReplicationController": "spec.template",
    DEPLOYMENT: "spec.template",
    STATEFUL_SET: "spec.template",
    DAEMON_SET: "spec.template",
    "kubernetes:apps/v1:ReplicaSet": "spec.template",
    JOB: "spec.template",
    CRON_JOB: "spec.jobTemplate.spec.template",
}
PODS = tuple(_POD_AT)
#: Kinds of which several copies run at a time for as long as the stack lives.
REPLICATED = (DEPLOYMENT, STATEFUL_SET, "kubernetes:apps/v1:ReplicaSet", "kubernetes:core/v1:ReplicationController")
_ENFORCED = "pod-security.kubernetes.io/enforce"


def pod_of(resource: Resource) -> View:
    """The pod's spec."""
    return _part(resource, "spec")


def labels_of(resource: Resource) -> dict[str, str]:
    """Labels of the pods, by which services, budgets and policies find them."""
    return dict(_part(resource, "metadata").get("labels", {}))


def annotations_of(resource: Resource) -> dict[str, str]:
    return dict(_part(resource, "metadata").get("annotations", {}))


def _part(resource: Resource, name: str) -> View:
    at = _POD_AT[resource.type]
    path = f"{at}.{name}" if at else name
    return View(resource.get(path, {}), path)


def containers(pod: View) -> Iterator[View]:
    """Init containers and those for debugging count: what one of them may do, all of them may."""
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        yield from pod.each(kind)


def inherited(pod: View, container: View, setting: str) -> Any:
    """A setting of the security context: the container's own, or else the pod's."""
    own = container.get(f"securityContext.{setting}")
    return pod.get(f"securityContext.{setting}") if own is None else own


def contexts(pod: View) -> Iterator[View]:
    """Whatever has a security context: the pod, then its containers."""
    yield pod
    yield from containers(pod)


def has_own_users(pod: View) -> bool:
    """Root inside a user namespace is nobody outside: from version 1.35 on the standard asks less of such pods."""
    return pod.get("hostUsers") is False


def on_windows(pod: View) -> bool:
    return pod.get("os.name") == "windows"


def namespace_name(resource: Resource) -> str:
    return str(resource.get("metadata.namespace", "") or "default")


def namespace_of(resource: Resource, graph: Graph) -> Resource | None:
    """The namespace as far as this stack makes it."""
    if not resource.is_known("metadata.namespace"):
        return graph.one(resource, "metadata.namespace", NAMESPACE)
    named = [each for each in graph.of(NAMESPACE) if _name(each) == namespace_name(resource)]
    return nearest(resource, named, graph)


def nearest(resource: Resource, candidates: Sequence[Resource], graph: Graph) -> Resource | None:
    """A stack may have two clusters with objects of the same names: the one on the resource's side of the stack."""
    candidates = [each for each in candidates if each.beside(resource)]
    if len(candidates) < 2:
        return next(iter(candidates), None)
    above = {each.urn for each in graph.ancestors(resource)}
    return max(candidates, key=lambda each: len(above & {one.urn for one in graph.ancestors(each)}))


def inhabitants(namespace: Resource, graph: Graph, *types: str) -> list[Resource]:
    """What of these types this stack puts into the namespace."""
    return [each for each in graph.of(*types) if namespace_of(each, graph) is namespace]


def _name(namespace: Resource) -> str:
    return str(namespace.get("metadata.name", "")) if namespace.is_known("metadata.name") else ""


def standard_of(namespace: Resource) -> str:
    """The Pod Security Standard that the API server enforces there; what is not labelled is privileged."""
    labels: dict[str, str] = namespace.get("metadata.labels", {})
    return str(labels.get(_ENFORCED) or "privileged")


def is_node_agent(resource: Resource, graph: Graph) -> bool:
    """One pod a node, in a namespace that openly says that its pods see their node."""
    if resource.type != DAEMON_SET:
        return False
    namespace = namespace_of(resource, graph)
    return namespace is not None and namespace.get("metadata.labels", {}).get(_ENFORCED) == "privileged"


def matches(labels: dict[str, str], selector: dict[str, Any]) -> bool:
    """Whether a label selector, or a Service's plain one, finds pods with these labels; an empty one finds all."""
    plain = selector if "matchLabels" not in selector and "matchExpressions" not in selector else {}
    chosen = View(selector)
    wanted: dict[str, Any] = {**plain, **chosen.get("matchLabels", {})}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_meets(labels, each) for each in chosen.each("matchExpressions"))


def _meets(labels: dict[str, str], expression: View) -> bool:
    key, operator = str(expression.get("key")), str(expression.get("operator"))
    has, listed = key in labels, labels.get(key) in expression.texts("values")
    return {"In": has and listed, "NotIn": not listed, "Exists": has, "DoesNotExist": not has}[operator]


def selected(service: Resource, resource: Resource) -> bool:
    """Whether a Service sends requests to these pods."""
    selector = service.get("spec.selector", {})
    together = namespace_name(service) == namespace_name(resource) and service.beside(resource)
    return bool(selector) and together and matches(labels_of(resource), selector)
