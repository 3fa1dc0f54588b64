"""One component on Pulumi's mocks: what it registers, by type and name, and the policies in it by Sid."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks


@dataclass
class Registered:
    """One resource as it was registered."""

    type: str
    name: str
    inputs: dict[str, Any]


@dataclass
class _Recorder(Mocks):
    """Answers with the inputs, an id and what other resources read of it."""

    resources: list[Registered] = field(default_factory=list[Registered])

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.resources.append(Registered(args.typ, args.name, dict(args.inputs)))
        told: dict[str, Any] = {}
        if "eks/cluster:" in args.typ:
            told = {"certificateAuthority": {"data": "Q0E="}, "endpoint": "https://cluster"}
        if "eks/nodeGroup:" in args.typ:
            told = {"resources": [{"autoscalingGroups": [{"name": f"eks-{args.name}"}]}]}
        return f"{args.name}-id", {**told, "arn": f"arn:aws:mock:us-east-1:111122223333:{args.name}", **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        return {}, None


def registrations(program: Callable[[], object]) -> list[Registered]:
    """Everything `program` registers; outputs are resolved."""
    recorder = _Recorder()
    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(recorder, project="lifeline", stack="test", preview=False)

    def run() -> None:
        program()

    asyncio.get_event_loop().run_until_complete(pulumi.runtime.stack.run_pulumi_func(run))
    return recorder.resources


def of(registered: list[Registered], type: str, ending: str = "") -> list[Registered]:
    """All of a type (the end of its token) whose names end so."""
    return [each for each in registered if each.type.endswith(type) and each.name.endswith(ending)]


def only(registered: list[Registered], type: str, ending: str = "") -> Registered:
    found = of(registered, type, ending)
    names = [f"{each.type} {each.name}" for each in registered]
    assert len(found) == 1, f"{len(found)} of {type} {ending} among {names}"
    return found[0]


def policy_of(resource: Registered, field: str = "policy") -> dict[str, dict[str, Any]]:
    """Statements by Sid."""
    statements = json.loads(resource.inputs[field])["Statement"]
    return {each.get("Sid", str(index)): each for index, each in enumerate(statements)}
