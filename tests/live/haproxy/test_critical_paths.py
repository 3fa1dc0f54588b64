"""Critical paths are answered whatever happens elsewhere, to their own servers, or to all of them."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator

import pytest

from rendering.haproxy import backends
from rendering.variants import Lane, Side
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import Fleet, quick, standing, wait_until
from tests.live.haproxy.visitors import Crowd, ask

pytestmark = pytest.mark.xdist_group("haproxy-critical")
#: Each has an address of its own, or what one did would count for the next.
_visitors = itertools.count(100)
CRISIS, ORDINARY, CHECK = "/api/crisis/queue-status", "/api/volunteers/status", "/api/crisis/health"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Astral Core v2 with a candidate beside it; a server takes four requests at a time, so that a crowd is a flood."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backends, "SERVER_CONNECTIONS", 4)
        system = quick(production("astral-core-v2"))
        with standing(tmp_path_factory.mktemp("v2"), system) as fleet:
            for side in Side:
                fleet.add("astral-web", side, Lane.ORDINARY, 1)
                fleet.add("astral-web", side, Lane.CRITICAL, 1)
            fleet.start()
            yield fleet


@pytest.fixture(autouse=True)
def as_it_was(fleet: Fleet) -> Iterator[None]:
    yield
    for server in fleet.servers:
        if server.process.poll() is not None:
            server.start()
            wait_until(f"{server.address} listens", lambda server=server: server.listening)
        for path in (CRISIS, ORDINARY):
            server.change(path, 200)
    fleet.desire(canary__astral_web="0", critical__side="stable", maintenance__root="off")
    fleet.wait_for_servers()


def _change(fleet: Fleet, name: str, path: str, status: int, seconds: float = 0) -> None:
    for server in fleet.servers:
        if server.variant.name == name:
            server.change(path, status, seconds)


def _person(fleet: Fleet, times: int = 10) -> tuple[Counter[str], int]:
    """One visitor in crisis: who answered, and the longest wait in HAProxy's queue, in ms."""
    seen: Counter[str] = Counter()
    client = f"198.19.{next(_visitors)}.20"
    known = len(fleet.proxies[0].log())
    for number in range(times):
        method = "POST" if number % 2 else "GET"
        answer = ask(fleet, CRISIS, method, body=b"{}" if method == "POST" else None, client=client)
        assert answer.status == 200
        seen[answer.server.split("@")[0]] += 1

    def lines() -> list[dict[str, object]]:
        """Logged when the answer is through, which can be a moment after the visitor has it."""
        network = client.rpartition(".")[0] + ".0"
        return [line for line in fleet.proxies[0].log()[known:] if line["client"] == network]

    wait_until("all are logged", lambda: len(lines()) == times)
    return seen, max(int(str(line["queue_ms"])) for line in lines())


def test_maintenance_leaves_them_open(fleet: Fleet) -> None:
    fleet.desire(maintenance__root="on")
    assert ask(fleet, ORDINARY).status == 503
    assert _person(fleet) == (Counter({"astral-web-critical": 10}), 0)


def test_a_flood_elsewhere_adds_no_wait(fleet: Fleet) -> None:
    _change(fleet, "astral-web", ORDINARY, 200, seconds=0.1)
    with Crowd(fleet, ORDINARY, people=16) as flood:
        wait_until("others are waiting", lambda: flood.made > 16)
        seen, waited = _person(fleet)
    assert seen == Counter({"astral-web-critical": 10})
    assert waited == 0
    assert any(int(str(line["queue_ms"])) > 50 for line in fleet.proxies[0].log() if line["backend"] == "astral-web")


def test_in_a_flood_on_themselves_a_person_comes_before_whoever_floods(fleet: Fleet) -> None:
    """Nobody is refused; who asks often waits behind who does not, whose wait is at most one answer's time."""
    answer_milliseconds = 100
    _change(fleet, "astral-web-critical", CRISIS, 200, seconds=answer_milliseconds / 1000)
    with Crowd(fleet, CRISIS, people=16, client=lambda _: "192.0.2.66") as flood:
        wait_until("the flood is known as one", lambda: flood.made > 60)
        seen, waited = _person(fleet)
    assert seen == Counter({"astral-web-critical": 10})
    waits = sorted(int(str(line["queue_ms"])) for line in fleet.proxies[0].log() if line["client"] == "192.0.2.0")
    typical_in_the_flood = waits[-len(waits) // 4]
    assert waited <= typical_in_the_flood
    assert flood.failures == []
    assert set(flood.statuses) == {200}


def test_a_candidate_that_only_errs_never_gets_them(fleet: Fleet) -> None:
    for path in (CRISIS, ORDINARY):
        _change(fleet, "astral-web-canary", path, 500)
        _change(fleet, "astral-web-canary-critical", path, 500)
    fleet.desire(canary__astral_web="50", critical__side="canary")
    with Crowd(fleet, ORDINARY, most=100) as others:
        others.join()
    assert others.statuses[500] > 20, "the candidate really errs"
    assert _person(fleet) == (Counter({"astral-web-critical": 10}), 0)


def test_they_move_last_in_one_step_and_come_back_in_one(fleet: Fleet) -> None:
    fleet.desire(canary__astral_web="100")
    assert _person(fleet, 4)[0] == Counter({"astral-web-critical": 4})
    fleet.desire(critical__side="canary")
    assert _person(fleet, 4)[0] == Counter({"astral-web-canary-critical": 4})
    fleet.desire(canary__astral_web="99")
    assert _person(fleet, 4)[0] == Counter({"astral-web-critical": 4})


def test_ordinary_servers_step_in_for_lost_reserved_ones(fleet: Fleet) -> None:
    next(server for server in fleet.servers if server.variant.name == "astral-web-critical").stop()
    assert set(_person(fleet)[0]) == {"astral-web"}


def test_an_error_of_a_server_becomes_the_hotlines(fleet: Fleet) -> None:
    _change(fleet, "astral-web-critical", CRISIS, 500)
    answer = ask(fleet, CRISIS, "POST", body=b'{"text": "help"}')
    assert (answer.status, answer.headers["x-crisis-fallback"]) == (200, "true")
    assert json.loads(answer.body)["delivered"] is False


def test_with_all_servers_down_the_hotlines_answer_from_the_first_request_on(fleet: Fleet) -> None:
    with Crowd(fleet, CRISIS, people=4, methods=("GET", "POST")) as crowd:
        wait_until("some are served", lambda: crowd.made > 20)
        for server in fleet.servers:
            server.process.kill()
        dead = crowd.made
        wait_until("many come after", lambda: crowd.made > dead + 100)
    assert crowd.failures == []
    assert set(crowd.statuses) == {200}

    page = ask(fleet, CRISIS, headers={"Accept": "text/html,*/*"})
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'href="tel:988"' in page.body
    told = ask(fleet, CRISIS, "POST", body=b'{"text": "help"}')
    assert (told.status, told.headers["content-type"]) == (200, "application/json")
    said = json.loads(told.body)
    assert said["delivered"] is False
    assert [line["number"] for line in said["hotlines"]][:2] == ["988", "1-800-273-8255"]
    assert told.headers["cache-control"] == "no-store"
    assert ask(fleet, CHECK).status == 503, "whoever watches must hear of it"
    assert ask(fleet, ORDINARY).status == 503
