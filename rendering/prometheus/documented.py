"""Alerts that a document spells out, and two lines of every row of its tables that no alert already draws."""

from collections.abc import Iterator

from rendering.prometheus import people, signals
from rendering.prometheus.named import NAMES, THING, figure, limit
from rendering.prometheus.rule import AlertRule, Group, Recording
from systems.model import Alert, Comparison, Condition, Severity, Signal, Statistic, System

#: As the documents write it: 1.0999999999999999 in a message at night.
_BARE_VALUE, _ROUNDED_VALUE = "{{ $value }}", '{{ printf "%.2f" $value }}'
_WORDS = {Comparison.ABOVE: "above", Comparison.BELOW: "below", Comparison.EQUAL: "exactly"}


def group(system: System) -> Group:
    lines = tuple(_lines(system))
    recordings = {each.name: each for each in (_recording(system, line) for _, line in lines)}
    return Group("documented", tuple(recordings.values()), tuple(alert for alert, _ in lines))


def recorded_name(wanted: Condition) -> str:
    """`lifeline:response_seconds:p95_300s`; figures that have no window have none in their name."""
    windowless = wanted.statistic is Statistic.CURRENT and wanted.signal not in (
        Signal.ERROR_PERCENT,
        Signal.CPU_PERCENT,
        Signal.UPTIME_PERCENT,
    )
    window = "" if windowless else f"_{wanted.window_seconds}s"
    return f"lifeline:{wanted.signal.value}:{wanted.statistic.value}{window}"


def _recording(system: System, wanted: Condition) -> Recording:
    return Recording(name=recorded_name(wanted), query=signals.value(system, wanted))


def compared(wanted: Condition) -> str:
    return f"{recorded_name(wanted)} {wanted.comparison.value} {wanted.limit:g}"


def _lines(system: System) -> Iterator[tuple[AlertRule, Condition]]:
    for alert in system.monitoring.alerts:
        yield _spelled_out(system, alert), alert.condition
    for threshold, severity, wanted in system.monitoring.further_lines:
        yield line(system, threshold.name, wanted, severity, threshold.action), wanted
    for name, wanted, severity in _undocumented(system):
        yield line(system, name, wanted, severity, ""), wanted


def _undocumented(system: System) -> Iterator[tuple[str, Condition, Severity]]:
    """What every platform needs and some documents do not say: that it answers, and that it has a database."""
    drawn = {alert.condition.signal for alert in system.monitoring.alerts}
    for name, signal in (("health path", Signal.HEALTH_UP), ("database", Signal.DATABASE_UP)):
        if signal not in drawn:
            wanted = Condition(signal=signal, comparison=Comparison.EQUAL, limit=0, for_seconds=60)
            yield name, wanted, Severity.CRITICAL


def _spelled_out(system: System, alert: Alert) -> AlertRule:
    signal = alert.condition.signal
    return AlertRule(
        name=alert.name,
        query=compared(alert.condition),
        severity=alert.severity,
        priority=alert.priority,
        owner=people.owner(system, signal),
        service=alert.service,
        signal=signal.value,
        for_seconds=alert.condition.for_seconds,
        summary=f"{system.full_name}: {alert.summary}{_of(signal)}",
        description=alert.description.replace(_BARE_VALUE, _ROUNDED_VALUE),
        action=alert.action,
    )


def line(system: System, name: str, wanted: Condition, severity: Severity, action: str) -> AlertRule:
    signal = wanted.signal
    return AlertRule(
        name=NAMES[signal],
        query=compared(wanted),
        severity=severity,
        priority=people.priority(system, severity, housekeeping=signal in people.HOUSEKEEPING_SIGNALS),
        owner=people.owner(system, signal),
        service=people.service(system, signal),
        signal=signal.value,
        for_seconds=wanted.for_seconds,
        summary=_summary(system, name, wanted),
        action=action,
    )


def _summary(system: System, name: str, wanted: Condition) -> str:
    if wanted.comparison is Comparison.EQUAL and wanted.limit == 0:
        return f"{system.full_name}: {name} does not answer"
    line_drawn = f"{_WORDS[wanted.comparison]} {limit(wanted.signal, wanted.limit)}"
    return f"{system.full_name}: {name}{_of(wanted.signal)} {line_drawn}, now {figure(wanted.signal)}"


def _of(signal: Signal) -> str:
    return f" ({{{{ $labels.{THING[signal]} }}}})" if signal in THING else ""
