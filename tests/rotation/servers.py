"""PostgreSQL and Redis from Debian, on loopback ports of their own, with TLS only."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lifeline_rotation import postgresql, redis
from lifeline_rotation.address import Server, trusting

from tests import debian_packages
from tests.rotation.authority import Authority

ADMINISTRATOR, ADMINISTRATOR_PASSWORD = "lifeline_admin", "administrator-of-the-test"
_LIMIT_SECONDS = 60


@dataclass
class Postgres:
    """One server; `superuser` is the test's own, the administrator may only make roles, as on RDS."""

    server: Server
    log: Path
    password: str

    def login(self, username: str, password: str) -> postgresql.Connection:
        return postgresql.Connection(self.server, username, password)

    def tell(self, statement: str) -> list[tuple[str, ...]]:
        with self.login("postgres", self.password) as connection:
            return connection.query(statement)


@dataclass
class RedisNode:
    """One node; the administrator's password is the test's own."""

    server: Server
    directory: Path
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]

    def login(self, username: str, password: str) -> redis.Connection:
        return redis.Connection(self.server, username, password)

    def tell(self, *words: str) -> object:
        with self.login(ADMINISTRATOR, ADMINISTRATOR_PASSWORD) as connection:
            return connection.command(*words)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(_LIMIT_SECONDS)

    def restart(self) -> None:
        self.process = self.start()
        _until(lambda: self.tell("PING") == "PONG", self.process)


@contextmanager
def running_postgres(authority: Authority) -> Iterator[Postgres]:
    debian_packages.require("postgresql-15")
    programs = Path("/usr/lib/postgresql/15/bin")
    user = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    directory = Path(tempfile.mkdtemp(prefix="lifeline-postgres-"))
    try:
        (directory / "password").write_text("superuser-of-the-test")
        for file in (authority.certificate, authority.key):
            shutil.copy(file, directory / file.name)
        (directory / "server.key").chmod(0o600)
        if user:
            for path in (directory, *directory.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        data, port, log = directory / "data", _free_port(), directory / "log"
        _run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "--no-sync",
                "--pwfile",
                directory / "password",
            ],
            user,
        )
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "ssl": "on",
            "ssl_cert_file": directory / "server.pem",
            "ssl_key_file": directory / "server.key",
            "log_statement": "all",
            "fsync": "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *options], stdout=output, stderr=output, cwd="/", **user
            )
        try:
            found = Postgres(
                Server("127.0.0.1", port, trusting(authority.pem), "postgres"), log, "superuser-of-the-test"
            )
            _until(lambda: found.tell("SELECT 1") == [("1",)], process)
            found.tell(f"CREATE ROLE {ADMINISTRATOR} LOGIN CREATEROLE PASSWORD '{ADMINISTRATOR_PASSWORD}'")
            yield found
        finally:
            process.terminate()
            process.wait(_LIMIT_SECONDS)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def running_redis(authority: Authority, directory: Path, *, users_in_file: bool) -> Iterator[RedisNode]:
    program = debian_packages.program("redis-server", package="redis-server")
    directory.mkdir()
    port = _free_port()
    administrator = f"user {ADMINISTRATOR} on >{ADMINISTRATOR_PASSWORD} ~* &* +@all"
    lines = [
        *(f"port 0\ntls-port {port}\nbind 127.0.0.1\ndir {directory}\nsave ''".splitlines()),
        *(f"tls-cert-file {authority.certificate}", f"tls-key-file {authority.key}"),
        *(f"tls-ca-cert-file {authority.authority}", "tls-auth-clients no"),
    ]
    if users_in_file:
        (directory / "users.acl").write_text(f"user default off\n{administrator}\n")
        lines.append(f"aclfile {directory}/users.acl")
    else:
        lines += ["user default off", administrator]
    (directory / "redis.conf").write_text("\n".join(lines) + "\n")

    def start() -> subprocess.Popen[bytes]:
        with (directory / "log").open("ab") as output:
            return subprocess.Popen([program, directory / "redis.conf"], stdout=output, stderr=output)

    node = RedisNode(Server("127.0.0.1", port, trusting(authority.pem)), directory, start, start())
    try:
        _until(lambda: node.tell("PING") == "PONG", node.process)
        yield node
    finally:
        node.stop()


def _run(command: list[str | Path], user: dict[str, str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=_LIMIT_SECONDS, **user)
    assert done.returncode == 0, done.stdout + done.stderr


def _until(answered: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """The server answers, or has ended, or a minute is over."""
    end = time.monotonic() + _LIMIT_SECONDS
    while True:
        try:
            if answered():
                return
        except (OSError, postgresql.PostgresError, redis.RedisError) as error:
            assert process.poll() is None, f"{process.args} ended with {process.returncode}"
            assert time.monotonic() < end, f"{process.args} does not answer: {error}"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]
