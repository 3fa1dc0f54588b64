"""Asks a name server for records of any type, which the system's own resolver cannot: UDP, and TCP where it is cut."""

import ipaddress
import secrets
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from operations.health.verdicts import Broken, Unseen

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28, "CAA": 257}
_CONFIGURATION = Path("/etc/resolv.conf")
_NO_SUCH_NAME, _TRUNCATED, _WANTS_RECURSION = 3, 0x0200, 0x0100
_CODES = {1: "FORMERR", 2: "SERVFAIL (a signature that does not fit, or servers that do not answer)", 5: "REFUSED"}
_TRIES = 3


class Resolver:
    """`server` is an address and a port; without one, the first of this machine's resolv.conf."""

    def __init__(self, server: tuple[str, int] | None = None, timeout_seconds: float = 5.0) -> None:
        self._server, self._timeout = server or _of_this_machine(), timeout_seconds

    def records(self, name: str, kind: str) -> list[str]:
        """Values as a zone file writes them, names without the last dot; empty where there is no such record."""
        server = self._server
        if server is None:
            raise Unseen(f"needs a name server: {_CONFIGURATION} names none; give one with --nameserver")
        number = secrets.randbelow(1 << 16)
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label)
        question = labels + struct.pack("!BHH", 0, TYPES[kind], 1)
        packet = struct.pack("!HHHHHH", number, _WANTS_RECURSION, 1, 0, 0, 0) + question
        answer = self._by_datagram(server, packet)
        if struct.unpack_from("!H", answer, 2)[0] & _TRUNCATED:
            answer = self._by_stream(server, packet)
        code = answer[3] & 0x0F
        if code == _NO_SUCH_NAME:
            return []
        if code:
            raise Broken(f"the name server says {_CODES.get(code, f'error {code}')}")
        return sorted(_values(answer, TYPES[kind]))

    def _by_datagram(self, server: tuple[str, int], packet: bytes) -> bytes:
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        for _ in range(_TRIES):
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.settimeout(self._timeout / _TRIES)
                try:
                    asking.connect(server)
                    asking.send(packet)
                    answer = asking.recv(65535)
                except OSError:
                    continue
                if answer[:2] == packet[:2]:
                    return answer
        raise Unseen(f"needs a name server that answers: {server[0]}:{server[1]} does not")

    def _by_stream(self, server: tuple[str, int], packet: bytes) -> bytes:
        with socket.create_connection(server, self._timeout) as asking, asking.makefile("rb") as read:
            asking.sendall(struct.pack("!H", len(packet)) + packet)
            return read.read(struct.unpack("!H", read.read(2))[0])


def _of_this_machine() -> tuple[str, int] | None:
    lines = _CONFIGURATION.read_text().splitlines() if _CONFIGURATION.exists() else []
    named = (line.split() for line in lines if line.startswith("nameserver"))
    return next(((words[1], 53) for words in named if len(words) > 1), None)


def _values(answer: bytes, kind: int) -> Iterator[str]:
    _, _, questions, answers = struct.unpack_from("!HHHH", answer)
    at = 12
    for _ in range(questions):
        at = _name(answer, at)[1] + 4
    for _ in range(answers):
        at = _name(answer, at)[1]
        found, _, _, length = struct.unpack_from("!HHIH", answer, at)
        at += 10
        if found == kind:
            yield _value(answer, at, length, kind)
        at += length


def _value(answer: bytes, at: int, length: int, kind: int) -> str:
    data = answer[at : at + length]
    if kind in (TYPES["A"], TYPES["AAAA"]):
        return str(ipaddress.ip_address(data))
    if kind == TYPES["MX"]:
        return f"{struct.unpack('!H', data[:2])[0]} {_name(answer, at + 2)[0] or '.'}"
    if kind == TYPES["TXT"]:
        return "".join(_strings(data))
    if kind == TYPES["CAA"]:
        tag = data[2 : 2 + data[1]].decode()
        return f'{data[0]} {tag} "{data[2 + data[1] :].decode()}"'
    return _name(answer, at)[0]


def _strings(data: bytes) -> Iterator[str]:
    at = 0
    while at < len(data):
        yield data[at + 1 : at + 1 + data[at]].decode(errors="replace")
        at += 1 + data[at]


def _name(answer: bytes, at: int) -> tuple[str, int]:
    """A name, whose end may stand elsewhere in the packet, and where reading goes on."""
    labels: list[str] = []
    after, jumps = None, 0
    while length := answer[at]:
        if length >= 0xC0:
            after = after or at + 2
            at = struct.unpack_from("!H", answer, at)[0] & 0x3FFF
            jumps += 1
            if jumps > len(answer):
                raise Broken("the name server's answer leads in a circle")
            continue
        labels.append(answer[at + 1 : at + 1 + length].decode(errors="replace"))
        at += length + 1
    return ".".join(labels), after or at + 1
