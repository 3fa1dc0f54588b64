"""AWS programs on the real engine: an account that is emptied after each test."""

import json
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from rehearsal.paths import StackPaths
from tests.engine_runs import EngineRun

REGION = "us-east-1"


@pytest.fixture
def aws_run(engine_run: Callable[..., EngineRun], emulators: StackPaths) -> Iterator[Callable[..., EngineRun]]:
    """Like `engine_run`, against the session's emulated account."""

    def make(program: str = "", **options: object) -> EngineRun:
        return engine_run(program, config={"aws:region": REGION}, emulators=emulators, limit=240, **options)

    yield make
    url = json.loads(emulators.endpoints.read_text())["aws"]["url"]
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"), timeout=30).read()
