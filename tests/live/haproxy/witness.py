"""The reference application with a witness at its socket: each connection's bytes are kept as they came.

`python -m tests.live.haproxy.witness CONTRACT.json RECORD` writes one line of JSON a connection, base64 of what the
proxy sent, including what came after the first request; `seen` reads them back.
"""

import base64
import io
import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LONGEST_SILENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Request:
    """One connection's bytes, read as one request; `trouble` is what makes that reading ambiguous."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    trouble: str = ""

    def header(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name]


def seen(record: Path, beginning: int = 0) -> Iterator[Request]:
    """What came since so many connections, in order of their end; a line that is being written is not there yet."""
    if record.exists():
        for line in record.read_text().rpartition("\n")[0].splitlines()[beginning:]:
            if raw := base64.b64decode(json.loads(line)):
                yield read(raw)


def read(raw: bytes) -> Request:
    """To the letter; a second reader could read anything else only where there is trouble."""
    head, end, rest = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    headers: list[tuple[str, str]] = []
    trouble = (
        "" if end and len(words) == 3 and words[2] in ("HTTP/1.1", "HTTP/1.0") else f"a first line like {lines[0]!r}"
    )
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        headers.append((name, value.strip()))
        if not colon or not name or not name.replace("-", "").replace("_", "").isalnum():
            trouble = f"a header like {line!r}"
    if any(control in head.replace(b"\r\n", b"") for control in (b"\r", b"\n", b"\0")):
        trouble = "control characters in the head"
    request = Request(words[0], words[1] if len(words) > 1 else "", tuple(headers), rest, trouble)
    return request if trouble else Request(request.method, request.target, request.headers, rest, _framing(request))


def _framing(request: Request) -> str:
    """One length, told in one way, and nothing behind it."""
    lengths, codings = request.header("content-length"), request.header("transfer-encoding")
    if len(lengths) + len(codings) > 1:
        return f"lengths told twice: {lengths} {codings}"
    if codings:
        return "" if codings == ["chunked"] and _is_whole(request.body) else f"chunks that do not end: {codings}"
    if lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
        return f"a length like {lengths[0]!r}"
    told = int(lengths[0]) if lengths else 0
    return "" if len(request.body) <= told else f"{len(request.body) - told} bytes after the request"


def _is_whole(body: bytes) -> bool:
    """Chunks to the last one and nothing after; a body that was cut off tells nobody anything."""
    while body:
        size, _, body = body.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError:
            return False
        if length == 0:
            return body in (b"\r\n", b"")
        body = body[length + 2 :]
    return True


class _Tee(socket.SocketIO):
    def __init__(self, connection: socket.socket, kept: bytearray) -> None:
        super().__init__(connection, "r")
        self._kept = kept

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self._kept += bytes(memoryview(buffer)[: count or 0])
        return count


def _witnessed(handler: type[Any], record: Path) -> None:
    """Each connection of this handler is written down when it ends."""
    lock, setup, finish = threading.Lock(), handler.setup, handler.finish

    def kept_setup(self: Any) -> None:
        setup(self)
        self.kept = bytearray()
        self.rfile = io.BufferedReader(_Tee(self.connection, self.kept))

    def kept_finish(self: Any) -> None:
        finish(self)
        try:  # whoever does not mind `Connection: close` would read on
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LONGEST_SILENCE_SECONDS)
            while more := self.connection.recv(65536):
                self.kept += more
        except OSError:
            pass
        with lock, record.open("a") as file:
            file.write(json.dumps(base64.b64encode(bytes(self.kept)).decode()) + "\n")

    handler.setup, handler.finish = kept_setup, kept_finish


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3] / "images/reference"))
    from reference_application import __main__ as application
    from reference_application import server

    _witnessed(server._Handler, Path(sys.argv[2]))  # pyright: ignore[reportPrivateUsage]
    sys.exit(application.main())
