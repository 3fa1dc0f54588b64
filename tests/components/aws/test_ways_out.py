"""Ways out of the network: private ones to AWS with a policy each, listed names only, and a record of all of it."""

import json
from functools import cache

import pytest

from components.aws import endpoints
from components.aws.endpoints import Endpoints, EndpointsArgs
from components.aws.flow_logs import FlowLogs, FlowLogsArgs
from components.aws.name_firewall import NameFirewall, NameFirewallArgs, allowed_names
from components.naming import Naming
from systems import registry
from systems.model import Environment, System
from tests.components.aws.judging import allowed
from tests.components.recording import Registered, only, registrations

ACCOUNT, OTHER, REGION, KEY = (
    "111122223333",
    "999999999999",
    "us-east-1",
    "arn:aws:kms:us-east-1:111122223333:key/mrk-1",
)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/web"
NAMING = Naming(system="tdah-assistant", environment="production", account_id=ACCOUNT, owner="platform-engineering")


def system(name: str = "tdah-assistant", environment: Environment = Environment.PRODUCTION) -> System:
    return registry.load(name, environment)


def names(of: System, region: str = REGION, **external_hosts: tuple[str, ...]) -> NameFirewallArgs:
    return NameFirewallArgs(system=of, region=region, domain="example.org", vpc_id="vpc", external_hosts=external_hosts)


@cache
def ways() -> dict[str, Registered]:
    args = EndpointsArgs(account_id=ACCOUNT, region=REGION, vpc_id="vpc", subnet_ids=["a", "b", "c"], group_id="group")
    made = registrations(lambda: Endpoints("endpoints", args, NAMING))
    return {each.inputs["serviceName"].split(".", 3)[3]: each for each in made if each.type.endswith(":VpcEndpoint")}


# -- private ways to AWS ----------------------------------------------------------------------------------------------


def test_every_service_has_a_private_way_under_its_public_name_in_every_zone() -> None:
    assert ways().keys() == endpoints.SERVICES.keys()
    for way in ways().values():
        assert way.inputs["privateDnsEnabled"] is True
        assert (way.inputs["subnetIds"], way.inputs["securityGroupIds"]) == (["a", "b", "c"], ["group"])
    assert all(service.reason for service in endpoints.SERVICES.values())


@pytest.mark.parametrize("service", endpoints.SERVICES)
def test_a_foreign_identity_passes_none_of_them(service: str) -> None:
    stranger = f"arn:aws:iam::{OTHER}:role/anyone"
    policy = ways()[service].inputs["policy"]
    prefix = {"ecr.api": "ecr", "ecr.dkr": "ecr", "monitoring": "cloudwatch"}.get(service, service)
    assert not allowed(policy, f"{prefix}:Anything", stranger, aws__PrincipalAccount=OTHER)
    assert not allowed(policy, "ecr:BatchGetImage", stranger, aws__PrincipalAccount=OTHER)


@pytest.mark.parametrize(
    ("service", "action"),
    [("secretsmanager", "secretsmanager:PutSecretValue"), ("logs", "logs:PutLogEvents"), ("sns", "sns:Publish")],
)
def test_data_is_put_into_this_account_only(service: str, action: str) -> None:
    policy = ways()[service].inputs["policy"]
    ours = {"aws__PrincipalAccount": ACCOUNT, "aws__ResourceAccount": ACCOUNT}
    assert allowed(policy, action, ROLE, **ours)
    assert not allowed(policy, action, ROLE, **{**ours, "aws__ResourceAccount": OTHER})


def test_images_come_from_anywhere_and_go_nowhere_else() -> None:
    policy = ways()["ecr.dkr"].inputs["policy"]
    theirs = {"aws__PrincipalAccount": ACCOUNT, "aws__ResourceAccount": "602401143452"}
    assert allowed(policy, "ecr:BatchGetImage", ROLE, **theirs)
    assert not allowed(policy, "ecr:PutImage", ROLE, **theirs)
    assert allowed(policy, "ecr:PutImage", ROLE, **{**theirs, "aws__ResourceAccount": ACCOUNT})


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", registry.names())
def test_the_documented_services_are_listed_and_nothing_of_the_kind_of_everything(name: str) -> None:
    listed = allowed_names(names(system(name)))
    documented = {host for service in system(name).application.external_services for host in service.hosts}
    assert documented <= set(listed)
    assert not {"*", "*.com", "*.amazonaws.com", "*.io", "*.org"} & set(listed)
    assert listed == sorted(set(listed))


def test_a_service_whose_provider_no_document_names_is_reached_once_its_hosts_are_given() -> None:
    platform = system("astral-core-v2")
    assert "api.example.com" not in allowed_names(names(platform))
    given = NameFirewallArgs(
        system=platform,
        region=REGION,
        domain="x.org",
        vpc_id="vpc",
        external_hosts={"ai-provider": ("api.example.com",)},
    )
    assert "api.example.com" in allowed_names(given)


def test_aws_is_reached_in_this_region_only() -> None:
    """Pods get credentials from eks-auth.<region>.api.aws; S3 in us-east-1 has a name without a region as well."""
    listed = allowed_names(names(system(), region="eu-west-1"))
    assert {"*.eu-west-1.amazonaws.com", "*.eu-west-1.rds.amazonaws.com", "*.eu-west-1.compute.internal"} <= set(listed)
    assert "*.eu-west-1.api.aws" in listed
    assert not {"*.ec2.internal", "*.s3.amazonaws.com"} & set(listed)
    assert not [name for name in listed if "us-east-1" in name]
    assert {"*.ec2.internal", "s3.amazonaws.com", "*.s3.amazonaws.com"} <= set(allowed_names(names(system())))


def test_a_bucket_of_another_region_is_reached_by_its_own_name_alone() -> None:
    given = NameFirewallArgs(
        system=system(),
        region="us-east-1",
        domain="x.org",
        vpc_id="vpc",
        external_hosts={},
        buckets_elsewhere={"copies-of-dumps": "us-west-2"},
    )
    there = [name for name in allowed_names(given) if "us-west-2" in name]
    assert there == ["copies-of-dumps.s3.us-west-2.amazonaws.com"]


def test_listed_names_are_answered_with_all_they_lead_to_and_every_other_does_not_exist() -> None:
    made = registrations(lambda: NameFirewall("names", names(system()), NAMING))
    allow, refuse = (only(made, ":ResolverFirewallRule", end).inputs for end in ("-allow", "-refuse"))
    assert (allow["action"], allow["firewallDomainRedirectionAction"]) == ("ALLOW", "TRUST_REDIRECTION_DOMAIN")
    assert (refuse["action"], refuse["blockResponse"]) == ("BLOCK", "NXDOMAIN")
    assert allow["priority"] < refuse["priority"]
    assert only(made, ":ResolverFirewallDomainList", "-all").inputs["domains"] == ["*"]
    assert "api.twilio.com" in only(made, ":ResolverFirewallDomainList", "-listed").inputs["domains"]


def test_the_network_is_guarded_and_a_firewall_that_is_down_cuts_nobody_off() -> None:
    made = registrations(lambda: NameFirewall("names", names(system()), NAMING))
    guard = only(made, ":ResolverFirewallRuleGroupAssociation").inputs
    assert (guard["vpcId"], guard["mutationProtection"]) == ("vpc", "ENABLED")
    assert only(made, ":ResolverFirewallConfig").inputs["firewallFailOpen"] == "ENABLED"


# -- the record -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", registry.names())
def test_traffic_and_names_are_recorded_encrypted_for_as_long_as_the_audit_log(name: str) -> None:
    platform = system(name)
    args = FlowLogsArgs(system=platform, account_id=ACCOUNT, vpc_id="vpc", key_arn=KEY)
    made = registrations(lambda: FlowLogs("flow-logs", args, NAMING))
    days = {kept.name: kept.days for kept in platform.retention.classes}["audit_logs"]
    groups = [each.inputs for each in made if each.type.endswith(":LogGroup")]
    assert len(groups) == 2
    assert {(group["kmsKeyId"], group["retentionInDays"]) for group in groups} == {(KEY, days)}
    assert only(made, ":FlowLog").inputs["trafficType"] == "ALL"
    assert only(made, ":ResolverQueryLogConfigAssociation").inputs["resourceId"] == "vpc"


def test_only_flow_logs_of_this_account_write_and_only_into_their_group() -> None:
    args = FlowLogsArgs(system=system(), account_id=ACCOUNT, vpc_id="vpc", key_arn=KEY)
    made = registrations(lambda: FlowLogs("flow-logs", args, NAMING))
    trust = only(made, "iam/role:Role").inputs["assumeRolePolicy"]
    service = "vpc-flow-logs.amazonaws.com"
    assert allowed(trust, "sts:AssumeRole", service, aws__SourceAccount=ACCOUNT)
    assert not allowed(trust, "sts:AssumeRole", service, aws__SourceAccount=OTHER)
    write, find = json.loads(only(made, "iam/policy:Policy").inputs["policy"])["Statement"]
    group = only(made, ":LogGroup", "traffic-group").arn
    assert write["Resource"] == [group, f"{group}:*"]
    assert find["Action"] == ["logs:DescribeLogGroups"]
