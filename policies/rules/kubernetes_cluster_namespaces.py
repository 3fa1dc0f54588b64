"""Namespaces: what may run in one, who may talk in it, how much it may take."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.pods import DAEMON_SET, NAMESPACE, PODS, inhabitants, namespace_name, standard_of

_DOCS = "https://kubernetes.io/docs"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
_VERSION = "pod-security.kubernetes.io/enforce-version"
_ANYWHERE = ("0.0.0.0/0", "::/0")
_HTTPS = 443


@rule(
    "LL-CLU-001",
    "Namespaces enforce the restricted standard, or hold node agents alone",
    NAMESPACE,
    severity=Severity.CRITICAL,
    why="The API server then refuses a bad pod whoever brings it, also what no policy pack ever sees.",
    fix='labels={"pod-security.kubernetes.io/enforce": "restricted"}',
    link=f"{_DOCS}/concepts/security/pod-security-admission/",
)
def restricted(namespace: Resource, graph: Graph) -> Problems:
    standard = standard_of(namespace)
    at = "metadata.labels[pod-security.kubernetes.io/enforce]"
    if standard == "restricted":
        return
    others = [each for each in inhabitants(namespace, graph, *PODS) if each.type != DAEMON_SET]
    for each in others:
        yield Problem(at, f"restricted, for {each.kind} {each.name} is no node agent", standard)
    if not others and not any(inhabitants(each, graph, DAEMON_SET) for each in _namesakes(namespace, graph)):
        yield Problem(at, "restricted", standard)


def _namesakes(namespace: Resource, graph: Graph) -> list[Resource]:
    """The namespace in every cluster of the stack: one that stands by has no agents yet."""
    name = namespace.get("metadata.name")
    return [
        each for each in graph.of(NAMESPACE) if each.is_known("metadata.name") and each.get("metadata.name") == name
    ]


@rule(
    "LL-CLU-002",
    "Namespaces pin the version of the standard",
    NAMESPACE,
    severity=Severity.LOW,
    why="With `latest` an upgrade of the cluster may refuse a pod that ran the day before.",
    fix='labels={"pod-security.kubernetes.io/enforce-version": "v1.35"}',
    link=f"{_DOCS}/concepts/security/pod-security-admission/",
)
def version_pinned(namespace: Resource, graph: Graph) -> Problems:
    found = namespace.get("metadata.labels", {}).get(_VERSION)
    if not str(found or "").startswith("v1."):
        yield Problem(f"metadata.labels[{_VERSION}]", "a version such as v1.35", found)


@rule(
    "LL-CLU-003",
    "Nothing runs in the default namespace",
    *PODS,
    severity=Severity.MEDIUM,
    why="No policy, quota or standard is ever laid over it, and whoever forgets a namespace lands there.",
    fix='metadata={"namespace": platform.namespace}',
    link="https://docs.aws.amazon.com/eks/latest/best-practices/multi-tenancy.html",
)
def not_in_default(resource: Resource, graph: Graph) -> Problems:
    if namespace_name(resource) == "default":
        yield Problem("metadata.namespace", "a namespace of its own", resource.get("metadata.namespace"))


@rule(
    "LL-CLU-004",
    "Every namespace denies both ways until a policy says otherwise",
    NAMESPACE,
    severity=Severity.CRITICAL,
    why="Without it every pod reaches every other: one hole in a frontend is a way to the database.",
    fix='NetworkPolicy(spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]}) in the namespace',
    link=f"{_DOCS}/concepts/services-networking/network-policies/#default-policies",
)
def default_deny(namespace: Resource, graph: Graph) -> Problems:
    missing = {"Ingress", "Egress"}
    for policy in inhabitants(namespace, graph, NETWORK_POLICY):
        if _selects_all(policy):
            missing -= {way for way in _ways(policy) if not policy.get(f"spec.{way.lower()}")}
    for way in sorted(missing):
        yield Problem("", f"a policy that denies all {way.lower()}", "none")


def _selects_all(policy: Resource) -> bool:
    return not policy.get("spec.podSelector.matchLabels") and not policy.get("spec.podSelector.matchExpressions")


def _ways(policy: Resource) -> set[str]:
    """Kubernetes' own default: ingress, and egress where a rule for it stands."""
    given = set(policy.texts("spec.policyTypes"))
    return given or {"Ingress", *(("Egress",) if policy.get("spec.egress") else ())}


@rule(
    "LL-CLU-005",
    "No network policy lets everybody in or out",
    NETWORK_POLICY,
    severity=Severity.CRITICAL,
    why="An empty peer is not nobody but everybody, and undoes the policy that denies.",
    fix="name the peers: pod_selector, namespace_selector or ip_block",
    link=f"{_DOCS}/concepts/services-networking/network-policies/",
)
def peers_named(policy: Resource, graph: Graph) -> Problems:
    for way, side in (("ingress", "from"), ("egress", "to")):
        for each in policy.each(f"spec.{way}"):
            if not list(each.each(side)):
                yield Problem(each.at(side), "named peers", "everybody")
            for peer in each.each(side):
                if not peer.value:
                    yield Problem(peer.path, "a named peer", "everybody")


@rule(
    "LL-CLU-006",
    "The internet is reached on port 443 only, and reaches nobody",
    NETWORK_POLICY,
    severity=Severity.CRITICAL,
    why="Data leaves by the port nobody watches; requests come through the balancer alone.",
    fix='"ports": [{"port": 443, "protocol": "TCP"}], and no open ip_block for ingress',
    link=f"{_DOCS}/concepts/services-networking/network-policies/",
)
def internet_narrow(policy: Resource, graph: Graph) -> Problems:
    for each in policy.each("spec.ingress"):
        for peer in each.each("from"):
            if peer.get("ipBlock.cidr") in _ANYWHERE:
                yield Problem(peer.at("ipBlock.cidr"), "known addresses", peer.get("ipBlock.cidr"))
    for each in policy.each("spec.egress"):
        open_peers = [peer for peer in each.each("to") if peer.get("ipBlock.cidr") in _ANYWHERE]
        ports = [(port.get("port"), port.get("endPort")) for port in each.each("ports")]
        if open_peers and set(ports) != {(_HTTPS, None)}:
            yield Problem(each.at("ports"), "443 alone", ports or "all ports")


@rule(
    "LL-CLU-007",
    "Every namespace has a quota",
    NAMESPACE,
    severity=Severity.MEDIUM,
    why="What runs away in one namespace takes the nodes from all others.",
    fix='ResourceQuota(spec={"hard": {"requests.cpu": ..., "limits.memory": ..., "pods": ...}})',
    link=f"{_DOCS}/concepts/policy/resource-quotas/",
)
def has_quota(namespace: Resource, graph: Graph) -> Problems:
    if not any(quota.get("spec.hard") for quota in inhabitants(namespace, graph, "kubernetes:core/v1:ResourceQuota")):
        yield Problem("", "a ResourceQuota with hard limits", "none")


@rule(
    "LL-CLU-008",
    "Every namespace has limits for what says none",
    NAMESPACE,
    severity=Severity.LOW,
    why="A pod started by hand in an incident gets a limit too.",
    fix='LimitRange(spec={"limits": [{"type": "Container", "default": {...}}]})',
    link=f"{_DOCS}/concepts/policy/limit-range/",
)
def has_limits(namespace: Resource, graph: Graph) -> Problems:
    ranges = inhabitants(namespace, graph, "kubernetes:core/v1:LimitRange")
    if not any(list(each.each("spec.limits")) for each in ranges):
        yield Problem("", "a LimitRange", "none")


@rule(
    "LL-CLU-009",
    "The default service account of every namespace hands out no token",
    NAMESPACE,
    severity=Severity.MEDIUM,
    why="A pod that names no account runs as `default`, and would get a token that it never asked for.",
    fix='ServiceAccountPatch(metadata={"name": "default"}, automount_service_account_token=False)',
    link=f"{_DOCS}/tasks/configure-pod-container/configure-service-account/",
)
def default_account_disarmed(namespace: Resource, graph: Graph) -> Problems:
    accounts = [each for each in inhabitants(namespace, graph, _ACCOUNT) if each.get("metadata.name") == "default"]
    found = accounts[0].get("automountServiceAccountToken") if accounts else None
    if found is not False:
        yield Problem("automountServiceAccountToken", "false on the account `default`", found)


@rule(
    "LL-CLU-010",
    "Node agents have a namespace that says so in every mode",
    NAMESPACE,
    severity=Severity.LOW,
    why="A namespace that audits or warns by another standard than it enforces hides what it lets in.",
    fix="the same standard for enforce, audit and warn",
    link=f"{_DOCS}/concepts/security/pod-security-admission/",
)
def modes_agree(namespace: Resource, graph: Graph) -> Problems:
    labels: dict[str, str] = namespace.get("metadata.labels", {})
    given = {mode: labels.get(f"pod-security.kubernetes.io/{mode}") for mode in ("audit", "warn")}
    if not any(given.values()):
        raise NotApplicable("it neither audits nor warns")
    for mode, standard in given.items():
        if standard is not None and standard != standard_of(namespace):
            yield Problem(f"metadata.labels[pod-security.kubernetes.io/{mode}]", standard_of(namespace), standard)
