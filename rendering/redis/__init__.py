"""Redis' and Sentinel's files, rendered from a platform's spec, and the program that starts either of them.

`files()` is one ConfigMap for all: what differs between servers (name, master, passwords) `start.sh` adds as it starts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rendering.redis import sentinel, server, users
from systems.model import System

START = "start.sh"
#: Beyond Sentinel's own clockwork: how long a planned leave and a start with empty hands wait for others.
_LATE_SECONDS, _LEAVE_SECONDS, _PATIENCE_SECONDS = 120, 15, 2
#: From a Sentinel's decision to replace a master until the next one says that it is the master.
_PROMOTION_SECONDS = 5
#: A few turns of a Sentinel's clock (100 ms).
_PATIENCE_STEP_MILLISECONDS = 250


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Names of the servers, and where the files of TLS are in each of them."""

    nodes: Sequence[str]
    sentinels: Sequence[str]
    certificates: str = "/etc/cache-tls"
    patience_seconds: int = _PATIENCE_SECONDS


def files(system: System, around: Surroundings) -> Mapping[str, str]:
    tls = around.certificates if system.cache.tls else None
    return {
        "redis.conf": server.configuration(system.cache, tls),
        "sentinel.conf": sentinel.configuration(system.cache, tls),
        "sentinel.master": sentinel.about_the_master(system.cache),
        "server.users": users.of_server(),
        "sentinel.users": users.of_sentinel(),
        "settings": _settings(system, around),
        START: Path(__file__).with_name(START).read_text(),
    }


def _settings(system: System, around: Surroundings) -> str:
    """Shell variables of `start.sh`."""
    cache = system.cache
    told: Mapping[str, str | int] = {
        "MASTER_NAME": cache.master_name,
        "PORT": cache.port,
        "SENTINEL_PORT": cache.sentinel_port,
        "NODES": " ".join(f"{each}:{cache.port}" for each in around.nodes),
        "NODE_COUNT": len(around.nodes),
        "SENTINEL_COUNT": len(around.sentinels),
        "DOWN_AFTER": cache.failover.down_after_milliseconds,
        "PATIENCE_STEP": _PATIENCE_STEP_MILLISECONDS,
        "PROMOTION_SECONDS": _PROMOTION_SECONDS,
        "SENTINELS": " ".join(f"{each}:{cache.sentinel_port}" for each in around.sentinels),
        "QUORUM": cache.quorum,
        "ENCRYPTION": f"--tls --cacert {around.certificates}/ca.crt" if cache.tls else "",
        "PERSISTENT": "yes" if cache.persistent else "no",
        "PATIENCE_SECONDS": around.patience_seconds,
        "LATE_SECONDS": _LATE_SECONDS,
        "LEAVE_SECONDS": _LEAVE_SECONDS,
    }
    return "".join(f"{name}='{value}'\n" for name, value in told.items())
