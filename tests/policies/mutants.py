"""The real stacks, weakened one property at a time, and whether the rule that is meant for it sees it."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from policies.context import context_of
from policies.core.engine import judge
from policies.core.graph import Graph
from policies.core.resource import Resource, canonical
from policies.core.rule import Rule
from policies.core.verdicts import Finding, Verdict
from systems.model import System
from tests.components.recording import Registered

DROP = object()
#: A path that is no property: whether the engine guards the resource.
PROTECTED = "opts.protect"
#: What every name of a resource begins with on mocks.
_MOCKED = "urn:pulumi:stack::project::"


@dataclass(frozen=True)
class Change:
    """A weaker value made of the one that is there and of what the document asks; several by a list, none by []."""

    of: Callable[[Any, System], Any]


@dataclass(frozen=True)
class Weakening:
    """`path` of every resource of the type becomes `to`; a list's items are `[*]`. `rule` is meant to see it.

    Without a path the resource itself is taken away.
    """

    type: str
    path: str
    to: Any
    rule: str
    among: Callable[[Resource], bool] = lambda resource: True
    on: Callable[[System], bool] = lambda system: True


@dataclass(frozen=True)
class Addition:
    """One resource more, that `rule` is meant to refuse."""

    type: str
    properties: Mapping[str, Any]
    rule: str

    @property
    def path(self) -> str:
        return "added"


@dataclass(frozen=True)
class Mutant:
    """`resource` is None for one that is added, `weakened` for one that is taken away."""

    weakening: Weakening | Addition
    resource: Resource | None
    weakened: Resource | None

    def __str__(self) -> str:
        which = self.resource or self.weakened
        assert which is not None, "a mutant changes, adds or removes one resource"
        return f"{self.weakening.rule}: {which.type} {which.name}: {self.weakening.path or 'taken away'}"

    @property
    def type(self) -> str:
        which = self.resource or self.weakened
        return which.type if which else ""

    def of(self, resources: Iterable[Resource]) -> Iterator[Resource]:
        for each in resources:
            if each is not self.resource:
                yield each
            elif self.weakened is not None:
                yield self.weakened
        if self.resource is None and self.weakened is not None:
            yield self.weakened


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
            provider=each.provider,
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


def mutants(
    resources: Sequence[Resource], weakenings: Iterable[Weakening | Addition], system: System
) -> Iterator[Mutant]:
    for weakening in weakenings:
        if isinstance(weakening, Addition):
            yield Mutant(weakening, None, _made(weakening, resources[0]))
            continue
        if not weakening.on(system):
            continue
        for resource in resources:
            if fnmatchcase(resource.type, weakening.type) and weakening.among(resource):
                for weakened in _weakened(resource, weakening, system):
                    yield Mutant(weakening, resource, weakened)


def _made(addition: Addition, neighbour: Resource) -> Resource:
    stack = neighbour.urn.split("::")[0]
    urn = f"{stack}::lifeline::{addition.type}::added"
    return Resource(type=canonical(addition.type), name="added", urn=urn, properties=addition.properties)


def _weakened(resource: Resource, weakening: Weakening, system: System) -> Iterator[Resource | None]:
    if not weakening.path:
        yield None
        return
    if weakening.path == PROTECTED:
        if resource.protected:
            yield replace(resource, protected=False)
        return
    path = weakening.path.replace("[*]", ".[*]").split(".")
    wanted = weakening.to
    if isinstance(wanted, Change):
        made = wanted.of(_at(resource.properties, path), system)
        wanted = made if isinstance(made, list) else [made]
    else:
        wanted = [wanted]
    for to in wanted:
        properties = copy.deepcopy(dict(resource.properties))
        if _weaken(properties, path, to):
            yield replace(resource, properties=properties)


def _at(value: Any, path: list[str]) -> Any:
    for key in path:
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, Mapping):
            value = value.get(key)
    return value


def _weaken(value: Any, path: list[str], to: Any) -> bool:
    """Whether anything changed. Only the first item of a list is weakened: one bad container among good ones."""
    key, rest = path[0], path[1:]
    if key == "[*]":
        if not rest:
            if not isinstance(value, list) or not value:
                return False
            value[0] = copy.deepcopy(to)
            return True
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
        context = context_of(self.graph)
        self.regime = context.regime
        assert context.system is not None, "only documented platforms have figures to weaken"
        self.system = context.system
        self.known: dict[str, set[tuple[str, ...]]] = {}

    def sees(self, mutant: Mutant) -> bool:
        """Whether the intended rule says something that it does not say of the stack as it is."""
        meant = [rule for id, rule in self.rules.items() if fnmatchcase(id, mutant.weakening.rule)]
        changed = Graph(mutant.of(self.resources))
        return any(bool(_said(judge(changed, [rule], self.regime)) - self._said_before(rule)) for rule in meant)

    def _said_before(self, rule: Rule) -> set[tuple[str, ...]]:
        if rule.id not in self.known:
            self.known[rule.id] = _said(judge(self.graph, [rule], self.regime))
        return self.known[rule.id]


def _said(findings: Iterable[Finding]) -> set[tuple[str, ...]]:
    return {
        (each.urn, problem.path, problem.expected, str(problem.found), problem.culprit.urn if problem.culprit else "")
        for each in findings
        if each.verdict is Verdict.FAIL
        for problem in each.problems
    }
