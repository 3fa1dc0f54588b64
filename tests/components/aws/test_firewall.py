"""Security groups: the openings of the spec from tier to tier, on both sides, described; closed ports stay closed."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from components.aws.firewall import Firewall, FirewallArgs
from components.naming import Naming
from systems import registry
from systems.model import Environment
from tests.components.recording import CDN_ADDRESSES, Registered, registrations

GROUPS = {"balancer", "nodes", "control-plane", "database", "endpoints", "quarantine"}
PLATFORMS = [(name, environment) for name in registry.names() for environment in Environment]


@cache
def made(name: str = "astral-core-v2", environment: Environment = Environment.PRODUCTION) -> tuple[Registered, ...]:
    system = registry.load(name, environment)
    naming = Naming(system=name, environment=environment, account_id="111122223333", owner="platform-engineering")
    args = FirewallArgs(system=system, vpc_id="vpc", s3_prefix_list_id="com.amazonaws.us-east-1.s3")
    return tuple(registrations(lambda: Firewall("firewall", args, naming)))


def rules(side: str, group: str = "", resources: tuple[Registered, ...] = ()) -> list[Mapping[str, Any]]:
    found = [each.inputs for each in resources or made() if each.type.endswith(f":SecurityGroup{side}Rule")]
    return [rule for rule in found if not group or rule["securityGroupId"] == f"firewall-{group}-id"]


def source(rule: Mapping[str, Any]) -> str:
    other = rule.get("referencedSecurityGroupId") or rule.get("prefixListId") or rule["cidrIpv4"]
    return other.removeprefix("firewall-").removesuffix("-id")


def test_there_is_a_group_for_each_tier_and_one_that_cuts_off() -> None:
    groups = {each.name.removeprefix("firewall-") for each in made() if each.type.endswith(":SecurityGroup")}
    assert groups == GROUPS
    assert rules("Ingress", "quarantine") == rules("Egress", "quarantine") == []


def test_the_balancer_is_reached_by_the_cdn_alone() -> None:
    assert [(source(rule), rule["fromPort"], rule["toPort"]) for rule in rules("Ingress", "balancer")] == [
        (CDN_ADDRESSES, 443, 443)
    ]
    assert [(source(rule), rule["fromPort"]) for rule in rules("Egress", "balancer")] == [("nodes", 30443)]


def test_the_database_is_reached_by_the_nodes_alone_and_speaks_to_nobody_first() -> None:
    assert [(source(rule), rule["fromPort"], rule["toPort"]) for rule in rules("Ingress", "database")] == [
        ("nodes", 5432, 5432)
    ]
    assert rules("Egress", "database") == []


def test_nodes_reach_the_world_over_tls_only() -> None:
    outward = {
        source(rule): (rule["fromPort"], rule["toPort"]) for rule in rules("Egress", "nodes") if source(rule) != "nodes"
    }
    tls = (443, 443)
    assert outward == {
        "0.0.0.0/0": tls,
        "com.amazonaws.us-east-1.s3": tls,
        "control-plane": tls,
        "endpoints": tls,
        "database": (5432, 5432),
    }


@pytest.mark.parametrize(("name", "environment"), PLATFORMS)
def test_closed_ports_are_open_between_no_tiers(name: str, environment: Environment) -> None:
    """Among nodes network policies decide; ports below 1024 are closed even there, but for names."""
    closed = registry.load(name, environment).firewall.closed
    assert 22 in closed
    for rule in rules("Ingress", resources=made(name, environment)):
        among_nodes = source(rule) == "nodes" and rule["securityGroupId"] == "firewall-nodes-id"
        opened = [port for port in closed if rule["fromPort"] <= port <= rule["toPort"]]
        assert not opened or (among_nodes and min(opened) >= 1024), rule["description"]


@pytest.mark.parametrize(("name", "environment"), PLATFORMS)
def test_every_way_between_groups_has_both_its_ends(name: str, environment: Environment) -> None:
    def ends(side: str, here: str, there: str) -> set[tuple[object, ...]]:
        return {
            (rule[here], rule[there], rule["ipProtocol"], rule["fromPort"], rule["toPort"])
            for rule in rules(side, resources=made(name, environment))
            if "referencedSecurityGroupId" in rule
        }

    out = ends("Egress", "securityGroupId", "referencedSecurityGroupId")
    assert out == ends("Ingress", "referencedSecurityGroupId", "securityGroupId")
    assert out


def test_every_rule_says_what_it_is_for_in_characters_that_aws_takes() -> None:
    taken = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*")
    described = [rule["description"] for side in ("Ingress", "Egress") for rule in rules(side)]
    described += [each.inputs["description"] for each in made() if each.type.endswith(":SecurityGroup")]
    assert all(described)
    assert [text for text in described if set(text) - taken or len(text) > 255] == []


def test_no_rule_lets_the_internet_in() -> None:
    assert [rule for rule in rules("Ingress") if rule.get("cidrIpv4") or rule.get("cidrIpv6")] == []
