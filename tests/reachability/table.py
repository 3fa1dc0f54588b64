"""docs/reachability.md: what reaches what, for all stacks."""

from collections.abc import Iterable

from tests.components.recording import STACKS, recorded
from tests.reachability.reach import Row, rows
from tests.reachability.resources import Resources, listed

_HEAD = """\
# What reaches what

Computed by `tests/reachability` from everything each stack registers: routes, access lists of subnets, security groups,
listeners, origins of the CDN, public endpoints. What is not in a table is closed. Ports are of TCP where nothing else
is said. Between nodes, network policies decide which pods may use the ports; why each way is there is in
[decisions/network.md](decisions/network.md).

`LIFELINE_UPDATE_GOLDEN=1 pytest tests/reachability` writes this page.
"""


def page() -> str:
    """Stacks with the same table share it."""
    together: dict[tuple[str, ...], list[str]] = {}
    for stack in STACKS:
        together.setdefault(tuple(_lines(rows(Resources(recorded(stack))))), []).append(stack)
    parts = [_HEAD]
    for lines, stacks in together.items():
        parts.append(
            "\n".join([f"\n## {', '.join(stacks)}\n", "| from | to | ports | how |", "|---|---|---|---|", *lines, ""])
        )
    return "".join([*parts, "\n## Names that resolve inside\n\n", *_names()])


def _lines(found: Iterable[Row]) -> list[str]:
    return [f"| {row.origin} | {row.destination} | {row.ports} | {row.way} |" for row in found]


def _names() -> list[str]:
    """All others do not exist for what runs in the network."""
    lines = ["| stack | names |\n", "|---|---|\n"]
    for stack in STACKS:
        resources = Resources(recorded(stack))
        lists = resources.of("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList")
        names = sorted({f"`{name}`" for each in lists for name in listed(each.inputs["domains"]) if name != "*"})
        lines.append(f"| {stack} | {', '.join(names)} |\n")
    return lines
