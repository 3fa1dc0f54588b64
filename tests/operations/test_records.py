"""Documented records and the delegation, asked of a real name server; and of the emulated account's hosted zone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from operations.health import records
from operations.health.cloud import HostedZone, RehearsedAccount
from operations.health.resolver import Resolver
from operations.health.stack import Stack, stack_settings
from operations.health.verdicts import Verdict, judge
from tests.operations.name_server import name_server, nobody_listens

DOMAIN = "draft.test"
NAME_SERVERS = ["ns-1.example.net", "ns-2.example.net"]
Change = Callable[[dict[tuple[str, str], list[str]]], object]


@pytest.fixture(scope="module")
def stack() -> Stack:
    """Astral Draft: mail in both directions, a host of somebody else's and a private name."""
    outputs = {"url": f"https://{DOMAIN}", "delegate_to": {"name_servers": NAME_SERVERS}}
    return Stack(name="astral-draft-prod", settings=stack_settings("astral-draft-prod"), outputs=outputs)


def zone(stack: Stack) -> dict[tuple[str, str], list[str]]:
    """As it should be, written down independently of what the checks read."""
    address = {"A": ["192.0.2.1", "192.0.2.2"], "AAAA": ["2001:db8::1"]}
    return {
        (DOMAIN, "NS"): [f"{each}." for each in NAME_SERVERS],
        **{
            (name, kind): v for name in (DOMAIN, f"api.{DOMAIN}", f"monitoring.{DOMAIN}") for kind, v in address.items()
        },
        (f"meet.{DOMAIN}", "CNAME"): [f"{stack.settings.hosts_elsewhere['meet']}."],
        (DOMAIN, "MX"): [f"{each}." for each in stack.settings.mail_servers],
        (f"bounce.{DOMAIN}", "MX"): ["10 feedback-smtp.us-east-1.amazonses.com."],
        (f"bounce.{DOMAIN}", "TXT"): ["v=spf1 include:amazonses.com -all"],
        (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=reject; adkim=s"],
        (DOMAIN, "CAA"): ['0 issue "amazon.com"'],
        (DOMAIN, "TXT"): ["v=spf1 include:amazonses.com -all", "somebody-elses-proof=" + "x" * 200],
    }


@pytest.fixture
def asked(stack: Stack, tmp_path: Path) -> Iterator[Callable[[Change], dict[str, str]]]:
    """What is not sound, after a change of the zone."""

    def ask(change: Change) -> dict[str, str]:
        content = zone(stack)
        change(content)
        with name_server(tmp_path, {DOMAIN: content}) as server:
            findings = judge(records.checks(stack, Resolver(server, timeout_seconds=60)))
        assert {each.verdict for each in findings} <= {Verdict.SOUND, Verdict.BROKEN}
        return {each.subject: each.found for each in findings if each.verdict is Verdict.BROKEN}

    yield ask


def test_the_documented_records_are_found(asked) -> None:
    assert asked(lambda content: None) == {}


def test_what_is_missing_or_wrong_is_told_record_by_record(asked) -> None:
    def change(content: dict[tuple[str, str], list[str]]) -> None:
        del content[f"api.{DOMAIN}", "A"]
        del content[f"monitoring.{DOMAIN}", "A"], content[f"monitoring.{DOMAIN}", "AAAA"]
        del content[f"_dmarc.{DOMAIN}", "TXT"]
        content[DOMAIN, "NS"] = ["ns.of-somebody-else.example."]
        content[DOMAIN, "CAA"].append('0 issue "letsencrypt.org"')
        content[f"bounce.{DOMAIN}", "TXT"] = ["v=spf1 +all"]
        content[f"prod-db.{DOMAIN}", "A"] = ["192.0.2.77"]

    assert asked(change) == {
        f"{DOMAIN} NS": "led to ns.of-somebody-else.example",
        f"api.{DOMAIN} A and AAAA": "no A record",
        f"monitoring.{DOMAIN} A and AAAA": "no A and no AAAA record",
        f"_dmarc.{DOMAIN} TXT": "no such record",
        f"{DOMAIN} CAA": '0 issue "amazon.com", 0 issue "letsencrypt.org"',
        f"bounce.{DOMAIN} TXT": "v=spf1 +all",
        f"prod-db.{DOMAIN} CNAME": "the world sees 192.0.2.77",
    }


def test_an_answer_too_long_for_a_datagram_is_asked_for_again(asked) -> None:
    many = [f"proof-{number}=" + "y" * 200 for number in range(20)]
    assert asked(lambda content: content[DOMAIN, "TXT"].extend(many)) == {}


def test_without_a_name_server_nothing_is_known(stack: Stack) -> None:
    address, port = nobody_listens()
    findings = judge(records.checks(stack, Resolver((address, port), timeout_seconds=0.3)))
    assert {each.verdict for each in findings} == {Verdict.UNSEEN}
    assert {each.found for each in findings} == {f"needs a name server that answers: {address}:{port} does not"}


@mock_aws
def test_the_hosted_zone_can_stand_in_for_a_name_server() -> None:
    client = boto3.client("route53", region_name="us-east-1")
    created = client.create_hosted_zone(Name="zone.test", CallerReference="1")
    batch = [
        {"Name": "zone.test", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"v=spf1 -all"'}]},
        {"Name": "assets.zone.test", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "d1.cloudfront.net"}]},
        {
            "Name": "zone.test",
            "Type": "A",
            "AliasTarget": {
                "HostedZoneId": "Z2FDTNDATAQYW2",
                "DNSName": "d1.cloudfront.net",
                "EvaluateTargetHealth": False,
            },
        },
    ]
    changes = [{"Action": "CREATE", "ResourceRecordSet": each} for each in batch]
    client.change_resource_record_sets(HostedZoneId=created["HostedZone"]["Id"], ChangeBatch={"Changes": changes})
    names = HostedZone(RehearsedAccount({"aws": {"url": None}, "clusters": {}}), "us-east-1", "zone.test")
    assert names.records("zone.test", "TXT") == ["v=spf1 -all"]
    assert names.records("zone.test", "A") == ["d1.cloudfront.net"]
    assert names.records("assets.zone.test", "A") == ["d1.cloudfront.net"]
    assert names.records("other.zone.test", "A") == []
