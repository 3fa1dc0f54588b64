"""A provider as a plugin process: prints its port, logs to a file, ends cleanly with the engine or without it."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent import futures
from typing import NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from rehearsal.paths import StackPaths
from rehearsal.providers.provider import Provider
from rehearsal.providers.servicer import Servicer

_MESSAGE_LIMIT = 400 * 1024 * 1024  # what Pulumi's own SDK allows; gRPC's 4 MiB is too small for large states
_PARENT_WATCH_SECONDS = 1.0
#: Calls under way when the engine dies may finish, so that the ledger knows what they made.
_GRACE_SECONDS = 5.0


def run(make: Callable[[], Provider]) -> NoReturn:
    """Entry point of a plugin's `__main__`: a failure to start is told on stderr, where the engine shows it."""
    try:
        provider = make()
    except Exception as error:
        print(f"the rehearsal's provider did not start: {error}", file=sys.stderr)
        raise SystemExit(1) from error
    serve(provider)


def serve(provider: Provider) -> NoReturn:
    """Run the plugin until the engine ends it. Prints the port, and nothing else, on stdout."""
    _log_to_file(provider.package)
    workers = futures.ThreadPoolExecutor(max_workers=32)
    server = grpc.server(
        workers,
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT),
            ("grpc.max_send_message_length", _MESSAGE_LIMIT),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    ended = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        provider.cancelled.set()
        ended.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    parent = os.getppid()
    server.start()
    print(port, flush=True)  # last: an engine that has the port may interrupt
    while not ended.wait(_PARENT_WATCH_SECONDS):
        if os.getppid() != parent:  # the engine was killed: nobody else will end this process
            logging.warning("the engine is gone; finishing what is under way")
            _finish(workers)
            break
    server.stop(0).wait()
    logging.shutdown()
    os._exit(0)  # a hook still blocked in a worker thread must not hold the exit


def _finish(workers: futures.ThreadPoolExecutor) -> None:
    """The server's own grace does not help: with the engine its connection went, and so its calls count as ended."""
    waiting = threading.Thread(target=workers.shutdown, daemon=True)
    waiting.start()
    waiting.join(_GRACE_SECONDS)


def _log_to_file(package: str) -> None:
    """A plugin's stderr lands in the user's diagnostics, so everything goes to a file."""
    logs = StackPaths.of_this_process().logs
    logs.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=logs / f"provider-{package}.log",
        level=logging.INFO,
        format="%(asctime)s %(process)d %(levelname)s %(message)s",
    )
