"""A real Prometheus with the rendered configuration, in front of a real HAProxy and the reference application.

Only two things differ from production: pods are listed in the file instead of by the Kubernetes API, with the labels
that the API would tell of them, and Prometheus is in a hurry.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.paths import PROJECT
from rehearsal.toolchain.table import CHECKERS
from rendering import json_exporter
from rendering.metrics_catalogue import Kind, Source, catalogue
from rendering.prometheus import scrape
from rendering.prometheus.rules import rules
from rendering.prometheus.scrape import Surroundings
from rendering.variants import Lane, Side
from systems import registry
from systems.model import Environment, System
from tests.live.haproxy.fleet import Fleet, free_port, quick, standing, wait_until

SYSTEM = registry.load("astral-core-v2", Environment.PRODUCTION)
#: Series that only come with what they count: nothing fails and nothing waits in a minute of calm.
NEEDS_AN_EVENT = {"database_connection_failures_total"}


@dataclass
class Prometheus:
    """A server that answers queries."""

    port: int

    def ask(self, path: str, **parameters: str) -> Any:
        address = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        return self.ask("query", query=expression)["result"]

    @property
    def ready(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=10):
            return True
        return False


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False


def listed(found: dict[str, Any], pods: list[dict[str, str]]) -> dict[str, Any]:
    """The job with its pods in place of the question where they are; its rules choose among all of them."""
    rest = {key: value for key, value in found.items() if key not in ("kubernetes_sd_configs", "scrape_interval")}
    return {**rest, "static_configs": [{"targets": ["replaced.invalid:1"], "labels": pod} for pod in pods]}


def pod(workload: str, name: str, address: str, **labels: str) -> dict[str, str]:
    told = {f"__meta_kubernetes_pod_label_lifeline_dev_{key}": value for key, value in labels.items()}
    return {
        "__meta_kubernetes_pod_label_lifeline_dev_workload": workload,
        "__meta_kubernetes_pod_name": name,
        "__meta_kubernetes_pod_phase": "Running",
        "__meta_kubernetes_pod_ip": address,
        **told,
    }


def configuration(system: System, fleet: Fleet, json_port: int, directory: Path) -> Path:
    pods = [
        *(
            pod("astral-web", f"web-{number}", each.address, side=each.variant.side.value, lane=each.variant.lane.value)
            for number, each in enumerate(fleet.servers)
        ),
        pod("balancer", "haproxy-0", "127.0.0.1"),
        {**pod("balancer", "haproxy-gone", "127.0.0.9"), "__meta_kubernetes_pod_phase": "Succeeded"},
    ]
    around = Surroundings(
        domain="platform.test",
        region="us-east-1",
        balancer_metrics_port=fleet.proxies[0].surroundings.metrics_port,
    )
    whole = yaml.safe_load(scrape.configuration(system, around))
    jobs = {each["job_name"]: each for each in whole["scrape_configs"]}
    for static in jobs["json"]["static_configs"]:
        static["targets"] = [f"127.0.0.1:{json_port}"]
    (directory / "lifeline.yaml").write_text(rules(system))
    hurried = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    file = directory / "prometheus.yml"
    file.write_text(
        yaml.safe_dump(
            {
                "global": {**whole["global"], **hurried},
                "rule_files": [str(directory / "lifeline.yaml")],
                "scrape_configs": [listed(jobs["astral-web"], pods), listed(jobs["balancer"], pods), jobs["json"]],
            }
        )
    )
    return file


@contextmanager
def running(command: list[str], log: Path, **options: Any) -> Iterator[None]:
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, **options)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def exporter(fleet: Fleet, directory: Path) -> Iterator[int]:
    """The JSON exporter with its rendered file, in which the platform's Service is one of its pods."""
    port, server = free_port(), fleet.servers[0]
    told = json.loads(json_exporter.configuration(fleet.system))
    for module in told["modules"].values():
        path = urllib.parse.urlsplit(module["url"]).path
        module["url"] = f"http://{server.address}:{server.variant.workload.port}{path}"
    file = directory / "json.json"
    file.write_text(json.dumps(told))
    code = PROJECT / "images" / "json_exporter"
    with running(
        [sys.executable, "-m", "json_exporter", str(file), str(port), "127.0.0.1"], directory / "json.log", cwd=code
    ):
        yield port


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    directory = tmp_path_factory.mktemp("scraping")
    program = toolchain.ensure(Silent(), ["prometheus"], tools=CHECKERS)["prometheus"]
    (directory / "fleet").mkdir()
    with standing(directory / "fleet", quick(SYSTEM)) as fleet:
        fleet.add("astral-web", Side.STABLE, Lane.ORDINARY, 1)
        fleet.add("astral-web", Side.STABLE, Lane.CRITICAL, 1)
        fleet.start()
        with exporter(fleet, directory) as json_port:
            served = Prometheus(free_port())
            command = [
                str(program),
                f"--config.file={configuration(SYSTEM, fleet, json_port, directory)}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{served.port}",
            ]
            environment = {**os.environ, "POD_NAME": "prometheus-0"}
            with running(command, directory / "prometheus.log", env=environment):
                wait_until("Prometheus is ready", lambda: served.ready)
                for path in ("/api/health", "/api/crisis/health", "/"):
                    for server in fleet.servers:
                        with suppress(OSError):
                            port = server.variant.workload.port
                            urllib.request.urlopen(f"http://{server.address}:{port}{path}", timeout=10).close()
                wait_until("every target answers twice", lambda: len(served.query("count_over_time(up[1m]) > 1")) >= 7)
                yield served


def test_every_target_answers_and_pods_that_have_ended_are_left_out(prometheus: Prometheus) -> None:
    up = {(each["metric"]["job"], each["metric"]["instance"]): each["value"][1] for each in prometheus.query("up")}
    expected = {("astral-web", "web-0"), ("astral-web", "web-1"), ("balancer", "haproxy-0")}
    expected |= {("json", each.path) for each in SYSTEM.monitoring.json_endpoints}
    assert up == dict.fromkeys(expected, "1")


def test_both_lanes_can_be_told_apart(prometheus: Prometheus) -> None:
    lanes = {each["metric"]["lane"] for each in prometheus.query('up{job="astral-web"}')}
    assert lanes == {"ordinary", "critical"}


def test_whatever_the_catalogue_says_they_export_is_there(prometheus: Prometheus) -> None:
    """Of the application, of HAProxy and of the JSON endpoints, with the labels that rules use."""
    for metric in catalogue(SYSTEM).values():
        if metric.source not in (Source.APPLICATION, Source.BALANCER, Source.JSON) or metric.name in NEEDS_AN_EVENT:
            continue
        name = f"{metric.name}_bucket" if metric.kind is Kind.HISTOGRAM else metric.name
        found = prometheus.query(name)
        assert found, f"{name} of {metric.source}"
        labels = {label for each in found for label in each["metric"]}
        assert set(metric.labels) <= labels, f"{name} lacks {sorted(set(metric.labels) - labels)}"
        bounds = {float(each["metric"]["le"]) for each in found if "le" in each["metric"]}
        assert set(metric.limits) <= bounds, f"{name} has no bucket at {sorted(set(metric.limits) - bounds)}"


def test_the_age_of_the_volunteers_figures_is_known(prometheus: Prometheus) -> None:
    """The document writes a time, not a number: `last_updated`."""
    (updated,) = prometheus.query("volunteers_updated")
    assert float(updated["value"][1]) > 1_700_000_000


def test_rules_are_evaluated_on_what_was_scraped(prometheus: Prometheus) -> None:
    groups = prometheus.ask("rules")["groups"]
    assert groups
    wait_until(
        "rules are evaluated",
        lambda: all(each["lastEvaluation"][:2] == "20" for each in prometheus.ask("rules")["groups"]),
    )
    failed = [
        f"{rule['name']}: {rule['lastError']}"
        for group in prometheus.ask("rules")["groups"]
        for rule in group["rules"]
        if rule["health"] == "err"
    ]
    assert failed == []


class _Answers(BaseHTTPRequestHandler):
    """Whatever the test wants to be answered."""

    status, body = 200, b"{}"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            200,
            b'{"ok": true, "pool": {"used": 3}, "at": "2024-01-15T10:30:00Z"}',
            {"ok 1.0", "used 3.0", "at 1705314600.0"},
        ),
        (503, b'{"ok": false, "pool": {"used": "7"}}', {"ok 0.0", "used 7.0", "json_members_missing 1"}),
        (200, b'{"ok": null, "pool": 4, "at": "10:30"}', {"json_members_missing 3"}),
        (200, b"<html>", {"502"}),
    ],
    ids=["numbers, truths and times", "a failure's body counts most", "what is no number", "no JSON"],
)
def test_the_json_exporter_leaves_out_what_it_cannot_read(
    status: int, body: bytes, expected: set[str], tmp_path: Path
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_", (_Answers,), {"status": status, "body": body}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    metrics = [
        {"name": name, "path": path, "help": "x"}
        for name, path in (("ok", ".ok"), ("used", ".pool.used"), ("at", ".at"))
    ]
    told = {
        "timeout_seconds": 5,
        "modules": {"m": {"url": f"http://127.0.0.1:{server.server_port}/", "metrics": metrics}},
    }
    (tmp_path / "c.json").write_text(json.dumps(told))
    port = free_port()
    command = [sys.executable, "-m", "json_exporter", str(tmp_path / "c.json"), str(port), "127.0.0.1"]
    with running(command, tmp_path / "log", cwd=PROJECT / "images" / "json_exporter"):
        wait_until("the exporter listens", lambda: listens(port))
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/probe?module=m", timeout=30) as answer:
                lines = {line for line in answer.read().decode().splitlines() if not line.startswith("#")}
        except urllib.error.HTTPError as error:
            lines = {str(error.code)}
    server.shutdown()
    server.server_close()
    assert expected <= lines
