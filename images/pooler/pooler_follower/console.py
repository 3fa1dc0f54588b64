"""PgBouncer's console on its own socket: whoever has the same user id needs no password there."""

import socket
import struct
from collections.abc import Callable
from pathlib import Path

_PROTOCOL, _PATIENCE_SECONDS = 196_608, 5
_DATABASE = "pgbouncer"


class Refused(Exception):
    """What PgBouncer said against it."""


def ask(place: Path, command: str) -> list[dict[str, str]]:
    """Rows of one command by the names of their columns."""
    with socket.socket(socket.AF_UNIX) as opened:
        opened.settimeout(_PATIENCE_SECONDS)
        opened.connect(str(place))
        words = ["user", _DATABASE, "database", _DATABASE, ""]
        body = struct.pack("!I", _PROTOCOL) + b"".join(word.encode() + b"\0" for word in words)
        opened.sendall(struct.pack("!I", len(body) + 4) + body)
        with opened.makefile("rb") as answers:
            _until_ready(answers.read)
            text = command.encode() + b"\0"
            opened.sendall(b"Q" + struct.pack("!I", len(text) + 4) + text)
            return _until_ready(answers.read)


def _until_ready(read: Callable[[int], bytes]) -> list[dict[str, str]]:
    columns: list[str] = []
    rows: list[dict[str, str]] = []
    while True:
        kind, body = _message(read)
        if kind == b"T":
            columns = _columns(body)
        elif kind == b"D":
            rows.append(dict(zip(columns, _values(body), strict=True)))
        elif kind == b"E":
            raise Refused(_words(body))
        elif kind == b"R" and struct.unpack("!I", body[:4])[0] != 0:
            raise Refused("the console wants a password: another user id than PgBouncer's")
        elif kind == b"Z":
            return rows


def _message(read: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    head = read(5)
    if len(head) < 5:
        raise ConnectionError("PgBouncer closed the connection")
    return head[:1], read(struct.unpack("!I", head[1:])[0] - 4)


def _columns(body: bytes) -> list[str]:
    count, at = struct.unpack("!H", body[:2])[0], 2
    names: list[str] = []
    for _ in range(count):
        end = body.index(b"\0", at)
        names.append(body[at:end].decode())
        at = end + 1 + 18
    return names


def _values(body: bytes) -> list[str]:
    count, at = struct.unpack("!H", body[:2])[0], 2
    values: list[str] = []
    for _ in range(count):
        length = struct.unpack("!i", body[at : at + 4])[0]
        values.append(body[at + 4 : at + 4 + max(length, 0)].decode())
        at += 4 + max(length, 0)
    return values


def _words(body: bytes) -> str:
    said = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return said.get(b"M", "")
