"""What AWS itself measures of a platform, and the lines above or below which somebody is told; pure.

A document's own thresholds and alerts come first; where it has none, the usual ones stand. What only the cluster can
measure (queues, volunteers, caches) is Prometheus's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model import Comparison, Condition, Priority, Severity, Signal, Statistic, System

MINUTE, DAY, GIB = 60, 86_400, 1024**3
#: In a minute with fewer requests one failure would be a share that means nothing; health checks watch such hours.
FEWEST_REQUESTS = 20


class Urgency(StrEnum):
    """How much it hurts whom. OUTAGE: visitors, now; NOTICE: nobody yet."""

    OUTAGE = "outage"
    DEGRADED = "degraded"
    RESOURCE = "resource"
    NOTICE = "notice"


class Area(StrEnum):
    """What fails together is told together, from the visitor inwards."""

    CRISIS = "crisis"
    VISITORS = "visitors"
    DATABASE = "database"
    NETWORK = "network"
    UPKEEP = "upkeep"


class Missing(StrEnum):
    """What silence means: nothing was there to count, or the thing that counts is dead."""

    CALM = "notBreaching"
    BREACHING = "breaching"
    LAST = "ignore"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One alarm before it knows which resource it watches."""

    name: str
    area: Area
    urgency: Urgency
    says: str
    namespace: str
    metric: str
    statistic: str
    comparison: Comparison
    limit: float
    periods: int = 5
    period_seconds: int = MINUTE
    missing: Missing = Missing.CALM
    percent_of: str = ""
    """The metric that `metric` is a percentage of; empty where it is taken as it is."""

    @property
    def operator(self) -> str:
        return {Comparison.ABOVE: "GreaterThanThreshold", Comparison.BELOW: "LessThanThreshold"}[self.comparison]


def priority(system: System, urgency: Urgency) -> Priority:
    """The document's own level for an urgency: the first critical one, the first and last warning, the last of all."""
    levels = system.monitoring.priorities
    critical = [each for each in levels if each.severity is Severity.CRITICAL]
    warnings = [each for each in levels if each.severity is Severity.WARNING]
    return {
        Urgency.OUTAGE: critical[0],
        Urgency.DEGRADED: warnings[0],
        Urgency.RESOURCE: warnings[-1],
        Urgency.NOTICE: levels[-1],
    }[urgency]


def _usual(signal: Signal, limit: float, seconds: int = 300, statistic: Statistic = Statistic.CURRENT) -> Condition:
    return Condition(signal=signal, comparison=Comparison.ABOVE, limit=limit, for_seconds=seconds, statistic=statistic)


#: Where a document has no line of its own: Astral Core v7's, which has them all; replica lag is the TDAH document's.
_USUAL: dict[Signal, dict[Severity, Condition]] = {
    Signal.ERROR_PERCENT: {
        Severity.WARNING: _usual(Signal.ERROR_PERCENT, 1),
        Severity.CRITICAL: _usual(Signal.ERROR_PERCENT, 5),
    },
    Signal.RESPONSE_SECONDS: {
        Severity.WARNING: _usual(Signal.RESPONSE_SECONDS, 1, statistic=Statistic.P95),
        Severity.CRITICAL: _usual(Signal.RESPONSE_SECONDS, 3, statistic=Statistic.P95),
    },
    Signal.CPU_PERCENT: {Severity.WARNING: _usual(Signal.CPU_PERCENT, 80)},
    Signal.MEMORY_PERCENT: {Severity.WARNING: _usual(Signal.MEMORY_PERCENT, 85)},
    Signal.DATABASE_CONNECTIONS_PERCENT: {
        Severity.WARNING: _usual(Signal.DATABASE_CONNECTIONS_PERCENT, 80),
        Severity.CRITICAL: _usual(Signal.DATABASE_CONNECTIONS_PERCENT, 95),
    },
    Signal.REPLICA_LAG_SECONDS: {Severity.WARNING: _usual(Signal.REPLICA_LAG_SECONDS, 30)},
}


def conditions(system: System, signal: Signal) -> list[tuple[Severity, Condition]]:
    """Every line a document draws on a signal, alerts before thresholds, none twice; else the usual ones."""
    watching = system.monitoring
    found = [(alert.severity, alert.condition) for alert in watching.alerts]
    found += [(severity, condition) for _, severity, condition in watching.further_lines]
    documented = [(severity, condition) for severity, condition in found if condition.signal is signal]
    missing = _USUAL[signal].keys() - {severity for severity, _ in documented}
    return documented + [(severity, _USUAL[signal][severity]) for severity in sorted(missing)]


def balancer_lines(system: System) -> Iterator[Line]:
    """What visitors get, as the internal balancer sees it."""
    usual = {"area": Area.VISITORS, "namespace": "AWS/ApplicationELB"}
    for name, urgency, condition in named(system, "errors", Signal.ERROR_PERCENT, Urgency.DEGRADED):
        yield Line(
            **usual,  # pyright: ignore[reportArgumentType]
            name=name,
            urgency=urgency,
            says=f"more than {condition.limit:g} % of requests failed",
            metric="HTTPCode_Target_5XX_Count",
            percent_of="RequestCount",
            statistic="Sum",
            comparison=Comparison.ABOVE,
            limit=condition.limit,
            periods=minutes(condition),
        )
    for name, urgency, condition in named(system, "latency", Signal.RESPONSE_SECONDS, Urgency.DEGRADED):
        yield Line(
            **usual,  # pyright: ignore[reportArgumentType]
            name=name,
            urgency=urgency,
            says=f"{condition.statistic.value} answers took longer than {condition.limit:g} s",
            metric="TargetResponseTime",
            statistic="p95" if condition.statistic is Statistic.P95 else "Average",
            comparison=Comparison.ABOVE,
            limit=condition.limit,
            periods=minutes(condition),
        )


def fleet_lines() -> tuple[Line, ...]:
    """The proxies behind the balancer, and the balancer's own failures."""
    errors = Line(
        name="balancer-errors",
        area=Area.VISITORS,
        urgency=Urgency.DEGRADED,
        says="the balancer itself refused requests: no proxy took them",
        namespace="AWS/ApplicationELB",
        metric="HTTPCode_ELB_5XX_Count",
        statistic="Sum",
        comparison=Comparison.ABOVE,
        limit=10,
        periods=3,
    )
    some = Line(
        name="targets-unhealthy",
        area=Area.VISITORS,
        urgency=Urgency.RESOURCE,
        says="a proxy does not answer its health check",
        namespace="AWS/ApplicationELB",
        metric="UnHealthyHostCount",
        statistic="Maximum",
        comparison=Comparison.ABOVE,
        limit=0,
    )
    none = Line(
        name="targets-none",
        area=Area.VISITORS,
        urgency=Urgency.OUTAGE,
        says="no proxy answers: nobody reaches the platform",
        namespace="AWS/ApplicationELB",
        metric="HealthyHostCount",
        statistic="Minimum",
        comparison=Comparison.BELOW,
        limit=1,
        periods=2,
        missing=Missing.BREACHING,
    )
    return errors, some, none


EDGE_ERRORS = Line(
    name="edge-errors",
    area=Area.VISITORS,
    urgency=Urgency.DEGRADED,
    says="the CDN answers with errors of its own or of what lies behind it",
    namespace="AWS/CloudFront",
    metric="5xxErrorRate",
    statistic="Average",
    comparison=Comparison.ABOVE,
    limit=5,
)


def health_line(check: str, *, crisis: bool, main: bool) -> Line:
    """A check that Route 53 makes from several continents: half of them failed. No answer counts as a failure."""
    return Line(
        name=f"check-{check}",
        area=Area.CRISIS if crisis else Area.VISITORS,
        urgency=Urgency.OUTAGE if main else Urgency.DEGRADED,
        says=f"the health check {check} fails from outside",
        namespace="AWS/Route53",
        metric="HealthCheckStatus",
        statistic="Minimum",
        comparison=Comparison.BELOW,
        limit=1,
        periods=1,
        missing=Missing.BREACHING,
    )


def named(system: System, stem: str, signal: Signal, warning: Urgency) -> Iterator[tuple[str, Urgency, Condition]]:
    """`errors-outage`, `errors-degraded`, `errors-degraded-2`: an alarm's name says how bad it is."""
    urgencies = {Severity.CRITICAL: Urgency.OUTAGE, Severity.WARNING: warning}
    counted: dict[Urgency, int] = {}
    for severity, condition in conditions(system, signal):
        if severity not in urgencies:  # what only informs is about applications, which Prometheus watches
            continue
        urgency = urgencies[severity]
        counted[urgency] = counted.get(urgency, 0) + 1
        again = f"-{counted[urgency]}" if counted[urgency] > 1 else ""
        yield f"{stem}-{urgency.value}{again}", urgency, condition


def minutes(condition: Condition) -> int:
    """Minutes in a row; a condition without duration acts on the first."""
    return max(1, round(condition.for_seconds / MINUTE))
