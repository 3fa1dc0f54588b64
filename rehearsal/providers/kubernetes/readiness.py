"""When an object is what it should be: one judgement a kind, on the live object and what belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.kubernetes.client import Client
from rehearsal.providers.kubernetes.objects import Object

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True)
class Verdict:
    """Ready, not yet with what is missing, or never with why."""

    ready: bool
    reasons: list[str] = field(default_factory=list)
    hopeless: bool = False


_READY = Verdict(True)


def _missing(*reasons: str) -> Verdict:
    return Verdict(False, list(reasons))


def _never(*reasons: str) -> Verdict:
    return Verdict(False, list(reasons), hopeless=True)


def judge(client: Client, live: Object) -> Verdict:
    """Kinds that are not in the table are ready as soon as they exist."""
    group = live["apiVersion"].partition("/")[0] if "/" in live["apiVersion"] else ""
    judgement = _JUDGEMENTS.get((group, live["kind"]))
    return judgement(client, live) if judgement is not None else _READY


def needs_waiting(api_version: str, kind: str) -> bool:
    group = api_version.partition("/")[0] if "/" in api_version else ""
    return (group, kind) in _JUDGEMENTS


def condition(live: Object, type: str) -> dict[str, Any]:
    conditions = (live.get("status") or {}).get("conditions") or []
    return next((found for found in conditions if found.get("type") == type), {})


def _observed(live: Object) -> bool:
    return (live.get("status") or {}).get("observedGeneration", 0) >= live["metadata"].get("generation", 0)


def _deployment(client: Client, live: Object) -> Verdict:
    if not _observed(live):
        return _missing("the deployment controller has not seen it yet")
    spec, status = live["spec"], live.get("status") or {}
    if spec.get("paused"):
        return _READY
    wanted = spec.get("replicas", 1)
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    old = status.get("replicas", 0) - updated
    if updated >= wanted and available >= wanted and old <= 0:
        return _READY
    progress = condition(live, "Progressing")
    reasons = [f"{available} of {wanted} pods are available"]
    if old > 0:
        reasons.append(f"{old} pods of the previous revision are still there")
    if progress.get("reason") == "ProgressDeadlineExceeded":
        return _never(*reasons, progress.get("message", ""))
    return _missing(*reasons)


def _replica_set(client: Client, live: Object) -> Verdict:
    if not _observed(live):
        return _missing("its controller has not seen it yet")
    wanted, available = live["spec"].get("replicas", 1), (live.get("status") or {}).get("availableReplicas", 0)
    return _READY if available >= wanted else _missing(f"{available} of {wanted} pods are available")


def _stateful_set(client: Client, live: Object) -> Verdict:
    if not _observed(live):
        return _missing("the stateful set controller has not seen it yet")
    spec, status = live["spec"], live.get("status") or {}
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    strategy = spec.get("updateStrategy") or {}
    to_update = wanted - (strategy.get("rollingUpdate") or {}).get("partition", 0)
    if strategy.get("type") == "OnDelete":
        to_update = 0
    reasons = []
    if ready < wanted:
        reasons.append(f"{ready} of {wanted} pods are ready")
    if status.get("updatedReplicas", 0) < to_update and status.get("currentRevision") != status.get("updateRevision"):
        reasons.append(f"{status.get('updatedReplicas', 0)} of {to_update} pods are of the new revision")
    return _missing(*reasons) if reasons else _READY


def _daemon_set(client: Client, live: Object) -> Verdict:
    if not _observed(live):
        return _missing("the daemon set controller has not seen it yet")
    status = live.get("status") or {}
    wanted = status.get("desiredNumberScheduled", 0)
    updated, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    if (live["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
        updated = wanted
    if updated >= wanted and available >= wanted:
        return _READY
    return _missing(f"{min(updated, available)} of {wanted} pods are available")


def _job(client: Client, live: Object) -> Verdict:
    if live["spec"].get("suspend") or condition(live, "Complete").get("status") == "True":
        return _READY
    failed = condition(live, "Failed")
    if failed.get("status") == "True":
        return _never(f"the job failed: {failed.get('reason', '')}: {failed.get('message', '')}")
    status = live.get("status") or {}
    wanted = live["spec"].get("completions") or 1
    return _missing(
        f"{status.get('succeeded', 0)} of {wanted} pods have completed, {status.get('active', 0)} are active, "
        f"{status.get('failed', 0)} have failed"
    )


def _pod(client: Client, live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase", "Pending")
    if phase == "Succeeded" or condition(live, "Ready").get("status") == "True":
        return _READY
    if phase == "Failed":
        status = live["status"]
        return _never(f"the pod failed: {status.get('reason', '')} {status.get('message', '')}".strip())
    return _missing(f"the pod is {phase} and not ready")


def _service(client: Client, live: Object) -> Verdict:
    spec, metadata = live["spec"], live["metadata"]
    if spec.get("type") == "LoadBalancer" and not (live.get("status") or {}).get("loadBalancer", {}).get("ingress"):
        return _never(
            "a Service of type LoadBalancer gets no address in a rehearsal: nothing makes load balancers from "
            "Services there. Use type NodePort behind a target group, or the annotation pulumi.com/skipAwait"
        )
    if spec.get("type") == "ExternalName" or not spec.get("selector") or spec.get("clusterIP") == "None":
        return _READY
    slices = client.items(
        f"/apis/discovery.k8s.io/v1/namespaces/{metadata['namespace']}/endpointslices",
        labelSelector=f"kubernetes.io/service-name={metadata['name']}",
    )
    endpoints = [endpoint for found in slices for endpoint in found.get("endpoints") or []]
    if any((endpoint.get("conditions") or {}).get("ready", True) for endpoint in endpoints):
        return _READY
    selector = ", ".join(f"{key}={value}" for key, value in spec["selector"].items())
    if not endpoints:
        return _missing(
            f"the Service has no endpoints: no pod in {metadata['namespace']} has {selector} and an address"
        )
    return _missing(f"none of the {len(endpoints)} pods with {selector} is ready")


def _claim(client: Client, live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase")
    if phase == "Bound":
        return _READY
    if phase == "Lost":
        return _never("the claim lost its volume")
    classes = client.items("/apis/storage.k8s.io/v1/storageclasses")
    name = live["spec"].get("storageClassName")
    known = {found["metadata"]["name"]: found for found in classes}
    if name is None:
        name = next((key for key, found in known.items() if _is_default(found)), "")
    if name and name not in known:
        return _missing(
            f"its storage class {name!r} does not exist; the cluster has: {', '.join(sorted(known)) or 'none'}"
        )
    if name and known[name].get("volumeBindingMode") == "WaitForFirstConsumer":
        return _READY  # it binds when a pod uses it
    return _missing(f"the claim is {phase or 'Pending'}: no volume was bound to it")


def _is_default(storage_class: Object) -> bool:
    return (storage_class["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"


def _ingress(client: Client, live: Object) -> Verdict:
    """Its address comes from a controller, which a rehearsal lacks; that it leads somewhere can be seen."""
    spec, namespace = live["spec"], live["metadata"]["namespace"]
    backends = [
        path.get("backend") for rule in spec.get("rules") or [] for path in (rule.get("http") or {}).get("paths", [])
    ]
    names = {b["service"]["name"] for b in [*backends, spec.get("defaultBackend")] if b and b.get("service")}
    absent = sorted(name for name in names if client.find(f"/api/v1/namespaces/{namespace}/services/{name}") is None)
    return _missing(f"it leads to Services that do not exist: {', '.join(absent)}") if absent else _READY


def _definition(client: Client, live: Object) -> Verdict:
    names = condition(live, "NamesAccepted")
    if names.get("status") == "False":
        return _never(f"its names were not accepted: {names.get('message', '')}")
    established = condition(live, "Established")
    return _READY if established.get("status") == "True" else _missing("the API server does not serve it yet")


def _namespace(client: Client, live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase")
    return _READY if phase == "Active" else _missing(f"the namespace is {phase}")


def _volume(client: Client, live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase")
    return _READY if phase in ("Available", "Bound") else _missing(f"the volume is {phase}")


def _api_service(client: Client, live: Object) -> Verdict:
    available = condition(live, "Available")
    return _READY if available.get("status") == "True" else _missing(available.get("message") or "it is not available")


_JUDGEMENTS: dict[tuple[str, str], Callable[[Client, Object], Verdict]] = {
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("batch", "Job"): _job,
    ("", "ReplicationController"): _replica_set,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "PersistentVolume"): _volume,
    ("", "Namespace"): _namespace,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apiregistration.k8s.io", "APIService"): _api_service,
}
