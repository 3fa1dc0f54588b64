"""Our resources as a CloudFormation template: names matched case-blind along CloudFormation's schemas.

Entries name the twin type and the exceptions (`twin`, `twin_rename`). What is not known yet becomes a parameter, a
secret becomes a reference to a secret store, ids and ARNs of other resources become references to them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.placing import find_member
from rehearsal.providers.wire import MARK
from rehearsal.witness.record import SECRET, UNKNOWN, Checked

_A_SECRET = "{{resolve:secretsmanager:supplied-at-deployment:SecretString}}"

Path = tuple[str | int, ...]


@dataclass
class Template:
    """A template of one region's resources, with the way back from each of its places to our properties."""

    region: str
    resources: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    origins: dict[str, Checked] = field(default_factory=dict[str, Checked])
    #: Place in the template -> path of our property.
    properties: dict[Path, str] = field(default_factory=dict[Path, str])
    #: Properties of ours that CloudFormation has no place for, by type.
    unplaced: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    parameters: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def unknown(self, is_list: bool) -> dict[str, str]:
        """A value that is not known yet: a parameter of its own, since no two need be the same."""
        name = f"NotYetKnown{len(self.parameters)}"
        self.parameters[name] = {"Type": "CommaDelimitedList" if is_list else "String"}
        return {"Ref": name}

    @property
    def text(self) -> str:
        return json.dumps(
            {
                "AWSTemplateFormatVersion": "2010-09-09",
                **({"Parameters": self.parameters} if self.parameters else {}),
                "Resources": self.resources,
            },
            sort_keys=True,
        )

    def property_at(self, path: list[str | int]) -> str:
        """Our property for a place in the template, or the nearest one around it."""
        for length in range(len(path), 2, -1):
            if (found := self.properties.get(tuple(path[:length]))) is not None:
                return found
        return ""


def translate(resources: list[Checked], entries: Mapping[str, Entry]) -> list[Template]:
    """One template a region, holding every resource whose type has a twin."""
    templates: dict[str, Template] = {}
    names = {checked.urn: _logical_name(index, checked) for index, checked in enumerate(resources)}
    references = _references(resources, entries, names)
    for checked in resources:
        entry = entries.get(checked.type)
        if entry is None or not entry.twin:
            continue
        template = templates.setdefault(checked.region, Template(checked.region))
        schema = _schema(checked.region, entry.twin)
        if schema is None:
            continue
        _Translation(template, entry, schema, checked, names[checked.urn], references.get(checked.region, {})).add()
    return list(templates.values())


def _schema(region: str, type: str) -> dict[str, Any] | None:
    try:
        return PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type).schema
    except ResourceNotFoundError:  # not in this region
        return None


def _logical_name(index: int, checked: Checked) -> str:
    return f"R{index}{re.sub(r'[^A-Za-z0-9]', '', checked.name)}"[:120]


def _references(
    resources: list[Checked], entries: Mapping[str, Entry], names: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """By region: ids and ARNs of resources that exist -> references to them (only what is unmistakable)."""
    found: dict[str, dict[str, Any]] = {}
    for checked in resources:
        entry = entries.get(checked.type)
        if entry is None or not entry.twin or not re.fullmatch(r"[a-z]{2,7}-[0-9a-f]{8,17}", checked.id):
            continue
        found.setdefault(checked.region, {})[checked.id] = {"Ref": names[checked.urn]}
    return found


@dataclass
class _Translation:
    """One resource on its way into a template."""

    template: Template
    entry: Entry
    schema: Mapping[str, Any]
    checked: Checked
    name: str
    references: Mapping[str, Any]

    def add(self) -> None:
        base: Path = ("Resources", self.name, "Properties")
        properties: dict[str, Any] = {}
        self.template.resources[self.name] = {"Type": self.entry.twin, "Properties": properties}
        self.template.origins[self.name] = self.checked
        for ours, value in self.checked.inputs.items():
            if ours in ("region", "tagsAll") or value is None:
                continue
            self._place(properties, self.schema, base, ours, value, ours, ours)
        for member, value in self.entry.twin_defaults.items():
            properties.setdefault(member, value)

    def _place(
        self, into: dict[str, Any], schema: Mapping[str, Any], base: Path, name: str, value: Any, path: str, bare: str
    ) -> None:
        """Put one property where CloudFormation has it; a rename may lead deeper: `LifecycleConfiguration.Rules`."""
        rename = self.entry.twin_rename.get(bare)
        if rename == "":
            return
        if rename is not None:
            *parents, member = rename.split(".")
            for parent in parents:
                schema = self._resolve(self._members(schema)[parent])
                base = (*base, parent)
                if "array" in _kinds(schema):  # our one object is the first of CloudFormation's list
                    schema, base = self._resolve(schema["items"]), (*base, 0)
                    into = into.setdefault(parent, [{}])[0]
                else:
                    into = into.setdefault(parent, {})
        else:
            found = find_member(name, self._members(schema))
            if found is None:
                self.template.unplaced.setdefault(self.checked.type, set()).add(bare)
                return
            member = found
        at = (*base, member)
        self.template.properties[at] = path
        into[member] = self._value(self._resolve(self._members(schema).get(member, {})), value, at, path, bare)
        if member == "Items" and "Quantity" in self._members(schema) and isinstance(into[member], list):
            into["Quantity"] = len(into[member])

    def _value(self, schema: Mapping[str, Any], value: Any, at: Path, path: str, bare: str) -> Any:
        kinds = _kinds(schema)
        if value == UNKNOWN:
            return self.template.unknown(kinds == {"array"})
        if value == SECRET:
            return _A_SECRET
        if isinstance(value, dict) and MARK in value:
            return "uploaded"  # an asset or archive
        if isinstance(value, str) and value in self.references:
            return self.references[value]
        if "array" in kinds:
            return self._array(schema, value, at, path, bare)
        if "object" in kinds and isinstance(value, str) and value[:1] in "{[":
            return _parsed(value)
        if isinstance(value, list) and len(value) == 1 and "object" in kinds:
            value = value[0]
        if isinstance(value, dict):
            return self._object(schema, value, at, path, bare)
        return _scalar(kinds, value)

    def _array(self, schema: Mapping[str, Any], value: Any, at: Path, path: str, bare: str) -> Any:
        item = self._resolve(schema.get("items", {}))
        named = next((name for name in ("Key", "Name") if {name, "Value"} <= self._members(item).keys()), "")
        if isinstance(value, dict) and named:  # tags, dimensions
            pairs = [
                {named: key, "Value": self._value({"type": "string"}, text, at, path, bare)}
                for key, text in value.items()
            ]
            for index, key in enumerate(value):
                self.template.properties[(*at, index)] = f"{path}.{key}"
            return pairs
        items = value if isinstance(value, list) else [value]
        built = []
        for index, each in enumerate(items):
            inner = f"{path}[{index}]" if isinstance(value, list) else path
            self.template.properties[(*at, index)] = inner
            built.append(self._value(item, each, (*at, index), inner, bare))
        return built

    def _object(self, schema: Mapping[str, Any], value: dict[str, Any], at: Path, path: str, bare: str) -> Any:
        members = self._members(schema)
        if not members:  # a free map
            return {key: self._value({}, item, (*at, key), f"{path}.{key}", bare) for key, item in value.items()}
        built: dict[str, Any] = {}
        for key, item in value.items():
            if item is not None:
                self._place(built, schema, at, key, item, f"{path}.{key}", f"{bare}.{key}")
        return built

    def _members(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Properties of an object schema, those of its alternatives included."""
        schema = self._resolve(schema)
        members: dict[str, Any] = dict(schema.get("properties", {}))
        for word in ("oneOf", "anyOf", "allOf"):
            for branch in schema.get(word, []):
                members = {**self._members(branch), **members}
        return members

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        seen = 0
        while isinstance(schema, Mapping) and "$ref" in schema and seen < 20:
            target: Any = self.schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema, seen = target, seen + 1
        return schema


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type", [])
    kinds = {kind} if isinstance(kind, str) else set(kind)
    if not kinds and "properties" in schema:
        kinds = {"object"}
    return kinds


def _scalar(kinds: set[str], value: Any) -> Any:
    """CloudFormation is as strict about text and numbers as we are, but sometimes the other way round."""
    if isinstance(value, bool):
        return str(value).lower() if kinds == {"string"} else value
    if isinstance(value, int | float) and kinds == {"string"}:
        return str(value)
    if isinstance(value, str):
        if kinds <= {"integer", "number"} and kinds and re.fullmatch(r"-?\d+", value):
            return int(value)
        if kinds == {"boolean"} and value in ("true", "false"):
            return value == "true"
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
