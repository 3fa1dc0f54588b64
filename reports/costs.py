"""What a stack costs a month, before and after a change: list prices times what the stack declares, by class.

What is paid by use is not guessed but named; so is a type, size or region for which the table has no price.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from policies.core.graph import Graph
from reports.changes import Changes
from reports.pricing import COMPUTED, Stack, table


@dataclass(frozen=True)
class Cost:
    """One line of the sum, for one resource."""

    resource: str
    component: str
    kind: str
    monthly: float
    of: str


@dataclass(frozen=True)
class Estimate:
    """All lines of a stack as it stands at one moment, and what could not be priced."""

    costs: tuple[Cost, ...]
    unpriced: tuple[str, ...] = ()

    @cached_property
    def total(self) -> float:
        return sum(each.monthly for each in self.costs)

    def by(self, field: str) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for each in self.costs:
            found[getattr(each, field)] += each.monthly
        return dict(found)


@dataclass(frozen=True)
class Costs:
    """Before and after, with what both leave out."""

    before: Estimate
    after: Estimate
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def difference(self) -> float:
        return self.after.total - self.before.total


def of(changes: Changes) -> Costs:
    before, after = (_estimate(graph, changes) for graph in (changes.before, changes.after))
    types = Counter(each.type for graph in (changes.before, changes.after) for each in graph.resources)
    left_out = dict.fromkeys(text for type, text in table()["by_use"].items() if type in types)
    unpriced = [*before.unpriced, *after.unpriced, *(f"`{type}`" for type in sorted(types) if not is_told(type))]
    remarks = [f"no price in the table for {each}: not in the sum" for each in dict.fromkeys(unpriced)]
    elsewhere = sorted(_regions(changes) - {*table()["regions"]})
    if elsewhere:
        remarks.append(
            f"no prices of {', '.join(elsewhere)} in the table: those of {table()['regions'][0]} are used; "
            "other regions cost up to half as much again"
        )
    return Costs(before, after, tuple(left_out), tuple(remarks))


def _regions(changes: Changes) -> set[str]:
    found = [
        each.get("region")
        for graph in (changes.before, changes.after)
        for each in graph.resources
        if each.is_known("region")
    ]
    return {each for each in found if isinstance(each, str) and each}


def is_told(type: str) -> bool:
    """Priced, named as paid by use, or known to cost nothing."""
    held = table()
    return type in held["flat"] or type in held["by_use"] or type in COMPUTED or type.startswith(tuple(held["free"]))


def _estimate(graph: Graph, changes: Changes) -> Estimate:
    stack = Stack(graph)
    costs = [
        Cost(resource.name, changes.component(resource), kind, monthly, of)
        for resource in graph.resources
        for kind, monthly, of in stack.lines(resource)
    ]
    return Estimate(tuple(costs), tuple(stack.unpriced))
