"""Pods on nodes that are gone: nobody confirms their deletion, and the cluster's own collector takes a minute."""

import logging
import time
from typing import Any

from rehearsal.processes.kubernetes_api import ApiError, KubernetesApi

PODS = "/api/v1/pods"
NODES = "/api/v1/nodes"
#: A node may be replaced by one of the same name; only what stays without a node is taken away.
GRACE_SECONDS = 1.0

log = logging.getLogger(__name__)


class StrayPods:
    """Remembers since when a pod has had no node."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def reconcile(self, api: KubernetesApi) -> bool:
        """Answers whether a pod is still in its grace, so that there is reason to look again soon."""
        pods = api.items(PODS)
        nodes = {node["metadata"]["name"] for node in api.items(NODES)}
        stray = {pod["metadata"]["uid"]: pod for pod in pods if pod["spec"].get("nodeName", "") not in {"", *nodes}}
        now = time.monotonic()
        self._since = {uid: self._since.get(uid, now) for uid in stray}
        for uid, pod in stray.items():
            if now - self._since[uid] >= GRACE_SECONDS:
                _force(api, pod)
        return bool(stray)


def _force(api: KubernetesApi, pod: dict[str, Any]) -> None:
    metadata = pod["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
    try:
        api.delete(path, {"gracePeriodSeconds": 0, "preconditions": {"uid": metadata["uid"]}})
    except ApiError as refusal:
        if refusal.status not in (404, 409):
            raise
        return
    log.info("pod %s/%s deleted: its node %s is gone", metadata["namespace"], metadata["name"], pod["spec"]["nodeName"])
