"""What a dry run finds out before anything is created: schema, admission, and whether its pods would be admitted."""

import copy
from collections.abc import Callable
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.kubernetes.apply import Cluster, refused
from rehearsal.providers.kubernetes.client import ApiError
from rehearsal.providers.kubernetes.discovery import Kind
from rehearsal.providers.kubernetes.objects import DEFAULT_NAMESPACE, Object
from rehearsal.providers.provider import Refused

_PLACEHOLDER = "unknown"
_TEMPLATED = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
#: Wrong whatever the values turn out to be that are not known yet.
_WRONG_REGARDLESS = ("unknown field", "field not declared in schema", "violates PodSecurity")
#: Refers to another object, which may be planned too; the pod's security does not depend on it.
_REFERENCES = ("serviceAccountName", "serviceAccount", "priorityClassName", "runtimeClassName")


def rehearse(
    cluster: Cluster,
    kind: Kind,
    body: Object,
    *,
    manager: str,
    force: bool = False,
    warn: Callable[[str], None] | None = None,
) -> None:
    """Dry-run an object as a preview has it, unknown values included; raise what would be refused."""
    if not wire.has_unknown(body):
        _dry_run(cluster, kind, body, manager, force, warn)
        _rehearse_pods(cluster, body)
        return
    try:
        _dry_run(cluster, kind, _filled(body), manager, force, None)
    except Refused:
        # A placeholder may be what is wrong, or its absence: only what neither can cause is an error.
        try:
            _dry_run(cluster, kind, _pruned(body), manager, force, None)
        except Refused as error:
            if any(words in str(error) for words in _WRONG_REGARDLESS) and _PLACEHOLDER not in str(error).split('"'):
                raise
    try:
        _rehearse_pods(cluster, _filled(body))
    except Refused as error:
        if any(words in str(error) for words in _WRONG_REGARDLESS):
            raise


def rehearse_beside(cluster: Cluster, kind: Kind, body: Object, *, manager: str) -> None:
    """Dry-run the replacement of an object of the same name, which cannot be sent while the old one lives."""
    if kind.name in ("CustomResourceDefinition", "Namespace"):
        return  # their names are bound to what they hold
    stand_in = copy.deepcopy(body)
    stand_in["metadata"]["name"] = f"{body['metadata']['name'][:50]}-replacement"
    if kind.name == "Service" and isinstance(stand_in.get("spec"), dict):
        for allocated in ("clusterIP", "clusterIPs", "healthCheckNodePort"):
            stand_in["spec"].pop(allocated, None)
        for port in stand_in["spec"].get("ports") or []:
            port.pop("nodePort", None)
    rehearse(cluster, kind, stand_in, manager=manager)


def refuse_inadmissible_pods(cluster: Cluster, body: Object) -> None:
    """A workload is admitted whatever its pods are; their refusal would show only as a timeout."""
    _rehearse_pods(cluster, body)


def _dry_run(cluster: Cluster, kind: Kind, body: Object, manager: str, force: bool, warn: Any) -> None:
    try:
        cluster.dry_run(kind, body, manager=manager, force=force, warn=warn)
    except ApiError as error:
        if error.namespace_missing:
            _dry_run_elsewhere(cluster, kind, body, manager)
        elif not error.account_missing:
            raise refused(error) from error


def _dry_run_elsewhere(cluster: Cluster, kind: Kind, body: Object, manager: str) -> None:
    """The namespace is only planned: everything but its own rules can be checked in another."""
    planned = body["metadata"]["namespace"]
    moved = copy.deepcopy(body)
    moved["metadata"]["namespace"] = DEFAULT_NAMESPACE
    if kind.name == "Pod":
        moved["spec"] = _without_references(moved.get("spec") or {})
    moved["metadata"]["name"] = f"{body['metadata']['name'][:50]}-planned"
    try:
        cluster.dry_run(kind, moved, manager=manager)
    except ApiError as error:
        # What the default namespace lacks, the planned one may bring.
        if error.status in (400, 422) and f'"{planned}"' not in error.message:
            raise refused(error) from error


def _rehearse_pods(cluster: Cluster, body: Object) -> None:
    template = _template(body)
    namespace = body["metadata"].get("namespace")
    if template is None or not namespace:
        return
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **{
                key: value
                for key, value in (template.get("metadata") or {}).items()
                if key in ("labels", "annotations")
            },
            "name": f"{body['metadata']['name'][:50]}-rehearsed",
            "namespace": namespace,
        },
        "spec": _without_references(template.get("spec") or {}),
    }
    kind = Kind("v1", "Pod", "pods", namespaced=True)
    try:
        cluster.dry_run(kind, pod, manager="lifeline-rehearsal")
    except ApiError as error:
        # A used-up quota may be freed by the pods that this change replaces.
        if error.status == 403 and not error.account_missing and "exceeded quota" not in error.message:
            words = error.message.replace(f"{body['metadata']['name'][:50]}-rehearsed", f"{body['metadata']['name']}-…")
            raise Refused(
                f"the pods of {body['kind']} {namespace}/{body['metadata']['name']} would be refused: {words}"
            ) from error


def _template(body: Object) -> Object | None:
    spec = body.get("spec") or {}
    if body["kind"] == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    elif body["kind"] not in _TEMPLATED:
        return None
    template = spec.get("template")
    return template if isinstance(template, dict) else None


def _without_references(spec: Object) -> Object:
    return {key: value for key, value in spec.items() if key not in _REFERENCES}


def _filled(value: Any) -> Any:
    if value is wire.UNKNOWN:
        return _PLACEHOLDER
    if isinstance(value, dict):
        return {key: _filled(item) for key, item in value.items()}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(item) for key, item in value.items() if item is not wire.UNKNOWN}
    return [_pruned(item) for item in value if item is not wire.UNKNOWN] if isinstance(value, list) else value
