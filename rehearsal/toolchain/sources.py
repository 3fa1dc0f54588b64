"""What the three sources of a tool have in common: which are allowed, how long each may take, how one says no."""

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from rehearsal.console import Step
from rehearsal.errors import RehearsalError
from rehearsal.toolchain.table import Source, Tool, Version

#: Environment variable that narrows the sources down, for instance to `path` or to `path,build`.
SOURCES_VARIABLE = "LIFELINE_TOOLS_FROM"

ALL_SOURCES: tuple[Source, ...] = get_args(Source)

NAMES: dict[Source, str] = {"path": "PATH", "release": "official release", "build": "Go modules"}


class Unavailable(Exception):
    """This source does not have the tool; the next one may."""


class Stopped(Exception):
    """The user interrupted the command while this was under way."""


@dataclass(frozen=True)
class Limits:
    """Seconds that each thing may take."""

    version: float = 10
    #: Until a release host answers; longer than this without an answer is called "no network".
    answer: float = 6
    #: Without a byte, once a download flows.
    stall: float = 20
    download: float = 900
    build: float = 1800
    #: For another process that is installing the same tool, and may be building all the others before it.
    lock: float = 7200


@dataclass(frozen=True)
class Located:
    """A tool that is there to be used."""

    tool: Tool
    source: Source
    version: Version
    programs: dict[str, Path]


@dataclass(frozen=True)
class Work:
    """What an installation needs to know besides the tool."""

    step: Step
    limits: Limits = field(default_factory=Limits)
    offline: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped


def allowed_sources() -> tuple[Source, ...]:
    text = os.environ.get(SOURCES_VARIABLE)
    if text is None:
        return ALL_SOURCES
    named = {part.strip() for part in text.split(",")}
    if unknown := sorted(named.difference(ALL_SOURCES)):
        raise RehearsalError(
            f"{SOURCES_VARIABLE} is {text!r}: there is no source {', '.join(map(repr, unknown))}",
            ways_out=[f"set {SOURCES_VARIABLE} to some of {', '.join(ALL_SOURCES)}, with commas, or unset it"],
        )
    return tuple(source for source in ALL_SOURCES if source in named)
