"""Every documented alert and threshold: fires just beyond its line once it has held, and is quiet just before it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rendering.prometheus.rule import AlertRule, Group, rule_file
from rendering.prometheus.rules import groups
from systems import registry
from systems.model import System
from tests.rendering.prometheus.documented_lines import LINES, Line
from tests.rendering.prometheus.promtool import Fired, Scenario, Series, run

#: What does not hold at once needs the alert's span, and rates need some samples before it.
WARM_UP_SECONDS = 60
LONGEST_SECONDS = 900
RUNBOOKS = "https://runbooks.example"


def relevant(system: System) -> str:
    """The groups that documented lines are in: the others would only take time."""
    kept: list[Group] = [each for each in groups(system) if each.name in ("lifeline", "documented")]
    return rule_file(kept, RUNBOOKS)


def rule(system: System, line: Line) -> AlertRule:
    """The one rule with this name and level."""
    found = [
        each
        for group in groups(system)
        if group.name == "documented"
        for each in group.alerts
        if each.name == line.alert and each.severity.value == line.severity
    ]
    assert len(found) == 1, f"{system.name} has {len(found)} rules {line.alert} at level {line.severity}"
    return found[0]


def fired(system: System, line: Line, summary: str = "") -> Fired:
    drawn = rule(system, line)
    more = {"description": line.description or drawn.description, "action": drawn.action}
    labels = {
        "alertname": line.alert,
        "severity": line.severity,
        "priority": line.priority,
        "service": line.service,
        "owner": line.owner,
        "signal": drawn.signal,
        **dict(line.labels),
    }
    annotations = {
        "summary": summary or line.summary,
        "runbook_url": f"{RUNBOOKS}/{line.alert}.md",
        **{key: text for key, text in more.items() if text},
    }
    return Fired(labels, annotations)


def levels(system: System, line: Line, lines: Sequence[Line]) -> list[Fired]:
    """The level itself, and the milder one of the same alert with the value that both see."""
    if not line.lower:
        return [fired(system, line)]
    milder = next(each for each in lines if each.alert == line.alert and each.severity == "warning")
    value = line.summary.rpartition(", now ")[2]
    return [fired(system, line), fired(system, milder, f"{milder.summary.rpartition(', now ')[0]}, now {value}")]


def scenario(name: str, line: Line, series: tuple[Series, ...], expected: dict[int, list[Fired]]) -> Scenario:
    short = tuple(Series(each.name, each.start, each.step, LONGEST_SECONDS // 15) for each in series)
    return Scenario(f"{line.alert} {line.severity} {name}", short, line.alert, expected)


@pytest.mark.parametrize("name", sorted(LINES))
def test_each_documented_line_fires_beyond_and_is_quiet_before(name: str, promtool: Path, tmp_path: Path) -> None:
    system, scenarios = registry.load(name), list[Scenario]()
    for line in LINES[name]:
        due = line.holds + WARM_UP_SECONDS
        expected = {due: levels(system, line, LINES[name])}
        if line.holds and not line.lower:
            expected[line.holds - 15] = []
        scenarios.append(scenario("beyond", line, line.beyond, expected))
        if not line.lower:
            scenarios.append(scenario("before", line, line.before, {due: []}))
    assert run(promtool, tmp_path, relevant(system), scenarios) == ""


@pytest.mark.parametrize("name", sorted(LINES))
def test_just_before_a_critical_line_only_the_warning_fires(name: str, promtool: Path, tmp_path: Path) -> None:
    system, scenarios = registry.load(name), list[Scenario]()
    for line in LINES[name]:
        if line.lower:
            query = f'count by (severity) (ALERTS{{alertname="{line.alert}",alertstate="firing"}})'
            scenarios.append(Scenario(f"{line.alert} before", line.before, "none"))
            scenarios[-1].answers[line.holds + WARM_UP_SECONDS] = (query, ['{severity="warning"}'])
    assert run(promtool, tmp_path, relevant(system), scenarios) == ""


@pytest.mark.parametrize("name", sorted(LINES))
def test_the_table_by_hand_and_the_rules_name_the_same_alerts(name: str) -> None:
    """A line that one of the two lacks was forgotten, or invented."""
    system = registry.load(name)
    drawn = {
        (each.name, each.severity.value)
        for group in groups(system)
        if group.name == "documented"
        for each in group.alerts
    }
    by_hand = {(line.alert, line.severity) for line in LINES[name]}
    beside = {("PlatformDown", "critical"), ("DatabaseDown", "critical")}
    assert by_hand <= drawn
    assert drawn - by_hand <= beside
