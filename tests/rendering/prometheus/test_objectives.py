"""Error budgets: each pair of windows fires just above its rate, is quiet just below, and needs both windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rendering.prometheus.rule import rule_file
from rendering.prometheus.rules import groups
from systems import registry
from tests.rendering.prometheus.promtool import Scenario, Series, answers, gauge, run, times

RATES = ("14.4", "6", "3", "1")
HOUR = 3_600

#: By hand: system, objective, alert, and the share of bad events at which each rate is reached, in per cent.
BUDGETS = (
    ("astral-core-v2", "platform", "PlatformBudgetBurning", (1.44, 0.6, 0.3, 0.1)),
    ("astral-core-v7", "platform", "PlatformBudgetBurning", (1.44, 0.6, 0.3, 0.1)),
    ("astral-draft", "platform", "PlatformBudgetBurning", (1.44, 0.6, 0.3, 0.1)),
    ("being", "platform", "PlatformBudgetBurning", (1.44, 0.6, 0.3, 0.1)),
    ("tdah-assistant", "platform", "PlatformBudgetBurning", (8.64, 3.6, 1.8, 0.6)),
    ("astral-core-v2", "crisis page", "CrisisPageBudgetBurning", (0.144, 0.06, 0.03, 0.01)),
    ("astral-core-v2", "crisis endpoints", "CrisisEndpointsBudgetBurning", (72, 30, 15, 5)),
    ("astral-core-v7", "every request", "EveryRequestBudgetBurning", (72, 30, 15, 5)),
    ("astral-draft", "every request", "EveryRequestBudgetBurning", (72, 30, 15, 5)),
    ("tdah-assistant", "requests", "RequestsBudgetBurning", (72, 30, 15, 5)),
    ("being", "crisis response", "CrisisResponseBudgetBurning", (72, 30, 15, 5)),
    ("being", "crisis button", "CrisisButtonBudgetBurning", (72, 30, 15, 5)),
    ("being", "app launch", "AppLaunchBudgetBurning", (72, 30, 15, 5)),
    ("being", "assessment loading", "AssessmentLoadingBudgetBurning", (72, 30, 15, 5)),
    ("being", "check-in transitions", "CheckInTransitionsBudgetBurning", (72, 30, 15, 5)),
)
#: What is measured for each alert, as histogram, labels and limit; the others are answers or probes.
TIMES = {
    ("astral-core-v2", "CrisisEndpointsBudgetBurning"): (
        "http_request_duration_seconds",
        'job="astral-web",path="/api/crisis/chat"',
        "1.0",
    ),
    ("astral-core-v7", "EveryRequestBudgetBurning"): ("http_request_duration_seconds", 'job="astral-core-v7"', "1.0"),
    ("astral-draft", "EveryRequestBudgetBurning"): ("http_request_duration_seconds", 'job="astraldraft-web"', "1.0"),
    ("tdah-assistant", "RequestsBudgetBurning"): (
        "http_request_duration_seconds",
        'job="personal_assistant_api"',
        "1.0",
    ),
    ("being", "CrisisResponseBudgetBurning"): (
        "http_request_duration_seconds",
        'job="being-api",path="/crisis/chat"',
        "0.2",
    ),
    ("being", "CrisisButtonBudgetBurning"): ("crisis_button_seconds", "", "0.2"),
    ("being", "AppLaunchBudgetBurning"): ("app_launch_seconds", "", "2.0"),
    ("being", "AssessmentLoadingBudgetBurning"): ("assessment_load_seconds", "", "0.3"),
    ("being", "CheckInTransitionsBudgetBurning"): ("check_in_seconds", "", "0.5"),
}


def objectives(name: str) -> str:
    kept = [each for each in groups(registry.load(name)) if each.name in ("lifeline", "objectives")]
    return rule_file(kept, "runbooks")


def bad(system: str, alert: str, percent: float) -> tuple[Series, ...]:
    if alert == "PlatformBudgetBurning":
        return answers(percent)
    if alert == "CrisisPageBudgetBurning":
        name = 'aws_route53_health_check_percentage_healthy_average{tag_Name="astral-crisis-page"}'
        return gauge(name, 100 - percent)
    metric, labels, limit = TIMES[system, alert]
    return times(metric, labels, limit, 100 - percent)


def firing(name: str, series: tuple[Series, ...], alert: str, second: int, rates: Iterable[str]) -> Scenario:
    """`rates` are those whose alerts must fire, and no other."""
    scenario = Scenario(name, series, "none")
    query = f'count by (burn) (ALERTS{{alertname="{alert}",alertstate="firing"}})'
    scenario.answers[second] = (query, [f'{{burn="{rate}"}}' for rate in rates])
    return scenario


def stretched(series: tuple[Series, ...], hours: float) -> tuple[Series, ...]:
    return tuple(Series(each.name, each.start, each.step, int(hours * HOUR / 15)) for each in series)


@pytest.mark.parametrize("name", sorted({each[0] for each in BUDGETS}))
def test_every_rate_fires_just_above_its_share_and_not_just_below(name: str, promtool: Path, tmp_path: Path) -> None:
    """All objectives of a platform at once: what each fires says its name."""
    mine, scenarios = [each for each in BUDGETS if each[0] == name], list[Scenario]()
    for place, rate in enumerate(RATES):
        for factor, fires in ((1.01, RATES[place:]), (0.99, RATES[place + 1 :])):
            measured = [bad(name, alert, shares[place] * factor) for _, _, alert, shares in mine]
            series = stretched(tuple(each for found in measured for each in found), 0.25)
            scenario = Scenario(f"{factor:g} times the share of {rate}", series, "none")
            query = 'count by (alertname, burn) (ALERTS{alertname=~".*BudgetBurning",alertstate="firing"})'
            expected = [f'{{alertname="{alert}",burn="{burn}"}}' for _, _, alert, _ in mine for burn in fires]
            scenario.answers[840] = (query, expected)
            scenarios.append(scenario)
    assert run(promtool, tmp_path, objectives(name), scenarios, evaluation_seconds=60) == ""


def test_every_objective_with_a_budget_is_in_the_table() -> None:
    promised = {
        (name, each.name)
        for name in registry.names()
        for each in registry.load(name).objectives.availability
        if not each.any_failure_alerts
    }
    promised |= {
        (name, each.name)
        for name in registry.names()
        for each in registry.load(name).objectives.responses
        if each.quantile is not None
    }
    assert promised == {(system, objective) for system, objective, _, _ in BUDGETS}


#: Rate, long window and short window in hours.
WINDOWS = (("14.4", 1, 1 / 12), ("6", 6, 0.5), ("3", 24, 2), ("1", 72, 6))
#: How often the rules are evaluated: a few times in the short window.
EVERY_SECONDS = {"14.4": 60, "6": 120, "3": 300, "1": 900}


@pytest.mark.parametrize(("rate", "long", "short"), WINDOWS, ids=[each[0] for each in WINDOWS])
def test_what_is_over_does_not_fire_any_more(
    rate: str, long: float, short: float, promtool: Path, tmp_path: Path
) -> None:
    """The long window is still over its line; the short one has seen nothing bad since."""
    began, ended = 0.5 * long, 0.5 * long + 1.2 * short
    series = _phases(((began, 30.0), (ended - began, 0.0)))
    last = int(ended * HOUR)
    query = _is_firing(rate)
    scenario = Scenario(f"burn {rate} is over", series, "none", step_seconds=30)
    scenario.answers[int(began * HOUR)] = (query, ["{}"])
    scenario.answers[last] = (query, [])
    assert (
        run(promtool, tmp_path, objectives("astral-core-v2"), [scenario], evaluation_seconds=EVERY_SECONDS[rate]) == ""
    )


@pytest.mark.parametrize(("rate", "long", "short"), WINDOWS, ids=[each[0] for each in WINDOWS])
def test_a_short_burst_after_a_long_calm_does_not_fire(
    rate: str, long: float, short: float, promtool: Path, tmp_path: Path
) -> None:
    """The short window is over its line at once, the long one not before the budget is really burning."""
    share = float(rate) * 0.1 * 1.5
    series = _phases(((long, 0.0), (short, share), (long, share)))
    scenario = Scenario(f"burst at {rate}", series, "none", step_seconds=30)
    scenario.answers[int((long + short) * HOUR)] = (_is_firing(rate), [])
    scenario.answers[int((2 * long + short) * HOUR)] = (_is_firing(rate), ["{}"])
    assert (
        run(promtool, tmp_path, objectives("astral-core-v2"), [scenario], evaluation_seconds=EVERY_SECONDS[rate]) == ""
    )


def _is_firing(rate: str) -> str:
    return f'count(ALERTS{{alertname="PlatformBudgetBurning",alertstate="firing",burn="{rate}"}})'


def _phases(phases: tuple[tuple[float, float], ...]) -> tuple[Series, ...]:
    """100 answers a second for so many hours each, with so many per cent failing."""
    name = 'haproxy_frontend_http_responses_total{proxy="public",code="%s"}'
    good = tuple((int(hours * HOUR / 30), 30 * (100 - percent)) for hours, percent in phases)
    failed = tuple((int(hours * HOUR / 30), 30 * percent) for hours, percent in phases)
    return (Phases(name % "2xx", 0, phases=good), Phases(name % "5xx", 0, phases=failed))


@dataclass(frozen=True)
class Phases(Series):
    """A counter that grows by so much with each of so many samples, then by something else."""

    phases: tuple[tuple[int, float], ...] = ()

    def written(self) -> dict[str, str]:
        parts, value = list[str](), 0.0
        for samples, step in self.phases:
            parts.append(f"{value + step:.10g}+{step:.10g}x{samples - 1}")
            value += step * samples
        return {"series": self.name, "values": " ".join(parts)}


def test_too_few_requests_say_nothing(promtool: Path, tmp_path: Path) -> None:
    """One answer in 16 s, every one a failure: 18.75 in five minutes are too few, half an hour has enough."""
    series = stretched(answers(100, per_second=1 / 16), 0.5)
    scenario = firing("few requests", series, "PlatformBudgetBurning", 1_740, ("6", "3", "1"))
    assert run(promtool, tmp_path, objectives("astral-core-v2"), [scenario], evaluation_seconds=60) == ""


def test_an_announced_maintenance_spends_nothing_of_a_budget_that_excludes_it(promtool: Path, tmp_path: Path) -> None:
    """Astral Draft (DRAFT-D09): announced a day before, inside the window of 7 to 10 UTC; else it counts."""
    announced = 'kube_configmap_labels{configmap="traffic",label_lifeline_dev_maintenance="announced"}'
    down, samples = _phases(((31, 0.0), (1, 100.0))), 32 * 120
    scenarios = list[Scenario]()
    for name, label, fires in (
        ("announced a day before", (Series(announced, 1, 0, samples),), []),
        ("not announced", (), ["{}"]),
        ("announced an hour before", (Late(announced, 30 * 120, samples),), ["{}"]),
    ):
        scenario = Scenario(name, (*down, *label), "none", step_seconds=30)
        scenario.answers[31 * HOUR + HOUR // 2] = (_is_firing("6"), fires)
        scenarios.append(scenario)
    assert run(promtool, tmp_path, objectives("astral-draft"), scenarios, evaluation_seconds=300) == ""


class Late(Series):
    """1, from some sample on."""

    def __init__(self, name: str, first: int, last: int) -> None:
        super().__init__(name, first, 0, last - first)

    def written(self) -> dict[str, str]:
        return {"series": self.name, "values": f"_x{self.start:g} 1+0x{self.samples}"}
