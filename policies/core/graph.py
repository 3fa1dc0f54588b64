"""All resources of a stack, with the questions that reach from one to another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from policies.core.resource import UNKNOWN, Resource


class Graph:
    """Built once a run; every rule asks the same one."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = tuple(resources)
        self._by_urn = {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.type].append(resource)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[Resource]]:
        """Every known value by which a resource can be named; only used where no reference tells."""
        found: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            for value in resource.names:
                found[value].append(resource)
        return found

    def of(self, *types: str) -> list[Resource]:
        return [resource for each in types for resource in self._by_type.get(each, [])]

    def find(self, urn: str) -> Resource | None:
        return self._by_urn.get(urn)

    def referred(self, resource: Resource, path: str, *types: str) -> list[Resource]:
        """The resources that a property names: by the engine's record, by what passes the name on, or by the value.

        Works for values that are not known yet: a key made in this stack is known to be a key of this stack.
        """
        top = path.split(".")[0]
        recorded = [each for urn in resource.references.get(top, ()) if (each := self._by_urn.get(urn))]
        return (
            _of(recorded, types)
            or _of((each for one in recorded for each in self._passed_on(one, top)), types)
            or _of(self._named(resource, path), types)
        )

    def _passed_on(self, resource: Resource, top: str) -> Iterator[Resource]:
        """A bucket's policy passes the bucket's name on to whatever must wait for the policy."""
        return (each for urn in resource.references.get(top, ()) if (each := self._by_urn.get(urn)))

    def _named(self, resource: Resource, path: str) -> Iterator[Resource]:
        if resource.is_known(path):
            for value in _texts(resource.get(path)):
                yield from self._nearest(resource, self._by_name.get(value, []))

    def _nearest(self, resource: Resource, named: list[Resource]) -> Iterator[Resource]:
        """Two regions hold resources of the same names: of each type the one on the resource's side of the stack."""
        by_type: dict[str, list[Resource]] = defaultdict(list)
        for each in named:
            by_type[each.type].append(each)
        for alike in by_type.values():
            yield max(alike, key=lambda each: self._kinship(resource, each)) if len(alike) > 1 else alike[0]

    def _kinship(self, one: Resource, other: Resource) -> int:
        return len({each.urn for each in self.ancestors(one)} & {each.urn for each in self.ancestors(other)})

    def one(self, resource: Resource, path: str, *types: str) -> Resource | None:
        return next(iter(self.referred(resource, path, *types)), None)

    def referring(self, target: Resource, path: str, *types: str) -> Iterator[Resource]:
        """Resources of these types whose property names `target`: the encryption of a bucket, the rules of a group."""
        for resource in self.of(*types):
            if target in self.referred(resource, path, target.type):
                yield resource

    def ancestors(self, resource: Resource) -> Iterator[Resource]:
        while (parent := self._by_urn.get(resource.parent)) is not None:
            yield parent
            resource = parent


def _of(resources: Iterable[Resource], types: Sequence[str]) -> list[Resource]:
    return list(dict.fromkeys(each for each in resources if not types or each.type in types))


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str) and each is not UNKNOWN]  # pyright: ignore[reportUnknownVariableType]
    return []
