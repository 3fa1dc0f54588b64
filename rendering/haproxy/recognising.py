"""Who asks, and for what: the client's address, the host, and the path as every server would understand it."""

from rendering.haproxy.quoting import quoted
from rendering.haproxy.surroundings import HEALTH_PATH, Surroundings
from rendering.haproxy.traffic import ROOT, served_hosts
from systems.model import System

#: Headers that some frameworks take for the path, the method or a permission: from outside they are only ever tricks.
_NOT_TAKEN = (
    *("X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"),
    *("X-Middleware-Subrequest", "X-Forwarded-Host", "X-Forwarded-Server", "Forwarded", "X-Real-IP", "X-Request-ID"),
)
#: Encoded slashes, backslashes, percent signs and control characters, and `..;`: what one program reads as part of a
#: name and the next one as a way out of a directory.
_TRICKS = (r"\\", "%2f", "%5c", "%25", "%0", "%1", "%7f", "..;", ";/")
_METHODS = "GET HEAD POST PUT PATCH DELETE OPTIONS"
_NORMALISED = (
    *("fragment-strip", "percent-to-uppercase strict", "percent-decode-unreserved strict"),
    *("path-merge-slashes", "path-strip-dot", "path-strip-dotdot full"),
)


def rules(system: System, surroundings: Surroundings) -> list[str]:
    return [*_client(system, surroundings), *_kind(), *_host(system, surroundings), *_path(surroundings)]


def _client(system: System, surroundings: Surroundings) -> list[str]:
    """CloudFront appends the visitor's address, the load balancer CloudFront's, which is one of the network's own.

    So the visitor is the last address but those of the network; what stands before it the visitor wrote himself.
    The load balancer's own question after the documented path is about this proxy, which answers visitors, with
    hotlines if need be, also when no application does.
    """
    networks = " ".join(surroundings.trusted_cidrs)
    ours = "if from_balancer health_question !forwarded"
    last, before = "req.hdr_ip(x-forwarded-for,-1)", "req.hdr_ip(x-forwarded-for,-2)"
    return [
        f"    acl from_balancer src {networks}",
        f"    acl health_question path {HEALTH_PATH} {system.load_balancer.check.path}",
        "    acl forwarded req.hdr(x-forwarded-for) -m found",
        f"    http-request set-log-level silent {ours}",
        f"    http-request return status 200 content-type text/plain string ok {ours}",
        "    http-request set-var(txn.client) src",
        f"    http-request set-var(txn.client) {last} if from_balancer {{ {last} -m found }}",
        (
            f"    http-request set-var(txn.client) {before} if from_balancer {{ {last} -m ip {networks} }} "
            f"{{ {before} -m found }}"
        ),
        *(f"    http-request del-header {name}" for name in _NOT_TAKEN),
        "    http-request set-header X-Forwarded-For %[var(txn.client)]",
        "    http-request set-header X-Forwarded-Proto https",
    ]


def _kind() -> list[str]:
    """In which form an answer of ours is understood."""
    return [
        "    http-request set-var(txn.kind) str(json)",
        "    http-request set-var(txn.kind) str(html) if { req.hdr(accept) -m sub text/html }",
    ]


def _host(system: System, surroundings: Surroundings) -> list[str]:
    lines = ["    http-request set-var(txn.host) req.hdr(host),field(1,:),lower"]
    for host in served_hosts(system):
        name = f"{host.label}.{surroundings.domain}" if host.label else surroundings.domain
        known = f"{{ var(txn.host) -m str {name} }}"
        lines.append(f"    http-request set-var(txn.label) str({host.label or ROOT}) if {known}")
    return lines


def _path(surroundings: Surroundings) -> list[str]:
    """Normalised before anything is matched, and passed on so: HAProxy and the application see the same path.

    Limits, closed paths and critical paths are then matched without regard to case, which is how some frameworks route.
    """
    error = answer(surroundings, "error")
    return [
        f"    http-request return status 405 {error} if !{{ method {_METHODS} }}",
        f"    http-request return status 400 {error} if {{ path -m sub -i {' '.join(_TRICKS)} }}",
        *(f"    http-request normalize-uri {each}" for each in _NORMALISED),
        "    http-request set-var(txn.path) path,url_dec,lower",
        f"    http-request set-var(txn.route) var(txn.path),map_beg({surroundings.routes_map},/)",
        f"    http-request return status 404 {error} if !{{ var(txn.label) -m found }}",
    ]


def answer(surroundings: Surroundings, name: str) -> str:
    """The rest of a rule that says something of ours, in the form the visitor understands."""
    text = f"%[str({name}-),concat(,txn.kind),map({surroundings.answers_map})]"
    return f"content-type application/json lf-string {quoted(text)}"


def below(prefixes: tuple[str, ...]) -> list[str]:
    """Patterns of a path and everything below it, but not of a neighbour whose name only begins alike."""
    return [quoted(f"^{_escaped(prefix.rstrip('/').lower())}(/|$)") for prefix in prefixes]


def _escaped(prefix: str) -> str:
    return prefix.replace("\\", r"\\").replace(".", r"\.")
