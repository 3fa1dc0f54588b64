"""Documented lines: for each figure that a document limits, the query and its target, warning and critical values.

They are read off the spec, where alerts get theirs from as well: a dashboard that drew other lines than the ones that
call people would mislead whoever was called.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rendering.grafana import titles
from rendering.prometheus import signals
from systems.model import Comparison, Condition, Severity, Signal, Statistic, System

#: Grafana's unit of what is 1 or 0.
YES_NO = "bool_yes_no"


class Level(StrEnum):
    """What lies beyond a line."""

    TARGET = "target"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Line:
    """One documented value."""

    level: Level
    value: float
    beyond: Comparison
    """On which side of it the level begins; for a target, on which side all is well."""
    source: str
    """Who says so: a threshold's or an alert's name."""

    @property
    def wants_more(self) -> bool:
        """Whether all is well above it."""
        if self.level is Level.TARGET:
            return self.beyond is not Comparison.BELOW
        return self.beyond is not Comparison.ABOVE


@dataclass(frozen=True)
class Figure:
    """One signal in one statistic, with everything documented about it."""

    signal: Signal
    statistic: Statistic
    query: str
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        return titles.title(self.signal, self.statistic)

    @property
    def unit(self) -> str:
        """As Grafana names it."""
        if self.signal.is_percentage:
            return "percent"
        if all(line.beyond is Comparison.EQUAL for line in self.lines):
            return YES_NO
        return "s" if self.signal.value.endswith("_seconds") else "short"


def figures(system: System) -> tuple[Figure, ...]:
    """In the order of the documents. What counts single events has no course to draw, and is an alert only."""
    found: dict[tuple[Signal, Statistic], tuple[Condition, list[Line]]] = {}
    for condition, line in _documented(system):
        if condition.statistic is Statistic.COUNT:
            continue
        _, lines = found.setdefault((condition.signal, condition.statistic), (condition, []))
        if line not in lines:
            lines.append(line)
    return tuple(
        Figure(signal, statistic, signals.value(system, first), tuple(lines))
        for (signal, statistic), (first, lines) in found.items()
    )


def _documented(system: System) -> Iterator[tuple[Condition, Line]]:
    for threshold in system.monitoring.thresholds:
        told = (
            (Level.CRITICAL, threshold.critical),
            (Level.WARNING, threshold.warning),
            (Level.TARGET, threshold.target),
        )
        for level, condition in told:
            if condition:
                yield condition, Line(level, condition.limit, condition.comparison, threshold.name)
    for alert in system.monitoring.alerts:
        level = Level.CRITICAL if alert.severity is Severity.CRITICAL else Level.WARNING
        yield alert.condition, Line(level, alert.condition.limit, alert.condition.comparison, alert.name)
