"""Passwords of PostgreSQL on a real server: two users take turns, both can log in, nothing is locked out or logged."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lifeline_rotation import postgresql
from lifeline_rotation.address import trusting
from lifeline_rotation.settings import Reach
from lifeline_rotation.versions import RotationError

from tests.rotation.authority import Authority
from tests.rotation.logins import DATABASE_LOGIN, FIRST, ROLE
from tests.rotation.rotating import STEPS, Rotating
from tests.rotation.servers import ADMINISTRATOR, ADMINISTRATOR_PASSWORD, Postgres


@pytest.fixture
def rotating(manager: Any, database_reach: Reach) -> Rotating:
    return Rotating(manager, "astral/prod/database-application", DATABASE_LOGIN, database_reach)


def _works(postgres: Postgres, login: dict[str, Any]) -> bool:
    try:
        with postgres.login(login["username"], login["password"]) as connection:
            return connection.query("SELECT current_user") == [(ROLE,)]
    except postgresql.LoginRefused:
        return False


def test_the_old_and_the_new_login_are_good_until_the_next_rotation(postgres: Postgres, rotating: Rotating) -> None:
    logins = [rotating.value()]
    for _ in range(4):
        logins.append(rotating.whole().value())
        assert [_works(postgres, each) for each in logins[-2:]] == [True, True]
        assert logins[-1]["previous"]["password"] == logins[-2]["password"]
        assert logins[-1]["url"].startswith(f"postgresql://{logins[-1]['username']}:{logins[-1]['password']}@database:")
    assert [_works(postgres, each) for each in logins[:-2]] == [False, False, False]
    assert [each["username"] for each in logins] == [ROLE, f"{ROLE}_alternate", ROLE, f"{ROLE}_alternate", ROLE]


def test_both_users_are_the_same_role_to_the_database(postgres: Postgres, rotating: Rotating) -> None:
    login = rotating.whole().value()
    with postgres.login(login["username"], login["password"]) as connection:
        connection.query("CREATE TABLE of_the_alternate (id int); INSERT INTO of_the_alternate VALUES (1)")
    owner = postgres.tell("SELECT tableowner FROM pg_tables WHERE tablename = 'of_the_alternate'")
    limit = postgres.tell(f"SELECT rolconnlimit FROM pg_roles WHERE rolname = '{ROLE}_alternate'")
    assert (owner, limit) == ([(ROLE,)], [("40",)])
    with postgres.login(ROLE, FIRST) as connection:
        assert connection.query("SELECT id FROM of_the_alternate") == [("1",)]


def test_no_password_reaches_the_server_s_log(postgres: Postgres, rotating: Rotating) -> None:
    before = rotating.value()["password"]
    now = rotating.whole().whole().value()
    log = postgres.log.read_text()
    assert "ALTER ROLE astral_user LOGIN PASSWORD 'SCRAM-SHA-256$" in log
    assert [each for each in (before, now["password"], now["previous"]["password"]) if each in log] == []


@pytest.mark.parametrize("step", STEPS)
def test_a_rotation_cut_off_after_any_step_is_taken_up_again(postgres: Postgres, rotating: Rotating, step: str) -> None:
    rotating.begin()
    for each in STEPS[: STEPS.index(step) + 1]:
        rotating.step(each)
    assert _works(postgres, rotating.value())
    for each in STEPS:
        rotating.step(each)
    assert _works(postgres, rotating.value())
    assert _works(postgres, DATABASE_LOGIN)


def test_with_the_database_gone_nothing_changes_and_the_next_try_succeeds(
    postgres: Postgres, rotating: Rotating
) -> None:
    good = rotating.reach
    rotating.begin()
    rotating.step("createSecret")
    rotating.reach = replace(good, database_address="127.0.0.1:9")
    for step in STEPS[1:]:
        with pytest.raises(OSError, match="refused"):
            rotating.step(step)
    assert rotating.value() == DATABASE_LOGIN
    assert _works(postgres, DATABASE_LOGIN)
    rotating.reach = good
    for step in STEPS:
        rotating.step(step)
    assert _works(postgres, rotating.value())


def test_an_administrator_without_the_right_password_changes_nothing(rotating: Rotating, manager: Any) -> None:
    wrong = {"username": ADMINISTRATOR, "password": "wrong"}
    manager.put_secret_value(SecretId="database-administrator", SecretString=json.dumps(wrong))
    rotating.begin()
    rotating.step("createSecret")
    with pytest.raises(postgresql.LoginRefused, match="password authentication failed"):
        rotating.step("setSecret")
    assert rotating.value() == DATABASE_LOGIN


def test_a_login_that_fails_its_test_is_never_promoted(postgres: Postgres, rotating: Rotating) -> None:
    rotating.begin()
    for step in STEPS[:2]:
        rotating.step(step)
    postgres.tell(f"ALTER ROLE {ROLE}_alternate RESET role")
    with pytest.raises(RotationError, match=f"{ROLE}_alternate does not act as {ROLE}"):
        rotating.step("testSecret")
    postgres.tell(f"ALTER ROLE {ROLE}_alternate NOLOGIN")
    for step in STEPS[2:]:
        with pytest.raises(postgresql.LoginRefused):
            rotating.step(step)
    assert rotating.value() == DATABASE_LOGIN
    assert _works(postgres, DATABASE_LOGIN)


def test_a_login_changed_by_hand_meanwhile_is_not_overwritten(rotating: Rotating) -> None:
    rotating.begin()
    rotating.step("createSecret")
    rotating.by_hand({**DATABASE_LOGIN, "password": "by-hand"})
    for step in ("setSecret", "finishSecret"):
        with pytest.raises(RotationError, match="changed by hand"):
            rotating.step(step)


def test_a_role_that_is_not_there_yet_is_asked_for(postgres: Postgres, rotating: Rotating) -> None:
    postgres.tell(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")
    rotating.begin()
    rotating.step("createSecret")
    with pytest.raises(RotationError, match=f"the role {ROLE} does not exist: the roles' job comes first"):
        rotating.step("setSecret")


@pytest.mark.parametrize("role", ["x'; DROP ROLE astral_user; --", "Robert", "a" * 52, ""])
def test_a_name_that_is_none_never_reaches_a_statement(manager: Any, database_reach: Reach, role: str) -> None:
    odd = Rotating(
        manager, "astral/prod/odd", {**DATABASE_LOGIN, "role": role, "username": role}, database_reach
    ).begin()
    with pytest.raises(RotationError, match="is no pair this function made"):
        odd.step("createSecret")


def test_the_administrator_changes_its_own_password_and_can_be_caught_in_between(
    postgres: Postgres, rotating: Rotating, manager: Any
) -> None:
    administrator = Rotating.of_existing(manager, "database-administrator", rotating.reach).begin()
    try:
        administrator.step("createSecret")
        administrator.step("setSecret")
        administrator.step("setSecret")
        assert _works(postgres, rotating.whole().value()), "with the administrator between two passwords"
        for step in STEPS[2:]:
            administrator.step(step)
        now = administrator.value()
        assert now["password"] != ADMINISTRATOR_PASSWORD
        postgres.login(ADMINISTRATOR, now["password"]).close()
        with pytest.raises(postgresql.LoginRefused):
            postgres.login(ADMINISTRATOR, ADMINISTRATOR_PASSWORD)
    finally:
        postgres.tell(f"ALTER ROLE {ADMINISTRATOR} PASSWORD '{ADMINISTRATOR_PASSWORD}'")


def test_a_server_of_somebody_else_learns_nothing(postgres: Postgres, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    stranger = replace(postgres, server=replace(postgres.server, trust=trusting(other.pem)))
    with pytest.raises(OSError, match="certificate verify failed"):
        stranger.login(ROLE, FIRST)


def test_our_verifier_is_the_one_postgresql_would_keep(postgres: Postgres) -> None:
    verifier = postgresql.scram_verifier("a word of the test")
    postgres.tell(f"DROP ROLE IF EXISTS verified; CREATE ROLE verified LOGIN PASSWORD '{verifier}'")
    postgres.login("verified", "a word of the test").close()
    assert re.fullmatch(r"SCRAM-SHA-256\$4096:[\w+/]+=*\$[\w+/]+=*:[\w+/]+=*", verifier)
