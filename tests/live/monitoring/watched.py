"""Prometheus and Alertmanager on loopback with the rendered rules and routes, and every way out led to one listener."""

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import yaml

from rendering.alertmanager import Delivery, configuration, secrets_needed, topics_needed
from rendering.prometheus.rules import rules
from systems.model import System

_LISTENING = re.compile(r'Listening on".*address=(127\.0\.0\.1:\d+)')
_PUBLISHED = b"<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"


@dataclass(frozen=True)
class Delivered:
    """What came out of Alertmanager, and when."""

    at: float
    way: str
    """`/pagerduty`, `/slack`, or `/sns`."""
    text: str


@dataclass
class World:
    """What is measured just now, and what has been told of it."""

    figures: str = ""
    deliveries: list[Delivered] = field(default_factory=list[Delivered])
    address: str = ""

    def wait_for(self, wanted: Callable[[Delivered], bool], seconds: float) -> Delivered:
        """Generous limits are for busy machines; what is measured is measured from the deliveries' own times."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for each in list(self.deliveries):
                if wanted(each):
                    return each
            time.sleep(0.1)
        raise AssertionError(f"not delivered within {seconds} s; there came {[each.way for each in self.deliveries]}")


@contextmanager
def listening(world: World) -> Iterator[None]:
    """Serves the figures as an exporter does, and takes what Alertmanager sends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, world.figures.encode(), "text/plain; version=0.0.4")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            world.deliveries.append(Delivered(time.monotonic(), self.path, body))
            status = 202 if self.path == "/pagerduty" else 200
            self._answer(status, _PUBLISHED if self.path.startswith("/sns") else b"ok", "text/xml")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Requests are checked, not read."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    world.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def alertmanager_file(system: System, world: World, directory: Path) -> Path:
    """The rendered file; only addresses outside the machine and the place of the secrets are changed."""
    topics = {name: f"arn:aws:sns:us-east-1:123456789012:{name}" for name in topics_needed(system)}
    for secret in secrets_needed(system):
        value = f"http://{world.address}/slack" if "slack" in secret else "0" * 32
        (directory / secret).write_text(value)
    text = configuration(system, Delivery(topics=topics, secrets_directory=str(directory)))
    loaded = cast("dict[str, Any]", yaml.safe_load(text))
    loaded["global"]["pagerduty_url"] = f"http://{world.address}/pagerduty"
    for receiver in loaded["receivers"]:
        for topic in receiver.get("sns_configs", []):
            topic["api_url"] = f"http://{world.address}/sns"
            topic["sigv4"] |= {"access_key": "test", "secret_key": "test"}
    file = directory / "alertmanager.yml"
    file.write_text(yaml.safe_dump(loaded, sort_keys=False))
    return file


def prometheus_file(system: System, world: World, alertmanager: str, directory: Path) -> Path:
    (directory / "rules.yaml").write_text(rules(system, "https://runbooks.example"))
    file = directory / "prometheus.yml"
    scraped = {"job_name": "outside", "honor_labels": True, "static_configs": [{"targets": [world.address]}]}
    file.write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                "rule_files": ["rules.yaml"],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
                "scrape_configs": [scraped],
            }
        )
    )
    return file


@contextmanager
def running(command: list[str], log: Path) -> Iterator[str]:
    """The address on which the program listens, once it says so."""
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        found = _LISTENING.search(log.read_text())
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"{log.stem} does not listen: {log.read_text()[-2000:]}")


@contextmanager
def watching(system: System, world: World, tools: dict[str, Path], directory: Path) -> Iterator[None]:
    """Both programs, from an empty disk."""
    loopback = "--web.listen-address=127.0.0.1:0"
    with listening(world):
        manager = [str(tools["alertmanager"]), f"--config.file={alertmanager_file(system, world, directory)}", loopback]
        manager += [f"--storage.path={directory / 'am'}", "--cluster.listen-address="]
        with running(manager, directory / "alertmanager.log") as address:
            prometheus = [str(tools["prometheus"]), loopback]
            prometheus += [f"--config.file={prometheus_file(system, world, address, directory)}"]
            prometheus += [f"--storage.tsdb.path={directory / 'tsdb'}"]
            with running(prometheus, directory / "prometheus.log"):
                yield


def paged(delivered: Delivered, alert: str) -> bool:
    return delivered.way == "/pagerduty" and alert in json.loads(delivered.text)["payload"]["summary"]
