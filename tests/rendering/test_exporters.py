"""Configurations of exporters, read by the real program where Debian has it, and held against the contract."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from rendering import blackbox, cloudwatch_exporter
from rendering.contract import contract
from rendering.metrics_catalogue import Source, catalogue
from rendering.prometheus.scrape_targets import outside_checks
from systems import registry
from systems.model import Environment
from tests import debian_packages

SYSTEMS = sorted(registry.names())


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_blackbox_exporter_accepts_its_file(name: str, tmp_path: Path) -> None:
    program = debian_packages.program("prometheus-blackbox-exporter", package="prometheus-blackbox-exporter")
    file = tmp_path / "blackbox.yml"
    file.write_text(blackbox.configuration(registry.load(name, Environment.PRODUCTION)))
    checked = subprocess.run([program, f"--config.file={file}", "--config.check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    file.write_text(file.read_text().replace("prober: http", "prober: http\n    probre: x", 1))
    assert subprocess.run([program, f"--config.file={file}", "--config.check"], capture_output=True).returncode != 0


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_good_answer_passes_its_check_and_a_bad_one_does_not(name: str) -> None:
    """Good is what the application contract answers."""
    system = registry.load(name, Environment.PRODUCTION)
    modules = yaml.safe_load(blackbox.configuration(system))["modules"]
    answers = {path: told for each in system.workloads for path, told in contract(system, each)["answers"].items()}  # pyright: ignore
    for check in outside_checks(system, system.edge.domain):
        if check.check is None:
            continue
        wanted = modules[check.module]["http"]
        body = json.dumps(answers[check.path]["body"])
        assert wanted["valid_status_codes"] == [answers[check.path]["status"]]
        for pattern in wanted.get("fail_if_body_not_matches_regexp", []):
            assert re.search(pattern, body), f"{pattern} in {body}"
            assert not re.search(pattern, '{"status": "degraded", "available": false, "phq9Accuracy": 99}')


@pytest.mark.parametrize("name", SYSTEMS)
def test_cloudwatch_is_asked_for_exactly_what_the_catalogue_has(name: str) -> None:
    """Names as promutil.BuildMetricName of the exporter makes them."""
    system = registry.load(name, Environment.PRODUCTION)
    told = yaml.safe_load(cloudwatch_exporter.configuration(system, "us-east-1", "us-west-2"))
    asked = {
        f"aws_{job['type'].removeprefix('AWS/').lower()}_{_snake(metric['name'])}_{statistic.lower()}"
        for job in told["discovery"]["jobs"]
        for metric in job["metrics"]
        for statistic in metric["statistics"]
    }
    assert asked == {each.name for each in catalogue(system).values() if each.source is Source.AWS}
    for job in told["discovery"]["jobs"]:
        assert {"key": "lifeline:system", "value": f"^{name}$"} in job["searchTags"]


def _snake(name: str) -> str:
    """An underscore before a capital that follows a small letter or a digit."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
