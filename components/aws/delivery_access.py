"""The pipelines' way into a cluster that stands: preview as a group that may only try, deploy as its administrator,
and who leads a release as a group that may move its traffic.

The cluster was made by whoever ran the first `up`; without an entry nobody else could change what is in it.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.kubeconfig import rendered
from components.kubernetes import preview_guard, rollout_rights
from components.naming import Naming

_ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@dataclass(frozen=True, kw_only=True)
class DeliveryAccessArgs:
    """Roles of delivery_roles.py and delivery_duties.py."""

    cluster_name: str
    preview_arn: pulumi.Input[str]
    deploy_arn: pulumi.Input[str]
    rollout_arn: pulumi.Input[str]


class DeliveryAccess(pulumi.ComponentResource):
    """One entry a role; `kubeconfig` is for the objects that guard the preview; and where the cluster stands."""

    kubeconfig: pulumi.Output[str]
    vpc_id: pulumi.Output[str]
    subnet_ids: pulumi.Output[list[str]]
    cluster_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: DeliveryAccessArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:aws:DeliveryAccess", name, None, opts)
        child = ResourceOptions(parent=self)
        groups = {
            "preview": (args.preview_arn, preview_guard.GROUP),
            "rollout": (args.rollout_arn, rollout_rights.GROUP),
        }
        for purpose, (arn, group) in groups.items():
            aws.eks.AccessEntry(
                f"{name}-{purpose}",
                cluster_name=args.cluster_name,
                principal_arn=arn,
                kubernetes_groups=[group],
                tags=naming.tags("delivery"),
                opts=child,
            )
        deploy = aws.eks.AccessEntry(
            f"{name}-deploy",
            cluster_name=args.cluster_name,
            principal_arn=args.deploy_arn,
            tags=naming.tags("delivery"),
            opts=child,
        )
        aws.eks.AccessPolicyAssociation(
            f"{name}-deploy-right",
            cluster_name=args.cluster_name,
            principal_arn=deploy.principal_arn,
            policy_arn=_ADMINISTRATOR,
            access_scope={"type": "cluster"},
            opts=child,
        )
        found = aws.eks.get_cluster_output(name=args.cluster_name, opts=pulumi.InvokeOutputOptions(parent=self))
        self.kubeconfig = rendered(
            args.cluster_name, found.endpoint, found.certificate_authorities.apply(lambda every: every[0].data)
        )
        network = found.vpc_config
        self.vpc_id = network.apply(lambda each: each.vpc_id)
        self.subnet_ids = network.apply(lambda each: each.subnet_ids)
        self.cluster_group_id = network.apply(lambda each: each.cluster_security_group_id)
        self.register_outputs({"kubeconfig": self.kubeconfig})
