"""PostgreSQL behind its pooler under faults: what a dead primary costs, and what a rotated password does not."""

import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.paths import PROJECT

sys.path.insert(0, str(PROJECT / "images" / "rotation"))
sys.path.insert(0, str(PROJECT / "images" / "pooler"))

from lifeline_rotation.postgresql import PostgresError
from lifeline_rotation.settings import Reach

from systems.model import RoleUse
from tests.campaigns import figures
from tests.live.postgres.failing_over import Drill, Round, begin
from tests.live.postgres.platform import Platform, standing
from tests.live.postgres.servers import ADMINISTRATOR, ADMINISTRATOR_PASSWORD, HOST, wait_until
from tests.rotation import conftest as rotation
from tests.rotation.logins import administrator
from tests.rotation.rotating import STEPS, Rotating

_ROUNDS, _CLIENTS, _ROTATIONS, _LAG_SECONDS = 5, 4, 10, 1.0


_REPORT = """\
Astral Core v2's settings, roles and pooler on real processes; PostgreSQL 15, PgBouncer 1.18, TLS everywhere.
{clients} clients of `database` each write a new row every 20 ms, with its timeline and the server's clock.

## The primary is killed, with everything it started

| replica | times | gap median | gap longest | rows lost, each time | written after all, though an error was told |
|---|---|---|---|---|---|
{deaths}

A watcher looks every 0.2 s, promotes after two misses and points the pooler at the new primary. That is a **floor**:
a managed fail-over looks more carefully, moves a volume and a name (AWS says one to two minutes), and adds all of it.
RDS's own standby is synchronous, like the first line; the replica in the recovery region is like the others. One
machine has no lag, hence the last line, in which the replica hears nothing for a second. Lost means acknowledged to a
client and not in the new primary, by key. Clients repeat what failed: writes need keys that make that harmless.

## The application's password is rotated

{rotations} rotations of four steps, by the function of images/rotation, under load through the pooler.

| who | logins or transactions | refused |
|---|---|---|
{logins}

The follower looks every 0.1 s here and every second in a pod. What is mounted follows the secret within two minutes,
in each pod at a time of its own; docs/decisions/postgres.md says what that means for a pod that starts just then.
"""


@dataclass
class Logins:
    """What clients saw who log in without a pause."""

    count: int = 0
    refused: list[str] = field(default_factory=list[str])


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_postgres_under_faults() -> None:
    rows = _failures()
    told = _rotations()
    figures.write("postgres", "PostgreSQL behind its pooler under faults", _text(rows, told))


def _failures() -> list[str]:
    rows: list[str] = []
    with standing("astral-core-v2", replicas=1) as platform:
        writers = begin(platform, _CLIENTS, platform.login(RoleUse.OWNER), platform.login(RoleUse.APPLICATION))
        try:
            for what, drill in (
                ("synchronous replica", Drill(platform, synchronous=True)),
                ("asynchronous replica", Drill(platform, synchronous=False)),
                (
                    f"asynchronous, {_LAG_SECONDS:g} s behind",
                    Drill(platform, synchronous=False, lag_seconds=_LAG_SECONDS),
                ),
            ):
                rounds = [drill.round(writers) for _ in range(_ROUNDS)]
                if drill.synchronous:
                    assert sum(each.lost for each in rounds) == 0, "what was acknowledged was on both"
                if drill.lag_seconds:
                    assert sum(each.lost for each in rounds) > 0, "the count of lost rows can count"
                rows.append(_row(what, rounds))
                print(rows[-1], flush=True)
        finally:
            for each in writers:
                each.stop()
        assert len(rounds[-1].timelines) > 1, "rows of several timelines: each round was a real change of primary"
    return rows


def _row(what: str, rounds: list[Round]) -> str:
    gaps = [each.gap_seconds for each in rounds]
    lost = ", ".join(str(each.lost) for each in rounds)
    unknown = sum(each.unknown for each in rounds)
    return f"| {what} | {len(rounds)} | {statistics.median(gaps):.1f} s | {max(gaps):.1f} s | {lost} | {unknown} |"


def _rotations() -> list[str]:
    """The login of the application, through the pooler; what is mounted follows the secret after a while."""
    with standing("astral-core-v2", replicas=0) as platform, _manager() as manager:
        before = platform.login(RoleUse.APPLICATION)
        manager.create_secret(Name="database-application", SecretString=json.dumps(before))
        stored = administrator(ADMINISTRATOR, ADMINISTRATOR_PASSWORD, "postgresql-administrator")
        manager.create_secret(Name="database-administrator", SecretString=json.dumps(stored))
        reach = Reach(
            database_address=f"{HOST}:{platform.primary.port}",
            database_name=platform.database,
            database_administrator="database-administrator",
            database_authorities=platform.authority.pem,
        )
        rotating = Rotating.of_existing(manager, "database-application", reach)
        anew = Logins()
        with _logging_in(platform, anew, before) as staying:
            windows = [_rotate(platform, rotating) for _ in range(_ROTATIONS)]
        assert (anew.refused, staying.refused) == ([], [])
        late = f"{statistics.median(windows):.1f} s after what is mounted is renewed"
        return [
            f"| pods that log in anew all the time, with what is mounted | {anew.count:,} | {len(anew.refused)} |",
            f"| pods that stay, transaction after transaction | {staying.count:,} | {len(staying.refused)} |",
            f"| the pooler takes the new login | {_ROTATIONS} rotations | until {late} |",
        ]


def _rotate(platform: Platform, rotating: Rotating) -> float:
    """All four steps; then the driver renews what is mounted. Seconds until the pooler takes the new login."""
    rotating.begin()
    for step in STEPS:
        rotating.step(step)
        time.sleep(0.3)
    renewed = rotating.value()
    began = time.monotonic()
    platform.store("database-application", renewed)
    assert platform.pooler
    wait_until("the pooler takes the new login", lambda: _takes(platform, renewed))
    took = time.monotonic() - began
    time.sleep(0.5)
    return took


def _takes(platform: Platform, login: dict[str, Any]) -> bool:
    assert platform.pooler
    with platform.pooler.connect(login) as connection:
        return connection.query("SELECT current_user") == [(login["role"],)]


@contextmanager
def _logging_in(platform: Platform, anew: Logins, first: dict[str, Any]) -> Iterator[Logins]:
    """Clients read the mounted file as the pooler does, and a moment after it has."""
    over, staying, lock = threading.Event(), Logins(), threading.Lock()
    known = {"login": first}

    def follow() -> None:
        while not over.wait(0.2):
            stored = platform.login(RoleUse.APPLICATION)
            if stored != known["login"] and platform.pooler and platform.pooler.loaded():
                time.sleep(0.5)
                known["login"] = stored

    def log_in() -> None:
        while not over.is_set():
            _count(anew, lock, lambda: _takes(platform, known["login"]))

    def stay() -> None:
        assert platform.pooler
        with platform.pooler.connect(first) as connection:
            while not over.wait(0.01):
                _count(staying, lock, lambda: connection.query("SELECT 1") == [("1",)])

    threads = [threading.Thread(target=each) for each in (follow, log_in, log_in, stay, stay)]
    for each in threads:
        each.start()
    try:
        yield staying
    finally:
        over.set()
        for each in threads:
            each.join(60)


def _count(logins: Logins, lock: threading.Lock, work: Any) -> None:
    try:
        work()
        refused = ""
    except (OSError, PostgresError) as error:
        refused = f"{type(error).__name__}: {error}"
    with lock:
        logins.count += 1
        logins.refused += [refused] if refused else []


@contextmanager
def _manager() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "nobody")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with mock_aws(config={"lambda": {"use_docker": False}}):
            rotation._make_function()
            yield boto3.client("secretsmanager", region_name="us-east-1")


def _text(rows: list[str], told: list[str]) -> str:
    return _REPORT.format(clients=_CLIENTS, rotations=_ROTATIONS, deaths="\n".join(rows), logins="\n".join(told))
