"""Fleets for the tests of this directory; each stands for one module and is left as it was found."""

from collections.abc import Iterator

import pytest

from rendering.variants import Lane, Side
from systems import registry
from systems.model import Environment, System
from tests.live.haproxy.fleet import Fleet, quick, standing


def production(name: str) -> System:
    return registry.load(name, Environment.PRODUCTION)


@pytest.fixture(scope="module")
def crisis_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Astral Core v2 with a candidate beside it: two ordinary servers, one for critical paths, on either side."""
    system = quick(production("astral-core-v2"))
    with standing(tmp_path_factory.mktemp("v2"), system) as fleet:
        for side in Side:
            fleet.add("astral-web", side, Lane.ORDINARY, 2)
            fleet.add("astral-web", side, Lane.CRITICAL, 1)
        fleet.start()
        yield fleet
