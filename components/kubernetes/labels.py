"""Labels that everything in the cluster carries, and the names by which network flows know it.

Each pod has
  app                     the name operators use in commands (`-l app=astraldraft`)
  app.kubernetes.io/name  the program: haproxy, redis, pgbouncer, prometheus, or the platform's own workload
  lifeline.dev/workload   who it is in `flows.py`: a workload or monitoring component of the spec, or one listed below
and, where there are several forms of one workload,
  lifeline.dev/side       stable or canary
  lifeline.dev/lane       ordinary or critical
"""

from enum import StrEnum

WORKLOAD, SIDE, LANE, PROGRAM = (
    "lifeline.dev/workload",
    "lifeline.dev/side",
    "lifeline.dev/lane",
    "app.kubernetes.io/name",
)
#: On nodes, from sizing: `application` or `data`.
NODE_ROLE = "lifeline.dev/role"
#: On Services: nobody waits for their pods. Those are waited for themselves, and often need the Service first;
#: a canary's has none between rollouts.
NO_WAITING = {"pulumi.com/skipAwait": "true"}
ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


class InNamespace(StrEnum):
    """The namespaces of a cluster. Only NODE_AGENTS admits pods that see their node."""

    PLATFORM = "platform"
    MONITORING = "monitoring"
    NODE_AGENTS = "node-agents"


class Infrastructure(StrEnum):
    """Values of `lifeline.dev/workload` in the platform's namespace beside the spec's workloads."""

    BALANCER = "balancer"  # HAProxy, which is also the way to the cache's master
    CACHE = "cache"  # Redis
    CACHE_ROTATION = "cache-rotation"  # renews the passwords of Redis
    SENTINEL = "sentinel"
    POOLER = "pooler"  # PgBouncer
    JOB = "job"  # migrations, backups and whatever else runs to its end


class Agent(StrEnum):
    """Values of `lifeline.dev/workload` among the node agents."""

    LOG_COLLECTOR = "log-collector"
    NODE_EXPORTER = "node-exporter"


def labels(workload: str, *, app: str = "", program: str = "", side: str = "", lane: str = "") -> dict[str, str]:
    """Of a pod and of the object that makes it; never with a version, so that they serve as selector too."""
    told = {"app": app or workload, PROGRAM: program or workload, WORKLOAD: workload, SIDE: side, LANE: lane}
    return {key: value for key, value in told.items() if value}
