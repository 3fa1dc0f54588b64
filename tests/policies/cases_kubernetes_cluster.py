"""Cases of namespaces, network policies and roles."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, k8s, stack
from tests.policies.pods import POD, bare, daemon_set, deployment, job, meta, namespace

ELSEWHERE = stack(topic=aws("sns/topic:Topic"))
_PLATFORM = namespace("platform")
_AGENTS = namespace("node-agents", "privileged")
_KNOWS_NO_NAME = k8s("core/v1:Namespace", metadata=UNKNOWN)
_RBAC = "rbac.authorization.k8s.io/v1"
_OTHER = namespace("other")
_COMPONENT = Given("lifeline:kubernetes:Namespaces", {})


def policy(name: str = "p", namespace: str = "platform", **spec: Any) -> Given:
    return k8s("networking.k8s.io/v1:NetworkPolicy", metadata=meta(name, namespace), spec={"podSelector": {}, **spec})


_DENY = policy(policyTypes=["Ingress", "Egress"])
_PEER = {"podSelector": {"matchLabels": {"app": "web"}}}
_WORLD = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}
_HTTPS = [{"port": 443, "protocol": "TCP"}]
_UNSEEN_POLICY = stack(p=k8s("networking.k8s.io/v1:NetworkPolicy", metadata=meta("p", "platform"), spec=UNKNOWN))


def _beside(kind: str, name: str, namespace: str = "platform", **properties: Any) -> Given:
    return k8s(kind, metadata=meta(name, namespace), **properties)


def _needs(right: Given, *wrong: Given, unknown: Given) -> Cases:
    """A namespace that needs something in it: there, missing, or wrong."""
    return Cases(
        passing=[stack(n=_PLATFORM, x=right)],
        failing=[stack(n=_PLATFORM), stack(n=_OTHER, x=right), *(stack(n=_PLATFORM, x=each) for each in wrong)],
        not_applicable=[ELSEWHERE],
        unknown=[stack(n=_PLATFORM, x=unknown)],
    )


def _quota(spec: Any, namespace: str = "platform") -> Given:
    return _beside("core/v1:ResourceQuota", "quota", namespace, spec=spec)


def _limits(spec: Any) -> Given:
    return _beside("core/v1:LimitRange", "limits", spec=spec)


def _account(token: Any, name: str = "default") -> Given:
    return _beside("core/v1:ServiceAccountPatch", name, automountServiceAccountToken=token)


def _modes(**modes: str) -> Given:
    labels = {f"pod-security.kubernetes.io/{mode}": standard for mode, standard in modes.items()}
    return k8s("core/v1:Namespace", metadata={"name": "platform", "labels": labels})


def role(groups: Any, resources: Any, verbs: Any, kind: str = "Role", **more: Any) -> Given:
    rules = [{"apiGroups": groups, "resources": resources, "verbs": verbs, **more}]
    return k8s(f"{_RBAC}:{kind}", metadata=meta("r", "platform"), rules=rules)


def binding(subjects: Any, role: str = "reader", kind: str = "RoleBinding") -> Given:
    return k8s(f"{_RBAC}:{kind}", metadata=meta("b", "platform"), subjects=subjects, roleRef={"name": role})


_READS = role([""], ["pods"], ["get", "list"])
_READS_ALL = role([""], ["nodes"], ["get", "list"], "ClusterRole")
_ACCOUNT = {"kind": "ServiceAccount", "name": "web", "namespace": "platform"}


def _roles(*wrong: Given, right: tuple[Given, ...] = (), kind: str = "Role") -> Cases:
    unknown = k8s(f"{_RBAC}:{kind}", metadata=meta("r"), rules=UNKNOWN)
    return Cases(
        passing=[stack(r=each) for each in (_READS_ALL if kind == "ClusterRole" else _READS, *right)],
        failing=[stack(r=each) for each in wrong],
        not_applicable=[ELSEWHERE],
        unknown=[stack(r=unknown)],
    )


def _both(groups: Any, resources: Any, verbs: Any) -> tuple[Given, Given]:
    return role(groups, resources, verbs), role(groups, resources, verbs, "ClusterRole")


def _bindings(*wrong: Given) -> Cases:
    unseen = k8s(f"{_RBAC}:RoleBinding", metadata=meta("b"), subjects=UNKNOWN, roleRef=UNKNOWN)
    return Cases(
        passing=[stack(b=binding([_ACCOUNT])), stack(b=binding([_ACCOUNT], kind="ClusterRoleBinding"))],
        failing=[stack(b=each) for each in wrong],
        not_applicable=[ELSEWHERE],
        unknown=[stack(b=unseen)],
    )


def _group(name: str, kind: str = "Group") -> list[dict[str, str]]:
    return [_ACCOUNT, {"kind": kind, "name": name}]


_RUNS: dict[str, Stack] = {
    "agent": stack(n=_AGENTS, d=daemon_set()),
    "others": stack(n=_AGENTS, d=daemon_set(), w=deployment(namespace="node-agents")),
}

CASES = {
    "LL-CLU-001": Cases(
        passing=[
            stack(n=_PLATFORM),
            stack(n=_PLATFORM, w=deployment()),
            _RUNS["agent"],
            stack(a=_COMPONENT, b=_COMPONENT, n=_AGENTS.under("a"), d=daemon_set().under("a"), m=_AGENTS.under("b")),
        ],
        failing=[
            stack(n=namespace("platform", None)),
            stack(n=namespace("platform", "baseline")),
            stack(n=_AGENTS),
            _RUNS["others"],
            stack(n=_AGENTS, d=daemon_set(), j=job(namespace="node-agents")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(n=_KNOWS_NO_NAME)],
    ),
    "LL-CLU-002": Cases(
        passing=[stack(n=_PLATFORM)],
        failing=[stack(n=namespace("platform", version=None)), stack(n=namespace("platform", version="latest"))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(n=_KNOWS_NO_NAME)],
    ),
    "LL-CLU-003": Cases(
        passing=[stack(w=deployment())],
        failing=[stack(w=deployment(namespace="default")), stack(w=bare(namespace="")), stack(w=job(namespace=""))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(w=k8s("core/v1:Pod", metadata=UNKNOWN, spec=POD))],
    ),
    "LL-CLU-004": _needs(
        _DENY,
        policy(policyTypes=["Ingress"]),
        policy(policyTypes=["Egress"]),
        policy(podSelector={"matchLabels": {"app": "web"}}, policyTypes=["Ingress", "Egress"]),
        policy(
            podSelector={"matchExpressions": [{"key": "a", "operator": "Exists"}]}, policyTypes=["Ingress", "Egress"]
        ),
        policy(policyTypes=["Ingress", "Egress"], egress=[{}]),
        policy(policyTypes=["Ingress", "Egress"], ingress=[{}]),
        unknown=k8s("networking.k8s.io/v1:NetworkPolicy", metadata=meta("p", "platform"), spec=UNKNOWN),
    ),
    "LL-CLU-005": Cases(
        passing=[stack(p=_DENY), stack(p=policy(ingress=[{"from": [_PEER]}], egress=[{"to": [_PEER]}]))],
        failing=[
            stack(p=policy(ingress=[{}])),
            stack(p=policy(egress=[{"ports": _HTTPS}])),
            stack(p=policy(ingress=[{"from": [_PEER, {}]}])),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[_UNSEEN_POLICY],
    ),
    "LL-CLU-006": Cases(
        passing=[stack(p=_DENY), stack(p=policy(egress=[{"to": [_WORLD], "ports": _HTTPS}]))],
        failing=[
            stack(p=policy(egress=[{"to": [_WORLD]}])),
            stack(p=policy(egress=[{"to": [_WORLD], "ports": [*_HTTPS, {"port": 80}]}])),
            stack(p=policy(egress=[{"to": [_WORLD], "ports": [{"port": 443, "endPort": 9000}]}])),
            stack(p=policy(ingress=[{"from": [_WORLD], "ports": _HTTPS}])),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[_UNSEEN_POLICY],
    ),
    "LL-CLU-007": _needs(
        _quota({"hard": {"pods": "40"}}),
        _quota({}),
        _quota({"hard": {}}),
        _quota({"hard": {"pods": "40"}}, "elsewhere"),
        unknown=_quota(UNKNOWN),
    ),
    "LL-CLU-008": _needs(
        _limits({"limits": [{"type": "Container", "default": {"memory": "1Gi"}}]}),
        _limits({"limits": []}),
        unknown=_limits(UNKNOWN),
    ),
    "LL-CLU-009": _needs(
        _account(False),
        _account(True),
        _account(None),
        _account(False, "web"),
        unknown=_account(UNKNOWN),
    ),
    "LL-CLU-010": Cases(
        passing=[stack(n=_modes(enforce="restricted", audit="restricted", warn="restricted"))],
        failing=[
            stack(n=_modes(enforce="restricted", audit="privileged")),
            stack(n=_modes(enforce="restricted", audit="restricted", warn="baseline")),
            stack(n=_modes(warn="restricted")),
        ],
        not_applicable=[ELSEWHERE, stack(n=_PLATFORM)],
        unknown=[stack(n=_KNOWS_NO_NAME)],
    ),
    "LL-CLU-020": _roles(
        *_both(["*"], ["pods"], ["get"]),
        role([""], ["*"], ["get"]),
        role([""], ["pods"], ["get", "*"]),
        role([""], ["pods/*"], ["get"]),
    ),
    "LL-CLU-021": _bindings(
        binding([_ACCOUNT], "cluster-admin", "ClusterRoleBinding"),
        binding([_ACCOUNT], "cluster-admin"),
        binding([_ACCOUNT], "admin"),
    ),
    "LL-CLU-022": _roles(
        role([""], ["secrets"], ["get"], "ClusterRole"),
        role([""], ["pods", "secrets"], ["list"], "ClusterRole"),
        role(["*"], ["*"], ["*"], "ClusterRole"),
        kind="ClusterRole",
    ),
    "LL-CLU-023": _roles(
        role([""], ["secrets"], ["list"]),
        role([""], ["secrets"], ["get"]),
        role([""], ["secrets"], ["create"]),
        right=(role([""], ["secrets"], ["get"], resourceNames=["one"]),),
    ),
    "LL-CLU-024": _roles(
        *_both([""], ["pods"], ["create"]),
        *_both(["apps"], ["deployments"], ["patch"]),
        *_both(["batch"], ["cronjobs"], ["update"]),
        role(["apps"], ["*"], ["*"]),
        right=(role(["apps"], ["deployments"], ["get", "list", "watch"]),),
    ),
    "LL-CLU-025": _roles(
        *_both([""], ["pods/exec"], ["create"]),
        role([""], ["pods/attach"], ["get"]),
        role([""], ["pods/portforward"], ["create"]),
        role([""], ["pods/ephemeralcontainers"], ["patch"]),
        right=(role([""], ["pods/log"], ["get"]),),
    ),
    "LL-CLU-026": _roles(
        *_both([""], ["serviceaccounts"], ["impersonate"]),
        role([_RBAC.split("/")[0]], ["roles"], ["escalate"]),
        role([_RBAC.split("/")[0]], ["rolebindings"], ["create"]),
    ),
    "LL-CLU-027": _roles(
        *_both([""], ["nodes/proxy"], ["get"]),
        right=(role([""], ["nodes/metrics"], ["get"], "ClusterRole"),),
    ),
    "LL-CLU-028": _roles(*_both([""], ["serviceaccounts/token"], ["create"])),
    "LL-CLU-029": _roles(
        *_both(["admissionregistration.k8s.io"], ["mutatingwebhookconfigurations"], ["patch"]),
        role(["certificates.k8s.io"], ["certificatesigningrequests/approval"], ["update"], "ClusterRole"),
        role([""], ["persistentvolumes"], ["create"], "ClusterRole"),
    ),
    "LL-CLU-030": _bindings(
        binding(_group("system:authenticated")),
        binding(_group("system:anonymous", "User"), kind="ClusterRoleBinding"),
        binding(_group("system:serviceaccounts:platform")),
    ),
    "LL-CLU-031": _bindings(
        binding([{**_ACCOUNT, "name": "default"}]),
        binding([_ACCOUNT, {**_ACCOUNT, "name": "default"}], kind="ClusterRoleBinding"),
    ),
}
