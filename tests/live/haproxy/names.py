"""A name server on loopback that plays the cluster's: A records of headless Services, changed while tests run."""

import socket
import struct
import threading


class NameServer:
    """Answers A questions from `addresses`; a name without any does not exist."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[str]] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                question, asker = self._socket.recvfrom(4096)
            except OSError:
                return
            if question:
                self._socket.sendto(self._answer(question), asker)

    def _answer(self, packet: bytes) -> bytes:
        labels, at = [], 12
        while length := packet[at]:
            labels.append(packet[at + 1 : at + 1 + length].decode())
            at += length + 1
        end = at + 5  # the root label, type and class
        found = self.addresses.get(".".join(labels).lower(), [])
        flags = 0x8580 if found else 0x8583
        header = packet[:2] + struct.pack("!HHHHH", flags, 1, len(found), 0, 0)
        records = b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 1, 4) + socket.inet_aton(address) for address in found
        )
        return header + packet[12:end] + records
