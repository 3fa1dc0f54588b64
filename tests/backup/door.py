"""The way to S3, with somebody standing in it: requests pass, unless a test has said what happens to them."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from tests.backup.servers import LIMIT_SECONDS, serving

_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str

    @property
    def is_part(self) -> bool:
        """Of a multipart upload."""
        return self.method == "PUT" and "partNumber=" in self.path

    @property
    def number(self) -> int:
        return int(self.path.partition("partNumber=")[2].partition("&")[0])


@dataclass(frozen=True)
class Refusal:
    """What S3 would say."""

    status: int
    code: str

    @property
    def body(self) -> bytes:
        return f"<Error><Code>{self.code}</Code><Message>{self.code}</Message></Error>".encode()


SLOW_DOWN, EXPIRED = Refusal(503, "SlowDown"), Refusal(400, "ExpiredToken")


@dataclass
class Door:
    """`answer` decides about a request: None lets it pass. `seen` are all that came."""

    url: str = ""
    answer: Callable[[Request], Refusal | None] = lambda request: None
    asked: Callable[[Request, dict[str, str]], None] = lambda request, headers: None
    """Sees the headers of a request."""
    changed: Callable[[Request, dict[str, str]], None] = lambda request, headers: None
    """May change headers of an answer."""
    hold: Callable[[Request], bool] = lambda request: False
    """These wait until `release`."""
    release: threading.Event = field(default_factory=threading.Event)
    seen: list[Request] = field(default_factory=list[Request])


@contextmanager
def standing_before(s3: str) -> Iterator[Door]:
    door, host = Door(), urlsplit(s3).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            request = Request(self.command, self.path)
            door.seen.append(request)
            door.asked(request, dict(self.headers.items()))
            body = self._body()
            if door.hold(request):
                door.release.wait(LIMIT_SECONDS)
            if refusal := door.answer(request):
                self._send(refusal.status, {"Content-Type": "application/xml"}, refusal.body)
                return
            connection = http.client.HTTPConnection(host, timeout=120)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            told = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            door.changed(request, told)
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            if told.pop("X-Shorten", None):
                length, content = str(len(content)), content[: len(content) // 2]
                self.close_connection = True
            self._send(answer.status, told, content, length)
            connection.close()

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass  # noqa: N815  (the base class's spelling)

        def _body(self) -> bytes:
            if "100-continue" in self.headers.get("Expect", "").lower():
                self.send_response_only(100)
                self.end_headers()
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _send(self, status: int, headers: dict[str, str], body: bytes, length: str | None = None) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", length or str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle_expect_100(self) -> bool:
            return True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as url:
        door.url = url
        yield door
