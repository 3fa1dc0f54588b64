"""Specs as text: one system, two side by side, production against staging."""

import json
from collections.abc import Iterable
from enum import Enum

from systems import objectives, sizing
from systems.model import Environment, System
from systems.registry import load
from systems.tree import Leaf, leaves, plain

ABSENT = "-"


def as_json(system: System) -> str:
    """The whole spec with sources and reasons, and what was worked out from it."""
    told = {"system": plain(system), "sizing": _sizing(system), "promises": _promises(system)}
    return json.dumps(told, indent=2, ensure_ascii=False)


def as_text(system: System) -> str:
    """Every value under the heading it was read from, with its reason where the document does not state it."""
    lines = [f"{system.full_name} ({system.name}), {system.environment}"]
    source = None
    for leaf in leaves(system):
        if leaf.source != source:
            source = leaf.source
            lines += ["", f"[{source}]"]
        lines.append(f"{leaf.path} = {value_text(leaf.value)}" + (f"   # {leaf.because}" if leaf.because else ""))
    lines += ["", "[sizing]", *(f"{name} = {value}" for name, value in _sizing(system).items())]
    lines += ["", "[promises]", *_promises(system)]
    return "\n".join(lines)


def comparison(first: System, second: System) -> str:
    """Values of two platforms beside each other; lists appear by their keys."""
    return table(["value", first.name, second.name], _different(first, second))


def difference(name: str) -> str:
    """Everything in which staging is not production, with the reason."""
    production, staging = load(name, Environment.PRODUCTION), load(name, Environment.STAGING)
    because = {leaf.path: leaf.because for leaf in leaves(staging)}
    rows = [
        [path, high, low, "" if path == "environment" else because.get(path, "")]
        for path, high, low in _different(production, staging)
    ]
    derived = _sizing(production), _sizing(staging)
    for value in {**derived[0], **derived[1]}:
        high, low = derived[0].get(value, ABSENT), derived[1].get(value, ABSENT)
        if high != low:
            rows.append([value, high, low, "follows"])
    return f"{production.full_name} ({name})\n\n" + table(["value", "production", "staging", "because"], rows)


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Left-aligned columns, as wide as they need to be."""
    grid = [head, *rows]
    widths = [max(len(row[column]) for row in grid) for column in range(len(head))]
    grid.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in grid
    )


def value_text(value: object) -> str:
    """One value as a person reads it."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value in ("", ()):
        return ABSENT
    told = plain(value)
    if isinstance(told, list):
        return ", ".join(str(each) for each in told)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return str(told)


def _different(first: System, second: System) -> list[list[str]]:
    left, right = (_texts(leaves(system)) for system in (first, second))
    paths = [*left, *(path for path in right if path not in left)]
    return [
        [path, left.get(path, ABSENT), right.get(path, ABSENT)]
        for path in paths
        if left.get(path, ABSENT) != right.get(path, ABSENT)
    ]


def _texts(found: Iterable[Leaf]) -> dict[str, str]:
    return {leaf.path: value_text(leaf.value) for leaf in found}


def _sizing(system: System) -> dict[str, str]:
    plan = sizing.plan(system)
    groups = [
        *((group.role, group) for group in plan.node_groups),
        *((f"recovery.{group.role}", group) for group in plan.recovery_node_groups),
    ]
    told = {
        f"nodes.{role}": f"{group.nodes} x {group.machine.name} in {group.zones} zones "
        f"(to {group.zones * group.most_nodes_in_each_zone})"
        for role, group in groups
    }
    return {**told, "database.class": plan.database.instance_class}


def _promises(system: System) -> list[str]:
    return [
        f"{promise.objective}, {promise.scope}: {promise.figure} {promise.promised_seconds} s by {promise.mechanism}: "
        f"{promise.sum_text}" + (f" (conceded: {promise.decision})" if promise.decision else "")
        for promise in objectives.promises(system)
    ]
