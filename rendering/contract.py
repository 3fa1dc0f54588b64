"""What one workload must offer to run here, read off its spec: docs/application-contract.md in the form of data.

The reference application (images/reference) serves exactly this, so that balancers, probes, exporters and gates can be
tried before the real application is there.
"""

from typing import cast

from rendering.metrics_of_applications import application_metrics
from systems.model import SecretClass, System, Workload

Json = dict[str, object]

#: What an answer carries where the spec names a path and no value: units are the ends of metric names.
_EXAMPLES = (("_percent", 100), ("_seconds", 0.05), ("_updated", "2026-01-01T00:00:00Z"))


def contract(system: System, workload: Workload) -> Json:
    """Paths with status and body, metrics, WebSockets, shutdown, settings and secrets of one workload."""
    return {
        "system": system.name,
        "workload": workload.name,
        "port": workload.port,
        "liveness": workload.liveness_path,
        "readiness": _readiness(workload),
        "answers": _answers(system, workload),
        "metrics": workload.metrics.path if workload.metrics else None,
        "measured": _measured(system) if workload.metrics else {},
        "websockets": workload.websockets.path if workload.websockets else None,
        "drain_seconds": drain_seconds(system),
        "shutdown_seconds": workload.shutdown_seconds,
        "variables": _variables(system, workload),
        "secrets": _secrets(system, workload),
    }


def _measured(system: System) -> Json:
    """What the metrics path exports: kind, and the documented limits that histograms must have bounds at."""
    return {
        metric.name: {"kind": metric.kind.value, "limits": list(metric.limits)}
        for metric in application_metrics(system)
    }


def _readiness(workload: Workload) -> list[str]:
    """Replicas for critical paths are asked for what they alone serve."""
    asked = [check.path for check in workload.health if "readiness" in check.uses]
    return [*asked, workload.critical.check_path] if workload.critical else asked


def drain_seconds(system: System) -> float:
    """How long requests may still come after SIGTERM: until the balancer has heard three times that it is over."""
    check = system.load_balancer.check
    return check.detection_seconds + 2 * check.interval_milliseconds / 1000


def _answers(system: System, workload: Workload) -> Json:
    """Documented health paths first; JSON endpoints add what their metrics read."""
    answers: Json = {}
    for check in workload.health:
        body: Json = {}
        for wanted in check.body:
            _put(body, wanted.json_path, wanted.equals)
        _merge(answers, check.path, check.expected_status, body)
    if workload.metrics is not None:  # the workload that tells about itself is the one that answers for the platform
        for endpoint in system.monitoring.json_endpoints:
            body = {}
            for metric in endpoint.metrics:
                _put(body, metric.json_path, _example(metric.name))
            _merge(answers, endpoint.path, 200, body)
    return answers


def _merge(answers: Json, path: str, status: int, body: Json) -> None:
    """What a health check demands of a body stands above an example for it."""
    before = cast("Json", answers.get(path, {"status": status, "body": {}}))
    answers[path] = {"status": before["status"], "body": _over(body, cast("Json", before["body"]))}


def _over(below: Json, above: Json) -> Json:
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        one, other = below[key], above[key]
        if isinstance(one, dict) and isinstance(other, dict):
            merged[key] = _over(cast("Json", one), cast("Json", other))
    return merged


def _put(body: Json, json_path: str, value: object) -> None:
    *parents, last = json_path.lstrip(".").split(".")
    for parent in parents:
        body = cast("Json", body.setdefault(parent, {}))
    body[last] = value


def _example(metric: str) -> object:
    return next((value for end, value in _EXAMPLES if metric.endswith(end)), 1)


def _variables(system: System, workload: Workload) -> Json:
    """Public settings, by the variable they arrive in."""
    return {each.name: each.value for each in system.application.settings if workload.name in each.readers}


def _secrets(system: System, workload: Workload) -> list[str]:
    """Variables with secret values; supplied ones may still be empty, so they are not demanded."""
    return sorted(
        each.variable
        for each in system.secrets.secrets
        if each.variable and workload.name in each.readers and each.secret_class is not SecretClass.SUPPLIED
    )
