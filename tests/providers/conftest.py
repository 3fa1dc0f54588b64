"""Drives a provider's hooks as the engine would, without an engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from rehearsal.providers import wire
from rehearsal.providers.differences import Change
from rehearsal.providers.provider import Provider, Resource

Values = dict[str, Any]


@dataclass
class Kept:
    """A resource as the engine's state has it."""

    id: str
    inputs: Values
    outputs: Values


@dataclass
class Life:
    """The life of resources of one type."""

    provider: Provider
    type: str

    def resource(self, id: str = "") -> Resource:
        return Resource(urn=f"urn:pulumi:test::project::{self.type}::thing", type=self.type, id=id)

    def refusals(self, inputs: Values) -> list[tuple[str, str]]:
        _, failures = self.provider.check(self.resource(), inputs, {})
        return [(failure.property, failure.reason) for failure in failures]

    def checked(self, inputs: Values) -> Values:
        checked, failures = self.provider.check(self.resource(), inputs, {})
        assert failures == []
        return wire.plain(checked)

    def previewed(self, **inputs: Any) -> Values:
        return self.provider.create(self.resource(), self.checked(inputs), True)[1]

    def created(self, **inputs: Any) -> Kept:
        checked = self.checked(inputs)
        id, outputs = self.provider.create(self.resource(), checked, False)
        return Kept(id, checked, outputs)

    def changes(self, kept: Kept, **inputs: Any) -> list[Change]:
        return self.provider.diff(self.resource(kept.id), kept.inputs, kept.outputs, self.checked(inputs))

    def updated(self, kept: Kept, preview: bool = False, **inputs: Any) -> Kept:
        news = self.checked(inputs)
        outputs = self.provider.update(self.resource(kept.id), kept.inputs, kept.outputs, news, preview)
        return Kept(kept.id, news, outputs)

    def refreshed(self, kept: Kept) -> Kept:
        live = self.provider.read(self.resource(kept.id), kept.inputs, kept.outputs)
        assert live is not None
        return Kept(kept.id, *live)

    def imported(self, id: str) -> Kept:
        live = self.provider.read(self.resource(id), {}, {})
        assert live is not None
        inputs, outputs = live
        return Kept(outputs.pop("id", id), inputs, outputs)


@pytest.fixture
def life() -> Callable[[Provider, str], Life]:
    return Life
