"""The network access list of the data tier as numbered rules: pure.

Access lists keep no record of connections, so answers need rules of their own, to the ports clients answer on.
"""

from dataclasses import dataclass, field

Rule = dict[str, str | int]

#: Linux takes 32768-60999, functions and balancers 1024-65535.
_ANSWERS = (1024, 65535)
_TCP = "6"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Both sides of one list; what no rule names is refused."""

    ingress: list[Rule] = field(default_factory=list[Rule])
    egress: list[Rule] = field(default_factory=list[Rule])


def data_tier(ports: tuple[int, ...], *, clients: tuple[str, ...], own: tuple[str, ...]) -> Rules:
    """Clients reach the ports and get answers; the tier's own subnets do too, both ways, for replicas among them."""
    if not ports:
        raise ValueError("a data tier without a port lets nobody in: the spec has no opening to the database")
    rules = Rules()
    for port in ports:
        for cidr in (*clients, *own):
            _add(rules.ingress, (port, port), cidr)
        for cidr in own:
            _add(rules.egress, (port, port), cidr)
    for cidr in own:
        _add(rules.ingress, _ANSWERS, cidr)
    for cidr in (*clients, *own):
        _add(rules.egress, _ANSWERS, cidr)
    return rules


def _add(rules: list[Rule], ports: tuple[int, int], cidr: str) -> None:
    rules.append(
        {
            "rule_no": 100 + 10 * len(rules),
            "action": "allow",
            "protocol": _TCP,
            "from_port": ports[0],
            "to_port": ports[1],
            "cidr_block": cidr,
        }
    )
