"""Security groups chained by tier: the CDN reaches the balancer, the balancer the nodes, the nodes the database.

Every way is one of the spec's openings or one that machines need to be a cluster; each has a rule on both sides and
says what it is for. What is not listed is closed, and nothing has the internet as its source.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import InvokeOptions, ResourceOptions

from components.aws.openings import ports
from components.naming import Naming
from systems.model import NetworkTier, System

#: CloudFront reaches a balancer over its VPC origin from these; a rule with them counts as 55 of 60 in its group.
_CDN = "com.amazonaws.global.cloudfront.origin-facing"
_EVERYWHERE = "0.0.0.0/0"
#: Pods answer on ports of their own choice; which pod may talk to which is for the network policies to say.
_PODS = (1024, 65535)
_NAMES = 53
_TLS = 443
#: What the control plane calls on nodes: the kubelet, and the metrics server behind the aggregated API.
_KUBELET, _METRICS = 10250, 10251


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """`s3_prefix_list_id` stands for the addresses of S3 behind the network's gateway."""

    system: System
    vpc_id: pulumi.Input[str]
    s3_prefix_list_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class _Way:
    """From one group to another, over one protocol and range of ports."""

    origin: str
    destination: str
    ports: tuple[int, int]
    reason: str
    protocol: str = "tcp"

    @property
    def role(self) -> str:
        low, high = self.ports
        span = f"{low}" if low == high else f"{low}-{high}"
        return f"{self.origin}-to-{self.destination}-{self.protocol}-{span}"


class Firewall(pulumi.ComponentResource):
    """One group a tier. Whoever takes a group in gets the ways of its tier and no other.

    `control_plane_group_id` belongs to the cluster's own interfaces; `quarantine_group_id` has no rule at all and is
    put on a machine that must be cut off and kept as evidence.
    """

    balancer_group_id: pulumi.Output[str]
    node_group_id: pulumi.Output[str]
    control_plane_group_id: pulumi.Output[str]
    database_group_id: pulumi.Output[str]
    endpoint_group_id: pulumi.Output[str]
    quarantine_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: FirewallArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Firewall", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._groups = {
            "balancer": self._create_group("balancer", "the balancer: from the CDN only"),
            "nodes": self._create_group("nodes", "nodes and their pods, and functions that work beside them"),
            "control-plane": self._create_group("control-plane", "API of the cluster"),
            "database": self._create_group("database", "the database: from the nodes only"),
            "endpoints": self._create_group("endpoints", "private ways to AWS services"),
            "quarantine": self._create_group("quarantine", "no way in and none out"),
        }
        self._admit_the_cdn()
        for way in self._ways():
            self._open(way)
        self._let_out_to_aws_and_listed_names()
        self.balancer_group_id = self._groups["balancer"].id
        self.node_group_id = self._groups["nodes"].id
        self.control_plane_group_id = self._groups["control-plane"].id
        self.database_group_id = self._groups["database"].id
        self.endpoint_group_id = self._groups["endpoints"].id
        self.quarantine_group_id = self._groups["quarantine"].id
        self.register_outputs({f"{role}GroupId": group.id for role, group in self._groups.items()})

    def _create_group(self, role: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{self._name}-{role}",
            name=self._naming.name(role, limit=255),
            description=description,
            vpc_id=self._args.vpc_id,
            tags={**self._naming.tags("firewall"), "Name": self._naming.name(role)},
            opts=ResourceOptions(parent=self),
        )

    def _documented(self, origin: NetworkTier, destination: NetworkTier) -> tuple[int, ...]:
        return ports(self._args.system.firewall, origin, destination)

    def _ways(self) -> list[_Way]:
        """Between groups. The cache's ports lie within what pods may use among themselves."""
        tier = NetworkTier
        ways = [
            *self._spec_ways(
                "balancer", "nodes", self._documented(tier.BALANCER, tier.NODES), "visitors, to the proxies"
            ),
            *self._spec_ways(
                "nodes", "database", self._documented(tier.NODES, tier.DATABASE), "queries of applications"
            ),
            _Way(origin="nodes", destination="nodes", ports=_PODS, reason="pods, as network policies allow"),
            _Way(origin="nodes", destination="nodes", ports=(_NAMES, _NAMES), reason="names, long answers"),
            _Way(origin="nodes", destination="control-plane", ports=(_TLS, _TLS), reason="API of the cluster"),
            _Way(origin="nodes", destination="endpoints", ports=(_TLS, _TLS), reason="AWS services"),
            _Way(origin="control-plane", destination="nodes", ports=(_KUBELET, _KUBELET), reason="kubelets"),
            _Way(origin="control-plane", destination="nodes", ports=(_METRICS, _METRICS), reason="the metrics server"),
        ]
        return [
            *ways,
            _Way(origin="nodes", destination="nodes", ports=(_NAMES, _NAMES), protocol="udp", reason="names"),
        ]

    def _spec_ways(self, origin: str, destination: str, opened: tuple[int, ...], reason: str) -> list[_Way]:
        return [_Way(origin=origin, destination=destination, ports=(port, port), reason=reason) for port in opened]

    def _open(self, way: _Way) -> None:
        low, high = way.ports
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-{way.role}-out",
            security_group_id=self._groups[way.origin].id,
            referenced_security_group_id=self._groups[way.destination].id,
            ip_protocol=way.protocol,
            from_port=low,
            to_port=high,
            description=f"to {way.destination}: {way.reason}",
            tags=self._naming.tags("firewall"),
            opts=ResourceOptions(parent=self),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-{way.role}-in",
            security_group_id=self._groups[way.destination].id,
            referenced_security_group_id=self._groups[way.origin].id,
            ip_protocol=way.protocol,
            from_port=low,
            to_port=high,
            description=f"from {way.origin}: {way.reason}",
            tags=self._naming.tags("firewall"),
            opts=ResourceOptions(parent=self),
        )

    def _admit_the_cdn(self) -> None:
        """By AWS's own list of the CDN's addresses; the group CloudFront makes exists only after its first origin."""
        addresses = aws.ec2.get_managed_prefix_list_output(name=_CDN, opts=InvokeOptions(parent=self))
        for port in self._documented(NetworkTier.EDGE, NetworkTier.BALANCER):
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-cdn-to-balancer-tcp-{port}-in",
                security_group_id=self._groups["balancer"].id,
                prefix_list_id=addresses.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description="from the CDN: visitors",
                tags=self._naming.tags("firewall"),
                opts=ResourceOptions(parent=self),
            )

    def _let_out_to_aws_and_listed_names(self) -> None:
        """Groups know addresses, not names: which names 443 leads to is for the name firewall to say."""
        self._let_out(
            "s3", "objects and image layers, through the gateway of the network", prefix=self._args.s3_prefix_list_id
        )
        if self._args.system.application.external_services:
            self._let_out(
                "listed-names", "external services, by the names the name firewall resolves", cidr=_EVERYWHERE
            )

    def _let_out(
        self, role: str, reason: str, *, prefix: pulumi.Input[str] | None = None, cidr: str | None = None
    ) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-nodes-to-{role}-tcp-{_TLS}-out",
            security_group_id=self._groups["nodes"].id,
            prefix_list_id=prefix,
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=_TLS,
            to_port=_TLS,
            description=f"to {role}: {reason}",
            tags=self._naming.tags("firewall"),
            opts=ResourceOptions(parent=self),
        )
