"""From what AWS says of a resource to its inputs and outputs as Pulumi knows them."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.lifting import from_pairs, lift, member_of
from rehearsal.providers.aws.live import Live
from rehearsal.providers.schema import PropertyType, ResourceSchema


def live_inputs(r: Live, schema: ResourceSchema, live: Mapping[str, Any]) -> dict[str, Any]:
    """The program's inputs with live values laid over where the program set something; all live ones for an import."""
    if not r.inputs:
        return imported_inputs(r, schema, live)
    own_tags = {"tags"} if r.entry.tags is not None else set[str]()
    believed = {"region", *own_tags, *r.entry.not_sent, *(path for path in r.entry.lost if "." not in path)}
    result = dict(r.inputs)
    for name, wanted in r.inputs.items():
        if name in believed or wanted is None:
            continue
        found = lift(member_of(live, name, r.entry.rename, name), wanted, r.entry.rename, name)
        for path in r.entry.lost:
            if path.startswith(name + "."):
                found = _keep(wanted, found, path.split(".")[1:])
        if found is None and not wanted and wanted is not True:
            found = wanted  # AWS leaves out what is empty, false or zero
        result[name] = found
    if r.entry.tags is not None:
        _lay_tags(r, live, result)
    return {name: value for name, value in result.items() if value is not None}


def _lay_tags(r: Live, live: Mapping[str, Any], result: dict[str, Any]) -> None:
    found = live_tags(r, live)
    if found is None:
        return
    wanted = r.inputs.get("tags") or {}
    defaults = r.account_of.default_tags
    own = {key: value for key, value in found.items() if key in wanted or defaults.get(key) != value}
    if own or "tags" in r.inputs:
        result["tags"] = own


def live_tags(r: Live, live: Mapping[str, Any]) -> dict[str, str] | None:
    assert r.entry.tags is not None
    found = r.entry.tags.read(r, live)
    if found is None:
        return None
    return {key: value for key, value in found.items() if not key.startswith("aws:")}


def imported_inputs(r: Live, schema: ResourceSchema, live: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a resource the program has not described yet. What AWS fills in by itself is nobody's wish: left out
    by the program as well, it would look like something that was taken away."""
    found: dict[str, Any] = {}
    for name, type in schema.inputs.items():
        if name in r.entry.not_sent or name in ("tagsAll", "region"):
            continue
        value = draw(member_of(live, name, r.entry.rename, name), type, r.entry.rename, name)
        by_itself = name != r.entry.name and (name in schema.computed or value == r.entry.defaults.get(name))
        if value not in (None, [], {}, "", False, 0) and not by_itself:
            found[name] = value
    if r.entry.tags is not None and (tags := live_tags(r, live)):
        found["tags"] = tags
    return found


def outputs(r: Live, schema: ResourceSchema, inputs: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the program may read of the resource."""
    result: dict[str, Any] = {}
    for name, type in schema.inputs.items():
        if name in inputs or (name == "tags" and r.entry.tags is not None):
            continue
        value = draw(member_of(live, name, r.entry.rename, name), type, r.entry.rename, name)
        if value is None and name in schema.computed:
            value = r.entry.defaults.get(name)
        if value is not None:
            result[name] = value
    for name in schema.outputs_only:
        value = draw(member_of(live, name, r.entry.rename, name), None, r.entry.rename, name)
        if value is not None:
            result[name] = value
    result.update(inputs)
    if r.entry.arn:
        result["arn"] = r.arn(r.entry.arn)
    if "region" in schema.inputs:
        result["region"] = r.region
    if "tagsAll" in schema.outputs_only or "tagsAll" in schema.inputs:
        result["tagsAll"] = {**r.account_of.default_tags, **(inputs.get("tags") or {})}
    r.state = {**r.state, **result}
    if r.entry.outputs is not None:
        result.update(r.entry.outputs(r, live))
    return result


def draw(live: Any, type: PropertyType | None, renames: Mapping[str, str], bare: str) -> Any:
    """A live value in Pulumi's form, by the SDK's type where there is one."""
    if live is None:
        return None
    if type is None:
        return _camel(live)
    if isinstance(live, dict) and {"Quantity"} <= live.keys() <= {"Quantity", "Items"}:
        live = live.get("Items", [])
    if type.kind == "one_of":
        type = type.one_of[0]
    if type.kind == "object":
        if isinstance(live, list):
            live = live[0] if len(live) == 1 else None
        if not isinstance(live, dict):
            return None
        members = {
            name: draw(member_of(live, name, renames, f"{bare}.{name}"), inner, renames, f"{bare}.{name}")
            for name, inner in type.fields.items()
        }
        return {name: value for name, value in members.items() if value is not None} or None
    if type.kind == "map":
        return from_pairs(live) or {}
    if type.kind == "list" and type.item is not None:
        items = live if isinstance(live, list) else [live]
        return [draw(item, type.item, renames, bare) for item in items]
    if type.kind == "string" and not isinstance(live, str):
        return json.dumps(live) if isinstance(live, dict | list) else _text(live)
    if type.kind in ("boolean", "integer", "number") and isinstance(live, str):
        return _scalar(live)
    return live


def _scalar(live: str) -> Any:
    """Some services write their switches and numbers as text."""
    try:
        return json.loads(live.lower())
    except ValueError:
        return live


def _text(live: Any) -> str:
    return (
        str(live).lower() if isinstance(live, bool) else live.isoformat() if hasattr(live, "isoformat") else str(live)
    )


def _camel(live: Any) -> Any:
    if isinstance(live, dict):
        return {key[:1].lower() + key[1:]: _camel(value) for key, value in live.items()}
    if isinstance(live, list):
        return [_camel(item) for item in live]
    return _text(live) if not isinstance(live, str | int | float | bool) else live


def _keep(wanted: Any, found: Any, path: list[str]) -> Any:
    """`found` with the recorded value at a path the emulator loses, through lists item by item."""
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [_keep(one, other, path) for one, other in zip(wanted, found, strict=True)]
    if not isinstance(wanted, dict) or path[0] not in wanted:
        return found
    found = found if isinstance(found, dict) else {}
    if len(path) == 1:
        return {**found, path[0]: wanted[path[0]]}
    return {**found, path[0]: _keep(wanted[path[0]], found.get(path[0]), path[1:])}
