"""One set of servers for all tests of a process: made as documented, with roles, stored logins and a pooler."""

import sys
from collections.abc import Iterator

import pytest

from rehearsal.paths import PROJECT

sys.path.insert(0, str(PROJECT / "images" / "rotation"))
sys.path.insert(0, str(PROJECT / "images" / "pooler"))

from tests.live.postgres.platform import Platform, standing


@pytest.fixture(scope="package")
def platform() -> Iterator[Platform]:
    """TDAH's: the document with a postgresql.conf and two replicas."""
    with standing("tdah-assistant") as found:
        yield found
