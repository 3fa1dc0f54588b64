"""Silence: sources that no longer answer, figures that are gone, and the heartbeat that proves fresh samples.

A rule on a figure that is absent never fires. Whatever a rule looks at is therefore looked for here as well.
"""

from collections.abc import Iterator

from rendering.metrics_catalogue import Kind, Metric, Source, catalogue, jobs
from rendering.prometheus import people
from rendering.prometheus.rule import AlertRule, Group
from systems.model import Severity, System

#: Two missed scrapes of the slowest job that pages, CloudWatch excepted.
_SILENT_SECONDS = 120
#: A rollout replaces every replica within this.
_MISSING_SECONDS = 600
#: Newest sample that the heartbeat still takes for fresh: three scrapes of 30 s.
FRESH_SECONDS = 90
#: Figures that must be there at all times, beside all that an application or the JSON exporter is asked for.
_NEEDED = frozenset(
    {
        "backup_last_success_timestamp_seconds",
        "drill_last_success_timestamp_seconds",
        "aws_certificatemanager_days_to_expiry_minimum",
        "haproxy_frontend_http_responses_total",
        "pg_settings_max_connections",
        "pg_stat_activity_count",
        "probe_ssl_earliest_cert_expiry",
        "node_memory_MemAvailable_bytes",
        "container_memory_working_set_bytes",
        "kube_deployment_status_replicas_available",
    }
)


def group(system: System) -> Group:
    return Group("sources", (), (*_silent(system), *_missing(system), _partly_silent(system), _heartbeat(system)))


def _silent(system: System) -> Iterator[AlertRule]:
    for job in jobs(system):
        yield _rule(
            system,
            "SourceSilent",
            f'max(up{{job="{job.name}"}}) == 0 or absent(up{{job="{job.name}"}})',
            f"nothing of `{job.name}` ({job.source}) answers Prometheus: alerts that rest on it are blind",
            _SILENT_SECONDS,
            {"source": job.source.value, "job": job.name},
        )


def _missing(system: System) -> Iterator[AlertRule]:
    for metric in catalogue(system).values():
        wanted = metric.name in _NEEDED or metric.source in (Source.APPLICATION, Source.JSON)
        if wanted and not metric.name.endswith("_updated") and not _is_of_other_programs(metric):
            name = f"{metric.name}_count" if metric.kind is Kind.HISTOGRAM else metric.name
            yield _rule(
                system,
                "MeasurementMissing",
                f"absent({name})",
                f"`{metric.name}` ({metric.source}) is not measured any more: alerts that rest on it are blind",
                _MISSING_SECONDS,
                {"source": metric.source.value, "metric": metric.name},
            )


def _is_of_other_programs(metric: Metric) -> bool:
    """Every Go program exports it too: its absence cannot be told by name."""
    return metric.name == "process_start_time_seconds"


def _partly_silent(system: System) -> AlertRule:
    return _rule(
        system,
        "TargetDown",
        "up == 0 unless on (job) (max by (job) (up) == 0)",
        "{{ $labels.job }} on {{ $labels.instance }} does not answer Prometheus, others of its kind do",
        _MISSING_SECONDS,
        {},
    )


def _heartbeat(system: System) -> AlertRule:
    """Always firing. Whoever listens outside the cluster raises the alarm when it stops."""
    fresh = [
        f'(time() - max(timestamp(up{{job="{name}"}})) < {FRESH_SECONDS})'
        for name in ("prometheus", "balancer", "outside")
    ]
    return AlertRule(
        name="Watchdog",
        query=f"vector(1) and on () {' and on () '.join(fresh)}",
        severity=Severity.INFO,
        priority=people.priority(system, Severity.INFO, housekeeping=True),
        owner=people.owner(system),
        service="heartbeat",
        signal="heartbeat",
        summary=f"{system.full_name}: Prometheus has fresh samples and Alertmanager delivers; all is well",
        description="Fires all the time. Its absence is the alarm, raised outside the cluster.",
    )


def _rule(system: System, name: str, query: str, summary: str, for_seconds: int, labels: dict[str, str]) -> AlertRule:
    return AlertRule(
        name=name,
        query=query,
        severity=Severity.WARNING,
        priority=people.priority(system, Severity.WARNING),
        owner=people.owner(system),
        signal="silence",
        for_seconds=for_seconds,
        labels=labels,
        summary=f"{system.full_name}: {summary}",
    )
