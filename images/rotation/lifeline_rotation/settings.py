"""What the function is told by its environment: where servers are, whom to trust, who may change passwords there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lifeline_rotation.address import Server, trusting
from lifeline_rotation.versions import RotationError

#: AWS's own authorities for RDS lie beside the code.
_RDS_AUTHORITIES = Path(__file__).parent / "rds-authorities.pem"


@dataclass(frozen=True)
class Reach:
    """Every value may be empty: then secrets of that kind cannot be rotated, and say so."""

    database_address: str = ""
    database_name: str = ""
    database_administrator: str = ""
    database_authorities: str = ""
    cache_addresses: tuple[str, ...] = ()
    cache_administrator: str = ""
    cache_authorities: str = ""

    def database(self) -> Server:
        if not self.database_address:
            raise RotationError("DATABASE is empty: where the database listens, as host:port")
        trust = trusting(self.database_authorities or _RDS_AUTHORITIES.read_text(encoding="ascii"))
        return Server(*_parts(self.database_address), trust, self.database_name)

    def cache(self) -> list[Server]:
        if not self.cache_addresses:
            raise RotationError("CACHE_NODES is empty: where every node of Redis listens, as host:port,host:port")
        trust = trusting(self.cache_authorities)
        return [Server(*_parts(each), trust) for each in self.cache_addresses]


def from_environment(environment: Mapping[str, str] = os.environ) -> Reach:
    return Reach(
        database_address=environment.get("DATABASE", ""),
        database_name=environment.get("DATABASE_NAME", ""),
        database_administrator=environment.get("DATABASE_ADMINISTRATOR", ""),
        cache_addresses=tuple(filter(None, environment.get("CACHE_NODES", "").split(","))),
        cache_administrator=environment.get("CACHE_ADMINISTRATOR", ""),
        cache_authorities=environment.get("CACHE_AUTHORITIES", ""),
    )


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise RotationError(f"{address!r} is no address: host:port")
    return host, int(port)
