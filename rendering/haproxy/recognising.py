"""Who asks, and for what: the client's address, the host, and the path as every server would understand it."""

from rendering.haproxy.quoting import quoted
from rendering.haproxy.surroundings import HEALTH_PATH, Surroundings
from rendering.haproxy.traffic import ROOT, served_hosts
from systems.model import System

#: Headers that some program takes for the path, the method, the host, the visitor's address or a permission: from
#: outside they are only ever tricks. By beginning, and whole.
_NOT_TAKEN_BEGINNING = (
    *("x-forwarded-", "x-original-", "x-originating-", "x-rewrite-", "x-http-method", "x-method-", "x-middleware-"),
    *("x-invoke-", "x-matched-", "x-envoy-", "x-remote-", "x-cluster-", "x-proxyuser-", "x-custom-ip-"),
)
_NOT_TAKEN = (
    *("Forwarded", "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP"),
    *("X-Host", "X-Request-ID"),
)
#: What one program reads as part of a name and the next one as a separator, a way out of a directory or an end:
#: encoded slashes, backslashes, percent signs and controls; UTF-8 longer than it must be; parameters before a slash.
_MISLEADING = r"\\|%(2f|5c|25|7f|0|1)|%(c0|c1|f[5-9a-f])|%e0(?!%[ab])|%f0(?!%[9ab])|(;|%3b).*/"
#: Looked for where dot segments are gone: dots and spaces that file systems forget.
_FORGOTTEN = r"(\.|%20)/|/%20"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
#: A reader of `Chunked` that knows `chunked` only takes the body for the next request.
_NOT_CHUNKED = "!{ req.fhdr(transfer-encoding) -m str chunked }"
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
    With two such headers nobody knows to which of them was appended, and what is no address is nobody's: then whose
    it is stays unclear.
    The load balancer's own question after the documented path is about this proxy, which answers visitors, with
    hotlines if need be, also when no application does.
    """
    networks = " ".join(surroundings.trusted_cidrs)
    ours = "if from_balancer health_question !forwarded"
    told = "from_balancer !{ var(txn.unclear) -m bool }"
    last, before = "req.hdr_ip(x-forwarded-for,-1)", "req.hdr_ip(x-forwarded-for,-2)"
    return [
        f"    acl from_balancer src {networks}",
        f"    acl health_question path {HEALTH_PATH} {system.load_balancer.check.path}",
        "    acl forwarded req.hdr(x-forwarded-for) -m found",
        f"    http-request set-log-level silent {ours}",
        f"    http-request return status 200 content-type text/plain string ok {ours}",
        "    http-request set-var(txn.unclear) bool(true) if { req.fhdr_cnt(x-forwarded-for) gt 1 }",
        f"    http-request set-var(txn.unclear) bool(true) if from_balancer forwarded !{{ {last} -m found }}",
        (
            "    http-request set-var(txn.unclear) bool(true) if from_balancer { req.hdr_cnt(x-forwarded-for) gt 1 } "
            f"!{{ {before} -m found }}"
        ),
        "    http-request set-var(txn.client) src",
        f"    http-request set-var(txn.client) {last} if {told} {{ {last} -m found }}",
        (
            f"    http-request set-var(txn.client) {before} if {told} {{ {last} -m ip {networks} }} "
            f"{{ {before} -m found }}"
        ),
        *(f"    http-request del-header {name} -m beg" for name in _NOT_TAKEN_BEGINNING),
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
    lines = ["    http-request set-var(txn.host) req.fhdr(host),field(1,:),lower"]
    for host in served_hosts(system):
        name = f"{host.label}.{surroundings.domain}" if host.label else surroundings.domain
        known = f"{{ var(txn.host) -m str {name} }}"
        lines.append(f"    http-request set-var(txn.label) str({host.label or ROOT}) if {known}")
    return lines


def _path(surroundings: Surroundings) -> list[str]:
    """Normalised before anything is matched, and passed on so: HAProxy and the application see the same path.

    Limits, closed paths and critical paths are then matched without regard to case, which is how some frameworks route.
    The host is passed on as it was understood, too: of `a:@b` some programs take the one name and some the other.
    """
    error = answer(surroundings, "error")
    return [
        f"    http-request return status 405 {error} if !{{ method {_METHODS} }}",
        # with a host of its own a target outranks the header
        f"    http-request return status 400 {error} if !{{ url -m beg / }}",
        f"    http-request return status 400 {error} if {{ req.fhdr(transfer-encoding) -m found }} {_NOT_CHUNKED}",
        f"    http-request return status 400 {error} if {{ req.hdrs -m reg {quoted(_CONTROLS)} }}",
        f"    http-request return status 400 {error} if {{ path -m reg -i {quoted(_MISLEADING)} }}",
        *(f"    http-request normalize-uri {each}" for each in _NORMALISED),
        f"    http-request return status 400 {error} if {{ path -m reg {quoted(_FORGOTTEN)} }}",
        "    http-request set-var(txn.path) path,url_dec,lower",
        f"    http-request set-var(txn.route) var(txn.path),map_beg({surroundings.routes_map},/)",
        f"    http-request return status 404 {error} if !{{ var(txn.label) -m found }}",
        "    http-request set-header Host %[var(txn.host)]",
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
