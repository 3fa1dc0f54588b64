"""Passwords of a Redis user on two real nodes: the current and the previous one are good, also after a restart."""

import json
from dataclasses import replace
from typing import Any

import pytest
from lifeline_rotation import redis
from lifeline_rotation.settings import Reach
from lifeline_rotation.versions import RotationError

from tests.rotation.authority import Authority
from tests.rotation.logins import CACHE_LOGIN, FIRST, USER
from tests.rotation.rotating import STEPS, Rotating
from tests.rotation.servers import ADMINISTRATOR, ADMINISTRATOR_PASSWORD, RedisNode


@pytest.fixture
def rotating(manager: Any, cache_reach: Reach) -> Rotating:
    return Rotating(manager, "astral/prod/cache", CACHE_LOGIN, cache_reach)


def _works(cache: list[RedisNode], login: dict[str, Any]) -> list[bool]:
    """On each node."""
    found: list[bool] = []
    for node in cache:
        try:
            node.login(login["username"], login["password"]).close()
            found.append(True)
        except redis.Refused:
            found.append(False)
    return found


def test_the_old_and_the_new_password_are_good_on_every_node_until_the_next_rotation(
    cache: list[RedisNode], rotating: Rotating
) -> None:
    logins = [rotating.value()]
    for _ in range(3):
        logins.append(rotating.whole().value())
        assert [_works(cache, each) for each in logins[-2:]] == [[True, True], [True, True]]
        assert logins[-1]["url"] == f"rediss://{USER}:{logins[-1]['password']}@cache:6379/0"
    assert [_works(cache, each) for each in logins[:-2]] == [[False, False], [False, False]]


def test_what_the_user_may_do_stays_as_it_was(cache: list[RedisNode], rotating: Rotating) -> None:
    login = rotating.whole().value()
    for node in cache:
        with node.login(USER, login["password"]) as connection:
            assert connection.command("SET", "key", "value") == "OK"
            with pytest.raises(redis.Refused, match="NOPERM"):
                connection.command("CONFIG", "GET", "*")


def test_connections_that_are_open_stay_open(cache: list[RedisNode], rotating: Rotating) -> None:
    with cache[0].login(USER, FIRST) as connection:
        rotating.whole()
        assert connection.command("PING") == "PONG"


def test_a_restart_forgets_no_password(cache: list[RedisNode], rotating: Rotating) -> None:
    login = rotating.whole().value()
    for node in cache:
        node.stop()
        node.restart()
    assert _works(cache, login) == [True, True]
    assert _works(cache, CACHE_LOGIN) == [True, True]


@pytest.mark.parametrize("step", STEPS)
def test_a_rotation_cut_off_after_any_step_is_taken_up_again(
    cache: list[RedisNode], rotating: Rotating, step: str
) -> None:
    rotating.begin()
    for each in STEPS[: STEPS.index(step) + 1]:
        rotating.step(each)
    assert _works(cache, rotating.value()) == [True, True]
    for each in STEPS:
        rotating.step(each)
    assert _works(cache, rotating.value()) == [True, True]
    assert _works(cache, CACHE_LOGIN) == [True, True]


def test_a_node_that_is_down_stops_the_rotation_and_the_next_try_completes_it(
    cache: list[RedisNode], rotating: Rotating
) -> None:
    rotating.begin()
    rotating.step("createSecret")
    cache[1].stop()
    for step in STEPS[1:]:
        with pytest.raises(OSError, match="refused"):
            rotating.step(step)
    assert rotating.value() == CACHE_LOGIN
    cache[1].restart()
    # the node that was down knows the user from its file or lost it with the memory: its rules are the cache's to bring
    cache[1].tell("ACL", "SETUSER", USER, "on", f">{FIRST}", "~*", "+@read", "+@write", "+ping")
    for step in STEPS[1:]:
        rotating.step(step)
    assert _works(cache, rotating.value()) == [True, True]


def test_an_administrator_without_the_right_password_changes_nothing(
    cache: list[RedisNode], rotating: Rotating
) -> None:
    for node in cache:
        node.tell("ACL", "SETUSER", ADMINISTRATOR, ">another")
    rotating.manager.put_secret_value(
        SecretId="cache-administrator", SecretString=json.dumps({"username": ADMINISTRATOR, "password": "wrong"})
    )
    rotating.begin()
    rotating.step("createSecret")
    with pytest.raises(redis.Refused, match="WRONGPASS"):
        rotating.step("setSecret")
    assert rotating.value() == CACHE_LOGIN


def test_a_password_that_fails_its_test_is_never_promoted(cache: list[RedisNode], rotating: Rotating) -> None:
    rotating.begin()
    for step in STEPS[:2]:
        rotating.step(step)
    cache[1].tell("ACL", "SETUSER", USER, "resetpass", f">{FIRST}")
    for step in STEPS[2:]:
        with pytest.raises(redis.Refused, match="WRONGPASS"):
            rotating.step(step)
    assert rotating.value() == CACHE_LOGIN
    assert _works(cache, CACHE_LOGIN) == [True, True]


def test_a_user_that_is_not_there_yet_is_asked_for(cache: list[RedisNode], rotating: Rotating) -> None:
    cache[0].tell("ACL", "DELUSER", USER)
    rotating.begin()
    rotating.step("createSecret")
    with pytest.raises(RotationError, match=f"there is no user {USER}: its rules come first"):
        rotating.step("setSecret")


def test_the_administrator_renews_itself_and_others_in_between(cache: list[RedisNode], rotating: Rotating) -> None:
    administrator = Rotating.of_existing(rotating.manager, "cache-administrator", rotating.reach).begin()
    try:
        for step in STEPS[:2]:
            administrator.step(step)
        assert _works(cache, rotating.whole().value()) == [True, True]
        for step in STEPS[2:]:
            administrator.step(step)
        assert _works(cache, administrator.value()) == [True, True]
        assert rotating.whole().value()["password"] != FIRST
    finally:
        password = administrator.value()["password"]
        for node in cache:
            with node.login(ADMINISTRATOR, password) as connection:
                connection.command("ACL", "SETUSER", ADMINISTRATOR, "resetpass", f">{ADMINISTRATOR_PASSWORD}")


def test_a_server_of_somebody_else_learns_nothing(rotating: Rotating, tmp_path: Any) -> None:
    rotating.reach = replace(rotating.reach, cache_authorities=Authority(tmp_path).pem)
    rotating.begin()
    rotating.step("createSecret")
    with pytest.raises(OSError, match="certificate verify failed"):
        rotating.step("setSecret")
