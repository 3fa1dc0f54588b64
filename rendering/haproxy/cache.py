"""The way to the cache: connections go to the Redis server that says of itself that it is the master.

HAProxy passes bytes on and sees no content: encryption reaches from the client to Redis. When Sentinel has moved the
master, connections to the old one are cut, so that no client goes on writing to a server that only follows.
"""

from rendering.haproxy.surroundings import Surroundings
from systems.model import System

#: Once a second, and out with the first wrong answer: a master that became a follower must get nothing more.
_RHYTHM = "check inter 1s fall 1 rise 1 on-marked-down shutdown-sessions"
#: Pools of clients keep idle connections; TCP's own keepalive finds out about dead ones.
_IDLE = "1h"


def section(system: System, surroundings: Surroundings) -> list[str]:
    servers = surroundings.cache
    if servers is None:
        return []
    secured = f" check-ssl verify required ca-file {servers.authority} verifyhost {servers.verified_name}"
    encryption = secured if servers.authority else ""
    return [
        "listen cache",
        "    mode tcp",
        f"    bind {surroundings.bind}:{servers.bind_port}",
        f"    maxconn {system.cache.maximum_client_connections}",
        "    option dontlog-normal",
        "    option clitcpka",
        "    option srvtcpka",
        f"    timeout client {_IDLE}",
        f"    timeout server {_IDLE}",
        "    balance first",
        "    option tcp-check",
        f'    tcp-check send-lf "AUTH {servers.username} %[str(password),map({surroundings.cache_map})]\\r\\n"',
        "    tcp-check expect string +OK",
        '    tcp-check send "INFO replication\\r\\n"',
        "    tcp-check expect string role:master",
        f"    default-server {_RHYTHM}{encryption} resolvers cluster resolve-prefer ipv4 init-addr last,none",
        f"    server-template redis- 1-{servers.count} {servers.host}:{servers.port}",
    ]
