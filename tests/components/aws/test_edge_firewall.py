"""Who gets past the firewall at the edge: requests through the rules of every stack, as AWS WAF would judge them."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from rehearsal.providers.aws.web_rules import MOST_CAPACITY, acl_failures, capacity
from systems.model import Audience
from tests.components.aws.edge_of import edge_of, stack
from tests.components.aws.web_requests import Request, Verdict, judge
from tests.components.recording import STACKS, only

CRISIS = [name for name in STACKS if stack(name).system.critical_paths]
FROM_THE_OFFICE = "203.0.113.9"


def _acl(name: str) -> dict[str, Any]:
    return only(edge_of(name), "wafv2/webAcl:WebAcl").inputs


def _judge(name: str, path: str = "/", label: str = "", **more: Any) -> Verdict:
    domain = stack(name).domain
    sets = {each.arn: each.inputs["addresses"] for each in edge_of(name) if each.type.endswith("ipSet:IpSet")}
    host = f"{label}.{domain}" if label else domain
    return judge(_acl(name), sets, Request(**{"host": host, "path": path, **more}))


def _restricted(name: str) -> list[str]:
    return [host.label for host in stack(name).system.edge.hosts if host.audience is Audience.ADMINISTRATORS]


@pytest.mark.parametrize("name", STACKS)
def test_people_get_in_attacks_and_floods_do_not(name: str) -> None:
    assert _judge(name).action == "allow"
    assert (_judge(name, attack=True).action, _judge(name, attack=True).rule) == ("block", "common")
    assert _judge(name, flood=True).rule == "flood"


@pytest.mark.parametrize("name", STACKS)
def test_hosts_of_administrators_answer_to_their_addresses_only(name: str) -> None:
    assert _restricted(name)
    for label in _restricted(name):
        assert _judge(name, label=label).rule == "administrators-only"
        assert _judge(name, label=label, address=FROM_THE_OFFICE).action == "allow"
        assert _judge(name, label=label, address="2001:db8::7").action == "allow"


@pytest.mark.parametrize("name", STACKS)
def test_a_host_nobody_has_thought_of_is_no_public_one(name: str) -> None:
    for host in ("d111111abcdef8.cloudfront.net", "grafana.example.org", ""):
        assert _judge(name, host=host).rule == "administrators-only"


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_the_health_path_of_the_admin_host_is_open_and_no_other(name: str) -> None:
    assert _judge(name, "/api/health", "admin").action == "allow"
    assert _judge(name, "/api/health/../users", "admin").rule == "administrators-only"
    assert _judge(name, "/api/health", "monitoring").rule == "administrators-only"


@pytest.mark.parametrize("name", STACKS)
def test_closed_paths_answer_to_administrators_only(name: str) -> None:
    for prefix in stack(name).system.load_balancer.closed_prefixes:
        for path in (prefix, f"{prefix}/", f"{prefix}/x", f"/x/..{prefix}", f"/{prefix}", prefix.upper()):
            assert _judge(name, path).rule == "administrators-only", path
        assert _judge(name, prefix, address=FROM_THE_OFFICE).action == "allow"
        assert _judge(name, f"{prefix}-and-more").action == "allow"


@pytest.mark.parametrize("name", CRISIS)
def test_critical_paths_are_counted_and_never_refused(name: str) -> None:
    system = stack(name).system
    assert system.crisis
    for prefix in (*system.critical_paths, system.crisis.page_path):
        for path in (
            prefix,
            f"{prefix}/chat",
            f"/x/../{prefix.lstrip('/')}",
            f"/{prefix}",
            f"/%{ord(prefix[1]):x}{prefix[2:]}",
        ):
            for trouble in ({}, {"attack": True}, {"flood": True}, {"attack": True, "flood": True}):
                verdict = _judge(name, path, method="POST", body_bytes=60_000, **trouble)
                assert (verdict.action, verdict.rule) == ("allow", "crisis-admitted"), (path, trouble)
                assert "crisis-paths" in verdict.counted
                assert ("crisis-common" in verdict.counted) == ("attack" in trouble)
                assert ("crisis-flood" in verdict.counted) == ("flood" in trouble)


@pytest.mark.parametrize("name", CRISIS)
def test_a_critical_path_is_no_way_into_a_host_of_administrators(name: str) -> None:
    for label in _restricted(name):
        for prefix in stack(name).system.critical_paths:
            assert _judge(name, f"{prefix}/x", label).rule == "administrators-only"


@pytest.mark.parametrize("name", CRISIS)
def test_what_only_looks_like_a_critical_path_is_none(name: str) -> None:
    for prefix in stack(name).system.critical_paths:
        for path in (f"{prefix}-of-confidence", f"{prefix}/../users", f"{prefix}/%2e%2e/users", f"/users?{prefix}"):
            assert _judge(name, path, attack=True).action == "block", path


_pieces = some.sampled_from(["..", ".", "", "%2e%2e", "%2E.", "a", "metrics", "api", "crisis", "livez", "%2f"])


@settings(max_examples=300, deadline=None)
@given(pieces=some.lists(_pieces, min_size=1, max_size=6))
def test_no_trick_with_a_path_opens_what_is_closed(pieces: list[str]) -> None:
    """Whatever HAProxy would read as a closed path after decoding and tidying, the edge has refused."""
    path = "/" + "/".join(pieces)
    plain: list[str] = []
    for piece in path.replace("%2f", "/").replace("%2E", ".").replace("%2e", ".").split("/"):
        if piece == "..":
            plain = plain[:-1]
        elif piece not in ("", "."):
            plain.append(piece)
    closed = plain[:1] in (["metrics"], ["livez"])
    assert (_judge("prod", path).rule == "administrators-only") == closed
    critical = plain[:2] == ["api", "crisis"] or plain[:1] == ["crisis"]
    assert (_judge("prod", path).rule == "crisis-admitted") == critical


def test_a_webhook_passes_signed_and_short_whatever_its_text_looks_like() -> None:
    (hook,) = stack("tdah-assistant-prod").system.edge.webhooks
    message = {"path": hook.prefix, "method": "POST", "body_bytes": hook.maximum_body_bytes}
    signed = {"headers": {hook.signature_header.lower(): "b64"}}
    assert _judge("tdah-assistant-prod", **message, **signed, attack=True).rule == "webhook-incoming-sms"
    for wrong in (
        {**message, "headers": {}},
        {**message, **signed, "method": "GET"},
        {**message, **signed, "body_bytes": hook.maximum_body_bytes + 1},
    ):
        assert _judge("tdah-assistant-prod", **wrong).rule == "webhook-incoming-sms-refused"
    assert _judge("tdah-assistant-prod", **message, **signed, flood=True).rule == "flood"


@pytest.mark.parametrize("name", STACKS)
def test_aws_accepts_the_rules(name: str) -> None:
    acl = _acl(name)
    assert acl_failures(acl) == []
    assert capacity(acl) < MOST_CAPACITY
    assert acl["scope"] == "CLOUDFRONT" and acl["region"] == "us-east-1"
    limit = next(rule for rule in acl["rules"] if rule["name"] == "flood")["statement"]["rateBasedStatement"]
    spec = stack(name).system.edge.flood_limit
    assert (limit["limit"], limit["evaluationWindowSec"]) == (spec.requests_count, spec.window_seconds)


@pytest.mark.parametrize("name", STACKS)
def test_logs_are_kept_and_say_nothing_of_who_asked_for_what(name: str) -> None:
    log = only(edge_of(name), "webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs
    redacted = {(each.get("singleHeader") or {}).get("name", "query") for each in log["redactedFields"]}
    hooks = {hook.signature_header.lower() for hook in stack(name).system.edge.webhooks}
    assert redacted >= {"query", "authorization", "cookie", *hooks}
    group = only(edge_of(name), "logGroup:LogGroup").inputs
    kept = next(each.days for each in stack(name).system.retention.classes if each.name == "access_logs")
    assert group["name"].startswith("aws-waf-logs-") and group["kmsKeyId"] and group["retentionInDays"] == kept
    for rule in (_acl(name), *_acl(name)["rules"]):
        assert rule["visibilityConfig"]["sampledRequestsEnabled"] is False, "samples show what the log redacts"


@pytest.mark.parametrize("name", CRISIS)
def test_whoever_is_taken_for_a_flood_is_told_whom_to_call(name: str) -> None:
    (answer,) = _acl(name)["customResponseBodies"]
    assert "988" in answer["content"] and quote(answer["key"]) == answer["key"]
