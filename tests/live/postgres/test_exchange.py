"""After a restore: the restored database becomes the live one by one command, and the way back is the same command."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from lifeline_rotation.postgresql import PostgresError

from rendering import pgbouncer
from systems.model import RoleUse
from tests.live.postgres.dumping import program
from tests.live.postgres.platform import Platform
from tests.live.postgres.servers import ADMINISTRATOR, run, wait_until

pytestmark = pytest.mark.xdist_group("postgres")

RESTORED = "recovered"
_COUNT = "SELECT count(*) FROM diary"


@pytest.fixture
def damaged(platform: Platform) -> Iterator[Platform]:
    """Two rows were dumped and are restored beside; a third one came after them."""
    dump, owner = platform.secrets / "diary.dump", platform.login(RoleUse.OWNER)["role"]
    with platform.as_(RoleUse.OWNER) as connection:
        connection.query("CREATE TABLE diary (id int PRIMARY KEY); INSERT INTO diary VALUES (1), (2)")
    program(platform, RoleUse.BACKUP, "pg_dump", "--format=custom", "--file", str(dump), platform.database)
    with platform.as_(RoleUse.OWNER) as connection:
        connection.query("INSERT INTO diary VALUES (3)")
    with platform.as_(RoleUse.RESTORE) as connection:
        connection.query(f"CREATE DATABASE {RESTORED} OWNER {owner}")
    words = ["--exit-on-error", "--no-owner", "--no-acl", "--no-comments", "--role", owner, "--dbname", RESTORED]
    program(platform, RoleUse.RESTORE, "pg_restore", *words, str(dump))
    yield platform
    for name in (RESTORED, f"{platform.database}_before"):
        platform.primary.tell(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    with platform.as_(RoleUse.OWNER) as connection:
        connection.query("DROP TABLE diary")


def _exchange(platform: Platform, restored: str) -> str:
    return platform.make_roles("exchange", RESTORE_DATABASE=restored)["exchanged"]


def _rows(platform: Platform, database: str = "") -> str:
    """As the application sees it, through the pooler."""
    with platform.through(RoleUse.APPLICATION, database) as connection:
        return connection.query(_COUNT)[0][0]


@contextmanager
def _busy(platform: Platform) -> Iterator[list[str]]:
    """Clients that read all the time and come again when they are sent away; the counts they saw."""
    seen, over = list[str](), threading.Event()

    def read() -> None:
        while not over.is_set():
            with suppress(PostgresError, OSError):
                seen.append(_rows(platform))

    threads = [threading.Thread(target=read, daemon=True) for _ in range(3)]
    for each in threads:
        each.start()
    try:
        yield seen
    finally:
        over.set()
        for each in threads:
            each.join(60)


def test_under_load_the_restored_database_becomes_the_live_one_and_back(damaged: Platform) -> None:
    replicas = f"{damaged.database}{pgbouncer.READ_ONLY_SUFFIX}"
    with _busy(damaged) as seen:
        wait_until("clients read", lambda: "3" in seen)
        assert _exchange(damaged, RESTORED).startswith(f"{RESTORED} is {damaged.database}")
        wait_until("and read what was restored", lambda: seen[-1] == "2")
    with damaged.through(RoleUse.APPLICATION) as application:
        application.query("INSERT INTO diary VALUES (4)")
    _owned_by_the_administrator(damaged)
    with pytest.raises(PostgresError, match="not currently accepting connections"):
        damaged.as_(RoleUse.OWNER, f"{damaged.database}_before")
    _reads_of_replicas_follow_a_restart(damaged, replicas)

    assert _exchange(damaged, f"{damaged.database}_before")
    wait_until("the first database is back, whole", lambda: _rows(damaged) == "3")
    _owned_by_the_administrator(damaged)
    _reads_of_replicas_follow_a_restart(damaged, replicas, rows="3")


def _reads_of_replicas_follow_a_restart(platform: Platform, replicas: str, rows: str = "3") -> None:
    """A replica's sessions stay where they are when a name changes: the pooler must open new ones."""
    assert platform.pooler
    place = ["--host", str(platform.pooler.run), "--port", str(platform.pooler.port), "--dbname", "pgbouncer"]
    run(["/usr/lib/postgresql/15/bin/psql", *place, "--username", "pgbouncer", "--command", "RECONNECT"])
    wait_until("replicas show the same", lambda: _rows(platform, replicas) == rows)


def _owned_by_the_administrator(platform: Platform) -> None:
    """So that no migration can drop it."""
    owner = f"SELECT datdba::regrole FROM pg_database WHERE datname = '{platform.database}'"
    assert platform.primary.tell(owner) == [(ADMINISTRATOR,)]


def test_what_is_no_restored_database_is_refused_and_nothing_changes(damaged: Platform) -> None:
    damaged.primary.tell(f"CREATE DATABASE empty OWNER {ADMINISTRATOR}")
    try:
        for name, said in (
            ("", "is no name of a database"),
            ("template1", "there is no database template1"),
            (damaged.database, "is the live database itself"),
            ("nowhere", "there is no database nowhere"),
            ("empty", "has no table"),
            ('x"; DROP DATABASE y', "is no name of a database"),
        ):
            ended = damaged.run_roles("exchange", RESTORE_DATABASE=name)
            assert ended.returncode == 1
            assert said in json.loads(ended.stdout)["failed"], name
            assert _rows(damaged) == "3"
        damaged.primary.tell(f"CREATE DATABASE {damaged.database}_before")
        ended = damaged.run_roles("exchange", RESTORE_DATABASE=RESTORED)
        assert "from an exchange before" in json.loads(ended.stdout)["failed"]
        assert _rows(damaged) == "3"
    finally:
        damaged.primary.tell("DROP DATABASE empty")
