"""A platform at the size in which it waits in the recovery region: all of it there, none of it larger than it must be.

Whoever moves over scales it up (`systems.objectives.SCALE_UP`); what autoscaling allows stays as documented.
"""

from systems.model import System
from systems.tree import Change, changed

_REASON = "waits in the recovery region"


def at_minimum(system: System) -> System:
    """One of each workload, of the replicas for critical paths, of the balancer and of the pooler; no read replicas.

    The cache keeps its number: three are the fewest that can agree on a master.
    """
    paths = ["load_balancer.replicas", "database.pooler.replicas"]
    for workload in system.workloads:
        paths.append(f"application.workloads[{workload.name}].replicas")
        if workload.critical:
            paths.append(f"application.workloads[{workload.name}].critical.dedicated_replicas")
    return changed(system, [*(Change(path, 1, _REASON) for path in paths), Change("database.replicas", 0, _REASON)])
