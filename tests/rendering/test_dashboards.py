"""Dashboards say what the documents say: their lines, their figures, and nothing that nobody exports."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import dashboard as models

from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.toolchain.table import CHECKERS
from rendering.grafana import lines, panels, titles
from rendering.grafana.dashboards import dashboards, pages
from rendering.grafana.lines import Level, Line
from rendering.grafana.panels import Course, Now, Words
from rendering.grafana.settings import LOKI, PROMETHEUS
from rendering.metrics_catalogue import series
from rendering.metrics_of_applications import application_metrics, json_metrics
from rendering.prometheus.rules import groups
from systems import registry
from systems.model import Comparison, Environment, Signal, Statistic, System
from tests.rendering.prometheus.test_catalogue import names_in

SYSTEMS = sorted(registry.names())
ASKED_FOR = {"platform", "database", "cache", "edge", "objectives", "backups", "monitoring"}


@cache
def load(name: str) -> System:
    return registry.load(name, Environment.PRODUCTION)


@cache
def rendered(name: str) -> dict[str, dict[str, Any]]:
    return {file: json.loads(text) for file, text in dashboards(load(name)).items()}


def queries(name: str) -> dict[str, str]:
    """`page: panel` -> PromQL."""
    found: dict[str, str] = {}
    for page in pages(load(name)):
        for panel in page.panels:
            asked = () if isinstance(panel, Words) else (panel.query,) if isinstance(panel, Now) else panel.queries
            for query in asked:
                found[f"{page.key}: {panel.title} {query.legend}"] = query.expression
    return found


@pytest.mark.parametrize("name", SYSTEMS)
def test_there_is_a_page_for_each_part_and_for_crisis_where_there_can_be_one(name: str) -> None:
    there = {file.removesuffix(".json") for file in rendered(name)}
    assert there == ASKED_FOR | ({"crisis"} if load(name).crisis else set())


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_metric_in_a_panel_is_exported_or_recorded(name: str) -> None:
    system = load(name)
    known = series(system).keys() | {each.name for group in groups(system) for each in group.recordings}
    unknown = {where: names_in(query) - known for where, query in queries(name).items() if names_in(query) - known}
    assert unknown == {}


def test_every_query_is_promql(tmp_path: Path) -> None:
    promtool = toolchain.ensure(Silent(), ["promtool"], tools=CHECKERS)["promtool"]
    rules = [
        {"record": f"panel:{number}", "expr": query}
        for number, query in enumerate(query for name in SYSTEMS for query in queries(name).values())
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    checked = subprocess.run([promtool, "check", "rules", "--lint=none", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(rules)} rules found" in checked.stdout


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_documented_line_is_drawn_with_its_own_value(name: str) -> None:
    """Read off the spec once more, in other words than the dashboards do."""
    system = load(name)
    drawn = {
        (panel.title, line.level, line.value)
        for page in pages(system)
        for panel in page.panels
        if isinstance(panel, Course)
        for line in panel.lines
    }
    titles = {(each.signal, each.statistic): each.title for each in lines.figures(system)}
    for threshold in system.monitoring.thresholds:
        for level in Level:
            condition = getattr(threshold, level.value)
            if condition and condition.statistic is not Statistic.COUNT:
                title = titles[condition.signal, condition.statistic]
                assert (title, level, condition.limit) in drawn, f"{threshold.name}: {level} {condition}"
    for alert in system.monitoring.alerts:
        condition = alert.condition
        title = titles[condition.signal, condition.statistic]
        assert condition.limit in {value for named, _, value in drawn if named == title}, alert.name


@pytest.mark.parametrize("name", SYSTEMS)
def test_grafanas_own_types_read_what_was_written(name: str) -> None:
    """Written, read by the library's models and written again: what a model does not know would be lost."""
    register_default_plugins()
    for file, made in rendered(name).items():
        again = json.loads(JSONEncoder().encode(models.Dashboard.from_json(made)))
        assert again == made, file


@pytest.mark.parametrize("name", SYSTEMS)
def test_pages_have_names_of_their_own_and_panels_numbers_and_places(name: str) -> None:
    made = rendered(name)
    assert len({page["uid"] for page in made.values()}) == len(made)
    for page in made.values():
        assert len(page["uid"]) <= 40
        assert page["editable"] is False
        assert page["timezone"] == "utc"
        numbers = [panel["id"] for panel in page["panels"]]
        assert len(set(numbers)) == len(numbers)
        places = [(panel["gridPos"].get("x", 0), panel["gridPos"].get("y", 0)) for panel in page["panels"]]
        assert len(set(places)) == len(places), page["title"]
        asked = {panel["datasource"]["uid"] for panel in page["panels"] if panel["type"] != "row"}
        assert asked <= {PROMETHEUS, LOKI}


COLOURS = {
    "above": (
        [(Level.WARNING, 70, ">"), (Level.CRITICAL, 85, ">")],
        [(None, "green"), (70, "orange"), (85, "red")],
        [(None, "green"), (70, "orange"), (85, "red")],
    ),
    "below": (
        [(Level.WARNING, 70, "<"), (Level.CRITICAL, 50, "<")],
        [(None, "red"), (50, "orange"), (70, "green")],
        [(None, "red"), (50, "orange"), (70, "transparent")],
    ),
    "a target and its opposite": (
        [(Level.TARGET, 99, ">"), (Level.CRITICAL, 99, "<")],
        [(None, "red"), (99, "green")],
        [(None, "red"), (99, "transparent")],
    ),
    "a target alone": (
        [(Level.TARGET, 99.99, ">")],
        [(None, "yellow"), (99.99, "green")],
        [(None, "yellow"), (99.99, "transparent")],
    ),
    "a target before the warning": (
        [(Level.TARGET, 2, "<"), (Level.WARNING, 3, ">")],
        [(None, "green"), (2, "yellow"), (3, "orange")],
        [(None, "green"), (2, "yellow"), (3, "orange")],
    ),
    "one line told twice": (
        [(Level.WARNING, 19, ">"), (Level.TARGET, 20, "<")],
        [(None, "green"), (19, "orange")],
        [(None, "green"), (19, "orange")],
    ),
    "one lower line told twice": (
        [(Level.WARNING, 20, "<"), (Level.TARGET, 19, ">")],
        [(None, "orange"), (20, "green")],
        [(None, "orange"), (20, "transparent")],
    ),
    "down": (
        [(Level.CRITICAL, 0, "==")],
        [(None, "red"), (0, "red"), (1, "green")],
        [(None, "red"), (0, "red")],
    ),
    "exact": (
        [(Level.TARGET, 100, "=="), (Level.CRITICAL, 100, "<")],
        [(None, "red"), (100, "green")],
        [(None, "red"), (100, "transparent")],
    ),
}


def told(name: str) -> tuple[Line, ...]:
    return tuple(Line(level, value, Comparison(beyond), "a document") for level, value, beyond in COLOURS[name][0])


def written(panel: panels.Panel) -> dict[str, Any]:
    return json.loads(JSONEncoder().encode(panels.built(panel).build()))


def steps_of(panel: panels.Panel) -> list[tuple[float | None, str]]:
    defaults = written(panel)["fieldConfig"]["defaults"]
    return [(step.get("value"), step["color"]) for step in defaults["thresholds"]["steps"]]


@pytest.mark.parametrize("name", COLOURS)
def test_a_figure_has_the_colour_of_the_worst_level_it_has_reached(name: str) -> None:
    assert steps_of(Now(title="x", query=panels.Query("up"), lines=told(name))) == COLOURS[name][1]


@pytest.mark.parametrize("name", COLOURS)
def test_a_line_in_a_graph_has_the_colour_of_its_bad_side(name: str) -> None:
    """Grafana gives a line the colour of the step above it, or, below one that is transparent, of the step under it."""
    assert steps_of(Course(title="x", queries=(panels.Query("up"),), lines=told(name))) == COLOURS[name][2]


def test_what_nobody_has_limited_has_no_colour() -> None:
    """Grafana's own default is red from 80 on: days until a certificate ends, gigabytes left."""
    assert steps_of(Now(title="x", query=panels.Query("up"))) == [(None, "text")]


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_line_is_in_view_whatever_the_figure_is(name: str) -> None:
    """Grafana's axes follow the data: a line beyond them would be drawn when it is too late."""
    for file, made in rendered(name).items():
        for panel in made["panels"]:
            if panel["type"] != "timeseries":
                continue
            defaults = panel["fieldConfig"]["defaults"]
            lowest = defaults.get("min", defaults["custom"].get("axisSoftMin"))
            highest = defaults.get("max", defaults["custom"].get("axisSoftMax"))
            values = [step["value"] for step in defaults.get("thresholds", {"steps": []})["steps"] if step.get("value")]
            assert lowest is not None, f"{file}: {panel['title']}"
            assert all(lowest < value <= highest for value in values), f"{file}: {panel['title']}"


#: What each document wants on a dashboard, and words of a query on the page where it is.
WANTED = {
    ("astral-core-v2", "load of nodes"): ("platform", "node_cpu_seconds_total"),
    ("astral-core-v2", "database statements"): ("database", "pg_stat_statements_calls_total"),
    ("astral-core-v2", "cache latency"): ("cache", "redis_commands_duration_seconds_total"),
    ("astral-core-v7", "cache hits"): ("cache", "cache_hit_percent"),
    ("astral-core-v7", "largest paint"): ("platform", "largest_paint_seconds"),
    ("astral-core-v7", "layout shift"): ("platform", "layout_shift"),
    ("astral-core-v7", "answer to a touch"): ("platform", "interaction_seconds"),
    ("astral-draft", "performance"): ("platform", "http_request_duration_seconds_sum"),
    ("astral-draft", "errors"): ("platform", "lifeline:failures:rate1m"),
    ("astral-draft", "resources"): ("platform", "container_memory_working_set_bytes"),
    ("astral-draft", "slow statements"): (
        "database",
        "topk(10, sum by (queryid) (rate(pg_stat_statements_seconds_total",
    ),
    ("being", "crisis"): ("crisis", "crisis_detection_percent"),
    ("being", "speed"): ("crisis", "crisis_button_seconds_bucket"),
    ("being", "accuracy"): ("crisis", "phq9_accuracy_percent"),
    ("tdah-assistant", "database performance"): ("database", "pg_stat_statements_seconds_total"),
    ("tdah-assistant", "memory"): ("platform", "node_memory_MemAvailable_bytes"),
    ("tdah-assistant", "disk of the database"): ("database", "aws_rds_write_iops_average"),
    ("tdah-assistant", "disk of nodes"): ("platform", "node_disk_written_bytes_total"),
}


@pytest.mark.parametrize(("name", "what"), WANTED)
def test_what_documents_want_to_see_is_on_its_page(name: str, what: str) -> None:
    page, words = WANTED[name, what]
    shown = [
        target.get("expr", "")
        for panel in rendered(name)[f"{page}.json"]["panels"]
        for target in panel.get("targets", ())
    ]
    assert any(words in query for query in shown)


@pytest.mark.parametrize("name", SYSTEMS)
def test_whatever_an_application_tells_is_drawn_somewhere(name: str) -> None:
    asked = " ".join(queries(name).values())
    silent = {"process_start_time_seconds", "http_requests_total"}
    told_metrics = (*application_metrics(load(name)), *json_metrics(load(name)))
    assert [each.name for each in told_metrics if each.name not in silent and each.name not in asked] == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_series_is_called_by_its_query(name: str) -> None:
    """Grafana names a series without labels by its whole expression, which no legend has room for."""
    for file, made in rendered(name).items():
        for panel in made["panels"]:
            for target in panel.get("targets", ()):
                if panel["type"] == "timeseries":
                    assert target.get("legendFormat"), f"{file}: {panel['title']}"


def test_every_signal_has_a_title_for_people() -> None:
    assert titles.TITLES.keys() == set(Signal)
    assert len(set(titles.TITLES.values())) == len(titles.TITLES)


def test_a_percentage_is_shown_finer_than_its_line() -> None:
    """99.86 % shown as 99.9 % would seem to keep the 99.9 % that it misses."""
    lines_told = (Line(Level.WARNING, 99.9, Comparison.BELOW, "a document"),)
    panel = Now(title="x", query=panels.Query("up"), unit="percent", lines=lines_told)
    assert written(panel)["fieldConfig"]["defaults"]["decimals"] == 2
