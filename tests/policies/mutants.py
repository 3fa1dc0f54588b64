"""The real stacks, weakened one property at a time, and whether the rule that is meant for it sees it."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from policies.context import context_of
from policies.core.engine import judge
from policies.core.graph import Graph
from policies.core.resource import Resource, canonical
from policies.core.rule import Rule
from policies.core.verdicts import Finding, Verdict
from tests.components.recording import Registered

DROP = object()
#: What every name of a resource begins with on mocks.
_MOCKED = "urn:pulumi:stack::project::"


@dataclass(frozen=True)
class Weakening:
    """`path` of every resource of the type becomes `to`; a list's items are `[*]`. `rule` is meant to see it."""

    type: str
    path: str
    to: Any
    rule: str


@dataclass(frozen=True)
class Mutant:
    weakening: Weakening
    resource: Resource
    weakened: Resource

    def __str__(self) -> str:
        to = "dropped" if self.weakening.to is DROP else f"= {self.weakening.to!r}"
        return f"{self.weakening.rule}: {self.resource.type} {self.resource.name}: {self.weakening.path} {to}"


def resources_of(registered: Iterable[Registered], stack: str) -> list[Resource]:
    return [
        Resource(
            type=canonical(each.type),
            name=each.name,
            urn=_urn(stack, each),
            properties={"arn": each.arn, **_whole(each.inputs)},
            declared_type=each.type,
            parent=each.parent.replace(_MOCKED, f"urn:pulumi:{stack}::lifeline::"),
            protected=each.protected,
            id=each.id,
        )
        for each in registered
    ]


def _urn(stack: str, registered: Registered) -> str:
    """As the mocks make it, so that children find their parents."""
    kind = registered.type
    if registered.parent:
        kind = f"{registered.parent.split('::')[2].split('$')[-1]}${kind}"
    return f"urn:pulumi:{stack}::lifeline::{kind}::{registered.name}"


def _whole(value: Any) -> Any:
    """Protocol buffers know one kind of number."""
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def mutants(resources: Sequence[Resource], weakenings: Iterable[Weakening]) -> Iterator[Mutant]:
    for weakening in weakenings:
        for resource in resources:
            if fnmatchcase(resource.type, weakening.type):
                weakened = copy.deepcopy(dict(resource.properties))
                if _weaken(weakened, weakening.path.replace("[*]", ".[*]").split("."), weakening.to):
                    yield Mutant(weakening, resource, replace(resource, properties=weakened))


def _weaken(value: Any, path: list[str], to: Any) -> bool:
    """Whether anything changed. Only the first item of a list is weakened: one bad container among good ones."""
    key, rest = path[0], path[1:]
    if key == "[*]":
        return isinstance(value, list) and bool(value) and _weaken(value[0], rest, to)
    if not isinstance(value, dict):
        return False
    if rest:
        return key in value and _weaken(value[key], rest, to)
    if to is DROP:
        return value.pop(key, None) is not None
    changed = value.get(key) != to
    value[key] = copy.deepcopy(to)
    return changed


class Judged:
    """One stack as it is, to compare its mutants with."""

    def __init__(self, resources: Sequence[Resource], rules: Mapping[str, Rule]) -> None:
        self.resources, self.rules = list(resources), rules
        self.graph = Graph(self.resources)
        self.regime = context_of(self.graph).regime
        self.known: dict[str, set[tuple[str, ...]]] = {}

    def sees(self, mutant: Mutant) -> bool:
        """Whether the intended rule says something that it does not say of the stack as it is."""
        meant = [rule for id, rule in self.rules.items() if fnmatchcase(id, mutant.weakening.rule)]
        changed = Graph(mutant.weakened if each is mutant.resource else each for each in self.resources)
        return any(bool(_said(judge(changed, [rule], self.regime)) - self._said_before(rule)) for rule in meant)

    def _said_before(self, rule: Rule) -> set[tuple[str, ...]]:
        if rule.id not in self.known:
            self.known[rule.id] = _said(judge(self.graph, [rule], self.regime))
        return self.known[rule.id]


def _said(findings: Iterable[Finding]) -> set[tuple[str, ...]]:
    return {
        (each.urn, problem.path, problem.expected, str(problem.found))
        for each in findings
        if each.verdict is Verdict.FAIL
        for problem in each.problems
    }
