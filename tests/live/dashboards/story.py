"""Six hours of a platform, invented but for the documented lines: a bad release, a failover, an evening in crisis.

Whatever a document limits stays on its good side, and is carried over its worst line while its part of the story lasts.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rendering.grafana.lines import figures
from systems.model import Comparison, System

#: Epoch of the story's first minute, 2026-11-18 15:55 UTC: the same pictures whenever they are drawn.
BEGIN = 1_795_017_300
MINUTES = 360
#: Before the first minute shown, so that rates over some minutes are there from the beginning.
BEFORE = 40
STEP_SECONDS = 15

#: Minutes of a figure's life -> value.
Course = Callable[[float], float]


@dataclass(frozen=True)
class Part:
    """One piece of the story: how much of it there is (0 to 1) at a minute."""

    begins: float
    ends: float
    ramp: float

    def __call__(self, minute: float) -> float:
        risen = (minute - self.begins) / self.ramp
        fallen = (self.ends - minute) / self.ramp
        return max(0.0, min(1.0, risen, fallen))


RELEASE = Part(95, 118, 4)
"""A candidate that fails, until its weight is taken back."""
FAILOVER = Part(190, 196, 1)
"""The cache's master ends, another takes over; the copy of the database falls behind for a while."""
CRISIS = Part(300, 420, 14)
"""More people in need than volunteers who are free; it lasts when the story ends, and whoever looks is in the midst."""


def around(value: float, name: str, share: float = 0.05) -> Course:
    """A figure that is never quite still; the same at every drawing."""
    chance = random.Random(name)
    waves = [(chance.uniform(3, 60), chance.uniform(0, 6.3), chance.uniform(0.3, 1)) for _ in range(6)]
    whole = sum(strength for _, _, strength in waves)

    def course(minute: float) -> float:
        moved = sum(strength * math.sin(minute / period + phase) for period, phase, strength in waves) / whole
        return value * (1 + share * moved)

    return course


def always(value: float) -> Course:
    return lambda minute: value


def whole(course: Course) -> Course:
    """Of what is counted in pieces."""
    return lambda minute: round(course(minute))


def told(calm: Course, part: Part, worst: float) -> Course:
    """From its calm course to its worst while a part of the story lasts."""
    return lambda minute: calm(minute) + part(minute) * (worst - calm(minute))


def counted(rate: Course) -> Iterator[tuple[float, float]]:
    """Minutes and sums of a counter that grows by so much a second."""
    sum_so_far = 0.0
    for minute in minutes():
        sum_so_far += rate(minute) * STEP_SECONDS
        yield minute, sum_so_far


def minutes() -> Iterator[float]:
    """From before the story to its end."""
    for number in range(int((BEFORE + MINUTES) * 60 / STEP_SECONDS) + 1):
        yield number * STEP_SECONDS / 60 - BEFORE


def documented(system: System, name: str, part: Part) -> Course | None:
    """The course of a signal that the platform's document limits; None for any other name."""
    limits = [line for each in figures(system) if each.signal.value == name for line in each.lines]
    if not limits:
        return None
    if all(line.beyond is Comparison.EQUAL for line in limits):
        return always(1.0)
    values = [line.value for line in limits]
    if not all(line.wants_more for line in limits):
        calm, worst = around(0.45 * min(values), name, 0.08), 1.35 * max(values)
    elif name.endswith("_percent"):
        calm, worst = always(max(values) + 0.6 * (100 - max(values))), min(values) - 0.4
    elif any(line.beyond is Comparison.EQUAL for line in limits):
        calm, worst = always(max(values)), 0.7 * min(values)
    else:
        calm, worst = around(1.6 * max(values) + 1, name), 0.7 * min(values)
    return told(calm, part, worst)
