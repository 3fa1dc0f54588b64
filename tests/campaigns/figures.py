"""Figures of a campaign, committed with the date and the machine they were seen on; docs/reliability.md quotes them."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from rehearsal import paths
from tests.campaigns import reliability

MEASURED = paths.PROJECT / "docs" / "measured"


def machine() -> str:
    """`2 cores, 24 GiB, Linux x86_64, Python 3.11`"""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kind = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {kind}"


def write(name: str, title: str, body: str) -> Path:
    file = MEASURED / f"{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    file.write_text(f"# {title}\n\n{day}, {machine()}. Written by `make prove`.\n\n{body.rstrip()}\n")
    reliability.write()
    return file
