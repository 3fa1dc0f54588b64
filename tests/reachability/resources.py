"""Registered resources by type and by what refers to them; ids are what the recording gives out."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from tests.components.recording import Registered


class Resources:
    """All of one stack."""

    def __init__(self, registered: Iterable[Registered]) -> None:
        self.all = tuple(registered)

    @cached_property
    def _by_type(self) -> dict[str, list[Registered]]:
        found: dict[str, list[Registered]] = {}
        for each in self.all:
            found.setdefault(each.type, []).append(each)
        return found

    def of(self, *types: str) -> list[Registered]:
        return [each for type in types for each in self._by_type.get(type, [])]

    @cached_property
    def _by_reference(self) -> dict[str, Registered]:
        """Other resources name one by its id, its ARN or its physical name."""
        found: dict[str, Registered] = {}
        for each in self.all:
            names = [each.inputs.get(key) for key in ("name", "identifier", "bucket")]
            for reference in (each.id, each.arn, *(f"{each.type} {name}" for name in names if isinstance(name, str))):
                found[reference] = each
        return found

    def referred(self, reference: Any, type: str = "") -> Registered | None:
        """By id or ARN; by physical name too when the type is told."""
        return self._by_reference.get(str(reference)) or self._by_reference.get(f"{type} {reference}")


def listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
