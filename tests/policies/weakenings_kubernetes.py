"""What runs in the clusters, weakened one property at a time."""

from typing import Any

from policies.core.resource import Resource
from systems.model import System
from tests.policies.mutants import DROP, Addition, Change, Weakening

_CLUSTER, _NODES, _ADDON = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"
_NAMESPACE, _SERVICE = "kubernetes:core/v1:Namespace", "kubernetes:core/v1:Service"
_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_STORAGE, _RBAC = "kubernetes:storage.k8s.io/v1:StorageClass", "kubernetes:rbac.authorization.k8s.io/v1"
_SPEC = {
    "kubernetes:apps/v1:Deployment": "spec.template.spec",
    "kubernetes:apps/v1:StatefulSet": "spec.template.spec",
    "kubernetes:apps/v1:DaemonSet": "spec.template.spec",
    "kubernetes:batch/v1:Job": "spec.template.spec",
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
}
_LONG_RUNNING = ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet")


def _agents(resource: Resource) -> bool:
    """DaemonSets of ours see their node; three rules have their own counterpart for them."""
    return resource.type.endswith(":DaemonSet")


def _pods(path: str, to: object, rule: str, *, agents: bool = True) -> list[Weakening]:
    return [
        Weakening(type, f"{spec}.{path}", to, rule) for type, spec in _SPEC.items() if agents or "DaemonSet" not in type
    ]


def _long_running(path: str, to: object, rule: str) -> list[Weakening]:
    return [Weakening(type, f"spec.template.spec.{path}", to, rule) for type in _LONG_RUNNING]


def _asked_alike(container: Any) -> list[Any]:
    """Restarted as soon as it is not ready."""
    ready = container.get("readinessProbe") if isinstance(container, dict) else None
    return [{**container, "livenessProbe": ready}] if ready and container.get("livenessProbe") else []


def _more(item: dict[str, Any]) -> Change:
    """A list with one item more."""
    return Change(lambda items, system: [[*(items or []), item]])


_SECURITY = "containers[*].securityContext"
_IMAGE = "docker.io/library/redis:latest"
PODS = (
    *_pods("securityContext", {"windowsOptions": {"hostProcess": True}}, "LL-POD-001"),
    *_pods("hostNetwork", True, "LL-POD-002"),
    *_pods("hostPID", True, "LL-POD-002"),
    *_pods("hostIPC", True, "LL-POD-002"),
    *_pods(f"{_SECURITY}.privileged", True, "LL-POD-003"),
    *_pods(f"{_SECURITY}.capabilities", {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "LL-POD-004"),
    *_pods("volumes", _more({"name": "node", "hostPath": {"path": "/etc"}}), "LL-POD-005", agents=False),
    *_pods("containers[*].ports", _more({"containerPort": 1, "hostPort": 80}), "LL-POD-006"),
    *_pods(
        "containers[*].livenessProbe", {"httpGet": {"host": "169.254.169.254", "path": "/", "port": 80}}, "LL-POD-007"
    ),
    *_pods(f"{_SECURITY}.appArmorProfile", {"type": "Unconfined"}, "LL-POD-008"),
    *_pods(f"{_SECURITY}.seLinuxOptions", {"type": "spc_t"}, "LL-POD-009"),
    *_pods(f"{_SECURITY}.procMount", "Unmasked", "LL-POD-010"),
    *_pods(f"{_SECURITY}.procMount", "Unmasked", "LL-POD-019"),
    *_pods(f"{_SECURITY}.seccompProfile", {"type": "Unconfined"}, "LL-POD-011"),
    *_pods("securityContext.sysctls", [{"name": "kernel.msgmax", "value": "65536"}], "LL-POD-012"),
    *_pods("volumes", _more({"name": "share", "nfs": {"server": "10.0.0.9", "path": "/"}}), "LL-POD-013", agents=False),
    *_pods(f"{_SECURITY}.allowPrivilegeEscalation", True, "LL-POD-014"),
    *_pods(f"{_SECURITY}.allowPrivilegeEscalation", DROP, "LL-POD-014"),
    *_pods(f"{_SECURITY}.runAsNonRoot", False, "LL-POD-015", agents=False),
    *_pods(f"{_SECURITY}.runAsUser", 0, "LL-POD-016", agents=False),
    *_pods("securityContext.seccompProfile", DROP, "LL-POD-017"),
    *_pods(f"{_SECURITY}.capabilities", {"drop": []}, "LL-POD-018"),
    *_pods(f"{_SECURITY}.readOnlyRootFilesystem", False, "LL-POD-020"),
    *_pods(f"{_SECURITY}.readOnlyRootFilesystem", DROP, "LL-POD-020"),
    *_pods("automountServiceAccountToken", Change(lambda given, _: [True] if given is False else []), "LL-POD-021"),
    *_pods("serviceAccountName", "default", "LL-POD-022"),
    *_pods("containers[*].resources.limits.memory", DROP, "LL-POD-023"),
    *_pods("containers[*].resources.limits.cpu", DROP, "LL-POD-024"),
    *_pods("containers[*].resources", DROP, "LL-POD-025"),
    *_pods("containers[*].env", _more({"name": "API_TOKEN", "value": "hunter2"}), "LL-POD-026"),
    *_pods("shareProcessNamespace", True, "LL-POD-027"),
    *_pods("volumes", _more({"name": "s", "hostPath": {"path": "/run/containerd/containerd.sock"}}), "LL-POD-031"),
    *_pods("volumes", _more({"name": "scratch", "emptyDir": {}}), "LL-POD-034"),
    *_pods("containers[*].tty", True, "LL-POD-035"),
    *_pods("containers[*].image", _IMAGE, "LL-IMG-001"),
    *_pods("containers[*].image", _IMAGE, "LL-IMG-002"),
    *_pods("containers[*].image", _IMAGE, "LL-IMG-003"),
    *_pods("containers[*].imagePullPolicy", "Never", "LL-IMG-004"),
    *_long_running("containers[*].readinessProbe", DROP, "LL-POD-028"),
    *_long_running("containers[*]", Change(lambda container, _: _asked_alike(container)), "LL-POD-029"),
    *_long_running("terminationGracePeriodSeconds", 5, "LL-POD-030"),
    Weakening(
        "kubernetes:apps/v1:DaemonSet", "spec.template.spec.containers[*].volumeMounts[*].readOnly", DROP, "LL-POD-033"
    ),
    Weakening(
        "kubernetes:apps/v1:DaemonSet",
        f"spec.template.spec.{_SECURITY}",
        {"capabilities": {"drop": []}, "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False},
        "LL-POD-032",
        lambda each: not each.get("spec.template.spec.securityContext.runAsNonRoot"),
    ),
)

_OPEN_POLICY: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}
_ENFORCED = "pod-security.kubernetes.io/enforce"


def _restricted(namespace: Resource) -> bool:
    return namespace.get("metadata.labels", {}).get(_ENFORCED) == "restricted"


NAMESPACES = (
    Weakening(_NAMESPACE, "metadata.labels", {}, "LL-CLU-001", _restricted),
    Weakening(_NAMESPACE, "metadata.labels", {_ENFORCED: "restricted"}, "LL-CLU-002"),
    Weakening(
        _NAMESPACE,
        "metadata.labels",
        {_ENFORCED: "restricted", "pod-security.kubernetes.io/warn": "privileged"},
        "LL-CLU-010",
    ),
    *(Weakening(each, "metadata.namespace", "default", "LL-CLU-003") for each in _SPEC),
    Weakening(_POLICY, "", None, "LL-CLU-004", lambda each: each.get("metadata.name") == "deny-all"),
    Weakening(_POLICY, "spec", _OPEN_POLICY, "LL-CLU-005"),
    Weakening(
        _POLICY,
        "spec",
        {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]},
        "LL-CLU-006",
    ),
    Weakening("kubernetes:core/v1:ResourceQuota", "", None, "LL-CLU-007"),
    Weakening("kubernetes:core/v1:LimitRange", "", None, "LL-CLU-008"),
    Weakening(
        "kubernetes:core/v1:ServiceAccount",
        "automountServiceAccountToken",
        True,
        "LL-CLU-009",
        lambda each: each.get("metadata.name") == "default",
    ),
)


def _rule(resource: str, *verbs: str, group: str = "") -> Change:
    return _more({"apiGroups": [group], "resources": [resource], "verbs": list(verbs)})


_ROLES = f"{_RBAC}:*Role"
_BINDINGS = f"{_RBAC}:*RoleBinding"
ACCESS = (
    Weakening(_ROLES, "rules", _rule("pods", "*"), "LL-CLU-020"),
    Weakening(_ROLES, "rules", _rule("*", "get"), "LL-CLU-020"),
    Weakening(_BINDINGS, "roleRef.name", "cluster-admin", "LL-CLU-021"),
    Weakening(f"{_RBAC}:ClusterRole", "rules", _rule("secrets", "get"), "LL-CLU-022"),
    Weakening(f"{_RBAC}:Role", "rules", _rule("secrets", "list"), "LL-CLU-023"),
    Weakening(_ROLES, "rules", _rule("deployments", "create", group="apps"), "LL-CLU-024"),
    Weakening(_ROLES, "rules", _rule("pods/exec", "create"), "LL-CLU-025"),
    Weakening(_ROLES, "rules", _rule("roles", "escalate", group="rbac.authorization.k8s.io"), "LL-CLU-026"),
    Weakening(_ROLES, "rules", _rule("nodes/proxy", "get"), "LL-CLU-027"),
    Weakening(_ROLES, "rules", _rule("serviceaccounts/token", "create"), "LL-CLU-028"),
    Weakening(_ROLES, "rules", _rule("persistentvolumes", "update"), "LL-CLU-029"),
    Weakening(_BINDINGS, "subjects", _more({"kind": "Group", "name": "system:authenticated"}), "LL-CLU-030"),
    Weakening(
        _BINDINGS,
        "subjects",
        _more({"kind": "ServiceAccount", "name": "default", "namespace": "platform"}),
        "LL-CLU-031",
    ),
)


def _all_but(value: str) -> Change:
    def changed(values: list[str], system: System) -> list[Any]:
        return [[each for each in values if each != value]]

    return Change(changed)


CLUSTERS = (
    Weakening(_CLUSTER, "vpcConfig.endpointPublicAccess", True, "LL-CLU-040"),
    Weakening(_CLUSTER, "vpcConfig.endpointPrivateAccess", False, "LL-CLU-040"),
    Weakening(_CLUSTER, "encryptionConfig", DROP, "LL-CLU-041"),
    Weakening(_CLUSTER, "enabledClusterLogTypes", ["api"], "LL-CLU-042"),
    Weakening(_CLUSTER, "enabledClusterLogTypes", _all_but("audit"), "LL-CLU-042"),
    Weakening(_CLUSTER, "version", "1.31", "LL-CLU-043"),
    Weakening(_CLUSTER, "accessConfig.authenticationMode", "API_AND_CONFIG_MAP", "LL-CLU-044"),
    Weakening(_CLUSTER, "deletionProtection", False, "LL-CLU-045"),
    Weakening(
        "aws:eks/accessPolicyAssociation:*",
        "policyArn",
        "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        "LL-CLU-046",
        lambda each: not str(each.get("policyArn")).endswith("ClusterAdminPolicy"),
    ),
    Weakening(_ADDON, "configurationValues", DROP, "LL-CLU-047", lambda each: each.get("addonName") == "vpc-cni"),
    Weakening(_ADDON, "", None, "LL-CLU-048", lambda each: each.get("addonName") == "vpc-cni"),
    Weakening(_ADDON, "addonVersion", DROP, "LL-CLU-049"),
    Weakening(_NODES, "remoteAccess", {"ec2SshKey": "everybodys"}, "LL-CLU-050"),
    Weakening(_NODES, "amiType", "AL2_x86_64", "LL-CLU-051"),
    Weakening(_NODES, "launchTemplate", DROP, "LL-CLU-052"),
    Weakening(_NODES, "updateConfig.maxUnavailable", 3, "LL-CLU-054"),
    Weakening(_SERVICE, "spec.type", "LoadBalancer", "LL-CLU-060"),
    Weakening(_SERVICE, "spec.externalIPs", ["198.51.100.7"], "LL-CLU-061"),
    Weakening(_STORAGE, "parameters.encrypted", "false", "LL-CLU-062"),
    Weakening(_STORAGE, "parameters.kmsKeyId", DROP, "LL-CLU-062"),
    Weakening(_STORAGE, "reclaimPolicy", "Delete", "LL-CLU-063"),
    Weakening(_STORAGE, "volumeBindingMode", "Immediate", "LL-CLU-064"),
    Weakening(
        "kubernetes:core/v1:ConfigMap",
        "data.URL",
        "postgres://shop:not-a-secret-any-more@database:5432/shop",
        "LL-CLU-065",
    ),
    Addition(
        "kubernetes:networking.k8s.io/v1:Ingress",
        {"metadata": {"name": "in"}, "spec": {"ingressClassName": "nginx"}},
        "LL-CLU-066",
    ),
    Addition("kubernetes:helm.sh/v3:Release", {"chart": "anything"}, "LL-CLU-067"),
    Addition(
        "kubernetes:core/v1:Pod", {"metadata": {"name": "bare", "namespace": "platform"}, "spec": {}}, "LL-AVL-008"
    ),
)

KUBERNETES = (*PODS, *NAMESPACES, *ACCESS, *CLUSTERS)
