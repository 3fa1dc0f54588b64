"""A provider for any type of the package it is told: `accepting_provider.py aws 7.1.0`; outputs are the inputs."""

import sys
from typing import Any

from rehearsal.providers.provider import Provider, Resource
from rehearsal.providers.server import run

VERSION = "1.0.0"


class Accepting(Provider):
    package = sys.argv[1] if len(sys.argv) > 1 else "aws"
    version = sys.argv[2] if len(sys.argv) > 2 else VERSION

    def create(self, resource: Resource, inputs: dict[str, Any], preview: bool) -> tuple[str, dict[str, Any]]:
        return ("" if preview else resource.name), inputs


if __name__ == "__main__":
    run(Accepting)
