"""The stack's own network: public subnets for NAT only, private ones for nodes, data ones for the database.

Costs a month, us-east-1 list prices of 2026-11: a NAT gateway 32.85 USD and 0.045 USD a GB, one a zone.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.addressing import divide
from components.naming import Naming


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Where the network lies and how much of it is doubled."""

    vpc_cidr: str
    zones: tuple[str, ...]
    nat_gateways: int
    """One a zone keeps a zone's loss local; a single one is cheaper and takes all zones with it."""


class Network(pulumi.ComponentResource):
    """A VPC over several zones. Nothing in it has a public address but the NAT gateways."""

    vpc_id: pulumi.Output[str]
    private_subnet_ids: list[pulumi.Output[str]]
    data_subnet_ids: list[pulumi.Output[str]]

    def __init__(self, name: str, args: NetworkArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Network", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        plan = divide(args.vpc_cidr, len(args.zones))
        self._vpc = self._create_vpc()
        self._gateway = self._create_internet_gateway()
        public = self._create_subnets("public", plan.public)
        private = self._create_subnets("private", plan.private)
        data = self._create_subnets("data", plan.data)
        nats = self._create_nat_gateways(public)
        self._route_public(public)
        self._route_private(private, nats)
        self._route_data(data)
        self.vpc_id = self._vpc.id
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.data_subnet_ids = [subnet.id for subnet in data]
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "privateSubnetIds": self.private_subnet_ids,
                "dataSubnetIds": self.data_subnet_ids,
            }
        )

    def _tags(self, role: str) -> dict[str, str]:
        return {**self._naming.tags("network"), "Name": self._naming.name(role)}

    def _create_vpc(self) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=self._args.vpc_cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags("vpc"),
            opts=self._child,
        )

    def _create_internet_gateway(self) -> aws.ec2.InternetGateway:
        return aws.ec2.InternetGateway(
            f"{self._name}-internet", vpc_id=self._vpc.id, tags=self._tags("internet"), opts=self._child
        )

    def _create_subnets(self, tier: str, cidrs: tuple[str, ...]) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                f"{self._name}-{tier}-{zone}",
                vpc_id=self._vpc.id,
                cidr_block=cidr,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags={**self._tags(f"{tier}-{zone}"), "lifeline:tier": tier},
                opts=self._child,
            )
            for zone, cidr in zip(self._args.zones, cidrs, strict=True)
        ]

    def _create_nat_gateways(self, public: list[aws.ec2.Subnet]) -> list[aws.ec2.NatGateway]:
        gateways: list[aws.ec2.NatGateway] = []
        for zone, subnet in list(zip(self._args.zones, public, strict=True))[: self._args.nat_gateways]:
            address = aws.ec2.Eip(
                f"{self._name}-nat-address-{zone}",
                domain="vpc",
                tags=self._tags(f"nat-{zone}"),
                opts=ResourceOptions(parent=self, depends_on=[self._gateway]),
            )
            gateways.append(
                aws.ec2.NatGateway(
                    f"{self._name}-nat-{zone}",
                    allocation_id=address.id,
                    subnet_id=subnet.id,
                    tags=self._tags(f"nat-{zone}"),
                    opts=self._child,
                )
            )
        return gateways

    def _create_route_table(self, role: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self._name}-routes-{role}", vpc_id=self._vpc.id, tags=self._tags(f"routes-{role}"), opts=self._child
        )

    def _associate(self, role: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable) -> None:
        aws.ec2.RouteTableAssociation(
            f"{self._name}-association-{role}", subnet_id=subnet.id, route_table_id=table.id, opts=self._child
        )

    def _route_public(self, public: list[aws.ec2.Subnet]) -> None:
        table = self._create_route_table("public")
        aws.ec2.Route(
            f"{self._name}-route-public",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=self._gateway.id,
            opts=self._child,
        )
        for zone, subnet in zip(self._args.zones, public, strict=True):
            self._associate(f"public-{zone}", subnet, table)

    def _route_private(self, private: list[aws.ec2.Subnet], nats: list[aws.ec2.NatGateway]) -> None:
        for index, (zone, subnet) in enumerate(zip(self._args.zones, private, strict=True)):
            table = self._create_route_table(f"private-{zone}")
            aws.ec2.Route(
                f"{self._name}-route-private-{zone}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nats[index % len(nats)].id,
                opts=self._child,
            )
            self._associate(f"private-{zone}", subnet, table)

    def _route_data(self, data: list[aws.ec2.Subnet]) -> None:
        """No way out: the database talks to nobody outside the network."""
        table = self._create_route_table("data")
        for zone, subnet in zip(self._args.zones, data, strict=True):
            self._associate(f"data-{zone}", subnet, table)
