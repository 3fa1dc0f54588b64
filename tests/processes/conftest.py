"""Real stacks of emulators in temporary directories; whatever a test starts is ended with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal import processes, toolchain
from rehearsal.console import Silent
from rehearsal.paths import StackPaths
from rehearsal.processes.control_plane import PROGRAMS
from tests.processes.running_stack import ACCOUNT


@pytest.fixture(scope="session")
def tools() -> dict[str, Path]:
    return toolchain.ensure(Silent(), PROGRAMS)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[StackPaths]:
    """A stack of which nothing runs yet."""
    paths = StackPaths(tmp_path / "stacks" / "prod")
    yield paths
    processes.stop(paths, Silent())


@pytest.fixture(scope="session")
def shared(tools: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """A running stack for tests that do not end its processes."""
    paths = StackPaths(tmp_path_factory.mktemp("shared") / "stacks" / "prod")
    processes.ensure_running(paths, tools, ACCOUNT, Silent())
    yield paths
    processes.stop(paths, Silent())


@pytest.fixture
def start(stack: StackPaths, tools: dict[str, Path]) -> Callable[[], processes.Started]:
    return lambda: processes.ensure_running(stack, tools, ACCOUNT, Silent())


@pytest.fixture(scope="module")
def lived_in(tools: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPaths]:
    """A stack that tests may damage, one after the other; each begins by making sure that it runs."""
    paths = StackPaths(tmp_path_factory.mktemp("lived-in") / "stacks" / "prod")
    yield paths
    processes.stop(paths, Silent())


@pytest.fixture
def resume(lived_in: StackPaths, tools: dict[str, Path]) -> Callable[[], processes.Started]:
    return lambda: processes.ensure_running(lived_in, tools, ACCOUNT, Silent())
