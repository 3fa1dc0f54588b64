"""The CloudWatch dashboard of whoever was just woken: what is paged, then area by area what is near its line; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rendering.cloudwatch import Area, Line
from systems.model import Comparison, System

_WIDTH, _GRAPH_WIDTH, _GRAPH_HEIGHT = 24, 8, 6
_TITLES = {
    Area.CRISIS: "Crisis paths, asked from outside",
    Area.VISITORS: "Visitors",
    Area.DATABASE: "Database",
    Area.NETWORK: "Ways out",
    Area.UPKEEP: "Secrets and backups",
}


@dataclass(frozen=True)
class Watched:
    """One alarm's line with the resource it looks at."""

    line: Line
    dimensions: Mapping[str, str]
    region: str


def dashboard(system: System, region: str, paging_arns: Sequence[str], watched: Sequence[Watched]) -> str:
    """As JSON. Top left is the answer to "is it us?"; every graph carries the line at which somebody is told."""
    widgets: list[dict[str, object]] = [
        _text(_advice(system), 0, 3),
        _alarms("What is being paged", paging_arns, 3, 3),
    ]
    top = 6
    for area in Area:
        graphs = _graphs(area, watched)
        if not graphs:
            continue
        widgets.append(_text(f"## {_TITLES[area]}", top, 1))
        top += 1
        for index, graph in enumerate(graphs):
            column = index % (_WIDTH // _GRAPH_WIDTH)
            row = index // (_WIDTH // _GRAPH_WIDTH)
            place = {"x": column * _GRAPH_WIDTH, "y": top + row * _GRAPH_HEIGHT}
            widgets.append({"type": "metric", **place, "width": _GRAPH_WIDTH, "height": _GRAPH_HEIGHT, **graph})
        top += -(-len(graphs) // (_WIDTH // _GRAPH_WIDTH)) * _GRAPH_HEIGHT
    return json.dumps({"start": "-PT3H", "periodOverride": "inherit", "widgets": widgets})


def _advice(system: System) -> str:
    levels = "; ".join(
        f"**{each.name}** {each.meaning}: {_soon(each.response_seconds)}" for each in system.monitoring.priorities
    )
    told = [f"# {system.full_name}, {system.environment.value}", levels]
    if system.crisis is not None:
        told.append(f"Whatever fails, the crisis page stands: https://{system.edge.domain}{system.crisis.page_path}")
    return "\n\n".join(told)


def _soon(seconds: int) -> str:
    if seconds == 0:
        return "answer at once"
    return f"answer within {seconds // 60} min" if seconds < 7_200 else f"answer within {seconds // 3600} h"


def _text(markdown: str, top: int, height: int) -> dict[str, object]:
    return {
        "type": "text",
        "x": 0,
        "y": top,
        "width": _WIDTH,
        "height": height,
        "properties": {"markdown": markdown},
    }


def _alarms(title: str, arns: Sequence[str], top: int, height: int) -> dict[str, object]:
    place = {"x": 0, "y": top, "width": _WIDTH, "height": height}
    return {"type": "alarm", **place, "properties": {"title": title, "alarms": list(arns)}}


def _graphs(area: Area, watched: Sequence[Watched]) -> list[dict[str, object]]:
    """One graph for each metric, with all resources and all lines of it."""
    by_metric: dict[tuple[str, str, str, str], list[Watched]] = {}
    for each in watched:
        if each.line.area is area:
            key = (each.line.namespace, each.line.metric, each.line.statistic, each.region)
            by_metric.setdefault(key, []).append(each)
    return [_graph(*key, found) for key, found in by_metric.items()]


def _graph(namespace: str, metric: str, statistic: str, region: str, found: Sequence[Watched]) -> dict[str, object]:
    metrics: dict[str, list[object]] = {}
    for each in found:
        pairs = [word for pair in each.dimensions.items() for word in pair]
        metrics[json.dumps(pairs)] = [namespace, metric, *pairs]
    lines = {(each.line.limit, each.line.urgency.value, each.line.comparison) for each in found}
    shares = any(each.line.percent_of for each in found)
    properties: dict[str, object] = {
        "title": metric,
        "region": region,
        "stat": statistic,
        "period": 60,
        "view": "timeSeries",
        "metrics": list(metrics.values()),
    }
    if not shares:
        properties["annotations"] = {
            "horizontal": [
                {"value": limit, "label": urgency, "fill": "above" if side is Comparison.ABOVE else "below"}
                for limit, urgency, side in sorted(lines)
            ]
        }
    return {"properties": properties}
