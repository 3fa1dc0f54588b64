"""The API over a line that breaks: calls are repeated, nothing is done twice, and what cannot be is said at once."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import certifi
import pytest

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes.client import ApiError, Client, Endpoint, Unreachable

pytestmark = pytest.mark.cluster


class BreakingLine:
    """A relay in front of the API server that cuts the first connections."""

    def __init__(self, endpoint: Endpoint, cuts: int) -> None:
        self._target = urlsplit(endpoint.server)
        self._cuts = cuts
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = replace(endpoint, server=f"https://127.0.0.1:{self._listener.getsockname()[1]}")
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = self._listener.accept()
                self.connections += 1
                if self.connections <= self._cuts:
                    ours.close()
                    continue
                theirs = socket.create_connection((self._target.hostname or "", self._target.port or 0))
                for source, sink in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=_pump, args=[source, sink], daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    sink.close()


@pytest.fixture
def breaking_line(on_the_stack: StackPaths) -> Iterator[BreakingLine]:
    line = BreakingLine(Endpoint.of(on_the_stack), cuts=3)
    yield line
    line.close()


def test_calls_survive_a_line_that_is_cut(breaking_line: BreakingLine, namespace: str) -> None:
    client = Client(breaking_line.endpoint)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"b": "c"}}
    client.apply(f"/api/v1/namespaces/{namespace}/configmaps/a", body, manager="test")
    assert breaking_line.connections == 4
    assert client.get(f"/api/v1/namespaces/{namespace}/configmaps/a")["data"] == {"b": "c"}
    assert breaking_line.connections == 4, "one connection is kept"


def test_a_dead_server_is_told_and_sooner_after_an_interrupt(on_the_stack: StackPaths) -> None:
    nowhere = replace(Endpoint.of(on_the_stack), server="https://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(Unreachable, match="does not answer"):
        Client(nowhere).get("/version")
    patient = time.monotonic() - started

    interrupted = threading.Event()
    interrupted.set()
    started = time.monotonic()
    with pytest.raises(Unreachable):
        Client(nowhere, interrupted).get("/version")
    assert time.monotonic() - started < patient / 2


def test_a_server_of_another_authority_is_not_talked_to(on_the_stack: StackPaths) -> None:
    stranger = replace(Endpoint.of(on_the_stack), ca_file=certifi.where())
    with pytest.raises(Unreachable, match="certificate verify failed"):
        Client(stranger).get("/version")


def test_refusals_carry_what_the_server_said(client: Client, namespace: str) -> None:
    with pytest.raises(ApiError) as refusal:
        client.get(f"/api/v1/namespaces/{namespace}/configmaps/none")
    assert refusal.value.status == 404
    assert refusal.value.reason == "NotFound"
    assert str(refusal.value) == 'configmaps "none" not found'


def test_the_token_is_never_shown(on_the_stack: StackPaths) -> None:
    endpoint = Endpoint.of(on_the_stack)
    assert endpoint.token not in repr(endpoint)


def test_warnings_of_the_server_are_passed_on(client: Client, namespace: str) -> None:
    body = {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "old"}}
    warned: list[str] = []
    client.apply(f"/api/v1/namespaces/{namespace}/endpoints/old", body, manager="test", warn=warned.append)
    assert [warning for warning in warned if "Endpoints is deprecated" in warning]
