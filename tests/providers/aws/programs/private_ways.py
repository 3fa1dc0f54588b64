"""Endpoints, flow logs, prefix lists, DHCP options and peering in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown with the other IAM types",
    "aws:s3/bucket:Bucket": "shown with the other S3 types",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    **REPLACEMENTS_NOT_SHOWN,
    "aws:ec2/vpc:Vpc": "shown in network.py",
    "aws:ec2/subnet:Subnet": "shown in network.py",
    "aws:ec2/routeTable:RouteTable": "shown in network.py",
    "aws:ec2/securityGroup:SecurityGroup": "shown in firewalls.py",
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": "its options are replaced, it with its VPC",
}


def program(step: int) -> None:
    base = "10.1" if step == 2 else "10.0"
    vpc = aws.ec2.Vpc("vpc", cidr_block=f"{base}.0.0/16", enable_dns_hostnames=True)
    peer = aws.ec2.Vpc("peer", cidr_block="10.8.0.0/16")
    far = aws.ec2.Vpc("far", cidr_block="10.9.0.0/16", region="us-west-2")
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}", vpc_id=vpc.id, cidr_block=f"{base}.{n}.0/24", availability_zone=f"us-east-1{zone}"
        )
        for n, zone in enumerate("ab")
    ]
    _endpoints(vpc, subnets, step)
    _logs(vpc, step)
    _shared(vpc, step)
    _peer(vpc, peer, far, step)


def _endpoints(vpc: aws.ec2.Vpc, subnets: list[aws.ec2.Subnet], step: int) -> None:
    tags = {"step": str(min(step, 1))}
    tables = [aws.ec2.RouteTable(f"table-{n}", vpc_id=vpc.id) for n in range(2)]
    group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id)
    action = "s3:*" if step == 0 else "s3:GetObject"
    allow = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    aws.ec2.VpcEndpoint(
        "gateway",
        vpc_id=vpc.id,
        service_name="com.amazonaws.us-east-1.s3",
        route_table_ids=[table.id for table in tables[: 1 if step == 0 else 2]],
        policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
        tags=tags,
    )
    aws.ec2.VpcEndpoint(
        "interface",
        vpc_id=vpc.id,
        service_name="com.amazonaws.us-east-1.ecr.api",
        vpc_endpoint_type="Interface",
        subnet_ids=[subnet.id for subnet in subnets[: 1 if step == 0 else 2]],
        security_group_ids=[group.id],
        private_dns_enabled=True,
        tags=tags,
    )


def _logs(vpc: aws.ec2.Vpc, step: int) -> None:
    tags = {"step": str(min(step, 1))}
    trust = {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role("flow-logs", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    bucket = aws.s3.Bucket("flow-logs", bucket="flow-logs-of-the-contract-test")
    aws.ec2.FlowLog(
        "to-bucket",
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="s3",
        log_destination=bucket.arn.apply(lambda arn: f"{arn}/vpc"),
        max_aggregation_interval=60,
        destination_options={"file_format": "parquet", "per_hour_partition": True, "hive_compatible_partitions": False},
        tags=tags,
    )
    aws.ec2.FlowLog(
        "to-group",
        vpc_id=vpc.id,
        traffic_type="REJECT",
        log_destination="arn:aws:logs:us-east-1:123456789012:log-group:/vpc/flows",
        iam_role_arn=role.arn,
        tags=tags,
    )


def _shared(vpc: aws.ec2.Vpc, step: int) -> None:
    tags = {"step": str(min(step, 1))}
    first = {"cidr": "10.0.0.0/8", "description": "offices" if step == 0 else "all offices"}
    aws.ec2.ManagedPrefixList(
        "admins",
        name="admins",
        address_family="IPv4",
        max_entries=5 if step == 0 else 6,
        entries=[first] if step == 0 else [first, {"cidr": "11.0.0.0/8"}],
        tags=tags,
    )
    family = "IPv6" if step == 2 else "IPv4"
    partners = aws.ec2.ManagedPrefixList("partners", name="partners", address_family=family, max_entries=5)
    aws.ec2.ManagedPrefixListEntry(
        "partner",
        prefix_list_id=partners.id,
        cidr="2001:db8::/32" if step == 2 else "192.0.2.0/24",
        description="one" if step == 0 else "the one",
    )
    options = aws.ec2.VpcDhcpOptions(
        "options",
        domain_name="b.internal" if step == 2 else "a.internal",
        domain_name_servers=["AmazonProvidedDNS"],
        ntp_servers=["169.254.169.123"],
        tags=tags,
    )
    aws.ec2.VpcDhcpOptionsAssociation("options", vpc_id=vpc.id, dhcp_options_id=options.id)


def _peer(vpc: aws.ec2.Vpc, peer: aws.ec2.Vpc, far: aws.ec2.Vpc, step: int) -> None:
    tags = {"step": str(min(step, 1))}
    aws.ec2.VpcPeeringConnection(
        "near",
        vpc_id=vpc.id,
        peer_vpc_id=peer.id,
        auto_accept=True,
        requester={"allow_remote_vpc_dns_resolution": step > 0},
        tags=tags,
    )
    asked = aws.ec2.VpcPeeringConnection("far", vpc_id=vpc.id, peer_vpc_id=far.id, peer_region="us-west-2", tags=tags)
    aws.ec2.VpcPeeringConnectionAccepter(
        "far", vpc_peering_connection_id=asked.id, auto_accept=True, region="us-west-2", tags=tags
    )
