"""Cases of availability, inside the cluster and on AWS. Documented numbers are those of the platform `being`."""

from typing import Any

from systems import registry
from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, k8s, ref, stack
from tests.policies.pods import LABELS, bare, cron_job, deployment, meta, pod, stateful_set

ELSEWHERE = stack(topic=aws("sns/topic:Topic"))
BEING = registry.load("being")
_WEB = BEING.workloads[0]
_UNSEEN = stack(w=k8s("apps/v1:Deployment", metadata=meta("web", "platform"), spec=UNKNOWN))


def tags(system: str = "being", environment: str = "production") -> Any:
    return {"lifeline:system": system, "lifeline:environment": environment}


def of(system: str = "being", environment: str = "production") -> Given:
    return aws("s3/bucket:Bucket", tags=tags(system, environment))


STAGING = tags(environment="staging")


def _lane(lane: str) -> Any:
    return {"lifeline.dev/workload": _WEB.name, "lifeline.dev/side": "stable", "lifeline.dev/lane": lane}


def _documented(**changes: Given) -> Stack:
    assert _WEB.critical is not None
    everything = {
        "b": of(),
        "web": deployment(labels=_lane("ordinary"), replicas=_WEB.replicas),
        "critical": deployment(labels=_lane("critical"), replicas=_WEB.critical.dedicated_replicas),
        "proxy": stateful_set(labels={"lifeline.dev/workload": "balancer"}, replicas=BEING.load_balancer.replicas),
        "cache": stateful_set(labels={"lifeline.dev/workload": "cache"}, replicas=BEING.cache.nodes),
        "sentinel": stateful_set(labels={"lifeline.dev/workload": "sentinel"}, replicas=BEING.cache.sentinels),
    }
    return {**everything, **changes}


def _autoscaler(least: Any, most: Any = 9) -> Given:
    target = {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}
    spec = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most}
    return k8s("autoscaling/v2:HorizontalPodAutoscaler", metadata=meta("web", "platform"), spec=spec)


def _budget(namespace: str = "platform", labels: Any = None, **spec: Any) -> Given:
    spec = {"selector": {"matchLabels": labels or LABELS}, **spec}
    return k8s("policy/v1:PodDisruptionBudget", metadata=meta("web", namespace), spec=spec)


def _budgets(right: list[Any], wrong: list[Any]) -> Cases:
    return Cases(
        passing=[stack(b=_budget(**each)) for each in right],
        failing=[stack(b=_budget(**each)) for each in wrong],
        not_applicable=[ELSEWHERE],
        unknown=[stack(b=_budget(maxUnavailable=UNKNOWN))],
    )


_NO_SPREAD = pod({"topologySpreadConstraints": None})
_NEAR = [{"weight": 1, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname"}}]
_ANTI_AFFINITY = pod(
    {
        "topologySpreadConstraints": None,
        "affinity.podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": _NEAR},
    }
)
_BY_RACK = pod({"topologySpreadConstraints": [{"topologyKey": "rack"}]})


def _rolling(unavailable: Any, **more: Any) -> Given:
    return deployment(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}}, **more)


_SCHEDULER = {"lifeline.dev/workload": "astraldraft-scheduler"}
_RECREATE = {"type": "Recreate"}


def _scheduler(**spec: Any) -> Stack:
    return stack(b=of("astral-draft"), w=deployment(labels=_SCHEDULER, **spec))


def _claims(**retention: Any) -> Stack:
    spec: Any = {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}
    if retention:
        spec["persistentVolumeClaimRetentionPolicy"] = retention
    return stack(w=stateful_set(**spec))


def _by_clock(**spec: Any) -> Stack:
    made = cron_job()
    return stack(j=k8s("batch/v1:CronJob", metadata=meta("j", "platform"), spec={**made.properties["spec"], **spec}))


def _database(**properties: Any) -> Given:
    return aws("rds/instance:Instance", **properties)


def _on_aws(token: str, name: str, right: list[Any], wrong: list[Any], *exempt: Stack) -> Cases:
    return Cases(
        passing=[stack(x=aws(token, **{name: each})) for each in right],
        failing=[stack(x=aws(token, **{name: each})) for each in wrong],
        not_applicable=[ELSEWHERE, *exempt],
        unknown=[stack(x=aws(token, **{name: UNKNOWN}))],
    )


def _subnets(*zones: str) -> dict[str, Given]:
    return {f"s{i}": aws("ec2/subnet:Subnet", availabilityZone=zone) for i, zone in enumerate(zones)}


def _in_zones(token: str, path: str) -> Cases:
    two, same = _subnets("a", "b"), _subnets("a", "a")
    both = aws(token, **{path: [ref("s0.id"), ref("s1.id")]})
    return Cases(
        passing=[{**two, "x": both}, stack(x=aws(token, **{path: ["subnet-1", "subnet-2"]}))],
        failing=[{**same, "x": both}, stack(x=aws(token, **{path: ["subnet-1"]})), stack(x=aws(token))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(x=aws(token, **{path: UNKNOWN}))],
    )


def _nodes(cluster: str, *subnets: Any) -> Given:
    return aws("eks/nodeGroup:NodeGroup", clusterName=cluster, subnetIds=list(subnets))


def _sentinel(quorum: Any) -> Stack:
    text = f"port 26379\nsentinel monitor mymaster cache-0 6379 {quorum}\n"
    return stack(c=k8s("core/v1:ConfigMap", metadata=meta("c", "platform"), data={"sentinel.conf": text}))


_REPLICA = _database(replicateSourceDb=ref("db.id"))
_CHECK = {"path": "/health", "interval": 5, "unhealthyThreshold": 3}

CASES = {
    "LL-AVL-001": Cases(
        passing=[
            _documented(),
            _documented(h=_autoscaler(_WEB.replicas), web=deployment(labels=_lane("ordinary"), replicas=1)),
        ],
        failing=[
            _documented(web=deployment(labels=_lane("ordinary"), replicas=_WEB.replicas - 1)),
            _documented(critical=deployment(labels=_lane("critical"), replicas=1)),
            _documented(proxy=of()),
            _documented(cache=stateful_set(labels={"lifeline.dev/workload": "cache"}, replicas=1)),
            _documented(sentinel=stateful_set(labels={"lifeline.dev/workload": "sentinel"}, replicas=2)),
            _documented(h=_autoscaler(1)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[_documented(web=deployment(labels=_lane("ordinary"), replicas=UNKNOWN))],
    ),
    "LL-AVL-002": Cases(
        passing=[stack(w=deployment(), b=_budget(maxUnavailable=1)), stack(w=stateful_set(), b=_budget())],
        failing=[
            stack(w=deployment()),
            stack(w=deployment(), b=_budget("other")),
            stack(w=stateful_set(), b=_budget(labels={"app": "other"})),
            stack(w=deployment(replicas=1), h=_autoscaler(2)),
        ],
        not_applicable=[
            ELSEWHERE,
            stack(w=deployment(replicas=1)),
            stack(b=of(environment="staging"), w=deployment()),
        ],
        unknown=[_UNSEEN],
    ),
    "LL-AVL-003": _budgets(
        [{"maxUnavailable": 1}, {"minAvailable": 2}, {"maxUnavailable": "25%"}],
        [{}, {"maxUnavailable": 0}, {"maxUnavailable": "100%"}, {"minAvailable": "100%"}, {"minAvailable": 0}],
    ),
    "LL-AVL-004": Cases(
        passing=[stack(w=deployment()), stack(w=deployment(_ANTI_AFFINITY))],
        failing=[stack(w=deployment(_NO_SPREAD)), stack(w=stateful_set(_BY_RACK))],
        not_applicable=[ELSEWHERE, stack(w=deployment(_NO_SPREAD, replicas=1))],
        unknown=[_UNSEEN],
    ),
    "LL-AVL-005": Cases(
        passing=[stack(w=deployment()), stack(w=_rolling(0)), stack(w=_rolling(1, replicas=2))],
        failing=[
            stack(w=deployment(strategy=_RECREATE)),
            stack(w=_rolling("100%")),
            stack(w=_rolling(2)),
            stack(w=_rolling(2, replicas=2)),
        ],
        not_applicable=[ELSEWHERE, stack(w=deployment(strategy=_RECREATE, replicas=1))],
        unknown=[stack(w=deployment(strategy=UNKNOWN))],
    ),
    "LL-AVL-006": Cases(
        passing=[_scheduler(replicas=1, strategy=_RECREATE)],
        failing=[_scheduler(replicas=2, strategy=_RECREATE), _scheduler(replicas=1)],
        not_applicable=[ELSEWHERE, stack(b=of())],
        unknown=[_scheduler(replicas=UNKNOWN)],
    ),
    "LL-AVL-007": Cases(
        passing=[stack(h=_autoscaler(3, 9))],
        failing=[stack(h=_autoscaler(3, 3)), stack(h=_autoscaler(3, 1))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(h=_autoscaler(3, UNKNOWN))],
    ),
    "LL-AVL-008": Cases(
        passing=[ELSEWHERE, stack(w=deployment())],
        failing=[
            stack(w=bare()),
            stack(w=k8s("core/v1:ReplicationController", metadata=meta("w"), spec={})),
        ],
        without={
            "not_applicable": "every stack has or has not such pods",
            "unknown": "the kind of a resource is always known",
        },
    ),
    "LL-AVL-009": Cases(
        passing=[_claims(), _claims(whenDeleted="Retain", whenScaled="Retain")],
        failing=[_claims(whenDeleted="Delete"), _claims(whenDeleted="Retain", whenScaled="Delete")],
        not_applicable=[ELSEWHERE, stack(w=stateful_set())],
        unknown=[_claims(whenDeleted=UNKNOWN)],
    ),
    "LL-AVL-010": Cases(
        passing=[_by_clock(concurrencyPolicy="Forbid"), _by_clock(concurrencyPolicy="Replace")],
        failing=[_by_clock(), _by_clock(concurrencyPolicy="Allow")],
        not_applicable=[ELSEWHERE],
        unknown=[_by_clock(concurrencyPolicy=UNKNOWN)],
    ),
    "LL-AVL-011": Cases(
        passing=[stack(w=deployment(pod({"priorityClassName": "serving"})))],
        failing=[stack(w=deployment()), stack(w=stateful_set(pod({"priorityClassName": ""})))],
        not_applicable=[ELSEWHERE],
        unknown=[_UNSEEN],
    ),
    "LL-AVL-020": Cases(
        passing=[stack(db=_database(multiAz=True)), stack(b=of(), db=_database(multiAz=True), r=_REPLICA)],
        failing=[
            stack(db=_database()),
            stack(db=_database(multiAz=False)),
            stack(b=of(), db=_database(multiAz=False)),
        ],
        not_applicable=[ELSEWHERE, stack(b=of(environment="staging"), db=_database(tags=STAGING))],
        unknown=[stack(db=_database(multiAz=UNKNOWN))],
    ),
    "LL-AVL-021": _on_aws(
        "rds/instance:Instance", "deletionProtection", [True], [None, False], stack(db=_database(tags=STAGING))
    ),
    "LL-AVL-022": Cases(
        passing=[stack(k=aws("kms/key:Key").protected)],
        failing=[stack(db=_database()), stack(k=aws("kms/key:Key")), stack(s=aws("secretsmanager/secret:Secret"))],
        not_applicable=[ELSEWHERE, stack(k=aws("kms/key:Key", tags=STAGING))],
        unknown=[stack(k=aws("kms/key:Key", tags=UNKNOWN))],
    ),
    "LL-AVL-023": Cases(
        passing=[stack(db=_database(finalSnapshotIdentifier="last"))],
        failing=[stack(db=_database(skipFinalSnapshot=True)), stack(db=_database())],
        not_applicable=[ELSEWHERE, stack(db=_database(skipFinalSnapshot=True, tags=STAGING))],
        unknown=[stack(db=_database(skipFinalSnapshot=UNKNOWN))],
    ),
    "LL-AVL-024": _on_aws("rds/instance:Instance", "maxAllocatedStorage", [100], [None, 0]),
    "LL-AVL-025": _in_zones("rds/subnetGroup:SubnetGroup", "subnetIds"),
    "LL-AVL-026": _in_zones("lb/loadBalancer:LoadBalancer", "subnets"),
    "LL-AVL-027": _on_aws(
        "alb/loadBalancer:LoadBalancer",
        "enableDeletionProtection",
        [True],
        [None, False],
        stack(x=aws("lb/loadBalancer:LoadBalancer", tags=STAGING)),
    ),
    "LL-AVL-028": _on_aws(
        "lb/targetGroup:TargetGroup",
        "healthCheck",
        [_CHECK, {"path": "/health", "interval": 20}],
        [None, {"enabled": False}, {"path": "/", "interval": 60}],
    ),
    "LL-AVL-029": Cases(
        passing=[
            stack(n=_nodes("c", "s-1", "s-2")),
            stack(n=_nodes("c", "s-1"), m=_nodes("c", "s-2")),
        ],
        failing=[
            stack(n=_nodes("c", "s-1")),
            stack(n=_nodes("c", "s-1"), m=_nodes("d", "s-2")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(n=_nodes("c", UNKNOWN))],
    ),
    "LL-AVL-030": Cases(
        passing=[_sentinel(2), _sentinel(3)],
        failing=[_sentinel(1), _sentinel(0)],
        not_applicable=[ELSEWHERE, stack(c=k8s("core/v1:ConfigMap", metadata=meta("c"), data={"a": "b"}))],
        unknown=[stack(c=k8s("core/v1:ConfigMap", metadata=meta("c"), data=UNKNOWN))],
    ),
    "LL-AVL-031": Cases(
        passing=[stack(b=of(), db=_database(), r=_REPLICA)],
        failing=[stack(b=of(), db=_database()), stack(b=of("tdah-assistant"), db=_database(), r=_REPLICA)],
        not_applicable=[ELSEWHERE, stack(db=_database())],
        without={"unknown": "whether a database follows another is always written in the program"},
    ),
}
