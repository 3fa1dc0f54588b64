"""Who is not let in, at whatever door and however a path is written; and what everybody is told and nobody is."""

import json
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import ADMINISTRATOR, DOMAIN, VISITOR, Fleet, Proxy, quick, standing, wait_until
from tests.live.haproxy.visitors import Answer, ask

pytestmark = pytest.mark.xdist_group("haproxy-refusing")


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Astral Draft: 100 requests a minute, of which two proxies must not make two hundred."""
    with standing(tmp_path_factory.mktemp("draft"), quick(production("astral-draft")), proxies=2) as fleet:
        fleet.add("astraldraft-web", count=2)
        fleet.start()
        wait_until("counts are shared", lambda: _counts_are_shared(fleet))
        yield fleet


def _counts_are_shared(fleet: Fleet) -> bool:
    """What each has counted is known at the other, and what a proxy learns of its own past when it starts is learnt."""
    if not all(_knows_its_past(proxy) for proxy in fleet.proxies):
        return False
    for number in range(2):
        ask(fleet, "/health", client="192.0.2.250", proxy=number)
    return all("192.0.2.250" in table for proxy in fleet.proxies for table in _tables(fleet, proxy))


def _knows_its_past(proxy: Proxy) -> bool:
    """Both the process before it and the others have been asked: the two lowest flags."""
    flags = proxy.ask("show peers").partition(" flags=")[2].split()[0]
    return int(flags, 16) & 0b11 == 0b11


def _tables(fleet: Fleet, proxy: Proxy) -> list[str]:
    """What this proxy knows that each of the fleet has counted."""
    return [proxy.ask(f"show table clients-{each.name}") for each in fleet.proxies]


def _counted(fleet: Fleet, proxy: Proxy, client: str) -> int:
    lines = [line for table in _tables(fleet, proxy) for line in table.splitlines() if f":{client} " in line]
    return sum(int(line.rpartition("=")[2]) for line in lines)


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Astral Core v7, where clearing the cache and looking at measurements is for administrators."""
    with standing(tmp_path_factory.mktemp("v7"), quick(production("astral-core-v7"))) as fleet:
        fleet.add("astral-core-v7")
        fleet.start()
        yield fleet


def test_the_limit_trips_at_the_documented_rate_over_the_whole_fleet(draft: Fleet) -> None:
    """Exactly there, once each proxy knows what the other has counted, which takes a moment."""
    limit = draft.system.load_balancer.client_rate_limit
    assert limit is not None
    for number in range(limit.requests_count):
        assert ask(draft, "/health", client="192.0.2.1", proxy=number % 2).status == 200
    for number, proxy in enumerate(draft.proxies):
        wait_until("it knows all", lambda p=proxy: _counted(draft, p, "192.0.2.1") == limit.requests_count)
        refused = ask(draft, "/health", client="192.0.2.1", proxy=number)
        assert (refused.status, refused.headers["retry-after"]) == (429, str(limit.window_seconds))
    assert ask(draft, "/health", client="192.0.2.2").status == 200, "another client has a limit of its own"


def test_a_limit_survives_a_reload(draft: Fleet) -> None:
    for _ in range(100):
        ask(draft, "/health", client="192.0.2.3")
    assert ask(draft, "/health", client="192.0.2.3").status == 429
    draft.proxies[0].reload()
    wait_until("counts are back", lambda: ask(draft, "/health", client="192.0.2.3").status == 429)


def test_addresses_that_a_client_writes_itself_do_not_help_it(draft: Fleet) -> None:
    """Only what the load balancer and CloudFront appended counts; one household has one IPv6 prefix."""
    for number in range(101):
        ask(draft, "/health", client=f"10.0.0.{number}, 192.0.2.4")
    assert ask(draft, "/health", client="203.0.113.7, 192.0.2.4").status == 429
    for number in range(101):
        ask(draft, "/health", client=f"2001:db8:1:2::{number:x}")
    assert ask(draft, "/health", client="2001:db8:1:2:ffff::1").status == 429


def test_what_people_type_and_programs_send_still_arrives(core: Fleet) -> None:
    """Only what programs disagree about is refused."""
    for target in (
        "/stories/caf%C3%A9%20%E2%82%AC?q=a%2Fb%25%00;/../x\\y",
        "/.well-known/security.txt",
        "/v1.2/a;b=c",
        "/a.b/c.d.e/100%E2%84%83",
        "/_next/image?url=https%3A%2F%2Fx%2Fy&w=64",
        "/%F0%9F%98%80/~me/(a)/[id]/@b/a+b",
        "/%E0%A4%85",
    ):
        seen = json.loads(ask(core, target).body)["path"]
        assert (
            seen == target.partition("?")[0].replace("[", "%5B").replace("]", "%5D") or seen == target.partition("?")[0]
        )


def test_with_two_headers_of_addresses_nobody_knows_whose_it_is(core: Fleet) -> None:
    """The load balancer appends to one of them; which one, a proxy cannot tell."""
    for second in (ADMINISTRATOR, VISITOR):
        answer = ask(core, "/api/cache/clear", client=ADMINISTRATOR, headers={"x-forwarded-for": second})
        assert answer.status == 403
        assert ask(core, "/", headers={"x-forwarded-for": second}).status == 400


def test_what_is_no_address_is_nobodys(core: Fleet) -> None:
    """It would be counted as somebody else's, or together with all others of its kind."""
    for written in ("nobody", f"{VISITOR} folded", f"[{VISITOR}", ""):
        assert ask(core, "/", headers={"X-Forwarded-For": f"{VISITOR}, {written}"}).status == 400, written
        assert ask(core, "/", headers={"X-Forwarded-For": f"{written}, {VISITOR}, 127.0.0.1"}).server, written


def test_a_host_is_passed_on_as_it_was_understood(core: Fleet) -> None:
    for written in (DOMAIN.upper(), f"{DOMAIN}:443", f"{DOMAIN}:@monitoring.{DOMAIN}"):
        assert ask(core, "/", host=written).server
    assert ask(core, "/", host=f"monitoring.{DOMAIN}:@{DOMAIN}").status == 403
    assert ask(core, "/", host=f"{DOMAIN}, monitoring.{DOMAIN}").status == 404


def test_headers_that_rename_a_request_are_not_passed_on(core: Fleet) -> None:
    for name in ("X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Middleware-Subrequest"):
        assert ask(core, "/api/cache/clear", headers={name: "/"}).status == 403
        assert ask(core, "/", headers={name: "/api/cache/clear"}).headers["x-served-by"]


def test_an_administrators_address_cannot_be_claimed(core: Fleet) -> None:
    assert ask(core, "/api/cache/clear", client=f"{ADMINISTRATOR}, {VISITOR}").status == 403
    assert (
        ask(core, "/api/cache/clear", headers={"X-Real-IP": ADMINISTRATOR, "Forwarded": f"for={ADMINISTRATOR}"}).status
        == 403
    )
    assert ask(core, "/", host=f"monitoring.{DOMAIN}").status == 403


def test_unknown_hosts_and_methods_find_nothing(core: Fleet) -> None:
    assert ask(core, "/", host="elsewhere.test").status == 404
    assert ask(core, "/", method="TRACE").status == 405


def test_maintenance_of_a_host(core: Fleet) -> None:
    maintenance = core.system.maintenance
    core.desire(maintenance__root="on")
    for method in ("GET", "POST"):
        answer = ask(core, "/", method, body=b"{}" if method == "POST" else None)
        assert answer.status == maintenance.status == 503
        assert answer.headers["x-maintenance-mode"] == "true"
        assert answer.headers["retry-after"] == str(maintenance.retry_after_seconds)
        assert json.loads(answer.body)["status"] == "maintenance"
    page = ask(core, "/", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert b"We are working on the site" in page.body
    assert ask(core, "/api/health").status == 200, "gates before reopening ask it"
    core.desire(maintenance__root="off")
    assert "x-maintenance-mode" not in ask(core, "/api/status").headers


def test_maintenance_holds_from_the_first_request_after_a_restart(core: Fleet) -> None:
    """The desired state is read before the proxy starts, not some time after."""
    core.desire(maintenance__root="on")
    core.proxies[0].stop()
    core.proxies[0].start(core.config_map)
    assert ask(core, "/").headers["x-maintenance-mode"] == "true"
    core.desire(maintenance__root="off")
    core.wait_for_servers()
    assert "x-maintenance-mode" not in ask(core, "/").headers


def test_every_answer_carries_the_documented_headers(core: Fleet) -> None:
    answers = [ask(core, "/api/status"), ask(core, "/api/cache/clear"), ask(core, "/", host="elsewhere.test")]
    for answer in answers:
        for header in core.system.security_headers.headers:
            assert answer.headers[header.name.lower()] == header.value
        assert "server" not in answer.headers
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3


def test_a_request_id_from_outside_is_replaced(core: Fleet) -> None:
    assert ask(core, "/api/status", headers={"X-Request-ID": "mine"}).headers["x-request-id"] != "mine"


def test_plain_http_only_redirects(core: Fleet) -> None:
    connection = HTTPConnection("127.0.0.1", core.proxies[0].surroundings.http_port, timeout=10)
    connection.request("GET", "/a?b=c", headers={"Host": DOMAIN})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{DOMAIN}/a?b=c")
    connection.close()


def test_tls_offers_what_the_spec_says(core: Fleet) -> None:
    def handshake(version: ssl.TLSVersion) -> str | None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        port = core.proxies[0].surroundings.https_port
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as plain, context.wrap_socket(plain) as secured:
                return secured.version()
        except (ssl.SSLError, ConnectionResetError):
            return None

    assert [handshake(each) for each in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)] == [
        None,
        "TLSv1.2",
        "TLSv1.3",
    ]


def test_the_load_balancers_own_question_is_answered(core: Fleet) -> None:
    connection = core.connection()
    connection.request("GET", "/haproxy-health", headers={"Host": "10.0.0.1"})
    assert connection.getresponse().status == 200
    connection.close()
    assert ask(core, "/haproxy-health", host="elsewhere.test").status == 404, "only the load balancer's"


def test_logs_are_json_without_what_visitors_typed(core: Fleet) -> None:
    told = "i-want-to-die"
    request: Answer = ask(
        core,
        f"/stories/{told}?q={told}",
        "POST",
        body=told.encode(),
        headers={
            "Cookie": f"session={told}",
            "User-Agent": told,
            "Referer": f"https://x/{told}",
            "Authorization": told,
        },
        client="198.51.77.99",
    )
    wait_until(
        "it is logged",
        lambda: any(line["id"] == request.headers["x-request-id"] for line in core.proxies[0].log()),
    )
    line = next(line for line in core.proxies[0].log() if line["id"] == request.headers["x-request-id"])
    assert line["path"] == "/"
    assert line["client"] == "198.51.77.0"
    assert line["status"] == 404
    text = (core.proxies[0].directory / "log").read_text()
    assert told not in text
    assert "198.51.77.99" not in text


def test_figures_for_prometheus(core: Fleet) -> None:
    ask(core, "/api/status")
    figures = core.proxies[0].figures() or ""
    names = Counter(line.split("{")[0] for line in figures.splitlines() if not line.startswith("#"))
    for name in (
        "haproxy_frontend_http_responses_total",
        "haproxy_backend_http_responses_total",
        "haproxy_backend_response_time_average_seconds",
        "haproxy_backend_queue_time_average_seconds",
        "haproxy_backend_active_servers",
        "haproxy_backend_current_queue",
        "haproxy_server_status",
        "haproxy_server_weight",
    ):
        assert names[name], name
