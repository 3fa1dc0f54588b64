"""promtool, amtool and their servers, in the pinned versions."""

from pathlib import Path

import pytest

from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.toolchain.table import CHECKERS


@pytest.fixture(scope="session")
def promtool() -> Path:
    return toolchain.ensure(Silent(), ["promtool"], tools=CHECKERS)["promtool"]
