"""How much a namespace may take: what its pods need at their highest, on both sides of a rollout, with room to spare.

A quota stops what runs away (a loop that makes Jobs), never a rollout: it is computed from the same pods as the nodes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from systems import sizing
from systems.instance_types import DAEMONS_MIB, DAEMONS_MILLICORES
from systems.model import Resources, System, Workload

#: For what the spec does not count: surge of every Deployment, sidecars, a second Job of a kind.
_ROOM_TO_SPARE = 1.25
#: Log collector and node exporter, and one more while they are replaced.
_AGENTS_ON_A_NODE = 3
#: Sizing sets this much aside on every node for all daemons together, ours and those of the cluster.
_AGENT = Resources(
    cpu_request_millicores=DAEMONS_MILLICORES // 2,
    cpu_limit_millicores=500,
    memory_request_mib=DAEMONS_MIB // 2,
    memory_limit_mib=512,
)
#: The least that a container may ask for, and what one gets that says nothing.
_LEAST, _USUAL = {"cpu": "10m", "memory": "16Mi"}, {"cpu": "100m", "memory": "128Mi"}
_USUAL_LIMIT = {"cpu": "500m", "memory": "512Mi"}


@dataclass(frozen=True)
class Allowance:
    """Hard limits of a ResourceQuota, and the largest container of a LimitRange."""

    hard: dict[str, str]
    largest: dict[str, str]

    @property
    def limits(self) -> list[dict[str, object]]:
        return [
            {
                "type": "Container",
                "min": _LEAST,
                "max": self.largest,
                "default_request": _USUAL,
                "default": _USUAL_LIMIT,
            }
        ]


def of_platform(system: System) -> Allowance:
    """Applications, HAProxy, the cache, the pooler and jobs. HAProxy's node port is the only way in from outside."""
    balancer, pooler, cache = system.load_balancer, system.database.pooler, system.cache
    pods = [
        *(
            (sizing.SIDES * (_highest(workload) + workload.all_replicas - workload.replicas) + 2, workload.resources)
            for workload in system.workloads
        ),
        (balancer.replicas * 2, balancer.resources),
        (pooler.replicas * 2, pooler.resources),
        (cache.nodes + 1, cache.node_resources),
        (cache.sentinels + 1, cache.sentinel_resources),
        (sizing.JOB_COUNT * 2 + len(system.application.jobs), sizing.JOBS),
    ]
    return _allowance(pods, node_ports=2)


def of_monitoring(system: System) -> Allowance:
    """Every component twice: replicas of a Deployment are replaced one by one, yet a version may need both at once."""
    return _allowance([(each.replicas * 2, each.resources) for each in system.monitoring.components])


def of_node_agents(system: System) -> Allowance:
    """As many as the cluster may have nodes."""
    nodes = sum(group.zones * group.most_nodes_in_each_zone for group in sizing.plan(system).node_groups)
    return _allowance([(nodes * _AGENTS_ON_A_NODE, _AGENT)])


def _highest(workload: Workload) -> int:
    return workload.autoscaling.maximum_replicas if workload.autoscaling else workload.replicas


def _allowance(pods: Iterable[tuple[int, Resources]], node_ports: int = 0) -> Allowance:
    listed = list(pods)

    def total(of: str) -> int:
        return round(sum(count * getattr(each, of) for count, each in listed) * _ROOM_TO_SPARE)

    hard = {
        "pods": str(round(sum(count for count, _ in listed) * _ROOM_TO_SPARE)),
        "requests.cpu": f"{total('cpu_request_millicores')}m",
        "requests.memory": f"{total('memory_request_mib')}Mi",
        "limits.cpu": f"{total('cpu_limit_millicores')}m",
        "limits.memory": f"{total('memory_limit_mib')}Mi",
        "services.loadbalancers": "0",
        "services.nodeports": str(node_ports),
    }
    largest = {
        "cpu": f"{max(each.cpu_limit_millicores for _, each in listed)}m",
        "memory": f"{max(each.memory_limit_mib for _, each in listed)}Mi",
    }
    return Allowance(hard, largest)
