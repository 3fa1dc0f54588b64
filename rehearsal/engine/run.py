"""Runs engine commands for one stack: live progress, everything kept in a log, one clean end on Ctrl-C."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal import paths
from rehearsal.engine import events
from rehearsal.engine.environment import environment
from rehearsal.engine.events import Event, Story
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths

#: Questions to the engine (outputs, export, stack init) that take longer than this hang.
_QUICK_SECONDS = 120.0
#: How long an engine may take to end once it was told to end at once.
_KILL_AFTER_SECONDS = 10.0


class Interrupted(Exception):
    """The user asked the engine to stop, and it has stopped."""


@dataclass(frozen=True)
class Outcome:
    """How an operation ended."""

    code: int
    story: Story
    text: str
    log: Path

    @property
    def succeeded(self) -> bool:
        return self.code == 0


class Engine:
    """The engine on one stack of one project."""

    def __init__(self, stack: StackPaths, project: Path = paths.PROJECT, program: Path | None = None) -> None:
        self.stack = stack
        self.project = project
        self._program = program or paths.binaries() / "pulumi"

    def operate(
        self,
        command: str,
        *arguments: str,
        heard: Callable[[Story], None] = lambda _story: None,
        interrupted: Callable[[], None] = lambda: None,
        expected: int = 0,
        limit: float | None = None,
    ) -> Outcome:
        """Run preview, up, refresh, destroy or import to its end; `heard` is called as the story unfolds."""
        self.stack.logs.mkdir(parents=True, exist_ok=True)
        log = self.stack.logs / f"engine-{command}.log"
        story = Story(expected=expected)

        def take(event: Event) -> None:
            story.take(event)
            heard(story)

        with (
            events.receive(take, self.stack.logs / f"engine-{command}.events.jsonl") as address,
            log.open("wb") as output,
        ):
            engine = self._start(
                [
                    command,
                    *("--stack", self.stack.stack, "--config-file", str(self.stack.config)),
                    *("--non-interactive", "--color", "never", "--event-log", address),
                    *([] if command == "preview" or "--preview-only" in arguments else ["--yes"]),
                    *arguments,
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            with _handing_on_signals(engine, interrupted) as asked:
                code = _wait(engine, command, log, limit)
        if asked.is_set() and code != 0:
            raise Interrupted(command)
        return Outcome(code, story, log.read_text(errors="replace"), log)

    def ask(self, *arguments: str, directory: Path | None = None, given: str | None = None) -> str:
        """Run a short command and return what it prints."""
        engine = self._start(
            [*arguments, "--non-interactive", "--color", "never"],
            directory=directory,
            stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            answer, complaint = engine.communicate(given, timeout=_QUICK_SECONDS)
        except BaseException as error:
            _end(engine)
            if isinstance(error, subprocess.TimeoutExpired):
                raise RehearsalError(f"`pulumi {' '.join(arguments)}` did not end in {_QUICK_SECONDS:.0f} s") from error
            raise
        if engine.returncode:
            told = (complaint.strip() or answer.strip()).removeprefix("error: ")
            raise RehearsalError(f"`pulumi {' '.join(arguments)}` failed:\n{told}")
        return answer

    def outputs(self, secrets: bool = False) -> dict[str, Any]:
        shown = ["--show-secrets"] if secrets else []
        return json.loads(self.ask("stack", "output", "--json", "--stack", self.stack.stack, *shown))

    def export_state(self) -> dict[str, Any]:
        return json.loads(self.ask("stack", "export", "--stack", self.stack.stack))

    def _start(self, arguments: list[str], directory: Path | None = None, **options: Any) -> subprocess.Popen[Any]:
        """In a process group of its own: on Ctrl-C the terminal must not interrupt it a second time (see below)."""
        if not self._program.exists():
            raise RehearsalError("the engine is not there yet", ways_out=["run `make tools`"])
        return subprocess.Popen(
            [str(self._program), *arguments],
            cwd=directory or self.project,
            env=environment(self.stack),
            process_group=0,
            **{"stdin": subprocess.DEVNULL, **options},
        )


def _wait(engine: subprocess.Popen[Any], command: str, log: Path, limit: float | None) -> int:
    try:
        return engine.wait(limit)
    except subprocess.TimeoutExpired:
        _end(engine)
        told = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise RehearsalError(f"the engine's {command} did not end in {limit:.0f} s; it said last:\n{told}") from None
    except BaseException:
        _end(engine)
        raise


def _end(engine: subprocess.Popen[Any]) -> None:
    """First the way that keeps the state whole, then the sure one."""
    for number, patience in ((signal.SIGINT, _KILL_AFTER_SECONDS), (signal.SIGKILL, None)):
        if engine.poll() is None:
            engine.send_signal(number)
            try:
                engine.wait(patience)
            except subprocess.TimeoutExpired:
                continue


@contextmanager
def _handing_on_signals(engine: subprocess.Popen[Any], told: Callable[[], None]) -> Iterator[threading.Event]:
    """The first Ctrl-C lets the engine finish what is under way; a second one ends it at once.

    The engine reads two interrupts as "terminate immediately", so it gets exactly as many as the user gave.
    """
    asked = threading.Event()

    def hand_on(_number: int, _frame: object) -> None:
        engine.send_signal(signal.SIGINT)
        if asked.is_set():
            killer = threading.Timer(_KILL_AFTER_SECONDS, engine.kill)
            killer.daemon = True
            killer.start()
        asked.set()
        told()

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, hand_on) for number in numbers}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
