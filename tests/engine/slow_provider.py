"""A provider whose things take as long to make as they say; every call is noted in a file the test reads.

Run by the engine as pulumi-resource-slow; what its things say is in the inputs:
    seconds  how long creation takes (default 0)
    notes    the file to which "create NAME", "made NAME", "update NAME", "delete NAME" go
    refuse   a reason to refuse the creation with
"""

import time
from pathlib import Path
from typing import Any

from rehearsal.providers.provider import Provider, Refused, Resource
from rehearsal.providers.server import run

VERSION = "1.0.0"


class Slow(Provider):
    package = "slow"
    version = VERSION

    def create(self, resource: Resource, inputs: dict[str, Any], preview: bool) -> tuple[str, dict[str, Any]]:
        if preview:
            return "", inputs
        if inputs.get("refuse"):
            raise Refused(inputs["refuse"])
        _note(inputs, "create", resource)
        time.sleep(inputs.get("seconds", 0))
        _note(inputs, "made", resource)
        return f"slow-{resource.name}", inputs

    def update(
        self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any], preview: bool
    ) -> dict[str, Any]:
        if not preview:
            _note(news, "update", resource)
        return news

    def delete(self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any]) -> None:
        _note(old_inputs, "delete", resource)


def _note(inputs: dict[str, Any], what: str, resource: Resource) -> None:
    if file := inputs.get("notes"):
        with Path(file).open("a") as notes:
            notes.write(f"{what} {resource.name}\n")


if __name__ == "__main__":
    run(Slow)
