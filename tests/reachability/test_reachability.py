"""What reaches what, in every stack: the documented ways and no other. The page of it is docs/reachability.md."""

import os

import pytest
import yaml

from systems import registry
from systems.model import Environment, System
from tests.components.recording import PROJECT, STACKS, recorded
from tests.reachability import documented, places, reach, table
from tests.reachability.ports import Ports
from tests.reachability.reach import Row
from tests.reachability.resources import Resources

#: In one process with the other tests of all registrations: the programs are run once for both.
pytestmark = pytest.mark.xdist_group("registrations")
PAGE = PROJECT / "docs" / "reachability.md"


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def resources(stack: str) -> Resources:
    return Resources(recorded(stack))


def system_of(stack: str) -> System:
    values = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text())["config"]
    environment = Environment(values.get("lifeline:environment", "production"))
    return registry.load(values["lifeline:system"], environment)


def beyond(found: list[Row], ways: dict[tuple[str, str], Ports]) -> list[str]:
    """What reaches more than is documented; a second region's tiers are held to the same."""
    strangers: list[str] = []
    for row in found:
        origin, destination = (name.split(" (", 1)[0] for name in (row.origin, row.destination))
        more = row.ports - ways.get((origin, destination), Ports())
        if more:
            strangers.append(f"{row.origin} -> {row.destination}: {more}")
    return strangers


def test_nothing_reaches_more_than_is_documented(stack: str, resources: Resources) -> None:
    assert beyond(reach.rows(resources), documented.ways(system_of(stack))) == []


def test_what_is_documented_is_reached(stack: str, resources: Resources) -> None:
    """A firewall that is too tight is an outage: every documented way between tiers that exist is open."""
    found = {(row.origin, row.destination): row.ports for row in reach.rows(resources)}
    tiers = {place.tier for place in places.find(resources)}
    for (origin, destination), ports in documented.ways(system_of(stack)).items():
        if {origin, destination} <= tiers:
            assert not ports - found.get((origin, destination), Ports()), f"{origin} -> {destination}"


def test_from_the_internet_only_the_cdn_answers_and_behind_a_web_acl(resources: Resources) -> None:
    public = [row for row in reach.rows(resources) if row.origin.startswith(reach.INTERNET)]
    assert [row for row in public if row != Row("internet", "CDN", Ports.of(80, 443), "web ACL")] == []


def test_what_leaves_the_network_leaves_for_listed_names(resources: Resources) -> None:
    out = [row for row in reach.rows(resources) if row.destination.startswith(reach.INTERNET)]
    assert [row for row in out if row.way != "nat, listed names only"] == []


def test_a_lost_zone_closes_no_way(resources: Resources) -> None:
    assert reach.uneven(resources) == []


def test_nothing_with_a_security_group_is_left_out(resources: Resources) -> None:
    assert places.overlooked(resources) == []


def test_no_rule_has_the_internet_as_its_source_and_each_says_what_it_is_for(resources: Resources) -> None:
    rules = resources.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    rules += resources.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert rules
    assert [rule.name for rule in rules if not rule.inputs.get("description")] == []
    wide = [rule.name for rule in rules if "Ingress" in rule.type and rule.inputs.get("cidrIpv4") == "0.0.0.0/0"]
    assert wide == []


def test_the_page_says_what_is_computed() -> None:
    text = table.page()
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        PAGE.write_text(text)
    assert PAGE.read_text() == text, "LIFELINE_UPDATE_GOLDEN=1 writes docs/reachability.md anew: look at the change"
