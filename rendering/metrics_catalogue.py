"""Every metric that a rule or a panel may use: who exports it, with which labels, and where that fact comes from.

Scrape configuration keeps the job names and labels that stand here; rules and dashboards use nothing that does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rendering.metrics_of_applications import APPLICATION_METRICS, application_metrics, json_metrics
from rendering.metrics_of_exporters import EXPORTER_METRICS, STANDBY_METRICS
from rendering.metrics_table import Kind, Metric, Source
from systems.model import RecoveryLevel, System

__all__ = ["APPLICATION_METRICS", "EXPORTER_METRICS", "Kind", "Metric", "Source", "catalogue", "jobs", "series"]

#: The `job` label under which each source is scraped. Applications have the documented names of their own.
JOBS: dict[Source, str] = {
    Source.BALANCER: "balancer",
    Source.DATABASE: "database",
    Source.POOLER: "pooler",
    Source.CACHE: "cache",
    Source.JSON: "json",
    Source.OUTSIDE: "outside",
    Source.CLUSTER: "kube-state-metrics",
    Source.NODES: "node",
    Source.CONTAINERS: "kubelet",
    Source.AWS: "cloudwatch",
    Source.JOBS: "jobs",
    Source.PROMETHEUS: "prometheus",
    Source.ALERTMANAGER: "alertmanager",
    Source.LOGS: "loki",
}


class Role(StrEnum):
    """Values of the label `role` on what postgres-exporter answers for each server."""

    PRIMARY = "primary"
    REPLICA = "replica"


@dataclass(frozen=True)
class ScrapedJob:
    """One `job` label of a platform and what stands behind it."""

    name: str
    source: Source


def jobs(system: System) -> Iterator[ScrapedJob]:
    """Every job whose silence is an alert."""
    named = {job.target: job.name for job in system.monitoring.scrape_jobs}
    for workload in system.workloads:
        if workload.metrics and workload.name in named:
            yield ScrapedJob(named[workload.name], Source.APPLICATION)
    for source, name in JOBS.items():
        if source is not Source.JSON or system.monitoring.json_endpoints:
            yield ScrapedJob(name, source)


def catalogue(system: System) -> dict[str, Metric]:
    """All metrics of one platform by name."""
    warm = system.objectives.recovery_level is RecoveryLevel.WARM_STANDBY
    standby = STANDBY_METRICS if warm else ()
    every = (*EXPORTER_METRICS, *standby, *application_metrics(system), *json_metrics(system))
    return {metric.name: metric for metric in every}


def series(system: System) -> dict[str, Metric]:
    """Names as they stand in the database: a histogram has three, each with the metric it belongs to."""
    found: dict[str, Metric] = {}
    for metric in catalogue(system).values():
        ends = ("_bucket", "_sum", "_count") if metric.kind is Kind.HISTOGRAM else ("",)
        found |= {f"{metric.name}{end}": metric for end in ends}
    return found
