"""How Prometheus finds what it asks: pods by label, kubelets by node, checks from outside by the spec."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from rendering.prometheus.checks import CRISIS_PAGE
from systems.model import HealthCheck, MonitoringComponent, System

Json = dict[str, object]

#: Labels of pods as service discovery names them.
WORKLOAD = "__meta_kubernetes_pod_label_lifeline_dev_workload"
#: On pods of the PostgreSQL exporter: which server each asks, `primary` or `replica`.
SERVER_ROLE = "__meta_kubernetes_pod_label_lifeline_dev_server"
#: Forms of an application: both sides of a rollout, and replicas for critical paths.
FORMS = {
    "side": "__meta_kubernetes_pod_label_lifeline_dev_side",
    "lane": "__meta_kubernetes_pod_label_lifeline_dev_lane",
}
#: Jobs that end push here: nobody could ask them afterwards.
PUSHGATEWAY_PORT = 9091
KUBELET_PORT = 10250


@dataclass(frozen=True)
class OutsideCheck:
    """One probe through the public door."""

    name: str
    host: str
    path: str
    module: str
    check: HealthCheck | None
    """None for the static page."""

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


def component(system: System, name: str) -> MonitoringComponent:
    for each in system.monitoring.components:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in system.monitoring.components)
    raise KeyError(f"{system.name} has no monitoring component {name}; it has {known}")


def outside_checks(system: System, domain: str) -> Iterator[OutsideCheck]:
    """Every health check the documents ask from outside, and the crisis page."""
    for check in system.outside_checks:
        host = f"{check.host}.{domain}" if check.host else domain
        yield OutsideCheck(check.name, host, check.path, module_of(check), check)
    if system.crisis:
        yield OutsideCheck(CRISIS_PAGE, domain, system.crisis.page_path, "page", None)


def module_of(check: HealthCheck) -> str:
    """Name of the blackbox module: one for each status and body that is asked for."""
    body = "-".join(f"{each.json_path.strip('.')}-{each.equals}" for each in check.body)
    return re.sub(r"[^a-z0-9]+", "-", f"answers-{check.expected_status}-{body}".lower()).strip("-")


def pods(namespace: str, workload: str, port: int, labels: Mapping[str, str] | None = None) -> Json:
    """Running pods of one workload (a regular expression); a pod's several ports are the same target once."""
    named = {"pod": "__meta_kubernetes_pod_name", "instance": "__meta_kubernetes_pod_name", **(labels or {})}
    return {
        "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": [namespace]}}],
        "relabel_configs": [
            {"source_labels": [WORKLOAD], "regex": workload, "action": "keep"},
            {"source_labels": ["__meta_kubernetes_pod_phase"], "regex": "Running", "action": "keep"},
            {
                "source_labels": ["__meta_kubernetes_pod_ip"],
                "target_label": "__address__",
                "replacement": f"$1:{port}",
            },
            *({"source_labels": [source], "target_label": label} for label, source in named.items()),
        ],
    }


def rules_of(found: Json) -> list[Json]:
    return cast("list[Json]", found["relabel_configs"])


def service(address: str) -> Json:
    """Something of which any replica knows everything."""
    return {"static_configs": [{"targets": [address]}]}


def kubelets(account: str) -> Json:
    """Every node's kubelet, by its own certificate and our service account; one `job` for both of its paths."""
    return {
        "scheme": "https",
        "authorization": {"credentials_file": f"{account}/token"},
        "tls_config": {"ca_file": f"{account}/ca.crt"},
        "kubernetes_sd_configs": [{"role": "node"}],
        "relabel_configs": [
            {
                "source_labels": ["__meta_kubernetes_node_address_InternalIP"],
                "target_label": "__address__",
                "replacement": f"$1:{KUBELET_PORT}",
            },
            {"source_labels": ["__meta_kubernetes_node_name"], "target_label": "instance"},
            {"source_labels": ["__meta_kubernetes_node_name"], "target_label": "node"},
            {"target_label": "job", "replacement": "kubelet"},
        ],
    }
