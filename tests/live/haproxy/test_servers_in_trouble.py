"""What a proxy does in trouble: repeats what is safe to repeat, ends queues, believes nobody but the load balancer."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rendering.haproxy import backends
from rendering.variants import Lane, Side, Variant
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import ADMINISTRATOR, DOMAIN, VISITOR, Fleet, next_address, quick, standing, wait_until
from tests.live.haproxy.visitors import Crowd, ask
from tests.live.haproxy.witness import Request, seen

pytestmark = pytest.mark.xdist_group("haproxy-trouble")
CHECKED, SLOW = "/api/health", "/api/status"
LOAD_BALANCER, STRANGER = "127.0.0.2", "127.0.0.3"


@pytest.fixture
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Astral Core v7 with one server, which takes two requests at a time; four may wait."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backends, "SERVER_CONNECTIONS", 2)
        patched.setattr(backends, "QUEUE", 4)
        system = quick(production("astral-core-v7"))
        with standing(tmp_path_factory.mktemp("v7"), system, witnessed=True) as fleet:
            fleet.add("astral-core-v7")
            fleet.start()
            yield fleet


class Careless(BaseHTTPRequestHandler):
    """Says that it is well, takes requests, and hangs up on each."""

    protocol_version = "HTTP/1.1"
    taken: Counter[tuple[str, str]]

    def do_GET(self) -> None:
        if self.path == CHECKED:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.taken[self.command, self.path] += 1
            self.close_connection = True

    do_POST = do_GET  # noqa: N815  (the base class's spelling)

    def log_message(self, *_: object) -> None:
        pass


def test_what_reads_is_repeated_elsewhere_and_what_writes_is_not(core: Fleet) -> None:
    variant = Variant(core.system.workload("astral-core-v7"), Side.STABLE, Lane.ORDINARY)
    address, Careless.taken = next_address(), Counter()
    with ThreadingHTTPServer((address, variant.workload.port or 0), Careless) as careless:
        threading.Thread(target=careless.serve_forever, daemon=True).start()
        core.names[core.proxies[0].surroundings.servers(variant)].append(address)
        wait_until("both are known", lambda: core.proxies[0].servers_up(variant.name) == 2)

        def asked(method: str, number: int) -> int:
            """Until the careless one had some of these; each on a path of its own."""
            body = b"{}" if method == "POST" else None
            status = ask(core, f"/{method.lower()}/{number}", method, body=body).status
            wait_until("both take requests", lambda: core.proxies[0].servers_up(variant.name) == 2)
            return status

        for method in ("GET", "POST"):
            number, statuses = 0, Counter[int]()
            while sum(each[0] == method for each in Careless.taken) < 3:
                statuses[asked(method, number)] += 1
                number += 1
                assert number < 300, "the careless server gets nothing"
            if method == "GET":
                assert set(statuses) == {404}, "the other one has answered each"
            else:
                assert statuses[502] == 3, statuses
        careless.shutdown()
    for method, path in Careless.taken:
        if method == "GET":
            wait_until("it arrived elsewhere", lambda path=path: _arrived(core, path))
        else:
            assert not _arrived(core, path), "it may have been carried out already"
    assert set(Careless.taken.values()) == {1}


def test_a_queue_ends_and_whoever_comes_later_is_told_when_to_come_again(core: Fleet) -> None:
    core.servers[0].change(SLOW, 200, seconds=0.2)
    with Crowd(core, SLOW, people=16) as crowd:
        wait_until("some are turned away and some served", lambda: {200, 503} <= set(crowd.statuses))
        answer = ask(core, SLOW)
        while answer.status == 200:
            answer = ask(core, SLOW)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert crowd.failures == []
    assert set(crowd.statuses) == {200, 503}


def test_only_the_load_balancer_is_believed(tmp_path_factory: pytest.TempPathFactory) -> None:
    with standing(
        tmp_path_factory.mktemp("trust"),
        quick(production("astral-core-v7")),
        witnessed=True,
        trusted=f"{LOAD_BALANCER}/32",
    ) as fleet:
        fleet.add("astral-core-v7")
        fleet.start()

        def status(source: str, forwarded: str, path: str) -> int:
            port = fleet.proxies[0].surroundings.https_port
            connection = HTTPSConnection(
                "127.0.0.1", port, timeout=30, context=fleet.trusted, source_address=(source, 0)
            )
            connection._context.check_hostname = False  # pyright: ignore
            try:
                connection.request("GET", path, headers={"Host": DOMAIN, "X-Forwarded-For": forwarded})
                return connection.getresponse().status
            finally:
                connection.close()

        assert status(LOAD_BALANCER, ADMINISTRATOR, "/api/cache/clear") != 403
        assert status(STRANGER, ADMINISTRATOR, "/api/cache/clear") == 403
        assert status(STRANGER, f"{ADMINISTRATOR}, {LOAD_BALANCER}", "/api/cache/clear") == 403
        for source, address in ((LOAD_BALANCER, VISITOR), (STRANGER, STRANGER)):
            status(source, VISITOR, f"/from/{source}")
            wait_until("it is written down", lambda path=f"/from/{source}": _arrived(fleet, path))
            assert [each.header("x-forwarded-for") for each in _arrived(fleet, f"/from/{source}")] == [[address]]


def _arrived(fleet: Fleet, target: str) -> list[Request]:
    assert fleet.record is not None
    return [each for each in seen(fleet.record) if each.target == target]
