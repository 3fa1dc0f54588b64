"""What the API is told of a Deployment: probes, rollout, shutdown, placing and scaling of one form of a workload."""

import re

from components.kubernetes import pods
from components.kubernetes.pods import Json, Priority
from components.kubernetes.surroundings import Surroundings
from rendering.variants import Lane, Variant
from systems import sizing
from systems.model import Autoscaling, Hardening

#: A pod may start slowly (five minutes) without being killed for it.
_START_CHECKS, _START_PERIOD_SECONDS = 60, 5
_PROBE_TIMEOUT_SECONDS, _READY_PERIOD_SECONDS, _ALIVE_PERIOD_SECONDS = 3, 5, 10
#: Before a pod is told to stop: callers through a Service go on for as long as every node needs to hear of it.
NOTICE_SECONDS = 10
#: A new pod counts when it was ready for this long; a rollout that makes no progress is reported after ten minutes.
_SETTLING_SECONDS, _PROGRESS_SECONDS = 10, 600
#: Load must have been low for five minutes before pods go; more of them come at once.
_CALM_SECONDS, _BURST_PERIOD_SECONDS = 300, 15
SERVICE_NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def spec(
    form: Variant,
    *,
    labels: dict[str, str],
    hardening: Hardening,
    surroundings: Surroundings,
    container: Json,
) -> Json:
    """The Deployment of a form; `container` brings what is particular to it."""
    workload = form.workload
    served = workload.port is not None
    whole = {
        "name": workload.name,
        "security_context": pods.container_security(hardening),
        "resources": pods.resources(workload.resources),
        **({"command": list(workload.command)} if workload.command else {}),
        **({"ports": [{"name": "http", "container_port": workload.port}], **_probes(form)} if served else {}),
        **({"lifecycle": {"pre_stop": {"sleep": {"seconds": NOTICE_SECONDS}}}} if served else {}),
        **surroundings.container,
        **container,
    }
    pod = pods.pod(
        containers=[whole],
        hardening=hardening,
        service_account=surroundings.service_account,
        node_role=sizing.APPLICATION,
        priority=Priority.CRISIS if form.lane is Lane.CRITICAL else Priority.SERVING,
        volumes=surroundings.volumes,
        grace_seconds=workload.shutdown_seconds + (NOTICE_SECONDS if served else 0),
        topology_spread_constraints=pods.spread(labels),
    )
    return {
        "replicas": form.replicas,
        "selector": {"match_labels": labels},
        "strategy": _strategy(form),
        "min_ready_seconds": _SETTLING_SECONDS if served else 0,
        "progress_deadline_seconds": _PROGRESS_SECONDS,
        "revision_history_limit": 5,
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }


def _strategy(form: Variant) -> Json:
    """No capacity is lost in a rollout; of a scheduler there are never two, so the old one goes first."""
    if form.workload.singleton:
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rolling_update": {"max_surge": 1, "max_unavailable": 0}}


def _probes(form: Variant) -> Json:
    """Liveness asks the process only; readiness asks the documented path."""
    alive = {"http_get": {"path": form.workload.liveness_path, "port": "http"}}
    probes: Json = {
        "startup_probe": {
            **alive,
            "failure_threshold": _START_CHECKS,
            "period_seconds": _START_PERIOD_SECONDS,
            "timeout_seconds": _PROBE_TIMEOUT_SECONDS,
        },
        "liveness_probe": {
            **alive,
            "failure_threshold": 3,
            "period_seconds": _ALIVE_PERIOD_SECONDS,
            "timeout_seconds": _PROBE_TIMEOUT_SECONDS,
        },
    }
    if form.check_path:
        probes["readiness_probe"] = {
            "http_get": {"path": form.check_path, "port": "http"},
            "failure_threshold": 2,
            "period_seconds": _READY_PERIOD_SECONDS,
            "timeout_seconds": _PROBE_TIMEOUT_SECONDS,
        }
    return probes


def autoscaling(form: Variant, scaling: Autoscaling) -> Json:
    """From the documented replicas upward; shares are of what a pod requests."""
    shares = {"cpu": scaling.cpu_percent, "memory": scaling.memory_percent}
    return {
        "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": form.name},
        "min_replicas": form.replicas,
        "max_replicas": scaling.maximum_replicas,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": name, "target": {"type": "Utilization", "average_utilization": percent}},
            }
            for name, percent in shares.items()
            if percent is not None
        ],
        "behavior": {
            "scale_up": {
                "stabilization_window_seconds": 0,
                "policies": [{"type": "Percent", "value": 100, "period_seconds": _BURST_PERIOD_SECONDS}],
            },
            "scale_down": {
                "stabilization_window_seconds": _CALM_SECONDS,
                "policies": [{"type": "Pods", "value": 1, "period_seconds": 60}],
            },
        },
    }
