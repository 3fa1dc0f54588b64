"""The resources of a running preview or update, as the policy SDK hands them out.

Two looks at each: what the program writes (`Written`), and what its provider makes of it. The second alone misleads at
preview: a provider says "not known" of all that it will fill in itself, and one whose settings come from another
resource (Kubernetes objects of a cluster of the same stack) is not asked at all: its resources would look empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pulumi_policy import PolicyResource, ResourceValidationArgs, StackValidationArgs, proxy

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, Resource, canonical

_SENTINELS = {value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")}


class Written:
    """What the program writes for each resource, noted as the engine comes to it."""

    def __init__(self) -> None:
        self._by_urn: dict[str, dict[str, object]] = {}

    def note(self, args: ResourceValidationArgs) -> None:
        self._by_urn[args.urn] = _unwrapped(args.props)

    def beside(self, urn: str, made: Mapping[str, object], references: Mapping[str, object]) -> dict[str, object]:
        """What the provider knows already, and otherwise what the program writes."""
        known = {name: value for name, value in made.items() if value is not UNKNOWN}
        if (written := self._by_urn.get(urn)) is not None:
            return {**written, **known}
        # An engine that showed no inputs. It still says what a value comes from that the program writes.
        return {**{name: UNKNOWN for name in made if references.get(name)}, **known}


def graph_of(args: StackValidationArgs, written: Written) -> Graph:
    return Graph(_resource(each, written) for each in args.resources)


def _resource(given: PolicyResource, written: Written) -> Resource:
    raw = _unwrapped(given.props)
    references = {name: _urns(each) for name, each in given.property_dependencies.items()}
    return Resource(
        type=canonical(given.resource_type),
        name=given.name,
        urn=given.urn,
        properties=written.beside(given.urn, raw, references),
        declared_type=given.resource_type,
        parent=given.parent.urn if given.parent else "",
        dependencies=_urns(given.dependencies),
        references=references,
        protected=bool(given.opts.protect),
        id=str(raw.get("id") or ""),
        provider=given.provider.urn if given.provider else "",
    )


def _urns(resources: Iterable[PolicyResource]) -> tuple[str, ...]:
    return tuple(resource.urn for resource in resources)


def _unwrapped(value: Any) -> Any:
    """The SDK wraps every object and list so that an unknown value in it raises; here unknowns are marked instead."""
    if isinstance(value, str):
        return UNKNOWN if value in _SENTINELS else value
    if isinstance(value, Mapping):
        inside = cast("Mapping[str, Any]", value["__target"])
        return {name: _unwrapped(inner) for name, inner in inside.items()}
    if isinstance(value, Sequence):
        return [_unwrapped(inner) for inner in cast("Sequence[Any]", cast("Any", value)["__target"])]
    # Protocol buffers know one kind of number; 443.0 is the port 443.
    return int(value) if isinstance(value, float) and value.is_integer() else value
