"""What a backup meets: PostgreSQL from Debian with TLS and the platform's own roles, S3, the push gateway, the API."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rendering import database_roles
from systems.model import RoleUse, System
from tests import debian_packages
from tests.rotation.authority import Authority

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SUPERUSER, PASSWORD = "postgres", "of-the-test"
LIMIT_SECONDS = 120


def as_postgres() -> dict[str, str]:
    """PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


def directory_for_postgres(prefix: str) -> Path:
    """Not below pytest's own directories, which only their user may enter."""
    made = Path(tempfile.mkdtemp(prefix=f"lifeline-{prefix}-"))
    made.chmod(0o755)
    if as_postgres():
        shutil.chown(made, "postgres", "postgres")
    return made


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def until(what: str, answered: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_SECONDS
    while not answered():
        assert time.monotonic() < end, f"{what}: nothing within {LIMIT_SECONDS} s"
        time.sleep(0.05)


@dataclass
class Live:
    """The platform's database."""

    port: int
    directory: Path
    system: System

    def tell(self, statements: str, role: str = SUPERUSER, database: str = "") -> str:
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        told = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": SUPERUSER, "PGPASSWORD": PASSWORD}
        told |= {"PGDATABASE": database or self.system.database.name, "PATH": os.environ["PATH"]}
        text = statements if role == SUPERUSER else f'SET ROLE "{role}";\n{statements}'
        done = subprocess.run(words, input=text, env=told, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def role(self, use: RoleUse) -> str:
        return self.system.database.role(use).name


@contextmanager
def running(system: System, authority: Authority) -> Iterator[Live]:
    """With the roles as the platform makes them; what the extensions bring is no part of it."""
    debian_packages.require("postgresql-15")
    directory = directory_for_postgres("live")
    try:
        (directory / "password").write_text(PASSWORD)
        for file in (authority.certificate, authority.key):
            shutil.copy(file, directory / file.name)
            if as_postgres():
                shutil.chown(directory / file.name, "postgres", "postgres")
        (directory / "server.key").chmod(0o600)
        (directory / "password").chmod(0o644)
        data, port = directory / "data", free_port()
        initdb = [PROGRAMS / "initdb", "-D", data, "-U", SUPERUSER, "-A", "scram-sha-256", "--no-sync", "-E", "UTF8"]
        words = [*initdb, "--locale=C.UTF-8", "--pwfile", directory / "password"]
        done = subprocess.run(words, capture_output=True, text=True, cwd="/", timeout=LIMIT_SECONDS, **as_postgres())
        assert done.returncode == 0, done.stdout + done.stderr
        options = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "ssl": "on",
            "ssl_cert_file": directory / "server.pem",
            "ssl_key_file": directory / "server.key",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (directory / "log").open("wb") as log:
            process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", data, *words], stdout=log, stderr=log, cwd="/", **as_postgres()
            )
        try:
            live = Live(port, directory, system)
            until("PostgreSQL", lambda: _answers(port))
            _found(live)
            yield live
        finally:
            process.terminate()
            process.wait(LIMIT_SECONDS)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _answers(port: int) -> bool:
    words = [PROGRAMS / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(words, check=False, timeout=LIMIT_SECONDS).returncode == 0


def _found(live: Live) -> None:
    owner = live.role(RoleUse.OWNER)
    live.tell(f"CREATE ROLE {owner};", database="postgres")
    live.tell(f"CREATE DATABASE {live.system.database.name} OWNER {owner};", database="postgres")
    live.tell(database_roles.of_database(live.system).replace(database_roles.of_template(), ""))
    for role in live.system.database.roles:
        live.tell(f"ALTER ROLE {role.name} PASSWORD '{PASSWORD}';")


@dataclass
class Neighbours:
    """The push gateway, and the API's ConfigMaps; both only keep and give."""

    url: str = ""
    pushed: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    config_maps: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])


@contextmanager
def neighbours() -> Iterator[Neighbours]:
    found = Neighbours()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            items = [{"metadata": {"name": name}, "data": data} for name, data in found.config_maps.items()]
            self._answer(json.dumps({"items": items}).encode())

        def do_POST(self) -> None:
            lines = self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines()
            told = dict(line.split(" ") for line in lines if not line.startswith("#"))
            group = found.pushed.setdefault(self.path.removeprefix("/metrics/"), {})
            group.update({name: float(value) for name, value in told.items()})
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as url:
        found.url = url
        yield found


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
