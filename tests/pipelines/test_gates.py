"""The document's gates: asked where there is a way to, said to be unasked where there is none, never taken for open."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations import gates
from operations.gates import Verdict, Ways, ask, pulled, stops
from operations.health.door import Door
from operations.health.resolver import Resolver
from rendering.prometheus import signals
from systems import registry
from systems.model import Gate, GateKind, GateTime
from tests.http_servers import Answer, Request, answering
from tests.operations.certificates import Authority

SYSTEMS = {name: registry.load(name) for name in registry.names()}
HOLDING = "volunteers_available"


@pytest.fixture
def prometheus() -> Iterator[str]:
    """Says that conditions on volunteers hold and all others do not."""

    def answer(request: Request) -> Answer:
        result = [{"metric": {}, "value": [0, "12"]}] if HOLDING in request.query["query"] else []
        return 200, {"status": "success", "data": {"resultType": "vector", "result": result}}

    with answering(answer) as port:
        yield f"http://127.0.0.1:{port}"


#: Nothing listens at this door: a path that does not answer is shut.
NOBODY = Door(resolver=Resolver(("127.0.0.1", 1)), instead={443: ("127.0.0.1", 1)})


def _asked(name: str, time: GateTime = GateTime.BEFORE, **ways: Any) -> dict[str, gates.Answer]:
    answers = ask(SYSTEMS[name], "platform.test", time, Ways(**{"door": NOBODY, **ways}))
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
    answers = _asked("astral-core-v2", prometheus=prometheus)
    assert answers["enough volunteers"].verdict is Verdict.OPEN
    assert answers["few active crisis sessions"].verdict is Verdict.SHUT
    gate = answers["enough volunteers"].gate
    assert gate.condition is not None
    assert signals.condition(SYSTEMS["astral-core-v2"], gate.condition) in answers["enough volunteers"].why
    assert stops(list(answers.values()), strict=False)


def test_a_prometheus_that_does_not_answer_opens_nothing() -> None:
    answers = _asked("astral-core-v2", prometheus="http://127.0.0.1:1")
    assert answers["enough volunteers"].verdict is Verdict.SHUT
    assert "did not answer" in answers["enough volunteers"].why


def test_a_path_is_asked_at_a_door_that_proves_whose_it_is(tmp_path: Path) -> None:
    """Somebody else's certificate opens nothing, whatever is answered behind it; nor does a redirect."""
    authority, status = Authority(tmp_path), 200
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(authority.certificate("platform.test", days=30))
    with answering(lambda _: (status, {}), certificate) as port:
        door = Door(resolver=NOBODY.resolver, instead={443: ("127.0.0.1", port)}, authority=authority.file)
        stranger = Door(resolver=NOBODY.resolver, instead=door.instead)
        assert _asked("astral-core-v2", door=door)["system health"].verdict is Verdict.OPEN
        refused = _asked("astral-core-v2", door=stranger)["system health"]
        status = 302
        assert _asked("astral-core-v2", door=door)["system health"].verdict is Verdict.SHUT
    assert refused.verdict is Verdict.SHUT
    assert "certificate" in refused.why


def test_triggers_are_pulled_by_what_holds_and_by_nothing_that_nobody_can_say(prometheus: str) -> None:
    system = SYSTEMS["astral-core-v2"]
    measured = [trigger.name for trigger in system.rollout.rollback_triggers if not trigger.manual]
    for asked, verdict in (
        (prometheus, Verdict.OPEN),
        ("http://127.0.0.1:1", Verdict.UNASKED),
        (None, Verdict.UNASKED),
    ):
        told = list(pulled(system, Ways(door=NOBODY, prometheus=asked)))
        assert [trigger.name for trigger, _, _ in told] == measured
        assert {found for _, found, _ in told} == {verdict}


def test_a_command_is_run_as_the_document_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's own checkout decides; here one in which only some of the scripts succeed."""
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text('#!/bin/sh\n[ "$2" = typecheck ] && { echo "3 errors"; exit 2; }\npwd > asked-here\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:/usr/bin:/bin")
    answers = _asked("astral-core-v7", application=tmp_path)
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
    answers = _asked("astral-draft", newest_backup=lambda: newest)
    backups: list[Gate] = [answer.gate for answer in answers.values() if answer.gate.kind is GateKind.BACKUP]
    assert [answers[gate.name].verdict for gate in backups] == [verdict]
