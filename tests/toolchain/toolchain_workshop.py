"""What the tests of the toolchain work with: a small tool, its Go module, a release host, a remembering reporter.

Run as a program it installs the tool, so that tests can run two at once or kill one.
"""

import hashlib
import io
import json
import os
import resource
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.toolchain import ensure
from rehearsal.toolchain.sources import Limits
from rehearsal.toolchain.table import Program, Release, Tool, Version

PLATFORMS = frozenset({"linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"})


def says(version: str, *, name: str = "gadget", size: int = 0) -> bytes:
    """A program that knows its version, padded to a size."""
    return f"#!/bin/sh\necho '{name} v{version}'\nexit 0\n".encode() + b"#" * size


def put(directory: Path, name: str, content: bytes) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_bytes(content)
    (directory / name).chmod(0o755)
    return directory / name


def gadget(
    module: Path,
    base: str = "http://127.0.0.1:9",
    *,
    name: str = "gadget",
    programs: tuple[str, ...] = ("gadget",),
    file: str = "{program}",
    member: str = "",
    checksums: str = "{program}.sha256",
    pins: dict[str, str] | None = None,
    platforms: frozenset[str] = PLATFORMS,
    only_binary: bool = False,
) -> Tool:
    package = "example.test/gadget/{}" if len(programs) > 1 else "example.test/gadget"
    return Tool(
        name=name,
        version=Version(1, 2, 3),
        minimum=Version(1, 2, 0),
        below=Version(1, 4, 0),
        programs=tuple(Program(name=program, package=package.format(program)) for program in programs),
        release=Release(
            file=f"{base}/{file}",
            member=member,
            checksums=f"{base}/{checksums}",
            platforms=platforms,
            pins=pins or {},
        ),
        module=module,
        linker_flags="-s -w -X main.version=1.2.3",
        only_binary=only_binary,
    )


_MAIN = """package main

import (
	"fmt"

	"example.test/gadget/parts"
)

var version = "unknown"

func main() { fmt.Println(parts.Name, "v"+version) }
"""


def go_module(directory: Path, programs: tuple[str, ...] = ()) -> Path:
    """A module that needs nothing but Go itself: no network, a second to build."""
    for place in [directory / program for program in programs] or [directory]:
        place.mkdir(parents=True, exist_ok=True)
        (place / "main.go").write_text(_MAIN)
    (directory / "go.mod").write_text("module example.test/gadget\n\ngo 1.21.0\n")
    (directory / "go.sum").write_text("")
    (directory / "parts").mkdir(exist_ok=True)
    # New text each time, or Go would have nothing to compile.
    (directory / "parts" / "parts.go").write_text(f'package parts\n\nconst Name = "gadget {time.time_ns()}"\n')
    return directory


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tar_of(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name.replace("__", "/"))
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def zip_of(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


class ReleaseHost:
    """A web server with files, a record of what was asked of it, and ways to misbehave."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.understands_ranges = True
        self.cut_off_after: int | None = None
        self.stall_after: int | None = None
        self.seconds_a_chunk = 0.0
        self.silent = False
        self.released = threading.Event()

    def offer(self, name: str, content: bytes) -> None:
        self.files[name] = content
        self.files[f"{name}.sha256"] = sha256(content).encode()

    def asked_for(self, name: str) -> int:
        return sum(request.split()[0] == name for request in self.requests)


@contextmanager
def release_host() -> Iterator[ReleaseHost]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.removeprefix("/")
            wanted = self.headers.get("Range", "")
            host.requests.append(f"{name} {wanted}".strip())
            self.close_connection = True
            if host.silent:
                host.released.wait(60)
                return
            content = host.files.get(name)
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and host.understands_ranges else 0
            if start and start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.send_body(name, content, start)

        def send_body(self, name: str, content: bytes, start: int) -> None:
            if name.endswith(".sha256"):
                self.wfile.write(content)
                return
            end = len(content) if host.cut_off_after is None else host.cut_off_after
            for position in range(start, end, 10_000):
                if host.stall_after is not None and position >= host.stall_after:
                    host.released.wait(60)
                    return
                time.sleep(host.seconds_a_chunk)
                self.wfile.write(content[position : min(position + 10_000, end)])

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Clients that hang up are part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    host = ReleaseHost(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield host
    finally:
        host.released.set()
        server.shutdown()
        server.server_close()


class Memory:
    """A reporter that remembers what it was told, and can tell a file as well."""

    def __init__(self, file: Path | None = None) -> None:
        self.said: list[str] = []
        self.file = file

    @contextmanager
    def step(self, name: str) -> Iterator["_Remembered"]:
        yield _Remembered(self, name)

    def say(self, text: str) -> None:
        self.said.append(text)
        if self.file is not None:
            with self.file.open("a") as file:
                file.write(f"{text}\n")

    @property
    def text(self) -> str:
        return "\n".join(self.said)


class _Remembered:
    def __init__(self, memory: Memory, name: str) -> None:
        self.memory, self.name = memory, name

    def note(self, text: str) -> None:
        self.memory.say(f"{self.name} ... {text}")

    def outcome(self, text: str) -> None:
        self.memory.say(f"{self.name} = {text}")


def main() -> int:
    """python toolchain_workshop.py <release host> <Go module> <file for what is reported>; prints where it is."""
    base, module, report = sys.argv[1:]
    if limit := os.environ.get("LARGEST_FILE"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        found = ensure(Memory(Path(report)), tools=[gadget(Path(module), base)], limits=Limits(stall=30))
    except RehearsalError as error:
        print(error)
        return 1
    print(json.dumps({name: str(path) for name, path in found.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
