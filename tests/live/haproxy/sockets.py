"""A WebSocket client: shakes hands, sends short texts, reads them back."""

import os
import socket
import ssl
import struct

from tests.live.haproxy.fleet import DOMAIN, VISITOR, Fleet


class Conversation:
    """One open WebSocket through the balancer."""

    def __init__(self, fleet: Fleet, path: str, proxy: int = 0) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        port = fleet.proxies[proxy].surroundings.https_port
        self._connection = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=60))
        self._connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {DOMAIN}\r\nX-Forwarded-For: {VISITOR}, 127.0.0.1\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            part = self._connection.recv(1)
            assert part, f"no handshake: {head!r}"
            head += part
        self.status = int(head.split()[1])

    def echo(self, text: str) -> str:
        payload, mask = text.encode(), os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self._connection.sendall(struct.pack("!BB", 0x81, 0x80 | len(payload)) + mask + masked)
        length = self._exactly(2)[1]
        return self._exactly(length).decode()

    def _exactly(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            part = self._connection.recv(count - len(received))
            assert part, "the conversation was cut"
            received += part
        return received

    def close(self) -> None:
        self._connection.close()
