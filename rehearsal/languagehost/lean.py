"""What the SDK does at a cost that grows with the square of a program, done at one that grows with the program.

Nothing a program can see changes. Measured on stack prod, seconds of processor time: the program of a preview 23 before
and 12 after; in the program of an `up` the SDK's wait took 45 of 65.
"""

import asyncio
import pathlib
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

#: Resource, its abstract class, its concrete class: whoever called the third constructor wrote the resource.
_CONSTRUCTORS = 3


def make_lean() -> None:
    import pulumi.log
    import pulumi.runtime.resource
    import pulumi.runtime.stack

    pulumi.runtime.resource._get_stack_trace = _position_of_the_author
    pulumi.runtime.stack.asyncio = _WaitsOnce()
    pulumi.log.debug = _for_authors(pulumi.log.debug)


def _position_of_the_author() -> Any:
    """One frame, not the whole stack, of which a third of every state consisted."""
    from pulumi.runtime.proto import source_pb2

    frame: FrameType | None = sys._getframe(1)
    constructors = 0
    while frame is not None and constructors < _CONSTRUCTORS:
        constructors += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    file = pathlib.Path(frame.f_code.co_filename) if frame is not None else None
    if frame is None or file is None or not file.is_absolute():
        return source_pb2.StackTrace()
    position = source_pb2.SourcePosition(uri=file.as_uri(), line=frame.f_lineno)
    return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])


def _for_authors(debug: Callable[..., None]) -> Callable[..., None]:
    """Debug messages of programs, without those of the SDK itself.

    It tells the engine of every step it takes with a resource, and waits for the answer each time, whether or not
    anybody asked for debugging: a quarter of what the program of prod did in its main thread.
    """

    def told(*message: Any, **about: Any) -> None:
        if not sys._getframe(1).f_globals["__name__"].startswith("pulumi."):
            debug(*message, **about)

    return told


class _WaitsOnce:
    """asyncio as the SDK's last wait sees it.

    It waits for all outputs until the first is there, then for all but that one, and so on: every wait visits every
    output that is left. Until the first fails, or all are there, says the same with one visit each.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def wait(self, tasks: Iterable[asyncio.Future[Any]], *, return_when: str) -> Any:
        assert return_when == asyncio.FIRST_COMPLETED, "the SDK waits in another way now: look at it again"
        return await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
