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
from rendering.grafana import lines, panels
from rendering.grafana.dashboards import dashboards, pages
from rendering.grafana.lines import Level, Line
from rendering.grafana.panels import Course, Now, Words
from rendering.grafana.settings import LOKI, PROMETHEUS
from rendering.metrics_catalogue import series
from rendering.prometheus.rules import groups
from systems import registry
from systems.model import Comparison, Environment, Statistic, System
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


@pytest.mark.parametrize(
    ("told", "colours"),
    [
        ([(Level.WARNING, 70, ">"), (Level.CRITICAL, 85, ">")], [(None, "green"), (70, "orange"), (85, "red")]),
        ([(Level.WARNING, 70, "<"), (Level.CRITICAL, 50, "<")], [(None, "red"), (50, "orange"), (70, "green")]),
        ([(Level.TARGET, 99, ">"), (Level.CRITICAL, 99, "<")], [(None, "red"), (99, "green")]),
        ([(Level.CRITICAL, 0, "==")], [(None, "red"), (0, "red")]),
        ([(Level.TARGET, 100, "=="), (Level.CRITICAL, 100, "<")], [(None, "red"), (100, "green")]),
    ],
    ids=["above", "below", "a target", "down", "exact"],
)
def test_colours_change_at_the_lines_and_to_the_worst_level_reached(
    told: list[tuple[Level, float, str]], colours: list[tuple[float | None, str]]
) -> None:
    drawn = [Line(level, value, Comparison(beyond), "a document") for level, value, beyond in told]
    panel = panels.built(Course(title="x", queries=(panels.Query("up"),), lines=tuple(drawn))).build()
    made = json.loads(JSONEncoder().encode(panel))
    steps = made["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step.get("value"), step["color"]) for step in steps] == colours
