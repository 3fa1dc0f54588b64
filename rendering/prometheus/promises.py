"""Backups, recovery tests, replicas and certificates: promises that nobody misses until the day they are needed.

Lines that a document draws itself are in `documented`; these are for platforms whose documents draw none.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from rendering.prometheus import people, signals
from rendering.prometheus.documented import line
from rendering.prometheus.named import NAMES, duration
from rendering.prometheus.rule import AlertRule, Group
from systems.model import Comparison, Condition, Severity, Signal, System

DAY_SECONDS = 86_400
#: Above it the loss budget of a lost region is no longer kept (systems/objectives.py).
REPLICA_LAG_SECONDS = 30
#: ACM renews 45 days before the end: at 30 something has failed, and there is time (SYS-23).
CERTIFICATE_DAYS = 30
#: A verification runs weekly; one may be missed.
_VERIFICATION_DAYS = 15


def group(system: System) -> Group:
    return Group("promises", (), tuple(_alerts(system)))


def _alerts(system: System) -> Iterator[AlertRule]:
    drawn = {condition.signal for row in system.monitoring.thresholds for _, condition in row.lines}
    yield from _backups(system, Signal.BACKUP_AGE_SECONDS in drawn)
    if Signal.DRILL_AGE_SECONDS not in drawn:
        yield _above(
            system, "last recovery test", Signal.DRILL_AGE_SECONDS, system.backups.drill.maximum_age_days * DAY_SECONDS
        )
    if system.database.replicas or system.database.recovery_replica:
        if Signal.REPLICA_LAG_SECONDS not in drawn:
            yield _above(system, "replica lag", Signal.REPLICA_LAG_SECONDS, REPLICA_LAG_SECONDS, for_seconds=300)
        yield _replication_stopped(system)
    if Signal.CERTIFICATE_DAYS_LEFT not in drawn:
        below = Condition(
            signal=Signal.CERTIFICATE_DAYS_LEFT, comparison=Comparison.BELOW, limit=CERTIFICATE_DAYS, for_seconds=3_600
        )
        yield _direct(system, "days left of a certificate", below)


def _backups(system: System, dumps_are_drawn: bool) -> Iterator[AlertRule]:
    """Each kind by its own schedule, and the time its upload may take."""
    for kind in system.backups.kinds:
        if kind.database_dump and dumps_are_drawn:
            continue
        limit = kind.every_seconds + system.backups.upload_seconds
        age = f'time() - max by (kind) (backup_last_success_timestamp_seconds{{kind="{kind.name}"}})'
        yield _rule(
            system,
            NAMES[Signal.BACKUP_AGE_SECONDS],
            f"{age} > {limit}",
            Signal.BACKUP_AGE_SECONDS,
            f"the last backup of `{kind.name}` is {{{{ $value | humanizeDuration }}}} old, the limit {duration(limit)}",
            labels={"kind": kind.name},
        )
        yield _rule(
            system,
            "BackupUnverified",
            f'time() - max by (kind) (backup_verified_timestamp_seconds{{kind="{kind.name}"}})'
            f" > {_VERIFICATION_DAYS * DAY_SECONDS}",
            Signal.BACKUP_AGE_SECONDS,
            f"no backup of `{kind.name}` has been verified for {{{{ $value | humanizeDuration }}}}",
            labels={"kind": kind.name},
        )


def _replication_stopped(system: System) -> AlertRule:
    return _rule(
        system,
        "ReplicationStopped",
        "aws_rds_replica_lag_maximum < 0",
        Signal.REPLICA_LAG_SECONDS,
        "replica {{ $labels.dimension_DBInstanceIdentifier }} does not replicate",
        for_seconds=300,
        severity=Severity.CRITICAL,
    )


def _above(system: System, name: str, signal: Signal, limit: float, for_seconds: int = 0) -> AlertRule:
    above = Condition(signal=signal, comparison=Comparison.ABOVE, limit=limit, for_seconds=for_seconds)
    return _direct(system, name, above)


def _direct(system: System, name: str, wanted: Condition) -> AlertRule:
    drawn = line(system, name, wanted, Severity.WARNING, "")
    return _rule(
        system,
        drawn.name,
        signals.condition(system, wanted),
        wanted.signal,
        drawn.summary.partition(": ")[2],
        for_seconds=wanted.for_seconds,
    )


def _rule(
    system: System,
    name: str,
    query: str,
    signal: Signal,
    summary: str,
    *,
    for_seconds: int = 0,
    severity: Severity = Severity.WARNING,
    labels: Mapping[str, str] = MappingProxyType({}),
) -> AlertRule:
    return AlertRule(
        name=name,
        query=query,
        severity=severity,
        priority=people.priority(system, severity, housekeeping=severity is Severity.WARNING),
        owner=people.owner(system, signal),
        signal=signal.value,
        for_seconds=for_seconds,
        labels=labels,
        summary=f"{system.full_name}: {summary}",
    )
