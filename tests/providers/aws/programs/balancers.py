"""Load balancers with target groups, listeners and rules in three steps: created, updated, replaced."""

import pulumi_aws as aws

_NETWORK = "shown in network.py"

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:ec2/vpc:Vpc": _NETWORK,
    "aws:ec2/subnet:Subnet": _NETWORK,
    "aws:ec2/securityGroup:SecurityGroup": "shown in firewalls.py",
    "aws:acm/certificate:Certificate": "shown in acm.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = dict(REPLACEMENTS_NOT_SHOWN)


def program(step: int) -> None:
    tags = {"step": str(min(step, 1))}
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{n}.0/24", availability_zone=f"us-east-1{zone}"
        )
        for n, zone in enumerate("abc")
    ]
    group = aws.ec2.SecurityGroup("balancer", vpc_id=vpc.id)
    balancer = aws.lb.LoadBalancer(
        "balancer",
        name="renamed" if step == 2 else "balancer",
        internal=True,
        subnets=[subnet.id for subnet in subnets[: 2 if step == 0 else 3]],
        security_groups=[group.id],
        drop_invalid_header_fields=True,
        idle_timeout=60 if step == 0 else 120,
        desync_mitigation_mode="strictest",
        access_logs={"bucket": "logs", "prefix": "balancer", "enabled": step == 0},
        tags=tags,
    )
    targets = [_targets(name, vpc, step) for name in ("blue", "green")]
    aws.lb.TargetGroupAttachment(
        "one", target_group_arn=targets[0].arn, target_id="10.0.0.9" if step == 2 else "10.0.0.8", port=8443
    )
    _listen(balancer, targets, step)


def _targets(name: str, vpc: aws.ec2.Vpc, step: int) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        name,
        name=f"{name}-renamed" if step == 2 else name,
        port=8443,
        protocol="HTTPS",
        target_type="ip",
        vpc_id=vpc.id,
        deregistration_delay=30 if step == 0 else 60,
        slow_start=30,
        health_check={
            "path": "/health" if step == 0 else "/health/ready",
            "protocol": "HTTPS",
            "interval": 10,
            "timeout": 5,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
            "matcher": "200-299",
        },
        stickiness={"type": "lb_cookie", "enabled": True, "cookie_duration": 3600},
        tags={"step": str(min(step, 1))},
    )


def _listen(balancer: aws.lb.LoadBalancer, targets: list[aws.lb.TargetGroup], step: int) -> None:
    tags = {"step": str(min(step, 1))}
    certificates = [
        aws.acm.Certificate(f"c{n}", domain_name=f"c{n}.example.org", validation_method="DNS") for n in (0, 1, 2)
    ]
    listener = aws.lb.Listener(
        "https",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificate_arn=certificates[0 if step == 0 else 2].arn,
        routing_http_response_server_enabled=step > 0,
        default_actions=[
            {
                "type": "forward",
                "forward": {"target_groups": [{"arn": targets[0].arn, "weight": 90 if step == 0 else 50}]},
            }
        ],
        tags=tags,
    )
    aws.lb.Listener(
        "http",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[
            {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}
        ],
    )
    aws.lb.ListenerCertificate("more", listener_arn=listener.arn, certificate_arn=certificates[1].arn)
    aws.lb.ListenerRule(
        "rule",
        listener_arn=listener.arn,
        priority=10 if step == 0 else 20,
        conditions=[
            {"path_pattern": {"values": ["/crisis/*"]}},
            {"host_header": {"values": ["example.org"]}},
            {"query_strings": [{"key": "lang", "value": "en"}]},
        ],
        actions=[
            {
                "type": "forward",
                "forward": {
                    "target_groups": [{"arn": targets[0].arn, "weight": 90}, {"arn": targets[1].arn, "weight": 10}],
                    "stickiness": {"enabled": True, "duration": 600},
                },
            }
        ],
        tags=tags,
    )
