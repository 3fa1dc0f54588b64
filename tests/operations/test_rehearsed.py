"""Of a rehearsal nothing is asked under the documented names: those are real platforms."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations.cli import app
from operations.health import outside
from operations.health.rehearsed import NoDoor
from operations.health.resolver import Resolver
from operations.health.stack import Stack, stack_settings
from operations.health.verdicts import Verdict, judge
from tests.components.recording import STACKS


@pytest.mark.parametrize("name", STACKS)
def test_nothing_goes_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was sent")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    stack = Stack(name=name, settings=stack_settings(name), outputs={})
    findings = judge(outside.checks(stack, NoDoor(resolver=Resolver(("127.0.0.1", 1)))))
    assert {each.verdict for each in findings} == {Verdict.UNSEEN}
    assert {each.found for each in findings} == {"needs a real environment: nothing answers requests in a rehearsal"}


def test_a_rehearsal_that_is_not_up_says_how_to_have_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFELINE_REHEARSAL", str(tmp_path))
    ended = CliRunner().invoke(app, ["health", "being-staging", "--rehearsal"])
    assert ended.exit_code == 2
    assert "being-staging is not up" in ended.stderr
    assert "make up STACK=being-staging" in ended.stderr
