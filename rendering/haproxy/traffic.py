"""The desired state of traffic: what operations change while everything runs, as keys of the ConfigMap `traffic`.

    canary.<workload>    0 to 100: percent of users on the canary side
    critical.side        stable or canary: where critical paths go; canary only where all users are there already
    maintenance.<host>   off or on; `root` is the domain itself

The program in images/traffic takes exactly these keys, and only such values, from the table of defaults.
"""

from collections.abc import Mapping

from rendering.variants import Side, sides
from systems.model import Audience, Host, HostServes, System, Workload

CONFIG_MAP = "traffic"
CRITICAL_SIDE = "critical.side"
#: The domain itself has an empty label, which no key of a ConfigMap can end with.
ROOT = "root"


def canary_key(workload: Workload) -> str:
    return f"canary.{workload.name}"


def maintenance_key(host: Host) -> str:
    return f"maintenance.{host.label or ROOT}"


def served_hosts(system: System) -> tuple[Host, ...]:
    """Hosts whose requests arrive here: the platform's under each of its names, its assets, and the dashboards."""
    elsewhere = (HostServes.DATABASE, HostServes.MEETING)
    return tuple(
        host
        for host in system.edge.hosts
        if host.serves not in elsewhere and host.audience not in (Audience.INSIDE, Audience.ELSEWHERE)
    )


def routed(system: System) -> tuple[Workload, ...]:
    """Workloads that answer requests, in the order in which paths name them first."""
    return tuple(dict.fromkeys(system.workload(rule.workload) for rule in system.load_balancer.paths))


def gradual(system: System, workload: Workload) -> bool:
    return Side.CANARY in sides(system, workload)


def defaults(system: System) -> Mapping[str, str]:
    """Everybody on the stable side, nothing closed."""
    shares = {canary_key(each): "0" for each in routed(system) if gradual(system, each)}
    critical = {CRITICAL_SIDE: Side.STABLE.value} if system.critical_paths and shares else {}
    closed = {maintenance_key(host): "off" for host in served_hosts(system) if host.serves is not HostServes.MONITORING}
    return {**shares, **critical, **closed}


def table(state: Mapping[str, str]) -> str:
    """In the form of HAProxy's maps."""
    return "".join(f"{key} {value}\n" for key, value in sorted(state.items()))
