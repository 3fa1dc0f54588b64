"""The balancer inside the platform: how requests are told apart, timed, checked, encrypted and answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.hardware import Resources
from systems.model.source import Part, Section

#: Cipher suites that exist and that an RSA or ECDSA certificate can use, in OpenSSL's names.
EXISTING_CIPHERS = frozenset(
    f"{exchange}-{rest}"
    for exchange in ("ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA")
    for rest in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
)


class Algorithm(StrEnum):
    """HAProxy's names for how the next server is chosen."""

    ROUND_ROBIN = "roundrobin"
    LEAST_CONNECTIONS = "leastconn"


class TlsVersion(StrEnum):
    """The two versions still in use; nothing older is ever offered."""

    TLS_1_2 = "TLSv1.2"
    TLS_1_3 = "TLSv1.3"


@dataclass(frozen=True, kw_only=True)
class Timeouts(Part):
    """HAProxy's timeouts. Documents give the first three; the others have no safe default in HAProxy."""

    connect_milliseconds: int
    client_milliseconds: int
    server_milliseconds: int
    http_request_milliseconds: int = 10_000
    """For the whole request head; without it a slow sender holds a connection for ever."""
    queue_milliseconds: int = 5_000
    check_milliseconds: int = 2_000
    tunnel_milliseconds: int = 3_600_000
    """Idle time of a WebSocket; without it `server_milliseconds` would cut a quiet conversation."""


@dataclass(frozen=True, kw_only=True)
class ServerCheck(Part):
    """How the balancer finds out that a server has gone or come back."""

    path: str
    interval_milliseconds: int = 2_000
    fall: int = 3
    rise: int = 2

    @property
    def detection_seconds(self) -> float:
        """Longest time a dead server still gets requests."""
        return self.fall * self.interval_milliseconds / 1000


@dataclass(frozen=True, kw_only=True)
class PathRule(Part):
    """Requests for this host and path prefix go to this workload; the first rule that fits decides."""

    host: str = ""
    """Label under the platform's domain; empty is the domain itself."""
    prefix: str
    workload: str

    @property
    def key(self) -> str:
        return f"{self.host or '@'}{self.prefix}"

    def problems(self) -> Iterator[str]:
        if not self.prefix.startswith("/"):
            yield f"prefix {self.prefix!r} must begin with '/'"


@dataclass(frozen=True, kw_only=True)
class ClientRateLimit(Part):
    """Requests one client may make in a sliding window. Critical paths are exempt, always."""

    requests_count: int
    window_seconds: int


@dataclass(frozen=True, kw_only=True)
class Tls(Section):
    """Transport encryption as offered to visitors. `ciphers` are for TLS 1.2; TLS 1.3 brings its own."""

    versions: tuple[TlsVersion, ...]
    ciphers: tuple[str, ...]
    documented_ciphers: tuple[str, ...] = ()
    """What the document lists, kept for the record where some of it does not exist."""
    prefer_server_ciphers: bool
    session_cache_mib: int
    session_timeout_seconds: int
    session_tickets: bool
    certificate_key: str
    """Key algorithm in ACM's terms: RSA_2048, EC_prime256v1 or EC_secp384r1."""

    @property
    def minimum_version(self) -> TlsVersion:
        return TlsVersion.TLS_1_2 if TlsVersion.TLS_1_2 in self.versions else TlsVersion.TLS_1_3

    def problems(self) -> Iterator[str]:
        if not self.versions:
            yield "versions is empty: TLSv1.2 and TLSv1.3 are the choice"
        for cipher in self.ciphers:
            if cipher not in EXISTING_CIPHERS:
                yield f"cipher {cipher} does not exist; existing ones: {', '.join(sorted(EXISTING_CIPHERS))}"
        if TlsVersion.TLS_1_2 in self.versions and not self.ciphers:
            yield "TLS 1.2 is offered without a cipher"
        if self.certificate_key not in ("RSA_2048", "EC_prime256v1", "EC_secp384r1"):
            yield f"certificate_key {self.certificate_key}: ACM issues RSA_2048, EC_prime256v1 and EC_secp384r1 only"
        kinds = {cipher.split("-")[1] for cipher in self.ciphers if cipher.startswith("ECDHE")}
        if self.ciphers and ("RSA" if self.certificate_key.startswith("RSA") else "ECDSA") not in kinds:
            yield f"no cipher fits a certificate with a {self.certificate_key} key: TLS 1.2 would never shake hands"


@dataclass(frozen=True, kw_only=True)
class Header(Part):
    """A response header set on every answer."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SecurityHeaders(Section):
    """Set once, at HAProxy; the CDN adds them only to what it serves itself."""

    headers: tuple[Header, ...]

    def problems(self) -> Iterator[str]:
        if not any(header.name == "Strict-Transport-Security" for header in self.headers):
            yield "Strict-Transport-Security is missing"


@dataclass(frozen=True, kw_only=True)
class LoadBalancer(Section):
    """The HAProxy fleet: it alone splits traffic. What stands in front of it is `Edge`."""

    replicas: int
    resources: Resources
    algorithm: Algorithm
    timeouts: Timeouts
    check: ServerCheck
    paths: tuple[PathRule, ...]
    closed_prefixes: tuple[str, ...] = ()
    """Paths of administrators: answered to the admin address ranges only."""
    client_rate_limit: ClientRateLimit | None = None
    plain_http_redirect_status: int = 301
    slow_start_seconds: int = 30
    """A server that came back gets its full share only after this time."""
    retries: int = 3
    """Tries after a failed connection; a request that may have reached a server is never sent twice."""
    maximum_connections: int = 10_000
    operator_timeout_seconds: int = 30
    """How long an operator's session on the runtime socket may be silent before it is closed."""

    def problems(self) -> Iterator[str]:
        if self.replicas < 1:
            yield f"replicas is {self.replicas}: nothing would answer"
        if not self.paths:
            yield "paths is empty: no request would find a workload"
        if self.plain_http_redirect_status not in (301, 308):
            yield f"plain_http_redirect_status {self.plain_http_redirect_status}: 301 and 308 are permanent redirects"
