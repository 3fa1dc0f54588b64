"""What users would notice of a preview and for how long, the worst first, with the way back.

Durations are AWS's and Kubernetes' own for that kind of change; nobody can promise them.
"""

from dataclasses import dataclass

from reports import stateful
from reports.changes import Changes
from reports.effects import Effect, Grade, effect


@dataclass(frozen=True)
class Expected:
    """An effect and the changes that have it."""

    effect: Effect
    names: tuple[str, ...]


def of(changes: Changes) -> list[Expected]:
    """Changes that share an effect share a line."""
    found: dict[Effect, list[str]] = {}
    told = [each for each in changes.changed if each.custom and not each.resource.type.startswith("pulumi:")]
    for change in sorted(told, key=lambda each: (stateful.weight(each.standing), each.name)):
        found.setdefault(effect(change), []).append(change.name)
    return [Expected(each, tuple(names)) for each, names in sorted(found.items(), key=lambda item: item[0].grade)]


def worst(expected: list[Expected]) -> Grade:
    return min((each.effect.grade for each in expected), default=Grade.NONE)
