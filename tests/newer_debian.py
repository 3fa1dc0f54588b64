"""A program out of a newer Debian than the machine's, with the libraries it was built for, in a directory of its own.

apt gets the packages with lists of its own, so that the machine's stay as they are; nothing is installed.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

#: Another PgBouncer than Debian's for tests/live/postgres, as words to start it with.
TESTED_POOLER = "LIFELINE_TESTED_POOLER"
_MIRROR = "http://deb.debian.org/debian"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_LIMIT_SECONDS = 540
_LIBRARIES = "usr/lib/x86_64-linux-gnu"
#: Only lists of packages: descriptions, icons and translations are of no use here.
_NO_MORE = ("Acquire::Languages=none", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false")


class Unavailable(Exception):
    """The suite or a package of it cannot be had; with apt's own words."""


def program(name: str, *, suite: str, packages: Sequence[str], directory: Path) -> list[str]:
    """The words to start it with: its own loader, its own libraries, the program."""
    root, lists = directory / "root", directory / "lists"
    for each in (root, lists / "partial", directory / "cache" / "archives" / "partial"):
        each.mkdir(parents=True)
    (directory / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {_MIRROR} {suite} main\n")
    _apt(directory, "update")
    _apt(directory, "download", *packages)
    for archive in sorted(directory.glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", str(archive), str(root)], check=True, capture_output=True)
    for each in (directory, root):
        each.chmod(0o755)
    return [
        str(root / _LIBRARIES / "ld-linux-x86-64.so.2"),
        "--library-path",
        str(root / _LIBRARIES),
        str(root / "usr/sbin" / name),
    ]


def _apt(directory: Path, *arguments: str) -> None:
    own = {
        "Dir::Etc::sourcelist": directory / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": directory / "lists",
        "Dir::Cache": directory / "cache",
        "APT::Sandbox::User": "root",
    }
    options = [*(f"{name}={value}" for name, value in own.items()), *_NO_MORE]
    words = ["apt-get", "--quiet", *(word for each in options for word in ("-o", each)), *arguments]
    run = subprocess.run(
        words, cwd=directory, capture_output=True, text=True, check=False, timeout=_LIMIT_SECONDS, env=os.environ
    )
    if run.returncode:
        raise Unavailable(f"{' '.join(arguments)}: " + "\n".join((run.stdout + run.stderr).splitlines()[-8:]))
