"""Tools on PATH: run each candidate with its version flag and take the first that fits."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rehearsal import paths
from rehearsal.toolchain.sources import Limits, Located, Unavailable
from rehearsal.toolchain.table import Program, Tool, Version

_VERSION = re.compile(r"\bv?(\d+)\.(\d+)\.(\d+)(-(?:alpha|beta|rc|dev)[\w.+-]*)?")


def on_path(tool: Tool, limits: Limits) -> Located:
    """All programs of the tool, or none: a control plane of mixed origin is not taken."""
    chosen: dict[str, Path] = {}
    versions: list[Version] = []
    for program in tool.programs:
        executable, version = _first_fitting(tool, program, limits)
        chosen[program.name] = executable
        versions.append(version)
    return Located(tool, "path", min(versions), chosen)


def version_of(executable: Path, program: Program, limit: float) -> Version:
    """What the program says its version is."""
    output = _run([str(executable), *program.version_arguments], limit)
    match = _VERSION.search(output)
    if match is None:
        raise Unavailable(f"{executable} names no version: {output.strip()[:80]!r}")
    if match[4]:
        raise Unavailable(f"{executable} is a pre-release, {match[0]}")
    return Version(int(match[1]), int(match[2]), int(match[3]))


def _first_fitting(tool: Tool, program: Program, limits: Limits) -> tuple[Path, Version]:
    refused: list[str] = []
    for executable in _candidates(program.name):
        try:
            if tool.only_binary:
                executable = _binary(executable)
            version = version_of(executable, program, limits.version)
            if tool.fits(version):
                return executable, version
            refused.append(f"{executable} is {version}, not {tool.range}")
        except Unavailable as reason:
            refused.append(str(reason))
    raise Unavailable("; ".join(refused) or f"no {program.name}")


def _candidates(name: str) -> Iterator[Path]:
    ours = [paths.workspace().resolve(), paths.cache().resolve()]
    seen: set[Path] = set()
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = shutil.which(name, path=directory) if directory else None
        if found is None:
            continue
        executable, file = Path(found).absolute(), Path(found).resolve()
        # After `make env` our own copies are on PATH; they are not the user's.
        if file in seen or any(root in file.parents for root in ours):
            continue
        seen.add(file)
        yield executable


def _binary(executable: Path) -> Path:
    file = executable.resolve()
    try:
        with file.open("rb") as opened:
            start = opened.read(2)
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror}") from error
    if start == b"#!":
        raise Unavailable(f"{executable} is a script, not the program itself")
    return file


def _run(command: list[str], limit: float) -> str:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            process_group=0,
            env=environment,
        )
    except OSError as error:
        raise Unavailable(f"{command[0]} cannot be started: {error.strerror}") from error
    with process:
        try:
            output, complaint = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise Unavailable(f"{command[0]} did not tell its version within {limit:g} s") from error
    if process.returncode:
        said = (complaint or output).strip().splitlines()[:1]
        raise Unavailable(f"{' '.join(command)} ended with {process.returncode}: {''.join(said)[:120]}")
    return output or complaint
