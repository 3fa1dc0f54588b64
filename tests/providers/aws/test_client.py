"""Calls to AWS are retried as the official provider does: throttling and 5xx with pauses, refusals not at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rehearsal.providers.aws.client import AwsError, Clients, Endpoint

_IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:root</Arn><UserId>AKIA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
_ERROR = "<ErrorResponse><Error><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>"

#: As a web server tells of an accident in its program.
_PAGE = b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n"


@contextmanager
def _aws(answers: list[tuple[int, str]]) -> Iterator[tuple[Clients, list[str]]]:
    """An AWS that gives these answers in turn, and then a good one; the list counts the calls."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            calls.append(self.path)
            status, code = answers[len(calls) - 1] if len(calls) <= len(answers) else (200, "")
            told = _ERROR.format(code, "try again").encode()
            body = told if code else _IDENTITY if status == 200 else _PAGE
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Clients(Endpoint(f"http://127.0.0.1:{server.server_address[1]}", "123456789012")), calls
    finally:
        server.shutdown()


def _who(clients: Clients) -> dict:
    return clients.call("sts", "us-east-1", "GetCallerIdentity", {})


@pytest.mark.parametrize(
    "answers",
    [
        [(503, "ServiceUnavailable"), (500, "InternalFailure")],
        [(400, "Throttling"), (400, "RequestLimitExceeded")],
        [(500, ""), (502, "")],
    ],
    ids=["5xx", "throttling", "page"],
)
def test_a_passing_trouble_is_waited_out(answers: list[tuple[int, str]]) -> None:
    with _aws(answers) as (clients, calls):
        assert _who(clients)["Account"] == "123456789012"
        assert len(calls) == 3


def test_a_lasting_trouble_is_told_with_service_call_and_code() -> None:
    with _aws([(503, "ServiceUnavailable")] * 20) as (clients, calls):
        with pytest.raises(AwsError, match="sts GetCallerIdentity: ServiceUnavailable"):
            _who(clients)
        assert 3 <= len(calls) <= 10, "retried, and not for ever"


def test_a_refusal_is_not_repeated() -> None:
    with _aws([(400, "InvalidParameterValue")]) as (clients, calls):
        with pytest.raises(AwsError, match="InvalidParameterValue"):
            _who(clients)
        assert len(calls) == 1
