"""What the resources of an installed Pulumi SDK take and give, and what is wrong with given inputs.

`load("aws", tokens)` answers from a JSON cache without importing Pulumi (milliseconds instead of seconds);
introspection.py fills it. `check` names types and paths, never values: inputs come with their secrets unwrapped.
"""

import difflib
import hashlib
import importlib.util
import json
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from rehearsal.paths import cache as cache_directory
from rehearsal.providers.provider import Failure
from rehearsal.providers.wire import ARCHIVE, ASSET, MARK, UNKNOWN

Kind = Literal["string", "number", "integer", "boolean", "list", "map", "object", "asset", "archive", "one_of", "any"]


@dataclass(frozen=True)
class PropertyType:
    """The type of one input; object types may contain themselves."""

    kind: Kind
    item: "PropertyType | None" = None
    name: str = ""
    fields: Mapping[str, "PropertyType"] = field(default_factory=dict, repr=False, compare=False)
    required: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    one_of: tuple["PropertyType", ...] = ()

    @property
    def words(self) -> str:
        """As in "must be ..."."""
        if self.kind == "one_of":
            return " or ".join(branch.words for branch in self.one_of)
        return f"{'an' if self.kind[0] in 'aio' else 'a'} {self.kind}"


@dataclass(frozen=True)
class ResourceSchema:
    """One resource type; property names as the engine has them."""

    token: str
    inputs: Mapping[str, PropertyType]
    required: frozenset[str]
    outputs_only: frozenset[str]
    #: Optional inputs that always have a value afterwards: unknown at preview when unset, unless the default is known.
    computed: frozenset[str]
    #: What the SDK itself marks as secret.
    secrets: frozenset[str]


class Catalogue:
    """The resource types that were asked for."""

    def __init__(self, package: str, described: dict[str, Any]) -> None:
        self.package = package
        self._resources: dict[str, Any] = {k: v for k, v in described["resources"].items() if v is not None}
        self._objects: dict[str, Any] = described["objects"]
        self._read: dict[str, ResourceSchema] = {}
        self._object_types: dict[str, PropertyType] = {}
        self._lock = threading.Lock()

    def tokens(self) -> list[str]:
        return sorted(self._resources)

    def resource(self, token: str) -> ResourceSchema | None:
        """None when the SDK has no such resource (or it was not asked for)."""
        with self._lock:
            if token not in self._read and token in self._resources:
                raw = self._resources[token]
                self._read[token] = ResourceSchema(
                    token=token,
                    inputs={name: self._type(described) for name, described in raw["inputs"].items()},
                    required=frozenset(raw["required"]),
                    outputs_only=frozenset(raw["outputs_only"]),
                    computed=frozenset(raw["computed"]),
                    secrets=frozenset(raw["secrets"]),
                )
            return self._read.get(token)

    def _type(self, described: Any) -> PropertyType:
        if isinstance(described, str):
            return _scalar(described)
        [(kind, inner)] = described.items()
        if kind == "one_of":
            return PropertyType("one_of", one_of=tuple(self._type(branch) for branch in inner))
        if kind != "object":
            return PropertyType(kind, item=self._type(inner))
        if inner not in self._object_types:
            raw = self._objects[inner]
            fields: dict[str, PropertyType] = {}
            self._object_types[inner] = PropertyType(
                "object", name=inner, fields=fields, required=frozenset(raw["required"])
            )
            fields.update({name: self._type(member) for name, member in raw["fields"].items()})
        return self._object_types[inner]


@cache
def _scalar(kind: Any) -> PropertyType:
    return PropertyType(kind)


# -- loading ----------------------------------------------------------------------------------------------------------


def sdk_version(package: str) -> str:
    """Version of the installed pulumi_<package>, which is the plugin version it asks for."""
    spec = importlib.util.find_spec(f"pulumi_{package}")
    if spec is None or not spec.origin:
        raise LookupError(f"the Python package pulumi_{package} is not installed: run `make tools`")
    return str(json.loads(Path(spec.origin).with_name("pulumi-plugin.json").read_text(encoding="utf-8"))["version"])


def load(package: str, tokens: Iterable[str] | None = None) -> Catalogue:
    """The resources asked for (None = all the SDK has, which takes a while the first time)."""
    wanted = None if tokens is None else list(tokens)
    path = _cache_path(package)
    described = _from_cache(path) or {"complete": False, "resources": {}, "objects": {}}
    lacking = None if wanted is None else [token for token in wanted if token not in described["resources"]]
    if not described["complete"] and (lacking is None or lacking):
        from rehearsal.providers import introspection  # imports the SDK: only when the cache cannot answer

        more = introspection.describe(package, lacking)
        described = {
            "complete": wanted is None,
            "resources": described["resources"] | more["resources"],
            "objects": described["objects"] | more["objects"],
        }
        _to_cache(path, described)
    if wanted is not None:
        described = described | {"resources": {token: described["resources"].get(token) for token in wanted}}
    return Catalogue(package, described)


def _cache_path(package: str) -> Path:
    """A new SDK, Python or reader gets a new file."""
    here = Path(__file__)
    reader = hashlib.sha256(here.read_bytes() + here.with_name("introspection.py").read_bytes()).hexdigest()[:12]
    python = f"py{sys.version_info.major}.{sys.version_info.minor}"
    return cache_directory() / "schemas" / f"{package}-{sdk_version(package)}-{python}-{reader}.json"


def _from_cache(path: Path) -> dict[str, Any] | None:
    """First line: digest of the rest, so that a file cut short or damaged is built again."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    return json.loads(body)


def _to_cache(path: Path, described: dict[str, Any]) -> None:
    """Best effort: without a cache every start introspects, which is slow and right."""
    body = json.dumps(described, separators=(",", ":")).encode()
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        Path(temporary).replace(path)
    except OSError as error:
        logging.getLogger(__name__).info("the schema cache %s was not written: %s", path, error)
        if temporary:
            Path(temporary).unlink(missing_ok=True)


# -- checking ---------------------------------------------------------------------------------------------------------


def check(schema: ResourceSchema, inputs: Mapping[str, Any]) -> list[Failure]:
    """Everything wrong with the inputs' names and types; unknown values are accepted anywhere."""
    whole = PropertyType("object", name=schema.token, fields=schema.inputs, required=schema.required)
    return _check_object(whole, inputs, "")


def _check_value(expected: PropertyType, value: Any, path: str) -> list[Failure]:
    if value is UNKNOWN or expected.kind == "any":
        return []
    if expected.kind == "one_of":
        attempts = [(branch, _check_value(branch, value, path)) for branch in expected.one_of]
        if any(not failures for _, failures in attempts):
            return []
        near = [failures for branch, failures in attempts if _fits(branch.kind, value)]
        return near[0] if near else [_wrong_type(expected, value, path)]
    if not _fits(expected.kind, value):
        return [_wrong_type(expected, value, path)]
    if expected.kind == "object":
        return _check_object(expected, value, path)
    if expected.item is None:
        return []
    if expected.kind == "list":
        pairs = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    else:
        pairs = [(f"{path}[{json.dumps(key)}]", item) for key, item in value.items()]
    return [failure for place, item in pairs for failure in _check_value(expected.item, item, place)]


def _check_object(expected: PropertyType, value: Mapping[str, Any], path: str) -> list[Failure]:
    at = f"{path}." if path else ""
    failures: list[Failure] = []
    for name in sorted(expected.required):
        if value.get(name) is None:
            failures.append(Failure(f"{at}{name}", "is required but missing"))
    for name, item in value.items():
        if name.startswith("__") or item is None:
            continue
        if name in expected.fields:
            failures += _check_value(expected.fields[name], item, f"{at}{name}")
        else:
            failures.append(Failure(f"{at}{name}", _not_a_property(expected, name)))
    return failures


def _not_a_property(expected: PropertyType, name: str) -> str:
    near = difflib.get_close_matches(name, expected.fields, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(sorted(expected.fields)) or 'none'}"
    return f"is not a property of {expected.name}; {hint}"


def _wrong_type(expected: PropertyType, value: Any, path: str) -> Failure:
    return Failure(path, f"must be {expected.words}, got {_kind_in_words(value)}")


def _fits(kind: Kind, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, str):
        return kind == "string"
    if isinstance(value, int | float):
        return kind == "number" or (kind == "integer" and float(value).is_integer())
    if isinstance(value, list):
        return kind == "list"
    if isinstance(value, dict):
        marks = {"asset": ASSET, "archive": ARCHIVE}
        mark = value.get(MARK)
        return mark == marks[kind] if kind in marks else mark is None and kind in ("map", "object")
    return False


def _kind_in_words(value: Any) -> str:
    if isinstance(value, dict) and MARK in value:
        return "an archive" if value[MARK] == ARCHIVE else "an asset"
    if isinstance(value, float) and not value.is_integer():
        return "a fraction"
    names = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
