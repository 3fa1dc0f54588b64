"""As much of RFC 6455 as an echo needs: the handshake, text and binary frames, ping, close."""

import base64
import hashlib
import select
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CLOSE, _PING, _PONG = 0x8, 0x9, 0xA
_GOING_AWAY = 1001
_LARGEST_FRAME = 1 << 20


def echo(request: BaseHTTPRequestHandler, leaving: Callable[[], bool]) -> None:
    """Send back what comes, until the other side closes or the application is going away."""
    key = request.headers.get("Sec-WebSocket-Key", "")
    accept = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()
    request.wfile.write(
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
        ).encode()
    )
    request.close_connection = True
    while True:
        if leaving():
            _send(request, _CLOSE, struct.pack("!H", _GOING_AWAY))
            return
        readable, _, _ = select.select([request.connection], [], [], 0.2)
        if not readable:
            continue
        frame = _receive(request)
        if frame is None:
            return
        kind, payload = frame
        if kind == _CLOSE:
            _send(request, _CLOSE, payload)
            return
        _send(request, _PONG if kind == _PING else kind, payload)


def _receive(request: BaseHTTPRequestHandler) -> tuple[int, bytes] | None:
    head = request.rfile.read(2)
    if len(head) < 2:
        return None
    kind, length = head[0] & 0x0F, head[1] & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", request.rfile.read(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", request.rfile.read(8))
    if length > _LARGEST_FRAME:
        return None
    mask = request.rfile.read(4)
    payload = request.rfile.read(length)
    return kind, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def _send(request: BaseHTTPRequestHandler, kind: int, payload: bytes) -> None:
    length = len(payload)
    head = bytes([0x80 | kind])
    if length < 126:
        head += bytes([length])
    else:
        head += struct.pack("!BH", 126, length) if length < 1 << 16 else struct.pack("!BQ", 127, length)
    request.wfile.write(head + payload)
