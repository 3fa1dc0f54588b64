"""Statements that are prepared first and run later, as drivers do it: PostgreSQL's extended protocol."""

import struct

from lifeline_rotation.postgresql import Connection, _error, _row


def prepare(connection: Connection, name: str, statement: str) -> None:
    connection._send(b"P", _texts(name, statement) + struct.pack("!H", 0))
    _synchronised(connection)


def run(connection: Connection, name: str, value: str) -> list[tuple[str, ...]]:
    text = value.encode()
    given = struct.pack("!HHi", 0, 1, len(text)) + text + struct.pack("!H", 0)
    connection._send(b"B", _texts("", name) + given)
    connection._send(b"E", _texts("") + struct.pack("!i", 0))
    return _synchronised(connection)


def _texts(*texts: str) -> bytes:
    return b"".join(each.encode() + b"\0" for each in texts)


def _synchronised(connection: Connection) -> list[tuple[str, ...]]:
    connection._send(b"S", b"")
    rows: list[tuple[str, ...]] = []
    failed: Exception | None = None
    while True:
        kind, body = connection._receive()
        if kind == b"D":
            rows.append(_row(body))
        elif kind == b"E":
            failed = _error(body)
        elif kind == b"Z":
            if failed:
                raise failed
            return rows
