"""The reference application keeps every platform's contract: what the spec documents is what it answers."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal import paths
from rendering.contract import contract
from rendering.metrics_of_applications import application_metrics
from systems import registry
from systems.model import CheckUse, System, Workload

IMAGE = paths.PROJECT / "images" / "reference"
SERVING = [
    (system, workload.name)
    for system in registry.names()
    for workload in registry.load(system).workloads
    if workload.port is not None
]


@dataclass
class Running:
    """The application as a process on loopback."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str, method: str = "GET", body: str | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text) if "json" in answer.headers["Content-Type"] else text


def _start(directory: Path, wanted: dict[str, Any], **variables: str) -> subprocess.Popen[str]:
    file = directory / "contract.json"
    file.write_text(json.dumps({**wanted, "port": 0}))
    return subprocess.Popen(
        [sys.executable, "-m", "reference_application", str(file)],
        cwd=IMAGE,
        env={"PATH": os.environ["PATH"], "REFERENCE_HOST": "127.0.0.1", "REFERENCE_CONTROL": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _promised(wanted: dict[str, Any], directory: Path) -> dict[str, str]:
    """The surroundings the contract promises: settings as variables, secrets as files."""
    secrets = directory / "secrets"
    secrets.mkdir()
    for name in wanted["secrets"]:
        (secrets / name).write_text("generated")
    return {**wanted["variables"], "LIFELINE_SECRETS_DIR": str(secrets)}


@contextmanager
def _running(directory: Path, wanted: dict[str, Any]) -> Iterator[Running]:
    process = _start(directory, wanted, **_promised(wanted, directory))
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    threading.Thread(target=process.stdout.read, daemon=True).start()  # its log lines, so that the pipe never fills
    try:
        yield Running(process, json.loads(line)["listening"])
    finally:
        process.kill()
        process.wait()


def _of(system: str, workload: str) -> tuple[System, Workload, dict[str, Any]]:
    spec = registry.load(system)
    return spec, spec.workload(workload), contract(spec, spec.workload(workload))


def _at(body: Any, json_path: str) -> Any:
    for step in json_path.lstrip(".").split("."):
        body = body[step]
    return body


@pytest.mark.parametrize(("system", "name"), SERVING)
def test_every_documented_path_answers_as_documented(system: str, name: str, tmp_path: Path) -> None:
    spec, workload, wanted = _of(system, name)
    with _running(tmp_path, wanted) as running:
        assert running.get(str(workload.liveness_path))[0] == 200
        for check in workload.health:
            status, body = running.get(check.path)
            assert status == check.expected_status
            for each in check.body:
                assert _at(body, each.json_path) == each.equals
        if workload.metrics is None:
            return
        for endpoint in spec.monitoring.json_endpoints:
            status, body = running.get(endpoint.path)
            assert status == 200
            for metric in endpoint.metrics:
                _at(body, metric.json_path)
        text = running.get(workload.metrics.path)[1]
        assert re.search(r'^http_requests_total\{method="GET",path="/[^"]+",status="200"\} \d+$', text, re.MULTILINE)

        exported = set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))
        assert exported == {metric.name for metric in application_metrics(spec)}
        for metric in application_metrics(spec):
            for limit in metric.limits:
                assert re.search(rf'^{metric.name}_bucket{{.*le="{float(limit)}"}} \d', text, re.MULTILINE), metric.name


@pytest.fixture
def flagship(tmp_path: Path) -> Iterator[Running]:
    with _running(tmp_path, _of("astral-core-v2", "astral-web")[2]) as running:
        yield running


def test_a_path_outside_the_contract_is_not_found_and_not_a_label(flagship: Running) -> None:
    assert flagship.get("/i-want-to-die")[0] == 404
    metrics = flagship.get("/metrics")[1]
    assert "want-to-die" not in metrics
    assert 'path="other",status="404"' in metrics


def test_leaving_turns_readiness_away_finishes_what_is_open_and_ends_well(flagship: Running) -> None:
    slow = {"/api/crisis/health": {"status": 200, "body": {"status": "healthy"}, "seconds": 5}}
    flagship.get("/-/control", "POST", json.dumps(slow))
    answers: list[int] = []
    visitor = threading.Thread(target=lambda: answers.append(flagship.get("/api/crisis/health")[0]))
    visitor.start()
    time.sleep(2)  # it has arrived by then; a request that comes later would find nobody, too
    flagship.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 60
    while flagship.get("/api/health")[0] != 503:
        assert time.monotonic() < deadline, "readiness is not turned away"
    assert flagship.get("/livez")[0] == 200
    visitor.join(120)
    assert answers == [200]
    assert flagship.process.poll() is None, "the balancer has not noticed yet: requests still come"
    assert flagship.process.wait(60) == 0


def test_it_names_everything_it_lacks_and_does_not_start(tmp_path: Path) -> None:
    wanted = _of("astral-core-v2", "astral-web")[2]
    assert wanted["secrets"], "a platform without secrets would prove nothing"
    process = _start(tmp_path, wanted)
    told = process.communicate(timeout=120)[1]
    assert process.returncode == 1
    assert all(name in told for name in (*wanted["variables"], *wanted["secrets"]))


def test_websockets_echo_and_are_told_when_it_leaves(tmp_path: Path) -> None:
    wanted = _of("astral-draft", "astraldraft-web")[2]
    with _running(tmp_path, wanted) as running, socket.create_connection(("127.0.0.1", running.port), 10) as line:
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET {wanted['websockets']} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        line.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        assert b"101" in line.recv(4096)
        mask, text = b"\x01\x02\x03\x04", b"still there?"
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(text))
        line.sendall(struct.pack("!BB", 0x81, 0x80 | len(text)) + mask + masked)
        assert line.recv(4096) == struct.pack("!BB", 0x81, len(text)) + text
        running.process.send_signal(signal.SIGTERM)
        assert line.recv(4096)[0] & 0x0F == 0x8


def test_every_serving_workload_of_every_platform_has_a_contract() -> None:
    for system in registry.names():
        spec = registry.load(system)
        for workload in spec.workloads:
            wanted = contract(spec, workload)
            ready = [check.path for check in workload.health if CheckUse.READINESS in check.uses]
            critical = [workload.critical.check_path] if workload.critical else []
            assert wanted["readiness"] == ready + critical
            assert json.dumps(wanted)
