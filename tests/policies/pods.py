"""Pods for cases: one that keeps every rule, and the same with one thing changed."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.policies.cases import Given, k8s

DIGEST = "sha256:" + "a1" * 32
IMAGE = f"111122223333.dkr.ecr.us-east-1.amazonaws.com/platform/web:1.4@{DIGEST}"
LABELS = {"app": "web"}
CONTAINER = {
    "name": "web",
    "image": IMAGE,
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
    "readinessProbe": {"httpGet": {"path": "/health", "port": 8080}},
    "livenessProbe": {"httpGet": {"path": "/livez", "port": 8080}},
}
POD = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
    "serviceAccountName": "web",
    "automountServiceAccountToken": False,
    "terminationGracePeriodSeconds": 60,
    "topologySpreadConstraints": [
        {"topologyKey": "topology.kubernetes.io/zone", "maxSkew": 1, "labelSelector": {"matchLabels": LABELS}}
    ],
    "containers": [CONTAINER],
}


def changed(value: Any, path: str, to: Any) -> Any:
    """A copy with one thing changed; None takes it out."""
    made = deepcopy(value)
    *way, last = path.split(".")
    at = made
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
    if isinstance(at, list):
        at[int(last)] = to
    elif to is None:
        at.pop(last, None)
    else:
        at[last] = to
    return made


def pod(changes: Mapping[str, Any] | None = None, also: list[Any] | None = None, of: str = "containers") -> Any:
    """A pod's spec: `changes` by path; `also` are further containers of kind `of`."""
    made: Any = POD
    for path, to in (changes or {}).items():
        made = changed(made, path, to)
    return {**made, of: [*made.get(of, []), *also]} if also else made


def container(changes: Mapping[str, Any] | None = None) -> Any:
    made: Any = CONTAINER
    for path, to in (changes or {}).items():
        made = changed(made, path, to)
    return made


def deployment(spec: Any = POD, *, namespace: str = "platform", labels: Any = None, **more: Any) -> Given:
    """`more` goes into the spec of the Deployment itself."""
    return _controller("apps/v1:Deployment", spec, namespace, labels or LABELS, {"replicas": 3, **more})


def daemon_set(spec: Any = POD, *, namespace: str = "node-agents", **more: Any) -> Given:
    return _controller("apps/v1:DaemonSet", spec, namespace, LABELS, more)


def stateful_set(spec: Any = POD, *, namespace: str = "platform", labels: Any = None, **more: Any) -> Given:
    return _controller("apps/v1:StatefulSet", spec, namespace, labels or LABELS, {"replicas": 3, **more})


def job(spec: Any = POD, *, namespace: str = "platform") -> Given:
    return _controller("batch/v1:Job", spec, namespace, LABELS, {})


def cron_job(spec: Any = POD, *, namespace: str = "platform") -> Given:
    template = {"spec": {"template": {"metadata": {"labels": LABELS}, "spec": spec}}}
    return k8s("batch/v1:CronJob", metadata=meta("web", namespace), spec={"jobTemplate": template})


def bare(spec: Any = POD, *, namespace: str = "platform", **metadata: Any) -> Given:
    return k8s("core/v1:Pod", metadata={**meta("web", namespace), **metadata}, spec=spec)


def _controller(kind: str, spec: Any, namespace: str, labels: Any, more: dict[str, Any]) -> Given:
    template = {"metadata": {"labels": labels}, "spec": spec}
    return k8s(kind, metadata=meta("web", namespace), spec={**more, "template": template})


def meta(name: str, namespace: str = "", **labels: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name}
    if namespace:
        made["namespace"] = namespace
    if labels:
        made["labels"] = labels["labels"]
    return made


def namespace(name: str, standard: str | None = "restricted", version: str | None = "v1.35") -> Given:
    prefix = "pod-security.kubernetes.io/enforce"
    labels = {key: value for key, value in ((prefix, standard), (f"{prefix}-version", version)) if value}
    return k8s("core/v1:Namespace", metadata={"name": name, "labels": labels})
