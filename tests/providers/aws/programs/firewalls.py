"""Security groups, their rules, and network access lists in three steps: created, updated, replaced."""

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {
    "aws:ec2/vpc:Vpc": "shown in network.py",
    "aws:ec2/subnet:Subnet": "shown in network.py",
}


def program(step: int) -> None:
    replaced = step == 2
    base = "10.1" if replaced else "10.0"
    vpc = aws.ec2.Vpc("vpc", cidr_block=f"{base}.0.0/16")
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}", vpc_id=vpc.id, cidr_block=f"{base}.{n}.0/24", availability_zone=f"us-east-1{zone}"
        )
        for n, zone in enumerate("abc")
    ]
    _groups(vpc, step)
    _lists(vpc, subnets, step)


def _groups(vpc: aws.ec2.Vpc, step: int) -> None:
    tags = {"step": str(min(step, 1))}
    aws.ec2.DefaultSecurityGroup(
        "default",
        vpc_id=vpc.id,
        ingress=[] if step == 0 else [{"protocol": "-1", "from_port": 0, "to_port": 0, "self": True}],
        tags=tags,
    )
    clients = aws.ec2.SecurityGroup("clients", vpc_id=vpc.id, description="who asks", tags=tags)
    other = aws.ec2.SecurityGroup("other", vpc_id=vpc.id, name="other")
    servers = aws.ec2.SecurityGroup(
        "servers",
        vpc_id=vpc.id,
        name="servers",
        description="who answers",
        ingress=[
            {
                "protocol": "tcp",
                "from_port": 443,
                "to_port": 443 if step == 0 else 444,
                "cidr_blocks": ["10.0.0.0/8", "192.168.0.0/16"],
                "security_groups": [clients.id],
                "self": True,
                "description": "HTTPS",
            },
        ],
        egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
        tags=tags,
    )
    aws.ec2.SecurityGroupRule(
        "older",
        type="egress" if step == 2 else "ingress",
        security_group_id=other.id,
        protocol="tcp",
        from_port=5432,
        to_port=5432,
        cidr_blocks=["10.0.0.0/16", "10.1.0.0/16"],
        description="database" if step == 0 else "the database",
    )
    described = "probes" if step == 0 else "health probes"
    aws.vpc.SecurityGroupIngressRule(
        "in",
        security_group_id=other.id if step == 2 else clients.id,
        ip_protocol="tcp",
        from_port=8080,
        to_port=8080 if step == 0 else 8081,
        referenced_security_group_id=servers.id,
        description=described,
        tags=tags,
    )
    aws.vpc.SecurityGroupEgressRule(
        "out",
        security_group_id=other.id if step == 2 else clients.id,
        ip_protocol="-1",
        cidr_ipv4="0.0.0.0/0" if step == 0 else "10.0.0.0/8",
        description=described,
        tags=tags,
    )


def _lists(vpc: aws.ec2.Vpc, subnets: list[aws.ec2.Subnet], step: int) -> None:
    tags = {"step": str(min(step, 1))}
    https = {"rule_no": 100, "action": "allow", "protocol": "tcp", "from_port": 443, "to_port": 443}
    all_in = {"rule_no": 200, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0}
    ping = {"rule_no": 110, "action": "allow", "protocol": "icmp", "from_port": 0, "to_port": 0}
    anywhere = {"cidr_block": "0.0.0.0/0"}
    aws.ec2.DefaultNetworkAcl(
        "default",
        default_network_acl_id=vpc.default_network_acl_id,
        ingress=[] if step == 0 else [{**all_in, **anywhere}],
        tags=tags,
    )
    acl = aws.ec2.NetworkAcl(
        "acl",
        vpc_id=vpc.id,
        subnet_ids=[subnets[0].id] if step == 0 else [subnets[1].id],
        ingress=[{**https, **anywhere}, {**ping, "icmp_type": 8, "icmp_code": -1, **anywhere}],
        tags=tags,
    )
    single = aws.ec2.NetworkAcl("single", vpc_id=vpc.id, tags=tags)
    aws.ec2.NetworkAclRule(
        "rule",
        network_acl_id=single.id,
        rule_number=300 if step == 2 else 200,
        egress=True,
        protocol="tcp",
        rule_action="allow",
        cidr_block="10.0.0.0/8",
        from_port=1024,
        to_port=65535,
    )
    aws.ec2.NetworkAclAssociation("association", network_acl_id=single.id, subnet_id=subnets[2].id)
    del acl
