"""What a person sees while long work runs: named steps with elapsed time, plain lines off a terminal."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text


class Step(Protocol):
    """One piece of work under way."""

    def note(self, text: str) -> None:
        """What is being done right now; replaces the previous note."""

    def outcome(self, text: str) -> None:
        """What came of it; stands at the end of the step's line once it is done."""

    def failed(self, text: str) -> None:
        """As outcome, of a step that did not succeed although nothing was raised."""


class Reporter(Protocol):
    """Something that shows steps; several may be open at once, from several threads."""

    def step(self, name: str) -> AbstractContextManager[Step]: ...


class _Step:
    def __init__(self, name: str, changed: "Terminal") -> None:
        self.name = name
        self.started = time.monotonic()
        self.now = ""
        self.result = ""
        self.mark = "[green]✓[/]"
        self._owner = changed

    def note(self, text: str) -> None:
        self.now = text
        self._owner.noted(self)

    def outcome(self, text: str) -> None:
        self.result = text

    def failed(self, text: str) -> None:
        self.result, self.mark = text, "[red]✗[/]"

    @property
    def elapsed(self) -> str:
        seconds = time.monotonic() - self.started
        return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


class Terminal:
    """Reporter for people and for logs: a live block on a terminal, one line a step elsewhere."""

    #: A log line for a step that has gone on this long without a word, so that CI does not look hung.
    HEARTBEAT_SECONDS = 20.0

    #: Off a terminal trees and tables are written as wide as they are: a log is searched line by line.
    UNBROKEN_WIDTH = 1000

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        if not self.console.is_terminal:
            self.console.width = self.UNBROKEN_WIDTH
        self._open: list[_Step] = []
        self._lock = threading.RLock()
        self._live: Live | None = None
        self._last_line = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        step = _Step(name, self)
        self._enter(step)
        try:
            yield step
        except BaseException:
            self._leave(step, "[red]✗[/]")
            raise
        self._leave(step, step.mark)

    def print(self, *things: object, style: str | None = None, markup: bool = True) -> None:
        """Beside the steps; lines are broken by the terminal, never by us, so that logs can be searched."""
        self.console.print(*things, style=style, markup=markup, soft_wrap=True)

    def noted(self, step: _Step) -> None:
        if self.console.is_terminal:
            return
        with self._lock:
            if time.monotonic() - self._last_line > self.HEARTBEAT_SECONDS:
                self._line(escape(f"  … {step.name}: {step.now} ({step.elapsed})"))

    def _enter(self, step: _Step) -> None:
        with self._lock:
            self._open.append(step)
            if not self.console.is_terminal:
                self._last_line = time.monotonic()
            elif self._live is None:
                self._live = Live(
                    get_renderable=self._block, console=self.console, refresh_per_second=8, transient=True
                )
                self._live.start()

    def _leave(self, step: _Step, mark: str) -> None:
        with self._lock:
            self._open.remove(step)
            if self._live is not None and not self._open:
                self._live.stop()
                self._live = None
            tail = f" [dim]{escape(step.result)}[/]" if step.result else ""
            self._line(f"{mark} {escape(step.name)}{tail} [dim]({step.elapsed})[/]")

    def _line(self, text: str) -> None:
        self._last_line = time.monotonic()
        self.console.print(text, soft_wrap=True)

    def _block(self) -> Table:
        table = Table.grid(padding=(0, 1))
        with self._lock:
            for step in self._open:
                note = Text(step.now, style="dim", overflow="ellipsis", no_wrap=True)
                table.add_row(Text("●", style="cyan"), Text(step.name), Text(step.elapsed, style="dim"), note)
        return table


class Silent:
    """Reporter for tests and libraries: nothing is shown."""

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        yield self

    def note(self, text: str) -> None: ...

    def outcome(self, text: str) -> None: ...

    def failed(self, text: str) -> None: ...
