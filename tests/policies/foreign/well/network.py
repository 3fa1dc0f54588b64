"""The network: private, watched, with names filtered, and openings that say what they are for."""

from dataclasses import dataclass

import account
import pulumi_aws as aws

ZONES = ("us-east-1a", "us-east-1b")
SERVICES = ("s3", "kms", "secretsmanager", "logs", "sts")


@dataclass
class Grounds:
    vpc: aws.ec2.Vpc
    private: list[aws.ec2.Subnet]
    balancer: aws.ec2.SecurityGroup
    nodes: aws.ec2.SecurityGroup
    database: aws.ec2.SecurityGroup


def made(keys: account.Keys) -> Grounds:
    vpc = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
    aws.ec2.DefaultSecurityGroup("default-closed", vpc_id=vpc.id)
    public, private = subnets(vpc, "public", 0), subnets(vpc, "private", 100)
    routes(vpc, public, private)
    watch(vpc, keys)
    filter_names(vpc)
    grounds = openings(vpc, private)
    endpoints(vpc, private, grounds.nodes)
    return grounds


def subnets(vpc: aws.ec2.Vpc, kind: str, first: int) -> list[aws.ec2.Subnet]:
    return [
        aws.ec2.Subnet(
            f"{kind}-{zone[-1]}", vpc_id=vpc.id, cidr_block=f"10.0.{first + number}.0/24", availability_zone=zone
        )
        for number, zone in enumerate(ZONES)
    ]


def routes(vpc: aws.ec2.Vpc, public: list[aws.ec2.Subnet], private: list[aws.ec2.Subnet]) -> None:
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
    address = aws.ec2.Eip("nat-address", domain="vpc")
    nat = aws.ec2.NatGateway("nat", subnet_id=public[0].id, allocation_id=address.id)
    out, inner = (aws.ec2.RouteTable(f"{name}-table", vpc_id=vpc.id) for name in ("public", "private"))
    aws.ec2.Route("public-out", route_table_id=out.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    aws.ec2.Route("private-out", route_table_id=inner.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id)
    for table, those in ((out, public), (inner, private)):
        for each in those:
            name = f"{each._name}-routes"
            aws.ec2.RouteTableAssociation(name, route_table_id=table.id, subnet_id=each.id)


def watch(vpc: aws.ec2.Vpc, keys: account.Keys) -> None:
    group = aws.cloudwatch.LogGroup("flows", retention_in_days=400, kms_key_id=keys.data.arn)
    aws.ec2.FlowLog("flow-log", vpc_id=vpc.id, traffic_type="ALL", log_destination=group.arn)
    questions = aws.route53.ResolverQueryLogConfig("questions", destination_arn=group.arn)
    aws.route53.ResolverQueryLogConfigAssociation(
        "questions-of-network", resolver_query_log_config_id=questions.id, resource_id=vpc.id
    )


def filter_names(vpc: aws.ec2.Vpc) -> None:
    group = aws.route53.ResolverFirewallRuleGroup("names")
    for action, domains, priority in (("ALLOW", ["example.com."], 100), ("BLOCK", ["*."], 200)):
        listed = aws.route53.ResolverFirewallDomainList(f"names-{action.lower()}", domains=domains)
        aws.route53.ResolverFirewallRule(
            f"names-{action.lower()}-rule",
            action=action,
            priority=priority,
            block_response="NXDOMAIN" if action == "BLOCK" else None,
            firewall_domain_list_id=listed.id,
            firewall_rule_group_id=group.id,
        )
    aws.route53.ResolverFirewallRuleGroupAssociation(
        "names-of-network", firewall_rule_group_id=group.id, vpc_id=vpc.id, priority=101
    )


def openings(vpc: aws.ec2.Vpc, private: list[aws.ec2.Subnet]) -> Grounds:
    groups = {
        name: aws.ec2.SecurityGroup(f"{name}-group", vpc_id=vpc.id, description=f"{name}: from those before it")
        for name in ("balancer", "nodes", "database")
    }
    for source, target, port in (("balancer", "nodes", 8443), ("nodes", "database", 5432)):
        aws.vpc.SecurityGroupIngressRule(
            f"{target}-from-{source}",
            description=f"from {source}: requests",
            security_group_id=groups[target].id,
            referenced_security_group_id=groups[source].id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
        )
    aws.vpc.SecurityGroupIngressRule(
        "balancer-from-cdn",
        description="from the CDN: visitors",
        security_group_id=groups["balancer"].id,
        prefix_list_id="pl-3b927c52",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
    )
    aws.vpc.SecurityGroupEgressRule(
        "nodes-to-services",
        description="to services outside: HTTPS",
        security_group_id=groups["nodes"].id,
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
    )
    return Grounds(vpc, private, groups["balancer"], groups["nodes"], groups["database"])


def endpoints(vpc: aws.ec2.Vpc, private: list[aws.ec2.Subnet], group: aws.ec2.SecurityGroup) -> None:
    ours = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceAccount": account.ACCOUNT}},
    }
    for service in SERVICES:
        aws.ec2.VpcEndpoint(
            f"{service}-endpoint",
            vpc_id=vpc.id,
            service_name=f"com.amazonaws.us-east-1.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[each.id for each in private],
            security_group_ids=[group.id],
            policy=account.document(ours),
        )
