"""One platform for all tests that ask at a door."""

import sys
from collections.abc import Iterator

import pytest

from rehearsal.paths import PROJECT
from tests.operations.platform import Platform, stands

sys.path.insert(0, str(PROJECT / "images" / "rotation"))  # its PostgreSQL client serves the tests as well


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Astral Core v2, and its broken sisters."""
    with stands(tmp_path_factory.mktemp("platform"), "prod") as platform:
        yield platform
