"""A platform's servers, its roles made by the Job's own program, its stored logins, and a pooler in front."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lifeline_rotation.postgresql import Connection

from components.aws import secret_values
from components.kubernetes import database_roles, pooler_pods
from rendering import database_roles as rendered
from systems import registry
from systems.model import Environment, RoleUse, System
from tests.live.postgres.pooling import Pod
from tests.live.postgres.servers import ADMINISTRATOR, ADMINISTRATOR_PASSWORD, HOST, LIMIT_SECONDS, Node, own
from tests.rotation.authority import Authority


@dataclass
class Platform:
    """`primary` with `replicas`; `secrets` holds a JSON a login, as the driver of secrets mounts them."""

    directory: Path
    system: System
    authority: Authority
    primary: Node
    replicas: list[Node] = field(default_factory=list[Node])
    pooler: Pod | None = None

    @property
    def secrets(self) -> Path:
        return self.directory / "secrets"

    @property
    def database(self) -> str:
        return self.system.database.name

    def stored(self, secret: str) -> dict[str, Any]:
        return json.loads((self.secrets / f"{secret}.json").read_text())

    def store(self, secret: str, value: dict[str, Any]) -> None:
        """Whole or not at all, as the driver does."""
        draft = self.secrets / f"{secret}.draft"
        draft.write_text(json.dumps(value))
        own(draft)
        draft.replace(self.secrets / f"{secret}.json")

    def login(self, use: RoleUse) -> dict[str, Any]:
        return self.stored(secret_values.secret_of(use))

    def as_(self, use: RoleUse, database: str = "") -> Connection:
        """Straight to the primary."""
        login = self.login(use)
        return Connection(self.primary.server(database or self.database), login["username"], login["password"])

    def through(self, use: RoleUse, database: str = "") -> Connection:
        assert self.pooler
        return self.pooler.connect(self.login(use), database)

    def make_roles(self, *words: str, **more: str) -> dict[str, Any]:
        """The Job's program with the Job's files and variables; what it printed."""
        done = self.run_roles(*words, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def run_roles(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """From a directory that holds what the pod's ConfigMaps hold, and by an interpreter that knows nothing else."""
        program, files = self.directory / "program", self.directory / "statements"
        for package in database_roles.PACKAGES:
            (program / package).mkdir(parents=True, exist_ok=True)
            for name, text in database_roles.package(package).items():
                (program / package / name).write_text(text)
        files.mkdir(exist_ok=True)
        for name, text in database_roles.statements(self.system).items():
            (files / name).write_text(text)
        variables = {
            **database_roles.variables(self.system, HOST),
            "ROLES_PORT": str(self.primary.port),
            "ROLES_SECRETS": str(self.secrets),
            "ROLES_STATEMENTS": str(files),
            "ROLES_AUTHORITIES": str(self.authority.authority),
            "PYTHONPATH": str(program),
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }
        return subprocess.run(
            [sys.executable, "-S", "-m", "database_roles", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_SECONDS,
            cwd=self.directory,
            env={**os.environ, **variables},
        )

    def start_pooler(self) -> Pod:
        self.pooler = Pod(
            self.directory / "pooler",
            self.system,
            self.authority,
            self.secrets,
            pooler_pods.secrets(self.system),
            self.primary.port,
            tuple(each.port for each in self.replicas),
        )
        return self.pooler.start()

    def close(self) -> None:
        if self.pooler:
            self.pooler.stop()
        for each in (*self.replicas, self.primary):
            each.stop()


@contextmanager
def standing(name: str, *, replicas: int | None = None, pooled: bool = True, **settings: str) -> Iterator[Platform]:
    """As after the first `up`: servers, what RDS brings with them, the roles' job, the pooler."""
    system = registry.load(name, Environment.PRODUCTION)
    directory = Path(tempfile.mkdtemp(prefix="lifeline-postgres-"))
    directory.chmod(0o755)
    authority = Authority(directory)
    primary = Node(directory / "primary", system, authority, settings)
    platform = Platform(directory, system, authority, primary)
    try:
        primary.create()
        primary.start()
        _what_rds_brings(primary, system)
        _store_first_values(platform)
        platform.make_roles()
        for number in range(system.database.replicas if replicas is None else replicas):
            replica = Node(directory / f"replica-{number + 1}", system, authority)
            replica.copy_of(primary)
            platform.replicas.append(replica.start())
        if pooled:
            platform.start_pooler()
        yield platform
    except BaseException:
        for log in sorted(directory.glob("*/*log")):
            print(f"--- {log.relative_to(directory)}", *log.read_text(errors="replace").splitlines()[-15:], sep="\n")
        raise
    finally:
        platform.close()
        shutil.rmtree(directory, ignore_errors=True)


def _what_rds_brings(primary: Node, system: System) -> None:
    """Its administrator is no superuser; it has a role for IAM and lets administrators make these extensions."""
    primary.tell(rendered.of_template(), "template1")
    primary.tell("CREATE ROLE rds_iam")
    primary.tell("CREATE ROLE rds_superuser IN ROLE pg_signal_backend")
    rights = "LOGIN CREATEROLE CREATEDB IN ROLE rds_superuser"
    primary.tell(f"CREATE ROLE {ADMINISTRATOR} {rights} PASSWORD '{ADMINISTRATOR_PASSWORD}'")
    primary.tell(f"CREATE DATABASE {rendered.identifier(system.database.name)} OWNER {ADMINISTRATOR}")


def _store_first_values(platform: Platform) -> None:
    platform.secrets.mkdir()
    for each in secret_values.kept(platform.system):
        if each.kind.startswith("postgresql"):
            password = ADMINISTRATOR_PASSWORD if each.kind.endswith("administrator") else f"{each.name}-first"
            platform.store(each.name, json.loads(secret_values.first_value(platform.system, each, password)))
    own(platform.secrets)
