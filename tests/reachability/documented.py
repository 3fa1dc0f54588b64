"""The ways that may be: the spec's openings, and what machines need to be a cluster (docs/decisions/network.md)."""

from systems.model import NetworkTier, System
from tests.reachability.ports import Ports

_TIERS = {
    NetworkTier.INTERNET: "internet",
    NetworkTier.EDGE: "CDN",
    NetworkTier.BALANCER: "balancer",
    NetworkTier.NODES: "nodes",
    NetworkTier.DATABASE: "database",
    NetworkTier.ADMINISTRATORS: "administrators",
}
_TLS = Ports.of(443)
_AMONG_PODS = Ports.spanning("tcp", 1024, 65535) | Ports.of(53) | Ports.spanning("udp", 53, 53)


def ways(system: System) -> dict[tuple[str, str], Ports]:
    """Ports by origin and destination; a pair that is not here is closed."""
    found: dict[tuple[str, str], Ports] = {}
    for opening in system.firewall.openings:
        pair = (_TIERS[opening.origin], _TIERS[opening.destination])
        found[pair] = found.get(pair, Ports()) | Ports.of(*opening.ports)
    found["nodes", "nodes"] = found.get(("nodes", "nodes"), Ports()) | _AMONG_PODS
    found["control plane", "nodes"] = Ports.of(10250, 10251)
    for outside in ("control plane", "AWS services", "S3", "internet"):
        found["nodes", outside] = _TLS
    found["CDN", "buckets"] = _TLS
    found["administrators", "control plane"] = _TLS
    # The rotation of passwords sets them in the database and keeps them in Secrets Manager (NET-04).
    found["functions", "database"] = found["nodes", "database"]
    found["functions", "AWS services"] = _TLS
    return found
