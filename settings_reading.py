"""Reads typed values out of a stack's configuration and collects everything that is wrong with it."""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

_PREFIX = "lifeline:"
_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a stack file."""

    id: str
    key: str
    given: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.id} {_PREFIX}{self.key}: {self.given}; allowed: {self.allowed}"


class SettingsError(ValueError):
    """All problems of a stack file at once."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = [f"  {problem}" for problem in problems]
        super().__init__("\n".join(["the stack's configuration cannot be used:", *lines]))
        self.problems = problems


class Reader:
    """Values by key, always of the type asked for: where one is wrong, the problem is noted and a stand-in returned."""

    def __init__(self, config: Mapping[str, object], keys: tuple[str, ...], may_be_empty: tuple[str, ...] = ()) -> None:
        self.problems: list[Problem] = []
        given = {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
        self._given = {key: value for key, value in given.items() if value != "" or key not in may_be_empty}
        for key in sorted(self._given.keys() - set(keys)):
            near = difflib.get_close_matches(key, keys, n=1)
            said = f"no such key, did you mean {near[0]}?" if near else "no such key"
            self.refuse("LL-CFG-001", key, None, ", ".join(keys), said=said)

    def has(self, key: str) -> bool:
        return key in self._given

    def refuse(self, id: str, key: str, given: object, allowed: str, said: str = "") -> None:
        shown = said or ("missing" if given is None else f"given {given!r}")
        if not said and len(shown) > _LONGEST_SHOWN:
            shown = f"{shown[:_LONGEST_SHOWN]}…"
        self.problems.append(Problem(id, key, shown, allowed))

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None, id: str) -> str:
        """One of a few words."""
        value = self._given.get(key, default)
        if value not in allowed:
            self.refuse(id, key, value, f"one of {', '.join(allowed)}")
            return default or ""
        return str(value)

    def text(self, key: str, default: str | None, id: str, pattern: re.Pattern[str], allowed: str) -> str:
        value = self._given.get(key, default)
        if not isinstance(value, str) or (value != default and not pattern.fullmatch(value)):
            self.refuse(id, key, value, allowed)
            return default or ""
        return value

    def whole(self, key: str, default: int, allowed: tuple[int, ...], id: str) -> int:
        """A whole number; the engine hands all values over as text."""
        value = self._given.get(key, default)
        text = str(value)
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,6}", text) or int(text) not in allowed:
            self.refuse(id, key, value, f"one of {', '.join(map(str, allowed))}")
            return default
        return int(text)

    def listed(self, key: str, id: str) -> list[str]:
        value = self._structure(key, [], id, "a list of texts")
        items = cast("list[object]", value) if isinstance(value, list) else None
        if items is None or not all(isinstance(each, str) for each in items):
            self.refuse(id, key, cast("object", value), "a list of texts")
            return []
        return cast("list[str]", items)

    def mapping(self, key: str, id: str) -> dict[str, str]:
        """Names to texts."""
        value = _as_mapping(self._structure(key, {}, id, "a mapping of names to texts"))
        if value is None or not all(isinstance(each, str) for each in value.values()):
            shown = "not a mapping" if value is None else f"texts wanted, given {_kinds(value)}"
            self.refuse(id, key, None, "a mapping of names to texts", said=shown)
            return {}
        return cast("dict[str, str]", value)

    def objects(
        self, key: str, id: str, allowed: str = "a mapping of paths to {value, because}"
    ) -> dict[str, dict[str, object]]:
        """Names to mappings."""
        value = _as_mapping(self._structure(key, {}, id, allowed))
        if value is None or not all(isinstance(each, dict) for each in value.values()):
            self.refuse(id, key, value, allowed, said="not a mapping" if value is None else "")
            return {}
        return cast("dict[str, dict[str, object]]", value)

    def _structure(self, key: str, default: object, id: str, allowed: str) -> object:
        """Lists and mappings arrive from the engine as JSON."""
        value = self._given.get(key, default)
        if not isinstance(value, str):
            return value
        try:
            return cast("object", json.loads(value))
        except ValueError:
            self.refuse(id, key, None, allowed, said="text that is no JSON")
            return default


def _as_mapping(value: object) -> dict[str, object] | None:
    if not isinstance(value, dict):
        return None
    return {str(name): each for name, each in cast("dict[object, object]", value).items()}


def _kinds(value: dict[str, object]) -> str:
    """Mappings may hold secrets: names and kinds are shown, values never."""
    return ", ".join(f"{name}: {type(each).__name__}" for name, each in value.items() if not isinstance(each, str))
