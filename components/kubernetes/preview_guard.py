"""The preview role in the cluster: it may ask what a change would do (a dry run), and change nothing.

Kubernetes' own rights know no dry run: who may patch, may patch in earnest. So the rights come with an admission policy
that refuses every request of this group which is not a dry run. The engine previews by dry runs.
"""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

GROUP, NAME = "lifeline:preview", "lifeline-preview"
#: Everything the platform is made of in the cluster. Not among it: admission policies, which cannot guard themselves.
RESOURCES: dict[str, tuple[str, ...]] = {
    "": ("configmaps", "limitranges", "namespaces", "resourcequotas", "secrets", "services", "serviceaccounts"),
    "apps": ("daemonsets", "deployments", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "networking.k8s.io": ("networkpolicies",),
    "policy": ("poddisruptionbudgets",),
    "rbac.authorization.k8s.io": ("clusterroles", "clusterrolebindings", "roles", "rolebindings"),
    "scheduling.k8s.io": ("priorityclasses",),
    "secrets-store.csi.x-k8s.io": ("secretproviderclasses",),
    "snapshot.storage.k8s.io": ("volumesnapshotclasses",),
    "storage.k8s.io": ("storageclasses",),
}
#: Waited for and looked at, never written.
_LOOKED_AT = {"": ("pods", "events", "endpoints", "persistentvolumeclaims", "nodes"), "apps": ("replicasets",)}


def role() -> dict[str, Any]:
    """`bind` and `escalate`, or the API would refuse to try a role that holds more than the preview itself."""
    tried = [_rule(group, names, ["get", "list", "watch", "create", "patch"]) for group, names in RESOURCES.items()]
    roles = _rule("rbac.authorization.k8s.io", RESOURCES["rbac.authorization.k8s.io"], ["bind", "escalate"])
    return {
        "rules": [
            *tried,
            roles,
            *(_rule(group, names, ["get", "list", "watch"]) for group, names in _LOOKED_AT.items()),
        ]
    }


def policy() -> dict[str, Any]:
    """Of the group only; when the policy itself fails, the request is refused."""
    everything = {"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}
    return {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "resourceRules": [{**everything, "operations": ["CREATE", "UPDATE", "DELETE", "CONNECT"]}]
        },
        "matchConditions": [{"name": "previews", "expression": f"'{GROUP}' in request.userInfo.groups"}],
        "validations": [
            {
                "expression": "has(request.dryRun) && request.dryRun == true",
                "message": "previews may ask what a change would do; only a deployment makes it",
                "reason": "Forbidden",
            }
        ],
    }


@dataclass(frozen=True, kw_only=True)
class PreviewGuardArgs:
    """`cluster` is the provider of the cluster's objects."""

    cluster: kubernetes.Provider


class PreviewGuard(pulumi.ComponentResource):
    """The guard stands before the rights do."""

    def __init__(self, name: str, args: PreviewGuardArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:PreviewGuard", name, None, opts)
        child = ResourceOptions(parent=self, provider=args.cluster)
        metadata = {"name": NAME, "labels": {"app.kubernetes.io/name": NAME}}
        registration = kubernetes.admissionregistration.v1
        policed = registration.ValidatingAdmissionPolicy(f"{name}-policy", metadata=metadata, spec=policy(), opts=child)
        bound = registration.ValidatingAdmissionPolicyBinding(
            f"{name}-policy-binding",
            metadata=metadata,
            spec={"policyName": NAME, "validationActions": ["Deny"]},
            opts=ResourceOptions(parent=self, provider=args.cluster, depends_on=[policed]),
        )
        guarded = ResourceOptions(parent=self, provider=args.cluster, depends_on=[bound])
        rights = kubernetes.rbac.v1.ClusterRole(f"{name}-role", metadata=metadata, **role(), opts=guarded)
        kubernetes.rbac.v1.ClusterRoleBinding(
            f"{name}-binding",
            metadata=metadata,
            role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME},
            subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": GROUP}],
            opts=ResourceOptions(parent=self, provider=args.cluster, depends_on=[rights]),
        )
        self.register_outputs({"group": GROUP})


def _rule(group: str, names: tuple[str, ...], verbs: list[str]) -> dict[str, list[str]]:
    return {"apiGroups": [group], "resources": list(names), "verbs": verbs}
