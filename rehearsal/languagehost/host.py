"""Serves the engine's LanguageRuntime protocol: says what is installed, runs programs and policy packs as children."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import IO, Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from rehearsal.languagehost import packages, parent

_RUNNER = Path(__file__).with_name("runner.py")
_REPORTED = 32  # runner.REPORTED; that module is a program of its own
_MESSAGE_LIMIT = 400 * 1024 * 1024


def serve(engine_address: str) -> NoReturn:
    """Print the port, and serve until the engine ends this process or is gone itself."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=8),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT),
            ("grpc.max_send_message_length", _MESSAGE_LIMIT),
        ],
    )
    host = LanguageHost(engine_address)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    ended = threading.Event()
    signal.signal(signal.SIGINT, lambda _number, _frame: ended.set())
    signal.signal(signal.SIGTERM, lambda _number, _frame: ended.set())
    parent.watch(ended.set)
    print(port, flush=True)
    ended.wait()
    host.end_children()
    server.stop(0)
    os._exit(0)  # a Run that still waits for its program must not hold the exit


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """One engine's language host."""

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address
        self._children: set[subprocess.Popen[bytes]] = set()
        self._cancelled = threading.Event()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo()

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:
        plugins = [
            plugin_pb2.PluginDependency(name=p.name, kind="resource", version=f"v{p.version}", server=p.server)
            for p in packages.providers()
        ]
        return language_pb2.GetRequiredPluginsResponse(plugins=plugins)

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        needed = [
            plugin_pb2.PackageDependency(name=p.name, kind="resource", version=f"v{p.version}", server=p.server)
            for p in packages.providers()
        ]
        return language_pb2.GetRequiredPackagesResponse(packages=needed)

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        installed = packages.distributions(request.transitiveDependencies)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=p.name, version=p.version) for p in installed]
        )

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        told = f"The dependencies are those of {sys.prefix}; `make tools` installs what requirements.lock pins.\n"
        yield language_pb2.InstallDependenciesResponse(stdout=told.encode())

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        directory = request.info.program_directory or request.pwd
        entry = request.info.entry_point or request.program or "."
        child = self._start(
            {
                "kind": "program",
                "program": str((Path(directory) / entry).resolve()),
                "directory": request.pwd or directory,
                "arguments": list(request.args),
                "config": dict(request.config),
                "secret_keys": list(request.configSecretKeys),
                "settings": {
                    "project": request.project,
                    "stack": request.stack,
                    "organization": request.organization,
                    "root_directory": request.info.root_directory,
                    "parallel": request.parallel,
                    "dry_run": request.dryRun,
                    "monitor": request.monitor_address,
                    "engine": self._engine_address,
                },
            }
        )
        code = child.wait()
        self._children.discard(child)
        if code == 0:
            return language_pb2.RunResponse()
        if code == _REPORTED or (code < 0 and self._cancelled.is_set()):
            return language_pb2.RunResponse(bail=True)
        how = f"signal {-code} ended it" if code < 0 else f"it exited with code {code}"
        return language_pb2.RunResponse(error=f"the program did not finish: {how}")

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        if request.kind != "analyzer":
            context.abort(
                grpc.StatusCode.UNIMPLEMENTED, f"the rehearsal runs policy packs only, not a {request.kind} in Python"
            )
        child = self._start(
            {
                "kind": "policy pack",
                "program": request.info.program_directory,
                "directory": request.pwd or request.info.program_directory,
                "arguments": list(request.args),
            },
            environment=dict(setting.split("=", 1) for setting in request.env if "=" in setting),
            captured=True,
        )
        context.add_callback(lambda: _end(child))  # the engine closes the stream to end a plugin
        for stream, piece in _output(child):
            yield language_pb2.RunPluginResponse(**{stream: piece})
        self._children.discard(child)
        yield language_pb2.RunPluginResponse(exitcode=child.wait())

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._cancelled.set()
        return empty_pb2.Empty()

    def end_children(self) -> None:
        """The engine's signal reaches them as well, unless it went to this process alone."""
        for child in list(self._children):
            _end(child)

    def _start(
        self, order: dict[str, Any], environment: dict[str, str] | None = None, captured: bool = False
    ) -> subprocess.Popen[bytes]:
        """Not in a session of its own: the engine must be able to end it by the host's process group.

        A program inherits the host's output, which the engine shows as the program's.
        """
        output = subprocess.PIPE if captured else None
        child = subprocess.Popen(
            [sys.executable, str(_RUNNER)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {}), "PYTHONUNBUFFERED": "1"},
        )
        self._children.add(child)
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError), child.stdin:  # its exit code will tell
            child.stdin.write(json.dumps(order).encode())
        return child


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()


def _output(child: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """Pieces of ("stdout" | "stderr", bytes) as they come, until both have ended."""
    pieces: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def read(stream: str, source: IO[bytes]) -> None:
        while piece := os.read(source.fileno(), 65536):
            pieces.put((stream, piece))
        pieces.put((stream, b""))

    for stream, source in (("stdout", child.stdout), ("stderr", child.stderr)):
        assert source is not None
        threading.Thread(target=read, args=(stream, source), daemon=True).start()
    open_streams = 2
    while open_streams:
        stream, piece = pieces.get()
        if piece:
            yield stream, piece
        else:
            open_streams -= 1
