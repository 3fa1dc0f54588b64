"""Reads resource descriptions out of an installed Pulumi SDK, as JSON for schema.py.

Imports the SDK, which takes seconds for many services: schema.py does so only for what its cache lacks.
"""

import collections.abc
import enum
import importlib
import inspect
import re
import sys
import types
import typing
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pulumi
from pulumi import _types as sdk

#: A property's type: "string", or {"list": item}, {"map": item}, {"object": name}, {"one_of": [type, ...]}.
Described = str | dict[str, Any]

_SCALARS: dict[Any, str] = {str: "string", bool: "boolean", int: "integer", float: "number", Any: "any"}


def known_tokens(package: str) -> dict[str, tuple[str, str]]:
    """Every resource of the SDK: its token, the module to import and the class in it."""
    importlib.import_module(f"pulumi_{package}")
    from pulumi.runtime.rpc import _RESOURCE_MODULES

    found: dict[str, tuple[str, str]] = {}
    for modules in _RESOURCE_MODULES.values():
        for module in modules:
            info: dict[str, Any] = getattr(module, "mod_info", {})
            if info.get("pkg") == package:
                found |= {token: (info["fqn"], name) for token, name in info["classes"].items()}
    return found


def describe(package: str, tokens: Iterable[str] | None) -> dict[str, Any]:
    """Descriptions of the resources asked for (None = all) and of the object types their inputs use."""
    resources: dict[str, Any] = {}
    objects: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the SDK warns of its own old classes when imported
        known = known_tokens(package)
        for token in sorted(known) if tokens is None else tokens:
            resources[token] = None
            if token in known:
                module, name = known[token]
                resources[token] = _describe_resource(getattr(importlib.import_module(module), name), objects)
    return {"resources": resources, "objects": objects}


def _describe_resource(resource: type, objects: dict[str, Any]) -> dict[str, Any]:
    module = sys.modules[resource.__module__]
    # `__all__` names the one class of arguments. Guessing `<Name>Args` is a trap: ten resources have `<Name>InitArgs`
    # because `<Name>Args` is a nested type of the same service.
    arguments = next(getattr(module, name) for name in module.__all__ if name.endswith("Args"))
    inputs = {name: _described(hint, objects) for name, hint in _hints(arguments).items()}
    required = _required(arguments)
    outputs = _hints(resource)
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    return {
        "inputs": inputs,
        "required": sorted(required),
        "outputs_only": sorted(outputs.keys() - inputs.keys()),
        "computed": sorted(
            name for name, hint in outputs.items() if name in inputs and name not in required and not _optional(hint)
        ),
        "secrets": _secrets(source),
    }


def _hints(cls: type) -> dict[str, Any]:
    """Resolved return type of each property's getter, by the property's Pulumi name."""
    # The SDK's own input_type_types() unwraps too little (lists of inputs, unions), so the bare annotations are read.
    names = sdk._globals_for_cls(cls)
    forward = {"Output": pulumi.Output, "T": type(None)}  # Input[...] refers to Output[T] by name
    return {
        pulumi_name: typing.get_type_hints(getter.fget, globalns=names, localns=forward)["return"]
        for _, pulumi_name, getter in sdk._py_properties(cls)
    }


def _required(arguments: type) -> set[str]:
    names = {python: pulumi_name for python, pulumi_name, _ in sdk._py_properties(arguments)}
    parameters = list(inspect.signature(arguments.__init__).parameters.values())[1:]
    return {names[p.name] for p in parameters if p.default is inspect.Parameter.empty and p.name in names}


def _optional(hint: Any) -> bool:
    inner = typing.get_args(hint)
    return bool(inner) and type(None) in typing.get_args(inner[0])


def _secrets(source: str) -> list[str]:
    """Properties the SDK itself marks as secret."""
    listed = re.search(r"additional_secret_outputs=\[([^\]]*)\]", source)
    return sorted(re.findall(r'"(\w+)"', listed[1])) if listed else []


def _described(hint: Any, objects: dict[str, Any]) -> Described:
    branches: list[Described] = []
    for branch in _branches(hint):
        described = _described_branch(branch, objects)
        if described not in branches:
            branches.append(described)
    if len(branches) == 1:
        return branches[0]
    return "any" if not branches or "any" in branches else {"one_of": branches}


def _branches(hint: Any) -> list[Any]:
    """Members of a union without what only says "may come later" (Awaitable, Output) or "may be missing" (None)."""
    if isinstance(hint, typing.TypeVar):
        return []
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return [hint]
    members = [
        member
        for member in typing.get_args(hint)
        if member is not type(None)
        and typing.get_origin(member) not in (collections.abc.Awaitable, pulumi.Output)
        and member is not pulumi.Output
        and not typing.is_typeddict(member)
    ]
    return [branch for member in members for branch in _branches(member)]


def _described_branch(hint: Any, objects: dict[str, Any]) -> Described:
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (list, collections.abc.Sequence):
        return {"list": _described(inner[0], objects)}
    if origin in (dict, collections.abc.Mapping):
        return {"map": _described(inner[1], objects)}
    if isinstance(hint, type):
        if issubclass(hint, pulumi.Asset):
            return "asset"
        if issubclass(hint, pulumi.Archive):
            return "archive"
        if issubclass(hint, pulumi.Resource):
            return "string"  # travels as the resource's id
        if issubclass(hint, enum.Enum):
            return next((name for kind, name in _SCALARS.items() if kind is not Any and issubclass(hint, kind)), "any")
        if sdk.is_input_type(hint):
            return {"object": _describe_object(hint, objects)}
    return "any"


def _describe_object(cls: type, objects: dict[str, Any]) -> str:
    service = cls.__module__.removesuffix("._inputs").partition(".")[2]
    name = f"{service}.{cls.__name__}".lstrip(".").removesuffix("Args")
    if name not in objects:
        objects[name] = {}  # named before its fields are read: types may contain themselves
        fields = {field: _described(hint, objects) for field, hint in _hints(cls).items()}
        objects[name] = {"fields": fields, "required": sorted(_required(cls))}
    return name
