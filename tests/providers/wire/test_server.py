"""A provider as a process: what it prints, and how it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from rehearsal.paths import PROJECT, STACK_DIRECTORY_VARIABLE
from rehearsal.providers import wire

#: The engine kills a plugin that has not ended some five seconds after it was asked to.
PATIENCE_SECONDS = 5.0
URN = "urn:pulumi:dev::project::sample:index:Thing::name"

PLUGIN = """
    import sys
    from pathlib import Path
    from rehearsal.providers.provider import Provider
    from rehearsal.providers.server import run

    class Sample(Provider):
        package, version = "sample", "1.0.0"

        def create(self, resource, inputs, preview):
            directory = Path(inputs["directory"])
            (directory / "begun").touch()
            if inputs["stubborn"]:
                while True:
                    self.cancelled.wait()
            self.cancelled.wait(inputs["seconds"])
            (directory / "ended").write_text("cancelled" if self.cancelled.is_set() else "finished")
            return "id", inputs

    def make():
        if "broken" in sys.argv:
            raise LookupError("the emulator's address is not there")
        return Sample()

    run(make)
"""


@pytest.fixture
def plugin(tmp_path: Path) -> list[str]:
    file = tmp_path / "plugin.py"
    file.write_text(textwrap.dedent(PLUGIN))
    return [sys.executable, str(file)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), STACK_DIRECTORY_VARIABLE: str(tmp_path / "stack")}


@pytest.fixture
def started(plugin: list[str], environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    process = subprocess.Popen(plugin, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield process, provider_pb2_grpc.ResourceProviderStub(channel)
    finally:
        process.kill()
        process.communicate()


def begin(engine: Any, directory: Path, *, seconds: float = 60.0, stubborn: bool = False) -> Any:
    """A Create under way."""
    inputs = wire.encode({"directory": str(directory), "seconds": seconds, "stubborn": stubborn})
    call = engine.Create.future(provider_pb2.CreateRequest(urn=URN, properties=inputs))
    until(lambda: (directory / "begun").exists())
    return call


def until(condition: Callable[[], bool], limit: float = 20.0) -> None:
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_it_prints_its_port_and_nothing_else(started: tuple[subprocess.Popen[str], Any], tmp_path: Path) -> None:
    process, engine = started
    assert engine.GetPluginInfo(empty_pb2.Empty()).version == "1.0.0"
    begin(engine, tmp_path, seconds=0.0).result(timeout=120)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE_SECONDS) == ("", "")
    assert "Create urn:pulumi" in (tmp_path / "stack" / "logs" / "provider-sample.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(started: tuple[subprocess.Popen[str], Any], number: signal.Signals) -> None:
    process, engine = started
    engine.GetPluginInfo(empty_pb2.Empty())
    process.send_signal(number)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0


def test_a_call_that_never_returns_does_not_hold_the_exit(
    started: tuple[subprocess.Popen[str], Any], tmp_path: Path
) -> None:
    process, engine = started
    call = begin(engine, tmp_path, stubborn=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert call.exception(timeout=PATIENCE_SECONDS) is not None


def test_a_cancelled_call_ends_early_and_is_answered(
    started: tuple[subprocess.Popen[str], Any], tmp_path: Path
) -> None:
    _, engine = started
    call = begin(engine, tmp_path)
    engine.Cancel(empty_pb2.Empty())
    assert call.result(timeout=PATIENCE_SECONDS).id == "id"
    assert (tmp_path / "ended").read_text() == "cancelled"


def test_it_ends_with_an_engine_that_was_killed_once_its_calls_are_done(
    plugin: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    between = f"import subprocess, time; subprocess.Popen({plugin!r}, stderr=2); time.sleep(600)"
    engine = subprocess.Popen([sys.executable, "-c", between], env=environment, stdout=subprocess.PIPE, text=True)
    assert engine.stdout
    port = int(engine.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = begin(provider_pb2_grpc.ResourceProviderStub(channel), tmp_path, seconds=2.5)
    engine.kill()
    engine.wait()
    assert call.code() is grpc.StatusCode.CANCELLED  # with the engine goes its connection
    until(lambda: (tmp_path / "ended").exists())
    assert (tmp_path / "ended").read_text() == "finished"
    ended = threading.Thread(target=engine.stdout.read)  # reads to its end once the last holder of the pipe is gone
    ended.start()
    ended.join(timeout=120)
    assert not ended.is_alive()
    engine.stdout.close()
    assert "the engine is gone" in (tmp_path / "stack" / "logs" / "provider-sample.log").read_text()


def test_a_provider_that_cannot_start_says_why(plugin: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [*plugin, "broken"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "the rehearsal's provider did not start: the emulator's address is not there\n"


@pytest.mark.parametrize("name", ["random", "tls", "docker"])
def test_the_small_providers_start(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", f"rehearsal.providers.{name}"]
    process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert int(process.stdout.readline()) > 0
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.communicate()
