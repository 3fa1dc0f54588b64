"""Properties that a service keeps as a list of keys and values beside the resource: load balancers and their parts."""

from collections.abc import Mapping
from typing import Any

#: Property, or member of one (`accessLogs.bucket`) -> key.
Keys = Mapping[str, str]
Pairs = list[dict[str, str]]


def pairs(keys: Keys, inputs: Mapping[str, Any], changed: list[str], defaults: Mapping[str, Any]) -> Pairs:
    """Keys and values to send for the changed properties; what was taken away goes back to its default."""
    sent: Pairs = []
    for path, key in keys.items():
        if path.split(".", 1)[0] not in changed:
            continue
        value = member(inputs, path)
        value = defaults.get(path) if value is None else value
        if value is not None:
            sent.append({"Key": key, "Value": _text(value)})
    return sent


def member(inputs: Mapping[str, Any], path: str) -> Any:
    value: Any = inputs
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def read(keys: Keys, answer: list[Mapping[str, str]]) -> dict[str, Any]:
    """The properties the keys of an answer stand for; numbers and truths stay text, as AWS tells them."""
    told = {held["Key"]: held["Value"] for held in answer}
    found: dict[str, Any] = {}
    for path, key in keys.items():
        if key not in told:
            continue
        *parents, last = path.split(".")
        inner = found
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = _value(told[key])
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _value(text: str) -> Any:
    return {"true": True, "false": False}.get(text, int(text) if text.isdecimal() else text)
