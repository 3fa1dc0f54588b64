"""The resources of a running preview or update, as the policy SDK hands them to a stack policy."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pulumi_policy import PolicyResource, StackValidationArgs, proxy

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, Resource, canonical

_SENTINELS = {value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")}


def graph_of(args: StackValidationArgs) -> Graph:
    return Graph(_resource(each) for each in args.resources)


def _resource(given: PolicyResource) -> Resource:
    raw = _unwrapped(given.props)
    references = {name: _urns(each) for name, each in given.property_dependencies.items()}
    return Resource(
        type=canonical(given.resource_type),
        name=given.name,
        urn=given.urn,
        properties=_written(raw, references),
        declared_type=given.resource_type,
        parent=given.parent.urn if given.parent else "",
        dependencies=_urns(given.dependencies),
        references=references,
        protected=bool(given.opts.protect),
        id=str(raw.get("id") or ""),
    )


def _written(properties: Mapping[str, object], references: Mapping[str, object]) -> dict[str, object]:
    """Without what the program leaves to the provider.

    At preview a provider says "not known" of everything it will fill in itself. What the program writes and does not
    know yet comes from another resource, and the engine says from which.
    """
    return {name: value for name, value in properties.items() if value is not UNKNOWN or references.get(name)}


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
