"""Real servers on loopback, with TLS, and a Secrets Manager that forgets: what a rotation meets at AWS."""

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.paths import PROJECT

sys.path.insert(0, str(PROJECT / "images" / "rotation"))

from lifeline_rotation import postgresql
from lifeline_rotation.settings import Reach

from tests.rotation.authority import Authority
from tests.rotation.logins import FIRST, ROLE, USER, administrator
from tests.rotation.rotating import FUNCTION
from tests.rotation.servers import (
    ADMINISTRATOR,
    ADMINISTRATOR_PASSWORD,
    Postgres,
    RedisNode,
    running_postgres,
    running_redis,
)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def postgres(authority: Authority) -> Iterator[Postgres]:
    with running_postgres(authority) as server:
        yield server


@pytest.fixture(scope="session")
def cache(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RedisNode]]:
    """Two nodes: one keeps its users in a file of their own, the other in its configuration."""
    directory: Path = tmp_path_factory.mktemp("redis")
    with (
        running_redis(authority, directory / "one", users_in_file=True) as one,
        running_redis(authority, directory / "two", users_in_file=False) as two,
    ):
        yield [one, two]


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty Secrets Manager."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nobody")
    with mock_aws(config={"lambda": {"use_docker": False}}):
        _make_function()
        yield boto3.client("secretsmanager", region_name="us-east-1")


def _make_function() -> None:
    """Without one the emulator labels no version AWSPENDING; the tests call the steps themselves."""
    trust = {"Version": "2012-10-17", "Statement": []}
    role = boto3.client("iam").create_role(RoleName="rotation", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("nothing.py", "")
    boto3.client("lambda").create_function(
        FunctionName=FUNCTION,
        Runtime="python3.13",
        Role=role["Arn"],
        Handler="nothing.handle",
        Code={"ZipFile": archive.getvalue()},
    )


@pytest.fixture
def database_reach(postgres: Postgres, authority: Authority, manager: Any) -> Reach:
    """A fresh role with a table of its own, and the administrator's secret."""
    for user in (f"{ROLE}_alternate", ROLE):
        if postgres.tell(f"SELECT 1 FROM pg_roles WHERE rolname = '{user}'"):
            postgres.tell(f"DROP OWNED BY {user}")
            postgres.tell(f"DROP ROLE {user}")
    postgres.tell(f"CREATE ROLE {ROLE} LOGIN CONNECTION LIMIT 40 PASSWORD '{postgresql.scram_verifier(FIRST)}'")
    postgres.tell(f"GRANT CREATE ON SCHEMA public TO {ROLE}")
    stored = administrator(ADMINISTRATOR, ADMINISTRATOR_PASSWORD, "postgresql-administrator")
    manager.create_secret(Name="database-administrator", SecretString=json.dumps(stored))
    return Reach(
        database_address=f"{postgres.server.host}:{postgres.server.port}",
        database_name="postgres",
        database_administrator="database-administrator",
        database_authorities=authority.pem,
    )


@pytest.fixture
def cache_reach(cache: list[RedisNode], authority: Authority, manager: Any) -> Reach:
    """The user with its first password on both nodes, and the administrator's secret."""
    for node in cache:
        node.tell("ACL", "SETUSER", USER, "reset", "on", f">{FIRST}", "~*", "+@read", "+@write", "+ping")
        node.tell("ACL", "SETUSER", ADMINISTRATOR, "resetpass", f">{ADMINISTRATOR_PASSWORD}")
    stored = administrator(ADMINISTRATOR, ADMINISTRATOR_PASSWORD, "redis")
    manager.create_secret(Name="cache-administrator", SecretString=json.dumps(stored))
    return Reach(
        cache_addresses=tuple(str(node.server) for node in cache),
        cache_administrator="cache-administrator",
        cache_authorities=authority.pem,
    )
