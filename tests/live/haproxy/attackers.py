"""Strangers who send one corpus at one door as fast as they can, in a process of their own.

`Attack` starts them; what each trick got stands in its `outcomes` in the end: a status, `maintenance` or `closed`, and
whether a server was asked.
"""

import json
import os
import random
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.live.haproxy.corpus import Door, Trick, plain, requests

SEED = 988
_THREADS = 8
#: They leave the processor to whoever is in need, as a flood from far away does.
_NICENESS = 10
#: Whoever tells two lengths may wait for an answer that waits for the rest.
_PATIENCE_SECONDS, _PATIENCE_ALONE_SECONDS = 30, 1


@dataclass(frozen=True)
class Outcome:
    number: int
    family: str
    answer: str
    served: bool


class Attack:
    """Begins when it is made; `outcomes` waits for its end."""

    def __init__(
        self, directory: Path, port: int, doors: Sequence[Door], *, count: int, seed: int = SEED, plain: bool = False
    ) -> None:
        """`plain` only asks, at the first door."""
        self._told = directory / "attack.json"
        told = [asdict(door) for door in doors]
        order = {"port": port, "doors": told, "seed": seed, "count": count, "plain": plain}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.haproxy.attackers", json.dumps(order), str(self._told)],
            cwd=Path(__file__).parents[3],
        )

    @property
    def over(self) -> bool:
        return self._process.poll() is not None

    def outcomes(self, seconds: float) -> list[Outcome]:
        assert self._process.wait(seconds) == 0
        return [Outcome(*each) for each in json.loads(self._told.read_text())]

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def corpus(doors: Sequence[Door], seed: int, count: int) -> Iterator[Trick]:
    """The same in every process."""
    for door in doors:
        yield from requests(door, random.Random(f"{seed} {door.host} {door.path}"), count)


class _Stranger(threading.Thread):
    def __init__(self, port: int, tricks: Sequence[tuple[int, Trick]]) -> None:
        super().__init__(daemon=True)
        self.outcomes: list[Outcome] = []
        self._port, self._tricks = port, tricks
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        self._kept: ssl.SSLSocket | None = None

    def run(self) -> None:
        for number, trick in self._tricks:
            answer, served = self._alone(trick.raw) if trick.alone else self._over_a_kept_one(trick.raw)
            self.outcomes.append(Outcome(number, trick.family, answer, served))

    def _connect(self, seconds: float) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self._port), _PATIENCE_SECONDS)
        connection = self._context.wrap_socket(plain)
        connection.settimeout(seconds)
        return connection

    def _alone(self, raw: bytes) -> tuple[str, bool]:
        connection = self._connect(_PATIENCE_ALONE_SECONDS)
        try:
            connection.sendall(raw)
            return _meaning(_head(connection))
        except TimeoutError:
            return "silent", False
        except OSError:
            return "closed", False
        finally:
            connection.close()

    def _over_a_kept_one(self, raw: bytes) -> tuple[str, bool]:
        for _ in range(2):  # a kept connection may just have been closed
            fresh = self._kept is None
            self._kept = self._kept or self._connect(_PATIENCE_SECONDS)
            head = b""
            with suppress(OSError):
                self._kept.sendall(raw)
                head = _head(self._kept)
                _skip_body(self._kept, head)
            if not head or b"\r\nconnection: close" in head.lower():
                self._kept.close()
                self._kept = None
            if head or fresh:
                return _meaning(head)
        return "closed", False


def _head(connection: ssl.SSLSocket) -> bytes:
    """To its end and no further."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(1 if len(head) > 65536 else 4096)
        if not part:
            return head
        head += part
    return head


def _skip_body(connection: ssl.SSLSocket, head: bytes) -> None:
    beginning, _, body = head.partition(b"\r\n\r\n")
    lengths = [
        line.partition(b":")[2] for line in beginning.lower().split(b"\r\n") if line.startswith(b"content-length:")
    ]
    left = int(lengths[0]) - len(body) if lengths else 0
    while left > 0 and (part := connection.recv(left)):
        left -= len(part)


def _meaning(head: bytes) -> tuple[str, bool]:
    words = head.split(b" ", 2)
    if not head.startswith(b"HTTP/1.") or len(words) < 2:
        return ("closed" if not head else "not HTTP/1"), False
    status, lower = words[1].decode("latin-1"), head.lower()
    told = "maintenance" if status == "503" and b"\r\nx-maintenance-mode:" in lower else status
    return told, b"\r\nx-served-by:" in lower


def main(order: dict[str, Any], told: Path) -> None:
    os.nice(_NICENESS)
    doors = [
        Door(**{key: tuple(v) if isinstance(v, list) else v for key, v in each.items()}) for each in order["doors"]
    ]
    count = order["count"]
    asked = [plain(doors[0])] * count if order["plain"] else corpus(doors, order["seed"], count)
    tricks = list(enumerate(asked))
    strangers = [_Stranger(order["port"], tricks[each::_THREADS]) for each in range(_THREADS)]
    for stranger in strangers:
        stranger.start()
    for stranger in strangers:
        stranger.join()
    outcomes = [outcome for stranger in strangers for outcome in stranger.outcomes]
    assert len(outcomes) == len(tricks), "a stranger gave up"
    told.write_text(json.dumps([[*asdict(each).values()] for each in sorted(outcomes, key=lambda each: each.number)]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), Path(sys.argv[2]))
