"""The Kubernetes cluster: EKS control plane, its add-ons, and machines for each role in each of the network's zones.

Costs a month, us-east-1 list prices of 2026-11: 73 USD for the control plane; machines by type and count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.aws.addons import Addons, pod_trust
from components.aws.cluster_access import create_access
from components.aws.kubeconfig import kubeconfig
from components.aws.log_archive import LogArchive
from components.aws.log_groups import LogClass, log_group
from components.aws.log_shipping import LogShipping, LogShippingArgs
from components.aws.node_patching import Patched, patch_weekly
from components.aws.nodes import InZone, Machines, create_nodes
from components.aws.policy_documents import Statement, trust
from components.aws.roles import create_role
from components.naming import DataClass, Naming
from systems.model import System
from systems.sizing import NodeGroup

KUBERNETES_VERSION = "1.35"
#: The network's add-on has a role of its own, so that the machines' role cannot change interfaces.
_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore")
_CONTROL_PLANE_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """`node_groups` come from sizing: never below the documented hardware."""

    system: System
    account_id: str
    node_groups: tuple[NodeGroup, ...]
    zones: Sequence[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Private ones, in the order of `zones`."""
    node_group_id: pulumi.Input[str]
    control_plane_group_id: pulumi.Input[str]
    secrets_key_arn: pulumi.Input[str]
    """The cluster key: Kubernetes' secrets, and the machines' disks."""
    volumes_key_arn: pulumi.Input[str]
    """The data key: volumes of workloads."""
    logs_key_arn: pulumi.Input[str]
    archive: LogArchive | None = None
    """Keeps the control plane's log for years; without one, CloudWatch does."""
    admin_cidrs: tuple[str, ...] = ()
    """Who may reach the API from outside; nobody when empty."""
    after: Sequence[pulumi.Resource] = ()
    """What must stand before: the platform's own cluster comes before the one in its recovery region."""


class Cluster(pulumi.ComponentResource):
    """EKS with a private endpoint, secrets encrypted under our key, everything logged, roles for people and pods."""

    cluster_name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    provider: kubernetes.Provider
    node_groups: Mapping[str, aws.eks.NodeGroup]
    """By role and zone: `application-us-east-1a`."""
    autoscaling_group_names: Sequence[pulumi.Output[str]]
    """In the order of `node_groups`."""
    log_group_name: pulumi.Output[str]
    role_arns: Mapping[str, pulumi.Output[str]]
    """Of people: administrator, read-only, auditor, break-glass."""

    def __init__(self, name: str, args: ClusterArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Cluster", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._log = self._create_log_group()
        self._cluster = self._create_cluster()
        addons = Addons(name, self._cluster, args.volumes_key_arn, naming, self)
        self._node_role, granted = self._create_node_role()
        self.node_groups = self._create_machines([*granted, *addons.before_nodes()])
        self._patch_machines()
        running = addons.after_nodes(list(self.node_groups.values()))
        self.role_arns = create_access(name, self._cluster, args.account_id, naming, self)
        self.autoscaling_group_names = [_scaling_group(nodes) for nodes in self.node_groups.values()]
        self.log_group_name = self._log.name
        self.cluster_name, self.endpoint = self._cluster.name, self._cluster.endpoint
        self.provider = self._create_provider(running)
        self.register_outputs({"clusterName": self.cluster_name, "endpoint": self.endpoint})

    def grant(
        self,
        *,
        service_account: str,
        namespace: pulumi.Input[str],
        policy: pulumi.Input[str] | Sequence[Statement] | None = None,
        statements: Sequence[Statement] = (),
    ) -> aws.iam.Role:
        """A role for the pods of one service account, and for no others.

        `policy` is the text of a policy, or its statements. Roles are named after the account: the secrets' own
        policies know their readers by that.
        """
        if isinstance(policy, list | tuple):
            policy, statements = None, (*policy, *statements)
        role, granted = create_role(
            f"{self._name}-pod-{service_account}",
            service_account,
            pod_trust(self._cluster.arn, namespace, service_account),
            statements=statements,
            policy=policy,  # pyright: ignore[reportArgumentType]
            description=f"pods of {service_account}",
            component="cluster",
            naming=self._naming,
            opts=self._child,
        )
        aws.eks.PodIdentityAssociation(
            f"{self._name}-pod-{service_account}-identity",
            cluster_name=self._cluster.name,
            namespace=namespace,
            service_account=service_account,
            role_arn=role.arn,
            tags=self._naming.tags("cluster"),
            opts=ResourceOptions(parent=self, depends_on=granted),
        )
        return role

    @property
    def _production(self) -> bool:
        return self._args.system.production

    def _create_log_group(self) -> aws.cloudwatch.LogGroup:
        """Before the cluster, or EKS would make it: unencrypted, without an end."""
        group = log_group(
            f"{self._name}-log",
            f"/aws/eks/{self._physical_name}/cluster",
            LogClass.AUDIT,
            retention=self._args.system.retention,
            key_arn=self._args.logs_key_arn,
            naming=self._naming,
            component="cluster",
            opts=self._child,
            archived=self._args.archive is not None,
            protect=self._production,
        )
        if self._args.archive is not None:
            shipping = LogShippingArgs(
                what="control-plane",
                group=group,
                archive=self._args.archive,
                key_arn=self._args.logs_key_arn,
                account_id=self._args.account_id,
            )
            LogShipping(f"{self._name}-log-shipping", shipping, self._naming, self._child)
        return group

    @property
    def _physical_name(self) -> str:
        return self._naming.name(limit=100)

    def _create_cluster(self) -> aws.eks.Cluster:
        role, granted = create_role(
            f"{self._name}-cluster",
            "cluster",
            trust("eks.amazonaws.com"),
            managed=("AmazonEKSClusterPolicy",),
            description="the control plane",
            component="cluster",
            naming=self._naming,
            opts=self._child,
        )
        return aws.eks.Cluster(
            f"{self._name}-cluster",
            name=self._physical_name,
            version=KUBERNETES_VERSION,
            role_arn=role.arn,
            vpc_config={
                "subnet_ids": list(self._args.subnet_ids),
                "security_group_ids": [self._args.control_plane_group_id],
                "endpoint_private_access": True,
                "endpoint_public_access": bool(self._args.admin_cidrs),
                "public_access_cidrs": list(self._args.admin_cidrs) or None,
            },
            encryption_config={"provider": {"key_arn": self._args.secrets_key_arn}, "resources": ["secrets"]},
            # Whoever makes the cluster fills it, too: the deploying identity is the one administrator from the start.
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": True},
            # Those EKS would bring by itself are older and belong to nobody; ours are pinned (addons.py).
            bootstrap_self_managed_addons=False,
            upgrade_policy={"support_type": "STANDARD"},
            zonal_shift_config={"enabled": self._args.system.objectives.zones > 1},
            deletion_protection=self._production,
            enabled_cluster_log_types=_CONTROL_PLANE_LOGS,
            tags=self._naming.tags("cluster", DataClass.SECRETS),
            opts=ResourceOptions(
                parent=self, depends_on=[*self._args.after, *granted, self._log], protect=self._production
            ),
        )

    def _create_node_role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        return create_role(
            f"{self._name}-nodes",
            "nodes",
            trust("ec2.amazonaws.com"),
            managed=_NODE_POLICIES,
            description="machines of the cluster",
            component="cluster",
            naming=self._naming,
            opts=self._child,
        )

    def _create_machines(self, after: Sequence[pulumi.Resource]) -> dict[str, aws.eks.NodeGroup]:
        args = self._args
        places = [InZone(zone=zone, subnet_id=id) for zone, id in zip(args.zones, args.subnet_ids, strict=True)]
        machines = Machines(
            cluster_name=self._cluster.name,
            role_arn=self._node_role.arn,
            group_ids=(args.node_group_id,),
            key_arn=args.secrets_key_arn,
        )
        opts = ResourceOptions(parent=self, depends_on=list(after))
        return {
            f"{group.role}-{place.zone}": nodes
            for group in args.node_groups
            for place, nodes in zip(
                places, create_nodes(self._name, group, places, machines, self._naming, opts), strict=True
            )
        }

    def _patch_machines(self) -> None:
        keys = [
            (f"{group.role}-{zone}", role_number, zone_number)
            for role_number, group in enumerate(self._args.node_groups)
            for zone_number, zone in enumerate(self._args.zones)
        ]
        groups = {key: Patched(group=self.node_groups[key], zone=zone, role=role) for key, role, zone in keys}
        window = self._args.system.maintenance.window
        patch_weekly(self._name, groups, window, self._args.account_id, self._node_role.arn, self._naming, self)

    def _create_provider(self, running: Sequence[pulumi.Resource]) -> kubernetes.Provider:
        """Objects go in when there are machines to run them, and come out before the machines do."""
        return kubernetes.Provider(
            f"{self._name}-objects",
            kubeconfig=kubeconfig(self._cluster),
            opts=ResourceOptions(parent=self, depends_on=[*self.node_groups.values(), *running]),
        )


def _scaling_group(nodes: aws.eks.NodeGroup) -> pulumi.Output[str]:
    return nodes.resources.apply(lambda made: made[0].autoscaling_groups[0].name)
