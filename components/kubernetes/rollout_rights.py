"""What who leads a release may do in the cluster: move its traffic and see whether its pods are ready, nothing else."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.kubernetes.labels import InNamespace
from rendering.haproxy.traffic import CONFIG_MAP

GROUP, NAME = "lifeline:rollout", "lifeline-rollout"


def rules() -> list[dict[str, Any]]:
    return [
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [CONFIG_MAP], "verbs": ["get", "patch"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]},
    ]


@dataclass(frozen=True, kw_only=True)
class RolloutRightsArgs:
    """`cluster` is the provider of the cluster's objects."""

    cluster: kubernetes.Provider


class RolloutRights(pulumi.ComponentResource):
    """A role in the platform's namespace, for the group that the pipelines' access entry names."""

    def __init__(self, name: str, args: RolloutRightsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:RolloutRights", name, None, opts)
        child = ResourceOptions(parent=self, provider=args.cluster)
        metadata = {
            "name": NAME,
            "namespace": InNamespace.PLATFORM.value,
            "labels": {"app.kubernetes.io/name": NAME},
        }
        rights = kubernetes.rbac.v1.Role(f"{name}-role", metadata=metadata, rules=rules(), opts=child)
        kubernetes.rbac.v1.RoleBinding(
            f"{name}-binding",
            metadata=metadata,
            role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME},
            subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": GROUP}],
            opts=ResourceOptions(parent=self, provider=args.cluster, depends_on=[rights]),
        )
        self.register_outputs({"group": GROUP})
