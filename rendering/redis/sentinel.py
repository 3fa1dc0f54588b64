"""sentinel.conf, but for the Sentinel's name, its passwords and its memory (who the master is, whom it knows)."""

from rendering.redis import tls, users
from systems.model import Cache


def configuration(cache: Cache, certificates: str | None) -> str:
    """Servers are known by name: addresses of pods change."""
    lines = [
        *tls.lines(cache.sentinel_port, certificates),
        "protected-mode no",
        "daemonize no",
        'logfile ""',
        "sentinel resolve-hostnames yes",
        "sentinel announce-hostnames yes",
        f"sentinel announce-port {cache.sentinel_port}",
        f"sentinel sentinel-user {users.SENTINEL}",
        "sentinel deny-scripts-reconfig yes",
    ]
    return "\n".join(lines) + "\n"


def about_the_master(cache: Cache) -> str:
    """`PASSWORD` is filled in as it starts. All replicas turn at once: until one follows, the master takes no write."""
    name, failover = cache.master_name, cache.failover
    lines = [
        f"sentinel auth-user {name} {users.SENTINEL}",
        f"sentinel auth-pass {name} PASSWORD",
        f"sentinel failover-timeout {name} {failover.failover_timeout_milliseconds}",
        f"sentinel parallel-syncs {name} {max(1, cache.nodes - 1)}",
    ]
    return "\n".join(lines) + "\n"
