"""Critical paths at HAProxy: counted and never refused, open during maintenance, with servers of their own."""

import re

from policies.core.graph import Graph
from policies.core.rule import Problem, Problems, Severity, stack_rule
from policies.joins.proxies import configurations
from policies.rules.crisis import critical_system

_REFUSES = re.compile(r"^\s*http-request (return|deny|tarpit|reject|silent-drop|redirect)\b")
_COUNTS = re.compile(r"\b(fe_conn|be_conn|src_conn\w*|sc_?\d*_?(http_req_rate|conn_rate|conn_cur|gpc\d?_rate)\w*)\b")
_USES = re.compile(r"^\s*use_backend (\S+) if (.*)$")
_SERVER = re.compile(r"^\s*server(?:-template)? \S+ (?:[\d-]+ )?(\S+)(.*)$")


@stack_rule(
    "LL-CRI-008",
    "HAProxy counts requests on critical paths and refuses none",
    severity=Severity.CRITICAL,
    why="A limit for all is a limit for the one who needs help.",
    fix="add `!critical` to the condition of every limit",
    link="https://docs.haproxy.org/2.6/configuration.html#4.2-http-request",
)
def proxy_never_limits(graph: Graph) -> Problems:
    critical_system(graph)
    for settings, lines in configurations(graph):
        for number, line in enumerate(lines, 1):
            if _REFUSES.search(line) and _COUNTS.search(line) and "!critical" not in line:
                yield Problem(f"data[haproxy.cfg] line {number}", "!critical", line.strip(), settings)


@stack_rule(
    "LL-CRI-009",
    "Maintenance leaves critical paths open",
    severity=Severity.CRITICAL,
    why="No release is worth closing the way to help for.",
    fix="set-var(txn.answer) str(maintenance) if ... !critical",
    link="https://docs.haproxy.org/2.6/configuration.html#4.2-http-request",
)
def maintenance_leaves_open(graph: Graph) -> Problems:
    critical_system(graph)
    for settings, lines in configurations(graph):
        for number, line in enumerate(lines, 1):
            decides = "str(maintenance)" in line and "set-var" in line
            answers = _REFUSES.search(line) and "maintenance" in line and "txn.answer" not in line
            if (decides or answers) and "!critical" not in line:
                yield Problem(f"data[haproxy.cfg] line {number}", "!critical", line.strip(), settings)


@stack_rule(
    "LL-CRI-013",
    "HAProxy sends critical paths to servers of their own, before it looks at anything else",
    severity=Severity.CRITICAL,
    why="A flood elsewhere then fills other servers: these have room.",
    fix="use_backend <workload>-critical if ... critical, above the workload's other backends",
    link="https://docs.haproxy.org/2.6/configuration.html#4.2-use_backend",
)
def servers_of_their_own(graph: Graph) -> Problems:
    critical_system(graph)
    for settings, lines in configurations(graph):
        uses = [match.groups() for line in lines if (match := _USES.match(line)) and "txn.workload" in line]
        theirs = [index for index, (_, condition) in enumerate(uses) if "critical" in condition.split()]
        others = [index for index in range(len(uses)) if index not in theirs]
        if not theirs or (others and min(others) < max(theirs)):
            yield Problem(
                "data[haproxy.cfg]", "backends for critical paths first", [name for name, _ in uses], settings
            )
            continue
        shared = _servers(lines, {uses[index][0] for index in others})
        for name in sorted({uses[index][0] for index in theirs}):
            if not (own := _servers(lines, {name})) or own & shared:
                yield Problem(f"data[haproxy.cfg] backend {name}", "servers of its own", sorted(own), settings)


def _servers(lines: list[str], backends: set[str]) -> set[str]:
    """Addresses of their servers, without those that only help when all others have failed."""
    found: set[str] = set()
    inside = False
    for line in lines:
        if line[:1].strip():
            inside = line.startswith("backend ") and line.split()[1] in backends
        elif inside and (server := _SERVER.match(line)) and "backup" not in server[2].split():
            found.add(server[1])
    return found
