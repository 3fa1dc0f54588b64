"""Pods that run for long: when they are sent requests, when they are restarted, how they end."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.pods import REPLICATED, SERVICE, pod_of, selected

_DOCS = "https://kubernetes.io/docs"
#: Seconds in which a balancer learns that a pod goes and the pod finishes what is open.
_LEAST_SHUTDOWN = 15


@rule(
    "LL-POD-028",
    "What a Service sends requests to is asked whether it is ready",
    *REPLICATED,
    severity=Severity.HIGH,
    why="Without a readiness probe people are sent to a pod that is still starting or already broken.",
    fix='readiness_probe={"http_get": {"path": "/health", "port": "http"}}',
    link=f"{_DOCS}/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
)
def readiness_asked(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if not any(selected(service, resource) for service in graph.of(SERVICE)):
        raise NotApplicable("no Service of this stack sends it anything")
    if not any(each.get("readinessProbe") for each in pod.each("containers")):
        yield Problem(pod.at("containers[0].readinessProbe"), "a probe", None)


@rule(
    "LL-POD-029",
    "A liveness probe asks something else than the readiness probe, or asks it more patiently",
    *REPLICATED,
    severity=Severity.MEDIUM,
    why="With the same deep check for both, a blink of the database restarts every pod at once.",
    fix='liveness_probe={"http_get": {"path": "/livez", "port": "http"}}',
    link=f"{_DOCS}/concepts/configuration/liveness-readiness-startup-probes/",
)
def liveness_apart(resource: Resource, graph: Graph) -> Problems:
    probed = False
    for container in pod_of(resource).each("containers"):
        live, ready = container.get("livenessProbe"), container.get("readinessProbe")
        if not live or not ready:
            continue
        probed = True
        same = all(live.get(how) == ready.get(how) for how in ("httpGet", "exec", "tcpSocket", "grpc"))
        if same and _patience(live) <= _patience(ready):
            yield Problem(container.at("livenessProbe"), "another question, or more patience than readiness has", live)
    if not probed:
        raise NotApplicable("no container has both probes")


def _patience(probe: dict[str, int]) -> int:
    return int(probe.get("periodSeconds", 10)) * int(probe.get("failureThreshold", 3))


@rule(
    "LL-POD-030",
    "Pods get time to finish what is open",
    *REPLICATED,
    severity=Severity.MEDIUM,
    why="A conversation that is cut in the middle is somebody left alone.",
    fix="termination_grace_period_seconds=60",
    link=f"{_DOCS}/concepts/workloads/pods/pod-lifecycle/#pod-termination",
)
def time_to_finish(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    found = pod.get("terminationGracePeriodSeconds", 30)
    if found < _LEAST_SHUTDOWN:
        yield Problem(pod.at("terminationGracePeriodSeconds"), f"{_LEAST_SHUTDOWN} at least", found)
