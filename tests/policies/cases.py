"""Cases of rules: small stacks written as plain data, one line each where that is enough.

    CASES = {
        "LL-ENC-001": Cases(
            passing=[stack(db=aws("rds/instance:Instance", storageEncrypted=True))],
            failing=[
                stack(db=aws("rds/instance:Instance", storageEncrypted=False)),
                stack(db=aws("rds/instance:Instance")),
            ],
            not_applicable=[stack(topic=aws("sns/topic:Topic"))],
            unknown=[stack(db=aws("rds/instance:Instance", storageEncrypted=UNKNOWN))],
        ),
    }

`ref("key.arn")` is an output of another resource of the same stack: not known, but the engine records whose it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, Resource, canonical

__all__ = ["UNKNOWN", "Cases", "Given", "Stack", "aws", "graph", "k8s", "ref", "stack", "urn"]


@dataclass(frozen=True)
class Ref:
    """An output of another resource; `known` gives the value that it has after the update."""

    name: str
    known: Any = None


@dataclass(frozen=True)
class Given:
    """One resource of a case."""

    type: str
    properties: dict[str, Any]
    parent: str = ""
    protect: bool = False

    def under(self, parent: str) -> "Given":
        return Given(self.type, self.properties, parent, self.protect)

    @property
    def protected(self) -> "Given":
        return Given(self.type, self.properties, self.parent, True)


Stack = Mapping[str, Given]


@dataclass(frozen=True)
class Cases:
    """What every rule is tried on. A rule about the stack may have no case in which it does not apply: say why not."""

    passing: Sequence[Stack]
    failing: Sequence[Stack]
    not_applicable: Sequence[Stack] = ()
    unknown: Sequence[Stack] = ()
    without: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why there is no `not_applicable` or no `unknown` case: {"unknown": "the kind of a resource is always known"}."""


def aws(token: str, **properties: Any) -> Given:
    return Given(f"aws:{token}", properties)


def k8s(token: str, **properties: Any) -> Given:
    return Given(f"kubernetes:{token}", properties)


def ref(name: str, known: Any = None) -> Ref:
    return Ref(name.split(".")[0], known)


def stack(**resources: Given) -> Stack:
    return resources


def urn(name: str, given: Given) -> str:
    return f"urn:pulumi:case::lifeline::{given.type}::{name}"


def graph(case: Stack) -> Graph:
    """The case as the rules see it, without the SDK between."""
    return Graph(
        Resource(
            type=canonical(given.type),
            name=name,
            urn=urn(name, given),
            properties={key: resolved(value, UNKNOWN) for key, value in given.properties.items()},
            declared_type=given.type,
            parent=urn(given.parent, case[given.parent]) if given.parent else "",
            references=references(case, given),
            protected=given.protect,
        )
        for name, given in case.items()
    )


#: What a value that nobody knows comes from; the engine tells of every unknown value what it comes from.
SOMEWHERE = Given("aws:cloudwatch/logStream:LogStream", {})


def references(case: Stack, given: Given) -> dict[str, tuple[str, ...]]:
    """Property by property, the resources whose outputs it uses."""
    known = {**case, "somewhere": SOMEWHERE}
    found = {key: tuple(urn(each, known[each]) for each in named(value)) for key, value in given.properties.items()}
    return {key: urns for key, urns in found.items() if urns}


def named(value: Any) -> list[str]:
    if isinstance(value, Ref):
        return [value.name]
    if value is UNKNOWN:
        return ["somewhere"]
    if isinstance(value, dict):
        return [name for inner in value.values() for name in named(inner)]
    if isinstance(value, list):
        return [name for inner in value for name in named(inner)]
    return []


def resolved(value: Any, unknown: Any) -> Any:
    if isinstance(value, Ref):
        return unknown if value.known is None else value.known
    if isinstance(value, dict):
        return {key: resolved(inner, unknown) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, unknown) for inner in value]
    return unknown if value is UNKNOWN else value
