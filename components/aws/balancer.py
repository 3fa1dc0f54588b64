"""The balancer: inside the network, reached by CloudFront alone, and in front of the HAProxy fleet alone.

Costs a month, us-east-1 list prices of 2026-11: 16 USD, and 6 USD for each capacity unit in use.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from systems.model import NetworkTier, System

#: The strictest policy that still lets CloudFront in: TLS 1.3, and 1.2 with forward secrecy only.
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
#: What AWS accepts.
_SHORTEST_CHECK_SECONDS, _MOST_CHECKS = 5, 10
_SLOW_START_SECONDS = (30, 900)
_LONGEST_IDLE_SECONDS = 4_000


@dataclass(frozen=True, kw_only=True)
class BalancerArgs:
    """`subnet_ids` lie one in each zone; `access_logs_bucket` is the archive's, which takes no customer key."""

    system: System
    vpc_id: pulumi.Input[str]
    subnet_ids: list[pulumi.Output[str]]
    security_group_id: pulumi.Input[str]
    certificate_arn: pulumi.Input[str]
    access_logs_bucket: pulumi.Input[str] | None = None


class Balancer(pulumi.ComponentResource):
    """An internal load balancer with one target: HAProxy's port on every node of the groups `forward_to` names."""

    arn: pulumi.Output[str]
    arn_suffix: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    target_group_arn_suffix: pulumi.Output[str]

    def __init__(self, name: str, args: BalancerArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Balancer", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        balancer = self._create_balancer()
        self._targets = self._create_targets()
        self._listen(balancer)
        self.arn, self.arn_suffix, self.dns_name = balancer.arn, balancer.arn_suffix, balancer.dns_name
        self.target_group_arn, self.target_group_arn_suffix = self._targets.arn, self._targets.arn_suffix
        self.register_outputs({"arn": self.arn, "dnsName": self.dns_name, "targetGroupArn": self.target_group_arn})

    def forward_to(self, role: str, nodes: aws.eks.NodeGroup) -> None:
        """Nodes that come and go with their scaling group become targets, and stop being ones, by themselves."""
        aws.autoscaling.Attachment(
            f"{self._name}-nodes-{role}",
            autoscaling_group_name=nodes.resources.apply(lambda made: made[0]["autoscaling_groups"][0]["name"]),
            lb_target_group_arn=self._targets.arn,
            opts=ResourceOptions(parent=self),
        )

    def _create_balancer(self) -> aws.lb.LoadBalancer:
        production = self._args.system.production
        bucket = self._args.access_logs_bucket
        logs = {"bucket": bucket, "prefix": "balancer", "enabled": True} if bucket else None
        return aws.lb.LoadBalancer(
            f"{self._name}-balancer",
            name=self._naming.name("balancer", limit=32),
            internal=True,
            load_balancer_type="application",
            subnets=self._args.subnet_ids,
            security_groups=[self._args.security_group_id],
            access_logs=logs,
            enable_deletion_protection=production,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            preserve_host_header=True,
            enable_http2=True,
            idle_timeout=idle_seconds(self._args.system),
            tags=self._naming.tags("balancer"),
            opts=ResourceOptions(parent=self, protect=production),
        )

    def _create_targets(self) -> aws.lb.TargetGroup:
        """When every node fails its check, AWS sends to all of them rather than to none: HAProxy then answers for
        itself, with what it holds of the crisis page."""
        spec = self._args.system.load_balancer
        return aws.lb.TargetGroup(
            f"{self._name}-targets",
            name=self._naming.name("proxies", limit=32),
            vpc_id=self._args.vpc_id,
            target_type="instance",
            port=proxy_port(self._args.system),
            protocol="HTTPS",
            protocol_version="HTTP1",
            slow_start=min(max(spec.slow_start_seconds, _SLOW_START_SECONDS[0]), _SLOW_START_SECONDS[1]),
            deregistration_delay=60,
            health_check={
                "protocol": "HTTPS",
                "path": spec.check.path,
                "matcher": "200",
                "interval": max(spec.check.interval_milliseconds // 1000, _SHORTEST_CHECK_SECONDS),
                "timeout": max(spec.timeouts.check_milliseconds // 1000, 2),
                "unhealthy_threshold": min(max(spec.check.fall, 2), _MOST_CHECKS),
                "healthy_threshold": min(max(spec.check.rise, 2), _MOST_CHECKS),
            },
            tags=self._naming.tags("balancer"),
            opts=ResourceOptions(parent=self),
        )

    def _listen(self, balancer: aws.lb.LoadBalancer) -> None:
        """HTTPS only: plain HTTP is redirected by CloudFront, and nobody else can ask."""
        aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=_TLS_POLICY,
            certificate_arn=self._args.certificate_arn,
            routing_http_response_server_enabled=False,
            default_actions=[{"type": "forward", "target_group_arn": self._targets.arn}],
            tags=self._naming.tags("balancer"),
            opts=ResourceOptions(parent=self),
        )


def proxy_port(system: System) -> int:
    """HAProxy's port on the nodes, from the documented ways through the firewall."""
    ports = [
        port
        for opening in system.firewall.openings
        if (opening.origin, opening.destination) == (NetworkTier.BALANCER, NetworkTier.NODES)
        for port in opening.ports
    ]
    if len(ports) != 1:
        raise ValueError(f"{system.name}: one port leads from the balancer to the nodes, the firewall opens {ports}")
    return ports[0]


def idle_seconds(system: System) -> int:
    """As long as the longest silence a document allows, and a little more, so that this hop is never the one that cuts.

    HAProxy must keep its side open longer still: a balancer that reuses a connection just closed answers 502.
    """
    allowed = [each.websockets.idle_seconds for each in system.workloads if each.websockets]
    longest = max([system.load_balancer.timeouts.client_milliseconds // 1000, *allowed])
    return min(longest + 10, _LONGEST_IDLE_SECONDS)
