"""PostgreSQL from Debian with a spec's rendered settings: a primary and replicas, on loopback, with TLS only."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lifeline_rotation.address import Server, trusting
from lifeline_rotation.postgresql import Connection, PostgresError

from rendering import postgres
from systems.model import System
from tests import debian_packages
from tests.rotation.authority import Authority

HOST, SUPERUSER, SUPERUSER_PASSWORD = "127.0.0.1", "superuser", "superuser-of-the-test"
ADMINISTRATOR, ADMINISTRATOR_PASSWORD = "lifeline_admin", "administrator-of-the-test"
LIMIT_SECONDS = 90
#: In the home of whoever runs the tests libpq would look for a client's certificate, and may not even look.
HOMELESS = {"HOME": "/nonexistent"}
_PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def wait_until(what: str, true: Callable[[], object]) -> None:
    """An error of a server that is not there yet is no answer, either."""
    end, last = time.monotonic() + LIMIT_SECONDS, ""
    while True:
        try:
            if true():
                return
        except (OSError, PostgresError) as error:
            last = f": {error}"
        assert time.monotonic() < end, f"not within {LIMIT_SECONDS} s: {what}{last}"
        time.sleep(0.05)


def user() -> dict[str, str]:
    """Neither PostgreSQL nor PgBouncer runs as root."""
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


def own(*paths: Path) -> None:
    """Gives what was written to whoever runs the servers."""
    if user():
        for path in paths:
            for each in (path, *(path.rglob("*") if path.is_dir() else ())):
                shutil.chown(each, "postgres", "postgres")


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        return bound.getsockname()[1]


@dataclass
class Node:
    """One server and its data."""

    directory: Path
    system: System
    authority: Authority
    more: dict[str, str] = field(default_factory=dict[str, str])
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> str:
        return (self.directory / "log").read_text(errors="replace")

    def create(self) -> None:
        debian_packages.require("postgresql-15", "postgresql-15-pgaudit")
        self._prepare()
        (self.directory / "password").write_text(SUPERUSER_PASSWORD)
        own(self.directory)
        words = ["-U", SUPERUSER, "-A", "scram-sha-256", "--no-sync", "--pwfile", str(self.directory / "password")]
        run([str(_PROGRAMS / "initdb"), "-D", str(self.data), *words])
        admitted = "".join(f"hostssl {who} all {HOST}/32 scram-sha-256\n" for who in ("all", "replication"))
        (self.data / "pg_hba.conf").write_text(admitted)

    def copy_of(self, primary: "Node") -> None:
        """A replica, which streams from now on."""
        self._prepare()
        own(self.directory)
        where = (
            f"host={HOST} port={primary.port} user={SUPERUSER} password={SUPERUSER_PASSWORD} application_name=replica"
        )
        verified = f"sslmode=verify-full sslrootcert={self.directory}/ca.pem"
        words = [
            "-d",
            f"{where} {verified}",
            "-D",
            str(self.data),
            "--checkpoint=fast",
            "--no-sync",
            "-R",
            "-X",
            "stream",
        ]
        run([str(_PROGRAMS / "pg_basebackup"), *words])

    def _prepare(self) -> None:
        self.directory.mkdir()
        for file in (self.authority.authority, self.authority.certificate, self.authority.key):
            shutil.copy(file, self.directory / file.name)
        (self.directory / "server.key").chmod(0o600)

    def settings(self) -> dict[str, object]:
        """The parameter group, as far as it is PostgreSQL's own, and what a server on loopback needs."""
        group = {each.name: each.value for each in postgres.parameters(self.system.database)}
        own = {name: value for name, value in group.items() if not name.startswith("rds.")}
        return {
            **own,
            "port": self.port,
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "ssl": "on",
            "ssl_cert_file": self.directory / "server.pem",
            "ssl_key_file": self.directory / "server.key",
            "ssl_ca_file": self.directory / "ca.pem",
            "fsync": "off",  # a killed process loses nothing of what it gave to the kernel
            **self.more,
        }

    def start(self) -> "Node":
        options = [word for name, value in self.settings().items() for word in ("-c", f"{name}={value}")]
        command = [str(_PROGRAMS / "postgres"), "-D", str(self.data), *options]
        with (self.directory / "log").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, cwd="/", env=HOMELESS, **user())
        wait_until(f"the server at {self.port} answers", self._answers)
        return self

    def _answers(self) -> bool:
        assert self.process and self.process.poll() is None, self.log[-3000:]
        return self.tell("SELECT 1") == [("1",)]

    def server(self, database: str = "postgres") -> Server:
        return Server(HOST, self.port, trusting(self.authority.pem), database)

    def tell(self, statement: str, database: str = "postgres") -> list[tuple[str, ...]]:
        with Connection(self.server(database), SUPERUSER, SUPERUSER_PASSWORD) as connection:
            return connection.query(statement)

    def kill(self) -> None:
        """As a machine that is gone: the postmaster and everybody it started, at once."""
        assert self.process
        for child in self.children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.kill()
        self.process.wait(LIMIT_SECONDS)

    def children(self, title: str = "") -> list[int]:
        """Processes of the server, by what they call themselves."""
        assert self.process
        asked = ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="]
        lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
        return [int(line.split()[0]) for line in lines if title in line]

    def promote(self) -> None:
        self.tell("SELECT pg_promote(wait => true)")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(LIMIT_SECONDS)


def run(command: list[str], **variables: str) -> None:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=LIMIT_SECONDS,
        env={**HOMELESS, **variables},
        **user(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
