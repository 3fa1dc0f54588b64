"""What changed between two sets of inputs, as paths the engine knows: `rules[0].expiration.days`, `tags["a b"]`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True)
class Change:
    """One changed leaf (or added or removed branch) of a resource's inputs."""

    path: str
    kind: Kind
    replace: bool = False

    @property
    def top(self) -> str:
        """The property of the resource it lies in."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


def changes(
    old: dict[str, Any], new: dict[str, Any], *, same: Callable[[str, Any, Any], bool] | None = None
) -> list[Change]:
    """Every difference; `same(property, old, new)` may call two values of a top-level property equal."""
    found: list[Change] = []
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if same is not None and before is not None and after is not None and same(key, before, after):
            continue
        _compare(before, after, _segment("", key), found)
    return found


def _compare(old: Any, new: Any, path: str, found: list[Change]) -> None:
    if old is None and new is None:
        return
    if old is None:
        found.append(Change(path, "add"))
    elif new is None:
        found.append(Change(path, "delete"))
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            _compare(old.get(key), new.get(key), _segment(path, key), found)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            _compare(before, after, f"{path}[{index}]", found)
    elif old != new:
        found.append(Change(path, "update"))


def _segment(path: str, key: str) -> str:
    if not re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", key):
        quoted = key.replace('"', '\\"')
        return f'{path}["{quoted}"]'
    return f"{path}.{key}" if path else key
