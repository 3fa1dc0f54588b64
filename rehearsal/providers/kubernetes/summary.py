"""How many pods a stack's cluster has, for the summary line of `make up` and for `make status`."""

from dataclasses import dataclass

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes.client import Client, Endpoint
from rehearsal.providers.kubernetes.readiness import condition


@dataclass(frozen=True)
class PodsSummary:
    """Pods that are to run: those that have completed, or are on their way out, are counted apart."""

    total: int = 0
    scheduled: int = 0
    ready: int = 0
    completed: int = 0
    nodes: int = 0


def pods_summary(paths: StackPaths | None = None) -> PodsSummary:
    """Of the stack this plugin runs for, or of the one given. Raises Refused where the cluster does not answer."""
    clients = [Client(endpoint) for endpoint in Endpoint.all_of(paths or StackPaths.of_this_process())]
    found = [pod for client in clients for pod in client.items("/api/v1/pods")]
    pods = [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]
    running = [pod for pod in pods if pod.get("status", {}).get("phase") != "Succeeded"]
    return PodsSummary(
        total=len(running),
        scheduled=sum(bool(pod["spec"].get("nodeName")) for pod in running),
        ready=sum(condition(pod, "Ready").get("status") == "True" for pod in running),
        completed=len(pods) - len(running),
        nodes=sum(len(client.items("/api/v1/nodes")) for client in clients),
    )
