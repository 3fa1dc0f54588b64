"""The network and its locks on the real engine: made, read back from the emulated AWS, made no second time, gone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from rehearsal.paths import StackPaths
from systems import registry
from systems.model import Environment
from tests.conftest import ACCOUNT
from tests.engine_runs import EngineRun

pytestmark = pytest.mark.engine
PROJECT = Path(__file__).parents[2]
PROGRAM = f"""
import sys

sys.path.insert(0, {str(PROJECT)!r})
import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.endpoints import Endpoints, EndpointsArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.flow_logs import FlowLogs, FlowLogsArgs
from components.aws.keys import Keys, KeysArgs
from components.aws.name_firewall import NameFirewall, NameFirewallArgs
from components.aws.network import Network, NetworkArgs
from components.naming import Naming
from systems import registry
from systems.model import Environment

system = registry.load("tdah-assistant", Environment.PRODUCTION)
account, here, there = {ACCOUNT!r}, "us-east-1", "us-west-2"
naming = Naming(system="reach", environment="production", account_id=account, owner="platform-engineering")
recovery = aws.Provider("recovery", region=there)
keys = Keys(
    "keys",
    KeysArgs(system=system, account_id=account, region=here, recovery_region=there, recovery=recovery),
    naming,
)
network = Network("network", NetworkArgs(system=system, account_id=account, region=here), naming)
vpc, private = network.vpc_id, network.private_subnet_ids
FlowLogs("flow-logs", FlowLogsArgs(system=system, account_id=account, vpc_id=vpc, key_arn=keys.arn("logs")), naming)
firewall = Firewall(
    "firewall", FirewallArgs(system=system, vpc_id=vpc, s3_prefix_list_id=network.s3_prefix_list_id), naming
)
names = NameFirewallArgs(system=system, region=here, domain="x.org", vpc_id=vpc, external_hosts={{}})
NameFirewall("names", names, naming)
group = firewall.endpoint_group_id
Endpoints(
    "endpoints",
    EndpointsArgs(account_id=account, region=here, vpc_id=vpc, subnet_ids=private, group_id=group),
    naming,
)
pulumi.export("vpc", vpc)
pulumi.export("database", firewall.database_group_id)
pulumi.export("nodes", firewall.node_group_id)
pulumi.export("key", keys.arn("data"))
pulumi.export("replica", keys.recovery_arn("data"))
"""


def test_the_network_stands_as_designed_and_goes_without_a_trace(
    engine_run: Callable[..., EngineRun], emulators: StackPaths
) -> None:
    run = engine_run(PROGRAM, config={"aws:region": "us-east-1"}, emulators=emulators)
    run.up()
    made = run.outputs()
    url = json.loads(emulators.endpoints.read_text())["aws"]["url"]
    session = boto3.Session(aws_access_key_id="auditor", aws_secret_access_key="x", region_name="us-east-1")
    ec2 = session.client("ec2", endpoint_url=url)
    of_network = [{"Name": "vpc-id", "Values": [made["vpc"]]}]

    documented = registry.load("tdah-assistant", Environment.PRODUCTION)
    assert ec2.describe_vpcs(VpcIds=[made["vpc"]])["Vpcs"][0]["CidrBlock"] == documented.firewall.network_cidr
    _each_private_subnet_leaves_by_a_gateway_of_its_own_zone(ec2, of_network)
    _the_database_is_behind_two_locks(ec2, of_network, made)
    _keys_are_rotated_and_copied(session, url, made)

    again = run.preview()
    assert set(again.story.changes) == {"same"}, again.text
    run.checkpoint.unprotect()
    run.destroy()
    assert ec2.describe_vpcs(Filters=of_network)["Vpcs"] == []


def _each_private_subnet_leaves_by_a_gateway_of_its_own_zone(ec2: Any, of_network: list[Any]) -> None:
    zones = {each["SubnetId"]: each["AvailabilityZone"] for each in ec2.describe_subnets(Filters=of_network)["Subnets"]}
    gateways = {
        each["NatGatewayId"]: zones[each["SubnetId"]]
        for each in ec2.describe_nat_gateways()["NatGateways"]
        if each["SubnetId"] in zones
    }
    assert sorted(gateways.values()) == ["us-east-1a", "us-east-1b", "us-east-1c"]
    for table in ec2.describe_route_tables(Filters=of_network)["RouteTables"]:
        for nat in (route["NatGatewayId"] for route in table["Routes"] if route.get("NatGatewayId")):
            (subnet,) = (held["SubnetId"] for held in table["Associations"])
            assert zones[subnet] == gateways[nat]


def _the_database_is_behind_two_locks(ec2: Any, of_network: list[Any], made: dict[str, Any]) -> None:
    (group,) = ec2.describe_security_groups(GroupIds=[made["database"]])["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"]) == (5432, 5432)
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [made["nodes"]]
    assert group["IpPermissionsEgress"] == []
    lists = ec2.describe_network_acls(Filters=of_network)["NetworkAcls"]
    (own,) = (each for each in lists if not each["IsDefault"])
    assert len(own["Associations"]) == 3
    (default,) = (
        each
        for each in ec2.describe_security_groups(Filters=of_network)["SecurityGroups"]
        if each["GroupName"] == "default"
    )
    assert (default["IpPermissions"], default["IpPermissionsEgress"]) == ([], [])


def _keys_are_rotated_and_copied(session: boto3.Session, url: str, made: dict[str, Any]) -> None:
    kms = session.client("kms", endpoint_url=url)
    assert kms.get_key_rotation_status(KeyId=made["key"])["KeyRotationEnabled"] is True
    there = session.client("kms", region_name="us-west-2", endpoint_url=url)
    assert there.describe_key(KeyId=made["replica"])["KeyMetadata"]["Arn"] == made["replica"]
    assert ":us-west-2:" in made["replica"]
