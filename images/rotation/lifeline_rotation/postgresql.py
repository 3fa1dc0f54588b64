"""As much of PostgreSQL's protocol as a rotation needs: TLS, SCRAM-SHA-256, simple queries.

Passwords are sent to the server as verifiers, never in clear, so that no log of statements can hold one.
"""

import base64
import hashlib
import hmac
import secrets
import socket
import struct
from typing import Self

from lifeline_rotation.address import Server

_PROTOCOL, _SSL_REQUEST = 196_608, 80_877_103
_ITERATIONS = 4_096
_LOGIN_REFUSED = ("28P01", "28000")


class PostgresError(Exception):
    """What the server said."""


class LoginRefused(PostgresError):
    """Wrong user or password."""


def scram_verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803)."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    return f"SCRAM-SHA-256${_ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(_hmac(salted, b'Server Key'))}"


class Connection:
    """One login; an error of the server is raised with its own words."""

    def __init__(self, server: Server, username: str, password: str) -> None:
        self._socket: socket.socket = server.connect()
        try:
            self._secure(server)
            self._login(username, password, server.database)
        except BaseException:
            self._socket.close()
            raise

    def query(self, statement: str) -> list[tuple[str, ...]]:
        """Rows of the last statement as text; several statements in one text are one transaction."""
        self._send(b"Q", statement.encode() + b"\0")
        rows: list[tuple[str, ...]] = []
        failed: PostgresError | None = None
        while True:
            kind, body = self._receive()
            if kind == b"D":
                rows.append(_row(body))
            elif kind == b"E":
                failed = _error(body)
            elif kind == b"Z":
                if failed:
                    raise failed
                return rows

    def close(self) -> None:
        self._send(b"X", b"")
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _secure(self, server: Server) -> None:
        self._socket.sendall(struct.pack("!II", 8, _SSL_REQUEST))
        if self._exactly(1) != b"S":
            raise PostgresError(f"{server} offers no TLS")
        self._socket = server.trust.wrap_socket(self._socket, server_hostname=server.host)

    def _login(self, username: str, password: str, database: str) -> None:
        words = ["user", username, "database", database, "application_name", "lifeline-rotation", ""]
        body = struct.pack("!I", _PROTOCOL) + b"".join(word.encode() + b"\0" for word in words)
        self._socket.sendall(struct.pack("!I", len(body) + 4) + body)
        scram = _Scram(password)
        while True:
            kind, body = self._receive()
            if kind == b"E":
                raise _error(body)
            if kind == b"Z":
                return
            if kind == b"R":
                self._answer(scram, struct.unpack("!I", body[:4])[0], body[4:])

    def _answer(self, scram: "_Scram", code: int, body: bytes) -> None:
        if code == 10 and b"SCRAM-SHA-256\0" in body:
            first = scram.first()
            self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!I", len(first)) + first)
        elif code == 11:
            self._send(b"p", scram.proof(body))
        elif code == 12:
            scram.verify(body)
        elif code != 0 or not scram.verified:
            raise PostgresError("the server wants another login than SCRAM-SHA-256, or did not prove itself")

    def _send(self, kind: bytes, body: bytes) -> None:
        self._socket.sendall(kind + struct.pack("!I", len(body) + 4) + body)

    def _receive(self) -> tuple[bytes, bytes]:
        head = self._exactly(5)
        return head[:1], self._exactly(struct.unpack("!I", head[1:])[0] - 4)

    def _exactly(self, length: int) -> bytes:
        found = b""
        while len(found) < length:
            more = self._socket.recv(length - len(found))
            if not more:
                raise PostgresError("the server closed the connection")
            found += more
        return found


class _Scram:
    """RFC 5802 without channel binding: the certificate is verified already."""

    def __init__(self, password: str) -> None:
        self._password, self._nonce = password.encode(), _text(secrets.token_bytes(18))
        self._expected = b""
        self.verified = False

    def first(self) -> bytes:
        return f"n,,{self._bare()}".encode()

    def proof(self, challenge: bytes) -> bytes:
        fields = _fields(challenge)
        if not fields["r"].startswith(self._nonce):
            raise PostgresError("the server answered to somebody else's login")
        salted = hashlib.pbkdf2_hmac("sha256", self._password, base64.b64decode(fields["s"]), int(fields["i"]))
        final = f"c=biws,r={fields['r']}"
        signed = f"{self._bare()},{challenge.decode()},{final}".encode()
        key = _hmac(salted, b"Client Key")
        mask = _hmac(hashlib.sha256(key).digest(), signed)
        self._expected = _hmac(_hmac(salted, b"Server Key"), signed)
        return f"{final},p={_text(bytes(one ^ other for one, other in zip(key, mask, strict=True)))}".encode()

    def verify(self, last: bytes) -> None:
        if not hmac.compare_digest(base64.b64decode(_fields(last)["v"]), self._expected):
            raise PostgresError("the server does not know the password: it is not the one it says it is")
        self.verified = True

    def _bare(self) -> str:
        return f"n=,r={self._nonce}"


def _row(body: bytes) -> tuple[str, ...]:
    count, at = struct.unpack("!H", body[:2])[0], 2
    values: list[str] = []
    for _ in range(count):
        length = struct.unpack("!i", body[at : at + 4])[0]
        values.append(body[at + 4 : at + 4 + length].decode() if length >= 0 else "")
        at += 4 + max(length, 0)
    return tuple(values)


def _error(body: bytes) -> PostgresError:
    said = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    code, words = said.get(b"C", ""), said.get(b"M", "")
    return (LoginRefused if code in _LOGIN_REFUSED else PostgresError)(f"{words} ({code})")


def _fields(message: bytes) -> dict[str, str]:
    return {part[0]: part[2:] for part in message.decode().split(",")}


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
