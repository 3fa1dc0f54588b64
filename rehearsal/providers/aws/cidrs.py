"""What AWS demands of address ranges: aligned, of an allowed size. Unknown values pass."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.provider import Failure


def cidr_failures(
    inputs: Mapping[str, Any], name: str, *, sizes: tuple[int, int] | None = None, version: int = 4
) -> list[Failure]:
    """`sizes` are the longest and shortest network AWS takes, as in (16, 28)."""
    value = inputs.get(name)
    return [Failure(name, reason)] if (reason := cidr_problem(value, sizes=sizes, version=version)) else []


def cidr_problem(value: Any, *, sizes: tuple[int, int] | None = None, version: int | None = 4) -> str | None:
    """Why AWS would refuse a range, or None."""
    if not isinstance(value, str):
        return None
    example = "2001:db8::/56" if version == 6 else "10.0.0.0/16"
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return f"must be an address range such as {example}, got {value!r} (AWS rule)"
    if "/" not in value or (version and network.version != version):
        return f"must be an IPv{version or '4 or 6'} address range such as {example}, got {value!r} (AWS rule)"
    if str(ipaddress.ip_interface(value).ip) != str(network.network_address):
        return f"must be the network itself: {network} instead of {value!r} (AWS rule)"
    if sizes and not sizes[0] <= network.prefixlen <= sizes[1]:
        return f"must be between a /{sizes[0]} and a /{sizes[1]}, got {value!r} (AWS rule)"
    return None


def exactly_one(inputs: Mapping[str, Any], names: tuple[str, ...]) -> list[Failure]:
    """One of several properties, no more and no fewer."""
    given = [name for name in names if inputs.get(name) is not None]
    if len(given) == 1:
        return []
    told = f"got {' and '.join(given)}" if given else "got none"
    reason = f"exactly one of {', '.join(names)} must be set, {told} (AWS rule)"
    return [Failure(given[1] if given else names[0], reason)]
