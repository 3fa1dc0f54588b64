"""All rules of one platform: `promtool check rules` reads the text, tests read the groups."""

from rendering.prometheus import crisis, documented, objectives, people, platform, promises, recorded, sources
from rendering.prometheus.rule import AlertRule, Group, rule_file
from systems.model import Severity, System

#: Where the runbooks lie when no address is given: in this project.
RUNBOOKS = "docs/runbooks"


def groups(system: System) -> tuple[Group, ...]:
    """In the order in which one rests on another."""
    lowest = people.priority(system, Severity.INFO, housekeeping=True)
    return (
        recorded.group(system, lowest, people.owner(system)),
        documented.group(system),
        objectives.group(system),
        crisis.group(system),
        promises.group(system),
        sources.group(system),
        platform.group(system),
        platform.escalations(system),
    )


def alerts(system: System) -> tuple[AlertRule, ...]:
    return tuple(alert for group in groups(system) for alert in group.alerts)


def rules(system: System, runbooks: str = "") -> str:
    """The rule file; `runbooks` is the address that links begin with."""
    return rule_file(groups(system), runbooks or RUNBOOKS)
