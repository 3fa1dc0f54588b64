"""What a fresh cluster is given, and the mark by which its state is recognised later."""

import time

from rehearsal.processes import volumes
from rehearsal.processes.kubernetes_api import ApiError, KubernetesApi
from rehearsal.processes.records import Continuity, Records

MARK_PATH = "/api/v1/namespaces/kube-system/configmaps/lifeline-rehearsal"
#: The API server makes its own namespaces shortly after it calls itself ready.
NAMESPACE_PATIENCE_SECONDS = 20.0


def ensure_mark(api: KubernetesApi, records: Records, name: str) -> Continuity:
    """Furnish a cluster that does not carry the mark, and say what that means for what was in it."""
    memory = records.memory(name)
    if not memory.mark or _read(api) != memory.mark:
        memory = memory.renewed()
        api.apply(f"{volumes.CLASSES}/rehearsal-default", volumes.default_class())
        api.apply(f"/apis/storage.k8s.io/v1/csidrivers/{volumes.PROVISIONER}", volumes.driver())
        _write(api, memory.mark)
        records.remember(name, memory)
    return memory.continuity


def _read(api: KubernetesApi) -> str | None:
    try:
        return api.get(MARK_PATH)["data"]["mark"]
    except ApiError as refusal:
        if refusal.status != 404:
            raise
        return None


def _write(api: KubernetesApi, mark: str) -> None:
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lifeline-rehearsal"}, "data": {"mark": mark}}
    deadline = time.monotonic() + NAMESPACE_PATIENCE_SECONDS
    while True:
        try:
            api.apply(MARK_PATH, item)
            return
        except ApiError as refusal:
            if refusal.status != 404 or time.monotonic() > deadline:
                raise
        time.sleep(0.05)
