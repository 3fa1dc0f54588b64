"""The way in on the real engine: made, read back from the emulated AWS, made no second time, gone without a trace."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.paths import StackPaths
from systems.model import RecordTarget
from tests.components.aws.edge_of import stack
from tests.emulated import client_of
from tests.engine_runs import EngineRun

pytestmark = pytest.mark.engine
PROJECT = Path(__file__).parents[3]
#: Has most: crisis page, recovery region, admin host, assets, mail. Every stack is previewed in tests/stacks.
STACK = "prod"
LABELS = ("admin", "monitoring", "assets")
PROGRAM = f"""
import sys

sys.path.insert(0, {str(PROJECT)!r})
import pulumi
import pulumi_aws as aws

from tests.components.aws.edge_of import Around, build, stack

vpc = aws.ec2.Vpc("vpc", cidr_block="10.77.0.0/16")
zones = {{"us-east-1a": "10.77.0.0/24", "us-east-1b": "10.77.1.0/24", "us-east-1c": "10.77.2.0/24"}}
subnets = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=cidr, availability_zone=zone).id for zone, cidr in zones.items()
]
group = aws.ec2.SecurityGroup("balancer", vpc_id=vpc.id)
around = Around(vpc_id=vpc.id, subnet_ids=subnets, group_id=group.id, access_logs_bucket=None)
edge = build(stack({STACK!r}), around)
pulumi.export("zone", edge.zone_id)
pulumi.export("distribution", edge.distribution_id)
pulumi.export("firewall", edge.web_acl_arn)
pulumi.export("checks", edge.health_check_ids)
pulumi.export("certificates", edge.certificate_arns)
"""


def test_the_way_in_stands_as_documented_and_goes_without_a_trace(
    engine_run: Callable[..., EngineRun], emulators: StackPaths
) -> None:
    run = engine_run(PROGRAM, config={"aws:region": "us-east-1"}, emulators=emulators, limit=300.0)
    run.up()
    made = run.outputs()
    _every_public_record_is_read_back(emulators, made["zone"])
    _the_distribution_answers_to_every_name(emulators, made)
    _the_firewall_has_its_rules(emulators, made["firewall"])
    _every_check_asks_over_tls(emulators, made["checks"])
    _certificates_are_issued(emulators, made["certificates"])

    again = run.preview()
    assert set(again.story.changes) == {"same"}, again.text
    run.checkpoint.unprotect()
    run.destroy()
    left = client_of(emulators, "cloudfront").list_distributions()["DistributionList"].get("Items", [])
    assert made["distribution"] not in [each["Id"] for each in left]
    zones = [zone["Name"] for zone in client_of(emulators, "route53").list_hosted_zones()["HostedZones"]]
    assert f"{stack(STACK).domain}." not in zones


def _every_public_record_is_read_back(emulators: StackPaths, zone: str) -> None:
    found = client_of(emulators, "route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    there = {(each["Name"].rstrip("."), each["Type"]): each for each in found}
    for record in stack(STACK).system.edge.records:
        host = f"{record.label}.{stack(STACK).domain}" if record.label else stack(STACK).domain
        if record.target is RecordTarget.MAIL_DKIM:
            assert sum(key[0].endswith(f".{host}") for key in there) == 3
        else:
            assert (host, record.type) in there, record.key


def _the_distribution_answers_to_every_name(emulators: StackPaths, made: dict[str, str]) -> None:
    config = client_of(emulators, "cloudfront").get_distribution_config(Id=made["distribution"])["DistributionConfig"]
    domain = stack(STACK).domain
    assert set(config["Aliases"]["Items"]) == {domain, *(f"{label}.{domain}" for label in LABELS)}
    assert config["WebACLId"] == made["firewall"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def _the_firewall_has_its_rules(emulators: StackPaths, arn: str) -> None:
    *_, name, id = arn.split("/")
    acl = client_of(emulators, "wafv2").get_web_acl(Name=name, Id=id, Scope="CLOUDFRONT")["WebACL"]
    rules = [rule["Name"] for rule in acl["Rules"]]
    assert rules.index("administrators-only") < rules.index("flood") < rules.index("common")


def _every_check_asks_over_tls(emulators: StackPaths, checks: dict[str, str]) -> None:
    client = client_of(emulators, "route53")
    for id in checks.values():
        config = client.get_health_check(HealthCheckId=id)["HealthCheck"]["HealthCheckConfig"]
        assert (config["Port"], config["RequestInterval"]) == (443, 10) and config["Type"].startswith("HTTPS")


def _certificates_are_issued(emulators: StackPaths, certificates: dict[str, str]) -> None:
    for arn in certificates.values():
        found = client_of(emulators, "acm").describe_certificate(CertificateArn=arn)["Certificate"]
        assert found["Status"] == "ISSUED"
