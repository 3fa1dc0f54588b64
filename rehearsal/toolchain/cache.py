"""The user's store of installed tools: one directory a tool, version, platform and source, whole or not at all.

A manifest tells size, time and sha256 of each program. Installing happens under a lock a tool, in a directory
beside the final one that is renamed when it is complete.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from rehearsal import paths
from rehearsal.errors import RehearsalError
from rehearsal.toolchain.sources import Work
from rehearsal.toolchain.table import Platform, Source, Tool

_MANIFEST = "manifest.json"
_UNFINISHED = ".new-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class NotCached(Exception):
    """There is no usable copy; the text tells of damage and is empty when there was none at all."""


def lookup(tool: Tool, target: Platform, source: Source) -> dict[str, Path]:
    """The programs of an installed tool. Contents are read only when size or time differ from the manifest."""
    directory = _home(tool, target, source)
    try:
        manifest = cast("dict[str, Any]", json.loads((directory / _MANIFEST).read_text()))
        copied = False
        for program in tool.programs:
            recorded = manifest["programs"][program.name]
            status = (directory / program.name).stat()
            if (status.st_size, status.st_mtime_ns) == (recorded["size"], recorded["modified"]):
                continue
            if status.st_size != recorded["size"]:
                raise NotCached(f"{program.name} has {status.st_size} bytes instead of {recorded['size']}")
            if sha256(directory / program.name) != recorded["sha256"]:
                raise NotCached(f"{program.name} was changed")
            recorded["modified"] = status.st_mtime_ns
            copied = True
    except NotCached:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotCached(f"its manifest cannot be used: {error}" if directory.exists() else "") from error
    if copied:
        # Only saves the next look-up the reading; a store that cannot be written is still good.
        with suppress(OSError):
            _write_manifest(directory, manifest)
    return {program.name: directory / program.name for program in tool.programs}


@contextmanager
def staging(tool: Tool) -> Generator[Path, None, None]:
    """An empty directory to install into; gone afterwards unless it was published."""
    parent = _home_of_all(tool)
    for leftover in parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)
    directory = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=parent))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def publish(staged: Path, tool: Tool, target: Platform, source: Source) -> dict[str, Path]:
    """Make a complete staging directory the installed one."""
    for program in tool.programs:
        _settle(staged / program.name)
    _write_manifest(staged, _manifest_of(staged, tool, source))
    staged.chmod(0o755)
    home = _home(tool, target, source)
    if home.exists():
        # A directory cannot replace one that is not empty, so the damaged one goes first.
        home.rename(staged.with_name(f"{staged.name}-damaged"))
        shutil.rmtree(staged.with_name(f"{staged.name}-damaged"))
    staged.rename(home)
    return {program.name: home / program.name for program in tool.programs}


@contextmanager
def locked(tool: Tool, work: Work) -> Generator[None, None, None]:
    """One installer of a tool at a time; the kernel lets go of the lock when its holder dies."""
    parent = _home_of_all(tool)
    deadline = time.monotonic() + work.limits.lock
    with (parent / "lock").open("a+") as file:
        while not _try_lock(file.fileno()):
            work.go_on()
            file.seek(0)
            holder = file.read().strip() or "another process"
            work.step.note(f"waiting for {holder}, which is installing it")
            if time.monotonic() > deadline:
                raise RehearsalError(
                    f"{holder} has been installing {tool.name} {tool.version} for more than {work.limits.lock:g} s",
                    ways_out=[f"end that process; it holds {parent / 'lock'}"],
                )
            work.stop.wait(0.1)
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def downloads(tool: Tool) -> Path:
    """Where files of the tool's release arrive; what is there may be incomplete and is resumed."""
    directory = _home_of_all(tool) / "downloads"
    directory.mkdir(exist_ok=True)
    return directory


def forget_downloads(tool: Tool) -> None:
    shutil.rmtree(_home_of_all(tool) / "downloads", ignore_errors=True)


@contextmanager
def explained() -> Generator[None, None, None]:
    """Turns trouble with the store's file system into an error a person can act on."""
    try:
        yield
    except OSError as error:
        root = paths.cache()
        elsewhere = "point LIFELINE_CACHE at a directory that can be written and has 1 GB free"
        if error.errno in _FULL:
            raise RehearsalError(
                f"No space left for the tools in {root} ({free_megabytes(root)} MB free): {error.strerror}",
                ways_out=["free 1 GB there", elsewhere],
            ) from error
        raise RehearsalError(
            f"The tools cannot be kept in {root}: {error.strerror or error}",
            tried=[f"{error.filename}"] if error.filename else None,
            ways_out=[elsewhere, "or make it writable for this user"],
        ) from error


def free_megabytes(place: Path) -> int:
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free // 1_000_000


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _home_of_all(tool: Tool) -> Path:
    directory = _root() / tool.name
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _home(tool: Tool, target: Platform, source: Source) -> Path:
    key = f"{tool.version}-{target}-{source}-{tool.recipe(source)}"
    return _root() / tool.name / key


def _root() -> Path:
    # Absolute, because Go runs in another directory.
    return paths.cache().absolute() / "tools"


def _settle(file: Path) -> None:
    file.chmod(0o555)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _manifest_of(directory: Path, tool: Tool, source: Source) -> dict[str, Any]:
    programs: dict[str, dict[str, str | int]] = {}
    for program in tool.programs:
        status = (directory / program.name).stat()
        programs[program.name] = {
            "sha256": sha256(directory / program.name),
            "size": status.st_size,
            "modified": status.st_mtime_ns,
        }
    return {"tool": tool.name, "version": str(tool.version), "source": source, "programs": programs}


def _write_manifest(directory: Path, content: dict[str, Any]) -> None:
    written = directory / f"{_MANIFEST}.{os.getpid()}"
    written.write_text(json.dumps(content, indent=2) + "\n")
    written.replace(directory / _MANIFEST)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
