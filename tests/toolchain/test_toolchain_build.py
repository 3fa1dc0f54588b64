"""Builds from Go modules: told as they go, bounded in time, one after another, gone when interrupted."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toolchain_workshop
from test_toolchain_path import eventually_gone
from toolchain_workshop import Memory, gadget, go_module, put

from rehearsal.errors import RehearsalError
from rehearsal.toolchain import ensure
from rehearsal.toolchain.sources import Limits


def refusal(module: Path, limits: Limits | None = None, *, offline: bool = False) -> str:
    with pytest.raises(RehearsalError) as caught:
        ensure(Memory(), tools=[gadget(module)], limits=limits, offline=offline)
    [told] = [line for line in caught.value.tried if line.startswith("gadget from Go modules: ")]
    return told.removeprefix("gadget from Go modules: ")


def go_that(ours: Path, *, version: str = "go1.99.0", toolchain: str = "auto", build: str = "exit 1") -> None:
    """A stand-in for Go, for what the real one cannot be made to do."""
    script = f"""#!/bin/sh
case "$*" in
"env GOVERSION") echo {version} ;;
"env GOTOOLCHAIN") echo {toolchain} ;;
"env GO"*) echo /tmp ;;
*) {build} ;;
esac
"""
    put(ours, "go", script.encode())


def test_a_module_is_built_and_the_compiler_followed(module: Path) -> None:
    memory = Memory()
    found = ensure(memory, tools=[gadget(module)], offline=True)
    said = subprocess.run([found["gadget"]], capture_output=True, text=True, check=True).stdout
    assert said.endswith("v1.2.3\n")
    assert "Install gadget 1.2.3 ... compiling example.test/gadget/parts (1 packages so far)" in memory.text
    assert "Install gadget 1.2.3 ... linking gadget (2 packages so far)" in memory.text
    assert memory.said[-1] == (
        "Install gadget 1.2.3 = built from Go modules; official release: "
        "not asked for, because the network is not to be used"
    )


def test_programs_that_belong_together_are_built_at_once(tmp_path: Path) -> None:
    both = gadget(go_module(tmp_path / "both", ("server", "scheduler")), programs=("server", "scheduler"))
    found = ensure(Memory(), tools=[both])
    assert {name: path.name for name, path in found.items()} == {"server": "server", "scheduler": "scheduler"}
    assert found["server"].parent == found["scheduler"].parent


def test_the_users_go_settings_do_not_change_the_build(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (module.parent / "go.work").write_text("go 1.21.0\n\nuse ./elsewhere\n")
    for name, value in {"GOFLAGS": "-mod=vendor", "GOOS": "plan9", "GOARCH": "386", "GO111MODULE": "off"}.items():
        monkeypatch.setenv(name, value)
    assert "gadget" in ensure(Memory(), tools=[gadget(module)])


def test_the_store_may_be_named_by_a_relative_path(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIFELINE_CACHE", "here")
    assert ensure(Memory(), tools=[gadget(module)])["gadget"].is_relative_to(tmp_path / "here")


def test_what_does_not_compile_is_told_in_the_compilers_words(module: Path) -> None:
    (module / "parts" / "parts.go").write_text("package parts\n\nconst Name = 7 +\n")
    assert "parts/parts.go:4:1: syntax error" in refusal(module)


def test_a_module_that_cannot_be_had_is_told(module: Path) -> None:
    (module / "go.mod").write_text("module example.test/gadget\n\ngo 1.21.0\n\nrequire example.test/parts v1.0.0\n")
    (module / "parts" / "parts.go").write_text('package parts\n\nimport _ "example.test/parts"\n\nconst Name = ""\n')
    told = refusal(module, offline=True)
    assert told.startswith("the build failed: ")
    assert "example.test/parts" in told


def test_no_go(module: Path, without_go: Path) -> None:
    assert refusal(module) == "Go is not on PATH"


@pytest.mark.parametrize(
    ("version", "toolchain", "offline"),
    [("go1.20.9", "auto", False), ("go1.22.1", "local", False), ("go1.22.1", "auto", True)],
    ids=["too old to fetch another", "forbidden to", "without network"],
)
def test_a_go_that_is_too_old_is_told_apart(
    module: Path, without_go: Path, version: str, toolchain: str, offline: bool
) -> None:
    (module / "go.mod").write_text("module example.test/gadget\n\ngo 1.25.8\n")
    go_that(without_go, version=version, toolchain=toolchain)
    assert refusal(module, offline=offline) == f"{without_go}/go is {version}, and 1.25.8 is needed"


def test_an_older_go_that_may_fetch_a_newer_one_is_let_to(module: Path, without_go: Path) -> None:
    (module / "go.mod").write_text("module example.test/gadget\n\ngo 1.25.8\n")
    go_that(without_go, version="go1.22.1", build="echo 'go: no network' >&2; exit 1")
    assert refusal(module) == "the build failed: go: no network"


def test_a_go_that_does_not_answer_is_given_up(module: Path, without_go: Path) -> None:
    put(without_go, "go", b"#!/bin/sh\nexec sleep 60\n")
    assert refusal(module, Limits(version=0.3)) == f"{without_go}/go did not answer within 0.3 s"


def test_a_build_that_takes_too_long_is_ended_with_its_compilers(
    module: Path, without_go: Path, tmp_path: Path
) -> None:
    go_that(without_go, build=f"echo a/package >&2; sleep 60 & echo $! > {tmp_path}/compiler; wait")
    started = time.monotonic()
    assert refusal(module, Limits(build=1)) == "the build was not done after 1 s (1 packages compiled)"
    assert time.monotonic() - started < 30
    assert eventually_gone(int((tmp_path / "compiler").read_text()))


def test_builds_take_turns(module: Path, without_go: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    go_that(without_go, build=f"echo start >> {log}; sleep 0.5; echo end >> {log}; exit 1")
    memory = Memory()
    tools = [gadget(module, name="one", programs=("one",)), gadget(module, name="two", programs=("two",))]
    with pytest.raises(RehearsalError):
        ensure(memory, tools=tools)
    assert log.read_text().split() == ["start", "end", "start", "end"]
    assert "waits for its turn" in memory.text


def test_ctrl_c_ends_the_compilers_and_leaves_nothing_half_made(
    module: Path, without_go: Path, tmp_path: Path, store: Path
) -> None:
    go_that(without_go, build=f"sleep 60 & echo $! > {tmp_path}/compiler; wait")
    command = [sys.executable, toolchain_workshop.__file__, "http://127.0.0.1:9", str(module), str(tmp_path / "said")]
    project = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=project, env={**os.environ, "PYTHONPATH": str(project)}) as running:
        while not (tmp_path / "compiler").exists() or not (tmp_path / "compiler").read_text():
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        assert running.wait(120) not in (0, 1)
    assert eventually_gone(int((tmp_path / "compiler").read_text()))
    assert [path.name for path in (store / "tools" / "gadget").iterdir() if path.name != "downloads"] == ["lock"]


def test_a_build_that_makes_nothing_is_no_build(module: Path, without_go: Path) -> None:
    go_that(without_go, build="exit 0")
    assert refusal(module) == "what came holds no gadget"
