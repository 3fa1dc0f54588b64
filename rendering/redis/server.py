"""redis.conf of a data node, but for its name, its master and its password."""

from rendering.redis import tls, users
from systems.model import Cache

#: What a replica may have missed and still catch up without copying everything: a tenth of the memory.
_SHARE_OF_BACKLOG = 10


def configuration(cache: Cache, certificates: str | None) -> str:
    lines = [
        *tls.lines(cache.port, certificates),
        "protected-mode no",
        "daemonize no",
        'logfile ""',
        f"maxclients {cache.maximum_client_connections + _OWN_CONNECTIONS}",
        "timeout 0",
        "tcp-keepalive 60",
        "cluster-enabled no",
        "enable-debug-command no",
        "enable-module-command no",
        "enable-protected-configs no",
        "latency-monitor-threshold 100",
        *_memory(cache),
        *_replication(cache),
        *_persistence(cache),
    ]
    return "\n".join(lines) + "\n"


#: Of Sentinels, replicas, HAProxy's checks, the exporter and the rotation, beside the clients'.
_OWN_CONNECTIONS = 64


def _memory(cache: Cache) -> list[str]:
    return [
        f"maxmemory {cache.maximum_memory_mib}mb",
        f"maxmemory-policy {cache.eviction_policy}",
        f"repl-backlog-size {max(1, cache.maximum_memory_mib // _SHARE_OF_BACKLOG)}mb",
    ]


def _replication(cache: Cache) -> list[str]:
    """A master that no replica follows refuses writes: beyond that lag, there are never two that take them."""
    failover = cache.failover
    return [
        f"masteruser {users.REPLICA}",
        f"replica-announce-port {cache.port}",
        f"min-replicas-to-write {failover.minimum_replicas_to_write}",
        f"min-replicas-max-lag {failover.maximum_lag_seconds}",
        "repl-diskless-sync yes",
        "repl-diskless-sync-delay 0",
        "repl-ping-replica-period 2",
        f"repl-timeout {max(10, failover.maximum_lag_seconds)}",
        "replica-read-only yes",
        "replica-serve-stale-data yes",
        f"shutdown-timeout {failover.maximum_lag_seconds}",
    ]


def _persistence(cache: Cache) -> list[str]:
    """What may not be evicted may not be forgotten either: it is on the disk before it is acknowledged.

    Else up to two seconds may be lost when all servers die at once; while one lives, its replicas hold them.
    """
    if not cache.persistent:
        return ['save ""', "appendonly no"]
    return [
        "appendonly yes",
        f"appendfsync {'always' if cache.eviction_policy == 'noeviction' else 'everysec'}",
        "auto-aof-rewrite-percentage 100",
        "auto-aof-rewrite-min-size 64mb",
        "aof-use-rdb-preamble yes",
        "save 3600 1",
    ]
