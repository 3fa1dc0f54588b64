"""Where servers are, and addresses with a login in them."""

import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

_PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Server:
    """A server that proves who it is: its certificate must name `host`."""

    host: str
    port: int
    trust: ssl.SSLContext = field(repr=False)
    database: str = ""

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=_PATIENCE_SECONDS)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def trusting(authorities: str) -> ssl.SSLContext:
    """Certificates of these authorities only."""
    return ssl.create_default_context(cadata=authorities)


def with_login(url: str, username: str, password: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{username}:{password}@{place}"))


def password_of(url: str) -> str | None:
    return urlsplit(url).password
