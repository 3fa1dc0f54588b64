"""The programs of the rehearsal: found on PATH, fetched from their official releases, or built from Go modules.

`ensure` gets what is needed, `inventory` tells what is there. LIFELINE_TOOLS_FROM narrows the sources.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal.console import Reporter
from rehearsal.errors import RehearsalError
from rehearsal.toolchain import build
from rehearsal.toolchain.install import Missing, at_hand, install
from rehearsal.toolchain.sources import NAMES, SOURCES_VARIABLE, Limits, Located, allowed_sources
from rehearsal.toolchain.table import TOOLS, Tool


@dataclass(frozen=True)
class Item:
    """One line of the inventory; a program that is not there has no path and says why."""

    program: str
    version: str
    origin: str
    path: Path | None


def ensure(
    reporter: Reporter,
    names: Iterable[str] | None = None,
    *,
    offline: bool = False,
    tools: Sequence[Tool] = TOOLS,
    limits: Limits | None = None,
) -> dict[str, Path]:
    """Gets the named programs (all, when none is named) and answers where each is."""
    limits = limits or Limits()
    wanted = _wanted(names, tools)
    needed = [tool for tool in tools if any(program.name in wanted for program in tool.programs)]
    allowed = allowed_sources()
    with reporter.step("tools") as step:
        # Threads, because each program on PATH is run to ask for its version.
        with ThreadPoolExecutor(max(1, len(needed))) as pool:
            states = list(pool.map(partial(at_hand, allowed=allowed, limits=limits), needed))
        located = [state for state in states if isinstance(state, Located)]
        missing = [state for state in states if isinstance(state, Missing)]
        step.outcome(_summary(located, missing))
    if missing:
        installed, unavailable = install(reporter, missing, allowed, limits, offline=offline)
        if unavailable:
            raise _none_works([state for state in missing if state in unavailable])
        located += installed
    return {name: path for state in located for name, path in state.programs.items() if name in wanted}


def inventory(*, tools: Sequence[Tool] = TOOLS) -> list[Item]:
    """What `ensure` would use without installing anything."""
    allowed = allowed_sources()
    items: list[Item] = []
    for tool in tools:
        state = at_hand(tool, allowed, Limits())
        for program in tool.programs:
            if isinstance(state, Located):
                path = state.programs[program.name]
                items.append(Item(program.name, str(state.version), NAMES[state.source], path))
            else:
                why = state.damage or "; ".join(f"{NAMES[source]}: {text}" for source, text in state.tried.items())
                items.append(Item(program.name, str(tool.version), f"not installed ({why})", None))
    return items


def _wanted(names: Iterable[str] | None, tools: Sequence[Tool]) -> set[str]:
    groups = {tool.name: {program.name for program in tool.programs} for tool in tools}
    every = set[str]().union(*groups.values())
    if names is None:
        return every
    wanted: set[str] = set()
    for name in names:
        if name not in every and name not in groups:
            raise RehearsalError(
                f"There is no tool {name!r}", ways_out=[f"use one of {', '.join(sorted(every | groups.keys()))}"]
            )
        wanted |= {name} if name in every else groups[name]
    return wanted


def _summary(located: Sequence[Located], missing: Sequence[Missing]) -> str:
    parts = [f"{state.tool.name} {state.version} ({NAMES[state.source]})" for state in located]
    parts += [f"{state.tool.name} {state.tool.version} to be installed" for state in missing]
    return ", ".join(parts)


def _none_works(unavailable: Sequence[Missing]) -> RehearsalError:
    tools = [state.tool for state in unavailable]
    hosts = sorted({str(urlsplit(tool.release.file).hostname) for tool in tools})
    newest_go = max((build.needed_go(tool) for tool in tools), key=_by_number)
    ways_out = [
        f"put on PATH: {', '.join(f'{tool.name} {tool.version} ({tool.range} will do)' for tool in tools)}",
        f"let this machine reach {', '.join(hosts)}",
        f"install Go {newest_go} or newer, and let it download modules",
    ]
    if SOURCES_VARIABLE in _reasons(unavailable):
        ways_out.append(f"unset {SOURCES_VARIABLE}")
    return RehearsalError(
        f"The rehearsal cannot get {', '.join(f'{tool.name} {tool.version}' for tool in tools)}",
        tried=[
            f"{state.tool.name} from {NAMES[source]}: {reason}"
            for state in unavailable
            for source, reason in state.tried.items()
        ],
        ways_out=ways_out,
    )


def _reasons(unavailable: Sequence[Missing]) -> str:
    return "\n".join(reason for state in unavailable for reason in state.tried.values())


def _by_number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
