"""As much of Redis's protocol as a rotation needs: TLS, a login, one command at a time."""

from typing import Any, Self

from lifeline_rotation.address import Server


class RedisError(Exception):
    """The connection broke."""


class Refused(RedisError):
    """What the server said against a command or a login."""


class Connection:
    """One login over TLS."""

    def __init__(self, server: Server, username: str, password: str) -> None:
        self._socket = server.trust.wrap_socket(server.connect(), server_hostname=server.host)
        self._answers = self._socket.makefile("rb")
        try:
            self.command("AUTH", username, password)
        except BaseException:
            self.close()
            raise

    def command(self, *words: str) -> Any:
        parts = [word.encode() for word in words]
        lines = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self._socket.sendall(b"*%d\r\n%s" % (len(parts), lines))
        return self._answer()

    def close(self) -> None:
        self._answers.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self) -> Any:
        line = self._answers.readline()
        if not line.endswith(b"\r\n"):
            raise RedisError("the server closed the connection")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise Refused(rest)
        if kind == b"$":
            return None if rest == "-1" else self._answers.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == "-1" else [self._answer() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest
