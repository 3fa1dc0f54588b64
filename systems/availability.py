"""One number from which zones, replicas, the database's standby and disruption budgets follow.

A spec has the level its document asks for. A stack may raise it freely; lowering it needs a reason, and in production
what is lower must still keep the document's objectives, or the spec does not build.
"""

from dataclasses import dataclass

from systems.model import SpecError, System
from systems.tree import Change, changed


@dataclass(frozen=True)
class Level:
    """What a level asks for at least, and its disruption budget: pods of a workload that drains may take at once."""

    zones: int
    replicas: int
    multi_az: bool
    disruption_budget: int | None
    """None: drains need not wait, there is nothing to protect."""


#: 1: one of everything, for trying things out. 2: a lost pod, node or zone is noticed by nobody but the database.
#: 3: by nobody at all.
LEVELS = {
    1: Level(zones=1, replicas=1, multi_az=False, disruption_budget=None),
    2: Level(zones=2, replicas=2, multi_az=False, disruption_budget=1),
    3: Level(zones=3, replicas=2, multi_az=True, disruption_budget=1),
}


def level_of(system: System) -> int:
    """The highest level whose demands the system meets."""
    return max(number for number, level in LEVELS.items() if _meets(system, level))


def at_level(system: System, number: int, because: str) -> System:
    """The system at another level. Raising adds what is missing; lowering takes away what goes beyond the level."""
    if number not in LEVELS:
        raise SpecError("availability level", [f"{number} is no level; levels are {', '.join(map(str, LEVELS))}"])
    if number == level_of(system):
        return system
    down = number < level_of(system)
    if down and not because.strip():
        raise SpecError("availability level", [f"going down from {level_of(system)} to {number} needs a reason"])
    level = LEVELS[number]
    better = min if down else max
    reason = because.strip() or f"availability level {number}"
    wanted: dict[str, object] = {
        "objectives.zones": better(system.objectives.zones, level.zones),
        "database.multi_az": better(system.database.multi_az, level.multi_az),
        "load_balancer.replicas": better(system.load_balancer.replicas, level.replicas),
        # Fewer would each take more connections, and more than there are while one replaces another.
        "database.pooler.replicas": max(system.database.pooler.replicas, level.replicas),
        **{
            f"application.workloads[{each.name}].replicas": better(each.replicas, level.replicas)
            for each in system.workloads
            if not each.singleton
        },
    }
    return changed(system, [Change(path, value, reason) for path, value in wanted.items()])


def _meets(system: System, level: Level) -> bool:
    replicas = [each.replicas for each in system.workloads if not each.singleton] + [system.load_balancer.replicas]
    return (
        system.objectives.zones >= level.zones
        and system.database.multi_az >= level.multi_az
        and min(replicas) >= level.replicas
    )
