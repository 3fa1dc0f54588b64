"""Alertmanager's configuration in amtool: who hears of every severity, service and priority, and how soon."""

import itertools
import re
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.toolchain.table import CHECKERS
from rendering.alertmanager import Delivery, MissingTopics, configuration, secrets_needed, topics_needed
from rendering.prometheus.rules import alerts
from systems import registry
from systems.model import System

SYSTEMS = sorted(registry.names())
SEVERITIES, SERVICES = ("critical", "warning", "info"), ("platform", "crisis_intervention", "security")

#: By hand, from the documents' routes and matrices: labels, and the receivers that hear of it in this order.
HEARD: dict[str, tuple[tuple[str, str], ...]] = {
    "astral-core-v2": (
        ("severity=critical service=crisis_intervention priority=P0", "crisis-team-slack,crisis-team-pager"),
        ("severity=critical service=platform priority=P0", "crisis-team-pager"),
        ("severity=warning service=crisis_intervention priority=P1", "crisis-team-slack,on-call-pager"),
        ("severity=warning service=platform priority=P1", "on-call-pager"),
        ("severity=warning service=platform priority=P2", "platform-team-slack"),
        ("severity=info service=platform priority=P3", "development-team-slack"),
        ("severity=critical service=security priority=P0", "crisis-team-pager"),
    ),
    "astral-core-v7": (
        ("severity=critical service=platform priority=SEV1", "on-call"),
        ("severity=warning service=platform priority=SEV2", "on-call"),
        ("severity=info service=platform priority=SEV3", "support"),
        ("severity=info service=platform priority=SEV4", "support"),
        ("severity=critical service=security priority=SEV1", "security,on-call"),
    ),
    "astral-draft": (
        ("severity=critical service=platform priority=page_oncall", "on-call"),
        ("severity=warning service=platform priority=notify_team", "team"),
        ("severity=info service=platform priority=auto_scale", "team"),
    ),
    "being": (
        ("severity=critical service=crisis_intervention priority=critical", "critical"),
        ("severity=critical service=platform priority=critical", "critical"),
        ("severity=warning service=crisis_intervention priority=warning", "warning"),
        ("severity=warning service=platform priority=warning", "warning"),
        ("severity=info service=platform priority=info", "info"),
    ),
    "tdah-assistant": (
        ("severity=critical service=platform priority=critical", "on-call"),
        ("severity=warning service=platform priority=warning", "operations"),
        ("severity=info service=platform priority=warning", "operations"),
    ),
}
#: By hand: how long each receiver's route waits for others, in the order of the routes.
WAITS = {
    "astral-core-v2": ["30s", "0s", "30s", "300s", "300s"],
    "astral-core-v7": ["0s", "0s", "300s", "300s"],
    "astral-draft": ["0s", "300s", "300s"],
    "being": ["0s", "300s", "300s"],
    "tdah-assistant": ["0s", "300s"],
}


@pytest.fixture(scope="session")
def amtool() -> Path:
    return toolchain.ensure(Silent(), ["amtool"], tools=CHECKERS)["amtool"]


def delivery(system: System) -> Delivery:
    return Delivery(topics={name: f"arn:aws:sns:us-east-1:123456789012:{name}" for name in topics_needed(system)})


def written(name: str, directory: Path) -> Path:
    system, file = registry.load(name), directory / "alertmanager.yml"
    file.write_text(configuration(system, delivery(system)))
    return file


def routed(amtool: Path, file: Path, labels: str, receivers: str = "") -> subprocess.CompletedProcess[str]:
    """Fails where `receivers` are given and others, or the same in another order, would hear."""
    verified = [f"--verify.receivers={receivers}"] if receivers else []
    command = [amtool, "config", "routes", "test", f"--config.file={file}", *verified, *labels.split()]
    return subprocess.run(command, capture_output=True, text=True)


def loaded(name: str) -> dict[str, Any]:
    system = registry.load(name)
    return cast("dict[str, Any]", yaml.safe_load(configuration(system, delivery(system))))


@pytest.mark.parametrize("name", SYSTEMS)
def test_amtool_accepts_the_file(name: str, amtool: Path, tmp_path: Path) -> None:
    done = subprocess.run([amtool, "check-config", written(name, tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_severity_service_and_priority_reaches_whom_the_document_says(
    name: str, amtool: Path, tmp_path: Path
) -> None:
    file = written(name, tmp_path)
    for labels, receivers in HEARD[name]:
        done = routed(amtool, file, labels, receivers)
        assert done.returncode == 0, f"{labels}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_table_by_hand_has_every_priority_of_the_document(name: str) -> None:
    by_hand = {labels.rpartition("priority=")[2] for labels, _ in HEARD[name]}
    assert by_hand == {each.name for each in registry.load(name).monitoring.priorities}


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_combination_of_labels_is_heard_by_nobody(name: str, amtool: Path, tmp_path: Path) -> None:
    file, system = written(name, tmp_path), registry.load(name)
    priorities = [each.name for each in system.monitoring.priorities]
    for severity, service, priority in itertools.product(SEVERITIES, SERVICES, priorities[:1]):
        done = routed(amtool, file, f"severity={severity} service={service} priority={priority}")
        receivers = set(done.stdout.strip().split(","))
        assert receivers <= {each.name for each in system.monitoring.receivers}, receivers
        assert receivers


@pytest.mark.parametrize("name", SYSTEMS)
def test_heartbeat_and_maintenance_call_nobody(name: str, amtool: Path, tmp_path: Path) -> None:
    file = written(name, tmp_path)
    for labels, receiver in (("service=heartbeat", "heartbeat"), ("signal=maintenance severity=info", "nobody")):
        assert routed(amtool, file, labels, receiver).returncode == 0


@pytest.mark.parametrize("name", SYSTEMS)
def test_documented_waits(name: str) -> None:
    assert [route["group_wait"] for route in loaded(name)["route"]["routes"][2:]] == WAITS[name]


@pytest.mark.parametrize("name", SYSTEMS)
def test_secrets_come_from_files_and_are_nowhere_in_the_text(name: str) -> None:
    system = registry.load(name)
    text = configuration(system, delivery(system))
    files = {line.split(": ", 1)[1] for line in text.splitlines() if "_file: " in line}
    assert files <= {f"/etc/alertmanager/secrets/{secret}" for secret in secrets_needed(system)}
    assert not any(word in text for word in ("routing_key: ", "api_url: ", "password: ", "service_key: "))


def test_a_channel_without_a_topic_is_said_with_all_that_are_needed() -> None:
    system = registry.load("astral-core-v2")
    with pytest.raises(MissingTopics, match=r"no SNS topic for volunteers-sms, alerts-email.*needs heartbeat"):
        configuration(system, Delivery(topics={"heartbeat": "arn:aws:sns:us-east-1:123456789012:heartbeat"}))


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_alert_silences_itself_and_crisis_is_never_silenced_by_anything_else(name: str) -> None:
    """Who silences whom, worked out over all alerts of the platform."""
    system = registry.load(name)
    labelled = [
        {
            "alertname": each.name,
            "severity": each.severity.value,
            "service": each.service,
            "signal": each.signal,
            **each.labels,
        }
        for each in alerts(system)
    ]
    for rule in loaded(name)["inhibit_rules"]:
        for target in labelled:
            for source in labelled:
                if not (matches(rule["source_matchers"], source) and matches(rule["target_matchers"], target)):
                    continue
                if any(source.get(label, "") != target.get(label, "") for label in rule.get("equal", [])):
                    continue
                assert source != target, f"{source['alertname']} silences itself"
                if target["service"] == "crisis_intervention":
                    assert source["service"] == "crisis_intervention", f"{source} silences {target}"


#: By hand: system, what has failed with its severity, what it brings about, and whether that is kept from paging too.
ONE_CAUSE = (
    ("tdah-assistant", "DatabaseDown critical", "HighErrorRate critical", True),
    ("tdah-assistant", "DatabaseDown critical", "PlatformDown critical", True),
    ("tdah-assistant", "DatabaseDown critical", "BackupTooOld warning", False),
    ("astral-core-v7", "ApplicationNotResponding critical", "PlatformBudgetBurning critical", True),
    ("astral-core-v7", "MemoryHigh critical", "MemoryHigh warning", True),
    ("astral-draft", "MemoryHigh critical", "CpuHigh warning", False),
    ("astral-core-v7", "ErrorRateHigh critical", "PlatformBudgetBurning critical", True),
    ("astral-draft", "CacheDown critical", "CacheWithoutMaster critical", True),
    ("astral-draft", "AnnouncedMaintenance info", "high_error_rate critical", True),
    ("astral-draft", "AnnouncedMaintenance info", "DatabaseDown critical", False),
    ("being", "CrisisSystemDown critical", "HotlineCheckFailed critical", True),
    ("being", "DatabaseNotConnected critical", "CrisisEndpointSlow critical", False),
    ("being", "Phq9ScoringWrong critical", "Gad7ScoringWrong critical", False),
    ("astral-core-v2", "AnnouncedMaintenance info", "CrisisSystemDown critical", False),
    ("astral-core-v2", "DatabaseDown critical", "CrisisSystemDown critical", False),
    ("astral-core-v2", "DatabaseDown critical", "PlatformBudgetBurning critical", True),
    ("astral-core-v2", "CrisisSystemDown critical", "CrisisPageBudgetBurning critical", False),
    ("astral-core-v2", "NodeNotReady warning", "ReplicasMissing warning", True),
    ("astral-core-v2", "NotificationsFailing critical", "RulesFailing warning", False),
)


@pytest.mark.parametrize(("name", "cause", "effect", "silenced"), ONE_CAUSE)
def test_one_cause_pages_once_and_another_cause_pages_too(name: str, cause: str, effect: str, silenced: bool) -> None:
    drawn = {
        f"{each.name} {each.severity.value}": {
            "alertname": each.name,
            "severity": each.severity.value,
            "service": each.service,
            "signal": each.signal,
        }
        for each in alerts(registry.load(name))
    }
    source, target = drawn[cause], drawn[effect]
    assert silenced == any(
        matches(rule["source_matchers"], source)
        and matches(rule["target_matchers"], target)
        and all(source.get(label, "") == target.get(label, "") for label in rule.get("equal", []))
        for rule in loaded(name)["inhibit_rules"]
    )


def matches(matchers: list[str], labels: dict[str, str]) -> bool:
    for matcher in matchers:
        found = re.fullmatch(r'(\w+)(=~|!=|=)"(.*)"', matcher)
        assert found, matcher
        label, how, value = found.groups()
        actual = labels.get(label, "")
        holds = re.fullmatch(value, actual) is not None if how == "=~" else actual == value
        if holds == (how == "!="):
            return False
    return True
