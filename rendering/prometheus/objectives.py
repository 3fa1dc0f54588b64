"""Service level objectives: how fast each error budget burns, and any failure of promises that have no budget.

Two windows must agree: the long one says that it matters, the short one that it is still going on (SRE workbook).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rendering.prometheus import people, signals
from rendering.prometheus.checks import CRISIS_PAGE, crisis_check
from rendering.prometheus.recorded import FAILURES, REQUESTS
from rendering.prometheus.rule import AlertRule, Group, Recording
from systems.model import AvailabilityObjective, ResponseObjective, Severity, Signal, System

#: Rate of burning (1 uses up the budget in exactly the objective's days), long window, short window, and how loud.
BURNS = (
    (14.4, "1h", "5m", Severity.CRITICAL),
    (6.0, "6h", "30m", Severity.CRITICAL),
    (3.0, "1d", "2h", Severity.WARNING),
    (1.0, "3d", "6h", Severity.WARNING),
)
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
_SECONDS = {"5m": 300, "30m": 1_800, "2h": 7_200, "6h": 21_600}
#: Fewer events than this in the short window say nothing: one failure of three is no trend.
MINIMUM_EVENTS = 20
BAD, ALL, SHARE = "lifeline:objective_bad:rate1m", "lifeline:objective_all:rate1m", "lifeline:objective_bad:share"

#: Response objectives of machines, by the words of their names.
_MEASURED_BY = (
    ("crisis button", Signal.CRISIS_BUTTON_SECONDS),
    ("crisis", Signal.CRISIS_ENDPOINT_SECONDS),
    ("app launch", Signal.APP_LAUNCH_SECONDS),
    ("assessment", Signal.ASSESSMENT_LOAD_SECONDS),
    ("check-in", Signal.CHECK_IN_SECONDS),
    ("request", Signal.RESPONSE_SECONDS),
)


@dataclass(frozen=True)
class Budget:
    """One objective as shares of bad events, and what it may spend."""

    name: str
    share: float
    bad: str
    all: str
    signal: Signal
    counted: bool
    """Requests are counted and may be too few; checks come as regularly as a clock."""
    pages: bool

    @property
    def alert(self) -> str:
        return "".join(word.capitalize() for word in self.name.replace("-", " ").split()) + "BudgetBurning"


def group(system: System) -> Group:
    found = tuple(budgets(system))
    recordings = tuple(each for budget in found for each in _recordings(budget))
    burning = tuple(alert for budget in found for alert in _burning(system, budget))
    return Group("objectives", recordings, (*burning, *_any_failure(system)))


def budgets(system: System) -> Iterator[Budget]:
    for objective in system.objectives.availability:
        if not objective.any_failure_alerts:
            yield _availability(objective)
    for response in system.objectives.responses:
        if response.quantile is not None:
            yield _response(system, response, response.quantile)


def _availability(objective: AvailabilityObjective) -> Budget:
    share = (100 - objective.target_percent) / 100
    if objective.name != CRISIS_PAGE:
        return Budget(objective.name, share, FAILURES, REQUESTS, Signal.UPTIME_PERCENT, counted=True, pages=True)
    answered = (
        'min(aws_route53_health_check_percentage_healthy_average{tag_Name=~".+-crisis-page"} / 100'
        f' or on () probe_success{{check="{CRISIS_PAGE}"}})'
    )
    return Budget(objective.name, share, f"1 - {answered}", f"{answered} * 0 + 1", Signal.CRISIS_UP, False, True)


def _response(system: System, objective: ResponseObjective, quantile: float) -> Budget:
    signal = measured_by(objective.name)
    own = signal not in (Signal.RESPONSE_SECONDS, Signal.CRISIS_ENDPOINT_SECONDS)
    metric = signal.value if own else "http_request_duration_seconds"
    selector = "" if own else signals.request_labels(system, signal)
    bad = signals.slow(metric, selector, objective.seconds, "1m")
    every = f"sum(rate({metric}_count{selector}[1m]))"
    return Budget(objective.name, 1 - quantile, bad, every, signal, counted=True, pages=signal in people.CRISIS_SIGNALS)


def measured_by(name: str) -> Signal:
    for words, signal in _MEASURED_BY:
        if words in name:
            return signal
    raise LookupError(f"nothing measures the response objective {name!r}")


def _recordings(budget: Budget) -> Iterator[Recording]:
    labels = {"objective": budget.name}
    yield Recording(name=BAD, query=budget.bad, labels=labels)
    yield Recording(name=ALL, query=budget.all, labels=labels)
    for window in WINDOWS:
        bad, every = (f'sum_over_time({each}{{objective="{budget.name}"}}[{window}])' for each in (BAD, ALL))
        yield Recording(name=f"{SHARE}_{window}", query=f"{bad} / ({every} > 0)", labels=labels)


def _burning(system: System, budget: Budget) -> Iterator[AlertRule]:
    for rate, long, short, severity in BURNS:
        loudness = severity if budget.pages else Severity.WARNING
        limit = f"{rate * budget.share:.6g}"
        over = [f'{SHARE}_{window}{{objective="{budget.name}"}} > {limit}' for window in (long, short)]
        if budget.counted:
            events = f'avg_over_time({ALL}{{objective="{budget.name}"}}[{short}]) * {_SECONDS[short]}'
            over.append(f"{events} >= {MINIMUM_EVENTS}")
        yield AlertRule(
            name=budget.alert,
            query=" and ".join(over),
            severity=loudness,
            priority=people.priority(system, loudness),
            owner=people.owner(system, budget.signal),
            service=people.service(system, budget.signal),
            signal=budget.signal.value,
            labels={"objective": budget.name, "burn": f"{rate:g}", "window": long},
            summary=(
                f"{system.full_name}: the objective `{budget.name}` ({100 * (1 - budget.share):g} %) burns its budget "
                f"{rate:g} times too fast over {long}"
            ),
            description="{{ $value | humanizePercentage }} failed or came too late.",
        )


def _any_failure(system: System) -> Iterator[AlertRule]:
    """Promises without a budget: of machines at 100 %, and of people, of whom every single answer counts."""
    if any(each.any_failure_alerts for each in system.objectives.availability):
        checks = f"{crisis_check(system).name}|{CRISIS_PAGE}"
        yield AlertRule(
            name="HotlineCheckFailed",
            query=f'min by (check) (probe_success{{check=~"{checks}"}}) == 0',
            severity=Severity.CRITICAL,
            priority=people.priority(system, Severity.CRITICAL),
            owner=people.owner(system, Signal.HOTLINE_AVAILABLE),
            service=people.service(system, Signal.HOTLINE_AVAILABLE),
            signal=Signal.HOTLINE_AVAILABLE.value,
            summary=f"{system.full_name}: the outside check `{{{{ $labels.check }}}}` failed; the promise is 100 %",
        )
    for response in system.objectives.responses:
        if response.answered_by_person and "pick-up" in response.name:
            missed = signals.slow(Signal.CRISIS_PICKUP_SECONDS.value, "", response.seconds, "5m", "increase")
            yield AlertRule(
                name="VolunteerPickupMissed",
                query=f"{missed} > 0.5",
                severity=Severity.WARNING,
                priority=people.priority(system, Severity.WARNING),
                owner=people.owner(system, Signal.CRISIS_PICKUP_SECONDS),
                service=people.service(system, Signal.CRISIS_PICKUP_SECONDS),
                signal=Signal.CRISIS_PICKUP_SECONDS.value,
                summary=(
                    f"{system.full_name}: a person in crisis waited longer than {response.seconds:g} s for a volunteer"
                ),
            )
