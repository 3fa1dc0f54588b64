"""The public door of a platform: requests, handshakes and certificates, by the names that visitors use."""

import http.client
import ipaddress
import json
import secrets
import socket
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from cryptography import x509

from operations.health.resolver import Resolver
from operations.health.verdicts import Broken, Unseen

HTTPS, HTTP = 443, 80
#: From the oldest; what no platform may offer stands here too, or nobody would notice that it does.
VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
#: No health answer and no page that matters here is larger.
_MOST_BYTES = 1 << 20
#: First bytes of WebSocket frames that are whole.
_PING, _PONG = 0x89, 0x8A
_AGENT = "lifeline-health/1"


@dataclass(frozen=True)
class Answer:
    """What the door answered; header names in small letters, the last of several wins as in a browser."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        try:
            return cast("object", json.loads(self.body))
        except ValueError:
            raise Broken(f"the body is not JSON: {self.body[:60].decode(errors='replace')!r}") from None


@dataclass(frozen=True, kw_only=True)
class Door:
    """`instead` sends a port's connections to another address under the same name, like curl's --connect-to."""

    resolver: Resolver
    instead: Mapping[int, tuple[str, int]] = field(default_factory=dict[int, tuple[str, int]])
    authority: Path | None = None
    """Certificates to trust instead of this machine's own."""
    timeout_seconds: float = 10.0

    def get(self, host: str, path: str, *, tls: bool = True, judged: bool = False, cookie: str | None = None) -> Answer:
        """Redirects are not followed. Health checks do not judge the certificate here: that is a check of its own."""
        context = self._judged() if judged else self._unjudged()
        with self._connected(host, HTTPS if tls else HTTP) as plain:
            connection = http.client.HTTPConnection(host, timeout=self.timeout_seconds)
            connection.sock = context.wrap_socket(plain, server_hostname=host) if tls else plain
            try:
                connection.request(
                    "GET", path, headers={"User-Agent": _AGENT, **({"Cookie": cookie} if cookie else {})}
                )
                answer = connection.getresponse()
                told = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, told, answer.read(_MOST_BYTES))
            except http.client.HTTPException as error:
                raise Broken(f"no answer in HTTP: {error!r:.80}") from None
            finally:
                connection.close()

    def ping(self, host: str, path: str, headers: Mapping[str, str], payload: bytes) -> tuple[Answer, bytes]:
        """Opens a WebSocket and sends a ping; the answer to the opening, and what came back."""
        with (
            self._connected(host, HTTPS) as plain,
            self._unjudged().wrap_socket(plain, server_hostname=host) as secured,
            secured.makefile("rb") as read,
        ):
            asked = {"Host": host, "User-Agent": _AGENT, **headers}
            lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items())]
            secured.sendall("\r\n".join([*lines, "", ""]).encode())
            status = read.readline().split(b" ")
            told = http.client.parse_headers(read)
            answer = Answer(int(status[1]), {name.lower(): value for name, value in told.items()}, b"")
            if answer.status != http.client.SWITCHING_PROTOCOLS:
                return answer, b""
            mask = secrets.token_bytes(4)
            masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
            secured.sendall(bytes([_PING, 0x80 | len(payload)]) + mask + masked)
            head = read.read(2)
            return answer, read.read(head[1]) if head[:1] == bytes([_PONG]) else b""

    def offers(self, host: str, version: str) -> bool:
        """Whether a visitor who knows this version of TLS alone is let in."""
        context = self._unjudged()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # old versions are asked for on purpose
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = VERSIONS[version]
            context.minimum_version = VERSIONS[version]
        context.set_ciphers("ALL:@SECLEVEL=0")
        with self._connected(host, HTTPS) as plain:
            try:
                with context.wrap_socket(plain, server_hostname=host):
                    return True
            except ssl.SSLError as error:
                if error.reason == "NO_PROTOCOLS_AVAILABLE":
                    raise Unseen(
                        f"needs an OpenSSL that can speak {version}: nobody knows whether it is refused"
                    ) from None
                return False
            except ConnectionError:
                return False

    def certificate_ends(self, host: str) -> datetime:
        """When the certificate ends. Broken where a browser would turn away: expired, other name, unknown issuer."""
        with self._connected(host, HTTPS) as plain:
            try:
                with self._judged().wrap_socket(plain, server_hostname=host) as secured:
                    return _end(secured)
            except ssl.SSLCertVerificationError as error:
                refused = error.verify_message
        with (
            self._connected(host, HTTPS) as plain,
            self._unjudged().wrap_socket(plain, server_hostname=host) as secured,
        ):
            raise Broken(f"{refused} (valid until {_end(secured):%Y-%m-%d %H:%M} UTC)")

    def _connected(self, host: str, port: int) -> socket.socket:
        address, port = self.instead.get(port) or (self._address(host), port)
        return socket.create_connection((address, port), self.timeout_seconds)

    def _address(self, host: str) -> str:
        found = self.resolver.records(host, "A") or self.resolver.records(host, "AAAA")
        if not found:
            raise Broken(f"{host} has no address")
        return str(ipaddress.ip_address(found[0]))

    def _judged(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority) if self.authority else None)

    def _unjudged(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def _end(secured: ssl.SSLSocket) -> datetime:
    certificate = secured.getpeercert(binary_form=True)
    if not certificate:
        raise Broken("shows no certificate")
    return x509.load_der_x509_certificate(certificate).not_valid_after_utc.astimezone(UTC)
