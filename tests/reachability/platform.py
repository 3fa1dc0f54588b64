"""A whole platform's way in, made of the real network and firewall and of plain resources behind them."""

from typing import Any

import pulumi_aws as aws

from components.aws.endpoints import Endpoints, EndpointsArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.name_firewall import NameFirewall, NameFirewallArgs
from components.aws.network import Network, NetworkArgs
from components.naming import Naming
from systems import registry
from systems.model import Environment, System

ACCOUNT, REGION = "111122223333", "us-east-1"
SYSTEM: System = registry.load("astral-core-v2", Environment.PRODUCTION)


def platform() -> None:
    """Program: CDN, balancer, nodes, control plane, database, in the groups and subnets meant for them."""
    naming = Naming(system=SYSTEM.name, environment="production", account_id=ACCOUNT, owner="platform-engineering")
    network = Network("network", NetworkArgs(system=SYSTEM, account_id=ACCOUNT, region=REGION), naming)
    vpc, prefix = network.vpc_id, network.s3_prefix_list_id
    firewall = Firewall("firewall", FirewallArgs(system=SYSTEM, vpc_id=vpc, s3_prefix_list_id=prefix), naming)
    NameFirewall(
        "name-firewall",
        NameFirewallArgs(system=SYSTEM, region=REGION, domain="astralcore.org", vpc_id=vpc, external_hosts={}),
        naming,
    )
    private, group = network.private_subnet_ids, firewall.endpoint_group_id
    Endpoints(
        "endpoints",
        EndpointsArgs(account_id=ACCOUNT, region=REGION, vpc_id=vpc, subnet_ids=private, group_id=group),
        naming,
    )
    _way_in(network, firewall)
    _cluster(network, firewall)
    _database(network, firewall)


def _way_in(network: Network, firewall: Firewall) -> None:
    balancer = aws.lb.LoadBalancer(
        "balancer",
        internal=True,
        subnets=network.private_subnet_ids,
        security_groups=[firewall.balancer_group_id],
    )
    forward: list[Any] = [{"type": "forward", "target_group_arn": "arn:aws:elasticloadbalancing:::targets"}]
    aws.lb.Listener("https", load_balancer_arn=balancer.arn, port=443, default_actions=forward)
    endpoint: Any = {"name": "way-in", "arn": balancer.arn, "http_port": 80, "https_port": 443}
    way_in = aws.cloudfront.VpcOrigin(
        "way-in", vpc_origin_endpoint_config={**endpoint, "origin_protocol_policy": "https-only"}
    )
    acl = aws.wafv2.WebAcl("acl", scope="CLOUDFRONT", default_action={"allow": {}}, visibility_config=_SEEN)
    origin: Any = {"origin_id": "platform", "domain_name": "x", "vpc_origin_config": {"vpc_origin_id": way_in.id}}
    aws.cloudfront.Distribution(
        "cdn",
        enabled=True,
        origins=[origin],
        default_cache_behavior=_BEHAVIOR,
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
        web_acl_id=acl.arn,
    )


_SEEN: Any = {"cloudwatch_metrics_enabled": True, "metric_name": "acl", "sampled_requests_enabled": True}
_BEHAVIOR: Any = {
    "target_origin_id": "platform",
    "viewer_protocol_policy": "redirect-to-https",
    "allowed_methods": ["GET", "HEAD"],
    "cached_methods": ["GET", "HEAD"],
}


def _cluster(network: Network, firewall: Firewall) -> None:
    cluster = aws.eks.Cluster(
        "cluster",
        name="cluster",
        role_arn="arn:aws:iam::111122223333:role/cluster",
        vpc_config={
            "subnet_ids": network.private_subnet_ids,
            "security_group_ids": [firewall.control_plane_group_id],
            "endpoint_public_access": False,
        },
    )
    template = aws.ec2.LaunchTemplate("template", vpc_security_group_ids=[firewall.node_group_id])
    aws.eks.NodeGroup(
        "nodes",
        cluster_name=cluster.name,
        node_role_arn="arn:aws:iam::111122223333:role/nodes",
        subnet_ids=network.private_subnet_ids,
        scaling_config={"desired_size": 3, "min_size": 3, "max_size": 6},
        launch_template={"id": template.id, "version": "1"},
    )


def _database(network: Network, firewall: Firewall) -> None:
    group = aws.rds.SubnetGroup("database-subnets", name="database-subnets", subnet_ids=network.data_subnet_ids)
    aws.rds.Instance(
        "database",
        instance_class="db.m6g.large",
        db_subnet_group_name=group.name,
        vpc_security_group_ids=[firewall.database_group_id],
        publicly_accessible=False,
    )
