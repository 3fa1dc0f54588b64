"""Which changes of an object mean another object: the provider's own table, then what the API server says."""

import re

from rehearsal.providers import wire
from rehearsal.providers.differences import Change
from rehearsal.providers.kubernetes.apply import Cluster
from rehearsal.providers.kubernetes.client import ApiError
from rehearsal.providers.kubernetes.discovery import Kind
from rehearsal.providers.kubernetes.objects import Object, Target

_ALWAYS = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_SELECTOR = ("spec.selector",)
_OF_A_VOLUME = ("csi", "hostPath", "local", "nfs", "iscsi", "fc", "awsElasticBlockStore", "nodeAffinity", "volumeMode")
_OF_A_CLAIM = ("accessModes", "selector", "storageClassName", "volumeName", "volumeMode", "dataSource", "dataSourceRef")
_BY_KIND: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "ReplicaSet"): _SELECTOR,
    ("apps", "StatefulSet"): (
        *_SELECTOR,
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): (*_SELECTOR, "spec.template", "spec.completions", "spec.parallelism", "spec.completionMode"),
    ("", "Pod"): ("spec",),
    ("", "Service"): ("spec.clusterIP", "spec.clusterIPs"),
    ("", "PersistentVolume"): tuple(f"spec.{name}" for name in _OF_A_VOLUME),
    ("", "PersistentVolumeClaim"): tuple(f"spec.{name}" for name in _OF_A_CLAIM),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "ConfigMap"): ("data", "binaryData"),
    ("", "Secret"): ("type", "data", "stringData"),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
    ("storage.k8s.io", "CSIDriver"): ("spec.attachRequired", "spec.fsGroupPolicy", "spec.volumeLifecycleModes"),
    ("scheduling.k8s.io", "PriorityClass"): ("value", "preemptionPolicy"),
    ("node.k8s.io", "RuntimeClass"): ("handler",),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): ("spec.group", "spec.names.plural", "spec.scope"),
}
_CONTENT = ("data", "binaryData", "stringData")
_IMMUTABLE = re.compile(
    r"immutable|may not be (?:changed|updated)|(?:updates?|changes?) (?:to|of) .* (?:is|are) forbidden"
)


def judged(found: list[Change], which: Target, news: Object, mutable: frozenset[str]) -> list[Change]:
    """The changes, those marked that force a replacement; `mutable` names kinds whose data may change in place."""
    if which.patch:
        paths: tuple[str, ...] = _ALWAYS
    else:
        group = which.api_version.partition("/")[0] if "/" in which.api_version else ""
        paths = (*_ALWAYS, *_BY_KIND.get((group, which.kind), ()))
    if which.kind in ("ConfigMap", "Secret") and not which.patch and news.get("immutable") is not True:
        paths = (*paths, "immutable")  # it can be set once, and never taken back
        if which.kind in mutable:
            paths = tuple(path for path in paths if path not in _CONTENT)
    return [_marked(change, paths) for change in found]


def judged_by_server(found: list[Change], cluster: Cluster, kind: Kind, body: Object, manager: str) -> list[Change]:
    """For what the table does not know: a dry run that fails on an immutable field."""
    if any(change.replace for change in found) or wire.has_unknown(body):
        return found
    try:
        cluster.dry_run(kind, body, manager=manager, force=True)
    except ApiError as error:
        if error.status != 422:
            return found  # the update itself will say what is wrong
        fields = [c.get("field", "") for c in error.causes if _IMMUTABLE.search(c.get("message", ""))]
        return [_marked(change, tuple(fields)) for change in found] if fields else found
    return found


def _marked(change: Change, paths: tuple[str, ...]) -> Change:
    inside = any(change.path == path or change.path.startswith((f"{path}.", f"{path}[")) for path in paths)
    # An object added or removed whole (spec.selector) contains what is immutable.
    around = any(path.startswith(f"{change.path}.") for path in paths) and change.path != "metadata"
    return Change(change.path, change.kind, replace=True) if inside or around else change
