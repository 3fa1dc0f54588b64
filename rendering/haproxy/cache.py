"""The way to the cache: connections go to the Redis server that says of itself that it is the master.

HAProxy passes bytes on and sees no content: encryption reaches from the client to Redis. When Sentinel has moved the
master, connections to the old one are cut, so that no client goes on writing to a server that only follows. A master
that nobody follows takes no writes: it is asked only while there is no better one, since it may be one of yesterday.
"""

from rendering.haproxy.surroundings import CacheServers, Surroundings
from systems.model import System

CLIENTS, FOLLOWED, ALONE = "cache-clients", "cache", "cache-alone"
#: Once a second, and out with the first wrong answer: a master that became a follower must get nothing more.
_RHYTHM = "check inter 1s fall 1 rise 1 on-marked-down shutdown-sessions"
#: Pools of clients keep idle connections; TCP's own keepalive finds out about dead ones.
_IDLE = "1h"
_MASTER, _WITH_FOLLOWERS = "string role:master", "rstring min_slaves_good_slaves:[1-9]"


def section(system: System, surroundings: Surroundings) -> list[str]:
    servers = surroundings.cache
    if servers is None:
        return []
    door = [
        f"frontend {CLIENTS}",
        "    mode tcp",
        f"    bind {surroundings.bind}:{servers.bind_port}",
        f"    maxconn {system.cache.maximum_client_connections}",
        "    option dontlog-normal",
        "    option clitcpka",
        f"    timeout client {_IDLE}",
    ]
    if not system.cache.failover.minimum_replicas_to_write:
        return [*door, f"    default_backend {FOLLOWED}", *_backend(FOLLOWED, servers, surroundings, _MASTER)]
    return [
        *door,
        f"    use_backend {FOLLOWED} if {{ nbsrv({FOLLOWED}) gt 0 }}",
        f"    default_backend {ALONE}",
        *_backend(FOLLOWED, servers, surroundings, _MASTER, _WITH_FOLLOWERS),
        *_backend(ALONE, servers, surroundings, _MASTER),
    ]


def _backend(name: str, servers: CacheServers, surroundings: Surroundings, *expected: str) -> list[str]:
    secured = f" check-ssl verify required ca-file {servers.authority} verifyhost {servers.verified_name}"
    encryption = secured if servers.authority else ""
    return [
        f"backend {name}",
        "    mode tcp",
        "    option srvtcpka",
        f"    timeout server {_IDLE}",
        "    balance first",
        "    option tcp-check",
        f'    tcp-check send-lf "AUTH {servers.username} %[str(password),map({surroundings.cache_map})]\\r\\n"',
        "    tcp-check expect string +OK",
        '    tcp-check send "INFO replication\\r\\n"',
        *(f"    tcp-check expect {each}" for each in expected),
        f"    default-server {_RHYTHM}{encryption} resolvers cluster resolve-prefer ipv4 init-addr last,none",
        f"    server-template redis- 1-{servers.count} {servers.host}:{servers.port}",
    ]
