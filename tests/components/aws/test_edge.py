"""The way in of every stack: one distribution for all names, the crisis page behind it, and what it never does."""

import json
from typing import Any

import pytest

from rehearsal.providers.aws.edge_rules import distribution_failures
from rendering import pages
from systems.model import Audience, HostServes, TlsVersion
from tests.components.aws.edge_of import edge_of, stack
from tests.components.recording import STACKS, Registered, only

CRISIS = [name for name in STACKS if stack(name).system.crisis]
RECOVERING = [
    name for name in STACKS if any(host.serves is HostServes.RECOVERY_REGION for host in stack(name).system.edge.hosts)
]


def _all(name: str, kind: str) -> list[Registered]:
    return [each for each in edge_of(name) if each.type.endswith(kind)]


def _distribution(name: str, which: str = "edge-delivery-distribution") -> dict[str, Any]:
    return only(edge_of(name), "distribution:Distribution", which).inputs


def _behaviors(name: str) -> list[dict[str, Any]]:
    found = _distribution(name)
    return [found["defaultCacheBehavior"], *(found.get("orderedCacheBehaviors") or [])]


# -- the distribution --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STACKS)
def test_every_public_name_has_exactly_one_distribution(name: str) -> None:
    domain = stack(name).domain
    ours = [
        host for host in stack(name).system.edge.hosts if host.audience in (Audience.PUBLIC, Audience.ADMINISTRATORS)
    ]
    wanted = sorted(f"{host.label}.{domain}" if host.label else domain for host in ours)
    given = [alias for each in _all(name, "distribution:Distribution") for alias in each.inputs["aliases"]]
    assert sorted(given) == wanted


@pytest.mark.parametrize("name", STACKS)
def test_cloudfront_accepts_it(name: str) -> None:
    for each in _all(name, "distribution:Distribution"):
        named_by_mocks = {"webAclId": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/1"}
        assert distribution_failures({**each.inputs, **named_by_mocks}) == []


@pytest.mark.parametrize("name", STACKS)
def test_visitors_are_encrypted_to_the_platform_and_the_platform_to_nobody_else(name: str) -> None:
    read, found = stack(name), _distribution(name)
    wanted = {TlsVersion.TLS_1_2: "TLSv1.2_2021", TlsVersion.TLS_1_3: "TLSv1.3_2025"}
    assert found["viewerCertificate"]["minimumProtocolVersion"] == wanted[read.system.tls.minimum_version]
    assert all(each["viewerProtocolPolicy"] == "redirect-to-https" for each in _behaviors(name))
    way_in = only(edge_of(name), "vpcOrigin:VpcOrigin", "edge-delivery-way-in").inputs["vpcOriginEndpointConfig"]
    assert way_in["originProtocolPolicy"] == "https-only"
    assert way_in["originSslProtocols"]["items"] == ["TLSv1.2"]
    platform = next(each for each in found["origins"] if each["originId"] == "platform")
    assert platform.get("vpcOriginConfig") and not platform.get("customOriginConfig")


@pytest.mark.parametrize("name", STACKS)
def test_only_assets_and_the_crisis_page_are_kept(name: str) -> None:
    system = stack(name).system
    page = [pages.crisis_path(system), pages.offline_script_path(system)] if system.crisis else []
    default, *others = _behaviors(name)
    assert default["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "AWS's policy that keeps nothing"
    assert len(default["allowedMethods"]) == 7
    assert [each["pathPattern"] for each in others] == [
        *page,
        *(f"{prefix}/*" for prefix in system.edge.delivery.cached_prefixes),
    ]
    assert all(each["allowedMethods"] == ["GET", "HEAD"] for each in others)
    kept = only(edge_of(name), "cachePolicy:CachePolicy").inputs["parametersInCacheKeyAndForwardedToOrigin"]
    assert kept["cookiesConfig"]["cookieBehavior"] == kept["queryStringsConfig"]["queryStringBehavior"] == "none"
    assert (kept["enableAcceptEncodingBrotli"], kept["enableAcceptEncodingGzip"]) == (True, True)
    assert _distribution(name)["httpVersion"] == "http2and3"


@pytest.mark.parametrize("name", STACKS)
def test_no_cookie_meets_the_cache_and_no_error_is_kept(name: str) -> None:
    policies = {each.id: each.inputs for each in _all(name, "originRequestPolicy:OriginRequestPolicy")}
    for each in _behaviors(name):
        sent = policies.get(each.get("originRequestPolicyId"))
        if each["allowedMethods"] == ["GET", "HEAD"] and sent:
            assert sent["cookiesConfig"]["cookieBehavior"] == "none"
            assert sent["headersConfig"]["headers"]["items"] == ["Host"]
    errors = _distribution(name)["customErrorResponses"]
    assert {each["errorCode"] for each in errors} >= {403, 404, 500, 502, 503, 504}
    assert all(each["errorCachingMinTtl"] == 0 for each in errors)


@pytest.mark.parametrize("name", STACKS)
def test_access_logs_say_neither_query_nor_cookie_nor_referrer(name: str) -> None:
    deliveries = _all(name, "logDelivery:LogDelivery")
    assert len(deliveries) == len(_all(name, "distribution:Distribution"))
    for each in deliveries:
        fields = set(each.inputs["recordFields"])
        assert {"c-ip", "cs-method", "cs-uri-stem", "sc-status", "time-taken"} <= fields
        assert not fields & {"cs-uri-query", "cs(Cookie)", "cs(Referer)"}


@pytest.mark.parametrize("name", RECOVERING)
def test_the_recovery_region_answers_under_its_own_name_behind_the_same_firewall(name: str) -> None:
    standby, usual = _distribution(name, "recovery-delivery-distribution"), _distribution(name)
    assert standby["aliases"] == [f"backup.{stack(name).domain}"]
    assert standby["webAclId"] == usual["webAclId"]
    assert {each["originId"] for each in standby["origins"]} == {each["originId"] for each in usual["origins"]}


# -- the crisis page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CRISIS)
def test_the_crisis_page_lies_in_two_regions_and_the_other_one_is_asked_first(name: str) -> None:
    read, found = stack(name), _distribution(name)
    (group,) = found["originGroups"]
    assert [member["originId"] for member in group["members"]] == ["crisis-page-recovery", "crisis-page-home"]
    assert {403, 500, 502, 503, 504} <= set(group["failoverCriteria"]["statusCodes"])
    buckets = {each.name: each.inputs for each in _all(name, "bucket:Bucket")}
    assert buckets["edge-crisis-page-recovery"]["region"] == read.recovery_region
    assert buckets["edge-crisis-page-home"]["region"] == read.region
    content = [
        each.inputs["content"] for each in _all(name, "BucketObjectv2") if each.inputs["key"].endswith("js") is False
    ]
    assert content == [pages.crisis(read.system)] * 2


@pytest.mark.parametrize("name", CRISIS)
def test_a_silent_platform_answers_with_the_crisis_page_and_a_speaking_one_for_itself(name: str) -> None:
    errors = {each["errorCode"]: each for each in _distribution(name)["customErrorResponses"]}
    path = pages.crisis_path(stack(name).system)
    assert {code for code, each in errors.items() if each.get("responsePagePath") == path} == {502, 504}
    assert all(errors[code]["responseCode"] == 503 for code in (502, 504))
    assert not errors[503].get("responsePagePath"), "503 is what the maintenance page and health checks say themselves"
    platform = next(each for each in _distribution(name)["origins"] if each["originId"] == "platform")
    assert platform["connectionAttempts"] * platform["connectionTimeout"] <= 6, "seconds until the page is shown"


@pytest.mark.parametrize("name", CRISIS)
def test_the_page_is_read_by_cloudfront_alone(name: str) -> None:
    for policy in _all(name, "bucketPolicy:BucketPolicy"):
        reads, only_tls = json.loads(policy.inputs["policy"])["Statement"]
        assert reads["Principal"] == {"Service": "cloudfront.amazonaws.com"} and reads["Action"] == "s3:GetObject"
        assert stack(name).aws_account_id in reads["Condition"]["ArnLike"]["AWS:SourceArn"]
        assert only_tls["Effect"] == "Deny"
    assert len(_all(name, "bucketPublicAccessBlock:BucketPublicAccessBlock")) == 2
    page = next(each for each in _behaviors(name)[1:])
    headers = only(edge_of(name), "responseHeadersPolicy:ResponseHeadersPolicy")
    assert page["responseHeadersPolicyId"] == headers.id
    security = headers.inputs["securityHeadersConfig"]
    assert security["contentSecurityPolicy"]["contentSecurityPolicy"] == pages.style_policy(
        pages.crisis(stack(name).system)
    )
    assert security["strictTransportSecurity"]["accessControlMaxAgeSec"] == 31_536_000


@pytest.mark.parametrize("name", [name for name in STACKS if name not in CRISIS])
def test_platforms_without_a_crisis_section_have_no_page(name: str) -> None:
    assert _all(name, "bucket:Bucket") == []
    assert not _distribution(name).get("originGroups")


# -- alarms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_certificates_are_watched_where_they_are_used(region: str) -> None:
    built = edge_of("prod", region)
    days = stack("prod").system.edge.certificates.alarm_days_left
    for use, where in (("edge", "us-east-1"), ("balancer", region)):
        alarm = only(built, "metricAlarm:MetricAlarm", f"certificate-{use}-runs-out").inputs
        assert (alarm["region"], alarm["threshold"], alarm["treatMissingData"]) == (where, days, "breaching")
        assert bool(alarm["alarmActions"]) == (where == region), "a topic of another region cannot be told"
    renewals = only(built, "eventRule:EventRule").inputs
    assert "ACM Certificate Renewal Action Required" in json.loads(renewals["eventPattern"])["detail-type"]
    assert renewals["region"] == region
