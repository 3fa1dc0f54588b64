"""The spec's openings of the firewall, asked by the tiers they lie between: pure."""

from systems.model import Firewall, NetworkTier


def ports(firewall: Firewall, origin: NetworkTier, destination: NetworkTier) -> tuple[int, ...]:
    """Every port that is open from one tier to the other, in order."""
    found = {
        port
        for opening in firewall.openings
        if opening.origin is origin and opening.destination is destination
        for port in opening.ports
    }
    return tuple(sorted(found))
