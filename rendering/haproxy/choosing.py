"""Which servers a request goes to: the workload by its path, the side by its user, and what to do when none is well.

A user is a number from 0 to 999. It comes from the address and the program the first time and stays in a cookie. The
canary has the users below its share: as the share grows nobody changes sides but once, and 0 brings everybody back.
"""

from rendering.haproxy.recognising import below
from rendering.haproxy.surroundings import Surroundings
from rendering.haproxy.traffic import CRITICAL_SIDE, ROOT, canary_key, gradual, routed, served_hosts
from rendering.variants import Lane, Side, Variant
from systems.model import HostServes, PathRule, System, Workload

#: Remembers the number, not the person: a thousandth of all users has the same.
COOKIE = "lifeline-side"
_COOKIE_SECONDS = 30 * 86_400
DASHBOARDS = "dashboards"
#: Behind a workload's own backend: servers that take connections, whatever they say of themselves.
REACHABLE = "reachable"


def rules(system: System, surroundings: Surroundings) -> list[str]:
    """Only what is safe to repeat is repeated after it may have reached a server: reading, and cries for help.

    Those carry a key that makes a second one harmless (application contract), and one that is lost does harm.
    """
    but = " !critical" if system.critical_paths else ""
    lines = [f"    http-request disable-l7-retry if !{{ method GET HEAD }}{but}", *_workload(system)]
    canaries = [each for each in routed(system) if gradual(system, each)]
    if not canaries:
        return lines
    return [*lines, *_user(), *(line for each in canaries for line in _share(each, surroundings)), *_side(system)]


def _workload(system: System) -> list[str]:
    lines: list[str] = []
    for rule in system.load_balancer.paths:
        path = "" if rule.prefix == "/" else f" {{ var(txn.path) -m reg {' '.join(below((rule.prefix,)))} }}"
        at = f"{{ var(txn.label) -m str {' '.join(_labels(system, rule))} }}"
        when = f"{at}{path} !{{ var(txn.workload) -m found }}"
        lines.append(f"    http-request set-var(txn.workload) str({rule.workload}) if {when}")
    return lines


def _labels(system: System, rule: PathRule) -> list[str]:
    """The rules of the domain itself hold for the platform's other names without rules of their own."""
    if rule.host:
        return [rule.host]
    own = {each.host for each in system.load_balancer.paths if each.host}
    hosts = [host for host in served_hosts(system) if host.serves is not HostServes.MONITORING]
    return [host.label or ROOT for host in hosts if host.label not in own]


def _user() -> list[str]:
    cookie = f"req.cook({COOKIE})"
    return [
        "    http-request set-var(txn.program) req.hdr(user-agent)",
        "    http-request set-var(txn.user) str(),concat(,txn.client,-),concat(,txn.program),xxh32(1),mod(1000)",
        f"    http-request set-var(txn.known) bool(true) if {{ {cookie} -m reg ^[0-9]{{1,3}}$ }}",
        f"    http-request set-var(txn.user) {cookie} if {{ var(txn.known) -m bool }}",
        (
            "    http-response add-header Set-Cookie "
            f'"{COOKIE}=%[var(txn.user)]; Path=/; Max-Age={_COOKIE_SECONDS}; Secure; HttpOnly; SameSite=Lax" '
            "if !{ var(txn.known) -m bool } { var(txn.split) -m bool }"
        ),
    ]


def _share(workload: Workload, surroundings: Surroundings) -> list[str]:
    """Whether this user is below the share: their difference is negative then."""
    here = f"{{ var(txn.workload) -m str {workload.name} }}"
    share = f"str({canary_key(workload)}),map({surroundings.traffic_map},0),mul(10)"
    critical = f"str({CRITICAL_SIDE}),map({surroundings.traffic_map},{Side.STABLE.value})"
    lines = [f"    http-request set-var(txn.share) {share} if {here}"]
    if workload.critical:
        lines.append(f"    http-request set-var(txn.critical_side) {critical} if {here}")
    return lines


def _side(system: System) -> list[str]:
    """Critical paths follow when everybody is there already, and come back with the first who goes back."""
    cached = system.edge.delivery.cached_prefixes
    files = f" !{{ var(txn.path) -m reg {' '.join(below(cached))} }}" if cached else ""
    but = " !critical" if system.critical_paths else ""
    lines = [
        "    http-request set-var(txn.side) str(stable)",
        f"    http-request set-var(txn.split) bool(true) if {{ var(txn.share) -m found }}{files}",
        f"    http-request set-var(txn.side) str(canary) if {{ var(txn.user),sub(txn.share) -m int lt 0 }}{but}",
    ]
    if system.critical_paths:
        lines.append(
            "    http-request set-var(txn.side) str(canary) if critical { var(txn.critical_side) -m str canary } "
            "{ var(txn.share) -m int ge 1000 }"
        )
    return lines


def backends(system: System) -> list[str]:
    """The first that fits. Last come servers that their checks call ill: a bad answer may still be a good one."""
    lines: list[str] = []
    if any(host.serves is HostServes.MONITORING for host in served_hosts(system)):
        labels = [host.label for host in served_hosts(system) if host.serves is HostServes.MONITORING]
        lines.append(f"    use_backend {DASHBOARDS} if {{ var(txn.label) -m str {' '.join(labels)} }}")
    for workload in routed(system):
        if workload.critical:
            lines += _ways(system, workload, Lane.CRITICAL, "critical")
        if workload.websockets:
            path = " ".join(below((workload.websockets.path,)))
            socket = f"{{ var(txn.path) -m reg {path} }} {{ req.hdr(upgrade) -i websocket }}"
            lines += _ways(system, workload, Lane.ORDINARY, socket, suffix="-sockets")
        lines += _ways(system, workload, Lane.ORDINARY, "")
    return lines


def _ways(system: System, workload: Workload, lane: Lane, when: str, suffix: str = "") -> list[str]:
    here = f"{{ var(txn.workload) -m str {workload.name} }}" + (f" {when}" if when else "")
    stable = Variant(workload, Side.STABLE, lane).name
    if not gradual(system, workload):
        ways = [(f"{stable}{suffix}", "")]
    else:
        canary = Variant(workload, Side.CANARY, lane).name
        anybody = "{ var(txn.share) -m int gt 0 }" if lane is Lane.ORDINARY else "{ var(txn.share) -m int ge 1000 }"
        ways = [
            (f"{canary}{suffix}", " { var(txn.side) -m str canary }"),
            (f"{stable}{suffix}", ""),
            (f"{canary}{suffix}", f" {anybody}"),
        ]
    lines = [f"    use_backend {name} if {here}{more} {{ nbsrv({name}) gt 0 }}" for name, more in ways]
    return [*lines, f"    use_backend {stable}-{REACHABLE} if {here}"]
