"""Panels: what Grafana's types are told, in one place, so that all dashboards look and read alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import logs, loki, prometheus, stat, timeseries
from grafana_foundation_sdk.models import common

from rendering.grafana.colours import plain, steps
from rendering.grafana.lines import YES_NO, Figure, Line
from rendering.grafana.settings import LOKI, PROMETHEUS

_WIDTH, _NARROW, _HEIGHT = 12, 6, 8
_FIGURE_SIZE = 38
_PROMETHEUS = common.DataSourceRef(type_val="prometheus", uid=PROMETHEUS)
_LOKI = common.DataSourceRef(type_val="loki", uid=LOKI)


@dataclass(frozen=True)
class Query:
    """PromQL, and what its series are called; `{{label}}` stands for a label's value."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, kw_only=True)
class Course:
    """A figure over time."""

    title: str
    queries: tuple[Query, ...]
    unit: str = "short"
    pieces: bool = False
    """Counted in whole numbers."""
    lines: tuple[Line, ...] = ()
    description: str = ""
    width: int = _WIDTH


@dataclass(frozen=True, kw_only=True)
class Now:
    """A figure at this moment, coloured by its lines."""

    title: str
    query: Query
    unit: str = "short"
    lines: tuple[Line, ...] = ()
    description: str = ""
    tall: bool = False
    """As high as what stands beside it."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """Lines of logs."""

    title: str
    selector: str


Panel = Course | Now | Words


@dataclass(frozen=True, kw_only=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...] = field(default_factory=tuple)


def course_of(figure: Figure, legend: str = "") -> Course:
    """A documented figure with its documented lines."""
    return Course(
        title=figure.title,
        # A series without labels would bear its whole query as its name.
        queries=(Query(figure.query, legend or figure.title),),
        unit=figure.unit,
        pieces=_counted(figure),
        lines=figure.lines,
        description=said(figure.lines),
    )


def now_of(figure: Figure) -> Now:
    query = Query(figure.query)
    return Now(title=figure.title, query=query, unit=figure.unit, lines=figure.lines, description=said(figure.lines))


def _counted(figure: Figure) -> bool:
    return figure.unit == "short" and all(float(line.value).is_integer() for line in figure.lines)


def said(lines: Sequence[Line]) -> str:
    """The lines in words, for whoever asks a panel what its colours mean."""
    return "; ".join(f"{line.level} {line.beyond} {line.value:g} ({line.source})" for line in lines)


def built(panel: Panel) -> timeseries.Panel | stat.Panel | logs.Panel:
    if isinstance(panel, Course):
        return _course(panel)
    return _now(panel) if isinstance(panel, Now) else _words(panel)


def _course(panel: Course) -> timeseries.Panel:
    drawn = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.description)
        .datasource(_PROMETHEUS)
        .unit(panel.unit)
        .span(panel.width)
        .height(_HEIGHT)
        .line_width(2)
        .fill_opacity(8)
        .span_nulls(False)
        .show_points(common.VisibilityMode.NEVER)
        .legend(
            common_builders.VizLegendOptions()
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common_builders.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI))
    )
    for number, query in enumerate(panel.queries):
        drawn = drawn.with_target(_target(query, number))
    drawn = _with_bounds(drawn, panel)
    if panel.lines:
        dashed = common_builders.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        drawn = drawn.thresholds(steps(panel.lines, drawn=True)).thresholds_style(dashed)
    return drawn


def _with_bounds(drawn: timeseries.Panel, panel: Course) -> timeseries.Panel:
    """Grafana leaves out lines that lie beyond the data, and stretches small waves to the panel's height."""
    if panel.unit == YES_NO:
        # Areas one over the other hide which of them is missing.
        return drawn.min(0).max(1).decimals(0).fill_opacity(0)
    if panel.pieces:
        drawn = drawn.decimals(0)
    whole = {"percent": 100.0, "percentunit": 1.0}.get(panel.unit)
    values = [line.value for line in panel.lines]
    if whole and values and min(values) >= 0.9 * whole and all(line.wants_more for line in panel.lines):
        # So much below the lowest line as there is above it, and a little where there is nothing above.
        return drawn.axis_soft_min(min(values) - max(whole - min(values), 0.01 * whole)).axis_soft_max(whole)
    drawn = drawn.axis_soft_min(0)
    if values:
        highest = 1.15 * max(values)
        return drawn.axis_soft_max(min(highest, whole) if whole else highest)
    return drawn.axis_soft_max(1) if panel.pieces or panel.unit == "percentunit" else drawn


def _now(panel: Now) -> stat.Panel:
    drawn = (
        stat.Panel()
        .title(panel.title)
        .description(panel.description)
        .datasource(_PROMETHEUS)
        .unit(panel.unit)
        .span(_NARROW)
        .height(_HEIGHT if panel.tall else _HEIGHT // 2)
        .graph_mode(common.BigValueGraphMode.AREA)
        .color_mode(common.BigValueColorMode.VALUE)
        .no_value("no answer")
        .text(common_builders.VizTextDisplayOptions().value_size(_FIGURE_SIZE))
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(_target(panel.query, 0))
    )
    if panel.unit == "percent" and panel.lines:
        drawn = drawn.decimals(_decimals(panel.lines))
    # Without a word about it Grafana paints everything above 80 red, gigabytes as well as days.
    return drawn.thresholds(steps(panel.lines) if panel.lines else plain())


def _decimals(lines: Sequence[Line]) -> int:
    """One more than its lines have: 99.86 % must not be shown as the 99.9 % that it misses."""
    return 1 + max(len(f"{line.value:g}".partition(".")[2]) for line in lines)


def _words(panel: Words) -> logs.Panel:
    query = loki.Dataquery().expr(panel.selector).query_type("range").ref_id("A").datasource(_LOKI)
    return (
        logs.Panel()
        .title(panel.title)
        .datasource(_LOKI)
        .span(24)
        .height(_HEIGHT)
        .show_time(True)
        .wrap_log_message(True)
        .with_target(query)
    )


def _target(query: Query, number: int) -> prometheus.Dataquery:
    asked = prometheus.Dataquery().expr(query.expression).ref_id("ABCDEFGH"[number]).datasource(_PROMETHEUS).range()
    return asked.legend_format(query.legend) if query.legend else asked
