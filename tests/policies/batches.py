"""Failing cases of many rules in as few stacks as possible, for the real engine.

Cases that share a stack can disturb one another: what one lacks another brings. So a case goes into a stack in which
its rule still fails on it, judged without the engine; what does not fit goes into the next.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policies.context import context_of
from policies.core.engine import judge
from policies.core.rule import Rule
from policies.core.verdicts import Verdict
from tests.policies.cases import UNKNOWN, Given, Ref, Stack, graph

Batch = Mapping[str, Stack]


def batches(cases: Mapping[str, Stack], rules: Mapping[str, Rule]) -> list[Batch]:
    """Rule id -> its case, several of them side by side in each batch."""
    found: list[Batch] = []
    left = dict(cases)
    while left:
        batch = dict(left)
        while (failing := failing_in(batch, rules)) != batch.keys() and failing:
            batch = {id: batch[id] for id in batch if id in failing}
        if not failing:  # they only disturb one another: one at a time, then
            batch = dict([next(iter(left.items()))])
        found.append(batch)
        left = {id: case for id, case in left.items() if id not in batch}
    return found


def failing_in(batch: Batch, rules: Mapping[str, Rule]) -> set[str]:
    """Rules that fail on a resource of their own case, or on the stack as a whole."""
    stack = graph(merged(batch))
    found = judge(stack, [rules[id] for id in batch], context_of(stack).regime)
    return {each.rule.id for each in found if each.verdict is Verdict.FAIL and is_of(each.urn, each.rule.id)}


def is_of(urn: str, id: str) -> bool:
    name = urn.rsplit("::", 1)[-1]
    return not urn or "pulumi:pulumi:Stack" in urn or name.startswith(f"{id}-")


def merged(batch: Batch) -> Stack:
    """One stack of all cases, each resource named after its rule."""
    return {f"{id}-{name}": _renamed(given, id) for id, case in batch.items() for name, given in case.items()}


def _renamed(given: Given, id: str) -> Given:
    parent = f"{id}-{given.parent}" if given.parent else ""
    return replace(given, parent=parent, properties=_with_names(given.properties, id))


def _with_names(value: Any, id: str) -> Any:
    if isinstance(value, Ref):
        return replace(value, name=f"{id}-{value.name}")
    if isinstance(value, dict):
        return {key: _with_names(inner, id) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_names(inner, id) for inner in value]
    return value


def as_json(stack: Stack) -> str:
    """For the program that registers it (PROGRAM)."""
    told = [
        {
            "type": given.type,
            "name": name,
            "properties": _marked(given.properties),
            "parent": given.parent,
            "protect": given.protect,
        }
        for name, given in stack.items()
    ]
    return json.dumps(told)


def _marked(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"$ref": value.name, "known": value.known}
    if value is UNKNOWN:
        return {"$unknown": True}
    if isinstance(value, dict):
        return {key: _marked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_marked(inner) for inner in value]
    return value


#: The version is that of accepting_provider.py; without one the engine asks for that of the installed SDK.
PROGRAM = """
import asyncio, json, pathlib
import pulumi

told = {each["name"]: each for each in json.loads(pathlib.Path("stack.json").read_text())}
made = {}

options = pulumi.ResourceOptions(version="1.0.0")
somewhere = pulumi.CustomResource("aws:cloudwatch/logStream:LogStream", "somewhere", {}, options)

def future(value):
    it = asyncio.get_event_loop().create_future()
    it.set_result(value)
    return it

def value_of(given):
    if isinstance(given, dict) and "$ref" in given:
        resource = registered(given["$ref"])
        known = given["known"]
        return resource.id if known is None else pulumi.Output({resource}, future(known), future(True))
    if isinstance(given, dict) and "$unknown" in given:
        return pulumi.Output({somewhere}, future(None), future(False))
    if isinstance(given, dict):
        return {key: value_of(inner) for key, inner in given.items()}
    if isinstance(given, list):
        return [value_of(inner) for inner in given]
    return given

def registered(name):
    if name not in made:
        it = told[name]
        parent = registered(it["parent"]) if it["parent"] else None
        options = pulumi.ResourceOptions(parent=parent, protect=it["protect"], version="1.0.0")
        if not it["type"].startswith("lifeline:"):
            made[name] = pulumi.CustomResource(it["type"], name, value_of(it["properties"]), options)
        else:
            made[name] = pulumi.ComponentResource(it["type"], name, None, pulumi.ResourceOptions(parent=parent))
    return made[name]

for name in told:
    registered(name)
"""
