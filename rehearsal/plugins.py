"""Lays out the engine with its language host, and the rehearsal's providers as ordinary plugins under PULUMI_HOME."""

import os
import shlex
import shutil
import sys
from importlib import metadata
from pathlib import Path

from rehearsal import paths

#: Providers of the rehearsal: plugin name -> distribution whose SDK asks for exactly its own version.
PROVIDERS = {
    "aws": "pulumi-aws",
    "kubernetes": "pulumi-kubernetes",
    "random": "pulumi-random",
    "tls": "pulumi-tls",
    "docker": "pulumi-docker",
}


def assemble(engine: Path) -> Path:
    """The engine as the rehearsal runs it; only what is missing or stale is written.

    The language host must lie in the directory of the real engine file (the engine resolves symbolic links),
    or each command warns about the one it found elsewhere.
    """
    directory = paths.binaries()
    directory.mkdir(parents=True, exist_ok=True)
    placed = directory / "pulumi"
    _place(engine.resolve(), placed)
    host = paths.PROJECT / "rehearsal" / "languagehost"
    _write_stub(directory / "pulumi-language-python", [sys.executable, str(host)])
    return placed


def install_providers() -> None:
    """All providers of the rehearsal in the versions of the installed SDKs; other versions are removed."""
    for name, distribution in PROVIDERS.items():
        version = metadata.version(distribution)
        install_provider(name, version, [sys.executable, "-m", f"rehearsal.providers.{name}"])
        for directory in (paths.engine_home() / "plugins").glob(f"resource-{name}-v*"):
            if directory.name != f"resource-{name}-v{version}":
                shutil.rmtree(directory, ignore_errors=True)


def install_provider(name: str, version: str, command: list[str]) -> None:
    """One plugin that runs a command from this project's root package."""
    directory = paths.engine_home() / "plugins" / f"resource-{name}-v{version}"
    directory.mkdir(parents=True, exist_ok=True)
    _write_stub(directory / f"pulumi-resource-{name}", command, search_path=paths.PROJECT)


def _write_stub(path: Path, command: list[str], search_path: Path | None = None) -> None:
    setting = f"PYTHONPATH={shlex.quote(str(search_path))} " if search_path else ""
    write_script(path, f'{setting}exec {shlex.join(command)} "$@"\n')


def write_script(path: Path, commands: str) -> None:
    """An executable for /bin/sh, replaced in one step and only when it differs."""
    text = f"#!/bin/sh\n{commands}"
    if path.exists() and path.read_text() == text and os.access(path, os.X_OK):
        return
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        temporary.write_text(text)
        temporary.chmod(0o755)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _place(source: Path, target: Path) -> None:
    """A hard link, or a copy from another file system; renamed into place, as the old one may be running."""
    if target.exists() and _same(source, target):
        return
    temporary = target.with_name(f".{target.name}-{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        try:
            temporary.hardlink_to(source)
        except OSError:
            shutil.copy2(source, temporary)
        temporary.replace(target)
    finally:
        # A copy that found the disk full; also, renaming one hard link onto another of the same file leaves both.
        temporary.unlink(missing_ok=True)


def _same(source: Path, target: Path) -> bool:
    if target.samefile(source):
        return True
    ours, theirs = target.stat(), source.stat()
    return (ours.st_size, int(ours.st_mtime)) == (theirs.st_size, int(theirs.st_mtime))
