"""Production and what may differ from it: a short list of named, lowered values, each with its reason.

The same list serves staging (in a spec) and a stack file's `lowered` (in the settings): there is one way down.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import cast

from systems.model import Environment, HardwareLevel, RecoveryLevel, SpecError, System
from systems.tree import Change, at, changed

#: Choices that are ordered, from low to high.
ORDERS: tuple[tuple[object, ...], ...] = (tuple(RecoveryLevel), tuple(HardwareLevel))


@dataclass(frozen=True)
class Lowered:
    """One value below production's."""

    path: str
    value: object
    because: str


def lowered(system: System, differences: tuple[Lowered, ...]) -> System:
    """The system with every listed value lowered; all that is wrong with the list is said at once."""
    problems: list[str] = []
    changes: list[Change] = []
    for difference in differences:
        try:
            value = _typed(at(system, difference.path), difference.value)
            problems += [f"{difference.path}: {problem}" for problem in _problems(system, difference, value)]
            changes.append(Change(difference.path, value, difference.because))
        except SpecError as error:
            problems += [f"{difference.path}: {problem}" for problem in error.problems]
    if problems:
        raise SpecError(f"{system.environment} of {system.name}", problems)
    return changed(system, changes)


def in_environment(production: System, environment: Environment, staging: tuple[Lowered, ...]) -> System:
    """What a spec's `system(environment)` returns: production as it stands, or staging with its lowered values."""
    if environment is Environment.PRODUCTION:
        return production
    return lowered(replace(production, environment=environment), staging)


def _typed(production: object, given: object) -> object:
    """Stack files know only text where a spec has a choice."""
    if not isinstance(production, Enum) or isinstance(given, Enum):
        return given
    choices = [str(each.value) for each in type(production)]
    if given not in choices:
        raise SpecError("value", [f"{given!r} is no choice; choices are {', '.join(choices)}"])
    return type(production)(given)


def _problems(system: System, difference: Lowered, value: object) -> list[str]:
    production = at(system, difference.path)
    if not difference.because.strip():
        return ["gives no reason"]
    if _rank(production) is None or type(production) is not type(value):
        return [f"cannot be lowered from {_text(production)} to {_text(value)}: not the same kind of value"]
    if cast("float", _rank(value)) >= cast("float", _rank(production)):
        return [f"{_text(value)} is not below production's {_text(production)}"]
    return []


def _rank(value: object) -> float | None:
    for order in ORDERS:
        if value in order:
            return order.index(value)
    if isinstance(value, (int, float)):
        return value
    return len(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else None


def _text(value: object) -> str:
    return str(value.value) if isinstance(value, Enum) else repr(value)
