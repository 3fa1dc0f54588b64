"""The servers behind: one backend for each form of a workload, found by name while HAProxy runs."""

from collections.abc import Iterator

from rendering.haproxy.choosing import DASHBOARDS, REACHABLE
from rendering.haproxy.recognising import answer
from rendering.haproxy.surroundings import Surroundings
from rendering.haproxy.traffic import routed, served_hosts
from rendering.variants import Lane, Side, Variant, variants
from systems.model import HostServes, System

#: Requests at a time that one server gets from one proxy, and how many wait for it; more would only wait longer.
SERVER_CONNECTIONS, QUEUE = 250, 1_000
#: On critical paths another server is tried early, and after a wait for a place HAProxy answers with the hotlines
#: itself. As long as connecting may take HAProxy also pauses before the next try; inside the network it takes 2 ms.
_CRITICAL_CONNECT_MILLISECONDS, _CRITICAL_QUEUE_MILLISECONDS = 250, 1_000
#: A socket's own idle time comes first: closing is the application's to do.
_SOCKET_GRACE_SECONDS = 30
#: A server that takes no connection is out at once, not only after the next three checks; checks bring it back.
_REFUSING = "observe layer4 error-limit 1 on-error mark-down"
_FAILURES = (500, 502, 503, 504)


def sections(system: System, surroundings: Surroundings) -> Iterator[list[str]]:
    for workload in routed(system):
        for variant in variants(system, workload):
            yield _backend(system, surroundings, variant)
            if variant.side is Side.STABLE:
                yield _backend(system, surroundings, variant, asked=False)
            if workload.websockets and variant.lane is Lane.ORDINARY:
                yield _sockets(system, surroundings, variant)
    if any(host.serves is HostServes.MONITORING for host in served_hosts(system)):
        yield _dashboards(surroundings)


def _backend(system: System, surroundings: Surroundings, variant: Variant, *, asked: bool = True) -> list[str]:
    """Servers that are `asked` how they are or, when none says that it is well, those that take a connection."""
    name = variant.name if asked else f"{variant.name}-{REACHABLE}"
    critical = variant.lane is Lane.CRITICAL
    return [
        f"backend {name}",
        f"    balance {system.load_balancer.algorithm.value}",
        *(_check(system, surroundings, variant) if asked else []),
        *(_hotlines(surroundings) if critical else _errors(surroundings)),
        *([] if critical else [_full(surroundings, name)]),
        f"    default-server {_server(system)} maxconn {SERVER_CONNECTIONS}",
        *_servers(surroundings, variant, name),
        *(_backup(surroundings, variant, name) if asked else []),
    ]


def _sockets(system: System, surroundings: Surroundings, variant: Variant) -> list[str]:
    """Conversations last, so they do not count as requests at a time."""
    sockets = variant.workload.websockets
    assert sockets is not None
    return [
        f"backend {variant.name}-sockets",
        f"    balance {system.load_balancer.algorithm.value}",
        f"    timeout tunnel {sockets.idle_seconds + _SOCKET_GRACE_SECONDS}s",
        *_check(system, surroundings, variant),
        *_errors(surroundings),
        f"    default-server {_server(system)}",
        *_servers(surroundings, variant, f"{variant.name}-sockets"),
    ]


def _check(system: System, surroundings: Surroundings, variant: Variant) -> list[str]:
    """Ordinary servers are asked what the balancer's section says, where that is theirs; others their readiness."""
    documented = system.load_balancer.check.path
    own = variant.check_path or variant.workload.liveness_path
    asked = documented if any(check.path == documented for check in variant.workload.health) else own
    path = own if variant.lane is Lane.CRITICAL else asked
    return [
        "    option httpchk",
        f"    http-check send meth GET uri {path} ver HTTP/1.1 hdr Host {surroundings.domain}",
        "    http-check expect status 200",
    ]


def _server(system: System) -> str:
    balancer, check = system.load_balancer, system.load_balancer.check
    found = "resolvers cluster resolve-prefer ipv4 init-addr last,none"
    rhythm = f"check inter {check.interval_milliseconds} fall {check.fall} rise {check.rise}"
    return f"{found} {rhythm} slowstart {balancer.slow_start_seconds}s {_REFUSING}"


def _servers(surroundings: Surroundings, variant: Variant, name: str, options: str = "") -> list[str]:
    """Room for twice the most replicas: in a rollout those that go and those that come are there together."""
    workload = variant.workload
    scaled = workload.autoscaling.maximum_replicas if workload.autoscaling else 0
    most = variant.replicas if variant.lane is Lane.CRITICAL else max(workload.replicas, scaled)
    address = f"{surroundings.servers(variant)}:{workload.port}"
    return [f"    server-template {name}- 1-{2 * most} {address}{options}"]


def _backup(surroundings: Surroundings, variant: Variant, name: str) -> list[str]:
    """Who steps in when none is left: for the candidate the old side, for reserved replicas the ordinary ones."""
    if variant.side is Side.CANARY:
        other = Variant(variant.workload, Side.STABLE, variant.lane)
    elif variant.lane is Lane.CRITICAL:
        other = Variant(variant.workload, Side.STABLE, Lane.ORDINARY)
    else:
        return []
    return ["    option allbackups", *_servers(surroundings, other, f"{name}-backup", " backup")]


def _errors(surroundings: Surroundings) -> list[str]:
    return [f"    http-error status {status} {answer(surroundings, 'error')}" for status in _FAILURES]


def _full(surroundings: Surroundings, name: str) -> str:
    error = answer(surroundings, "error")
    return f"    http-request return status 503 {error} hdr Retry-After 5 if {{ queue({name}) ge {QUEUE} }}"


def _hotlines(surroundings: Surroundings) -> list[str]:
    """Nobody in crisis is shown an error: in place of one stand the hotlines, with 200 so that every client shows them.

    The path that checks are made with keeps its status, or nobody would ever hear of the failure.
    """
    told = answer(surroundings, "crisis")
    retried = "conn-failure empty-response junk-response " + " ".join(str(each) for each in _FAILURES)
    return [
        f"    timeout connect {_CRITICAL_CONNECT_MILLISECONDS}",
        f"    timeout queue {_CRITICAL_QUEUE_MILLISECONDS}",
        f"    retry-on {retried}",
        *(f"    http-error status {each} {told} hdr X-Crisis-Fallback true" for each in _FAILURES),
        "    acl probe var(txn.probe) -m bool",
        "    http-response set-var(txn.answer) str(crisis) if { status ge 500 }",
        f"    http-response return status 200 {told} hdr X-Crisis-Fallback true if {{ status ge 500 }} !probe",
        "    http-response set-var(txn.served) bool(true)",
        "    http-after-response set-var(txn.answer) str(crisis) if !{ var(txn.served) -m bool }",
        "    http-after-response set-status 200 if { status ge 500 } !{ var(txn.served) -m bool } !probe",
    ]


def _dashboards(surroundings: Surroundings) -> list[str]:
    """Grafana, which asks for its own sign-on."""
    return [
        f"backend {DASHBOARDS}",
        *_errors(surroundings),
        "    default-server resolvers cluster init-addr last,none",
        *([f"    server grafana {surroundings.dashboards}"] if surroundings.dashboards else []),
    ]
