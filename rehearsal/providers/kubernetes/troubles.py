"""Why a workload's pods are not what they should be, in the words of the scheduler, the kubelet and the controllers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.kubernetes.client import Client
from rehearsal.providers.kubernetes.objects import Object
from rehearsal.providers.kubernetes.readiness import condition

_SELECTING = {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"}
_ORDINARY_WAITS = {"ContainerCreating", "PodInitializing"}
#: No pod like this will ever be admitted; anything else that is refused may be admitted later.
_NEVER_ADMITTED = ("violates PodSecurity", "usage per Container is", "usage per Pod is")


@dataclass
class Troubles:
    """What was found; `hopeless` when waiting longer cannot help."""

    reasons: list[str] = field(default_factory=list)
    hopeless: bool = False


def of(client: Client, live: Object) -> Troubles:
    """Looked for only while something is not ready: these are several calls."""
    found = Troubles()
    if live["kind"] in _SELECTING:
        refusals = _refused_pods(client, live)
        found.reasons += refusals
        found.hopeless = any(words in refusal for refusal in refusals for words in _NEVER_ADMITTED)
        found.reasons += _pods(_pods_of(client, live))
        found.reasons += _claims(client, live)
    elif live["kind"] == "Pod":
        found.reasons += _pods([live])
    elif live["kind"] == "PersistentVolumeClaim":
        found.reasons += _warnings(client, live, ("ProvisioningFailed", "FailedBinding"))
    return found


def _refused_pods(client: Client, live: Object) -> list[str]:
    """Pods that the API server did not take: a condition of Deployments, an event of the others."""
    failure = condition(live, "ReplicaFailure")
    if failure.get("status") == "True":
        return [f"its pods are refused: {failure.get('message', '')}"]
    if live["kind"] == "Deployment":
        return []
    return [f"its pods are refused: {message}" for message in _warnings(client, live, ("FailedCreate",))]


def _warnings(client: Client, live: Object, reasons: tuple[str, ...]) -> list[str]:
    metadata = live["metadata"]
    events = client.items(
        f"/api/v1/namespaces/{metadata['namespace']}/events",
        fieldSelector=f"involvedObject.uid={metadata['uid']},type=Warning",
    )
    return list(dict.fromkeys(event.get("message", "") for event in events if event.get("reason") in reasons))


def _pods_of(client: Client, live: Object) -> list[Object]:
    """Its own pods; of a Deployment those of the newest revision."""
    namespace, uid = live["metadata"]["namespace"], live["metadata"]["uid"]
    selector = ",".join(_requirements(live["spec"].get("selector") or {}))
    owners = {uid}
    if live["kind"] == "Deployment":
        sets = client.items(f"/apis/apps/v1/namespaces/{namespace}/replicasets", labelSelector=selector)
        own = [found for found in sets if _owners(found) & {uid}]
        owners = {found["metadata"]["uid"] for found in sorted(own, key=_revision)[-1:]}
    pods = client.items(f"/api/v1/namespaces/{namespace}/pods", labelSelector=selector)
    return [pod for pod in pods if _owners(pod) & owners and "deletionTimestamp" not in pod["metadata"]]


def _requirements(selector: dict[str, Any]) -> list[str]:
    found = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for rule in selector.get("matchExpressions") or []:
        key, operator, values = rule["key"], rule["operator"], ",".join(rule.get("values") or [])
        words = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
        found.append(words.get(operator, f"!{key}"))
    return found


def _owners(item: Object) -> set[str]:
    return {owner["uid"] for owner in item["metadata"].get("ownerReferences") or []}


def _revision(replica_set: Object) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get("deployment.kubernetes.io/revision", 0))


def _pods(pods: list[Object]) -> list[str]:
    """One line for each thing that is wrong, with how many pods it is wrong with."""
    found: Counter[str] = Counter()
    for pod in pods:
        found.update(set(_pod(pod)))
    return [
        f"{count} of {len(pods)} pods: {words}" if len(pods) > 1 else f"pod: {words}" for words, count in found.items()
    ]


def _pod(pod: Object) -> list[str]:
    status = pod.get("status") or {}
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return [f"not scheduled: {scheduled.get('message') or scheduled.get('reason', '')}"]
    if status.get("phase") == "Failed":
        return [f"failed: {status.get('reason', '')} {status.get('message', '')}".rstrip(": ")]
    found: list[str] = []
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        waiting = (container.get("state") or {}).get("waiting") or {}
        ended = (
            (container.get("state") or {}).get("terminated")
            or (container.get("lastState") or {}).get("terminated")
            or {}
        )
        name = f"container {container['name']!r}"
        if waiting.get("reason") and waiting["reason"] not in _ORDINARY_WAITS:
            found.append(f"{name} waits: {waiting['reason']}: {waiting.get('message', '')}".rstrip(": "))
        if ended.get("exitCode"):
            found.append(f"{name} ended with exit code {ended['exitCode']}: {ended.get('reason', '')}".rstrip(": "))
    return found


def _claims(client: Client, live: Object) -> list[str]:
    """Claims of a StatefulSet that wait keep its pods waiting."""
    templates = live["spec"].get("volumeClaimTemplates") or [] if live["kind"] == "StatefulSet" else []
    if not templates:
        return []
    names = tuple(f"{template['metadata']['name']}-{live['metadata']['name']}-" for template in templates)
    claims = client.items(f"/api/v1/namespaces/{live['metadata']['namespace']}/persistentvolumeclaims")
    waiting = [c for c in claims if c["metadata"]["name"].startswith(names) and c["status"].get("phase") != "Bound"]
    return [
        f"claim {claim['metadata']['name']} is {claim['status'].get('phase')}"
        f" (storage class {claim['spec'].get('storageClassName') or 'none, and the cluster has no default'})"
        for claim in waiting
    ]
