"""What applications tell and no document limits: it is drawn as well, or nobody would see that it is told."""

import re
from collections.abc import Iterable

from rendering.grafana.panels import Course, Now, Panel, Query, Row, Words
from rendering.grafana.titles import TITLES
from rendering.metrics_of_applications import application_metrics, json_metrics
from rendering.metrics_table import Kind, Metric
from systems.model import System

#: A moment is no figure; requests are counted at the balancer.
_NOT_DRAWN = frozenset({"process_start_time_seconds", "http_requests_total"})


def rest(system: System, drawn: Iterable[Panel]) -> tuple[Row, ...]:
    """A course for each metric that none of these panels asks for."""
    asked = {word for panel in drawn for query in _queries(panel) for word in re.findall(r"[a-z0-9_]+", query)}
    told = [each for each in (*application_metrics(system), *json_metrics(system)) if each.name not in _NOT_DRAWN]
    left = [each for each in told if not {each.name, f"{each.name}_sum", f"{each.name}_bucket"} & asked]
    return (Row(title="Told by the application", panels=tuple(_course(each) for each in left)),) if left else ()


def _queries(panel: Panel) -> tuple[str, ...]:
    if isinstance(panel, Words):
        return ()
    return (panel.query.expression,) if isinstance(panel, Now) else tuple(each.expression for each in panel.queries)


def _course(metric: Metric) -> Course:
    named = {signal.value: title for signal, title in TITLES.items()}
    plain = metric.name.removesuffix("_total")
    title = named.get(plain) or plain.removesuffix("_seconds").replace("_", " ").capitalize()
    query = f"max({metric.name})"
    if metric.kind is Kind.HISTOGRAM:
        query = f"sum(rate({metric.name}_sum[5m])) / sum(rate({metric.name}_count[5m]))"
    if metric.kind is Kind.COUNTER:
        query = f"round(sum(increase({metric.name}[5m])))"
    return Course(title=title, queries=(Query(query, title),), unit=_unit(metric.name))


def _unit(name: str) -> str:
    return "percent" if name.endswith("_percent") else "s" if name.endswith("_seconds") else "short"
