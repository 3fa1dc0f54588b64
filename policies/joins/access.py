"""Who is bound to what inside the cluster."""

from collections.abc import Iterator

from policies.core.graph import Graph
from policies.core.resource import Resource, View

ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
CLUSTER_ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
ROLES, BINDINGS = (ROLE, CLUSTER_ROLE), (ROLE_BINDING, CLUSTER_ROLE_BINDING)
EVERY = "*"


def bound_accounts(graph: Graph) -> set[tuple[str, str]]:
    """Namespace and name of every service account that some binding of this stack names."""
    return {
        (str(subject.get("namespace", "") or "default"), str(subject.get("name", "")))
        for binding in graph.of(*BINDINGS)
        for subject in binding.each("subjects")
        if subject.get("kind") == "ServiceAccount"
    }


def granted(role: Resource) -> Iterator[tuple[View, set[str], set[str], set[str]]]:
    """Each rule of a role with its API groups, resources and verbs."""
    for each in role.each("rules"):
        yield each, set(each.texts("apiGroups")), set(each.texts("resources")), set(each.texts("verbs"))


def allows(role: Resource, group: str, resource: str, verbs: set[str]) -> Iterator[View]:
    """Rules by which somebody may do one of these; named objects alone are no grant of the kind."""
    for rule, groups, resources, granted_verbs in granted(role):
        if (
            groups & {group, EVERY}
            and resources & {resource, EVERY, f"{EVERY}/{resource.partition('/')[2]}"}
            and granted_verbs & {*verbs, EVERY}
            and not rule.get("resourceNames")
        ):
            yield rule
