"""Live objects laid over the program's inputs: only what the program set, so that drift shows and defaults do not."""

import base64
import re
from decimal import Decimal
from typing import Any

from rehearsal.providers.kubernetes.objects import Object, from_server, is_secret

#: By which field the server tells the elements of a list apart.
_MERGE_KEYS = ("name", "key", "mountPath", "containerPort", "port", "ip", "type", "topologyKey", "devicePath", "uid")
_QUANTITY = re.compile(r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?")
_FACTORS = {
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGTPE", 1)},
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
}
#: Filled in by the server; in the inputs of an import they would be noise, or refused when sent back.
_SERVER_METADATA = ("uid", "creationTimestamp", "ownerReferences", "deletionTimestamp", "deletionGracePeriodSeconds")


def inputs_as_live(inputs: Object, live: Object) -> Object:
    """The program's inputs with the values that the cluster has for them now."""
    shown = from_server(live)
    if is_secret(inputs.get("kind", ""), inputs.get("apiVersion", "")) and isinstance(inputs.get("stringData"), dict):
        shown["stringData"] = {key: _decoded(text) for key, text in (shown.get("data") or {}).items()}
    return {key: _over(inputs[key], shown.get(key), key) for key in inputs if not _lost(inputs[key], shown.get(key))}


def inputs_of_import(live: Object) -> Object:
    """What a program would have to say to get this object."""
    inputs = {key: value for key, value in from_server(live).items() if key != "status"}
    inputs["metadata"] = {key: value for key, value in inputs["metadata"].items() if key not in _SERVER_METADATA}
    if inputs["metadata"].get("annotations") == {}:
        del inputs["metadata"]["annotations"]
    if live.get("kind") == "Namespace":
        inputs.pop("spec", None)  # its finalizer is the server's
        inputs["metadata"].get("labels", {}).pop("kubernetes.io/metadata.name", None)
    return inputs


def outputs(inputs: Object, live: Object) -> Object:
    """The live object, and what the program said that the server does not give back."""
    shown = from_server(live)
    return {**{key: value for key, value in inputs.items() if key not in shown}, **shown}


def _over(wanted: Any, found: Any, key: str = "") -> Any:
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {
            name: _over(value, found.get(name), name)
            for name, value in wanted.items()
            if not _lost(value, found.get(name))
        }
    if isinstance(wanted, list) and isinstance(found, list):
        return _over_list(wanted, found)
    if found is None:
        return wanted
    return wanted if _equal(wanted, found) else found


def _over_list(wanted: list[Any], found: list[Any]) -> list[Any]:
    merge_key = next((key for key in _MERGE_KEYS if _tells_apart(key, wanted) and _tells_apart(key, found)), None)
    if merge_key is not None:
        by_key = {item[merge_key]: item for item in found}
        # Elements of others in a shared list (a sidecar, a finalizer) are not the program's.
        return [_over(item, by_key[item[merge_key]]) for item in wanted if item[merge_key] in by_key]
    laid = [_over(item, other) for item, other in zip(wanted, found, strict=False)]
    return [*laid, *found[len(wanted) :]]


def _tells_apart(key: str, items: list[Any]) -> bool:
    if not items or not all(isinstance(item, dict) and isinstance(item.get(key), str | int) for item in items):
        return False
    return len({item[key] for item in items}) == len(items)


def _lost(wanted: Any, found: Any) -> bool:
    """Whether the cluster no longer has it; empty and false values the server just does not mention."""
    return (
        found is None and wanted not in (None, "", 0, False) and wanted != {} and wanted != [] and not _hollow(wanted)
    )


def _hollow(value: Any) -> bool:
    """Made of nothing but empty parts, like `{"labels": {}}`."""
    if isinstance(value, dict):
        return all(_hollow(item) for item in value.values())
    if isinstance(value, list):
        return all(_hollow(item) for item in value)
    return value in (None, "", 0, False)


def _equal(wanted: Any, found: Any) -> bool:
    if wanted == found and type(wanted) is type(found):
        return True
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    left, right = _quantity(wanted), _quantity(found)
    return left is not None and left == right


def _quantity(value: Any) -> Decimal | None:
    """`0.5` = `500m`, `1024Mi` = `1Gi`: the server writes the shortest form."""
    if isinstance(value, int | float):
        return Decimal(str(value))
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    number, unit = Decimal(match[1]), match[2] or ""
    return number * _FACTORS[unit] if unit in _FACTORS else number * Decimal(10) ** int(unit[1:])


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except ValueError:
        return text
