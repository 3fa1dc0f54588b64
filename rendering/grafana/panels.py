"""Panels: what Grafana's types are told, in one place, so that all dashboards look and read alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as dashboard_builders
from grafana_foundation_sdk.builders import logs, loki, prometheus, stat, timeseries
from grafana_foundation_sdk.models import common, dashboard

from rendering.grafana.lines import Figure, Level, Line
from rendering.grafana.settings import LOKI, PROMETHEUS
from systems.model import Comparison

GREEN, ORANGE, RED = "green", "orange", "red"
_COLOURS = {Level.TARGET: GREEN, Level.WARNING: ORANGE, Level.CRITICAL: RED}
_WIDTH, _NARROW, _HEIGHT = 12, 6, 8
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
    lines: tuple[Line, ...] = ()
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Now:
    """A figure at this moment, coloured by its lines."""

    title: str
    query: Query
    unit: str = "short"
    lines: tuple[Line, ...] = ()
    description: str = ""


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
        queries=(Query(figure.query, legend),),
        unit=figure.unit,
        lines=figure.lines,
        description=said(figure.lines),
    )


def now_of(figure: Figure) -> Now:
    query = Query(figure.query)
    return Now(title=figure.title, query=query, unit=figure.unit, lines=figure.lines, description=said(figure.lines))


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
        .span(_WIDTH)
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
    if panel.lines:
        drawn = drawn.thresholds(_steps(panel.lines)).thresholds_style(
            common_builders.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        )
    return drawn


def _now(panel: Now) -> stat.Panel:
    drawn = (
        stat.Panel()
        .title(panel.title)
        .description(panel.description)
        .datasource(_PROMETHEUS)
        .unit(panel.unit)
        .span(_NARROW)
        .height(_HEIGHT // 2)
        .graph_mode(common.BigValueGraphMode.AREA)
        .color_mode(common.BigValueColorMode.VALUE)
        .no_value("no answer")
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(_target(panel.query, 0))
    )
    return drawn.thresholds(_steps(panel.lines)) if panel.lines else drawn


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


def _steps(lines: Sequence[Line]) -> dashboard_builders.ThresholdsConfig:
    """Grafana colours from a value upward: below the lowest line the colour is that of its other side."""
    told = sorted({line.value for line in lines})
    below = [dashboard.Threshold(value=None, color=_colour_at(lines, told[0], -1))]
    above = [dashboard.Threshold(value=value, color=_colour_at(lines, value, 1)) for value in told]
    return dashboard_builders.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps([*below, *above])


def _colour_at(lines: Sequence[Line], value: float, side: int) -> str:
    """Of a point just above (1) or just below (-1) a value: the worst level it has reached."""
    reached = [line.level for line in lines if line.level is not Level.TARGET and _beyond(line, value, side)]
    if Level.CRITICAL in reached:
        return RED
    return ORANGE if reached else GREEN


def _beyond(line: Line, value: float, side: int) -> bool:
    if line.beyond is Comparison.ABOVE:
        return value > line.value or (value == line.value and side > 0)
    if line.beyond is Comparison.BELOW:
        return value < line.value or (value == line.value and side < 0)
    return value == line.value if side > 0 else value <= line.value
