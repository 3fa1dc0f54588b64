"""Providers whose resources are made here and live in the engine's state only: random and tls.

A `Kind` says what is special about one resource type; names, types, previews, differences and imports are common.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers import schema
from rehearsal.providers.differences import Change, changes
from rehearsal.providers.provider import Failure, Provider, Refused, Resource
from rehearsal.providers.wire import UNKNOWN, has_unknown

Values = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What one resource type is made of."""

    #: Inputs with defaults -> id and the outputs that are not inputs.
    make: Callable[[Values], tuple[str, Values]]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    #: What is wrong with known inputs beyond their types.
    problems: Callable[[Values], list[Failure]] = lambda _inputs: []
    #: The id given to an import -> id, inputs and outputs; raises ValueError when it is not one.
    adopt: Callable[[str], tuple[str, Values, Values]] | None = None
    #: Inputs whose change needs no new resource.
    in_place: frozenset[str] = frozenset()
    #: Outputs that change as time goes by: state -> what is different now.
    ageing: Callable[[Values], Values] = lambda _state: {}
    #: Outputs whose ageing makes the resource due for replacement.
    due: frozenset[str] = frozenset()
    #: Inputs that are used and forgotten: neither stored nor compared, their version says when they changed.
    write_only: frozenset[str] = frozenset()
    #: Brings two ways of saying the same into one.
    normal: Callable[[Values], Values] = lambda inputs: inputs


class LocalProvider(Provider):
    """A provider made of kinds."""

    def __init__(self, package: str, kinds: Mapping[str, Kind]) -> None:
        super().__init__()
        self.package = package
        self.version = schema.sdk_version(package)
        self._kinds = kinds
        self._catalogue = schema.load(package, kinds)

    def check(self, resource: Resource, news: Values, olds: Values) -> tuple[Values, list[Failure]]:
        failures = schema.check(self._schema(resource), news)
        if not failures:
            failures = self._kind(resource).problems(self._whole(resource, news))
        return news, failures

    def diff(self, resource: Resource, old_inputs: Values, olds: Values, news: Values) -> list[Change]:
        kind = self._kind(resource)
        found = changes(self._stored(resource, old_inputs), self._stored(resource, news))
        marked = [Change(c.path, c.kind, replace=c.top not in kind.in_place) for c in found]
        aged = kind.ageing({**olds, **self._whole(resource, news)}) if not has_unknown(news) else {}
        return marked + [Change(name, "update", replace=True) for name in sorted(kind.due) if aged.get(name) is True]

    def create(self, resource: Resource, inputs: Values, preview: bool) -> tuple[str, Values]:
        whole = self._whole(resource, inputs)
        if preview or has_unknown(whole):
            return "", self._stored(resource, inputs) | dict.fromkeys(self._schema(resource).outputs_only, UNKNOWN)
        id, outputs = self._kind(resource).make(whole)
        return id, self._stored(resource, inputs) | outputs

    def update(
        self, resource: Resource, old_inputs: Values, olds: Values, news: Values, preview: bool
    ) -> dict[str, Any]:
        state = olds | self._stored(resource, news)
        return state if has_unknown(news) else state | self._kind(resource).ageing(state)

    def read(self, resource: Resource, inputs: Values, state: Values) -> tuple[Values, Values] | None:
        kind = self._kind(resource)
        if state:
            return inputs, state | kind.ageing(state)
        if kind.adopt is None:
            raise Refused(f"{resource.type} cannot be imported: what it holds cannot be told from an id")
        try:
            id, found, outputs = kind.adopt(resource.id)
        except ValueError as error:
            # `from None`: the chained text could repeat the id, which for a password is the password.
            raise Refused(f"cannot import {resource.name!r} as {resource.type}: {error}") from None
        return found, {"id": id, **self._whole(resource, found), **outputs}

    def secret_outputs(self, resource: Resource) -> frozenset[str]:
        return self._schema(resource).secrets

    def _kind(self, resource: Resource) -> Kind:
        if resource.type not in self._kinds:
            near = difflib.get_close_matches(resource.type, self._kinds, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has: {', '.join(sorted(self._kinds))}"
            raise Refused(f"the rehearsal's {self.package} provider has no {resource.type}; {hint}")
        return self._kinds[resource.type]

    def _schema(self, resource: Resource) -> schema.ResourceSchema:
        self._kind(resource)
        described = self._catalogue.resource(resource.type)
        if described is None:
            raise Refused(f"pulumi_{self.package} {self.version} has no {resource.type}")
        return described

    def _whole(self, resource: Resource, inputs: Values) -> Values:
        """Inputs with defaults, so that naming a default is no change."""
        kind = self._kind(resource)
        given = kind.normal({name: value for name, value in inputs.items() if value is not None})
        return {**kind.defaults, **given}

    def _stored(self, resource: Resource, inputs: Values) -> Values:
        kind = self._kind(resource)
        return {name: value for name, value in self._whole(resource, inputs).items() if name not in kind.write_only}
