"""Tools on PATH: a fitting one is taken as it is, any other is refused with its reason."""

import os
import time
from pathlib import Path

import pytest
from toolchain_workshop import Memory, gadget, put, says

from rehearsal.errors import RehearsalError
from rehearsal.toolchain import ensure, inventory
from rehearsal.toolchain.sources import Limits


@pytest.fixture(autouse=True)
def only_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFELINE_TOOLS_FROM", "path")


def refusal(module: Path, limits: Limits | None = None, **differences: object) -> str:
    with pytest.raises(RehearsalError) as caught:
        ensure(Memory(), tools=[gadget(module, **differences)], limits=limits)  # type: ignore[arg-type]
    return caught.value.tried[0]


@pytest.mark.parametrize("version", ["1.2.0", "1.2.3", "1.3.99"])
def test_a_fitting_version_is_used_and_nothing_is_installed(
    module: Path, without_go: Path, store: Path, version: str
) -> None:
    mine = put(without_go, "gadget", says(version))
    memory = Memory()
    assert ensure(memory, tools=[gadget(module)]) == {"gadget": mine}
    assert memory.said == [f"tools = gadget {version} (PATH)"]
    assert not store.exists()


@pytest.mark.parametrize("version", ["1.1.9", "1.4.0", "2.0.0"])
def test_another_version_is_refused(module: Path, without_go: Path, version: str) -> None:
    mine = put(without_go, "gadget", says(version))
    assert refusal(module) == f"gadget from PATH: {mine} is {version}, not from 1.2.0 to below 1.4.0"


def test_a_fitting_one_further_down_path_is_found(
    module: Path, without_go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(without_go, "gadget", says("1.0.0"))
    better = put(tmp_path / "further", "gadget", says("1.2.7"))
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{better.parent}")
    assert ensure(Memory(), tools=[gadget(module)]) == {"gadget": better}


def test_a_pre_release_is_refused(module: Path, without_go: Path) -> None:
    mine = put(without_go, "gadget", says("1.3.0-alpha.1"))
    assert refusal(module) == f"gadget from PATH: {mine} is a pre-release, v1.3.0-alpha.1"


def test_a_program_that_fails_is_refused_with_what_it_said(module: Path, without_go: Path) -> None:
    mine = put(without_go, "gadget", b"#!/bin/sh\necho 'libgadget.so is missing' >&2\nexit 7\n")
    assert refusal(module) == f"gadget from PATH: {mine} --version ended with 7: libgadget.so is missing"


def test_a_program_without_a_version_is_refused(module: Path, without_go: Path) -> None:
    mine = put(without_go, "gadget", b"#!/bin/sh\necho hello\n")
    assert refusal(module) == f"gadget from PATH: {mine} names no version: 'hello'"


def test_a_program_that_cannot_run_here_is_refused(module: Path, without_go: Path) -> None:
    mine = put(without_go, "gadget", b"\x7fELF of another machine")
    assert refusal(module) == f"gadget from PATH: {mine} cannot be started: Exec format error"


def test_a_program_that_hangs_is_given_up_and_ended_with_its_children(
    module: Path, without_go: Path, tmp_path: Path
) -> None:
    put(without_go, "gadget", f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\nwait\n".encode())
    started = time.monotonic()
    assert "did not tell its version within 0.5 s" in refusal(module, Limits(version=0.5))
    assert time.monotonic() - started < 30
    child = int((tmp_path / "child").read_text())
    assert eventually_gone(child)


def test_a_control_plane_is_taken_whole_or_not_at_all(module: Path, without_go: Path) -> None:
    put(without_go, "server", says("1.2.3"))
    put(without_go, "scheduler", says("1.1.0"))
    assert "scheduler is 1.1.0" in refusal(module, programs=("server", "scheduler"))
    put(without_go, "scheduler", says("1.2.5"))
    both = gadget(module, programs=("server", "scheduler"))
    assert set(ensure(Memory(), tools=[both])) == {"server", "scheduler"}
    assert set(ensure(Memory(), ["server"], tools=[both])) == {"server"}


def test_our_own_copies_on_path_are_not_the_users(
    module: Path, without_go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = put(tmp_path / "rehearsal" / "bin", "gadget", says("1.2.3"))
    monkeypatch.setenv("PATH", f"{ours.parent}:{os.environ['PATH']}")
    assert refusal(module) == "gadget from PATH: no gadget"


def test_where_only_a_binary_will_do_a_shim_is_refused_and_a_link_followed(module: Path, without_go: Path) -> None:
    shim = put(without_go, "gadget", says("1.2.3"))
    assert refusal(module, only_binary=True) == f"gadget from PATH: {shim} is a script, not the program itself"
    shim.unlink()
    real = next(Path(place) for place in ("/usr/bin/bash", "/bin/bash") if Path(place).exists()).resolve()
    shim.symlink_to(real)
    assert f"{real} is " in refusal(module, only_binary=True)


def test_the_inventory_tells_what_is_there_and_what_is_not(module: Path, without_go: Path) -> None:
    mine = put(without_go, "gadget", says("1.3.1"))
    [there] = inventory(tools=[gadget(module)])
    assert (there.program, there.version, there.origin, there.path) == ("gadget", "1.3.1", "PATH", mine)
    mine.unlink()
    [gone] = inventory(tools=[gadget(module)])
    assert (gone.version, gone.origin, gone.path) == ("1.2.3", "not installed (PATH: no gadget)", None)


def eventually_gone(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/stat")
        if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
