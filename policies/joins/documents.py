"""Policy documents of AWS: JSON text or an object, one statement or several, one action or several."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from policies.core.resource import Resource, UnknownValue


@dataclass(frozen=True)
class Statement:
    path: str
    allows: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])

    @property
    def for_everybody(self) -> bool:
        """Anybody at all, with nothing that narrows it."""
        return self.allows and "*" in self.principals and not self.conditions

    @property
    def on_everything(self) -> bool:
        return "*" in self.resources

    def condition(self, key: str) -> str:
        """The value that a condition asks of this key, as text; empty where none asks."""
        for asked in self.conditions.values():
            for name, value in asked.items():
                if name.lower() == key.lower():
                    return str(value[0] if isinstance(value, list) and value else value).lower()  # pyright: ignore[reportUnknownArgumentType]
        return ""


def statements(resource: Resource, path: str) -> Iterator[Statement]:
    """Raises UnknownValue where the document is made of outputs that do not exist yet."""
    given = resource.get(path)
    if given is None:
        return
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise UnknownValue(path) from None
    document = cast("dict[str, Any]", given if isinstance(given, dict) else {})
    for index, each in enumerate(_listed(document.get("Statement"))):
        if isinstance(each, dict):
            yield _statement(cast("dict[str, Any]", each), f"{path}.Statement[{index}]")


def _statement(given: dict[str, Any], path: str) -> Statement:
    principal = given.get("Principal", ())
    named = [each for one in principal.values() for each in _listed(one)] if isinstance(principal, dict) else principal  # pyright: ignore
    return Statement(
        path,
        given.get("Effect") == "Allow",
        _texts(given.get("Action")),
        _texts(given.get("NotAction")),
        _texts(given.get("Resource")),
        _texts(named),
        given.get("Condition") or {},
    )


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in _listed(list(value) if isinstance(value, tuple) else value))  # pyright: ignore


def only_tls(resource: Resource, path: str) -> bool:
    """Everybody is denied who does not come by TLS."""
    return any(
        not each.allows and "*" in each.principals and each.condition("aws:SecureTransport") == "false"
        for each in statements(resource, path)
    )
