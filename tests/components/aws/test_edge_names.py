"""Names of every stack: each documented record, signed, certified, and mail that arrives or is refused."""

import json

import pytest

from rehearsal.providers.aws.dns_records import record_failures
from systems.model import Audience, CheckUse, RecordTarget, RecordType
from tests.components.aws.edge_of import edge_of, stack
from tests.components.recording import STACKS, Registered, only


def _records(name: str, zone: str = "names-zone") -> dict[tuple[str, str], Registered]:
    """By full name and type; two of the same would overwrite each other."""
    found = [each for each in edge_of(name) if each.type.endswith("record:Record")]
    found = [each for each in found if each.inputs["zoneId"] == f"{zone}-id"]
    keys = [(each.inputs["name"], each.inputs["type"]) for each in found]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, found, strict=True))


@pytest.mark.parametrize("name", STACKS)
def test_every_documented_record_is_there(name: str) -> None:
    read = stack(name)
    inside, public = _records(name, "names-zone-inside"), _records(name)
    for record in read.system.edge.records:
        host = f"{record.label}.{read.domain}" if record.label else read.domain
        there = inside if record.private else public
        if record.target is RecordTarget.MAIL_DKIM:
            assert [(f"{key}.{host}", "CNAME") in public for key in ("one", "two", "three")] == [True] * 3
            continue
        found = there[host, record.type].inputs
        if record.target is RecordTarget.LITERAL:
            assert record.value in found["records"]
        if record.target in (RecordTarget.DISTRIBUTION, RecordTarget.RECOVERY_DISTRIBUTION):
            assert found.get("aliases") or record.type is RecordType.CNAME
            assert record.type is RecordType.CNAME or (host, "AAAA") in public
        if record.target is RecordTarget.MAIL_INBOX:
            assert found["records"] == list(read.mail_servers)
        if record.target is RecordTarget.ELSEWHERE:
            assert found["records"] == [read.hosts_elsewhere[record.label]]


@pytest.mark.parametrize("name", STACKS)
def test_route_53_accepts_them(name: str) -> None:
    for each in edge_of(name):
        if each.type.endswith("record:Record"):
            assert record_failures(each.inputs) == [], each.name


@pytest.mark.parametrize("name", ["astral-draft-prod", "astral-draft-staging"])
def test_the_database_is_named_inside_only_and_the_inside_still_finds_the_public_hosts(name: str) -> None:
    domain = stack(name).domain
    inside, public = _records(name, "names-zone-inside"), _records(name)
    assert inside[f"prod-db.{domain}", "CNAME"].inputs["records"] == ["database.internal"]
    assert not any("prod-db" in host for host, _ in public)
    hosts = {key for key in public if key[1] in ("A", "AAAA")} | {(f"meet.{domain}", "CNAME")}
    assert hosts <= inside.keys()


@pytest.mark.parametrize("name", STACKS)
def test_the_zone_is_signed_by_a_key_that_only_route_53_can_sign_with(name: str) -> None:
    assert only(edge_of(name), "hostedZoneDnsSec:HostedZoneDnsSec").inputs["signingStatus"] == "SIGNING"
    key = only(edge_of(name), "kms/key:Key", "signing-key").inputs
    assert (key["customerMasterKeySpec"], key["keyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert key["region"] == "us-east-1" and not key.get("enableKeyRotation")
    signs = [each for each in json.loads(key["policy"])["Statement"] if "kms:Sign" in each["Action"]]
    assert [each["Principal"] for each in signs] == [{"Service": "dnssec-route53.amazonaws.com"}]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_certificates_cover_every_host_of_ours_where_they_are_used(region: str) -> None:
    built = edge_of("prod", region)
    domain = stack("prod").domain
    for use, where in (("edge", "us-east-1"), ("balancer", region)):
        asked = only(built, "acm/certificate:Certificate", f"certificate-{use}").inputs
        assert (asked["region"], asked["validationMethod"]) == (where, "DNS")
        names = [asked["domainName"], *asked["subjectAlternativeNames"]]
        assert names == [domain, *(f"{label}.{domain}" for label in ("admin", "monitoring", "backup", "assets"))]
        issued = only(built, "certificateValidation:CertificateValidation", f"{use}-issued").inputs
        assert (issued["region"], len(issued["validationRecordFqdns"])) == (where, len(names))


@pytest.mark.parametrize("name", STACKS)
def test_mail_is_signed_bounces_have_a_name_and_nobody_else_may_send(name: str) -> None:
    read, mail = stack(name), stack(name).system.edge.mail
    identities = [each for each in edge_of(name) if each.type.endswith("emailIdentity:EmailIdentity")]
    assert len(identities) == (mail is not None)
    if mail is None:
        return
    public = _records(name)
    bounces = only(edge_of(name), "emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes").inputs
    assert bounces["mailFromDomain"] == f"{mail.mail_from_label}.{read.domain}"
    assert public[bounces["mailFromDomain"], "MX"].inputs["records"] == ["10 feedback-smtp.us-east-1.amazonses.com"]
    assert "amazonses.com" in public[bounces["mailFromDomain"], "TXT"].inputs["records"][0]
    assert f"p={mail.dmarc_policy}" in public[f"_dmarc.{read.domain}", "TXT"].inputs["records"][0]
    options = only(edge_of(name), "configurationSet:ConfigurationSet").inputs
    assert options["deliveryOptions"]["tlsPolicy"] == "REQUIRE"
    assert options["suppressionOptions"]["suppressedReasons"] == ["BOUNCE", "COMPLAINT"]


@pytest.mark.parametrize("name", STACKS)
def test_every_documented_endpoint_is_asked_from_outside(name: str) -> None:
    read = stack(name)
    asked = {
        (each.inputs["fqdn"], each.inputs["resourcePath"]): each.inputs
        for each in edge_of(name)
        if each.type.endswith("healthCheck:HealthCheck")
    }
    for workload in read.system.workloads:
        for check in (check for check in workload.health if CheckUse.OUTSIDE in check.uses):
            found = asked.pop((f"{check.host}.{read.domain}" if check.host else read.domain, check.path))
            texts = [f'"{body.equals}"' for body in check.body if isinstance(body.equals, str)]
            assert found.get("searchString") == (texts[0] if texts else None)
            assert found["type"] == ("HTTPS_STR_MATCH" if texts else "HTTPS")
    left = {path: found["searchString"] for (_, path), found in asked.items()}
    crisis = read.system.crisis
    assert left == ({crisis.page_path: "988"} if crisis else {})


@pytest.mark.parametrize("name", STACKS)
def test_hosts_that_are_not_ours_are_neither_certified_nor_delivered(name: str) -> None:
    foreign = (Audience.ELSEWHERE, Audience.INSIDE)
    labels = {host.label for host in stack(name).system.edge.hosts if host.audience in foreign}
    for each in edge_of(name):
        if each.type.endswith(("distribution:Distribution", "acm/certificate:Certificate")):
            told = [*each.inputs.get("aliases", []), *each.inputs.get("subjectAlternativeNames", [])]
            assert not {host.split(".")[0] for host in told} & labels
