"""Metrics that applications export themselves, and numbers that the JSON exporter reads from their answers.

One rule: what only the application can measure bears the name of its signal; a time is a histogram, all else a gauge.
"""

from collections.abc import Iterator

from rendering.metrics_table import Kind, Metric, Source
from systems.model import Signal, System

CONTRACT = "application contract"

#: Told by the application, since nobody else sees it. Times of which quantiles or means are taken are histograms.
_TIMES = (
    Signal.CRISIS_PICKUP_SECONDS,
    Signal.APP_LAUNCH_SECONDS,
    Signal.CRISIS_BUTTON_SECONDS,
    Signal.ASSESSMENT_LOAD_SECONDS,
    Signal.CHECK_IN_SECONDS,
)
_FIGURES = (
    Signal.CRISIS_REVIEW_SECONDS,  # the oldest finding that no person has looked at yet
    Signal.AI_SAFETY_PASS_PERCENT,
    Signal.CRISIS_DETECTION_PERCENT,
    Signal.CRISIS_THRESHOLD_PERCENT,
    Signal.EMERGENCY_CONTACTS_PERCENT,
    Signal.THERAPEUTIC_TIMING_PERCENT,
    Signal.BREATHING_FRAMES_PER_SECOND,
    Signal.APP_CRASH_PERCENT,
)

APPLICATION_METRICS = (
    Metric("http_requests_total", Source.APPLICATION, Kind.COUNTER, ("method", "path", "status"), CONTRACT),
    Metric("http_request_duration_seconds", Source.APPLICATION, Kind.HISTOGRAM, ("path",), CONTRACT),
    Metric("process_start_time_seconds", Source.APPLICATION, Kind.GAUGE, (), CONTRACT),
)
FAILED_CONNECTIONS = Metric(
    "database_connection_failures_total", Source.APPLICATION, Kind.COUNTER, (), f"{CONTRACT}; asked of a roll-back"
)


def application_metrics(system: System) -> Iterator[Metric]:
    """The contract's three, and one for each signal that the platform watches and only its application sees."""
    watched = watched_signals(system)
    for metric in APPLICATION_METRICS:
        limits = _limits(system, {Signal.RESPONSE_SECONDS, Signal.CRISIS_ENDPOINT_SECONDS})
        yield _with_limits(metric, limits) if metric.kind is Kind.HISTOGRAM else metric
    for signal in _TIMES:
        if signal in watched:
            yield Metric(signal.value, Source.APPLICATION, Kind.HISTOGRAM, (), CONTRACT, _limits(system, {signal}))
    told = {metric.name for metric in json_metrics(system)}
    for signal in _FIGURES:
        if signal in watched and signal.value not in told:
            yield Metric(signal.value, Source.APPLICATION, Kind.GAUGE, (), CONTRACT)
    if Signal.DATABASE_CONNECTION_FAILURES in watched:
        yield FAILED_CONNECTIONS


def json_metrics(system: System) -> Iterator[Metric]:
    """What the spec names at each JSON endpoint."""
    for endpoint in system.monitoring.json_endpoints:
        for metric in endpoint.metrics:
            yield Metric(metric.name, Source.JSON, Kind.GAUGE, (), f"JSON of {endpoint.path}: {metric.meaning}")


def watched_signals(system: System) -> frozenset[Signal]:
    """Signals of thresholds, alerts and roll-backs."""
    lines = [line for each in system.monitoring.thresholds for line in each.named]
    lines += [alert.condition for alert in system.monitoring.alerts]
    lines += [trigger.condition for trigger in system.rollout.rollback_triggers if trigger.condition]
    return frozenset(line.signal for line in lines)


def _limits(system: System, signals: set[Signal]) -> tuple[float, ...]:
    """Where the documented lines lie: a bucket must end there, or a share of slow answers could not be told."""
    lines = [line for each in system.monitoring.thresholds for line in each.named if line.signal in signals]
    lines += [alert.condition for alert in system.monitoring.alerts if alert.condition.signal in signals]
    return tuple(sorted({line.limit for line in lines}))


def _with_limits(metric: Metric, limits: tuple[float, ...]) -> Metric:
    return Metric(metric.name, metric.source, metric.kind, metric.labels, metric.fact, limits)
