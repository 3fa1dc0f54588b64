"""What is said of a metric in the catalogue."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """What answers the scrape."""

    APPLICATION = "application"
    JSON = "json-exporter"
    BALANCER = "haproxy"
    DATABASE = "postgres-exporter"
    POOLER = "pgbouncer"
    CACHE = "redis-exporter"
    OUTSIDE = "blackbox-exporter"
    CLUSTER = "kube-state-metrics"
    NODES = "node-exporter"
    CONTAINERS = "kubelet"
    AWS = "cloudwatch-exporter"
    JOBS = "pushgateway"
    PROMETHEUS = "prometheus"
    ALERTMANAGER = "alertmanager"
    LOGS = "loki"


class Kind(StrEnum):
    """A histogram stands for its three series, `_bucket`, `_sum` and `_count`."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Metric:
    """`labels` are those that rules select or group by, besides `job` and `instance`."""

    name: str
    source: Source
    kind: Kind
    labels: tuple[str, ...]
    fact: str
    """Where it is documented, or which decision asks for it."""
    limits: tuple[float, ...] = ()
    """Upper bounds that a histogram must have buckets for."""
