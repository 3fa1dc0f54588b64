"""The stack's own network: public subnets for NAT only, private ones for nodes, data ones for the database.

Costs a month, us-east-1 list prices of 2026-11: a NAT gateway with its address 36.50 USD, 0.045 USD a GB; one a zone.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import access_list, endpoint_policies
from components.aws.addressing import divide, zones
from components.aws.openings import ports
from components.naming import Naming
from systems.model import NetworkTier, System


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """The range, the zones and the database's ports are the spec's."""

    system: System
    account_id: str
    region: str


class Network(pulumi.ComponentResource):
    """A VPC over several zones. Nothing in it has a public address but the NAT gateways."""

    vpc_id: pulumi.Output[str]
    vpc_cidr: str
    zones: tuple[str, ...]
    zones_with_gateways: tuple[str, ...]
    """All: a zone's loss stays its own. In staging one, which is cheaper and takes all zones with it."""
    public_subnet_ids: list[pulumi.Output[str]]
    private_subnet_ids: list[pulumi.Output[str]]
    data_subnet_ids: list[pulumi.Output[str]]
    private_route_table_ids: list[pulumi.Output[str]]
    data_route_table_ids: list[pulumi.Output[str]]
    s3_prefix_list_id: pulumi.Output[str]
    """The addresses of S3 in this region, for rules of a firewall."""

    def __init__(self, name: str, args: NetworkArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Network", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.vpc_cidr = args.system.firewall.network_cidr
        self.zones = zones(args.region, args.system.objectives.zones)
        self.zones_with_gateways = self.zones if args.system.production else self.zones[:1]
        self._plan = divide(self.vpc_cidr, len(self.zones))
        self._vpc = self._create_vpc()
        self._empty_default_group()
        self._gateway = self._create_internet_gateway()
        public = self._create_subnets("public", self._plan.public)
        private = self._create_subnets("private", self._plan.private)
        data = self._create_subnets("data", self._plan.data)
        self._route_public(public)
        gateways = self._create_nat_gateways(public)
        private_tables = self._route_private(private, gateways)
        data_tables = self._route_data(data)
        self._guard_data(data)
        self.s3_prefix_list_id = self._create_way_to_s3(private_tables).prefix_list_id
        self.vpc_id = self._vpc.id
        self.public_subnet_ids = [subnet.id for subnet in public]
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.data_subnet_ids = [subnet.id for subnet in data]
        self.nat_gateway_ids = {
            zone: gateway.id for zone, gateway in zip(self.zones_with_gateways, gateways, strict=True)
        }
        self.private_route_table_ids = [table.id for table in private_tables]
        self.data_route_table_ids = [table.id for table in data_tables]
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "publicSubnetIds": self.public_subnet_ids,
                "privateSubnetIds": self.private_subnet_ids,
                "dataSubnetIds": self.data_subnet_ids,
            }
        )

    def _tags(self, role: str) -> dict[str, str]:
        return {**self._naming.tags("network"), "Name": self._naming.name(role)}

    def _create_vpc(self) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=self.vpc_cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags("vpc"),
            opts=self._child,
        )

    def _empty_default_group(self) -> None:
        """What is made without naming a group lands in it, and then reaches nothing and nobody."""
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default-group", vpc_id=self._vpc.id, tags=self._tags("default"), opts=self._child
        )

    def _create_internet_gateway(self) -> aws.ec2.InternetGateway:
        """CloudFront's private way in needs one to be there as well, although it does not go through it."""
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
            for zone, cidr in zip(self.zones, cidrs, strict=True)
        ]

    def _create_nat_gateways(self, public: list[aws.ec2.Subnet]) -> list[aws.ec2.NatGateway]:
        gateways: list[aws.ec2.NatGateway] = []
        for zone, subnet in zip(self.zones_with_gateways, public, strict=False):
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
        for zone, subnet in zip(self.zones, public, strict=True):
            self._associate(f"public-{zone}", subnet, table)

    def _route_private(self, private: list[aws.ec2.Subnet], nats: list[aws.ec2.NatGateway]) -> list[aws.ec2.RouteTable]:
        tables: list[aws.ec2.RouteTable] = []
        for index, (zone, subnet) in enumerate(zip(self.zones, private, strict=True)):
            table = self._create_route_table(f"private-{zone}")
            aws.ec2.Route(
                f"{self._name}-route-private-{zone}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nats[index % len(nats)].id,
                opts=self._child,
            )
            self._associate(f"private-{zone}", subnet, table)
            tables.append(table)
        return tables

    def _route_data(self, data: list[aws.ec2.Subnet]) -> list[aws.ec2.RouteTable]:
        """No way out: the database talks to nobody outside the network."""
        table = self._create_route_table("data")
        for zone, subnet in zip(self.zones, data, strict=True):
            self._associate(f"data-{zone}", subnet, table)
        return [table]

    def _guard_data(self, data: list[aws.ec2.Subnet]) -> None:
        """A second lock beside the database's security group, which a mistaken rule there does not open."""
        opened = ports(self._args.system.firewall, NetworkTier.NODES, NetworkTier.DATABASE)
        rules = access_list.data_tier(opened, clients=self._plan.private, own=self._plan.data)
        aws.ec2.NetworkAcl(
            f"{self._name}-data-access",
            vpc_id=self._vpc.id,
            subnet_ids=[subnet.id for subnet in data],
            ingress=rules.ingress,
            egress=rules.egress,
            tags=self._tags("data-access"),
            opts=self._child,
        )

    def _create_way_to_s3(self, tables: list[aws.ec2.RouteTable]) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            f"{self._name}-way-to-s3",
            vpc_id=self._vpc.id,
            service_name=f"com.amazonaws.{self._args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            policy=endpoint_policies.s3(self._args.account_id, self._args.region),
            tags=self._tags("s3"),
            opts=self._child,
        )
