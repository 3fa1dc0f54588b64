"""Which path a log line names: a documented prefix, never what a visitor typed, which may be a name or worse."""

from systems.model import System


def table(system: System) -> str:
    """HAProxy takes the longest entry that a path begins with, in lower case; `/` is everything else."""
    return "".join(f"{prefix} {prefix}\n" for prefix in sorted({each.lower() for each in _documented(system)} | {"/"}))


def _documented(system: System) -> set[str]:
    paths = {rule.prefix for rule in system.load_balancer.paths}
    paths |= set(system.load_balancer.closed_prefixes) | set(system.critical_paths)
    paths |= set(system.edge.delivery.cached_prefixes) | {hook.prefix for hook in system.edge.webhooks}
    paths |= {endpoint.path for endpoint in system.monitoring.json_endpoints}
    for workload in system.workloads:
        paths |= {check.path for check in workload.health}
        paths |= {workload.websockets.path} if workload.websockets else set()
    return paths
