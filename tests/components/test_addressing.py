"""Subnets of any network of ours: inside it, never overlapping, aligned, one a tier and zone."""

import ipaddress
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from components.aws.addressing import divide

networks = some.builds(
    lambda start, prefix: str(ipaddress.IPv4Network((start, prefix), strict=False)),
    some.integers(min_value=0x0A000000, max_value=0x0AFFFFFF),
    some.integers(min_value=16, max_value=20),
)
zones = some.integers(min_value=1, max_value=3)


@given(cidr=networks, count=zones)
def test_subnets_lie_in_the_network_and_never_overlap(cidr: str, count: int) -> None:
    plan = divide(cidr, count)
    subnets = [ipaddress.ip_network(each) for each in (*plan.public, *plan.private, *plan.data)]
    assert len(subnets) == 3 * count
    assert all(subnet.subnet_of(ipaddress.ip_network(cidr)) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(cidr=networks, count=zones)
def test_every_subnet_is_one_aws_accepts_and_private_ones_have_room_for_pods(cidr: str, count: int) -> None:
    plan = divide(cidr, count)
    for each in (*plan.public, *plan.private, *plan.data):
        assert 16 <= ipaddress.ip_network(each).prefixlen <= 28
    assert all(ipaddress.ip_network(each).num_addresses >= 1024 for each in plan.private)


@given(cidr=networks)
def test_a_zone_keeps_its_subnets_when_another_is_added(cidr: str) -> None:
    assert divide(cidr, 3).private[:2] == divide(cidr, 2).private


@pytest.mark.parametrize(
    ("cidr", "count"), [("10.0.0.0/8", 3), ("10.0.0.0/24", 3), ("10.0.0.0/16", 4), ("10.0.0.0/16", 0)]
)
def test_what_cannot_be_divided_is_refused_with_the_value(cidr: str, count: int) -> None:
    with pytest.raises(ValueError, match=cidr if not cidr.endswith("/16") else str(count)):
        divide(cidr, count)
