"""prometheus.yml as the documents want it, and as promtool reads it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.toolchain.table import CHECKERS
from rendering.metrics_catalogue import jobs
from rendering.prometheus import scrape
from rendering.prometheus.rules import rules
from rendering.prometheus.scrape import Surroundings
from systems import registry
from systems.model import CheckUse, Environment, System

SYSTEMS = sorted(registry.names())


def load(name: str, environment: Environment = Environment.PRODUCTION) -> System:
    return registry.load(name, environment)


def rendered(system: System, **changes: Any) -> dict[str, Any]:
    around = Surroundings(domain=system.edge.domain, region="us-east-1", **changes)
    return yaml.safe_load(scrape.configuration(system, around))


def job(system: System, name: str) -> dict[str, Any]:
    return next(each for each in rendered(system)["scrape_configs"] if each["job_name"] == name)


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("environment", list(Environment))
def test_promtool_accepts_configuration_and_rules_together(name: str, environment: Environment, tmp_path: Path) -> None:
    promtool = toolchain.ensure(Silent(), ["promtool"], tools=CHECKERS)["promtool"]
    for file in ("token", "ca.crt", "lifeline.yaml"):
        (tmp_path / file).touch()
    system = load(name, environment)
    (tmp_path / "lifeline.yaml").write_text(rules(system))
    configured = rendered(system, service_account=str(tmp_path)) | {"rule_files": [f"{tmp_path}/*.yaml"]}
    file = tmp_path / "prometheus.yml"
    file.write_text(yaml.safe_dump(configured))
    checked = subprocess.run([promtool, "check", "config", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 rule files found" in checked.stdout


def test_the_tdah_documents_intervals_are_kept() -> None:
    """`scrape_interval: 15s`, `evaluation_interval: 15s`, and 30 s for the API under its documented name."""
    system = load("tdah-assistant")
    whole = rendered(system)["global"]
    assert (whole["scrape_interval"], whole["evaluation_interval"]) == ("15s", "15s")
    assert job(system, "personal_assistant_api")["scrape_interval"] == "30s"


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_documented_job_is_there_with_its_path_and_interval(name: str) -> None:
    system = load(name)
    for wanted in system.monitoring.scrape_jobs:
        found = job(system, wanted.name)
        assert found["scrape_interval"] == f"{wanted.interval_seconds}s"
        assert found["metrics_path"] == ("/scrape" if wanted.target == "cache" else wanted.path)


@pytest.mark.parametrize("name", SYSTEMS)
def test_jobs_are_called_as_rules_and_dashboards_call_them(name: str) -> None:
    system = load(name)
    there = {each["job_name"] for each in rendered(system)["scrape_configs"]}
    assert {each.name for each in jobs(system)} <= there


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_check_from_outside_is_asked_through_the_public_door(name: str) -> None:
    system = load(name)
    asked = {(each["labels"]["check"], each["targets"][0]) for each in job(system, "outside")["static_configs"]}
    domain = system.edge.domain
    wanted = {
        (check.name, f"https://{check.host + '.' if check.host else ''}{domain}{check.path}")
        for workload in system.workloads
        for check in workload.health
        if CheckUse.OUTSIDE in check.uses
    }
    page = {("crisis page", f"https://{domain}{system.crisis.page_path}")} if system.crisis else set()
    assert asked == wanted | page


@pytest.mark.parametrize("name", SYSTEMS)
def test_alerts_reach_every_alertmanager_and_two_replicas_speak_as_one(name: str) -> None:
    system = load(name)
    alerting = rendered(system)["alerting"]
    replicas = next(each.replicas for each in system.monitoring.components if each.name == "alertmanager")
    targets = alerting["alertmanagers"][0]["static_configs"][0]["targets"]
    assert targets == [f"alertmanager-{number}.alertmanager-peers.monitoring.svc:9093" for number in range(replicas)]
    assert alerting["alert_relabel_configs"] == [{"action": "labeldrop", "regex": "replica"}]


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_target_is_named_that_a_network_flow_does_not_lead_to(name: str) -> None:
    """Names of Services in other namespaces than monitoring would be asked in vain: only pods are."""
    for each in rendered(load(name))["scrape_configs"]:
        for static in each.get("static_configs", []):
            for target in static["targets"]:
                assert target.startswith("https://") or target.partition(":")[0].endswith(".monitoring.svc")
