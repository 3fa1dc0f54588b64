"""What a preview would change: every resource as it is and as it would be, whose part it is, what differs and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import cast

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, Resource
from reports import values
from reports.events import Told, Violation

#: A property of our own: which of several clusters, accounts or regions a resource is in.
PROVIDER = "__provider"
_STACK = "pulumi:pulumi:Stack"
#: Outputs by which other resources name one; shorter values could be anything.
_NAMING = ("arn", "id", "keyId", "allocationId")
_SHORTEST_NAME = 8


class Kind(StrEnum):
    """What would happen to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    READ = "read"
    IMPORT = "import"
    FORGET = "forget"
    SAME = "same"

    @property
    def destroys(self) -> bool:
        return self in (Kind.DELETE, Kind.REPLACE)


@dataclass(frozen=True)
class Difference:
    """One property that changes; `replaces` where it is the reason for a replacement."""

    path: str
    before: object
    after: object
    replaces: bool = False


@dataclass(frozen=True)
class Change:
    """One resource before and after. `deleted_first`: of a replacement, with a time between the two; None: not told."""

    kind: Kind
    before: Resource | None
    after: Resource | None
    differences: tuple[Difference, ...] = ()
    deleted_first: bool | None = None
    custom: bool = True
    """Not a component, which is nothing by itself."""

    @property
    def resource(self) -> Resource:
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found

    @property
    def standing(self) -> Resource:
        """As it is today, where it is there; what is lost is said of this one."""
        return self.before or self.resource

    @property
    def name(self) -> str:
        return self.resource.name

    @property
    def key(self) -> str:
        """`aws:rds/instance:Instance::database-primary`, the end of its URN: how a stack file names it."""
        return f"{self.resource.declared_type}::{self.name}"

    @property
    def reasons(self) -> tuple[Difference, ...]:
        """Of a replacement those that make it one."""
        if self.kind is Kind.REPLACE:
            return tuple(each for each in self.differences if each.replaces) or self.differences
        return self.differences

    def differs(self, path: str) -> Difference | None:
        """The difference at or under a path."""
        return next((each for each in self.differences if each.path.split(".")[0].split("[")[0] == path), None)


@dataclass(frozen=True)
class Changes:
    """All of one preview. `whole` tells whether what stays as it is was told too."""

    stack: str
    project: str
    all: tuple[Change, ...]
    config: Mapping[str, str] = field(default_factory=dict[str, str])
    whole: bool = True
    succeeded: bool = True
    destroying: bool = False
    """The stack as a whole goes."""
    failures: tuple[Told, ...] = ()
    warnings: tuple[Told, ...] = ()
    violations: tuple[Violation, ...] = ()
    policy_ran: bool = False

    @cached_property
    def changed(self) -> tuple[Change, ...]:
        return tuple(each for each in self.all if each.kind is not Kind.SAME and not _is_bookkeeping(each.resource))

    @cached_property
    def before(self) -> Graph:
        return Graph(each.before for each in self.all if each.before is not None)

    @cached_property
    def after(self) -> Graph:
        gone = (Kind.DELETE, Kind.FORGET)
        return Graph(each.after for each in self.all if each.after is not None and each.kind not in gone)

    def counted(self) -> Mapping[Kind, int]:
        found: dict[Kind, int] = defaultdict(int)
        for each in self.all:
            if not _is_bookkeeping(each.resource):
                found[each.kind] += 1
        return {kind: found[kind] for kind in Kind if found[kind]}

    @cached_property
    def _parents(self) -> dict[str, Resource]:
        return {each.resource.urn: each.resource for each in self.all}

    def component(self, resource: Resource) -> str:
        """The component of the program it belongs to, by name: the outermost one, or the nearest that is told."""
        name, known = resource.name, True
        while resource.parent and known:
            urn = resource.parent
            if f"::{_STACK}::" in urn:
                break
            known = urn in self._parents
            name = urn.rsplit("::", 1)[-1]
            resource = self._parents.get(urn, resource)
        return name

    def by_component(self) -> Mapping[str, list[Change]]:
        """Components with what changes in each; those that lose something first."""
        found: dict[str, list[Change]] = defaultdict(list)
        for each in self.changed:
            found[self.component(each.resource)].append(each)
        lose = {name: any(each.kind.destroys for each in changes) for name, changes in found.items()}
        return {name: found[name] for name in sorted(found, key=lambda name: (not lose[name], name))}

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Identifiers that tell a reader nothing, with the resource each belongs to."""
        found: dict[str, str] = {}
        for change in self.all:
            for resource in (change.before, change.after):
                for value in _identifiers(resource) if resource and resource.service != "pulumi" else ():
                    found.setdefault(value, resource.name if resource else "")
        return found

    def told(self, value: object) -> object:
        """A value with identifiers of resources of this stack replaced by their names."""
        if isinstance(value, str) and value is not UNKNOWN:
            if name := self._names.get(value):
                return name
            return value
        if isinstance(value, list):
            return [self.told(each) for each in cast("list[object]", value)]
        return value

    def pair(self, difference: Difference) -> tuple[str, str]:
        return values.shown_pair(self.told(difference.before), self.told(difference.after))


def _is_bookkeeping(resource: Resource) -> bool:
    """The stack itself, and providers that nobody declared."""
    return resource.type == _STACK or (
        resource.type.startswith("pulumi:providers:") and resource.name.startswith("default")
    )


def _identifiers(resource: Resource) -> Iterator[str]:
    if resource.urn.split("::")[2].startswith("kubernetes"):
        return
    for value in (resource.id, *(resource.properties.get(name) for name in _NAMING)):
        if isinstance(value, str) and len(value) >= _SHORTEST_NAME and any(character.isdigit() for character in value):
            yield value


def differences(
    before: Resource, after: Resource, old: Mapping[str, object], new: Mapping[str, object], told: Iterable[str]
) -> list[Difference]:
    """Places the engine named, each opened to what differs within it; all inputs where it named none.

    `old` and `new` are the inputs: outputs that come back from the cloud are only looked at where inputs have nothing.
    """
    found: dict[str, Difference] = {}
    for path in told:
        was, will = values.at(old, path), values.at(new, path)
        was = values.at(before.properties, path) if was is None else was
        places = list(values.leaves(was, will, path))
        for place, one, other in places or [(path, was, will)]:  # a secret that changed looks the same on both sides
            found.setdefault(place, Difference(place, one, other))
    if not found:
        for place, one, other in values.leaves(dict(old), dict(new)):
            if not place.startswith("__"):
                found[place] = Difference(place, one, other)
    return list(found.values())
