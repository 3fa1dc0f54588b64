"""Who gets which server: in turn, by share, one user on one side, nobody to the dead."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from rendering.haproxy.choosing import COOKIE
from rendering.variants import Side
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import Fleet, Server, quick, standing, wait_until
from tests.live.haproxy.visitors import Answer, Crowd, ask

pytestmark = pytest.mark.xdist_group("haproxy-splitting")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """TDAH: the documented three servers of the API in turn, two of the frontend, one candidate of either."""
    with standing(tmp_path_factory.mktemp("tdah"), quick(production("tdah-assistant"))) as fleet:
        fleet.add("api", count=3)
        fleet.add("frontend", count=1)
        fleet.add("api", Side.CANARY)
        fleet.add("frontend", Side.CANARY)
        fleet.start()
        yield fleet


@pytest.fixture(autouse=True)
def everybody_on_the_old_side(assistant: Fleet) -> Iterator[None]:
    yield
    assistant.desire(canary__api="0", canary__frontend="0")


def _served_by(answer: Answer) -> str:
    assert answer.status == 200, answer
    return answer.server.split("@")[0]


def _as_user(fleet: Fleet, user: int, path: str = "/health/database") -> str:
    return _served_by(ask(fleet, path, headers={"Cookie": f"{COOKIE}={user}"}))


def test_servers_take_turns_within_two_percent(assistant: Fleet) -> None:
    """The slow start of a server that has just come is over when each has had its turn."""
    time.sleep(assistant.system.load_balancer.slow_start_seconds + 0.5)
    with Crowd(assistant, "/health/database", most=600) as crowd:
        crowd.join()
    assert crowd.statuses == Counter({200: 600})
    assert len(crowd.servers) == 3
    for server, count in crowd.servers.items():
        assert abs(count / 600 - 1 / 3) < 0.02, (server, count)


def test_each_path_finds_its_workload(assistant: Fleet) -> None:
    for path, workload in {
        "/health/database": "api",
        "/": "frontend",
        "/api/anything": "api",
        "/webhooks/twilio": "api",
        "/apiary": "frontend",
    }.items():
        assert ask(assistant, path).server.split("@")[0] == workload, path


def test_a_share_of_users_is_on_the_new_side_within_two_points(assistant: Fleet) -> None:
    """By cookie the share is exact; of users who come without one it is as good as the spread of their numbers."""
    for share in (10, 50):
        assistant.desire(canary__api=str(share))
        by_cookie = Counter(_as_user(assistant, user) for user in range(5, 1000, 10))
        assert by_cookie["api-canary"] == share
        with Crowd(assistant, "/health/database", most=1_500) as crowd:
            crowd.join()
        new = sum(count for server, count in crowd.servers.items() if server.startswith("api-canary"))
        assert abs(100 * new / 1_500 - share) < 2, new


def test_a_user_stays_on_one_side_while_the_share_grows(assistant: Fleet) -> None:
    sides: dict[int, list[str]] = {user: [] for user in range(25, 1000, 50)}
    for share in ("10", "25", "50", "100"):
        assistant.desire(canary__api=share)
        for user, seen in sides.items():
            seen.append(_as_user(assistant, user))
    for seen in sides.values():
        assert seen == sorted(seen), "nobody who has the candidate goes back while the share grows"
        assert seen[-1] == "api-canary"
    assistant.desire(canary__api="0")
    assert {_as_user(assistant, user) for user in sides} == {"api"}


def test_the_first_answer_tells_a_user_its_number_and_later_ones_keep_it(assistant: Fleet) -> None:
    assistant.desire(canary__api="50")
    first = ask(assistant, "/health/database")
    cookie = first.headers["set-cookie"]
    assert cookie.endswith("Secure; HttpOnly; SameSite=Lax")
    number = int(cookie.removeprefix(f"{COOKIE}=").split(";")[0])
    assert 0 <= number < 1000
    elsewhere = ask(
        assistant, "/health/database", client="192.0.2.99", headers={"Cookie": f"{COOKIE}={number}", "User-Agent": "x"}
    )
    assert _served_by(elsewhere) == _served_by(first)
    assert "set-cookie" not in elsewhere.headers


def test_a_forged_number_is_none(assistant: Fleet) -> None:
    for forged in ("-1", "1000", "5x", "abc", "99999999999999999999"):
        assert "set-cookie" in ask(assistant, "/health/database", headers={"Cookie": f"{COOKIE}={forged}"}).headers


def test_a_wish_that_cannot_be_meant_changes_nothing(assistant: Fleet) -> None:
    assistant.desire(canary__api="50")
    for nonsense in ("101", "-5", "half", ""):
        (assistant.config_map / "canary.api").write_text(nonsense)
        assistant.desire(canary__frontend="10")
        assert " canary.api 50" in assistant.proxies[0].ask(f"show map {assistant.proxies[0].surroundings.traffic_map}")
        assistant.desire(canary__frontend="0")


def test_a_new_side_that_is_not_there_leaves_its_users_on_the_old_one(assistant: Fleet) -> None:
    candidate = next(server for server in assistant.servers if server.variant.name == "frontend-canary")
    candidate.stop()
    assistant.desire(canary__frontend="50")
    with Crowd(assistant, "/", most=100) as crowd:
        crowd.join()
    assert crowd.statuses == Counter({200: 100})
    assert {server.split("@")[0] for server in crowd.servers} == {"frontend"}
    _again(assistant, candidate)


def test_a_dead_server_is_out_within_the_check_time_and_costs_no_request(assistant: Fleet) -> None:
    check = assistant.system.load_balancer.check
    victim = next(server for server in assistant.servers if server.variant.name == "api")
    proxy = assistant.proxies[0]
    with Crowd(assistant, "/health/database", people=2) as crowd:
        wait_until("some requests", lambda: crowd.made > 20)
        victim.stop()
        took = wait_until("the server is out", lambda: proxy.servers_up("api") == 2)
    assert crowd.failures == []
    assert set(crowd.statuses) == {200}
    # one check may just have begun; ten times, because the machine may be busy
    assert took < 10 * (check.detection_seconds + check.interval_milliseconds / 1000)
    _again(assistant, victim)


def test_when_every_check_fails_requests_still_arrive(assistant: Fleet) -> None:
    servers = [server for server in assistant.servers if server.variant.name.startswith("api")]
    for server in servers:
        server.change("/health/overall", 503)
    wait_until("all are called ill", lambda: assistant.proxies[0].servers_up("api") == 0)
    assert _served_by(ask(assistant, "/health/database")) == "api"
    for server in servers:
        server.change("/health/overall", 200)
    assistant.wait_for_servers()


def _again(fleet: Fleet, server: Server) -> None:
    server.start()
    wait_until(f"{server.address} listens", lambda: server.listening)
    fleet.wait_for_servers()


def test_the_documented_headers_are_sent_to_the_letter(assistant: Fleet) -> None:
    told = ask(assistant, "/health/database").headers
    assert {"x-xss-protection", "content-security-policy"} <= told.keys()
    for header in assistant.system.security_headers.headers:
        assert told[header.name.lower()] == header.value
