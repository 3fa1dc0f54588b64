"""What is desired: the ConfigMap's data, key by key, as far as it can be meant seriously."""

import json
import os
import re
import ssl
import urllib.request
from collections.abc import Mapping
from pathlib import Path

State = dict[str, str]
_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_LIMIT_SECONDS = 2.0
#: Beginning of a key, and what its values look like.
_VALUES = {
    "canary.": re.compile(r"\d|[1-9]\d|100"),
    "critical.": re.compile(r"stable|canary"),
    "maintenance.": re.compile(r"on|off"),
}


class Unreachable(Exception):
    """Nobody can say at present what is desired; what holds goes on holding."""


def from_directory(directory: Path) -> State:
    """A mounted ConfigMap: one file a key; Kubernetes' own links begin with two dots."""
    try:
        return {each.name: each.read_text().strip() for each in directory.iterdir() if not each.name.startswith("..")}
    except OSError as error:
        raise Unreachable(str(error)) from error


def from_api(url: str) -> State:
    """The same from the API server, as the pod's own service account."""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    context = None
    try:
        if (_ACCOUNT / "token").exists():  # read each time: Kubernetes renews it
            request.add_header("Authorization", f"Bearer {(_ACCOUNT / 'token').read_text().strip()}")
            context = ssl.create_default_context(cafile=os.fspath(_ACCOUNT / "ca.crt"))
        with urllib.request.urlopen(request, timeout=_LIMIT_SECONDS, context=context) as answer:
            data = json.load(answer).get("data") or {}
    except (OSError, ValueError) as error:
        raise Unreachable(f"{url}: {error}") from error
    return {key: str(value).strip() for key, value in data.items()}


def accepted(wanted: Mapping[str, str], defaults: Mapping[str, str], holding: Mapping[str, str]) -> tuple[State, list]:
    """The state to hold, and what was wrong with the wish. A missing key is its default, a bad value is not taken."""
    problems = [f"{key}: no such key; there are {', '.join(sorted(defaults))}" for key in wanted.keys() - defaults]
    state: State = {}
    for key, default in defaults.items():
        value = wanted.get(key, default)
        pattern = next(pattern for begin, pattern in _VALUES.items() if key.startswith(begin))
        if pattern.fullmatch(value):
            state[key] = value
        else:
            state[key] = holding.get(key, default)
            problems.append(f"{key}: {value!r} must be {pattern.pattern}; {state[key]!r} goes on")
    return state, sorted(problems)


def parse(table: str) -> State:
    """HAProxy's form of a map: key, blank, value."""
    return dict(line.split(" ", 1) for line in table.splitlines() if " " in line)


def formatted(state: Mapping[str, str]) -> str:
    return "".join(f"{key} {value}\n" for key, value in sorted(state.items()))
