"""The network of every platform: its documented range in zones and tiers, with one way in and the fewest ways out."""

import ipaddress
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from components.aws import access_list
from components.aws.addressing import zones
from components.aws.network import Network, NetworkArgs
from components.naming import Naming
from systems import registry
from systems.model import Environment, System
from tests.components.aws.judging import allowed
from tests.components.recording import Registered, only, registrations

ACCOUNT, OTHER, REGION = "111122223333", "999999999999", "us-east-1"
PLATFORMS = [(name, environment) for name in registry.names() for environment in Environment]


@cache
def made(name: str = "astral-core-v2", environment: Environment = Environment.PRODUCTION) -> tuple[Registered, ...]:
    system = registry.load(name, environment)
    naming = Naming(system=name, environment=environment, account_id=ACCOUNT, owner="platform-engineering")
    args = NetworkArgs(system=system, account_id=ACCOUNT, region=REGION)
    return tuple(registrations(lambda: Network("network", args, naming)))


def of(kind: str, resources: tuple[Registered, ...]) -> list[Mapping[str, Any]]:
    return [each.inputs for each in resources if each.type.endswith(f":{kind}")]


@pytest.fixture(params=PLATFORMS, ids=lambda given: f"{given[0]}-{given[1].value}")
def platform(request: pytest.FixtureRequest) -> tuple[System, tuple[Registered, ...]]:
    name, environment = request.param
    return registry.load(name, environment), made(name, environment)


def test_the_range_is_the_documented_one_in_as_many_zones_as_promised(
    platform: tuple[System, tuple[Registered, ...]],
) -> None:
    system, resources = platform
    assert only(resources, ":Vpc").inputs["cidrBlock"] == system.firewall.network_cidr
    subnets = of("Subnet", resources)
    assert len(subnets) == 3 * system.objectives.zones
    assert len({subnet["availabilityZone"] for subnet in subnets}) == system.objectives.zones


def test_a_lost_zone_takes_no_other_zones_way_out_with_it_in_production(
    platform: tuple[System, tuple[Registered, ...]],
) -> None:
    system, resources = platform
    gateways = of("NatGateway", resources)
    assert len(gateways) == (system.objectives.zones if system.production else 1)
    routes = [route["natGatewayId"] for route in of("Route", resources) if "natGatewayId" in route]
    assert len(routes) == system.objectives.zones
    if system.production:
        assert len(set(routes)) == system.objectives.zones


def test_nothing_is_given_a_public_address_but_the_nat_gateways(
    platform: tuple[System, tuple[Registered, ...]],
) -> None:
    _, resources = platform
    assert not any(subnet["mapPublicIpOnLaunch"] for subnet in of("Subnet", resources))
    assert len(of("Eip", resources)) == len(of("NatGateway", resources))
    gateways = {route["routeTableId"] for route in of("Route", resources) if "gatewayId" in route}
    assert gateways == {"network-routes-public-id"}


def test_the_default_group_lets_nothing_in_or_out() -> None:
    group = only(made(), ":DefaultSecurityGroup").inputs
    assert not group.get("ingress")
    assert not group.get("egress")


def test_the_data_tier_has_no_route_out_and_a_list_of_its_own() -> None:
    assert "network-routes-data-id" not in {route["routeTableId"] for route in of("Route", made())}
    guarded = only(made(), ":NetworkAcl").inputs
    assert len(guarded["subnetIds"]) == 3
    assert {rule["action"] for side in ("ingress", "egress") for rule in guarded[side]} == {"allow"}


def test_clients_reach_the_database_and_are_answered_wherever_they_listen() -> None:
    clients, own = ("10.0.0.0/18", "10.0.64.0/18"), ("10.0.250.0/24",)
    rules = access_list.data_tier((5432,), clients=clients, own=own)
    into = {(rule["from_port"], rule["to_port"], rule["cidr_block"]) for rule in rules.ingress}
    back = {(rule["from_port"], rule["to_port"], rule["cidr_block"]) for rule in rules.egress}
    assert {(5432, 5432, client) for client in clients} <= into
    assert {(1024, 65535, client) for client in clients} <= back
    assert not {cidr for low, _, cidr in into if low != 5432} - set(own), "only the tier itself is answered inside"
    assert not {cidr for low, _, cidr in back if low == 5432} - set(own), "the tier begins nothing with its clients"
    numbers = [rule["rule_no"] for rule in rules.ingress]
    assert len(set(numbers)) == len(numbers) <= 20, "AWS keeps 20 rules a side"


def test_a_data_tier_that_would_let_nobody_in_is_refused() -> None:
    with pytest.raises(ValueError, match="no opening to the database"):
        access_list.data_tier((), clients=("10.0.0.0/18",), own=("10.0.250.0/24",))


def test_s3_is_reached_without_the_internet_and_only_this_accounts_buckets() -> None:
    gateway = only(made(), ":VpcEndpoint").inputs
    assert (gateway["vpcEndpointType"], gateway["serviceName"]) == ("Gateway", "com.amazonaws.us-east-1.s3")
    assert len(gateway["routeTableIds"]) == 3
    role = f"arn:aws:iam::{ACCOUNT}:role/web"
    ours = {"aws__PrincipalAccount": ACCOUNT, "aws__ResourceAccount": ACCOUNT}
    assert allowed(gateway["policy"], "s3:PutObject", role, **ours)
    assert not allowed(gateway["policy"], "s3:PutObject", role, **{**ours, "aws__ResourceAccount": OTHER})
    assert not allowed(gateway["policy"], "s3:PutObject", role, **{**ours, "aws__PrincipalAccount": OTHER})
    layers = next(each for each in json.loads(gateway["policy"])["Statement"] if each["Sid"] == "ImageLayers")
    assert (layers["Action"], layers["Resource"]) == (
        "s3:GetObject",
        "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",
    )


def test_zones_are_named_without_asking_aws() -> None:
    assert zones("us-east-1", 3) == ("us-east-1a", "us-east-1b", "us-east-1c")
    assert zones("ca-central-1", 3) == ("ca-central-1a", "ca-central-1b", "ca-central-1d")
    assert zones("eu-west-1", 2) == ("eu-west-1a", "eu-west-1b")


def test_no_two_platforms_share_a_range() -> None:
    """They could be joined one day: a range of its own each costs nothing today."""
    ranges = [
        ipaddress.ip_network(registry.load(name, Environment.PRODUCTION).firewall.network_cidr)
        for name in registry.names()
    ]
    assert not [(one, other) for one in ranges for other in ranges if one is not other and one.overlaps(other)]
