"""Three Redis and three Sentinels on loopback, started by the rendered program with the rendered configuration.

Each has a loopback address of its own in place of a pod's name, and a directory in place of a volume.
"""

import json
import os
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from lifeline_rotation.address import Server
from lifeline_rotation.redis import Connection, RedisError

from rendering import redis
from rendering.redis import users
from systems.model import System
from tests import debian_packages
from tests.live.haproxy.fleet import free_port, next_address, wait_until
from tests.live.redis.wires import Wires

PASSWORD = "password-of-{user}"


class Impatient(Server):
    """A client that has waited a second tries again."""

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=1)


@dataclass
class Member:
    """One container: `server` or `sentinel`. Others know it by `address`; it listens on `inside`."""

    role: str
    address: str
    inside: str
    port: int
    directory: Path
    surroundings: dict[str, str]
    trust: ssl.SSLContext
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def log(self) -> str:
        return (self.directory / "log").read_text()

    def run(self, what: str) -> int:
        """What a probe or a hook runs."""
        command = ["sh", f"{self.surroundings['CACHE_FILES']}/{redis.START}", what]
        return subprocess.run(command, env={**os.environ, **self.surroundings}, check=False).returncode

    def start(self) -> None:
        command = ["sh", f"{self.surroundings['CACHE_FILES']}/{redis.START}", self.role]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**os.environ, **self.surroundings}, cwd=self.directory, stdout=log, stderr=log
            )

    def send(self, number: int) -> None:
        assert self.process
        self.process.send_signal(number)

    def freeze(self) -> None:
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def kill(self) -> None:
        """As if its machine were gone: nothing is finished or said."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(60)
        self.process = None

    def forget(self) -> None:
        """A new disk."""
        for entry in sorted(self.directory.rglob("*"), reverse=True):
            entry.rmdir() if entry.is_dir() else entry.unlink()

    @property
    def door(self) -> Impatient:
        """Whether it is cut off from others or not."""
        return Impatient(self.inside, self.port, self.trust)

    def connect(self, user: str) -> Connection:
        """With patience: a busy machine may take seconds to answer."""
        return Connection(Server(self.inside, self.port, self.trust), user, PASSWORD.format(user=user))

    def tell(self, user: str, *words: str) -> object:
        with self.connect(user) as connection:
            return connection.command(*words)

    def replication(self) -> dict[str, str]:
        """Nothing while it does not answer."""
        with suppress(OSError, RedisError):
            told = str(self.tell(users.PROBE, "INFO", "replication"))
            return dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
        return {}


class Cluster:
    """All of them, as a platform's spec wants them; with `wires`, each can be cut off from all others."""

    def __init__(self, directory: Path, system: System, wires: Wires | None = None) -> None:
        debian_packages.program("redis-server", package="redis-server")
        self.system = replace(system, cache=replace(system.cache, port=free_port(), sentinel_port=free_port()))
        cache = self.system.cache
        nodes = [next_address() for _ in range(cache.nodes)]
        sentinels = [next_address() for _ in range(cache.sentinels)]
        self.wires = wires
        self._inside = {address: next_address() if wires else address for address in (*nodes, *sentinels)}
        self.authority = _certificates(directory / "tls", [*nodes, *sentinels, *self._inside.values(), "127.0.0.1"])
        self.trust = ssl.create_default_context(cafile=str(self.authority))
        around = redis.Surroundings(nodes=nodes, sentinels=sentinels, certificates=str(directory / "tls"))
        _write(directory / "files", redis.files(self.system, around))
        _write(directory / "internal", {user: PASSWORD.format(user=user) for user in users.INTERNAL})
        rotated = {user: PASSWORD.format(user=user) for user in users.ROTATED}
        self.secrets = _write(directory / "secrets", {**rotated, **{f"{u}-previous": p for u, p in rotated.items()}})
        self._directory = directory
        self.nodes = [self._member("server", address, cache.port) for address in nodes]
        self.sentinels = [self._member("sentinel", address, cache.sentinel_port) for address in sentinels]

    def _member(self, role: str, address: str, port: int) -> Member:
        home = self._directory / f"{role}-{address}"
        home.mkdir()
        surroundings = {
            "CACHE_FILES": str(self._directory / "files"),
            "CACHE_SECRETS": str(self._directory / "secrets"),
            "CACHE_INTERNAL": str(self._directory / "internal"),
            "CACHE_DATA": str(home),
            "CACHE_HOST": address,
            "CACHE_BIND": self._inside[address],
        }
        if self.wires:
            self.wires.lead(address, port, self._inside[address])
        return Member(role, address, self._inside[address], port, home, surroundings, self.trust)

    @property
    def members(self) -> list[Member]:
        return [*self.nodes, *self.sentinels]

    def start(self) -> None:
        for member in self.members:
            if member.process is None:
                member.start()

    def masters(self) -> list[Member]:
        return [node for node in self.nodes if node.replication().get("role") == "master"]

    def whole(self) -> bool:
        """One master that all others follow, and every Sentinel could replace it. Healthy alone is not enough."""
        masters = self.masters()
        if len(masters) != 1 or masters[0].replication().get("connected_slaves") != str(len(self.nodes) - 1):
            return False
        lag = [value for key, value in masters[0].replication().items() if key.startswith("slave") and "=" in value]
        return all("state=online" in each for each in lag) and all(map(self._could_replace, self.sentinels))

    def said(self, event: str) -> int:
        """How often Sentinels have."""
        return sum(each.log.count(f" {event} master ") for each in self.sentinels)

    def _could_replace(self, sentinel: Member) -> bool:
        with suppress(OSError, RedisError):
            name = self.system.cache.master_name
            told = sentinel.tell(users.SENTINEL, "SENTINEL", "MASTER", name)
            known = dict(zip(told[::2], told[1::2], strict=True))  # pyright: ignore
            replicas, others = len(self.nodes) - 1, len(self.sentinels) - 1
            return (known["flags"], known["num-slaves"], known["num-other-sentinels"]) == (
                "master",
                str(replicas),
                str(others),
            )
        return False

    def wait_until_whole(self) -> Member:
        wait_until("one master, two replicas, three Sentinels in agreement", self.whole, 120, every_seconds=0.2)
        return self.masters()[0]

    def close(self) -> None:
        for member in self.members:
            if member.process:
                with suppress(ProcessLookupError):
                    member.send(signal.SIGCONT)
                member.kill()
        if self.wires:
            self.wires.close()


def _write(directory: Path, files: "dict[str, str] | object") -> Path:
    directory.mkdir()
    for name, text in dict(files).items():  # pyright: ignore
        (directory / name).write_text(text)
    return directory


def _certificates(directory: Path, addresses: list[str]) -> Path:
    """One for all, which is its own authority."""
    directory.mkdir()
    names = ",".join(["DNS:cache", *(f"IP:{each}" for each in dict.fromkeys(addresses))])
    key, certificate, authority = (directory / name for name in ("tls.key", "tls.crt", "ca.crt"))
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    about = ["-days", "30", "-subj", "/CN=cache", "-addext", f"subjectAltName={names}"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*request, *about, *files], check=True, capture_output=True)
    authority.write_text(certificate.read_text())
    return authority


@contextmanager
def standing(directory: Path, system: System, wires: Wires | None = None) -> Iterator[Cluster]:
    cluster = Cluster(directory, system, wires)
    try:
        yield cluster
    except BaseException:
        print(json.dumps({m.address: m.log.splitlines()[-15:] for m in cluster.members if m.process}, indent=1))
        raise
    finally:
        cluster.close()
