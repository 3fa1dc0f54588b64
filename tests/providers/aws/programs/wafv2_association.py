"""What a web ACL guards, in three steps: created, unchanged (it cannot change), replaced."""

import pulumi_aws as aws

_AROUND = ("aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:lb/loadBalancer:LoadBalancer", "aws:wafv2/webAcl:WebAcl")
REPLACEMENTS_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own")
UPDATES_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own")


def program(step: int) -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    subnets = [
        aws.ec2.Subnet(f"subnet-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{index}.0/24", availability_zone=zone)
        for index, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    balancer = aws.lb.LoadBalancer(
        "balancer",
        name="guarded",
        internal=True,
        load_balancer_type="application",
        subnets=[each.id for each in subnets],
    )
    acls = [
        aws.wafv2.WebAcl(
            name,
            name=name,
            scope="REGIONAL",
            default_action={"allow": {}},
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": name,
                "sampled_requests_enabled": True,
            },
        )
        for name in ("one", "two")
    ]
    aws.wafv2.WebAclAssociation("association", resource_arn=balancer.arn, web_acl_arn=acls[1 if step == 2 else 0].arn)
