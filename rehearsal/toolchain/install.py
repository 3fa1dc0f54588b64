"""Installing what is not at hand: each tool in a thread of its own, from the first source that works."""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from rehearsal.console import Reporter, Step
from rehearsal.toolchain import build, cache, found, release
from rehearsal.toolchain.sources import NAMES, SOURCES_VARIABLE, Limits, Located, Stopped, Unavailable, Work
from rehearsal.toolchain.table import Platform, Source, Tool

#: How long an interrupted command waits for its compilers to be gone.
_FAREWELL_SECONDS = 5.0


@dataclass
class Missing:
    """A tool that is not at hand, and what each source said so far."""

    tool: Tool
    tried: dict[Source, str] = field(default_factory=dict[Source, str])
    damage: str = ""


def at_hand(tool: Tool, allowed: Sequence[Source], limits: Limits) -> Located | Missing:
    """From PATH or installed earlier: no network, no compiler, nothing written."""
    missing = Missing(tool)
    if "path" in allowed:
        try:
            return found.on_path(tool, limits)
        except Unavailable as reason:
            missing.tried["path"] = str(reason)
    else:
        missing.tried["path"] = f"not allowed by {SOURCES_VARIABLE}"
    for source in ("release", "build"):
        if source in allowed:
            try:
                return Located(tool, source, tool.version, cache.lookup(tool, Platform.here(), source))
            except cache.NotCached as reason:
                missing.damage = str(reason) or missing.damage
    return missing


def install(
    reporter: Reporter, wanted: Sequence[Missing], allowed: Sequence[Source], limits: Limits, *, offline: bool
) -> tuple[list[Located], list[Missing]]:
    """Downloads run side by side, builds one after another. Answers what was installed and what could not be."""
    stop = threading.Event()
    done: list[Located] = []
    failed: list[Missing] = []
    errors: list[BaseException] = []

    def one(missing: Missing, finished: threading.Event) -> None:
        try:
            with _step(reporter, missing) as step:
                done.append(_install(missing, allowed, Work(step, limits, offline, stop)))
        except _NoSource:
            failed.append(missing)
        except Stopped:
            return
        except BaseException as error:
            # What stops one for want of space or permission stops them all.
            errors.append(error)
            stop.set()
        finally:
            finished.set()

    # Not Thread.join: after a Ctrl-C in it, Python 3.11 takes a running thread for a finished one.
    finishes = [threading.Event() for _ in wanted]
    for missing, finished in zip(wanted, finishes, strict=True):
        threading.Thread(target=one, args=(missing, finished), daemon=True).start()
    try:
        for finished in finishes:
            finished.wait()
    except BaseException:
        stop.set()
        for finished in finishes:
            finished.wait(_FAREWELL_SECONDS)
        raise
    if errors:
        raise errors[0]
    return done, failed


class _NoSource(Exception):
    """None of the allowed sources has the tool."""


def _step(reporter: Reporter, missing: Missing) -> AbstractContextManager[Step]:
    return reporter.step(f"Install {missing.tool.name} {missing.tool.version}")


def _install(missing: Missing, allowed: Sequence[Source], work: Work) -> Located:
    tool, target = missing.tool, Platform.here()
    with cache.explained(), cache.locked(tool, work):
        for source in ("release", "build"):
            # Another process may have installed it while this one waited for the lock.
            with suppress(cache.NotCached):
                programs = cache.lookup(tool, target, source)
                if source in allowed:
                    work.step.outcome(f"installed by another process, from {NAMES[source]}")
                    return Located(tool, source, tool.version, programs)
        for source in ("release", "build"):
            if source not in allowed:
                missing.tried[source] = f"not allowed by {SOURCES_VARIABLE}"
                continue
            try:
                programs = _from(source, tool, target, work)
            except Unavailable as reason:
                missing.tried[source] = str(reason)
                continue
            work.step.outcome(_account(source, missing))
            return Located(tool, source, tool.version, programs)
    work.step.outcome("not to be had")
    raise _NoSource


def _from(source: Source, tool: Tool, target: Platform, work: Work) -> dict[str, cache.Path]:
    with cache.staging(tool) as staged:
        if source == "release":
            release.fetch(tool, target, staged, cache.downloads(tool), work)
        else:
            build.build(tool, target, staged, work)
        for program in tool.programs:
            if not (staged / program.name).is_file():
                raise Unavailable(f"what came holds no {program.name}")
            (staged / program.name).chmod(0o755)
            version = found.version_of(staged / program.name, program, work.limits.version)
            if version != tool.version:
                raise Unavailable(f"what came says it is {program.name} {version}, not {tool.version}")
        work.go_on()
        programs = cache.publish(staged, tool, target, source)
    cache.forget_downloads(tool)
    return programs


def _account(source: Source, missing: Missing) -> str:
    """Where it came from, and why from no earlier source."""
    text = {"release": "official release, checksum verified", "build": "built from Go modules"}[source]
    if missing.damage:
        text += f"; the earlier copy was damaged, {missing.damage}"
    if source == "build":
        text += f"; official release: {missing.tried['release']}"
    return text
