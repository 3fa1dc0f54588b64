"""The cluster's pinned add-ons: what AWS keeps running in it for us, and the roles they act under.

Versions are those offered for Kubernetes 1.35; one is raised by changing its line here, and a preview shows it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.nodes import ROLE_LABEL
from components.aws.policy_documents import Statement, allow
from components.aws.roles import create_role
from components.naming import Naming
from systems.sizing import DATA

#: Sizing keeps room for two of each controller on the nodes that carry what is not the application's.
_ON_DATA_NODES: Mapping[str, Any] = {"nodeSelector": {ROLE_LABEL: DATA}}


@dataclass(frozen=True, kw_only=True)
class Addon:
    """`service_account` gets a role of its own with AWS's `managed` policies, instead of the machine's."""

    name: str
    version: str
    before_nodes: bool = False
    """Machines become ready only with these; the others need machines to run on."""
    configuration: Mapping[str, Any] = field(default_factory=dict[str, Any])
    service_account: str = ""
    managed: Sequence[str] = ()


ADDONS = (
    Addon(name="eks-pod-identity-agent", version="v1.3.10-eksbuild.2", before_nodes=True),
    Addon(name="kube-proxy", version="v1.35.0-eksbuild.2", before_nodes=True),
    Addon(
        name="vpc-cni",
        version="v1.21.1-eksbuild.1",
        before_nodes=True,
        # Without this, network policies are accepted and do nothing.
        configuration={"enableNetworkPolicy": "true", "nodeAgent": {"enablePolicyEventLogs": "true"}},
        service_account="aws-node",
        managed=("AmazonEKS_CNI_Policy",),
    ),
    Addon(
        name="coredns",
        version="v1.13.1-eksbuild.1",
        configuration={"replicaCount": 2, **_ON_DATA_NODES},
    ),
    Addon(
        name="aws-ebs-csi-driver",
        version="v1.55.0-eksbuild.1",
        configuration={"controller": {"replicaCount": 2, **_ON_DATA_NODES}, "defaultStorageClass": {"enabled": False}},
        service_account="ebs-csi-controller-sa",
        managed=("service-role/AmazonEBSCSIDriverPolicy",),
    ),
    Addon(name="snapshot-controller", version="v8.3.0-eksbuild.3", configuration={"replicaCount": 2}),
    Addon(name="metrics-server", version="v0.8.0-eksbuild.5", configuration={"replicas": 2, **_ON_DATA_NODES}),
    Addon(
        name="aws-secrets-store-csi-driver-provider",
        version="v2.1.1-eksbuild.1",
        # Rotated secrets reach pods that are running; environment variables of older programs come from synced Secrets.
        configuration={
            "secrets-store-csi-driver": {
                "enableSecretRotation": True,
                "rotationPollInterval": "2m",
                "syncSecret": {"enabled": True},
            }
        },
    ),
    Addon(name="eks-node-monitoring-agent", version="v1.5.0-eksbuild.1"),
)


class Addons:
    """Creates them in two steps around the machines: `before_nodes`, then `after_nodes`."""

    def __init__(
        self, name: str, cluster: aws.eks.Cluster, volumes_key_arn: pulumi.Input[str], naming: Naming, parent: Any
    ) -> None:
        self._name, self._cluster, self._naming = name, cluster, naming
        self._volumes_key_arn, self._parent = volumes_key_arn, parent

    def before_nodes(self) -> list[pulumi.Resource]:
        return [self._create(addon, []) for addon in ADDONS if addon.before_nodes]

    def after_nodes(self, nodes: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        return [self._create(addon, nodes) for addon in ADDONS if not addon.before_nodes]

    def _create(self, addon: Addon, after: Sequence[pulumi.Resource]) -> aws.eks.Addon:
        identities, granted = self._identity(addon) if addon.service_account else (None, [])
        return aws.eks.Addon(
            f"{self._name}-addon-{addon.name}",
            cluster_name=self._cluster.name,
            addon_name=addon.name,
            addon_version=addon.version,
            configuration_values=json.dumps(addon.configuration, sort_keys=True) if addon.configuration else None,
            pod_identity_associations=identities,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            tags=self._naming.tags("cluster"),
            opts=ResourceOptions(parent=self._parent, depends_on=[*after, *granted]),
        )

    def _identity(self, addon: Addon) -> tuple[list[dict[str, Any]], list[pulumi.Resource]]:
        role, granted = create_role(
            f"{self._name}-addon-{addon.name}",
            f"addon-{addon.name}",
            pod_trust(self._cluster.arn, "kube-system", addon.service_account),
            statements=self._volume_rights() if addon.name == "aws-ebs-csi-driver" else (),
            managed=addon.managed,
            description=f"add-on {addon.name} in the cluster",
            component="cluster",
            naming=self._naming,
            opts=ResourceOptions(parent=self._parent),
        )
        return [{"role_arn": role.arn, "service_account": addon.service_account}], granted

    def _volume_rights(self) -> tuple[Statement, ...]:
        """AWS's policy of the driver knows no customer key."""
        use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey"]
        use += ["kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"]
        for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        return (
            allow("EncryptVolumes", use, [self._volumes_key_arn]),
            allow("AttachVolumes", ["kms:CreateGrant"], [self._volumes_key_arn], for_aws),
        )


def pod_trust(cluster_arn: pulumi.Input[str], namespace: pulumi.Input[str], service_account: str) -> Statement:
    """The pod identity agent of this cluster takes the role on, for this service account and no other."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {
            "ArnEquals": {"aws:SourceArn": cluster_arn},
            "StringEquals": {
                "aws:RequestTag/kubernetes-namespace": namespace,
                "aws:RequestTag/kubernetes-service-account": service_account,
            },
        },
    }
