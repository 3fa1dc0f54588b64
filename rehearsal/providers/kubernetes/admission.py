"""What a dry run finds out before anything is created: schema, admission, and whether its pods would be admitted."""

import time
from collections.abc import Callable
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.kubernetes.apply import Cluster, refused
from rehearsal.providers.kubernetes.client import REHEARSAL_MANAGER, ApiError
from rehearsal.providers.kubernetes.discovery import Kind
from rehearsal.providers.kubernetes.objects import DEFAULT_NAMESPACE, Object, at
from rehearsal.providers.provider import Refused

_PLACEHOLDER = "unknown"
_TEMPLATED = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
_ACCOUNT_SECONDS = 5.0
_PAUSE_SECONDS = 0.1
_UNKNOWN_FIELD = "field not declared in schema"
_STRICT = "strict decoding error"
#: Wrong whatever the values turn out to be that are not known yet.
_WRONG_REGARDLESS = ("unknown field", _UNKNOWN_FIELD, "violates PodSecurity")
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
    stand_in = _renamed(body, "replacement")
    if kind.name == "Service":
        stand_in["spec"] = _without(body.get("spec"), ("clusterIP", "clusterIPs", "healthCheckNodePort"))
        if isinstance(ports := at(stand_in, "spec", "ports"), list):
            stand_in["spec"]["ports"] = [_without(port, ("nodePort",)) for port in ports]
    try:
        rehearse(cluster, kind, stand_in, manager=manager)
    except Refused as error:
        name = body["metadata"]["name"]
        raise Refused(str(error).replace(stand_in["metadata"]["name"], name)) from error


def refuse_inadmissible_pods(cluster: Cluster, body: Object) -> None:
    """A workload is admitted whatever its pods are; their refusal would show only as a timeout.

    In a namespace of this very run no pod can be tried before its service account is there.
    """
    deadline = time.monotonic() + _ACCOUNT_SECONDS
    while not _rehearse_pods(cluster, body) and time.monotonic() < deadline:
        if cluster.interrupted.wait(_PAUSE_SECONDS):
            return


def _dry_run(cluster: Cluster, kind: Kind, body: Object, manager: str, force: bool, warn: Any) -> None:
    try:
        cluster.dry_run(kind, body, manager=manager, force=force, warn=warn)
    except ApiError as error:
        if error.namespace_missing:
            _dry_run_elsewhere(cluster, kind, body, manager)
        elif not error.account_missing:
            raise _all_at_once(cluster, kind, body, error) from error


def _dry_run_elsewhere(cluster: Cluster, kind: Kind, body: Object, manager: str) -> None:
    """The namespace is only planned: everything but its own rules can be checked in another."""
    planned = body["metadata"]["namespace"]
    moved = {**body, "metadata": {**body["metadata"], "namespace": DEFAULT_NAMESPACE}}
    if cluster.client.find(kind.path(DEFAULT_NAMESPACE, moved["metadata"]["name"])) is not None:
        return  # what is there has nothing to do with it
    if kind.name == "Pod":
        moved["spec"] = _without(moved.get("spec"), _REFERENCES)
    try:
        cluster.dry_run(kind, moved, manager=manager)
    except ApiError as error:
        # What the default namespace lacks, the planned one may bring.
        if error.status in (400, 422, 500) and f'"{planned}"' not in error.message:
            raise _all_at_once(cluster, kind, moved, error) from error


def _all_at_once(cluster: Cluster, kind: Kind, body: Object, error: ApiError) -> Refused:
    """An apply is refused with its first unknown field; the same as a plain request, with all of them."""
    if _UNKNOWN_FIELD in error.message:
        collection = kind.path(body["metadata"].get("namespace", ""), "").rstrip("/")
        try:
            cluster.client.request("POST", collection, {"dryRun": "All", "fieldValidation": "Strict"}, body)
        except ApiError as fuller:
            if _STRICT in fuller.message:
                return refused(fuller)
    return refused(error)


def _rehearse_pods(cluster: Cluster, body: Object) -> bool:
    """Whether there was nothing in the way of finding out."""
    template = _template(body)
    namespace = body["metadata"].get("namespace")
    if template is None or not namespace:
        return True
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **{key: value for key, value in _parts(template.get("metadata")) if key in ("labels", "annotations")},
            "name": f"{body['metadata']['name'][:50]}-rehearsed",
            "namespace": namespace,
        },
        "spec": _without(template["spec"], _REFERENCES),
    }
    kind = Kind("v1", "Pod", "pods", namespaced=True)
    try:
        cluster.dry_run(kind, pod, manager=REHEARSAL_MANAGER)
    except ApiError as error:
        # A used-up quota may be freed by the pods that this change replaces.
        if error.account_missing:
            return False
        if error.status == 403 and "exceeded quota" not in error.message:
            words = error.message.replace(f"{body['metadata']['name'][:50]}-rehearsed", f"{body['metadata']['name']}-…")
            raise Refused(
                f"the pods of {body['kind']} {namespace}/{body['metadata']['name']} would be refused: {words}"
            ) from error
    return True


def _template(body: Object) -> Object | None:
    if body["kind"] == "CronJob":
        template = at(body, "spec", "jobTemplate", "spec", "template")
    else:
        template = at(body, "spec", "template") if body["kind"] in _TEMPLATED else None
    return template if isinstance(template, dict) and isinstance(template.get("spec"), dict) else None


def _parts(metadata: Any) -> Any:
    return metadata.items() if isinstance(metadata, dict) else ()


def _renamed(body: Object, role: str) -> Object:
    return {**body, "metadata": {**body["metadata"], "name": f"{body['metadata']['name'][:50]}-{role}"}}


def _without(value: Any, names: tuple[str, ...]) -> Any:
    return {key: item for key, item in value.items() if key not in names} if isinstance(value, dict) else value


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
