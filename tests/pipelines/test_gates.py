"""The document's gates: asked where there is a way to, said to be unasked where there is none, never taken for open."""

import datetime
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from operations.gates import Answer, Verdict, Ways, ask, stops
from rendering.prometheus import signals
from systems import registry
from systems.model import Gate, GateKind, GateTime

SYSTEMS = {name: registry.load(name) for name in registry.names()}
HOLDING = "volunteers_available"


@pytest.fixture
def prometheus() -> Iterator[str]:
    """Says that conditions on volunteers hold and all others do not."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)["query"][0]
            result = [{"metric": {}, "value": [0, "12"]}] if HOLDING in query else []
            body = json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _asked(name: str, time: GateTime = GateTime.BEFORE, ways: Ways | None = None) -> dict[str, Answer]:
    # Nothing listens at this door: a path that does not answer is shut.
    answers = ask(SYSTEMS[name], "127.0.0.1:1", time, ways or Ways())
    return {answer.gate.name: answer for answer in answers}


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("time", GateTime)
def test_every_gate_of_the_document_gets_an_answer(name: str, time: GateTime) -> None:
    answers = _asked(name, time)
    assert list(answers) == [gate.name for gate in SYSTEMS[name].rollout.gates if gate.time is time]
    for answer in answers.values():
        expected = {
            GateKind.APPROVAL: Verdict.PEOPLE,
            GateKind.PATH: Verdict.SHUT,
        }.get(answer.gate.kind, Verdict.UNASKED)
        assert answer.verdict is expected, answer
        assert answer.why


def test_what_was_not_asked_stops_a_strict_release_only() -> None:
    unasked = [answer for answer in _asked("being").values() if answer.verdict is Verdict.UNASKED]
    assert unasked
    assert stops(unasked, strict=True)
    assert not stops(unasked, strict=False)


def test_a_condition_is_asked_of_prometheus_in_the_words_of_the_alerts(prometheus: str) -> None:
    answers = _asked("astral-core-v2", ways=Ways(prometheus=prometheus))
    assert answers["enough volunteers"].verdict is Verdict.OPEN
    assert answers["few active crisis sessions"].verdict is Verdict.SHUT
    gate = answers["enough volunteers"].gate
    assert gate.condition is not None
    assert signals.condition(SYSTEMS["astral-core-v2"], gate.condition) in answers["enough volunteers"].why
    assert stops(list(answers.values()), strict=False)


def test_a_prometheus_that_does_not_answer_opens_nothing() -> None:
    answers = _asked("astral-core-v2", ways=Ways(prometheus="http://127.0.0.1:1"))
    assert answers["enough volunteers"].verdict is Verdict.SHUT
    assert "did not answer" in answers["enough volunteers"].why


def test_a_command_is_run_as_the_document_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's own checkout decides; here one in which only some of the scripts succeed."""
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text('#!/bin/sh\n[ "$2" = typecheck ] && { echo "3 errors"; exit 2; }\npwd > asked-here\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:/usr/bin:/bin")
    answers = _asked("astral-core-v7", ways=Ways(application=tmp_path))
    assert answers["lint"].verdict is Verdict.OPEN
    assert (tmp_path / "asked-here").read_text().strip() == str(tmp_path)
    assert answers["types"].verdict is Verdict.SHUT
    assert answers["types"].why == "`npm run typecheck` ended with 2: 3 errors"


@pytest.mark.parametrize(
    ("age_hours", "verdict"), [(1, Verdict.OPEN), (23, Verdict.OPEN), (25, Verdict.SHUT), (None, Verdict.SHUT)]
)
def test_a_backup_is_one_of_this_day(age_hours: int | None, verdict: Verdict) -> None:
    now = datetime.datetime.now(datetime.UTC)
    newest = None if age_hours is None else now - datetime.timedelta(hours=age_hours)
    answers = _asked("astral-draft", ways=Ways(newest_backup=lambda: newest))
    backups: list[Gate] = [answer.gate for answer in answers.values() if answer.gate.kind is GateKind.BACKUP]
    assert [answers[gate.name].verdict for gate in backups] == [verdict]
