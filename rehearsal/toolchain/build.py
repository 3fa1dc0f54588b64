"""Tools built from the Go modules committed in `go/`, telling all the while what is being compiled."""

import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from rehearsal.errors import RehearsalError
from rehearsal.toolchain.cache import free_megabytes
from rehearsal.toolchain.sources import Unavailable, Work
from rehearsal.toolchain.table import Platform, Tool

_GO_VERSION = re.compile(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?")
_NEEDED = re.compile(r"^go (\d+)\.(\d+)(?:\.(\d+))?$", re.MULTILINE)
#: Since this version Go can fetch the newer Go that a module asks for.
_CAN_FETCH_ITSELF = (1, 21, 0)
#: What Go writes besides the package it compiles.
_MESSAGE = re.compile(r"[:\s]")
_TAIL = 40

_one_build_at_a_time = threading.Lock()


def needed_go(tool: Tool) -> str:
    match = _NEEDED.search((tool.module / "go.mod").read_text())
    if match is None:
        raise ValueError(f"{tool.module / 'go.mod'} names no Go version")
    return match[0].removeprefix("go ")


def build(tool: Tool, target: Platform, into: Path, work: Work) -> None:
    """Builds every program of the tool into `into`."""
    go = _fitting_go(tool, work)
    with _turn(work):
        _compile(go, tool, target, into, work)


def _fitting_go(tool: Tool, work: Work) -> str:
    go = shutil.which("go")
    if go is None:
        raise Unavailable("Go is not on PATH")
    present = _ask(go, ["env", "GOVERSION"], work, GOTOOLCHAIN="local")
    version, needed = _triple(_GO_VERSION.search(present)), _triple(_NEEDED.search(f"go {needed_go(tool)}"))
    if version >= needed:
        return go
    fetches_itself = version >= _CAN_FETCH_ITSELF and not work.offline
    if not fetches_itself or _ask(go, ["env", "GOTOOLCHAIN"], work).startswith("local"):
        raise Unavailable(f"{go} is {present or 'of no known version'}, and {needed_go(tool)} is needed")
    return go


def _triple(match: re.Match[str] | None) -> tuple[int, int, int]:
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else (0, 0, 0)


def _ask(go: str, arguments: list[str], work: Work, **environment: str) -> str:
    # Outside any module, so that no go.mod makes Go fetch another Go before it answers.
    try:
        answer = subprocess.run(
            [go, *arguments],
            cwd="/",
            env={**os.environ, "GOWORK": "off", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=work.limits.version,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{go} did not answer within {work.limits.version:g} s") from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"{go} does not work: {error}") from error
    return answer.stdout.strip()


@contextmanager
def _turn(work: Work) -> Generator[None, None, None]:
    while not _one_build_at_a_time.acquire(timeout=0.1):
        work.step.note("waits for its turn: builds use all cores")
        work.go_on()
    try:
        yield
    finally:
        _one_build_at_a_time.release()


def _compile(go: str, tool: Tool, target: Platform, into: Path, work: Work) -> None:
    packages = [program.package for program in tool.programs]
    # With several packages Go names each program after its package; a single one is named by us.
    output = f"{into}/" if len(packages) > 1 else str(into / tool.programs[0].name)
    command = [go, "build", "-v", "-trimpath", "-ldflags", tool.linker_flags, "-o", output, *packages]
    environment = {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly",
        "GO111MODULE": "on",
        "GOWORK": "off",
        "GOOS": target.os,
        "GOARCH": target.arch,
    }
    if work.offline:
        environment["GOPROXY"] = "off"
    process = subprocess.Popen(
        command,
        cwd=tool.module,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        process_group=0,
    )
    assert process.stderr is not None
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    pump = threading.Thread(target=_pump, args=(process.stderr, lines), daemon=True)
    pump.start()
    with process:
        try:
            said = _follow(lines, tool, work)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            pump.join()
    if process.returncode:
        _explain(go, tool, into, said, work)


def _follow(lines: "queue.SimpleQueue[str | None]", tool: Tool, work: Work) -> list[str]:
    """Passes on what Go says until it ends, and keeps its last messages."""
    deadline = time.monotonic() + work.limits.build
    packages = {program.package: program.name for program in tool.programs}
    messages: list[str] = []
    compiled = 0
    doing = "Go reads the modules and its build cache"
    while True:
        work.go_on()
        work.step.note(doing)
        if time.monotonic() > deadline:
            raise Unavailable(f"the build was not done after {work.limits.build:g} s ({compiled} packages compiled)")
        try:
            line = lines.get(timeout=0.2)
        except queue.Empty:
            continue
        if line is None:
            return messages
        if line.startswith("go: downloading "):
            doing = line.removeprefix("go: ")
        elif _MESSAGE.search(line):
            messages = [*messages, line][-_TAIL:]
        else:
            compiled += 1
            doing = f"linking {packages[line]}" if line in packages else f"compiling {line}"
            doing += f" ({compiled} packages so far)"


def _pump(stream: IO[str], lines: "queue.SimpleQueue[str | None]") -> None:
    for line in stream:
        if line.strip():
            lines.put(line.rstrip())
    lines.put(None)


def _explain(go: str, tool: Tool, into: Path, said: list[str], work: Work) -> None:
    full = next((line for line in said if "no space left on device" in line), None)
    if full is None:
        raise Unavailable(f"the build failed: {' | '.join(said[-3:]) or 'Go said nothing'}")
    places = {
        "the tools' store": into.parent,
        "Go's build cache": Path(_ask(go, ["env", "GOCACHE"], work)),
        "Go's module cache": Path(_ask(go, ["env", "GOMODCACHE"], work)),
        "the temporary directory": Path(tempfile.gettempdir()),
    }
    raise RehearsalError(
        f"No space left while {tool.name} {tool.version} was built",
        tried=[full],
        ways_out=[f"free space in {what}: {where} ({free_megabytes(where)} MB free)" for what, where in places.items()],
    )
