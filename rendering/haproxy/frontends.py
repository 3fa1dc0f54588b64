"""The doors: plain HTTP that only redirects, the public one over TLS, and figures for Prometheus.

The public door's rules stand in the order in which they act: who asks and for what, who is refused, who goes where.
"""

from rendering.haproxy import choosing, recognising, refusing
from rendering.haproxy.quoting import literal, quoted
from rendering.haproxy.surroundings import HEALTH_PATH, Surroundings
from systems.model import System

#: One line of JSON a request. Of the path the documented prefix, of the client the network: neither tells on a person.
_LOG = (
    '{"time":%Ts.%ms,"id":"%ID","host":"%[var(txn.label)]","method":"%HM","path":"%[var(txn.route)]","status":%ST,'
    '"backend":"%b","server":"%s","side":"%[var(txn.side)]","answer":"%[var(txn.answer)]",'
    '"client":"%[var(txn.client),ipmask(24,48)]","bytes":%B,"queue_ms":%Tw,"connect_ms":%Tc,"response_ms":%Tr,'
    '"total_ms":%Ta,"retries":"%rc","ended":"%ts"}'
)
#: Told by servers about themselves; nobody outside needs it.
_NOT_TOLD = ("Server", "X-Powered-By")


def sections(system: System, surroundings: Surroundings) -> list[list[str]]:
    return [_plain(system, surroundings), _public(system, surroundings), _figures(surroundings)]


def _plain(system: System, surroundings: Surroundings) -> list[str]:
    return [
        "frontend plain",
        f"    bind {surroundings.bind}:{surroundings.http_port}",
        f"    log-format {quoted(_LOG)}",
        "    unique-id-format %[uuid()]",
        *_security_headers(system),
        f"    redirect scheme https code {system.load_balancer.plain_http_redirect_status}",
    ]


def _public(system: System, surroundings: Surroundings) -> list[str]:
    return [
        "frontend public",
        f"    bind {surroundings.bind}:{surroundings.https_port} ssl crt {surroundings.certificate} alpn http/1.1",
        f"    maxconn {system.load_balancer.maximum_connections}",
        # the load balancer speaks HTTP/1.1; whoever begins in another protocol is not the load balancer
        "    option disable-h2-upgrade",
        # on leaving, an idle connection is closed with its next answer, or the load balancer's request would be lost
        "    option idle-close-on-response",
        f"    log-format {quoted(_LOG)}",
        f"    error-log-format {quoted(_LOG)}",
        "    unique-id-format %[uuid()]",
        "    unique-id-header X-Request-ID",
        *recognising.rules(system, surroundings),
        *refusing.rules(system, surroundings),
        *choosing.rules(system, surroundings),
        *_security_headers(system),
        *_own_answers(surroundings),
        *choosing.backends(system),
    ]


def _security_headers(system: System) -> list[str]:
    """On every answer, also those that HAProxy gives itself."""
    return [
        *(f"    http-after-response del-header {name}" for name in _NOT_TOLD),
        *(
            f"    http-after-response set-header {header.name} {literal(header.value)}"
            for header in system.security_headers.headers
        ),
    ]


def _own_answers(surroundings: Surroundings) -> list[str]:
    """A page for a browser, JSON for a program; kept nowhere."""
    ours = "!{ var(txn.served) -m bool }"
    return [
        "    http-response set-var(txn.served) bool(true)",
        (
            f'    http-after-response set-header Content-Type "text/html; charset=utf-8" if {ours} '
            "{ var(txn.kind) -m str html }"
        ),
        f"    http-after-response set-header Content-Type application/json if {ours} {{ var(txn.kind) -m str json }}",
        f"    http-after-response set-header Cache-Control no-store if {ours}",
        "    http-after-response set-header X-Request-ID %[unique-id]",
    ]


def _figures(surroundings: Surroundings) -> list[str]:
    """Inside the cluster only: no Service and no route leads here from outside."""
    return [
        "frontend figures",
        f"    bind {surroundings.bind}:{surroundings.metrics_port}",
        "    http-request set-log-level silent",
        "    http-request use-service prometheus-exporter if { path /metrics }",
        f"    http-request return status 200 content-type text/plain string ok if {{ path {HEALTH_PATH} }}",
        "    http-request deny deny_status 404",
    ]
