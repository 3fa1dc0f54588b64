"""Programs that tests exercise and Debian packages: got by apt once, under a lock, for all test processes of a machine.

    HAPROXY = debian_packages.program("haproxy", package="haproxy")

Never a skip: a program that cannot be had fails every test that needs it, here as in CI, with apt's own words.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_LOCK = Path(tempfile.gettempdir()) / f"lifeline-debian-packages-{os.getuid()}.lock"
_LIMIT_SECONDS = 540
#: Packages of servers start them when installed; a test wants the program, not a service on its usual port.
_NO_SERVICES = Path("/usr/sbin/policy-rc.d")
#: Debian keeps servers where the PATH of an ordinary user does not look.
_ALSO = "/usr/sbin:/sbin:/usr/local/sbin"


class PackageMissing(Exception):
    """A program the tests need is not there and cannot be had."""


@cache
def require(*packages: str) -> None:
    """Make sure that these packages are installed."""
    with _alone():
        if missing := [package for package in packages if not _installed(package)]:
            _install(missing)


def program(name: str, *, package: str) -> Path:
    """Where the program is, after installing its package where that is needed. One on PATH is taken as it is."""
    if not _which(name):
        require(package)
    if found := _which(name):
        return Path(found)
    raise PackageMissing(f"package {package} is installed, and there is no program {name} in it or on PATH")


def _which(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_ALSO}")


@contextmanager
def _alone() -> Iterator[None]:
    """One process of the machine at a time; the others find everything installed when their turn comes."""
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _installed(package: str) -> bool:
    if not shutil.which("dpkg-query"):
        return False
    asked = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package], capture_output=True, text=True
    )
    return asked.returncode == 0 and asked.stdout == "installed"


def _install(packages: list[str]) -> None:
    if not shutil.which("apt-get"):
        raise PackageMissing(f"{_wanted(packages)}: this machine has no apt-get; put their programs on PATH")
    with _without_services():
        _apt(packages, "update", "--quiet")
        _apt(packages, "install", "--quiet", "--yes", "--no-install-recommends", *packages)


def _apt(packages: list[str], *arguments: str) -> None:
    command = [*_as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    try:
        run = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise PackageMissing(f"{_wanted(packages)}: apt-get {arguments[0]} took over {_LIMIT_SECONDS} s") from None
    if run.returncode != 0:
        words = "\n".join((run.stdout + run.stderr).strip().splitlines()[-12:])
        raise PackageMissing(f"{_wanted(packages)}: apt-get {arguments[0]} failed with {run.returncode}:\n{words}")


@contextmanager
def _without_services() -> Iterator[None]:
    """The machine's own policy stays; ours goes again."""
    if _NO_SERVICES.exists():
        yield
        return
    subprocess.run(
        [*_as_root(), "sh", "-c", f"printf '#!/bin/sh\\nexit 101\\n' > {_NO_SERVICES} && chmod 755 {_NO_SERVICES}"],
        check=True,
    )
    try:
        yield
    finally:
        subprocess.run([*_as_root(), "rm", "-f", str(_NO_SERVICES)], check=True)


def _as_root() -> list[str]:
    return [] if os.getuid() == 0 else ["sudo", "--non-interactive"]


def _wanted(packages: list[str]) -> str:
    return f"tests need Debian's {', '.join(packages)} (install by hand: apt-get install {' '.join(packages)})"
