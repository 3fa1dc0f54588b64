"""Comments on a pull request, one a stack: found again by a mark that no reader sees, and written over."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from operations.errors import OperationsError

#: GitHub takes no longer comment; the report cuts itself (reports/markdown.py), this is the last line of defence.
LONGEST = 65_536
_ANSWER_SECONDS = 30.0
_PREFIX = "plan-"


def comment(pull: int, plans: Path) -> int:
    """Every plan there is; a stack whose preview ended before it wrote a page gets a comment that says so."""
    directories = sorted(plans.glob(f"{_PREFIX}*"))
    if not directories:
        raise OperationsError(f"there are no plans in {plans}", "run make plan, or look at the job that should have")
    repository = _Repository.of_environment()
    standing = {mark: id for id, mark in repository.comments(pull)}
    for directory in directories:
        stack = directory.name.removeprefix(_PREFIX)
        report = directory / "report.md"
        text = report.read_text() if report.exists() else f"The preview of `{stack}` left no report: see its job.\n"
        mark = _mark(stack)
        repository.write(pull, standing.get(mark), f"{mark}\n{text}"[:LONGEST])
    return 0


class _Repository:
    """The few calls of GitHub's API that this needs."""

    def __init__(self, api: str, name: str, token: str) -> None:
        self._api, self._name, self._token = api.rstrip("/"), name, token

    @classmethod
    def of_environment(cls) -> "_Repository":
        """As GitHub sets it for every job; the token is handed over by name."""
        missing = [name for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN") if not os.environ.get(name)]
        if missing:
            raise OperationsError(f"not set: {', '.join(missing)}", "in a workflow: GITHUB_TOKEN: ${{ github.token }}")
        api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
        return cls(api, os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_TOKEN"])

    def comments(self, pull: int) -> Iterator[tuple[int, str]]:
        """Ids of our own comments, with their marks. Somebody else who writes our mark is not written over."""
        page = 1
        while found := self._call("GET", f"issues/{pull}/comments?per_page=100&page={page}", None):
            for each in found:
                first = str(each["body"]).partition("\n")[0].strip()
                if first.startswith("<!-- lifeline:") and each["user"]["type"] == "Bot":
                    yield each["id"], first
            page += 1

    def write(self, pull: int, id: int | None, body: str) -> None:
        if id is None:
            self._call("POST", f"issues/{pull}/comments", {"body": body})
        else:
            self._call("PATCH", f"issues/comments/{id}", {"body": body})

    def _call(self, method: str, path: str, body: Mapping[str, str] | None) -> Any:
        request = urllib.request.Request(
            f"{self._api}/repos/{self._name}/{path}",
            json.dumps(body).encode() if body else None,
            {"Authorization": f"Bearer {self._token}", "Accept": "application/vnd.github+json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise OperationsError(
                f"GitHub refused {method} {path}: {error.code}", "the job needs the permission pull-requests: write"
            ) from error
        except OSError as error:
            raise OperationsError(f"GitHub did not answer: {error}", "run the job again") from error


def _mark(stack: str) -> str:
    return f"<!-- lifeline:{stack} -->"
