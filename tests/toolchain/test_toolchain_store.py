"""The store of installed tools: used again, damage noticed, two at once, killed half-way, full or not writable."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toolchain_workshop
from toolchain_workshop import Memory, ReleaseHost, gadget, put, says

from rehearsal.errors import RehearsalError
from rehearsal.toolchain import ensure
from rehearsal.toolchain.sources import Limits

PROGRAM = says("1.2.3", size=200_000)
PROJECT = Path(__file__).parents[2]
GO = shutil.which("go")


@pytest.fixture(autouse=True)
def offered(host: ReleaseHost, without_go: Path) -> None:
    host.offer("gadget", PROGRAM)


def install(module: Path, host: ReleaseHost) -> tuple[Path, str]:
    memory = Memory()
    found = ensure(memory, tools=[gadget(module, host.url)])["gadget"]
    assert found.read_bytes() == PROGRAM
    return found, memory.text


def installer(host: ReleaseHost, module: Path, report: Path, **environment: str) -> "subprocess.Popen[str]":
    """The same installation in a process of its own."""
    return subprocess.Popen(
        [sys.executable, toolchain_workshop.__file__, host.url, str(module), str(report)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(file: Path, text: str) -> None:
    deadline = time.monotonic() + 120
    while not file.exists() or text not in file.read_text():
        assert time.monotonic() < deadline, f"{text!r} was never said"
        time.sleep(0.01)


def unfinished(store: Path) -> list[Path]:
    return list(store.glob("tools/gadget/.new-*"))


def test_what_is_installed_is_used_again(module: Path, host: ReleaseHost) -> None:
    first, _ = install(module, host)
    second, said = install(module, host)
    assert first == second
    assert said == "tools = gadget 1.2.3 (official release)"
    assert host.asked_for("gadget") == 1


def test_a_truncated_program_is_noticed_and_replaced(module: Path, host: ReleaseHost) -> None:
    program, _ = install(module, host)
    put(program.parent, "gadget", PROGRAM[:1000])
    _, said = install(module, host)
    assert f"the earlier copy was damaged, gadget has 1000 bytes instead of {len(PROGRAM)}" in said


def test_a_changed_program_of_the_same_size_is_noticed_and_replaced(module: Path, host: ReleaseHost) -> None:
    program, _ = install(module, host)
    put(program.parent, "gadget", PROGRAM.replace(b"exit 0", b"exit 1"))
    _, said = install(module, host)
    assert "the earlier copy was damaged, gadget was changed" in said


@pytest.mark.parametrize("content", ["", "{", "[]", '{"programs": {}}', '{"programs": {"gadget": {}}}'])
def test_an_unusable_manifest_means_a_new_installation(module: Path, host: ReleaseHost, content: str) -> None:
    program, _ = install(module, host)
    (program.parent / "manifest.json").write_text(content)
    _, said = install(module, host)
    assert "the earlier copy was damaged, its manifest cannot be used" in said
    assert host.asked_for("gadget") == 2


def test_a_store_restored_with_other_times_is_read_once_and_kept(module: Path, host: ReleaseHost) -> None:
    program, _ = install(module, host)
    os.utime(program, (1, 1))
    manifest = program.parent / "manifest.json"
    assert install(module, host)[0] == program
    assert json.loads(manifest.read_text())["programs"]["gadget"]["modified"] == 1_000_000_000
    assert host.asked_for("gadget") == 1


def test_another_recipe_of_the_same_version_is_another_tool(module: Path, host: ReleaseHost) -> None:
    first = ensure(Memory(), tools=[gadget(module, host.url)])["gadget"]
    host.offer("again/gadget", PROGRAM)
    second = ensure(Memory(), tools=[gadget(module, f"{host.url}/again")])["gadget"]
    assert first != second
    assert first.exists()


def test_a_copy_from_a_source_that_is_not_allowed_is_not_used(
    module: Path, host: ReleaseHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(module, host)
    monkeypatch.setenv("LIFELINE_TOOLS_FROM", "path,build")
    with pytest.raises(RehearsalError, match="not allowed by LIFELINE_TOOLS_FROM"):
        install(module, host)


def test_of_two_at_once_one_does_the_work_and_the_other_waits_for_it(
    module: Path, host: ReleaseHost, tmp_path: Path
) -> None:
    host.seconds_a_chunk = 0.1
    with installer(host, module, tmp_path / "one") as one:
        until(tmp_path / "one", "MB")
        with installer(host, module, tmp_path / "two") as two:
            until(tmp_path / "two", f"waiting for process {one.pid}, which is installing it")
            answers = [json.loads(process.communicate(timeout=180)[0]) for process in (one, two)]
    assert answers[0] == answers[1]
    assert Path(answers[0]["gadget"]).read_bytes() == PROGRAM
    assert host.asked_for("gadget") == 1
    assert "= installed by another process, from official release" in (tmp_path / "two").read_text()


def test_one_that_waits_too_long_says_for_whom(module: Path, host: ReleaseHost, tmp_path: Path) -> None:
    host.stall_after = 50_000
    with installer(host, module, tmp_path / "one") as one:
        until(tmp_path / "one", "MB")
        with pytest.raises(RehearsalError, match=f"process {one.pid} has been installing gadget 1.2.3 for more than"):
            ensure(Memory(), tools=[gadget(module, host.url)], limits=Limits(lock=0.3))
        one.kill()


def test_killed_while_downloading_the_next_one_goes_on_from_there(
    module: Path, host: ReleaseHost, tmp_path: Path, store: Path
) -> None:
    host.stall_after = 50_000
    with installer(host, module, tmp_path / "said") as running:
        until(tmp_path / "said", "0.1 of 0.2 MB")
        running.send_signal(signal.SIGKILL)
    assert len(unfinished(store)) == 1
    host.stall_after = None
    install(module, host)
    assert host.requests[-1] == "gadget bytes=50000-"
    assert unfinished(store) == []


def test_killed_while_building_the_next_one_succeeds(
    module: Path, host: ReleaseHost, tmp_path: Path, store: Path, without_go: Path
) -> None:
    host.files.clear()
    put(without_go, "go", b'#!/bin/sh\n[ "$2" = GOVERSION ] && echo go1.99.0 && exit\necho a/package >&2\nsleep 5\n')
    with installer(host, module, tmp_path / "said") as running:
        until(tmp_path / "said", "compiling a/package")
        running.send_signal(signal.SIGKILL)
    assert len(unfinished(store)) == 1
    host.offer("gadget", PROGRAM)
    install(module, host)
    assert unfinished(store) == []


# Limits of a disk need no root: a file system of our own in a name space of our own, gone with its last process.
ON_A_SMALL_DISK = """
set -e
mkdir -p "$LIFELINE_CACHE"
mount -t tmpfs -o {options} none "$LIFELINE_CACHE"
set +e
"$@"
code=$?
find "$LIFELINE_CACHE" -type f -size +0 -not -name lock
exit $code
"""


def on_a_small_disk(host: ReleaseHost, module: Path, tmp_path: Path, options: str) -> str:
    command = [
        *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK.format(options=options), "-"),
        *(sys.executable, toolchain_workshop.__file__, host.url, str(module), str(tmp_path / "said")),
    ]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="makes its small disk with Linux name spaces")
def test_a_full_disk_is_told_and_nothing_half_made_stays(module: Path, host: ReleaseHost, tmp_path: Path) -> None:
    host.offer("gadget", says("1.2.3", size=3_000_000))
    said = on_a_small_disk(host, module, tmp_path, "size=1m").splitlines()
    assert said[0].startswith(f"No space left for the tools in {tmp_path}/store (")
    assert said[0].endswith(" MB free): No space left on device")
    assert said[1:] == [
        "  next:  free 1 GB there",
        "  next:  point LIFELINE_CACHE at a directory that can be written and has 1 GB free",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="makes its small disk with Linux name spaces")
def test_a_disk_that_fills_up_while_go_links_is_told(
    module: Path, host: ReleaseHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.files.clear()
    assert GO is not None, "this test needs Go on PATH"
    monkeypatch.setenv("PATH", f"{Path(GO).parent}:{os.environ['PATH']}")
    said = on_a_small_disk(host, module, tmp_path, "size=1m").splitlines()
    assert said[0] == "No space left while gadget 1.2.3 was built"
    assert "no space left on device" in said[1]
    assert said[2].startswith(f"  next:  free space in the tools' store: {tmp_path}/store/tools/gadget (")


@pytest.mark.skipif(sys.platform != "linux", reason="makes its read-only disk with Linux name spaces")
def test_a_read_only_store_is_told(module: Path, host: ReleaseHost, tmp_path: Path) -> None:
    said = on_a_small_disk(host, module, tmp_path, "ro")
    assert said.startswith(f"The tools cannot be kept in {tmp_path}/store: Read-only file system\n")


def test_a_limit_on_the_size_of_files_is_told_and_nothing_half_made_stays(
    module: Path, host: ReleaseHost, tmp_path: Path, store: Path
) -> None:
    with installer(host, module, tmp_path / "said", LARGEST_FILE="100000") as limited:
        said, _ = limited.communicate(timeout=180)
    assert said.startswith(f"No space left for the tools in {store} (")
    assert [path.name for path in store.rglob("*") if path.is_file()] == ["lock"]


def test_a_store_that_cannot_be_a_directory_is_told(
    module: Path, host: ReleaseHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LIFELINE_CACHE", str(tmp_path / "file" / "store"))
    with pytest.raises(RehearsalError) as caught:
        install(module, host)
    assert str(caught.value).splitlines() == [
        f"The tools cannot be kept in {tmp_path}/file/store: Not a directory",
        f"  tried: {tmp_path}/file/store/tools/gadget",
        "  next:  point LIFELINE_CACHE at a directory that can be written and has 1 GB free",
        "  next:  or make it writable for this user",
    ]
