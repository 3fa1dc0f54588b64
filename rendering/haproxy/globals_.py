"""The process, what all proxies share, how names are resolved, and how the fleet shares its counters."""

from rendering.haproxy.surroundings import Peer, Surroundings
from systems.model import System, TlsVersion

#: OpenSSL's blocks in a session cache, as HAProxy counts them.
_SESSION_BLOCK_BYTES = 200
#: After a reload the old process keeps its WebSockets for this long; a quiet one is closed earlier by its own timeout.
_HARD_STOP_AFTER = "1h"
#: Clients counted at a time; an entry takes about 150 bytes.
_CLIENTS = "200k"
#: The load balancer adds ten seconds to the longest documented silence.
_LONGER_THAN_THE_LOAD_BALANCER = 30_000
_PRIORITY_WINDOW = "10s"


def sections(system: System, surroundings: Surroundings) -> list[list[str]]:
    return [
        _global(system, surroundings),
        _defaults(system),
        _resolvers(surroundings),
        _peers(surroundings),
        *_clients(system, surroundings),
    ]


def _global(system: System, surroundings: Surroundings) -> list[str]:
    """Documented `chroot`, `user`, `group` and `daemon` need root, which the same document takes away (TDAH-D04)."""
    balancer = system.load_balancer
    # the cache's connections have a share of their own, which no flood of visitors can use up
    reserved = system.cache.maximum_client_connections if surroundings.cache else 0
    return [
        "global",
        "    log stdout len 4096 format raw local0 info",
        f"    stats socket {surroundings.run_directory}/admin.sock mode 660 level admin expose-fd listeners",
        f"    stats timeout {balancer.operator_timeout_seconds}s",
        f"    server-state-file {surroundings.run_directory}/servers.state",
        f"    maxconn {balancer.maximum_connections + reserved}",
        f"    nbthread {surroundings.threads or max(1, balancer.resources.cpu_limit_millicores // 1000)}",
        f"    hard-stop-after {_HARD_STOP_AFTER}",
        "    expose-experimental-directives",  # normalize-uri, in 2.6 still marked so
        "    tune.bufsize 32768",
        *_tls(system),
        '    localpeer "${POD_NAME}"',
    ]


def _tls(system: System) -> list[str]:
    tls = system.tls
    options = [
        f"ssl-min-ver {tls.minimum_version.value}",
        *([] if tls.session_tickets else ["no-tls-tickets"]),
        *([] if tls.prefer_server_ciphers else ["prefer-client-ciphers"]),
    ]
    old = TlsVersion.TLS_1_2 in tls.versions
    return [
        f"    tune.ssl.cachesize {tls.session_cache_mib * 2**20 // _SESSION_BLOCK_BYTES}",
        f"    tune.ssl.lifetime {tls.session_timeout_seconds}",
        "    tune.ssl.default-dh-param 2048",
        *([f"    ssl-default-bind-ciphers {':'.join(tls.ciphers)}"] if old else []),
        f"    ssl-default-bind-options {' '.join(options)}",
    ]


def _defaults(system: System) -> list[str]:
    timeouts = system.load_balancer.timeouts
    return [
        "defaults",
        "    mode http",
        "    log global",
        "    option dontlognull",
        "    option log-health-checks",
        "    option redispatch 1",
        "    option abortonclose",
        # each request has a connection of its own to its server: one that fails then can be repeated whatever its
        # method, while a kept one may die with a POST on it, of which HAProxy says nothing at all
        "    option http-server-close",
        "    http-reuse never",
        "    option http-restrict-req-hdr-names delete",
        f"    timeout connect {timeouts.connect_milliseconds}",
        f"    timeout client {timeouts.client_milliseconds}",
        f"    timeout server {timeouts.server_milliseconds}",
        f"    timeout http-request {timeouts.http_request_milliseconds}",
        f"    timeout http-keep-alive {_kept_milliseconds(system)}",
        f"    timeout queue {timeouts.queue_milliseconds}",
        f"    timeout check {timeouts.check_milliseconds}",
        f"    timeout tunnel {timeouts.tunnel_milliseconds}",
        f"    retries {system.load_balancer.retries}",
        # after a reload servers are known at once, before the first name is resolved
        "    load-server-state-from-file global",
        # the last two repeat requests: the frontend allows that where it is safe only
        "    retry-on conn-failure empty-response junk-response",
    ]


def _kept_milliseconds(system: System) -> int:
    """Longer than the load balancer keeps an idle connection: one that is just being closed here costs a request."""
    sockets = [each.websockets.idle_seconds * 1000 for each in system.workloads if each.websockets]
    return max([system.load_balancer.timeouts.client_milliseconds, *sockets]) + _LONGER_THAN_THE_LOAD_BALANCER


def _resolvers(surroundings: Surroundings) -> list[str]:
    """Names are asked anew every second. An answer that stops coming keeps the servers that are known."""
    known = surroundings.nameserver
    return [
        "resolvers cluster",
        f"    nameserver dns {known}" if known else "    parse-resolv-conf",
        "    accepted_payload_size 8192",
        "    resolve_retries 3",
        "    timeout resolve 1s",
        "    timeout retry 1s",
        "    hold valid 1s",
        "    hold obsolete 5s",
        *(f"    hold {trouble} 24d" for trouble in ("other", "refused", "nx", "timeout")),
    ]


def _peers(surroundings: Surroundings) -> list[str]:
    """Everybody learns what the others have counted, and a proxy that starts or reloads gets its own counts back."""
    lines = ["peers fleet"]
    for peer in surroundings.peers:
        lines += [
            f'    .if streq("${{POD_NAME}}","{peer.name}")',
            f"    bind {peer.bind}",
            f"    server {peer.name}",
            "    .else",
            f"    server {peer.name} {peer.address}",
            "    .endif",
        ]
    return lines


def _clients(system: System, surroundings: Surroundings) -> list[list[str]]:
    """What limits and priorities count, forgotten when their window is over.

    Each proxy counts in a table of its own and learns those of the others: one table for all would lose counts, since
    the later of two values overwrites the earlier one.
    """
    form = f"    stick-table type ipv6 size {_CLIENTS} expire"
    tables: list[list[str]] = []
    if limit := system.load_balancer.client_rate_limit:
        window = limit.window_seconds
        for peer in surroundings.peers:
            store = f"peers fleet store gpc0_rate({window}s)"
            tables.append([f"backend {clients_table(peer)}", f"{form} {2 * window}s {store}"])
    if system.critical_paths:
        tables.append(["backend critical-clients", f"{form} 1m store http_req_rate({_PRIORITY_WINDOW})"])
    return tables


def clients_table(peer: Peer) -> str:
    return f"clients-{peer.name}"
