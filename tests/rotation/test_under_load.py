"""No login fails while passwords are renewed: clients hold logins that are older than the rotation itself."""

from typing import Any

import pytest
from lifeline_rotation.settings import Reach

from tests.campaigns import figures
from tests.rotation.load import Count, Load, told
from tests.rotation.logins import CACHE_LOGIN, DATABASE_LOGIN
from tests.rotation.rotating import Rotating
from tests.rotation.servers import Postgres, RedisNode

BRIEF, LONG = 2, 20


def _database(manager: Any, reach: Reach, postgres: Postgres, rotations: int, clients: int) -> Count:
    def login(known: dict[str, Any]) -> None:
        with postgres.login(known["username"], known["password"]) as connection:
            connection.query("SELECT 1")

    rotating = Rotating(manager, "astral/prod/database-application", DATABASE_LOGIN, reach)
    return _rotated(Load(rotating, login, clients=clients, stale_seconds=0.3), rotations)


def _cache(manager: Any, reach: Reach, cache: list[RedisNode], rotations: int, clients: int) -> Count:
    def login(known: dict[str, Any]) -> None:
        for node in cache:
            with node.login(known["username"], known["password"]) as connection:
                connection.command("PING")

    rotating = Rotating(manager, "astral/prod/cache", CACHE_LOGIN, reach)
    return _rotated(Load(rotating, login, clients=clients, stale_seconds=0.3), rotations)


def _rotated(load: Load, rotations: int) -> Count:
    with load:
        for _ in range(rotations):
            load.rotate(pause_seconds=0.1)
    return load.count


def test_no_login_to_the_database_fails(manager: Any, database_reach: Reach, postgres: Postgres) -> None:
    count = _database(manager, database_reach, postgres, BRIEF, clients=2)
    assert count.refused == []
    assert count.logins > BRIEF


def test_no_login_to_the_cache_fails(manager: Any, cache_reach: Reach, cache: list[RedisNode]) -> None:
    count = _cache(manager, cache_reach, cache, BRIEF, clients=2)
    assert count.refused == []
    assert count.logins > BRIEF


def test_a_client_two_rotations_behind_is_refused_so_the_count_can_fail(
    manager: Any, database_reach: Reach, postgres: Postgres
) -> None:
    rotating = Rotating(manager, "astral/prod/database-application", DATABASE_LOGIN, database_reach)

    def login(_: dict[str, Any]) -> None:
        postgres.login(DATABASE_LOGIN["username"], DATABASE_LOGIN["password"]).close()

    count = _rotated(Load(rotating, login, clients=1, stale_seconds=0.1), 2)
    assert any("password authentication failed" in each for each in count.refused)


@pytest.mark.campaign
def test_rotations_under_load(
    manager: Any, database_reach: Reach, postgres: Postgres, cache_reach: Reach, cache: list[RedisNode]
) -> None:
    database = _database(manager, database_reach, postgres, LONG, clients=8)
    memory = _cache(manager, cache_reach, cache, LONG, clients=8)
    rows = [told("PostgreSQL 15, two users in turns", database, LONG), told("Redis 7, two nodes", memory, LONG)]
    figures.write(
        "rotation",
        "Rotations under load",
        "Eight clients log in without a pause, over TLS, on loopback, with logins that are up to 0.3 s older than the\n"
        "rotation; a rotation is its four steps with 0.1 s between them.\n\n"
        "| passwords of | rotations | logins | refused | first refusal |\n|---|---|---|---|---|\n" + "\n".join(rows),
    )
    assert (database.refused, memory.refused) == ([], [])
    assert min(database.logins, memory.logins) > 10 * LONG
