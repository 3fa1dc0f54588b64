"""Signals of the model as PromQL, in one place for all platforms: alerts, gates, roll-backs and dashboards ask here.

What is down may not be able to say so: for signals that are 1 or 0, no answer counts as 0.
"""

import re

from rendering.metrics_of_applications import json_metrics
from rendering.prometheus.checks import crisis_check, platform_check
from rendering.prometheus.recorded import FAILURES, REQUESTS, WATCHING
from systems.model import Comparison, Condition, Signal, Statistic, System

_S = Signal
_QUANTILES = {Statistic.P95: "0.95", Statistic.P99: "0.99"}
#: Times of which the application exports a histogram of their own.
_OWN_HISTOGRAMS = frozenset(
    {
        _S.CRISIS_PICKUP_SECONDS,
        _S.APP_LAUNCH_SECONDS,
        _S.CRISIS_BUTTON_SECONDS,
        _S.ASSESSMENT_LOAD_SECONDS,
        _S.CHECK_IN_SECONDS,
    }
)
_UNANSWERED = f"(0 * {WATCHING})"


def condition(system: System, wanted: Condition) -> str:
    """The predicate: it has a value exactly when it holds."""
    if wanted.statistic is Statistic.COUNT and wanted.events_count is not None:
        return f"{_slower_requests(system, wanted)} >= {wanted.events_count}"
    return f"{value(system, wanted)} {wanted.comparison.value} {wanted.limit:g}"


def value(system: System, wanted: Condition) -> str:
    """What is compared. Several witnesses of one figure: the one nearest to trouble is believed."""
    window, worst = f"{wanted.window_seconds}s", "max" if wanted.comparison is Comparison.ABOVE else "min"
    match wanted.signal:
        case _S.ERROR_PERCENT:
            return f"100 * {_failed_share(window)}"
        case _S.UPTIME_PERCENT:
            return f"100 * (1 - {_failed_share(window)})"
        case _S.RESPONSE_SECONDS | _S.CRISIS_ENDPOINT_SECONDS:
            return _time("http_request_duration_seconds", request_labels(system, wanted.signal), wanted)
        case _S.RESPONSE_TIMES_BASELINE:
            return _against_baseline(system, wanted)
        case _S.HEALTH_UP:
            return f'(min(probe_success{{check="{platform_check(system).name}"}}) or {_UNANSWERED})'
        case _S.CRISIS_UP:
            return f'(min(probe_success{{check="{crisis_check(system).name}"}}) or {_UNANSWERED})'
        case _S.DATABASE_UP:
            return f"(min({_database_witnesses(system)}) or {_UNANSWERED})"
        case _S.HOTLINE_AVAILABLE:
            return f"(min(hotline_available) or {_UNANSWERED})"
        case _S.CPU_PERCENT:
            return _one_line(_CPU.replace("WORKLOADS", containers(system)).replace("WINDOW", window))
        case _S.MEMORY_PERCENT:
            return _one_line(_MEMORY.replace("WORKLOADS", containers(system)))
        case _S.MEMORY_GROWTH_PERCENT:
            used = f'sum(container_memory_working_set_bytes{{container=~"{containers(system)}"}}OFFSET)'
            before = used.replace("OFFSET", f" offset {window}")
            return f"100 * ({used.replace('OFFSET', '')} - {before}) / {before}"
        case _S.DATABASE_QUERY_SECONDS:
            spent = f"sum(rate(pg_stat_statements_seconds_total[{window}]))"
            return f"{spent} / sum(rate(pg_stat_statements_calls_total[{window}]))"
        case _S.DATABASE_CONNECTIONS_PERCENT:
            opened = 'sum(pg_stat_activity_count{role="primary"})'
            return f'100 * {opened} / max(pg_settings_max_connections{{role="primary"}})'
        case _S.DATABASE_CONNECTION_FAILURES:
            return f"sum(increase(database_connection_failures_total[{window}]))"
        case _S.REPLICA_LAG_SECONDS:
            return 'max(aws_rds_replica_lag_maximum or pg_replication_lag_seconds{role="replica"})'
        case _S.CACHE_HIT_PERCENT:
            return f"{worst}(cache_hit_percent)" if _told(system, wanted.signal) else _cache_hits(window)
        case _S.BACKUP_AGE_SECONDS:
            return f'time() - max by (kind) (backup_last_success_timestamp_seconds{{kind=~"{dumps(system)}"}})'
        case _S.DRILL_AGE_SECONDS:
            return "time() - max(drill_last_success_timestamp_seconds)"
        case _S.CERTIFICATE_DAYS_LEFT:
            return _one_line(_CERTIFICATES)
        case signal if signal in _OWN_HISTOGRAMS:
            return _time(signal.value, "", wanted)
        case signal:
            return f"{worst}({signal.value})"


def request_labels(system: System, signal: Signal) -> str:
    """Which requests of the applications count: all, or those on critical paths."""
    jobs = "|".join(_application_jobs(system))
    if signal is not Signal.CRISIS_ENDPOINT_SECONDS:
        return f'{{job=~"{jobs}"}}'
    paths = "|".join(re.escape(path).replace("\\", "\\\\") for path in system.critical_paths)
    return f'{{job=~"{jobs}",path=~"({paths})(/.*)?"}}'


def labelled(selector: str, more: str) -> str:
    """A selector with one matcher more."""
    return f"{{{more}}}" if not selector else f"{selector[:-1]},{more}}}"


def containers(system: System) -> str:
    return "|".join(workload.name for workload in system.workloads)


def dumps(system: System) -> str:
    return "|".join(kind.name for kind in system.backups.kinds if kind.database_dump)


def _application_jobs(system: System) -> list[str]:
    named = {job.target: job.name for job in system.monitoring.scrape_jobs}
    return [named[each.name] for each in system.workloads if each.metrics and each.name in named]


def _failed_share(window: str) -> str:
    return f"sum_over_time({FAILURES}[{window}]) / (sum_over_time({REQUESTS}[{window}]) > 0)"


def _time(metric: str, selector: str, wanted: Condition) -> str:
    window = f"[{wanted.window_seconds}s]"
    if wanted.statistic in _QUANTILES:
        buckets = f"sum by (le) (rate({metric}_bucket{selector}{window}))"
        return f"histogram_quantile({_QUANTILES[wanted.statistic]}, {buckets})"
    return f"sum(rate({metric}_sum{selector}{window})) / sum(rate({metric}_count{selector}{window}))"


def slow(metric: str, selector: str, limit: float, window: str, function: str = "rate") -> str:
    """How many took longer than the limit, which must be the bound of a bucket (the catalogue says so)."""
    bound = labelled(selector, f'le=~"{bucket(limit)}"')
    return f"(sum({function}({metric}_count{selector}[{window}])) - sum({function}({metric}_bucket{bound}[{window}])))"


def bucket(limit: float) -> str:
    """Prometheus 3 writes a bucket's bound as a float, `1.0`; exporters write `1`."""
    return f"{limit:g}(\\\\.0)?" if limit == int(limit) else f"{limit:g}".replace(".", "\\\\.")


def _slower_requests(system: System, wanted: Condition) -> str:
    selector = request_labels(system, wanted.signal)
    return slow("http_request_duration_seconds", selector, wanted.limit, f"{wanted.window_seconds}s", "increase")


def _against_baseline(system: System, wanted: Condition) -> str:
    buckets = f"http_request_duration_seconds_bucket{request_labels(system, Signal.RESPONSE_SECONDS)}"
    now = f"histogram_quantile(0.95, sum by (le) (rate({buckets}[{wanted.window_seconds}s])))"
    return f"{now} / histogram_quantile(0.95, sum by (le) (rate({buckets}[1h] offset 1d)))"


def _told(system: System, signal: Signal) -> bool:
    return any(metric.name == signal.value for metric in json_metrics(system))


def _database_witnesses(system: System) -> str:
    """The exporter's own connection, and what the API says of its own where a document asks it."""
    told = [each.name for each in json_metrics(system) if each.name in ("database_health_status", "database_connected")]
    return " or ".join(['pg_up{role="primary"}', *told])


def _cache_hits(window: str) -> str:
    hits, misses = (f"sum(rate(redis_keyspace_{each}_total[{window}]))" for each in ("hits", "misses"))
    return f"100 * {hits} / ({hits} + {misses})"


def _one_line(query: str) -> str:
    return " ".join(query.split()).replace("( ", "(")


_MEMORY = """max by (thing) (
  label_replace(100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes),
    "thing", "node $1", "instance", "(.*)")
  or label_replace(
    100 * sum by (container) (container_memory_working_set_bytes{container=~"WORKLOADS"})
      / sum by (container) (kube_pod_container_resource_limits{container=~"WORKLOADS",resource="memory"}),
    "thing", "workload $1", "container", "(.*)"))"""
_CPU = """max by (thing) (
  label_replace(100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[WINDOW]))),
    "thing", "node $1", "instance", "(.*)")
  or label_replace(
    100 * sum by (container) (rate(container_cpu_usage_seconds_total{container=~"WORKLOADS"}[WINDOW]))
      / sum by (container) (kube_pod_container_resource_limits{container=~"WORKLOADS",resource="cpu"}),
    "thing", "workload $1", "container", "(.*)"))"""
_CERTIFICATES = """min by (thing) (
  label_replace((probe_ssl_earliest_cert_expiry - time()) / 86400, "thing", "$1", "host", "(.*)")
  or label_replace(aws_certificatemanager_days_to_expiry_minimum, "thing", "$1", "dimension_CertificateArn", "(.*)"))"""
