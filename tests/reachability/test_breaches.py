"""The computation sees what it is for: each mistake, made on purpose, shows up as the way it opens or closes."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from tests.components.recording import Registered, only, registrations
from tests.reachability import documented, places, reach
from tests.reachability.platform import SYSTEM, platform
from tests.reachability.resources import Resources

Made = list[Registered]
NODES, DATABASE, BALANCER = "firewall-nodes-id", "firewall-database-id", "firewall-balancer-id"


@pytest.fixture(scope="module")
def untouched() -> Made:
    return registrations(platform)


@pytest.fixture
def made(untouched: Made) -> Made:
    return deepcopy(untouched)


def ways(made: Made) -> set[str]:
    return {f"{row.origin} -> {row.destination}: {row.ports} {row.way}".rstrip() for row in reach.rows(Resources(made))}


def rule(made: Made, side: str, group: str, port: int, **other: str) -> None:
    inputs = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": port, "toPort": port, **other}
    kind = side.capitalize()
    type = f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule"
    made.append(Registered(type, f"mistake-{len(made)}", "", inputs))


def test_the_platform_as_it_is_meant(untouched: Made) -> None:
    assert ways(untouched) == {
        "CDN -> balancer: 443 VPC origin",
        "balancer -> nodes: 30443",
        "control plane -> nodes: 10250-10251",
        "internet -> CDN: 80, 443 web ACL",
        "nodes -> AWS services: 443",
        "nodes -> S3: 443 gateway endpoint",
        "nodes -> control plane: 443",
        "nodes -> database: 5432",
        "nodes -> internet: 443 nat, listed names only",
        "nodes -> nodes: 53, 1024-65535, 53/udp",
    }
    assert documented.ways(SYSTEM)


def ssh_from_the_balancer(made: Made) -> None:
    rule(made, "egress", BALANCER, 22, referencedSecurityGroupId=NODES)
    rule(made, "ingress", NODES, 22, referencedSecurityGroupId=BALANCER)


def database_for_the_balancer(made: Made) -> None:
    """The access list of the data tier admits the private subnets, where the balancer lives too."""
    rule(made, "egress", BALANCER, 5432, referencedSecurityGroupId=DATABASE)
    rule(made, "ingress", DATABASE, 5432, referencedSecurityGroupId=BALANCER)


def public_balancer(made: Made) -> None:
    balancer = only(made, "LoadBalancer").inputs
    balancer["internal"] = False
    balancer["subnets"] = [each.id for each in made if each.inputs.get("tags", {}).get("lifeline:tier") == "public"]
    rule(made, "ingress", BALANCER, 443, cidrIpv4="0.0.0.0/0")


def public_cluster(made: Made) -> None:
    only(made, "Cluster").inputs["vpcConfig"]["endpointPublicAccess"] = True


def cluster_for_administrators(made: Made) -> None:
    public_cluster(made)
    only(made, "Cluster").inputs["vpcConfig"]["publicAccessCidrs"] = ["203.0.113.0/24"]


def distribution_without_web_acl(made: Made) -> None:
    del only(made, "Distribution").inputs["webAclId"]


def nodes_in_the_clusters_group(made: Made) -> None:
    only(made, "LaunchTemplate").inputs["vpcSecurityGroupIds"] = ["cluster-own-group"]


def database_with_a_way_out(made: Made) -> None:
    nat = next(each for each in made if "natGateway" in each.type)
    inputs = {"routeTableId": "network-routes-data-id", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": nat.id}
    made.append(Registered("aws:ec2/route:Route", "mistake", "", inputs))
    rule(made, "egress", DATABASE, 443, cidrIpv4="0.0.0.0/0")


def no_name_firewall(made: Made) -> None:
    made[:] = [each for each in made if "resolverFirewallRule:" not in each.type]


def address_of_its_own(made: Made) -> None:
    made.append(Registered("aws:ec2/eip:Eip", "bastion", "", {"domain": "vpc"}))


def open_bucket(made: Made) -> None:
    made.append(Registered("aws:s3/bucket:Bucket", "leak", "", {"bucket": "leak"}))


def function_with_an_address(made: Made) -> None:
    inputs = {"functionName": "x", "authorizationType": "NONE"}
    made.append(Registered("aws:lambda/functionUrl:FunctionUrl", "hook", "", inputs))


def plain_listener(made: Made) -> None:
    """Alone it opens nothing: the group admits 443 and the origin asks for 443."""
    balancer = only(made, "LoadBalancer")
    made.append(Registered("aws:lb/listener:Listener", "plain", "", {"loadBalancerArn": balancer.arn, "port": 80}))
    group = {"prefixListId": "com.amazonaws.global.cloudfront.origin-facing"}
    rule(made, "ingress", BALANCER, 80, **group)
    config = only(made, "VpcOrigin").inputs["vpcOriginEndpointConfig"]
    config["originProtocolPolicy"] = "match-viewer"


@pytest.mark.parametrize(
    ("mistake", "shown"),
    [
        (ssh_from_the_balancer, "balancer -> nodes: 22, 30443"),
        (database_for_the_balancer, "balancer -> database: 5432"),
        (public_balancer, "internet -> balancer: 443 public address"),
        (public_cluster, "internet -> control plane: 443 public endpoint"),
        (cluster_for_administrators, "administrators -> control plane: 443 public endpoint"),
        (distribution_without_web_acl, "internet -> CDN: 80, 443 no web ACL"),
        (nodes_in_the_clusters_group, "nodes -> internet: everything nat, listed names only"),
        (database_with_a_way_out, "database -> internet: 443 nat"),
        (no_name_firewall, "nodes -> internet: 443 nat"),
        (address_of_its_own, "internet -> bastion: everything elastic address"),
        (open_bucket, "internet -> leak: 443 bucket that may be made public"),
        (function_with_an_address, "internet -> hook: 443 function URL, NONE"),
        (plain_listener, "CDN -> balancer: 80, 443 VPC origin"),
    ],
    ids=lambda given: given.__name__ if callable(given) else "",
)
def test_a_mistake_shows(untouched: Made, made: Made, mistake: Callable[[Made], None], shown: str) -> None:
    assert not any(way.startswith(shown) for way in ways(untouched) if way == shown)
    mistake(made)
    assert any(way.startswith(shown) for way in ways(made)), ways(made) - ways(untouched)


def test_a_rule_on_one_side_only_opens_nothing(untouched: Made, made: Made) -> None:
    rule(made, "ingress", DATABASE, 5432, referencedSecurityGroupId=BALANCER)
    assert ways(made) == ways(untouched)


def test_an_access_list_that_forgets_a_zone_is_uneven(made: Made) -> None:
    rules = only(made, "NetworkAcl").inputs
    forgotten = rules["ingress"][0]["cidrBlock"]
    rules["ingress"] = [each for each in rules["ingress"] if each["cidrBlock"] != forgotten]
    assert "nodes to database" in reach.uneven(Resources(made))


def test_an_access_list_without_answers_cuts_the_database_off(made: Made) -> None:
    only(made, "NetworkAcl").inputs["egress"] = []
    assert not any(way.startswith("nodes -> database") for way in ways(made))


def test_an_earlier_refusal_wins(made: Made) -> None:
    rules = only(made, "NetworkAcl").inputs["ingress"]
    rules.append({**rules[0], "ruleNo": 1, "action": "deny", "cidrBlock": "0.0.0.0/0", "protocol": "-1"})
    assert not any(way.startswith("nodes -> database") for way in ways(made))


def test_what_is_not_computed_is_named(made: Made) -> None:
    groups = {"securityGroupIds": [DATABASE]}
    made.append(Registered("aws:elasticache/replicationGroup:ReplicationGroup", "other-cache", "", groups))
    assert places.overlooked(Resources(made)) == ["aws:elasticache/replicationGroup:ReplicationGroup other-cache"]
