"""Nothing is lost while everything changes: reloads, restarts of proxies and servers, every share, a whole rollout.

Short in `make test`, 20,000 requests in `make prove`, where the figures are written down.
"""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rendering.variants import Lane, Side
from systems.model import ServerCheck
from tests.campaigns import figures
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import Fleet, Server, quick, standing, wait_until
from tests.live.haproxy.sockets import Conversation
from tests.live.haproxy.visitors import Crowd

pytestmark = pytest.mark.xdist_group("haproxy-continuity")
PATHS = ("/api/volunteers/status", "/api/crisis/queue-status")


@pytest.fixture
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Astral Core v2 behind two proxies, with a candidate beside it."""
    check = ServerCheck(path="/api/health", interval_milliseconds=300)
    with standing(tmp_path_factory.mktemp("v2"), quick(production("astral-core-v2"), check=check), proxies=2) as fleet:
        for side in Side:
            fleet.add("astral-web", side, Lane.ORDINARY, 2)
            fleet.add("astral-web", side, Lane.CRITICAL, 1)
        fleet.start()
        yield fleet


def reload_each(fleet: Fleet) -> None:
    for proxy in fleet.proxies:
        proxy.reload()


def restart_each_proxy(fleet: Fleet) -> None:
    """One after the other; the next goes when the one before knows its servers again."""
    for proxy in fleet.proxies:
        proxy.stop()
        proxy.start(fleet.config_map)
        fleet.wait_for_servers()


def restart_each_server(fleet: Fleet) -> None:
    """As in a rolling update: asked to leave, it says so, finishes, and is followed by another."""
    for server in fleet.servers:
        if server.variant.side is Side.STABLE:
            server.stop(signal.SIGTERM)
            _start(server)
            fleet.wait_for_servers()


def change_every_weight(fleet: Fleet) -> None:
    for share in ("5", "10", "25", "50", "75", "100", "0"):
        fleet.desire(canary__astral_web=share)


def roll_out(fleet: Fleet) -> None:
    """As documented, critical paths last; then the old side takes the new release and gets everybody back."""
    for step in fleet.system.rollout.steps:
        fleet.desire(canary__astral_web=str(step.new_side_percent))
    fleet.desire(critical__side="canary")
    restart_each_server(fleet)
    fleet.desire(critical__side="stable")
    fleet.desire(canary__astral_web="0")


def _start(server: Server) -> None:
    server.start()
    wait_until(f"{server.address} listens", lambda: server.listening)


CHANGES: tuple[Callable[[Fleet], None], ...] = (
    reload_each,
    restart_each_proxy,
    restart_each_server,
    change_every_weight,
    roll_out,
)


def _through(fleet: Fleet, change: Callable[[Fleet], None], path: str, at_least: int) -> Crowd:
    """The change happens while people ask, by GET and POST, and goes on until so many have."""
    with Crowd(fleet, path, people=4, methods=("GET", "GET", "POST")) as crowd:
        wait_until("people are asking", lambda: crowd.made > 20)
        change(fleet)
        wait_until("enough have asked", lambda: crowd.made >= at_least, seconds=600)
    assert crowd.failures == [], f"{change.__name__}: {len(crowd.failures)} of {crowd.made}: {crowd.failures[:5]}"
    assert set(crowd.statuses) == {200}, f"{change.__name__}: {crowd.statuses}"
    return crowd


@pytest.mark.parametrize("change", [reload_each, restart_each_server, change_every_weight])
def test_no_request_is_lost(platform: Fleet, change: Callable[[Fleet], None]) -> None:
    _through(platform, change, PATHS[0], 300)


def test_no_critical_request_is_lost_while_proxies_restart(platform: Fleet) -> None:
    _through(platform, restart_each_proxy, PATHS[1], 300)


def test_conversations_survive_a_reload(tmp_path_factory: pytest.TempPathFactory) -> None:
    with standing(tmp_path_factory.mktemp("draft"), quick(production("astral-draft"))) as fleet:
        fleet.add("astraldraft-web", count=2)
        fleet.start()
        path = fleet.system.workload("astraldraft-web").websockets.path  # pyright: ignore
        conversations = [Conversation(fleet, path) for _ in range(10)]
        assert {each.status for each in conversations} == {101}
        fleet.proxies[0].reload()
        for number, each in enumerate(conversations):
            assert each.echo(f"still here {number}") == f"still here {number}"
            each.close()


def test_a_silent_conversation_outlives_the_waits_of_requests(tmp_path: Path) -> None:
    """Its own idle time is the application's: shorter ones of the proxy, three times over, do not cut it."""
    draft, seconds = production("astral-draft"), 1
    short = {"client_milliseconds": 1000 * seconds, "server_milliseconds": 1000 * seconds}
    timeouts = replace(draft.load_balancer.timeouts, **short)
    with standing(tmp_path, quick(draft, timeouts=timeouts)) as fleet:
        fleet.add("astraldraft-web")
        fleet.start()
        path = fleet.system.workload("astraldraft-web").websockets.path  # pyright: ignore
        conversation = Conversation(fleet, path)
        time.sleep(3 * seconds)
        assert conversation.echo("still here") == "still here"
        conversation.close()


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_twenty_thousand_requests_through_every_change(platform: Fleet) -> None:
    rows: list[str] = []
    total = 0
    for path in PATHS:
        for change in CHANGES:
            began = time.monotonic()
            crowd = _through(platform, change, path, 2_000)
            times = sorted(crowd.times)
            p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
            total += crowd.made
            rows.append(
                f"| {change.__name__.replace('_', ' ')} | {path} | {crowd.made} | {len(crowd.failures)} "
                f"| {p50:.0f} | {p99:.0f} | {max(times) * 1000:.0f} | {time.monotonic() - began:.0f} |"
            )
            print(rows[-1], flush=True)
    assert total >= 20_000
    table = "\n".join(rows)
    figures.write(
        "haproxy",
        "HAProxy: nothing lost while everything changes",
        f"""Two proxies, six reference applications, four visitors at a time over kept connections, of three
requests two GET and one POST. {total} requests, 0 failures. Servers are asked every 0.3 s instead of 2 s, so that
their restarts take less long. Times in ms as visitors saw them, on a machine that did all of this at once.

| change | path | requests | failed | p50 | p99 | slowest | took s |
|---|---|---|---|---|---|---|---|
{table}
""",
    )
