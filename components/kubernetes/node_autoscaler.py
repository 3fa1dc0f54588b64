"""More machines when pods find no place, fewer when they stand idle: cluster-autoscaler, within sizing's bounds.

Not Karpenter: its machines belong to no scaling group, and the balancer's targets are those of scaling groups.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement, allow
from components.kubernetes.labels import NODE_ROLE
from components.naming import Naming
from systems.sizing import DATA

NAME, NAMESPACE = "cluster-autoscaler", "kube-system"
_REPLICAS = 2
#: What it reads to simulate where pods would fit; exactly what the scheduler reads.
_READ = (
    ("", ("pods", "services", "replicationcontrollers", "persistentvolumeclaims", "persistentvolumes", "namespaces")),
    ("apps", ("daemonsets", "replicasets", "statefulsets")),
    ("batch", ("jobs", "cronjobs")),
    ("policy", ("poddisruptionbudgets",)),
    ("storage.k8s.io", ("storageclasses", "csinodes", "csidrivers", "csistoragecapacities", "volumeattachments")),
    ("resource.k8s.io", ("resourceslices", "resourceclaims", "deviceclasses")),
)


@dataclass(frozen=True, kw_only=True)
class NodeAutoscalerArgs:
    """`grant` gives a service account a role of AWS (`Cluster.grant`)."""

    cluster_name: pulumi.Input[str]
    region: str
    image: pulumi.Input[str]
    grant: Callable[..., Any]


class NodeAutoscaler(pulumi.ComponentResource):
    """Two of them, one of which leads. It finds its groups by the tags that EKS puts on them."""

    def __init__(
        self, name: str, args: NodeAutoscalerArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:kubernetes:NodeAutoscaler", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        granted = args.grant(service_account=NAME, namespace=NAMESPACE, policy=rights(args.cluster_name))
        account = self._create_account()
        self._allow_in_cluster()
        self._create_deployment(account, granted)
        self._create_disruption_budget()
        self.register_outputs({"name": NAME})

    @staticmethod
    def _metadata() -> dict[str, Any]:
        return {"name": NAME, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/name": NAME}}

    def _create_account(self) -> kubernetes.core.v1.ServiceAccount:
        return kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(),
            automount_service_account_token=True,
            opts=self._child,
        )

    def _allow_in_cluster(self) -> None:
        subject = [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}]
        everywhere = kubernetes.rbac.v1.ClusterRole(
            f"{self._name}-cluster-role",
            metadata={"name": NAME},
            rules=[
                *({"api_groups": [g], "resources": list(r), "verbs": ["get", "list", "watch"]} for g, r in _READ),
                _rule("", ["nodes"], ["get", "list", "watch", "update", "patch"]),
                _rule("", ["events"], ["create", "patch"]),
                _rule("", ["pods/eviction"], ["create"]),
                _rule("", ["pods/status"], ["update"]),
            ],
            opts=self._child,
        )
        here = kubernetes.rbac.v1.Role(
            f"{self._name}-role",
            metadata=self._metadata(),
            rules=[
                _rule("coordination.k8s.io", ["leases"], ["create"]),
                _rule("coordination.k8s.io", ["leases"], ["get", "update"], NAME),
                _rule("", ["configmaps"], ["create"]),
                _rule("", ["configmaps"], ["get", "update", "watch", "delete"], f"{NAME}-status"),
            ],
            opts=self._child,
        )
        kubernetes.rbac.v1.ClusterRoleBinding(
            f"{self._name}-cluster-binding",
            metadata={"name": NAME},
            role_ref=_reference("ClusterRole", everywhere),
            subjects=subject,
            opts=self._child,
        )
        kubernetes.rbac.v1.RoleBinding(
            f"{self._name}-binding",
            metadata=self._metadata(),
            role_ref=_reference("Role", here),
            subjects=subject,
            opts=self._child,
        )

    def _create_deployment(self, account: kubernetes.core.v1.ServiceAccount, granted: pulumi.Resource) -> None:
        labels = {"app.kubernetes.io/name": NAME}
        kubernetes.apps.v1.Deployment(
            f"{self._name}-deployment",
            metadata=self._metadata(),
            spec={
                "replicas": _REPLICAS,
                "selector": {"match_labels": labels},
                "template": {"metadata": {"labels": labels}, "spec": self._pod(labels)},
            },
            opts=ResourceOptions(parent=self, depends_on=[account, granted]),
        )

    def _pod(self, labels: dict[str, str]) -> dict[str, Any]:
        own_zone = {
            "max_skew": 1,
            "topology_key": "topology.kubernetes.io/zone",
            "when_unsatisfiable": "ScheduleAnyway",
        }
        return {
            "service_account_name": NAME,
            "priority_class_name": "system-cluster-critical",
            "node_selector": {NODE_ROLE: DATA},
            "topology_spread_constraints": [{**own_zone, "label_selector": {"match_labels": labels}}],
            "security_context": {
                "run_as_non_root": True,
                "run_as_user": 65534,
                "fs_group": 65534,
                "seccomp_profile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": NAME,
                    "image": self._args.image,
                    "command": ["./cluster-autoscaler"],
                    "args": self._arguments(),
                    "env": [{"name": "AWS_REGION", "value": self._args.region}],
                    "ports": [{"name": "metrics", "container_port": 8085}],
                    "liveness_probe": {"http_get": {"path": "/health-check", "port": 8085}, "period_seconds": 30},
                    "resources": {
                        "requests": {"cpu": "100m", "memory": "256Mi"},
                        "limits": {"cpu": "500m", "memory": "600Mi"},
                    },
                    "security_context": {
                        "allow_privilege_escalation": False,
                        "read_only_root_filesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        }

    def _arguments(self) -> list[pulumi.Input[str]]:
        found_by = "asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/"
        return [
            "--cloud-provider=aws",
            pulumi.Output.concat(f"--node-group-auto-discovery={found_by}", self._args.cluster_name),
            "--balance-similar-node-groups",
            "--expander=least-waste",
            # Machines leave slowly: a wave of people in need comes back within the hour.
            "--scale-down-unneeded-time=30m",
            "--scale-down-delay-after-add=30m",
            "--skip-nodes-with-system-pods=false",
            "--leader-elect=true",
            f"--namespace={NAMESPACE}",
            "--v=2",
        ]

    def _create_disruption_budget(self) -> None:
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-disruption",
            metadata=self._metadata(),
            spec={"max_unavailable": 1, "selector": {"match_labels": {"app.kubernetes.io/name": NAME}}},
            opts=self._child,
        )


def rights(cluster_name: pulumi.Input[str]) -> tuple[Statement, ...]:
    """It changes the size of this cluster's groups and of no other; looking knows no narrower resource at AWS."""
    look = ["DescribeAutoScalingGroups", "DescribeAutoScalingInstances", "DescribeLaunchConfigurations"]
    look += ["DescribeScalingActivities", "DescribeTags"]
    machines = ["DescribeImages", "DescribeInstanceTypes", "DescribeLaunchTemplateVersions"]
    machines += ["GetInstanceTypesFromInstanceRequirements"]
    ours = {"StringEquals": {"aws:ResourceTag/eks:cluster-name": cluster_name}}
    return (
        allow("Look", [f"autoscaling:{each}" for each in look], ["*"]),
        allow("LookAtMachines", ["eks:DescribeNodegroup", *(f"ec2:{each}" for each in machines)], ["*"]),
        allow(
            "Resize", ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"], ["*"], ours
        ),
    )


def _rule(group: str, resources: list[str], verbs: list[str], only: str = "") -> dict[str, Any]:
    rule: dict[str, Any] = {"api_groups": [group], "resources": resources, "verbs": verbs}
    return {**rule, "resource_names": [only]} if only else rule


def _reference(kind: str, role: Any) -> dict[str, Any]:
    name = role.metadata.apply(lambda metadata: metadata.name)
    return {"api_group": "rbac.authorization.k8s.io", "kind": kind, "name": name}
