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
def test_every_wait_of_the_documents_is_kept(programs: dict[str, Path], tmp_path: Path) -> None:
    """Warnings wait 5 minutes for their like, a degraded platform 30 s."""
    world = World(figures="crisis_sessions 20\nnode_memory_MemAvailable_bytes 10\nnode_memory_MemTotal_bytes 100\n")
    with watching(registry.load("astral-core-v2"), world, programs, tmp_path):
        degraded = world.wait_for(lambda each: paged(each, "CrisisSessionsMany"), 300)
        world.deliveries.clear()
        warned = world.wait_for(in_slack("#platform", "MemoryHigh"), 900)
    waited = warned.at - degraded.at
    # Held for 300 s before it fires, then 300 s for its like; the page came after 30 s.
    assert 540 <= waited <= 700
    figures.write(
        "alert-delivery",
        "How soon an alert reaches people",
        f"Prometheus 3.14 and Alertmanager 0.28.1 on loopback, rules and routes of Astral Core v2. Memory above 85 % "
        f"for 5 minutes reached #platform {waited:.0f} s after a P1 page that waits 30 s: 300 held, 300 group wait.",
    )
