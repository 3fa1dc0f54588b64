"""Every resource of every stack: descends from a component, is named after it, carries the tags, keeps the limits."""

import pytest

from rehearsal.providers import schema
from tests.components.recording import STACKS, Registered, recorded

#: In one process with the tests of reachability: the programs are run once for both.
pytestmark = pytest.mark.xdist_group("registrations")
TAGS = {"lifeline:system", "lifeline:environment", "lifeline:component", "lifeline:data-class", "lifeline:owner"}

#: The property with the physical name, and the characters that AWS allows in it.
LIMITS = {
    "aws:backup/plan:Plan": ("name", 50),
    "aws:backup/vault:Vault": ("name", 50),
    "aws:cloudtrail/trail:Trail": ("name", 128),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ("alarmName", 255),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName", 255),
    "aws:cloudwatch/eventRule:EventRule": ("name", 64),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": ("name", 60),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": ("name", 60),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name", 255),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", 128),
    "aws:ec2/securityGroup:SecurityGroup": ("name", 255),
    "aws:ecr/repository:Repository": ("name", 256),
    "aws:eks/cluster:Cluster": ("name", 100),
    "aws:eks/nodeGroup:NodeGroup": ("nodeGroupName", 63),
    "aws:iam/policy:Policy": ("name", 128),
    "aws:iam/role:Role": ("name", 64),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": ("name", 64),
    "aws:kms/alias:Alias": ("name", 256),
    "aws:lambda/function:Function": ("name", 64),
    "aws:lb/loadBalancer:LoadBalancer": ("name", 32),
    "aws:lb/targetGroup:TargetGroup": ("name", 32),
    "aws:rds/instance:Instance": ("identifier", 63),
    "aws:rds/parameterGroup:ParameterGroup": ("name", 255),
    "aws:rds/subnetGroup:SubnetGroup": ("name", 255),
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": ("name", 64),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": ("name", 64),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:scheduler/schedule:Schedule": ("name", 64),
    "aws:secretsmanager/secret:Secret": ("name", 512),
    "aws:sns/topic:Topic": ("name", 256),
    "aws:wafv2/ipSet:IpSet": ("name", 128),
    "aws:wafv2/webAcl:WebAcl": ("name", 128),
}


@pytest.fixture(params=STACKS)
def registered(request: pytest.FixtureRequest) -> tuple[Registered, ...]:
    return recorded(request.param)


def _ours(registered: tuple[Registered, ...]) -> list[Registered]:
    """Without the stack itself and the providers that stand for the account and its recovery region."""
    return [each for each in registered if not each.type.startswith(("pulumi:pulumi:", "pulumi:providers:aws"))]


def test_the_program_registers_resources(registered: tuple[Registered, ...]) -> None:
    assert len(_ours(registered)) > 20


def test_every_resource_descends_from_a_component(registered: tuple[Registered, ...]) -> None:
    orphans = [
        f"{each.type} {each.name}"
        for each in _ours(registered)
        if not each.type.startswith("lifeline:") and "lifeline:" not in each.parent
    ]
    assert orphans == []


def test_children_are_named_after_their_component(registered: tuple[Registered, ...]) -> None:
    strangers = [
        f"{each.name} under {each.parent.rsplit('::', 1)[-1]}"
        for each in _ours(registered)
        if not each.type.startswith("lifeline:") and not each.name.startswith(each.parent.rsplit("::", 1)[-1] + "-")
    ]
    assert strangers == []


def test_whatever_can_be_tagged_carries_the_tags(registered: tuple[Registered, ...]) -> None:
    aws = [each for each in _ours(registered) if each.type.startswith("aws:")]
    catalogue = schema.load("aws", sorted({each.type for each in aws}))
    for each in aws:
        described = catalogue.resource(each.type)
        assert described is not None
        if "tags" in described.inputs:
            assert (each.inputs.get("tags") or {}).keys() >= TAGS, f"{each.type} {each.name}"


def test_physical_names_keep_their_limits(registered: tuple[Registered, ...]) -> None:
    named = [each for each in registered if each.type in LIMITS]
    assert len(named) > 150
    for each in named:
        name, limit = LIMITS[each.type]
        assert 0 < len(each.inputs[name]) <= limit, f"{each.type} {each.inputs[name]}"


def test_no_two_resources_of_a_kind_share_a_name(registered: tuple[Registered, ...]) -> None:
    """Two that were shortened to the same letters would take each other's place. Roles and buckets have no region."""
    for kind in LIMITS:
        everywhere = kind.startswith(("aws:iam/", "aws:s3/"))
        named = [
            (() if everywhere else (each.provider, each.inputs.get("region", "")), each.inputs[LIMITS[kind][0]])
            for each in registered
            if each.type == kind
        ]
        assert len(named) == len(set(named)), f"{kind}: {[each for each in named if named.count(each) > 1]}"
