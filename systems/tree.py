"""A spec as a tree of named values: to print it, to compare two, and to change values by their path.

Paths read like `application.workloads[astral-web].replicas`; parts of a tuple are named by their key, or by position.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar, cast

from systems.model.source import Part, Source, SpecError

SomePart = TypeVar("SomePart", bound=Part)
STEP = re.compile(r"(?P<field>[a-z][a-z0-9_]*)(?:\[(?P<key>[^\]]*)\])?")


@dataclass(frozen=True)
class Leaf:
    """One value, where it was read and why it is what it is where the document does not say so."""

    path: str
    value: object
    source: Source | None
    because: str


def leaves(part: Part, path: str = "", source: Source | None = None) -> Iterator[Leaf]:
    """Every single value of a spec, in the order of the fields."""
    source = part.source or source
    for name, value in part.values():
        here = f"{path}.{name}" if path else name
        yield from _below(value, here, source, part.because.get(name, ""))


def _below(value: object, path: str, source: Source | None, because: str) -> Iterator[Leaf]:
    if isinstance(value, Part):
        if because:
            yield Leaf(path, f"<{value.title}>", source, because)
        yield from leaves(value, path, source)
    elif isinstance(value, tuple) and any(isinstance(item, Part) for item in cast("tuple[object, ...]", value)):
        if because:
            yield Leaf(path, f"<{len(cast('tuple[object, ...]', value))} parts>", source, because)
        for index, part in enumerate(cast("tuple[Part, ...]", value)):
            yield from leaves(part, f"{path}[{part.key or index}]", source)
    else:
        yield Leaf(path, cast("object", value), source, because)


def plain(value: object) -> object:
    """The same value in the types of JSON."""
    if isinstance(value, Part):
        told = {name: plain(each) for name, each in value.values()}
        if value.source:
            told["source"] = str(value.source)
        if value.because:
            told["because"] = dict(value.because)
        return told
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in cast("Mapping[object, object]", value).items()}
    if isinstance(value, tuple):
        return [plain(each) for each in cast("tuple[object, ...]", value)]
    return value


def at(part: Part, path: str) -> object:
    """The value at a path."""
    value: object = part
    for name, key in _steps(path):
        if not isinstance(value, Part):
            raise SpecError(path, [f"there is nothing below {name!r}: the value before it is {value!r}"])
        value = _field(value, name, path)
        if key is not None:
            value = _named(value, key, path)[1]
    return value


@dataclass(frozen=True)
class Change:
    """A new value for one path, and the reason to write beside it."""

    path: str
    value: object
    reason: str


def changed(part: SomePart, changes: Sequence[Change]) -> SomePart:
    """The same part with all changes made at once, so that only the end result has to hold together."""
    values: dict[str, object] = {}
    because = dict(part.because)
    below: dict[tuple[str, str | None], list[Change]] = {}
    for change in changes:
        (name, key), *rest = _steps(change.path)
        _field(part, name, change.path)
        if rest:
            below.setdefault((name, key), []).append(replace(change, path=_joined(rest)))
        elif key is None:
            values[name], because[name] = change.value, change.reason
        else:
            raise SpecError(change.path, ["names a whole part; name one value of it"])
    for (name, key), inner in below.items():
        old = values.get(name, _field(part, name, name))
        values[name] = _changed_part(old, key, inner, name)
    return replace(part, because=because, **values)  # pyright: ignore[reportArgumentType]


def _changed_part(old: object, key: str | None, changes: list[Change], name: str) -> object:
    if key is not None:
        index, inner = _named(old, key, name)
        items = list(cast("tuple[Part, ...]", old))
        items[index] = changed(inner, changes)
        return tuple(items)
    if not isinstance(old, Part):
        raise SpecError(name, [f"there is nothing below {name!r}: its value is {old!r}"])
    return changed(old, changes)


def _steps(path: str) -> list[tuple[str, str | None]]:
    steps: list[tuple[str, str | None]] = []
    position = 0
    while match := STEP.match(path, position):
        steps.append((match["field"], match["key"]))
        position = match.end() + 1
        if match.end() == len(path):
            return steps
        if path[match.end()] != ".":
            break
    raise SpecError(repr(path), ["is no path; one reads like application.workloads[astral-web].replicas"])


def _joined(steps: list[tuple[str, str | None]]) -> str:
    return ".".join(name if key is None else f"{name}[{key}]" for name, key in steps)


def _field(part: Part, name: str, path: str) -> object:
    known = dict(part.values())
    if name not in known:
        raise SpecError(path, [f"{part.title} has no {name!r}; it has {', '.join(sorted(known))}"])
    return known[name]


def _named(parts: object, key: str, path: str) -> tuple[int, Part]:
    items = cast("tuple[object, ...]", parts) if isinstance(parts, tuple) else ()
    keys = [item.key or str(index) for index, item in enumerate(items) if isinstance(item, Part)]
    if key not in keys:
        raise SpecError(path, [f"there is no {key!r}; there are {', '.join(keys) or 'no parts with names'}"])
    index = keys.index(key)
    return index, cast("Part", items[index])
