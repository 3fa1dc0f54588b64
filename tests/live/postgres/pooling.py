"""PgBouncer with its rendered configuration and the follower beside it, as in a pod."""

import os
import pwd
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from lifeline_rotation.address import Server, trusting
from lifeline_rotation.postgresql import Connection
from pooler_follower import logins

from rehearsal.paths import PROJECT
from rendering import pgbouncer
from rendering.pgbouncer import Surroundings
from systems.model import System
from tests import debian_packages
from tests.live.postgres.servers import HOST, LIMIT_SECONDS, free_port, own, user, wait_until
from tests.newer_debian import TESTED_POOLER
from tests.rotation.authority import Authority

#: In a pod both containers have one user. Here he may be unable to read the tests' own Python: it is loaded before.
_AS_ANOTHER = """
import encodings.idna, os, sys
from pooler_follower.__main__ import main
os.setuid(int(sys.argv[1]))
sys.exit(main())
"""


def words() -> list[str]:
    given = os.environ.get(TESTED_POOLER, "").split()
    return given or [str(debian_packages.program("pgbouncer", package="pgbouncer"))]


def version() -> tuple[int, ...]:
    """`(1, 18, 0)`"""
    told = subprocess.run([*words(), "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(each) for each in told.split()[1].split("."))


def _uid() -> int:
    return pwd.getpwnam(user()["user"]).pw_uid if user() else os.getuid()


@dataclass
class Pod:
    """`servers` are the ports of primary and replicas; `secrets` is what the driver of secrets has mounted."""

    directory: Path
    system: System
    authority: Authority
    secrets: Path
    names: tuple[str, ...]
    primary: int
    replicas: tuple[int, ...] = ()
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    follower: "subprocess.Popen[bytes] | None" = None

    @property
    def run(self) -> Path:
        return self.directory / "run"

    @property
    def certificates(self) -> Path:
        return self.directory / "tls"

    @property
    def log(self) -> str:
        return (self.directory / "log").read_text(errors="replace")

    @property
    def configuration(self) -> Path:
        return self.directory / pgbouncer.CONFIGURATION

    def configure(self) -> None:
        """Ports differ here, so replicas are written one by one where the pod has one name for each."""
        around = Surroundings(
            primary=HOST,
            replicas=(HOST,) * bool(self.replicas),
            server_port=self.primary,
            certificates=str(self.certificates),
            authorities=str(self.authority.authority),
            run=str(self.run),
            listen_port=self.port,
        )
        text = pgbouncer.configuration(self.system, around)
        if self.replicas:
            alias = f"{self.system.database.name}{pgbouncer.READ_ONLY_SUFFIX} = host={HOST} port="
            text = text.replace(f"{alias}{self.primary}", f"{alias}{self.replicas[0]}")
        self.configuration.write_text(text)

    def start(self) -> "Pod":
        for each in (self.directory, self.run, self.certificates):
            each.mkdir()
        self.certify(self.authority)
        self.configure()
        own(self.directory)
        assert self._follow("--once").wait(LIMIT_SECONDS) == 0, (self.directory / "follower.log").read_text()
        with (self.directory / "log").open("ab") as output:
            command = [*words(), str(self.configuration)]
            self.process = subprocess.Popen(command, stdout=output, stderr=output, cwd="/", **user())
        self.follower = self._follow()
        wait_until("the pooler answers", lambda: "pgbouncer_up 1" in self.figures())
        return self

    def certify(self, authority: Authority) -> None:
        for name, file in (("tls.crt", authority.certificate), ("tls.key", authority.key)):
            (self.certificates / name).write_bytes(file.read_bytes())
        own(self.certificates)

    def _follow(self, *flags: str) -> "subprocess.Popen[bytes]":
        variables = {
            "POOLER_SECRETS": str(self.secrets),
            "POOLER_SECRET_NAMES": ",".join(self.names),
            "POOLER_CERTIFICATES": str(self.certificates),
            "POOLER_RUN": str(self.run),
            "POOLER_PORT": str(self.port),
            "POOLER_METRICS_ADDRESS": HOST,
            "POOLER_METRICS_PORT": str(self.metrics_port),
            "POOLER_POLL_SECONDS": "0.1",
        }
        with (self.directory / "follower.log").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-c", _AS_ANOTHER, str(_uid()), *flags],
                cwd=PROJECT / "images" / "pooler",
                env={**os.environ, **variables, "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=output,
                stderr=output,
            )

    def figures(self) -> str:
        with urllib.request.urlopen(f"http://{HOST}:{self.metrics_port}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def loaded(self) -> bool:
        """Whether PgBouncer has what is mounted now."""
        wanted = logins.listed(self.secrets, self.names)
        return (self.run / pgbouncer.LOGINS).read_text() == wanted

    def server(self, database: str = "", trust: "Authority | None" = None) -> Server:
        trusted = trusting((trust or self.authority).pem)
        return Server(HOST, self.port, trusted, database or self.system.database.name)

    def connect(self, login: "dict[str, str]", database: str = "") -> Connection:
        return Connection(self.server(database), login["username"], login["password"])

    def stop(self) -> None:
        for each in (self.follower, self.process):
            if each and each.poll() is None:
                each.terminate()
                each.wait(LIMIT_SECONDS)
