"""Plans on a pull request: one comment a stack, written over by the next run, and nobody else's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.errors import OperationsError
from operations.pull_request import LONGEST, comment
from tests.http_servers import Answer, Request, answering


class Conversation:
    """A pull request as GitHub's API has it."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.tokens: set[str] = set()
        self.refuses = False

    def say(self, body: str, kind: str = "Bot") -> None:
        self.comments.append({"id": len(self.comments) + 1, "body": body, "user": {"type": kind}})

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.comments]


@pytest.fixture
def conversation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Conversation]:
    held = Conversation()

    def answer(request: Request) -> Answer:
        held.tokens.add(request.headers["authorization"])
        told: object = {}
        if request.method == "GET":
            page = int(request.query["page"])
            told = held.comments[(page - 1) * 100 : page * 100]
        elif request.method == "POST":
            assert request.path == "/repos/astralcore/lifeline/issues/7/comments"
            held.say(json.loads(request.body)["body"])
        else:
            held.comments[int(request.path.rsplit("/", 1)[1]) - 1]["body"] = json.loads(request.body)["body"]
        return 403 if held.refuses else 200, told

    with answering(answer) as port:
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("GITHUB_REPOSITORY", "astralcore/lifeline")
        monkeypatch.setenv("GITHUB_TOKEN", "of-the-job")
        yield held


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    for stack, text in (("prod", "# prod: 3 changes\n"), ("staging", "# staging: no change\n")):
        (tmp_path / f"plan-{stack}").mkdir()
        (tmp_path / f"plan-{stack}" / "report.md").write_text(text)
    return tmp_path


def test_one_comment_a_stack_and_the_next_run_writes_over_it(conversation: Conversation, plans: Path) -> None:
    conversation.say("Looks good to me", kind="User")
    for _ in range(120):  # the conversation has more than one page
        conversation.say("another bot")
    comment(7, plans)
    assert conversation.bodies[-2:] == [
        "<!-- lifeline:prod -->\n# prod: 3 changes\n",
        "<!-- lifeline:staging -->\n# staging: no change\n",
    ]
    (plans / "plan-prod" / "report.md").write_text("# prod: no change any more\n")
    before = len(conversation.comments)
    comment(7, plans)
    assert len(conversation.comments) == before
    assert conversation.bodies[-2] == "<!-- lifeline:prod -->\n# prod: no change any more\n"
    assert conversation.tokens == {"Bearer of-the-job"}


def test_somebody_who_writes_our_mark_is_not_written_over(conversation: Conversation, plans: Path) -> None:
    conversation.say("<!-- lifeline:prod -->\nmine", kind="User")
    comment(7, plans)
    assert conversation.bodies[0] == "<!-- lifeline:prod -->\nmine"
    assert len(conversation.comments) == 3


def test_a_stack_without_a_report_says_so_and_a_long_one_is_cut(conversation: Conversation, plans: Path) -> None:
    (plans / "plan-prod" / "report.md").unlink()
    (plans / "plan-staging" / "report.md").write_text("x" * (LONGEST + 1000))
    comment(7, plans)
    assert "left no report" in conversation.bodies[0]
    assert len(conversation.bodies[1]) == LONGEST


def test_a_refusal_names_the_permission(conversation: Conversation, plans: Path) -> None:
    conversation.refuses = True
    with pytest.raises(OperationsError, match="pull-requests: write"):
        comment(7, plans)


def test_without_plans_or_a_token_nothing_is_said(
    conversation: Conversation, plans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperationsError, match="there are no plans"):
        comment(7, tmp_path / "empty")
    monkeypatch.delenv("GITHUB_TOKEN")
    with pytest.raises(OperationsError, match="not set: GITHUB_TOKEN"):
        comment(7, plans)
    assert conversation.comments == []
