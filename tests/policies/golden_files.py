"""Lists that are kept in files, so that whoever changes one sees it: LIFELINE_UPDATE_GOLDEN=1 writes them anew."""

import os
from collections.abc import Iterable
from pathlib import Path

DIRECTORY = Path(__file__).parent / "golden"


def lines(name: str, now: Iterable[str]) -> set[str]:
    """What the file has; first written anew where that is asked for."""
    file = DIRECTORY / name
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        file.write_text("".join(f"{line}\n" for line in sorted(set(now))))
    return set(file.read_text().splitlines())
