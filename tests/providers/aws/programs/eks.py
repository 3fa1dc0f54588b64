"""Clusters, node groups, add-ons and who may act in them in three steps: created, updated, replaced."""

import json

import pulumi
import pulumi_aws as aws

_IAM = "shown with the other IAM types"
_NETWORK = "shown in network.py"

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": _IAM,
    "aws:ec2/vpc:Vpc": _NETWORK,
    "aws:ec2/subnet:Subnet": _NETWORK,
    "aws:ec2/launchTemplate:LaunchTemplate": "shown in machines.py",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "shown in firewalls.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = dict(REPLACEMENTS_NOT_SHOWN)


def _role(name: str, service: str) -> aws.iam.Role:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    return aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))


def program(step: int) -> None:
    tags = {"step": str(min(step, 1))}
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{n}.0/24", availability_zone=f"us-east-1{zone}"
        )
        for n, zone in enumerate("abc")
    ]
    role = _role("cluster", "eks.amazonaws.com")
    cluster = aws.eks.Cluster(
        "cluster",
        name="renamed" if step == 2 else "cluster",
        role_arn=role.arn,
        version="1.34" if step == 0 else "1.35",
        vpc_config={
            "subnet_ids": [subnet.id for subnet in subnets],
            "endpoint_private_access": True,
            "endpoint_public_access": step > 0,
        },
        enabled_cluster_log_types=["api", "audit"] if step == 0 else ["audit"],
        access_config={"authentication_mode": "API"},
        upgrade_policy={"support_type": "STANDARD"},
        kubernetes_network_config={"service_ipv4_cidr": "172.20.0.0/16"},
        tags=tags,
    )
    # What AWS fills in inside an object must be unknown at preview, or this rule would lose its group.
    aws.vpc.SecurityGroupIngressRule(
        "to-nodes",
        security_group_id=cluster.vpc_config.cluster_security_group_id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4="10.0.0.0/16",
    )
    pulumi.export("issuer", cluster.identities[0].oidcs[0].issuer)
    _nodes(cluster, subnets, step)
    _access(cluster, role, step)


def _nodes(cluster: aws.eks.Cluster, subnets: list[aws.ec2.Subnet], step: int) -> None:
    tags = {"step": str(min(step, 1))}
    template = aws.ec2.LaunchTemplate(
        "nodes",
        name="nodes-of-the-contract-test",
        block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {"volume_size": 60, "volume_type": "gp3"}}],
    )
    group = aws.eks.NodeGroup(
        "nodes",
        cluster_name=cluster.name,
        node_group_name="nodes",
        node_role_arn=_role("nodes", "ec2.amazonaws.com").arn,
        subnet_ids=[subnet.id for subnet in subnets],
        instance_types=["m6i.large"] if step == 2 else ["m7g.large"],
        ami_type="AL2023_x86_64_STANDARD" if step == 2 else "AL2023_ARM_64_STANDARD",
        scaling_config={"min_size": 1, "desired_size": 1 if step == 0 else 2, "max_size": 3},
        update_config={"max_unavailable": 1 if step == 0 else 2},
        labels={"tier": "app", "step": str(min(step, 1))},
        taints=[{"key": "tier", "value": "a" if step == 0 else "b", "effect": "NO_SCHEDULE"}],
        launch_template={"id": template.id, "version": "1"},
        tags=tags,
    )
    pulumi.export("scaling group", group.resources[0].autoscaling_groups[0].name)


def _access(cluster: aws.eks.Cluster, role: aws.iam.Role, step: int) -> None:
    tags = {"step": str(min(step, 1))}
    aws.eks.Addon(
        "metrics",
        cluster_name=cluster.name,
        addon_name="metrics-server",
        configuration_values=json.dumps({"replicas": 2 if step == 0 else 3}),
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="PRESERVE",
        tags=tags,
    )
    entry = aws.eks.AccessEntry(
        "operators",
        cluster_name=cluster.name,
        principal_arn=role.arn,
        kubernetes_groups=["operators"] if step == 0 else ["operators", "viewers"],
        tags=tags,
    )
    aws.eks.AccessPolicyAssociation(
        "operators",
        cluster_name=cluster.name,
        principal_arn=entry.principal_arn,
        policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        access_scope={"type": "namespace", "namespaces": ["app"]},
    )
    aws.eks.PodIdentityAssociation(
        "backups",
        cluster_name=cluster.name,
        namespace="app",
        service_account="backups",
        role_arn=role.arn if step == 0 else _role("backups", "pods.eks.amazonaws.com").arn,
        tags=tags,
    )
