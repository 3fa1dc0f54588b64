"""Every resource of every stack: descends from a component, is named after it, carries the tags, keeps the limits.

The whole program runs on Pulumi's mocks, which is fast and enough to see what is registered; that it works is shown by
the rehearsal.
"""

import asyncio
import json
import runpy
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks

from rehearsal.providers import schema

PROJECT = Path(__file__).parents[2]
STACKS = sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in PROJECT.glob("Pulumi.*.yaml"))
TAGS = {"lifeline:system", "lifeline:environment", "lifeline:component", "lifeline:data-class", "lifeline:owner"}


@dataclass
class Registered:
    """One resource as the program registered it."""

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]


@dataclass
class Recorder(Mocks):
    """Answers every registration with its inputs and an id."""

    resources: list[Registered] = field(default_factory=list[Registered])
    parents: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.resources.append(Registered(args.typ, args.name, self.parents[args.typ, args.name], dict(args.inputs)))
        told = (
            {"certificateAuthority": {"data": "Q0E="}, "endpoint": "https://cluster"}
            if "eks/cluster" in args.typ
            else {}
        )
        return f"{args.name}-id", {**told, "arn": f"arn:aws:mock:us-east-1:111122223333:{args.name}", **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        return {}, None


class Monitor(MockMonitor):
    """Mocks are not told whose child a resource is; the monitor is."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        self.mocks.parents[request.type, request.name] = request.parent
        return super().RegisterResource(request)


@pytest.fixture(scope="module", params=STACKS)
def registered(request: pytest.FixtureRequest) -> list[Registered]:
    values = yaml.safe_load((PROJECT / f"Pulumi.{request.param}.yaml").read_text())["config"]
    recorder = Recorder()
    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(
        recorder, project="lifeline", stack=request.param, preview=False, monitor=Monitor(recorder)
    )
    pulumi.runtime.set_all_config(
        {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    )
    sys.path.insert(0, str(PROJECT))
    try:

        def program() -> None:
            runpy.run_path(str(PROJECT / "__main__.py"), run_name="__main__")

        asyncio.get_event_loop().run_until_complete(pulumi.runtime.stack.run_pulumi_func(program))
    finally:
        sys.path.remove(str(PROJECT))
    return recorder.resources


def _ours(registered: list[Registered]) -> list[Registered]:
    """Without the stack itself and the one provider that stands for the account."""
    return [each for each in registered if not each.type.startswith(("pulumi:pulumi:", "pulumi:providers:aws"))]


def test_the_program_registers_resources(registered: list[Registered]) -> None:
    assert len(_ours(registered)) > 20


def test_every_resource_descends_from_a_component(registered: list[Registered]) -> None:
    orphans = [
        f"{each.type} {each.name}"
        for each in _ours(registered)
        if not each.type.startswith("lifeline:") and "lifeline:" not in each.parent
    ]
    assert orphans == []


def test_children_are_named_after_their_component(registered: list[Registered]) -> None:
    strangers = [
        f"{each.name} under {each.parent.rsplit('::', 1)[-1]}"
        for each in _ours(registered)
        if not each.type.startswith("lifeline:") and not each.name.startswith(each.parent.rsplit("::", 1)[-1] + "-")
    ]
    assert strangers == []


def test_whatever_can_be_tagged_carries_the_tags(registered: list[Registered]) -> None:
    aws = [each for each in _ours(registered) if each.type.startswith("aws:")]
    catalogue = schema.load("aws", sorted({each.type for each in aws}))
    for each in aws:
        described = catalogue.resource(each.type)
        assert described is not None
        if "tags" in described.inputs:
            assert (each.inputs.get("tags") or {}).keys() >= TAGS, f"{each.type} {each.name}"


def test_physical_names_keep_their_limits(registered: list[Registered]) -> None:
    limits = {
        "aws:s3/bucket:Bucket": ("bucket", 63),
        "aws:iam/role:Role": ("name", 64),
        "aws:eks/cluster:Cluster": ("name", 100),
        "aws:eks/nodeGroup:NodeGroup": ("nodeGroupName", 63),
        "aws:lb/loadBalancer:LoadBalancer": ("name", 32),
        "aws:lb/targetGroup:TargetGroup": ("name", 32),
        "aws:rds/instance:Instance": ("identifier", 63),
    }
    for each in registered:
        if each.type in limits:
            name, limit = limits[each.type]
            assert 0 < len(each.inputs[name]) <= limit, f"{each.type} {each.inputs[name]}"
