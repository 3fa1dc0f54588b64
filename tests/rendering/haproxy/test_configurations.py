"""Every platform's HAProxy files, in both environments: accepted by the real program, with the documented figures."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from rendering import haproxy
from rendering.haproxy import traffic
from rendering.haproxy.surroundings import Peer, Surroundings
from systems import registry
from systems.model import Environment, System
from tests import debian_packages

STACKS = [(name, environment) for name in registry.names() for environment in Environment]
PEERS = tuple(Peer(name=f"haproxy-{each}", address=f"127.0.0.1:{10_000 + each}") for each in range(3))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certificate")
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test"]
    files = directory / "key.pem", directory / "certificate.pem"
    subprocess.run([*request, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
    (directory / "tls.pem").write_text("".join(file.read_text() for file in files))
    return directory / "tls.pem"


def surroundings(system: System, directory: Path, **more: object) -> Surroundings:
    values: dict[str, object] = {
        "domain": system.edge.domain,
        "namespace": "platform",
        "trusted_cidrs": (system.firewall.network_cidr,),
        "admin_cidrs": ("203.0.113.0/24",),
        "peers": PEERS,
        "dashboards": "grafana.monitoring.svc.cluster.local:3001",
        "directory": str(directory),
        "run_directory": str(directory),
        **more,
    }
    return Surroundings(**values)  # pyright: ignore[reportArgumentType]


def configuration(system: System) -> str:
    return haproxy.fleet(system, surroundings(system, Path("/etc/haproxy")))[haproxy.CONFIGURATION]


@pytest.mark.parametrize(("name", "environment"), STACKS)
def test_the_real_program_accepts_every_platform(
    name: str, environment: Environment, certificate: Path, tmp_path: Path
) -> None:
    system = registry.load(name, environment)
    for file, text in haproxy.fleet(system, surroundings(system, tmp_path, certificate=str(certificate))).items():
        (tmp_path / file).write_text(text)
    (tmp_path / "traffic.map").write_text((tmp_path / "traffic.defaults").read_text())
    (tmp_path / "servers.state").write_text("1\n")
    program = debian_packages.program("haproxy", package="haproxy")
    checked = subprocess.run(
        [str(program), "-c", "-f", str(tmp_path / haproxy.CONFIGURATION)],
        env={**os.environ, "POD_NAME": PEERS[1].name},
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    assert not re.findall(r"\[(?:WARNING|ALERT)\].*", checked.stderr), checked.stderr


def test_the_documented_block_is_kept_where_it_can_work() -> None:
    """TDAH-D04 says which lines cannot."""
    text = configuration(registry.load("tdah-assistant", Environment.PRODUCTION))
    for line in (
        "timeout connect 5000",
        "timeout client 50000",
        "timeout server 50000",
        "option dontlognull",
        "option log-health-checks",
        "mode 660 level admin",
        "stats timeout 30s",
        "redirect scheme https code 301",
        "balance roundrobin",
        "http-check send meth GET uri /health/overall",
        "ssl-min-ver TLSv1.2 no-tls-tickets prefer-client-ciphers",
        "ssl-default-bind-ciphers ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384",
        "tune.ssl.lifetime 600",
    ):
        assert line in text
    for line in ("chroot", "user haproxy", "group haproxy", "daemon", "127.0.0.1:514"):
        assert line not in text


def test_being_speaks_nothing_older_than_tls_1_3() -> None:
    assert "ssl-min-ver TLSv1.3" in configuration(registry.load("being", Environment.PRODUCTION))


@pytest.mark.parametrize(("name", "environment"), STACKS)
def test_every_timeout_is_set(name: str, environment: Environment) -> None:
    text = configuration(registry.load(name, environment))
    for timeout in ("connect", "client", "server", "http-request", "http-keep-alive", "queue", "check", "tunnel"):
        assert re.search(rf"^    timeout {timeout} [1-9]\d*$", text, re.MULTILINE), timeout


@pytest.mark.parametrize(("name", "environment"), STACKS)
def test_the_desired_state_begins_with_everybody_on_the_old_side_and_nothing_closed(
    name: str, environment: Environment
) -> None:
    system = registry.load(name, environment)
    state = traffic.defaults(system)
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]+", key) for key in state), "keys of a ConfigMap"
    assert {value for key, value in state.items() if key.startswith("canary.")} <= {"0"}
    assert {value for key, value in state.items() if key.startswith("maintenance.")} == {"off"}
    assert (traffic.CRITICAL_SIDE in state) == bool(system.critical_paths)


def test_no_log_line_can_hold_what_a_visitor_typed() -> None:
    """HAProxy's own variables for the request line, the query, captured headers and bodies are nowhere in a format."""
    for name, environment in STACKS:
        formats = re.findall(r"log-format (.*)", configuration(registry.load(name, environment)))
        assert formats
        for each in formats:
            assert not re.search(r"%(HU|HP|HQ|HPO|r|hr|hs|CC|CS|ci|cp)\b|req\.|query|url|body|txn\.path\b", each), each


def test_routes_name_documented_prefixes_only() -> None:
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    routes = haproxy.fleet(system, surroundings(system, Path("/etc/haproxy")))["routes.map"].splitlines()
    assert "/api/crisis /api/crisis" in routes
    assert "/ /" in routes


def test_an_answer_that_haproxy_could_not_hold_is_refused() -> None:
    from rendering.haproxy import answers

    with pytest.raises(ValueError, match="HAProxy takes up to 16000"):
        answers._line("crisis-html", "x" * 20_000)
