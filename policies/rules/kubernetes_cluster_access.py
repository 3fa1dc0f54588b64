"""Who may do what through the API server: no wildcards, no way up, nothing for strangers."""

from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.access import BINDINGS, CLUSTER_ROLE, EVERY, ROLES, allows, granted

_LINK = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
_WRITING = {"create", "update", "patch", "delete", "deletecollection"}
_READING = {"get", "list", "watch"}
_STRANGERS = ("system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters")
_RBAC = "rbac.authorization.k8s.io"


def _refused(role: Resource, group: str, resource: str, verbs: set[str], instead: str) -> Problems:
    for found in allows(role, group, resource, verbs):
        yield Problem(found.path, instead, f"{', '.join(sorted(found.texts('verbs')))} on {resource}")


@rule(
    "LL-CLU-020",
    "Roles name what they allow",
    *ROLES,
    severity=Severity.CRITICAL,
    why="A star also grants what the next version of Kubernetes invents.",
    fix='rules=[{"api_groups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]',
    link=_LINK,
)
def no_wildcards(role: Resource, graph: Graph) -> Problems:
    for each, groups, resources, verbs in granted(role):
        for name, values in (("apiGroups", groups), ("resources", resources), ("verbs", verbs)):
            if any(EVERY in value for value in values):
                yield Problem(each.at(name), "names", sorted(values))


@rule(
    "LL-CLU-021",
    "Nobody is bound to cluster-admin",
    *BINDINGS,
    severity=Severity.CRITICAL,
    why="It is every right there is, for good. People come in through access entries, which are logged and end.",
    fix="bind a role with the few rights that are needed",
    link=_LINK,
)
def no_cluster_admin(binding: Resource, graph: Graph) -> Problems:
    if binding.get("roleRef.name") in ("cluster-admin", "admin", "system:masters"):
        yield Problem("roleRef.name", "a role with what is needed", binding.get("roleRef.name"))


@rule(
    "LL-CLU-022",
    "No role reads secrets of the whole cluster",
    CLUSTER_ROLE,
    severity=Severity.CRITICAL,
    why="Among them are the tokens of everybody else.",
    fix="a Role in one namespace, with resource_names",
    link=_LINK,
    within=("LL-CLU-020",),
)
def secrets_not_read(role: Resource, graph: Graph) -> Problems:
    yield from _refused(role, "", "secrets", _READING | _WRITING, "named secrets of one namespace")


@rule(
    "LL-CLU-023",
    "No role of a namespace lists its secrets",
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    severity=Severity.HIGH,
    why="list and watch return the contents of all; a program needs the one it was made for.",
    fix='"resource_names": ["the-one"], "verbs": ["get"]',
    link=_LINK,
    within=("LL-CLU-020",),
)
def secrets_not_listed(role: Resource, graph: Graph) -> Problems:
    yield from _refused(role, "", "secrets", _READING | _WRITING, "get, of named secrets")


@rule(
    "LL-CLU-024",
    "No role starts pods",
    *ROLES,
    severity=Severity.HIGH,
    why="Whoever starts a pod runs as any service account of its namespace and mounts any of its secrets.",
    fix="let this program start workloads; take create out",
    link=_LINK,
    within=("LL-CLU-020",),
)
def pods_not_created(role: Resource, graph: Graph) -> Problems:
    kinds = (("", "pods"), ("", "replicationcontrollers"))
    kinds += tuple(("apps", each) for each in ("deployments", "statefulsets", "daemonsets", "replicasets"))
    kinds += (("batch", "jobs"), ("batch", "cronjobs"))
    for group, resource in kinds:
        yield from _refused(role, group, resource, {"create", "update", "patch"}, "no right to start pods")


@rule(
    "LL-CLU-025",
    "No role enters containers",
    *ROLES,
    severity=Severity.CRITICAL,
    why="exec, attach and port-forward go around every network policy, as whoever runs inside.",
    fix="take pods/exec, pods/attach, pods/portforward and pods/ephemeralcontainers out",
    link=_LINK,
    within=("LL-CLU-020",),
)
def no_exec(role: Resource, graph: Graph) -> Problems:
    for resource in ("pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "pods/proxy"):
        yield from _refused(role, "", resource, {"create", "get", "update", "patch"}, "no way into containers")


@rule(
    "LL-CLU-026",
    "No role can raise itself",
    *ROLES,
    severity=Severity.CRITICAL,
    why="escalate, bind and impersonate turn any right into every right.",
    fix="take the verb out",
    link=_LINK,
    within=("LL-CLU-020",),
)
def no_escalation(role: Resource, graph: Graph) -> Problems:
    for each, _, _, verbs in granted(role):
        if raised := sorted(verbs & {"escalate", "bind", "impersonate"}):
            yield Problem(each.at("verbs"), "none of escalate, bind, impersonate", raised)
    for resource in ("roles", "clusterroles", "rolebindings", "clusterrolebindings"):
        yield from _refused(role, _RBAC, resource, _WRITING, "no right to write roles")


@rule(
    "LL-CLU-027",
    "No role goes through nodes",
    *ROLES,
    severity=Severity.CRITICAL,
    why="nodes/proxy reaches the kubelet's API, which runs commands in every container and leaves no audit record.",
    fix="use nodes/metrics and nodes/stats",
    link=_LINK,
    within=("LL-CLU-020",),
)
def no_node_proxy(role: Resource, graph: Graph) -> Problems:
    yield from _refused(role, "", "nodes/proxy", _READING | _WRITING, "no way through the kubelet")


@rule(
    "LL-CLU-028",
    "No role makes tokens of other accounts",
    *ROLES,
    severity=Severity.CRITICAL,
    why="A token of another account is that account.",
    fix="take serviceaccounts/token out",
    link=_LINK,
    within=("LL-CLU-020",),
)
def no_tokens(role: Resource, graph: Graph) -> Problems:
    yield from _refused(role, "", "serviceaccounts/token", {"create"}, "no right to make tokens")


@rule(
    "LL-CLU-029",
    "No role changes what the API server trusts",
    *ROLES,
    severity=Severity.HIGH,
    why="An admission webhook sees every secret that is written; an approved request is a certificate of anybody.",
    fix="take webhook configurations and certificate approvals out",
    link=_LINK,
    within=("LL-CLU-020",),
)
def trust_unchanged(role: Resource, graph: Graph) -> Problems:
    admission, certificates = "admissionregistration.k8s.io", "certificates.k8s.io"
    for group, resource in (
        (admission, "mutatingwebhookconfigurations"),
        (admission, "validatingwebhookconfigurations"),
        (certificates, "certificatesigningrequests/approval"),
        ("", "persistentvolumes"),
    ):
        yield from _refused(role, group, resource, {"create", "update", "patch"}, "no right to change it")


@rule(
    "LL-CLU-030",
    "Nothing is granted to strangers or to everybody",
    *BINDINGS,
    severity=Severity.CRITICAL,
    why="system:authenticated is every pod with a token, system:anonymous the rest of the world.",
    fix="name a service account",
    link=_LINK,
)
def no_strangers(binding: Resource, graph: Graph) -> Problems:
    for subject in binding.each("subjects"):
        name = str(subject.get("name", ""))
        if name in _STRANGERS or name.startswith("system:serviceaccounts"):
            yield Problem(subject.at("name"), "a service account by its name", name)


@rule(
    "LL-CLU-031",
    "Nothing is granted to a default service account",
    *BINDINGS,
    severity=Severity.HIGH,
    why="Every pod of the namespace that names no account would have it.",
    fix="a service account of the program's own",
    link=_LINK,
)
def no_default_account(binding: Resource, graph: Graph) -> Problems:
    for subject in binding.each("subjects"):
        if subject.get("kind") == "ServiceAccount" and subject.get("name") == "default":
            yield Problem(subject.at("name"), "an account of its own", "default")
