"""Who is not let in: strangers at administrators' doors, everybody during maintenance, whoever asks too often.

Critical paths pass maintenance, limits and floods, always. Administrators' doors stay closed on every path.
"""

from rendering.haproxy.globals_ import clients_table
from rendering.haproxy.recognising import answer, below
from rendering.haproxy.surroundings import Surroundings
from rendering.haproxy.traffic import ROOT, served_hosts
from systems.model import Audience, Host, HostServes, System

#: Of all connections a proxy takes, the last fifth is for critical paths: a flood elsewhere cannot use them up.
_SHED_ABOVE_PERCENT = 80
#: On a critical path nobody is refused; whoever asks more often than this in ten seconds is served after the others.
_PATIENT_ABOVE = 30


def rules(system: System, surroundings: Surroundings) -> list[str]:
    return [
        *_administrators(system, surroundings),
        *_critical(system),
        *_unknown(system, surroundings),
        *_maintenance(system, surroundings),
        *_limit(system, surroundings),
        *_flood(system, surroundings),
    ]


def _administrators(system: System, surroundings: Surroundings) -> list[str]:
    """The door's firewall asks the same; here it holds for whoever comes another way."""
    error = answer(surroundings, "error")
    # without any network an ACL would be empty and match nobody, which is meant: 255.255.255.255 is nobody's address
    lines = [f"    acl administrator var(txn.client) -m ip {' '.join(surroundings.admin_cidrs) or '255.255.255.255'}"]
    for host in served_hosts(system):
        if host.audience is Audience.ADMINISTRATORS:
            at = f"{{ var(txn.label) -m str {_label(host)} }}"
            but = f" !{{ var(txn.path) -m str {' '.join(host.open_paths)} }}" if host.open_paths else ""
            lines.append(f"    http-request return status 403 {error} if {at}{but} !administrator")
        if host.serves is HostServes.ASSETS:
            at = f"{{ var(txn.label) -m str {_label(host)} }}"
            cached = " ".join(below(system.edge.delivery.cached_prefixes))
            lines.append(f"    http-request return status 404 {error} if {at} !{{ var(txn.path) -m reg {cached} }}")
    if closed := " ".join(prefix.lower() for prefix in system.load_balancer.closed_prefixes):
        # by beginning, so that nothing a framework cuts off the end opens them; Grafana has paths of the same names
        dashboards = [_label(host) for host in served_hosts(system) if host.serves is HostServes.MONITORING]
        but = f" !{{ var(txn.label) -m str {' '.join(dashboards)} }}" if dashboards else ""
        lines.append(
            f"    http-request return status 403 {error} if {{ var(txn.path) -m beg {closed} }}{but} !administrator"
        )
    return lines


def _critical(system: System) -> list[str]:
    if not system.critical_paths:
        return []
    hosts = [host for host in served_hosts(system) if host.serves in (HostServes.PLATFORM, HostServes.RECOVERY_REGION)]
    at = f"{{ var(txn.label) -m str {' '.join(_label(host) for host in hosts)} }}"
    checks = sorted({each.critical.check_path for each in system.workloads if each.critical})
    return [
        (
            f"    http-request set-var(txn.critical) bool(true) if {at} "
            f"{{ var(txn.path) -m reg {' '.join(below(system.critical_paths))} }}"
        ),
        "    acl critical var(txn.critical) -m bool",
        f"    http-request set-var(txn.probe) bool(true) if {{ var(txn.path) -m str {' '.join(checks)} }}",
    ]


def _unknown(system: System, surroundings: Surroundings) -> list[str]:
    """Whose address nobody knows cannot be counted."""
    error = answer(surroundings, "error")
    return [f"    http-request return status 400 {error} if {{ var(txn.unclear) -m bool }}{_unless_critical(system)}"]


def _maintenance(system: System, surroundings: Surroundings) -> list[str]:
    """Health paths go on telling the truth about the application: gates before reopening ask them."""
    maintenance = system.maintenance
    health = sorted({each.path for each in system.outside_checks})
    but = (f" !{{ var(txn.path) -m str {' '.join(health)} }}" if health else "") + _unless_critical(system)
    state = f"str(maintenance.),concat(,txn.label),map({surroundings.traffic_map},off)"
    return [
        f"    http-request set-var(txn.closed) {state}",
        f"    http-request set-var(txn.answer) str(maintenance) if {{ var(txn.closed) -m str on }}{but}",
        (
            f"    http-request return status {maintenance.status} {answer(surroundings, 'maintenance')} "
            f"hdr {maintenance.header_name} {maintenance.header_value} "
            f"hdr Retry-After {maintenance.retry_after_seconds} if {{ var(txn.answer) -m str maintenance }}"
        ),
    ]


def _limit(system: System, surroundings: Surroundings) -> list[str]:
    """Counted is what was let through, so that a client that goes on asking still gets its share."""
    limit, client = system.load_balancer.client_rate_limit, "var(txn.client),ipmask(32,64)"
    lines: list[str] = []
    if system.critical_paths:
        lines += [
            f"    http-request track-sc1 {client} table critical-clients if critical",
            f"    http-request set-priority-class int(100) if critical {{ sc_http_req_rate(1) gt {_PATIENT_ABOVE} }}",
        ]
    if limit is None:
        return lines
    cached = system.edge.delivery.cached_prefixes
    but = (f" !{{ var(txn.path) -m reg {' '.join(below(cached))} }}" if cached else "") + _unless_critical(system)
    lines.append("    http-request set-var(txn.rate) int(0)")
    for peer in surroundings.peers:
        table = clients_table(peer)
        lines += [
            f'    .if streq("${{POD_NAME}}","{peer.name}")',
            f"    http-request track-sc0 {client} table {table}",
            "    .endif",
            f"    http-request set-var(txn.rate) {client},table_gpc0_rate({table}),add(txn.rate)",
        ]
    refused = f"{answer(surroundings, 'error')} hdr Retry-After {limit.window_seconds}"
    return [
        *lines,
        f"    http-request return status 429 {refused} if {{ var(txn.rate) -m int ge {limit.requests_count} }}{but}",
        f"    http-request sc-inc-gpc0(0) if TRUE{but}",
    ]


def _flood(system: System, surroundings: Surroundings) -> list[str]:
    most = system.load_balancer.maximum_connections * _SHED_ABOVE_PERCENT // 100
    return [
        (
            f"    http-request return status 503 {answer(surroundings, 'error')} hdr Retry-After 5 "
            f"if {{ fe_conn gt {most} }}{_unless_critical(system)}"
        )
    ]


def _unless_critical(system: System) -> str:
    return " !critical" if system.critical_paths else ""


def _label(host: Host) -> str:
    return host.label or ROOT
