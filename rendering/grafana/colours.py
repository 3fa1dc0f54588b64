"""Colours between documented lines: green is well, yellow misses a target, orange warns, red calls somebody."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import Threshold, ThresholdsMode

from rendering.grafana.lines import Level, Line
from systems.model import Comparison

GREEN, YELLOW, ORANGE, RED = "green", "yellow", "orange", "red"
#: Where a step has it, Grafana draws the line below in the colour of the other side.
_CLEAR = "transparent"


def plain() -> ThresholdsConfig:
    """Of what nobody has limited."""
    return _config([Threshold(value=None, color="text")])


def steps(lines: Sequence[Line], *, drawn: bool = False) -> ThresholdsConfig:
    """Grafana colours from a value upward: below the lowest line the colour is that of its other side.

    `drawn`: the steps are lines in a graph. Such a line has the colour of what lies above it, which for a lower limit
    would be green; the first good step is left clear, so that the limit has the colour of what lies below.
    """
    told = _boundaries(lines, drawn)
    made = [Threshold(value=None, color=_colour_at(lines, told[0], -1))]
    made += [Threshold(value=value, color=_colour_at(lines, value, 1)) for value in told]
    if drawn and made[0].color != GREEN:
        first = next((step for step in made if step.color == GREEN), None)
        if first:
            first.color = _CLEAR
    return _config(made)


def _config(made: list[Threshold]) -> ThresholdsConfig:
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(made)


def _boundaries(lines: Sequence[Line], drawn: bool) -> list[float]:
    """Where a colour may change. What must not be exactly so many is well again with one more: that is no line."""
    kept = [line for line in lines if not any(_says_the_same(line, other) for other in lines)]
    exact = [line for line in kept if line.beyond is Comparison.EQUAL and line.level is not Level.TARGET]
    return sorted({*(line.value for line in kept), *(line.value + 1 for line in exact if not drawn)})


def _says_the_same(target: Line, other: Line) -> bool:
    """Of what is counted, fewer than 20 is wanted where more than 19 warns: that is one line, the louder one's."""
    if target.level is not Level.TARGET or other.level is Level.TARGET:
        return False
    sides = (target.beyond, other.beyond)
    if sides == (Comparison.BELOW, Comparison.ABOVE):
        return other.value == target.value - 1
    return sides == (Comparison.ABOVE, Comparison.BELOW) and other.value == target.value + 1


def _colour_at(lines: Sequence[Line], value: float, side: int) -> str:
    """Of a point just above (1) or just below (-1) a value: the worst level it has reached."""
    reached = [line.level for line in lines if line.level is not Level.TARGET and _beyond(line, value, side)]
    if Level.CRITICAL in reached:
        return RED
    if reached:
        return ORANGE
    return GREEN if all(_beyond(line, value, side) for line in lines if line.level is Level.TARGET) else YELLOW


def _beyond(line: Line, value: float, side: int) -> bool:
    if line.beyond is Comparison.ABOVE:
        return value > line.value or (value == line.value and side > 0)
    if line.beyond is Comparison.BELOW:
        return value < line.value or (value == line.value and side < 0)
    if line.level is Level.TARGET:
        return value > line.value or (value == line.value and side > 0)
    return value == line.value if side > 0 else value <= line.value
