"""The judges of floods are strict: they see what careless programs might take for a closed door, and two lengths."""

import pytest

from tests.live.haproxy import doors, readings
from tests.live.haproxy.conftest import production
from tests.live.haproxy.witness import read


@pytest.mark.parametrize(
    "target",
    [
        "/api/cache/clear",
        "/API/Cache/clear",
        "/%61pi/cache",
        "/x/%252e%252e/api/cache",
        "/api%2fcache",
        "/api\\cache",
        "/x/..;y/api/cache",
        "/;x/api/cache",
        "/api;x/cache",
        "/%c0%afapi/cache",
        "/api%e0%80%afcache",
        "/%u0061pi/cache",
        "/api./cache%20/clear",
        "/api/cache%00.css",
        "/x%00/../api/cache",
        "//elsewhere.test/api/cache",
        "http://elsewhere.test/api/cache",
    ],
)
def test_some_reader_ends_at_the_closed_door(target: str) -> None:
    seen = read(f"GET {target} HTTP/1.1\r\nhost: platform.test\r\n\r\n".encode())
    assert doors.breach(production("astral-core-v7"), seen)


@pytest.mark.parametrize("target", ["/", "/stories/metrics", "/api/health?x=/api/cache", "/_next/a.js"])
def test_innocent_paths_are_innocent(target: str) -> None:
    seen = read(f"GET {target} HTTP/1.1\r\nhost: platform.test\r\n\r\n".encode())
    assert doors.breach(production("astral-core-v7"), seen) == ""


@pytest.mark.parametrize(
    "lines",
    [
        "content-length: 1\r\ntransfer-encoding: chunked",
        "content-length: 1\r\ncontent-length: 1",
        "content-length: +1",
        "content-length:",
        "transfer-encoding: Chunked",
        "a b: c",
        "a: b\0",
        "no colon",
        "x-original-url: /api/cache",
        "x_http_method_override: GET",
        "x-real-ip: 203.0.113.7",
        "host: elsewhere.test",
    ],
)
def test_a_head_that_two_readers_could_read_differently_is_seen(lines: str) -> None:
    seen = read(f"POST /x HTTP/1.1\r\nhost: platform.test\r\n{lines}\r\n\r\n0\r\n\r\n".encode())
    assert doors.breach(production("astral-core-v7"), seen)


def test_what_comes_after_a_request_is_seen() -> None:
    hidden = b"GET /metrics HTTP/1.1\r\n\r\n"
    assert "after the request" in read(b"GET / HTTP/1.1\r\nhost: platform.test\r\n\r\n" + hidden).trouble
    chunked = b"POST / HTTP/1.1\r\nhost: platform.test\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    assert read(chunked).trouble == ""
    assert "chunks" in read(chunked + hidden).trouble


def test_an_administrators_host_is_seen_however_it_is_named() -> None:
    system = production("astral-core-v7")
    for host in (
        "monitoring.platform.test",
        "x:@MONITORING.platform.test:443",
        "platform.test, monitoring.platform.test.",
    ):
        assert doors.breach(system, read(f"GET / HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())), host
    assert readings.hosts("platform.test") == {"platform.test"}
