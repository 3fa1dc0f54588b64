"""What runs inside the cluster stays up: documented numbers, budgets for drains, spread over zones."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.pods import (
    CRON_JOB,
    DEPLOYMENT,
    REPLICATED,
    STATEFUL_SET,
    labels_of,
    matches,
    namespace_name,
    nearest,
    pod_of,
)

if TYPE_CHECKING:
    from systems.model import System

_BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
_AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_DOCS = "https://kubernetes.io/docs"
_WORKLOAD, _LANE, _SIDE = "lifeline.dev/workload", "lifeline.dev/lane", "lifeline.dev/side"
_SPREAD_OVER = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")


def autoscaler_of(resource: Resource, graph: Graph) -> Resource | None:
    """The one that counts its replicas, on the resource's side of the stack."""
    named = [
        each
        for each in graph.of(_AUTOSCALER)
        if each.get("spec.scaleTargetRef.name") == resource.get("metadata.name")
        and each.get("spec.scaleTargetRef.kind") == resource.kind
        and namespace_name(each) == namespace_name(resource)
    ]
    return nearest(resource, named, graph)


def least_replicas(resource: Resource, graph: Graph) -> int:
    """Where an autoscaler counts, operations own the number; what is declared is the least of it."""
    autoscaler = autoscaler_of(resource, graph)
    return int(autoscaler.get("spec.minReplicas", 1) if autoscaler else resource.get("spec.replicas", 1))


def system_or_none_here(graph: Graph) -> "System":
    system = context_of(graph).system
    if system is None:
        raise NotApplicable("no documented platform")
    return system


def documented(graph: Graph) -> Iterator[tuple[str, dict[str, str], int, tuple[str, ...]]]:
    """What the platform's document wants to run: its name, its labels, how often, and as what kind."""
    system = system_or_none_here(graph)
    for workload in system.workloads:
        labels = {_WORKLOAD: workload.name, _SIDE: "stable"}
        yield workload.name, {**labels, _LANE: "ordinary"}, workload.replicas, (DEPLOYMENT,)
        if workload.critical:
            name = f"{workload.name} for critical paths"
            yield name, {**labels, _LANE: "critical"}, workload.critical.dedicated_replicas, (DEPLOYMENT,)
    yield "HAProxy", {_WORKLOAD: "balancer"}, system.load_balancer.replicas, (STATEFUL_SET, DEPLOYMENT)
    yield "Redis", {_WORKLOAD: "cache"}, system.cache.nodes, (STATEFUL_SET,)
    yield "Sentinel", {_WORKLOAD: "sentinel"}, system.cache.sentinels, (STATEFUL_SET,)


def _at_home(resource: Resource, graph: Graph) -> bool:
    """What stands by in the recovery region runs fewer on purpose, and makes up for nothing here."""
    return all(each.type != "lifeline:aws:RecoveryRegion" for each in graph.ancestors(resource))


@stack_rule(
    "LL-AVL-001",
    "Everything runs in the documented number",
    severity=Severity.HIGH,
    why="The document's promises were reckoned with these numbers; fewer do not keep them.",
    fix="replicas=workload.replicas; for an autoscaler min_replicas",
    link=f"{_DOCS}/concepts/workloads/controllers/deployment/",
)
def documented_numbers(graph: Graph) -> Problems:
    for name, labels, wanted, kinds in documented(graph):
        found = [each for each in graph.of(*kinds) if matches(labels_of(each), labels) and _at_home(each, graph)]
        if not found:
            yield Problem(f"replicas of {name}", str(wanted), "none at all")
            continue
        most = max(found, key=lambda each: least_replicas(each, graph))
        if (running := least_replicas(most, graph)) < wanted:
            yield Problem(f"replicas of {name}", f"{wanted} at least", running, most)


@rule(
    "LL-AVL-002",
    "Whatever runs more than once has a disruption budget",
    *REPLICATED,
    severity=Severity.HIGH,
    why="Without one, a node upgrade takes all replicas at the same time.",
    fix='PodDisruptionBudget(spec={"max_unavailable": 1, "selector": {"match_labels": labels}})',
    link=f"{_DOCS}/tasks/run-application/configure-pdb/",
)
def has_budget(resource: Resource, graph: Graph) -> Problems:
    if least_replicas(resource, graph) < 2:
        raise NotApplicable("one replica: a budget would block every upgrade")
    system = context_of(graph).system
    if system is not None and not system.production:
        raise NotApplicable("drains of staging need not wait")
    labels, namespace = labels_of(resource), namespace_name(resource)
    for budget in graph.of(_BUDGET):
        here = budget.beside(resource) and namespace_name(budget) == namespace
        if here and matches(labels, budget.get("spec.selector", {})):
            return
    yield Problem("spec.template.metadata.labels", "a PodDisruptionBudget that selects them", "none")


@rule(
    "LL-AVL-003",
    "Disruption budgets let a node be drained, one pod at a time",
    _BUDGET,
    severity=Severity.MEDIUM,
    why="A budget of nothing blocks every security upgrade; one of everything protects nothing.",
    fix='spec={"max_unavailable": 1}',
    link=f"{_DOCS}/tasks/run-application/configure-pdb/",
)
def drainable(budget: Resource, graph: Graph) -> Problems:
    most, least = budget.get("spec.maxUnavailable"), budget.get("spec.minAvailable")
    if most is None and least is None:
        yield Problem("spec.maxUnavailable", "1", None)
    if str(most) in ("0", "0%", "100%"):
        yield Problem("spec.maxUnavailable", "1, or a share", most)
    if str(least) in ("0", "0%", "100%"):
        yield Problem("spec.minAvailable", "less than all and more than none", least)


@rule(
    "LL-AVL-004",
    "Replicas are spread over zones or nodes",
    *REPLICATED,
    severity=Severity.HIGH,
    why="Three replicas on one node are one replica.",
    fix='topology_spread_constraints=[{"topology_key": "topology.kubernetes.io/zone", "max_skew": 1, ...}]',
    link=f"{_DOCS}/concepts/scheduling-eviction/topology-spread-constraints/",
)
def spread(resource: Resource, graph: Graph) -> Problems:
    if least_replicas(resource, graph) < 2:
        raise NotApplicable("one replica")
    pod = pod_of(resource)
    keys = [each.get("topologyKey") for each in pod.each("topologySpreadConstraints")]
    for how in ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"):
        for term in pod.each(f"affinity.podAntiAffinity.{how}"):
            keys.append(term.get("topologyKey") or term.get("podAffinityTerm.topologyKey"))
    if not set(keys) & set(_SPREAD_OVER):
        yield Problem(pod.at("topologySpreadConstraints"), " or ".join(_SPREAD_OVER), ", ".join(map(str, keys)) or None)


@rule(
    "LL-AVL-005",
    "A new release takes away at most half of the old one at a time",
    DEPLOYMENT,
    severity=Severity.MEDIUM,
    why="Recreate, or a generous maxUnavailable, is an outage by plan.",
    fix='strategy={"rolling_update": {"max_unavailable": 0, "max_surge": 1}}',
    link=f"{_DOCS}/concepts/workloads/controllers/deployment/#rolling-update-deployment",
)
def replaced_gently(resource: Resource, graph: Graph) -> Problems:
    replicas = least_replicas(resource, graph)
    if replicas < 2:
        raise NotApplicable("one replica")
    if resource.get("spec.strategy.type", "RollingUpdate") == "Recreate":
        yield Problem("spec.strategy.type", "RollingUpdate", "Recreate")
    found = str(resource.get("spec.strategy.rollingUpdate.maxUnavailable", "25%"))
    taken = int(found[:-1]) / 100 * replicas if found.endswith("%") else int(found)
    if taken > replicas / 2:
        yield Problem("spec.strategy.rollingUpdate.maxUnavailable", f"{replicas // 2} at most", found)


@stack_rule(
    "LL-AVL-006",
    "What may run only once never runs twice",
    severity=Severity.HIGH,
    why="Two schedulers send every reminder twice and charge every card twice.",
    fix='replicas=1, strategy={"type": "Recreate"}',
    link=f"{_DOCS}/concepts/workloads/controllers/deployment/#recreate-deployment",
)
def single(graph: Graph) -> Problems:
    names = [each.name for each in system_or_none_here(graph).workloads if each.singleton]
    if not names:
        raise NotApplicable("the platform has no scheduler")
    for resource in graph.of(DEPLOYMENT):
        if labels_of(resource).get(_WORKLOAD) not in names:
            continue
        if (replicas := resource.get("spec.replicas", 1)) > 1 or autoscaler_of(resource, graph):
            yield Problem("spec.replicas", "1, and no autoscaler", replicas, resource)
        if (found := resource.get("spec.strategy.type", "RollingUpdate")) != "Recreate":
            yield Problem("spec.strategy.type", "Recreate", found, resource)


@rule(
    "LL-AVL-007",
    "Autoscalers have room to scale",
    _AUTOSCALER,
    severity=Severity.MEDIUM,
    why="One whose most is its least does nothing on the day it is needed.",
    fix='spec={"min_replicas": 3, "max_replicas": 9, ...}',
    link=f"{_DOCS}/tasks/run-application/horizontal-pod-autoscale/",
)
def room_to_scale(autoscaler: Resource, graph: Graph) -> Problems:
    least, most = autoscaler.get("spec.minReplicas", 1), autoscaler.get("spec.maxReplicas", 0)
    if most <= least:
        yield Problem("spec.maxReplicas", f"more than {least}", most)


@stack_rule(
    "LL-AVL-008",
    "Nothing runs as a pod that nobody replaces",
    severity=Severity.HIGH,
    why="A bare pod is gone with its node, for good.",
    fix="a Deployment, a StatefulSet or a Job",
    link=f"{_DOCS}/concepts/workloads/pods/#pods-and-controllers",
)
def no_bare_pods(graph: Graph) -> Problems:
    for kind in ("Pod", "ReplicationController"):
        for resource in graph.of(f"kubernetes:core/v1:{kind}"):
            yield Problem("kind", "Deployment, StatefulSet or Job", f"{kind} {resource.name}", resource)


@rule(
    "LL-AVL-009",
    "Volumes of a StatefulSet outlive it",
    STATEFUL_SET,
    severity=Severity.HIGH,
    why="Otherwise scaling down, or deleting by mistake, deletes what was stored.",
    fix='persistent_volume_claim_retention_policy={"when_deleted": "Retain", "when_scaled": "Retain"}',
    link=f"{_DOCS}/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention",
)
def volumes_stay(resource: Resource, graph: Graph) -> Problems:
    if not list(resource.each("spec.volumeClaimTemplates")):
        raise NotApplicable("it keeps nothing")
    for when in ("whenDeleted", "whenScaled"):
        if (found := resource.get(f"spec.persistentVolumeClaimRetentionPolicy.{when}", "Retain")) != "Retain":
            yield Problem(f"spec.persistentVolumeClaimRetentionPolicy.{when}", "Retain", found)


@rule(
    "LL-AVL-010",
    "A job by the clock never overtakes itself",
    CRON_JOB,
    severity=Severity.MEDIUM,
    why="Two backups or two clean-ups at the same time spoil each other, and the database under them.",
    fix='concurrency_policy="Forbid"',
    link=f"{_DOCS}/concepts/workloads/controllers/cron-jobs/#concurrency-policy",
)
def one_at_a_time(resource: Resource, graph: Graph) -> Problems:
    found = resource.get("spec.concurrencyPolicy", "Allow")
    if found not in ("Forbid", "Replace"):
        yield Problem("spec.concurrencyPolicy", "Forbid or Replace", found)


@rule(
    "LL-AVL-011",
    "Long-running pods say how important they are",
    *REPLICATED,
    severity=Severity.LOW,
    why="When nodes are lost, the scheduler makes room for what serves people before what only watches.",
    fix='priority_class_name="lifeline-serving"',
    link=f"{_DOCS}/concepts/scheduling-eviction/pod-priority-preemption/",
)
def importance_said(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if not pod.get("priorityClassName"):
        yield Problem(pod.at("priorityClassName"), "a priority class", None)
