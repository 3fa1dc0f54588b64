"""The arithmetic of a network's subnets: pure, so that properties of it can be tested."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """One range a tier and zone. Sizes follow use: pods take addresses from the private subnets, NAT hardly any."""

    public: tuple[str, ...]
    private: tuple[str, ...]
    data: tuple[str, ...]


#: Zones new accounts get, where they are not the first three letters.
_LETTERS = {"ap-northeast-1": "acd", "ca-central-1": "abd"}


def zones(region: str, count: int) -> tuple[str, ...]:
    """Named without asking AWS, so that a preview does not depend on the moment."""
    return tuple(f"{region}{letter}" for letter in _LETTERS.get(region, "abc")[:count])


def divide(vpc_cidr: str, zones: int) -> Subnets:
    """Half of a /16 for private subnets (a /18 or smaller each), small ones for public and data, the rest kept free.

    The range is cut into sixteenths: private subnets take four each (aligned), then public and data one each.
    """
    network = ipaddress.IPv4Network(vpc_cidr)
    if not 16 <= network.prefixlen <= 20:
        raise ValueError(f"vpc_cidr {vpc_cidr}: a network of /16 to /20 has room for three tiers in each zone")
    if not 1 <= zones <= 3:
        raise ValueError(f"zones {zones}: 1 to 3")
    quarters = list(network.subnets(prefixlen_diff=2))
    sixteenths = list(quarters[3].subnets(prefixlen_diff=2))
    small = [part for sixteenth in sixteenths for part in sixteenth.subnets(prefixlen_diff=1)]
    return Subnets(
        private=tuple(str(part) for part in quarters[:zones]),
        public=tuple(str(part) for part in small[:zones]),
        data=tuple(str(part) for part in small[zones : 2 * zones]),
    )
