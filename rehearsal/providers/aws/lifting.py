"""Members of AWS answers -> properties in the form the program wrote them in, so that drift shows and form does not."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.placing import find_member, joined


def from_pairs(live: Any) -> Any:
    """A list of Key (or Name) and Value as the map it stands for; anything else as it is."""
    for name in ("Key", "Name"):
        if (
            isinstance(live, list)
            and live
            and all(isinstance(it, dict) and it.keys() == {name, "Value"} for it in live)
        ):
            return {pair[name]: pair["Value"] for pair in live}
    return live


def lift(live: Any, template: Any, renames: Mapping[str, str], bare: str = "") -> Any:
    """A live value in the program's own form: only keys the program set, its order where the content is the same."""
    if isinstance(template, str) and isinstance(live, dict | list):
        return template if same_json(template, live) else json.dumps(live)
    if isinstance(live, dict) and "Quantity" in live and isinstance(template, list):
        live = live.get("Items", [])
    if isinstance(template, dict):
        live = from_pairs(live)
        if isinstance(live, list):
            live = live[0] if len(live) == 1 else None
        if not isinstance(live, dict):
            return None if live is None else live
        return {
            key: lift(member_of(live, key, renames, joined(bare, key)), item, renames, joined(bare, key))
            for key, item in template.items()
        }
    if isinstance(template, list):
        return _lift_list(live, template, renames, bare)
    return _lift_scalar(live, template)


def _lift_list(live: Any, template: list[Any], renames: Mapping[str, str], bare: str) -> Any:
    if live is None:
        return None if template else []
    items = live if isinstance(live, list) else [live]
    if len(items) != len(template) or not template:
        model = template[0] if template else None
        return [lift(item, model, renames, bare) if model is not None else item for item in items]
    lifted = [lift(item, model, renames, bare) for item, model in zip(items, template, strict=True)]
    if lifted == template:
        return template
    # AWS answers sets in its own order: each of ours must be found once.
    remaining = list(items)
    for model in template:
        match = next((item for item in remaining if lift(item, model, renames, bare) == model), None)
        if match is None:
            return lifted
        remaining.remove(match)
    return template


def _lift_scalar(live: Any, template: Any) -> Any:
    if isinstance(live, bytes) and isinstance(template, str):
        live = live.decode(errors="replace")
    if live is None or template is None or live == template:
        return live
    if isinstance(template, str):
        if isinstance(live, str) and same_json(template, live):
            return template
        if isinstance(live, bool):
            return str(live).lower()
        return template if str(live) == template or _same_number(template, live) else str(live)
    if isinstance(template, bool) and isinstance(live, str):
        return live.lower() in ("true", "enabled") if live.lower() in ("true", "false", "enabled", "disabled") else live
    if isinstance(template, int | float) and isinstance(live, str):
        try:
            return template if float(live) == template else float(live)
        except ValueError:
            return live
    return live


def _same_number(text: str, live: Any) -> bool:
    try:
        return isinstance(live, int | float) and float(text) == live
    except ValueError:
        return False


def member_of(live: Mapping[str, Any], name: str, renames: Mapping[str, str], bare: str) -> Any:
    """The member of an answer that holds a property, if any."""
    rename = renames.get(bare)
    if rename:
        value: Any = live
        for part in rename.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value
    member = find_member(name, live)
    return live[member] if member else None


def same_json(one: str, other: Any) -> bool:
    """JSON documents are equal when their content is."""
    if not one or one[0] not in "{[":
        return False
    try:
        return json.loads(one) == (json.loads(other) if isinstance(other, str) else other)
    except ValueError:
        return False
