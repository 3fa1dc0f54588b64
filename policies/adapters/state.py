"""The resources of an exported state (`pulumi stack export`): the pack without a program, a backend or a cloud."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from policies.core.graph import Graph
from policies.core.resource import Resource, canonical

#: Pulumi's mark of a secret or an asset in a state.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "(secret)"


class NoState(ValueError):
    """The file is no exported state."""


def graph_of(file: Path) -> Graph:
    try:
        content = json.loads(file.read_text())
        resources = content["deployment"]["resources"]
    except (ValueError, KeyError, TypeError) as error:
        raise NoState(
            f"{file} is no exported state ({error}): make one with `pulumi stack export --file {file}`"
        ) from None
    return Graph(_resource(each) for each in resources if not each.get("delete"))


def _resource(given: Mapping[str, Any]) -> Resource:
    inputs, outputs = (cast("dict[str, Any]", given.get(side) or {}) for side in ("inputs", "outputs"))
    return Resource(
        type=canonical(given["type"]),
        name=given["urn"].rsplit("::", 1)[-1],
        urn=given["urn"],
        properties={name: _without_secrets(value) for name, value in (inputs | outputs).items()},
        declared_type=given["type"],
        parent=given.get("parent") or "",
        dependencies=tuple(cast("list[str]", given.get("dependencies") or [])),
        references=cast("dict[str, list[str]]", given.get("propertyDependencies") or {}),
        protected=bool(given.get("protect")),
        id=str(given.get("id") or ""),
        provider=str(given.get("provider") or "").rpartition("::")[0],
    )


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        known = cast("dict[str, Any]", value)
        if _SIGNATURE in known:
            return _plaintext(known)
        return {name: _without_secrets(inner) for name, inner in known.items()}
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in cast("list[Any]", value)]
    return value


def _plaintext(marked: dict[str, Any]) -> Any:
    """What was exported in clear is used as it stands; ciphertext tells nothing but that something is there."""
    return json.loads(marked["plaintext"]) if "plaintext" in marked else SECRET
