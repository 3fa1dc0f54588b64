"""A real name server (NSD) on loopback with zones written in a test."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from operations.health.resolver import Resolver
from operations.health.verdicts import Unseen
from tests import debian_packages
from tests.live.haproxy.fleet import free_port, wait_until

Zone = Mapping[tuple[str, str], list[str]]
"""Values by name and type, both as a zone file writes them."""


@contextmanager
def name_server(directory: Path, zones: Mapping[str, Zone]) -> Iterator[tuple[str, int]]:
    program = debian_packages.program("nsd", package="nsd")
    port = free_port()
    blocks = []
    for number, (domain, zone) in enumerate(zones.items()):
        file = directory / f"{number}.zone"
        file.write_text(_written(domain, zone))
        blocks.append(f'zone:\n  name: "{domain}"\n  zonefile: "{file}"\n')
    configuration = directory / "nsd.conf"
    configuration.write_text(
        f'server:\n  ip-address: 127.0.0.1@{port}\n  server-count: 1\n  username: ""\n  chroot: ""\n'
        f'  zonesdir: "{directory}"\n  pidfile: "{directory}/nsd.pid"\n  xfrdfile: "{directory}/xfrd.state"\n'
        f'  zonelistfile: "{directory}/zone.list"\n  database: ""\n  xfrdir: "{directory}"\n'
        "remote-control:\n  control-enable: no\n" + "".join(blocks)
    )
    with (directory / "nsd.log").open("w") as log:
        running = subprocess.Popen([str(program), "-d", "-c", str(configuration)], stdout=log, stderr=log)
    try:
        wait_until("the name server answers", lambda: _answers(port, next(iter(zones))))
        yield "127.0.0.1", port
    finally:
        running.terminate()
        running.wait(60)


def _answers(port: int, domain: str) -> bool:
    try:
        return bool(Resolver(("127.0.0.1", port), timeout_seconds=1).records(domain, "NS"))
    except Unseen:
        return False


def _written(domain: str, zone: Zone) -> str:
    lines = [f"$ORIGIN {domain}.", "$TTL 60", f"@ SOA ns1.{domain}. nobody.{domain}. 1 3600 600 86400 60"]
    for (name, kind), values in zone.items():
        for value in values:
            quoted = f'"{value}"' if kind == "TXT" else value
            lines.append(f"{name}. {kind} {quoted}")
    return "\n".join(lines) + "\n"


def nobody_listens() -> tuple[str, int]:
    """An address at which no name server answers, for as long as the test holds it."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    _kept.append(silent)
    return "127.0.0.1", silent.getsockname()[1]


_kept: list[socket.socket] = []
