"""What a rehearsal provider is: a `Provider` subclass says what becomes of its resources; servicer.py does the rest.

Hooks get and return plain Python values (see wire.py) and run in up to 32 threads at once.
"""

import threading
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.differences import Change, changes


@dataclass(frozen=True)
class Resource:
    """Which resource a call is about."""

    urn: str
    type: str
    id: str = ""
    #: What the program's customTimeouts say for this call; 0 where they say nothing.
    timeout_seconds: float = 0.0

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True)
class Failure:
    """A refused input: the engine prints the property, its value and the reason. Never for secret values."""

    property: str
    reason: str


class Refused(Exception):
    """The call cannot be done; the text is all the user sees, under the resource."""


class NotReady(Exception):
    """The resource exists but did not become what it should: kept in the state, each reason shown as a bullet."""

    def __init__(self, id: str, outputs: dict[str, Any], reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.id, self.outputs, self.reasons = id, outputs, reasons


class Provider:
    """What a rehearsal provider overrides; the defaults are a resource that lives in the engine's state only."""

    package: str
    version: str

    #: Set when the user interrupted: waiters should give up, short calls may finish.
    cancelled: threading.Event

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.engine_address = ""

    def check_configuration(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Settings as they came, each a JSON-encoded string or UNKNOWN at preview.

        With one UNKNOWN left in the answer the engine asks this provider nothing about its resources.
        """
        return settings

    def configure(self, settings: dict[str, Any]) -> None:
        """Settings of the provider resource, decoded."""

    def configuration_replaces(self) -> frozenset[str]:
        """Settings whose change replaces the provider and all its resources."""
        return frozenset()

    def check(
        self, resource: Resource, news: dict[str, Any], olds: dict[str, Any]
    ) -> tuple[dict[str, Any], list[Failure]]:
        """Inputs with defaults filled in, and everything wrong with them at once."""
        return news, []

    def checked(self, resource: Resource, inputs: dict[str, Any]) -> None:
        """Inputs that passed the check, secrets still marked."""

    def diff(
        self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any]
    ) -> list[Change]:
        return changes(old_inputs, news)

    def deletes_before_replacing(self, resource: Resource, old_inputs: dict[str, Any], news: dict[str, Any]) -> bool:
        """True where old and new cannot live side by side, such as two things of one fixed name."""
        return False

    def create(self, resource: Resource, inputs: dict[str, Any], preview: bool) -> tuple[str, dict[str, Any]]:
        raise NotImplementedError

    def read(
        self, resource: Resource, inputs: dict[str, Any], state: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Live inputs and outputs, or None when it is gone. Both arguments are empty for an import."""
        return inputs, state

    def update(
        self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any], preview: bool
    ) -> dict[str, Any]:
        raise NotImplementedError

    def delete(self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any]) -> None:
        """Nothing to do for what lives in the state only."""

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        raise Refused(f"the rehearsal has no function {token}")

    def construct(self, token: str) -> None:
        """A component which the plugin itself would make of many resources."""
        raise Refused(f"the rehearsal has no component {token}")

    def secret_outputs(self, resource: Resource) -> frozenset[str]:
        """Top-level properties that are secret by their nature."""
        return frozenset()

    def schema(self) -> dict[str, Any]:
        """Package schema for `pulumi import` and `pulumi package`."""
        return {"name": self.package, "version": self.version}
