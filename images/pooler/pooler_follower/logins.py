"""Who may log in, out of the mounted secrets: the login of now and the one before it, both good until the next."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


class Unreadable(Exception):
    """A secret that is not there, or is no login. Says names, never values."""


def listed(directory: Path, secrets: Iterable[str]) -> str:
    """`userlist.txt`, sorted; the newer login wins where both are of one user."""
    found: dict[str, str] = {}
    for secret in secrets:
        found.update(_logins(directory / f"{secret}.json"))
    return "".join(f"{_quoted(user)} {_quoted(password)}\n" for user, password in sorted(found.items()))


def _logins(file: Path) -> Mapping[str, str]:
    try:
        value: Any = json.loads(file.read_text())
        before = value.get("previous") or value
        return {each["username"]: each["password"] for each in (before, value)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{file.name}: {type(error).__name__}") from None


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
