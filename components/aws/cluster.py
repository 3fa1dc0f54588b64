"""The Kubernetes cluster: EKS control plane and its nodes, spread over the network's zones.

Costs a month, us-east-1 list prices of 2026-11: 73 USD for the control plane; nodes by instance type and count.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.naming import DataClass, Naming
from systems.model import Architecture
from systems.sizing import NodeGroup

_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly")
_AMI_TYPES = {Architecture.AMD64: "BOTTLEROCKET_x86_64", Architecture.ARM64: "BOTTLEROCKET_ARM_64"}
_CONTROL_PLANE_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """`node_groups` come from sizing: never below the documented hardware."""

    kubernetes_version: str
    subnet_ids: list[pulumi.Output[str]]
    secrets_key_arn: pulumi.Input[str]
    node_groups: tuple[NodeGroup, ...]
    admin_cidrs: tuple[str, ...] = ()
    """Who may reach the API from outside; nobody when empty."""


class Cluster(pulumi.ComponentResource):
    """EKS with a private endpoint, secrets encrypted under our key, and a group of nodes for each role."""

    cluster_name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider

    def __init__(self, name: str, args: ClusterArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Cluster", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._cluster = self._create_cluster(self._create_cluster_role())
        role, granted = self._create_node_role()
        self.nodes = [self._create_nodes(group, role, granted) for group in args.node_groups]
        self.cluster_name = self._cluster.name
        self.endpoint = self._cluster.endpoint
        self.kubeconfig = self._kubeconfig()
        self.provider = self._create_provider()
        self.register_outputs({"clusterName": self.cluster_name, "endpoint": self.endpoint})

    def _create_role(self, role: str, service: str) -> aws.iam.Role:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        return aws.iam.Role(
            f"{self._name}-{role}-role",
            name=self._naming.name(role, limit=64),
            assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            tags=self._naming.tags("cluster"),
            opts=self._child,
        )

    def _attach(self, role: aws.iam.Role, purpose: str, policy: str) -> aws.iam.RolePolicyAttachment:
        return aws.iam.RolePolicyAttachment(
            f"{self._name}-{purpose}-{policy}",
            role=role.name,
            policy_arn=f"arn:aws:iam::aws:policy/{policy}",
            opts=self._child,
        )

    def _create_cluster_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        role = self._create_role("cluster", "eks.amazonaws.com")
        return role, self._attach(role, "cluster", "AmazonEKSClusterPolicy")

    def _create_cluster(self, granted: tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]) -> aws.eks.Cluster:
        role, attachment = granted
        return aws.eks.Cluster(
            f"{self._name}-cluster",
            name=self._naming.name(limit=100),
            version=self._args.kubernetes_version,
            role_arn=role.arn,
            vpc_config={
                "subnet_ids": self._args.subnet_ids,
                "endpoint_private_access": True,
                "endpoint_public_access": bool(self._args.admin_cidrs),
                "public_access_cidrs": list(self._args.admin_cidrs) or None,
            },
            encryption_config={
                "provider": {"key_arn": self._args.secrets_key_arn},
                "resources": ["secrets"],
            },
            access_config={"authentication_mode": "API"},
            enabled_cluster_log_types=_CONTROL_PLANE_LOGS,
            tags=self._naming.tags("cluster", DataClass.SECRETS),
            opts=ResourceOptions(parent=self, depends_on=[attachment]),
        )

    def _create_node_role(self) -> tuple[aws.iam.Role, list[aws.iam.RolePolicyAttachment]]:
        role = self._create_role("nodes", "ec2.amazonaws.com")
        return role, [self._attach(role, "nodes", policy) for policy in _NODE_POLICIES]

    def _create_nodes(
        self, group: NodeGroup, role: aws.iam.Role, granted: list[aws.iam.RolePolicyAttachment]
    ) -> aws.eks.NodeGroup:
        return aws.eks.NodeGroup(
            f"{self._name}-nodes-{group.role}",
            cluster_name=self._cluster.name,
            node_group_name=self._naming.name(group.role),
            node_role_arn=role.arn,
            subnet_ids=self._args.subnet_ids,
            instance_types=[group.machine.name],
            ami_type=_AMI_TYPES[group.machine.architecture],
            disk_size=group.disk_gib,
            scaling_config={
                "desired_size": group.nodes,
                "min_size": group.nodes,
                "max_size": group.zones * group.most_nodes_in_each_zone,
            },
            update_config={"max_unavailable": 1},
            labels={"lifeline.dev/role": group.role},
            tags=self._naming.tags("cluster"),
            opts=ResourceOptions(parent=self, depends_on=granted),
        )

    def _kubeconfig(self) -> pulumi.Output[str]:
        """Holds no secret: whoever uses it authenticates with their own AWS identity."""

        def render(known: Mapping[str, str]) -> str:
            name = known["name"]
            token = ["eks", "get-token", "--cluster-name", name, "--output", "json"]
            user = {
                "exec": {
                    "apiVersion": "client.authentication.k8s.io/v1beta1",
                    "command": "aws",
                    "args": token,
                    "interactiveMode": "Never",
                }
            }
            cluster = {"server": known["endpoint"], "certificate-authority-data": known["authority"]}
            return json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": name,
                    "clusters": [{"name": name, "cluster": cluster}],
                    "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
                    "users": [{"name": name, "user": user}],
                }
            )

        authority = self._cluster.certificate_authority.apply(lambda found: found.data or "")
        return pulumi.Output.all(name=self._cluster.name, endpoint=self._cluster.endpoint, authority=authority).apply(
            render
        )

    def _create_provider(self) -> kubernetes.Provider:
        """Objects go in when there are nodes to run them, and come out before the nodes do."""
        return kubernetes.Provider(
            f"{self._name}-objects",
            kubeconfig=self.kubeconfig,
            opts=ResourceOptions(parent=self, depends_on=self.nodes),
        )
