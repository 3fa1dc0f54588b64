"""What every stack registers inside its cluster, with both sides of a rollout, on Pulumi's mocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest

import settings
from tests.components.recording import STACKS, Registered, registrations
from tests.scheduling import platform


@dataclass(frozen=True)
class Made:
    """A stack's objects by type and name."""

    stack: settings.Settings
    resources: tuple[Registered, ...]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Inputs of all objects of a kind, by their names in the cluster."""
        wanted = [
            each for each in self.resources if each.type.startswith("kubernetes:") and each.type.endswith(f":{kind}")
        ]
        return {each.inputs["metadata"]["name"]: each.inputs for each in wanted}

    def pods(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Specs of all pods, with the names of what makes them."""
        for kind in ("Deployment", "Job"):
            for name, inputs in self.of(kind).items():
                yield name, inputs["spec"]["template"]["spec"]
        for name, inputs in self.of("CronJob").items():
            yield name, inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]


@cache
def made(stack: str, candidate: bool = True) -> Made:
    deploy = partial(platform.deploy, stack, candidate=candidate, stand_ins=False)
    return Made(platform.read(stack, candidate=candidate), tuple(registrations(deploy)))


@pytest.fixture(params=STACKS)
def in_cluster(request: pytest.FixtureRequest) -> Made:
    return made(request.param)
