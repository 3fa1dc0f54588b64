"""A failing crisis check, seen by Prometheus, judged by the rendered rules, sent by the rendered routes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.toolchain.table import CHECKERS
from systems import registry
from tests.campaigns import figures
from tests.live.monitoring.watched import Delivered, World, paged, watching

#: What a busy machine may add to any wait before the test gives up; the order of magnitude is asserted apart.
PATIENCE_SECONDS = 120


@pytest.fixture(scope="session")
def programs() -> dict[str, Path]:
    return toolchain.ensure(Silent(), ["prometheus", "alertmanager"], tools=CHECKERS) | toolchain.ensure(
        Silent(), ["amtool"], tools=CHECKERS
    )


def in_slack(channel: str, alert: str) -> Callable[[Delivered], bool]:
    def wanted(delivered: Delivered) -> bool:
        if delivered.way != "/slack":
            return False
        told = json.loads(delivered.text)
        return told["channel"] == channel and alert in told["attachments"][0]["title"]

    return wanted


def test_a_crisis_pages_at_once_and_tells_the_crisis_team_after_its_group_wait(
    programs: dict[str, Path], tmp_path: Path
) -> None:
    """Astral Core v2: the crisis route waits 30 s and continues; the critical route waits for nobody."""
    world = World(figures='probe_success{check="crisis"} 0\nprobe_success{check="platform"} 1\n')
    with watching(registry.load("astral-core-v2"), world, programs, tmp_path):
        page = world.wait_for(lambda each: paged(each, "CrisisSystemDown"), PATIENCE_SECONDS)
        sms = world.wait_for(lambda each: each.way.startswith("/sns") and "crisis" in each.text, PATIENCE_SECONDS)
        team = world.wait_for(in_slack("#crisis-team", "CrisisSystemDown"), PATIENCE_SECONDS)
    told = json.loads(page.text)
    assert told["payload"]["severity"] == "critical"
    assert told["payload"]["component"] == "crisis_intervention"
    assert "ASTRAL CORE V2: The crisis system does not answer" in told["payload"]["summary"]
    assert "https://runbooks.example/CrisisSystemDown.md" in told["payload"]["custom_details"]["alerts"]
    assert "volunteers-sms" in sms.text
    assert 25 <= team.at - page.at <= 30 + PATIENCE_SECONDS


@pytest.mark.campaign
@pytest.mark.timeout(1_500)
def test_every_wait_of_the_documents_is_kept(programs: dict[str, Path], tmp_path: Path) -> None:
    """Astral Core v2: a degraded platform pages after 30 s, other warnings wait 5 minutes for their like."""
    world = World(figures="crisis_sessions 20\ndrill_last_success_timestamp_seconds 1\n")
    with watching(registry.load("astral-core-v2"), world, programs, tmp_path):
        team = world.wait_for(in_slack("#crisis-team", "CrisisSessionsMany"), 600)
        paged_at = world.wait_for(lambda each: paged(each, "CrisisSessionsMany"), 600).at
        warned = world.wait_for(in_slack("#platform", "RecoveryTestTooOld"), 900)
    assert abs(team.at - paged_at) <= 60
    assert 240 <= warned.at - paged_at <= 300 + PATIENCE_SECONDS
    figures.write(
        "alert-delivery",
        "How soon an alert reaches people",
        "Prometheus 3.14.0 and Alertmanager 0.28.1 on loopback, with the rules and routes of Astral Core v2.\n\n"
        "| alert | to | documented wait | seconds after the first page |\n|---|---|---|---|\n"
        "| CrisisSessionsMany, P1 | on-call pager | 30 s | 0 |\n"
        f"| CrisisSessionsMany | #crisis-team | 30 s | {team.at - paged_at:.1f} |\n"
        f"| RecoveryTestTooOld, P2 | #platform | 300 s | {warned.at - paged_at:.1f} |",
    )
