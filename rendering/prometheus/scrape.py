"""prometheus.yml: which programs are asked for figures, how often, and under which `job` they are kept.

Pods are found by their labels, so that every replica is asked however many there are. The names of jobs and labels are
those of the catalogue (rendering/metrics_catalogue.py), on which rules and dashboards rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from rendering import pgbouncer
from rendering.metrics_catalogue import EXPORTER_METRICS, Source
from rendering.prometheus import scrape_targets as targets
from systems.model import System

Json = dict[str, object]

#: Where the ConfigMap with the rules is mounted.
RULES_DIRECTORY = "/etc/prometheus/rules"
#: From outside as often as the failure budgets reckon with (systems/objectives.py): three missed ones are an alarm.
OUTSIDE_SECONDS = 30
#: CloudWatch has a figure a minute, and every request for one costs money.
CLOUDWATCH_SECONDS = 60
#: Longest time a target may take: shorter than the shortest interval.
TIMEOUT_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What only the stack knows."""

    domain: str
    region: str
    platform: str = "platform"
    monitoring: str = "monitoring"
    node_agents: str = "node-agents"
    """The three namespaces."""
    balancer_metrics_port: int = 8404
    node_exporter_port: int = 9100
    log_collector_port: int = 3101
    cache_host: str = "$1.cache-servers"
    """Name of a Redis pod as its certificate has it, in the platform's namespace; `$1` is the pod's name."""
    sentinel_host: str = "$1.sentinel-servers"
    service_account: str = "/var/run/secrets/kubernetes.io/serviceaccount"
    """Directory with Prometheus' own token and the cluster's authority, where Kubernetes mounts them."""


def configuration(system: System, around: Surroundings) -> str:
    """The whole file. `promtool check config` reads it, with the rules where RULES_DIRECTORY says."""
    return yaml.safe_dump(
        {
            "global": {
                "scrape_interval": f"{system.monitoring.scrape_seconds}s",
                "scrape_timeout": f"{TIMEOUT_SECONDS}s",
                "evaluation_interval": f"{system.monitoring.evaluation_seconds}s",
                "external_labels": {
                    "system": system.name,
                    "environment": str(system.environment),
                    "replica": "${POD_NAME}",
                },
            },
            "rule_files": [f"{RULES_DIRECTORY}/*.yaml"],
            "alerting": _alerting(system, around),
            "scrape_configs": list(scrape_configs(system, around)),
        },
        sort_keys=False,
        width=120,
    )


def scrape_configs(system: System, around: Surroundings) -> Iterator[Json]:
    """The documented jobs first, then what the documents' alerts and dashboards need besides."""
    yield from _documented(system, around)
    yield {"job_name": "pooler", **targets.pods(around.platform, "pooler", pgbouncer.METRICS_PORT)}
    yield from _json(system, around)
    yield _outside(system, around)
    yield from _cluster(system, around)
    yield from _watchers(system, around)


def _alerting(system: System, around: Surroundings) -> Json:
    """Two Prometheus that see the same say it as one: the replica's name is dropped, Alertmanager does the rest."""
    replicas = targets.component(system, "alertmanager").replicas
    port = targets.component(system, "alertmanager").port
    peers = [f"alertmanager-{number}.alertmanager-peers.{around.monitoring}.svc:{port}" for number in range(replicas)]
    return {
        "alert_relabel_configs": [{"action": "labeldrop", "regex": "replica"}],
        "alertmanagers": [{"static_configs": [{"targets": peers}]}],
    }


def _documented(system: System, around: Surroundings) -> Iterator[Json]:
    for job in system.monitoring.scrape_jobs:
        asked: Json = {
            "job_name": job.name,
            "metrics_path": job.path,
            "scrape_interval": f"{job.interval_seconds}s",
        }
        if job.target == "balancer":
            found = targets.pods(around.platform, "balancer", around.balancer_metrics_port)
        elif job.target == "database":
            port = targets.component(system, "postgres-exporter").port
            found = targets.pods(around.monitoring, "postgres-exporter", port, {"role": targets.SERVER_ROLE})
        elif job.target == "cache":
            asked["metrics_path"] = "/scrape"
            found = _cache(system, around)
        else:
            workload = system.workload(job.target)
            port = workload.metrics.port if workload.metrics else workload.port or 0
            found = targets.pods(around.platform, workload.name, port, targets.FORMS)
        yield {**asked, **found}


def _cache(system: System, around: Surroundings) -> Json:
    """The exporter asks the server it is told to, Redis and Sentinel alike; `instance` is the server's pod."""
    exporter = f"redis-exporter.{around.monitoring}.svc:{targets.component(system, 'redis-exporter').port}"
    scheme = "rediss" if system.cache.tls else "redis"
    found = targets.pods(around.platform, "(cache|sentinel)", system.cache.port, {"server": targets.WORKLOAD})
    servers: list[Json] = []
    for who, host, port in (
        ("cache", around.cache_host, system.cache.port),
        ("sentinel", around.sentinel_host, system.cache.sentinel_port),
    ):
        servers.append(
            {
                "source_labels": ["__meta_kubernetes_pod_name", targets.WORKLOAD],
                "regex": f"(.+);{who}",
                "target_label": "__param_target",
                "replacement": f"{scheme}://{host}.{around.platform}.svc:{port}",
            }
        )
    relabelled = [*targets.rules_of(found), *servers, {"target_label": "__address__", "replacement": exporter}]
    return {**found, "relabel_configs": relabelled}


def _json(system: System, around: Surroundings) -> Iterator[Json]:
    """One answer for the whole platform: it is asked for through the exporter's Service, once for each path."""
    endpoints = system.monitoring.json_endpoints
    if endpoints:
        exporter = f"json-exporter.{around.monitoring}.svc:{targets.component(system, 'json-exporter').port}"
        yield {
            "job_name": "json",
            "metrics_path": "/probe",
            "static_configs": [
                {"targets": [exporter], "labels": {"__param_module": each.path, "instance": each.path}}
                for each in endpoints
            ],
        }


def _outside(system: System, around: Surroundings) -> Json:
    """Through the public door, as visitors come in."""
    exporter = f"blackbox-exporter.{around.monitoring}.svc:{targets.component(system, 'blackbox-exporter').port}"
    return {
        "job_name": "outside",
        "metrics_path": "/probe",
        "scrape_interval": f"{OUTSIDE_SECONDS}s",
        "static_configs": [
            {
                "targets": [check.url],
                "labels": {"__param_module": check.module, "check": check.name, "host": check.host},
            }
            for check in targets.outside_checks(system, around.domain)
        ],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__address__"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": exporter},
        ],
    }


def _cluster(system: System, around: Surroundings) -> Iterator[Json]:
    """Nodes, containers, objects; figures of containers that no rule uses would be half of all series."""
    state = targets.component(system, "kube-state-metrics").port
    yield {
        "job_name": "kube-state-metrics",
        "honor_labels": True,
        **targets.service(f"kube-state-metrics.{around.monitoring}.svc:{state}"),
    }
    by_node = {"node": "__meta_kubernetes_pod_node_name"}
    yield {
        "job_name": "node",
        **targets.pods(around.node_agents, "node-exporter", around.node_exporter_port, by_node),
    }
    kept = "|".join(metric.name for metric in EXPORTER_METRICS if metric.source is Source.CONTAINERS)
    for name, path in (("kubelet", "/metrics"), ("kubelet-containers", "/metrics/cadvisor")):
        yield {
            "job_name": name,
            "metrics_path": path,
            **targets.kubelets(around.service_account),
            "metric_relabel_configs": [{"source_labels": ["__name__"], "regex": kept, "action": "keep"}],
        }


def _watchers(system: System, around: Surroundings) -> Iterator[Json]:
    """What watches is watched as well."""
    for name in ("prometheus", "alertmanager", "grafana", "loki"):
        yield {
            "job_name": name,
            **targets.pods(around.monitoring, name, targets.component(system, name).port),
        }
    cloudwatch = targets.component(system, "cloudwatch-exporter").port
    yield {
        "job_name": "cloudwatch",
        "scrape_interval": f"{CLOUDWATCH_SECONDS}s",
        **targets.service(f"cloudwatch-exporter.{around.monitoring}.svc:{cloudwatch}"),
    }
    yield {
        "job_name": "jobs",
        "honor_labels": True,
        **targets.service(f"pushgateway.{around.monitoring}.svc:{targets.PUSHGATEWAY_PORT}"),
    }
    yield {
        "job_name": "log-collector",
        **targets.pods(around.node_agents, "log-collector", around.log_collector_port),
    }
