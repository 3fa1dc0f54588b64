"""A platform's HAProxy fleet on loopback, as in pods: rendered files, follower beside, reference applications behind.

Servers are found by name, like in the cluster. Clients come as CloudFront and the load balancer would send them.
"""

import itertools
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from rehearsal.paths import PROJECT
from rendering import haproxy
from rendering.contract import contract
from rendering.haproxy.surroundings import Peer, Surroundings
from rendering.variants import Lane, Side, Variant
from systems.model import LoadBalancer, System
from tests import debian_packages
from tests.live.haproxy.names import NameServer

LIMIT_SECONDS = 60.0
DOMAIN = "platform.test"
ADMINISTRATOR, VISITOR = "203.0.113.7", "198.51.100.20"
#: Each server has a loopback address of its own, so that all can have the port of the spec.
_addresses = (
    f"127.{64 + os.getpid() // 250 % 128}.{1 + os.getpid() % 250}.{1 + each % 250}" for each in itertools.count()
)


def next_address() -> str:
    return next(_addresses)


def wait_until(
    what: str, true: Callable[[], object], seconds: float = LIMIT_SECONDS, every_seconds: float = 0.02
) -> float:
    """Seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(every_seconds)
    return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quick(system: System, **changes: object) -> System:
    """The same platform in a hurry: a test need not wait for minutes, and a process has less room than a pod."""
    balancer: LoadBalancer = replace(
        system.load_balancer, **{"slow_start_seconds": 1, "maximum_connections": 1_000, **changes}
    )  # pyright: ignore
    return replace(system, load_balancer=balancer)


@dataclass
class Server:
    """One reference application, a process of its own."""

    variant: Variant
    address: str
    contract: Path
    variables: Mapping[str, str]
    record: Path | None = None
    """Where a witness keeps what it is sent; None has none."""
    process: subprocess.Popen[str] = field(init=False)

    def start(self) -> None:
        plain = ("reference_application", str(self.contract))
        program = ("tests.live.haproxy.witness", str(self.contract), str(self.record)) if self.record else plain
        self.process = subprocess.Popen(
            [sys.executable, "-m", *program],
            cwd=PROJECT if self.record else PROJECT / "images/reference",
            env={**os.environ, **self.variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    @property
    def listening(self) -> bool:
        with suppress(OSError), socket.create_connection((self.address, self.variant.workload.port or 0), 0.5):
            return True
        return False

    def stop(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.wait(2 * LIMIT_SECONDS)

    def change(self, path: str, status: int, seconds: float = 0) -> None:
        """What it answers from now on."""
        told = json.dumps({path: {"status": status, "body": {"by": self.address}, "seconds": seconds}}).encode()
        address = f"http://{self.address}:{self.variant.workload.port}/-/control"
        urllib.request.urlopen(urllib.request.Request(address, data=told), timeout=10).close()


@dataclass
class Proxy:
    """One HAProxy with its follower."""

    name: str
    directory: Path
    surroundings: Surroundings
    files: Mapping[str, str]
    cache_password: Path | None = None
    process: subprocess.Popen[bytes] = field(init=False)
    follower: subprocess.Popen[str] = field(init=False)

    def start(self, config_map: Path) -> None:
        self.directory.mkdir(exist_ok=True)
        for name, text in self.files.items():
            (self.directory / name).write_text(text)
        self._follower_variables = {
            "TRAFFIC_DEFAULTS": str(self.directory / "traffic.defaults"),
            "TRAFFIC_DIRECTORY": str(config_map),
            "TRAFFIC_RUN_DIRECTORY": str(self.directory),
            "TRAFFIC_CERTIFICATE": self.surroundings.certificate,
            "TRAFFIC_POLL_SECONDS": "0.2",
            **({"TRAFFIC_CACHE_PASSWORD": str(self.cache_password)} if self.cache_password else {}),
        }
        assert self._follow("--once").wait(LIMIT_SECONDS) == 0
        program = debian_packages.program("haproxy", package="haproxy")
        configuration, master = self.directory / "haproxy.cfg", self.directory / "master.sock"
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(program), "-W", "-S", str(master), "-f", str(configuration)],
                env={**os.environ, "POD_NAME": self.name},
                stdout=log,
                stderr=log,
            )
        wait_until(f"{self.name} answers", lambda: self.figures() is not None)
        self.follower = self._follow()

    def _follow(self, *flags: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "traffic_follower", *flags],
            cwd=PROJECT / "images/traffic",
            env={**os.environ, **self._follower_variables},
            stdout=(self.directory / "follower.log").open("a"),
            text=True,
        )

    def ask(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.directory / "admin.sock"))
            connection.sendall(f"{command}\n".encode())
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def figures(self) -> str | None:
        connection = HTTPConnection("127.0.0.1", self.surroundings.metrics_port, timeout=10)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        except OSError:
            return None
        finally:
            connection.close()

    def servers_up(self, backend: str) -> int:
        rows = (line.split(",") for line in self.ask(f"show stat {backend} 4 -1").splitlines()[1:])
        own = (row for row in rows if len(row) > 17 and "-backup" not in row[1])
        return sum(1 for row in own if row[17].startswith("UP"))

    def log(self) -> list[dict[str, object]]:
        """One object a request."""
        lines = (self.directory / "log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def reload(self) -> None:
        """As a renewed certificate causes it: the follower notes the servers and has the master start anew."""
        text = Path(self.surroundings.certificate).read_text()
        before = self.ask("show info").partition("Pid:")[2].split()[0]
        Path(self.surroundings.certificate).write_text(text + "\n")
        wait_until("a new process", lambda: self._pid() not in (None, before))

    def _pid(self) -> str | None:
        with suppress(OSError, IndexError):
            return self.ask("show info").partition("\nPid:")[2].split()[0]
        return None

    def stop(self) -> None:
        """As Kubernetes does after the pause in which nothing new is sent: open requests are finished."""
        for process, number in ((self.follower, signal.SIGTERM), (self.process, signal.SIGUSR1)):
            process.send_signal(number)
            process.wait(LIMIT_SECONDS)


class Fleet:
    """Proxies, servers and the ConfigMap of one platform."""

    def __init__(
        self, directory: Path, system: System, proxies: int, *, witnessed: bool = False, trusted: str = "127.0.0.0/8"
    ) -> None:
        self.system, self.directory, self._trusted = system, directory, trusted
        self.record = directory / "seen" if witnessed else None
        self._names = NameServer()
        self.names = self._names.addresses
        self.config_map = directory / "traffic"
        self.config_map.mkdir()
        self.servers: list[Server] = []
        self.trusted = ssl.create_default_context(cafile=str(_certificate(directory)))
        peers = tuple(
            Peer(name=f"haproxy-{each}", address=f"127.0.0.1:{port}", bind=f"127.0.0.1:{port}")
            for each, port in enumerate(free_port() for _ in range(proxies))
        )
        self.proxies = [self._proxy(peer.name, peers) for peer in peers]

    def _proxy(self, name: str, peers: tuple[Peer, ...]) -> Proxy:
        home = self.directory / name
        home.mkdir()
        certificate = home / "tls.pem"
        certificate.write_text((self.directory / "tls.pem").read_text())
        surroundings = Surroundings(
            domain=DOMAIN,
            namespace="platform",
            trusted_cidrs=(self._trusted,),
            admin_cidrs=("203.0.113.0/24",),
            peers=peers,
            bind="127.0.0.1",
            http_port=free_port(),
            https_port=free_port(),
            metrics_port=free_port(),
            directory=str(home),
            run_directory=str(home),
            certificate=str(certificate),
            nameserver=self._names.endpoint,
            threads=1,
        )
        return Proxy(name, home, surroundings, haproxy.fleet(self.system, surroundings))

    def add(self, workload: str, side: Side = Side.STABLE, lane: Lane = Lane.ORDINARY, count: int = 1) -> list[Server]:
        """More servers of one variant, which answer and are known to the name server."""
        variant = Variant(self.system.workload(workload), side, lane)
        added = [self._server(variant) for _ in range(count)]
        for server in added:
            server.start()
        for server in added:
            wait_until(f"{server.address} listens", lambda server=server: server.listening)
        self._names.addresses.setdefault(self.proxies[0].surroundings.servers(variant), []).extend(
            server.address for server in added
        )
        self.servers += added
        return added

    def _server(self, variant: Variant) -> Server:
        address = next(_addresses)
        told = contract(self.system, variant.workload)
        file = self.directory / f"contract-{variant.workload.name}.json"
        file.write_text(json.dumps({**told, "secrets": [], "variables": {}}))
        variables = {"REFERENCE_HOST": address, "REFERENCE_CONTROL": "yes", "HOSTNAME": f"{variant.name}@{address}"}
        return Server(variant, address, file, variables, self.record)

    def start(self) -> None:
        for proxy in self.proxies:
            proxy.start(self.config_map)
        self.wait_for_servers()

    def wait_for_servers(self) -> None:
        """Every server is up at every proxy, with its full share."""
        for variant in {server.variant for server in self.servers}:
            wanted = sum(server.variant == variant for server in self.servers)
            for proxy in self.proxies:
                wait_until(
                    f"{wanted} of {variant.name} at {proxy.name}",
                    lambda p=proxy, v=variant, w=wanted: p.servers_up(v.name) >= w,
                )

    def desire(self, **state: str) -> float:
        """Change keys of the ConfigMap (`canary__api="10"` is `canary.api`); seconds until each proxy holds them."""
        wanted = {key.replace("__", ".").replace("_", "-"): value for key, value in state.items()}
        for key, value in wanted.items():
            (self.config_map / key).write_text(value)
        return max(
            wait_until(
                f"{wanted} at {p.name}",
                lambda p=p: all(f" {k} {v}" in p.ask(self._shown(p)) for k, v in wanted.items()),
            )
            for p in self.proxies
        )

    def _shown(self, proxy: Proxy) -> str:
        return f"show map {proxy.surroundings.traffic_map}"

    def connection(self, proxy: int = 0, timeout: float = 30) -> HTTPSConnection:
        port = self.proxies[proxy].surroundings.https_port
        connection = HTTPSConnection("127.0.0.1", port, timeout=timeout, context=self.trusted)
        connection._context.check_hostname = False  # pyright: ignore
        return connection

    def close(self) -> None:
        for proxy in self.proxies:
            for name in ("follower", "process"):
                if process := getattr(proxy, name, None):
                    process.kill() if name == "follower" else process.terminate()
                    process.wait(LIMIT_SECONDS)
        for server in self.servers:
            server.process.kill()
            server.process.wait(LIMIT_SECONDS)
        self._names.close()


def _certificate(directory: Path) -> Path:
    file = directory / "tls.pem"
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={DOMAIN}"]
    subprocess.run([*request, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    file.write_text(certificate.read_text() + key.read_text())
    return certificate


@contextmanager
def standing(
    directory: Path, system: System, proxies: int = 1, *, witnessed: bool = False, trusted: str = "127.0.0.0/8"
) -> Iterator[Fleet]:
    """Proxies take the word of whoever asks from a trusted network."""
    fleet = Fleet(directory, system, proxies, witnessed=witnessed, trusted=trusted)
    try:
        yield fleet
    finally:
        fleet.close()
