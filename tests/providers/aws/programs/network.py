"""VPCs, subnets, ways out and routing in three steps: created, updated, replaced."""

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:ec2/internetGateway:InternetGateway": "nothing replaces it: it is attached to another VPC",
}
UPDATES_NOT_SHOWN: dict[str, str] = {}

#: Step -> why it is not done twice in a row.
NOT_REPEATED: dict[int, str] = {
    2: "AWS and its provider take the VPC's main table for its default one, and by then the main table is another"
}


def program(step: int) -> None:
    replaced, tags = step == 2, {"step": str(min(step, 1))}
    base = "10.1" if replaced else "10.0"
    vpc = aws.ec2.Vpc(
        "vpc",
        cidr_block=f"{base}.0.0/16",
        enable_dns_hostnames=True,
        enable_network_address_usage_metrics=step > 0,
        tags=tags,
    )
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}",
            vpc_id=vpc.id,
            cidr_block=f"{base}.{number}.0/24",
            availability_zone=f"us-east-1{zone}",
            map_public_ip_on_launch=step == 0,
            private_dns_hostname_type_on_launch="resource-name",
            enable_resource_name_dns_a_record_on_launch=True,
            tags=tags,
        )
        for number, zone in enumerate("ab")
    ]
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, tags=tags)
    group = "us-east-1-bos-1" if replaced else "us-east-1"
    address = aws.ec2.Eip("address", domain="vpc", network_border_group=group, tags=tags)
    nat = aws.ec2.NatGateway(
        "nat",
        subnet_id=subnets[0].id,
        allocation_id=address.id,
        tags=tags,
        opts=pulumi.ResourceOptions(depends_on=[gateway]),
    )
    _route(vpc, subnets, gateway, nat, step)


def _route(
    vpc: aws.ec2.Vpc,
    subnets: list[aws.ec2.Subnet],
    gateway: aws.ec2.InternetGateway,
    nat: aws.ec2.NatGateway,
    step: int,
) -> None:
    replaced, tags = step == 2, {"step": str(min(step, 1))}
    inline = [{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}]
    if step > 0:
        inline.append({"cidr_block": "192.168.0.0/16", "nat_gateway_id": nat.id})
    public = aws.ec2.RouteTable("public", vpc_id=vpc.id, routes=inline, tags=tags)
    private = aws.ec2.RouteTable("private", vpc_id=vpc.id, tags=tags)
    aws.ec2.Route(
        "out",
        route_table_id=private.id,
        destination_cidr_block="172.16.0.0/12" if replaced else "0.0.0.0/0",
        gateway_id=gateway.id if step == 0 else None,
        nat_gateway_id=nat.id if step > 0 else None,
    )
    aws.ec2.RouteTableAssociation(
        "association",
        subnet_id=subnets[1 if replaced else 0].id,
        route_table_id=public.id if step == 0 else private.id,
    )
    aws.ec2.MainRouteTableAssociation("main", vpc_id=vpc.id, route_table_id=public.id if step == 0 else private.id)
    aws.ec2.DefaultRouteTable(
        "default",
        default_route_table_id=vpc.default_route_table_id,
        routes=[] if step == 0 else [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.id}],
        tags=tags,
    )
