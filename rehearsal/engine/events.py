"""The engine's event stream, received live and kept as a file."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import events_pb2_grpc

from reports.events import Event, Operation, Story, Told, Violation

__all__ = ["Event", "Operation", "Story", "Told", "Violation", "receive"]

_MESSAGE_LIMIT = 400 * 1024 * 1024


class _Receiver(events_pb2_grpc.EventsServicer):
    def __init__(self, take: Callable[[Event], None], kept: Path) -> None:
        self._take, self._kept, self._lock = take, kept, threading.Lock()

    def StreamEvents(self, request_iterator: Iterator[Any], context: grpc.ServicerContext) -> Any:  # noqa: N802
        with self._kept.open("a", encoding="utf-8") as file:
            for request in request_iterator:
                event = json.loads(request.event)
                if event.get("diagnosticEvent", {}).get("severity") == "debug":
                    continue  # the SDK's own, with every value in clear, secrets too
                with self._lock:
                    file.write(request.event.rstrip("\n") + "\n")
                    file.flush()
                    self._take(event)
        return empty_pb2.Empty()


@contextmanager
def receive(take: Callable[[Event], None], kept: Path) -> Iterator[str]:
    """An address for the engine's --event-log; each event goes to `take` and, as a line, to the file."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("")
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=2), options=[("grpc.max_receive_message_length", _MESSAGE_LIMIT)]
    )
    events_pb2_grpc.add_EventsServicer_to_server(_Receiver(take, kept), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"tcp://127.0.0.1:{port}"
    finally:
        server.stop(1).wait()
