"""At the public door: a sound platform is found sound, and each thing that is wrong is told as what it is."""

from dataclasses import replace

import pytest

from operations.health import outside
from operations.health.verdicts import Finding, Verdict, judge
from tests.live.haproxy.fleet import DOMAIN, free_port
from tests.operations.platform import Platform

pytestmark = pytest.mark.xdist_group("health")


def broken(findings: list[Finding]) -> dict[tuple[str, str], str]:
    """By kind and subject, what was found."""
    return {(each.kind, each.subject): each.found for each in findings if each.verdict is not Verdict.SOUND}


def test_a_sound_platform_is_found_sound(platform: Platform) -> None:
    assert broken(platform.ask()) == {}


def test_every_documented_check_from_outside_is_asked(platform: Platform) -> None:
    asked = {(each.kind, each.subject) for each in platform.ask()}
    for workload in platform.stack.system.workloads:
        for check in workload.health:
            host = f"{check.host}.{DOMAIN}" if check.host else DOMAIN
            assert ("outside" not in check.uses) or ("health", f"https://{host}{check.path}") in asked
    hosts = {DOMAIN, *(f"{label}.{DOMAIN}" for label in ("admin", "monitoring", "backup", "assets"))}
    assert {subject for kind, subject in asked if kind == "TLS"} == hosts
    assert {subject for kind, subject in asked if kind == "certificate"} == hosts
    assert ("988", f"https://{DOMAIN}/crisis") in asked


def test_a_wrong_status(platform: Platform) -> None:
    with platform.answering("/api/crisis/health", 500, {"status": "healthy"}):
        assert broken(platform.ask()) == {("health", f"https://{DOMAIN}/api/crisis/health"): "status 500"}


def test_a_wrong_value_in_a_body(platform: Platform) -> None:
    with platform.answering("/api/crisis/health", 200, {"status": "degraded"}):
        assert broken(platform.ask()) == {("health", f"https://{DOMAIN}/api/crisis/health"): ".status is 'degraded'"}


def test_a_body_without_the_value(platform: Platform) -> None:
    with platform.answering("/api/crisis/health", 200, ["healthy"]):
        assert broken(platform.ask()) == {("health", f"https://{DOMAIN}/api/crisis/health"): ".status is missing"}


def test_figures_that_alerts_are_made_of(platform: Platform) -> None:
    volunteers = "figures", f"https://{DOMAIN}/api/volunteers/status"
    assert volunteers in {(each.kind, each.subject) for each in platform.ask()}
    with platform.answering("/api/volunteers/status", 200, {"available": 3, "busy": 1, "emergency_available": 2}):
        assert broken(platform.ask()) == {volunteers: ".offline, .last_updated missing"}
    with platform.answering("/api/volunteers/status", 403, {}):
        assert broken(platform.ask()) == {volunteers: "status 403"}


def test_a_careless_proxy(platform: Platform) -> None:
    """A header gone, one weakened, TLS 1.1 let in, nine days left, a passing redirect, no crisis page."""
    found = broken(platform.ask("careless"))
    system = platform.stack.system
    for label in ("", "admin.", "monitoring.", "backup.", "assets."):
        host = f"{label}{DOMAIN}"
        assert found.pop(("TLS", host)) == "offers TLSv1.1 and TLSv1.2 and TLSv1.3"
        assert found.pop(("certificate", host)).startswith("9 days left, until ")
        assert found.pop(("redirect", f"http://{host}/")) == f"302 to https://{host}/"
    for host in (DOMAIN, f"backup.{DOMAIN}"):
        assert (
            found.pop(("headers", f"https://{host}/api/health"))
            == "X-Frame-Options is missing; Referrer-Policy is 'unsafe-url'"
        )
    assert system.crisis is not None
    assert found == {("988", f"https://{DOMAIN}{system.crisis.page_path}"): "status 404"}


def test_an_expired_certificate_is_one_trouble_and_hides_no_other(platform: Platform) -> None:
    found = broken(platform.ask("expired"))
    assert {kind for kind, _ in found} == {"certificate"}
    assert len(found) == 5
    assert all(said.startswith("certificate has expired (valid until ") for said in found.values())


def test_a_certificate_for_another_name(platform: Platform) -> None:
    found = broken(platform.ask("another name"))
    assert {kind for kind, _ in found} == {"certificate"}
    assert f"Hostname mismatch, certificate is not valid for '{DOMAIN}'" in found["certificate", DOMAIN]


def test_an_issuer_whom_nobody_trusts(platform: Platform) -> None:
    door = replace(platform.door("sound"), authority=None)
    found = broken(judge(outside.checks(platform.stack, door)))
    assert {kind for kind, _ in found} == {"certificate"}
    assert "unable to get local issuer certificate" in found["certificate", DOMAIN]


def test_nobody_at_the_door_is_broken_and_not_out_of_reach(platform: Platform) -> None:
    nobody = ("127.0.0.1", free_port())
    findings = judge(outside.checks(platform.stack, replace(platform.door("sound"), instead={443: nobody, 80: nobody})))
    assert {each.verdict for each in findings} == {Verdict.BROKEN}
    assert {each.found for each in findings} == {"Connection refused"}
