"""Openings before and after, wherever one can be made: groups, network policies, the cluster's API, names."""

from typing import Any

import pytest

from reports import firewall
from reports.firewall import Opening
from tests.reports.made import UNKNOWN, changes, same, step, updated

GROUP, IN = "aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
CLUSTER, POLICY = "aws:eks/cluster:Cluster", "kubernetes:networking.k8s.io/v1:NetworkPolicy"
TCP = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432}


def opened(*steps: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    return [_told(each) for each in firewall.of(changes(*steps)).opened]


def _told(each: Opening) -> tuple[str, str, str, str, str]:
    return each.lets, each.origin, each.target, each.ports, each.wide


def test_groups_are_named_where_the_rule_has_only_their_id() -> None:
    rule = {"securityGroupId": "database-id-1", "referencedSecurityGroupId": "nodes-id-1", **TCP}
    told = opened(same(GROUP, "database"), same(GROUP, "nodes"), step("create", IN, "rule", None, rule))
    assert told == [("in", "nodes", "database", "tcp 5432", "")]


def test_both_sides_are_openings_of_their_own() -> None:
    rule = {"securityGroupId": "nodes-id-1", "cidrIpv4": "0.0.0.0/0", **TCP}
    told = opened(same(GROUP, "nodes"), step("create", OUT, "rule", None, rule))
    assert told == [("out", "nodes", "0.0.0.0/0", "tcp 5432", "the whole internet")]


def test_a_rule_that_is_made_anew_opens_and_closes_nothing() -> None:
    rule = {"securityGroupId": "g", "cidrIpv4": "10.0.0.0/16", **TCP}
    found = firewall.of(
        changes(step("delete", IN, "old", rule), step("create", IN, "new", None, {**rule, "description": "as before"}))
    )
    assert (found.opened, found.closed, found.kept) == ((), (), 1)


def test_a_wider_range_of_ports_is_another_opening() -> None:
    before = {"securityGroupId": "g", "cidrIpv4": "10.0.0.0/16", **TCP}
    found = firewall.of(changes(updated(IN, "rule", before, {**before, "toPort": 6000})))
    assert [each.ports for each in found.opened] == ["tcp 5432-6000"]
    assert [each.ports for each in found.closed] == ["tcp 5432"]


@pytest.mark.parametrize(
    ("cidr", "wide"),
    [
        ("0.0.0.0/0", "the whole internet"),
        ("::/0", "the whole internet"),
        ("52.0.0.0/8", "16,777,216 addresses"),
        ("203.0.113.0/24", ""),
        ("10.0.0.0/8", ""),
    ],
)
def test_wide_openings_are_called_so(cidr: str, wide: str) -> None:
    name = "cidrIpv6" if ":" in cidr else "cidrIpv4"
    told = opened(step("create", IN, "rule", None, {"securityGroupId": "g", name: cidr, **TCP}))
    assert [each[4] for each in told] == [wide]


def test_rules_within_a_group_count() -> None:
    rules = [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0", "10.0.0.0/8"]}]
    rules.append({"protocol": "-1", "fromPort": 0, "toPort": 0, "securityGroups": ["other-id-1"]})
    told = opened(same(GROUP, "other"), step("create", GROUP, "group", None, {"ingress": rules, "egress": []}))
    assert told == [
        ("in", "0.0.0.0/0", "group", "tcp 22", "the whole internet"),
        ("in", "10.0.0.0/8", "group", "tcp 22", ""),
        ("in", "other", "group", "all ports", ""),
    ]


def test_groups_that_are_not_made_yet_keep_their_rules_apart() -> None:
    rule = {"securityGroupId": UNKNOWN, "referencedSecurityGroupId": UNKNOWN, **TCP}
    assert len(opened(step("create", IN, "one", None, rule), step("create", IN, "two", None, rule))) == 2


def test_what_is_not_known_yet_is_told_as_that() -> None:
    (told,) = opened(
        step("create", IN, "rule", None, {"securityGroupId": "g", "ipProtocol": "tcp", "fromPort": UNKNOWN})
    )
    assert "known after the update" in told[3]


def test_the_api_of_the_cluster() -> None:
    def cluster(*cidrs: str, public: bool = True) -> dict[str, Any]:
        return {"vpcConfig": {"endpointPublicAccess": public, "publicAccessCidrs": list(cidrs)}}

    told = opened(updated(CLUSTER, "main", cluster(public=False), cluster("203.0.113.0/24")))
    assert told == [("in", "203.0.113.0/24", "API of main", "tcp 443", "")]
    assert opened(updated(CLUSTER, "main", cluster(public=False), cluster()))[0][4] == "the whole internet"


def test_a_database_with_an_address_on_the_internet() -> None:
    told = opened(
        updated(
            "aws:rds/instance:Instance", "db", {"publiclyAccessible": False}, {"publiclyAccessible": True, "port": 5433}
        )
    )
    assert told == [("in", "the internet", "db", "tcp 5433", "an address")]


def test_names_let_out() -> None:
    type = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
    told = opened(
        updated(type, "listed", {"domains": ["a.example.org."]}, {"domains": ["a.example.org.", "b.example.org."]})
    )
    assert [each[2] for each in told] == ["b.example.org."]
    assert opened(step("create", type, "all-others", None, {"domains": ["*."]})) == []


def _policy(**spec: Any) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "platform", "annotations": {"lifeline.dev/why": "visitors"}}
    return {"metadata": metadata, "spec": {"podSelector": {"matchLabels": {"lifeline.dev/workload": "web"}}, **spec}}


def test_network_policies_in_words() -> None:
    proxies = {
        "podSelector": {"matchExpressions": [{"key": "lifeline.dev/workload", "operator": "In", "values": ["haproxy"]}]}
    }
    monitoring = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    world = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}}
    after = _policy(
        ingress=[{"from": [proxies, monitoring], "ports": [{"port": 8080}, {"port": 9000, "endPort": 9010}]}],
        egress=[{"to": [world], "ports": [{"port": 443, "protocol": "TCP"}]}, {}],
    )
    found = firewall.of(changes(updated(POLICY, "policy", _policy(), after)))
    assert sorted(_told(each) for each in found.opened) == [
        ("in", "monitoring: every pod", "platform: web", "tcp 8080, tcp 9000-9010", ""),
        ("in", "platform: haproxy", "platform: web", "tcp 8080, tcp 9000-9010", ""),
        ("out", "platform: web", "0.0.0.0/0 but not 169.254.0.0/16", "tcp 443", "the whole internet"),
        ("out", "platform: web", "anywhere", "all ports", "the whole internet"),
    ]
    assert {each.reason for each in found.opened} == {"visitors"}


def test_two_clusters_have_openings_of_their_own() -> None:
    """What is open in the one already is still news in the other."""

    def provided(policy: dict[str, Any], name: str) -> dict[str, Any]:
        for state in ("old", "new"):
            if held := policy["resourcePreEvent"]["metadata"][state]:
                held["provider"] = f"urn:pulumi:made::lifeline::pulumi:providers:kubernetes::{name}::0b1c"
        return policy

    spec = _policy(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/16"}}]}])
    found = firewall.of(
        changes(
            provided(step("same", POLICY, "home", spec, spec), "home"),
            provided(step("create", POLICY, "standby", None, spec), "standby"),
        )
    )
    assert [(each.cluster, each.rule) for each in found.opened] == [("standby", "standby")]
    assert found.kept == 1
