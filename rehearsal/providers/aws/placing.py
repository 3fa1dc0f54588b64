"""Pulumi properties -> members of AWS requests, by name, along botocore's own service model.

`Placer.place` builds a request and checks each value against the model, so that a refusal names our property.
The way back, from answers to properties, is lifting.py.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from rehearsal.providers import wire
from rehearsal.providers.provider import Failure

#: Said after each refusal, so that the reader knows who refused.
SOURCE = "(AWS service model)"
_ENUM_SHOWN = 12


def candidates(name: str) -> list[str]:
    """Spellings under which AWS may know a property, most likely first; compared without case."""
    base = name.lower()
    spellings = [base, base + "s", base + "es", "db" + base, base + "identifier", base + "name"]
    if base.endswith("s"):
        spellings.append(base[:-1])
    if base.endswith("ies"):
        spellings.append(base[:-3] + "y")
    if base.endswith("y"):
        spellings.append(base[:-1] + "ies")
    return spellings


def find_member(name: str, members: Mapping[str, Any]) -> str | None:
    by_lower = {member.lower(): member for member in members}
    for spelling in candidates(name):
        if spelling in by_lower:
            return by_lower[spelling]
    return None


@dataclass
class Placer:
    """Builds one request; afterwards `failures` holds everything that was wrong, `unplaced` what fits nowhere."""

    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    failures: list[Failure] = field(default_factory=list[Failure])
    unplaced: list[str] = field(default_factory=list[str])

    def place(self, shape: Shape, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The whole input of a resource into a request's (or a part of a request's) structure."""
        return self._structure(shape, properties, "", "")

    def _structure(self, shape: Shape, value: Mapping[str, Any], path: str, bare: str) -> dict[str, Any]:
        assert isinstance(shape, StructureShape)
        built: dict[str, Any] = {}
        for name, item in value.items():
            if item is None:
                continue
            at, plain_path = joined(path, name), joined(bare, name)
            renamed = self.renames.get(plain_path)
            member = find_member(name, shape.members) if renamed is None else renamed
            if member is None:
                self.unplaced.append(plain_path)
            elif member:  # "" leaves it out
                self._put(built, shape, member.split("."), item, at, plain_path)
        _count(shape, built)
        for member in shape.required_members if path else ():
            if shape.members[member].type_name == "boolean":
                built.setdefault(member, False)  # as the official provider sends a switch that was left out
        missing = [member for member in shape.required_members if member not in built]
        if path and missing:
            self._refuse(path, f"needs {', '.join(missing)}")
        return built

    def _put(self, built: dict[str, Any], shape: Shape, members: list[str], item: Any, path: str, bare: str) -> None:
        """A rename may lead to a member of a member, or into a map: `Config.PrivateZone`."""
        if isinstance(shape, MapShape):
            built[members[0]] = self._value(shape.value, item, path, bare)
            return
        assert isinstance(shape, StructureShape)
        if members[0] not in shape.members:
            raise KeyError(f"{shape.name} has no member {members[0]} (rename of {bare})")
        inner = shape.members[members[0]]
        if item == [] and inner.metadata.get("min") and members[0] not in shape.required_members:
            return  # no block at all, as the official provider sends it
        if len(members) > 1:
            self._put(built.setdefault(members[0], {}), inner, members[1:], item, path, bare)
        else:
            placed, before = self._value(inner, item, path, bare), built.get(members[0])
            both = isinstance(placed, dict) and isinstance(before, dict)
            built[members[0]] = {**before, **placed} if both else placed

    def _value(self, shape: Shape, value: Any, path: str, bare: str) -> Any:
        if value is wire.UNKNOWN:
            return value
        if isinstance(shape, StructureShape):
            return self._as_structure(shape, value, path, bare)
        if isinstance(shape, ListShape):
            if isinstance(value, dict) and (pair := _pair(shape)):
                value = [{pair: key, "Value": item} for key, item in sorted(value.items())]
            items = value if isinstance(value, list) else [value]
            self._check_length(shape, len(items), path, "items")
            return [self._value(shape.member, item, f"{path}[{index}]", bare) for index, item in enumerate(items)]
        if isinstance(shape, MapShape):
            if not isinstance(value, dict):
                self._refuse(path, f"must be a map, got {type(value).__name__}")
                return {}
            return {key: self._value(shape.value, item, f'{path}["{key}"]', bare) for key, item in value.items()}
        return self._scalar(shape, value, path)

    def _as_structure(self, shape: StructureShape, value: Any, path: str, bare: str) -> Any:
        items = {"Quantity", "Items"} <= shape.members.keys()
        if items and isinstance(value, list):
            inner = shape.members["Items"]
            assert isinstance(inner, ListShape)
            placed = [self._value(inner.member, item, f"{path}[{index}]", bare) for index, item in enumerate(value)]
            counted: dict[str, Any] = {"Items": placed} if placed else {}
            _count(shape, counted)
            return counted
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            self._refuse(path, f"must be an object, got {type(value).__name__}")
            return {}
        return self._structure(shape, value, path, bare)

    def _scalar(self, shape: Shape, value: Any, path: str) -> Any:
        kind = shape.type_name
        if kind in ("string", "character"):
            text = json.dumps(value) if isinstance(value, dict | list | bool) else str(value)
            self._check_text(shape, text, path)
            return text
        if kind in ("integer", "long"):
            return self._number(shape, value, path, int)
        if kind in ("float", "double"):
            return self._number(shape, value, path, float)
        if kind == "boolean":
            if isinstance(value, str) and value.lower() in ("true", "false"):
                return value.lower() == "true"
            if not isinstance(value, bool):
                self._refuse(path, f"must be true or false, got {value!r}")
            return value
        if kind == "blob":
            return value.encode() if isinstance(value, str) else value
        return value

    def _number(self, shape: Shape, value: Any, path: str, make: type[int] | type[float]) -> Any:
        try:
            number = make(value)
        except (TypeError, ValueError):
            self._refuse(path, f"must be a number, got {value!r}")
            return value
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if (low is not None and number < low) or (high is not None and number > high):
            self._refuse(path, f"must lie between {low} and {high}, got {number}")
        return number

    def _check_text(self, shape: Shape, text: str, path: str) -> None:
        enum: list[str] = getattr(shape, "enum", [])
        if enum and text not in enum:
            shown = ", ".join(enum[:_ENUM_SHOWN]) + (f" … ({len(enum)} in all)" if len(enum) > _ENUM_SHOWN else "")
            self._refuse(path, f"must be one of {shown}; got {text!r}")
            return
        self._check_length(shape, len(text), path, "characters")
        pattern = shape.metadata.get("pattern")
        if pattern:
            try:
                matched = re.search(pattern, text) is not None
            except re.error:  # a Java pattern Python cannot read
                return
            if not matched:
                self._refuse(path, f"must match {pattern}; got {text!r}")

    def _check_length(self, shape: Shape, length: int, path: str, unit: str) -> None:
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if (low is not None and length < low) or (high is not None and length > high):
            self._refuse(
                path, f"must have {low or 0} to {high if high is not None else 'any number of'} {unit}, has {length}"
            )

    def _refuse(self, path: str, reason: str) -> None:
        self.failures.append(Failure(path, f"{reason} {SOURCE}"))


def _count(shape: StructureShape, built: dict[str, Any]) -> None:
    """CloudFront wants the number of items beside them, and at times whether there are any."""
    if {"Quantity", "Items"} <= shape.members.keys():
        built["Quantity"] = len(built.get("Items", []))
        if "Enabled" in shape.required_members:
            built.setdefault("Enabled", bool(built["Quantity"]))


def _pair(shape: ListShape) -> str:
    """A map of ours is a list of Key (or Name) and Value in many AWS requests: the first one's name."""
    members = set(shape.member.members) if isinstance(shape.member, StructureShape) else set()
    return next((name for name in ("Key", "Name") if members == {name, "Value"}), "")


def joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
