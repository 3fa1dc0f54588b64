"""A person restores as docs/restore.md says: beside the live database, with the restore role.

Names are exchanged in tests/live/postgres/test_exchange.py.
"""

from collections.abc import Iterator

import pytest

from systems.model import RoleUse
from tests.backup.conftest import ROWS, SYSTEM
from tests.backup.place import Place

NEW = "astral_recovery"


@pytest.fixture
def restoring(place: Place) -> Iterator[Place]:
    place.backed_up()
    place.login(RoleUse.RESTORE)
    yield place
    place.live.tell(f"DROP DATABASE IF EXISTS {NEW};")


def _restore(place: Place, *more: str) -> tuple[str, ...]:
    return ("restore", "--database", NEW, "--workspace", str(place.directory), *more)


def test_a_dump_becomes_a_database_of_the_owners_beside_the_live_one(restoring: Place) -> None:
    live = restoring.live
    before = live.tell("SELECT xact_commit FROM pg_stat_database WHERE datname = 'nothing'")
    ended = restoring.run(*_restore(restoring))
    assert ended.code == 0, ended.text
    assert ended.event("restored")["database"] == NEW
    assert live.tell("SELECT count(*) FROM users", database=NEW) == str(ROWS)
    owners = live.tell("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", database=NEW)
    assert owners == live.role(RoleUse.OWNER)
    assert live.tell("INSERT INTO users (email) VALUES ('x') RETURNING 1", live.role(RoleUse.APPLICATION), NEW) == "1"
    assert live.tell("SELECT count(*) FROM users") == str(ROWS), "the live one is as it was"
    assert before == ""
    assert "is there already" in restoring.run(*_restore(restoring)).why


def test_an_earlier_backup_can_be_chosen_by_its_manifest(restoring: Place) -> None:
    listed = [each["manifest"] for each in restoring.run("list").events]
    assert listed == [each for each in restoring.names() if each.endswith(".manifest.json")]
    assert restoring.run(*_restore(restoring, "--backup", listed[0])).code == 0
    unknown = restoring.run("restore", "--database", "other", "--backup", "database/daily/19700101/000000")
    assert "there is no whole backup of database at 'database/daily/19700101/000000'" in unknown.why


@pytest.mark.parametrize("name", [SYSTEM.database.name, "", "x; DROP DATABASE astral_core_v2", "Upper"])
def test_a_name_that_is_not_a_new_ones_is_refused(restoring: Place, name: str) -> None:
    why = restoring.run("restore", "--database", name, "--workspace", str(restoring.directory)).why
    assert "name" in why
    assert restoring.live.tell("SELECT count(*) FROM users") == str(ROWS)
