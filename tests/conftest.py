"""Fixtures for all tests: the tools, one workspace of the session, and Pulumi programs on the real engine.

    def test_bucket(engine_run, emulators):
        run = engine_run('''
            import pulumi, pulumi_aws as aws
            bucket = aws.s3.Bucket("b", bucket="test-b")
            pulumi.export("arn", bucket.arn)
        ''', config={"aws:region": "eu-central-1"}, emulators=emulators)
        run.up()                                  # fails the test, with the engine's words, when it does not succeed
        assert run.outputs()["arn"] == "arn:aws:s3:::test-b"
        assert run.preview().story.changes == {"same": 2}
        refused = run.write("raise Exception('no')").up(fails=True)
        assert "no" in refused.text               # .story.failures, .story.operations, .story.violations tell more
        run.destroy()

Without `emulators` the run has none: enough for programs that need no AWS or Kubernetes. See tests/engine_runs.py.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal import plugins, processes, toolchain
from rehearsal.console import Silent
from rehearsal.paths import StackPaths
from tests.components.recording import SHARED_DIRECTORY
from tests.engine_runs import EngineRun

ACCOUNT = "123456789012"


@pytest.fixture(scope="session")
def tools() -> dict[str, Path]:
    """Program name -> executable, of everything the rehearsal runs."""
    return toolchain.ensure(Silent())


@pytest.fixture(scope="session")
def rehearsal_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace for this session's engine runs, apart from the user's own; nothing is assembled in it yet."""
    directory = tmp_path_factory.mktemp("workspace")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LIFELINE_REHEARSAL", str(directory))
        yield directory


@pytest.fixture(scope="session")
def engine_binary(rehearsal_workspace: Path) -> Path:
    """The real engine with the language host and the rehearsal's providers beside it."""
    engine = toolchain.ensure(Silent(), ["pulumi"])["pulumi"]
    plugins.install_providers()
    return plugins.assemble(engine)


@pytest.fixture(scope="session")
def emulators(rehearsal_workspace: Path, tools: dict[str, Path]) -> Iterator[StackPaths]:
    """One emulated AWS account and one Kubernetes API for all runs of the session; give things names of their own."""
    stack = StackPaths.of(f"emulators-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    processes.ensure_running(stack, tools, ACCOUNT, Silent())
    yield stack
    processes.stop(stack, Silent())


@pytest.fixture(scope="session", autouse=True)
def shared_recordings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One directory for all processes of this run, which pytest takes away with its others."""
    base = tmp_path_factory.getbasetemp()
    directory = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "recordings"
    directory.mkdir(exist_ok=True)
    os.environ[SHARED_DIRECTORY] = str(directory)


_numbers = itertools.count(1)


@pytest.fixture
def engine_run(
    engine_binary: Path, rehearsal_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., EngineRun]:
    """Makes programs in projects of their own; the arguments are those of EngineRun."""
    monkeypatch.setenv("LIFELINE_REHEARSAL", str(rehearsal_workspace))

    def make(program: str, **options: Any) -> EngineRun:
        number = next(_numbers)
        return EngineRun(tmp_path / f"project-{number}", f"test-{number}", program, **options)

    return make
