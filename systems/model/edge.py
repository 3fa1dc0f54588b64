"""The public door: names, certificates, content delivery, what is let in and what mail goes out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.source import Part, Section


class Audience(StrEnum):
    """Who may reach a host. ADMINISTRATORS come from the admin address ranges; INSIDE resolves in the network only."""

    PUBLIC = "public"
    ADMINISTRATORS = "administrators"
    INSIDE = "inside"
    ELSEWHERE = "elsewhere"  # a documented name that somebody else runs


class HostServes(StrEnum):
    """What stands behind a host name."""

    PLATFORM = "platform"
    ASSETS = "assets"
    MONITORING = "monitoring"
    RECOVERY_REGION = "recovery-region"
    DATABASE = "database"
    MEETING = "meeting"


@dataclass(frozen=True, kw_only=True)
class Host(Part):
    """A host name of the platform. Its label stands before the domain; empty means the domain itself."""

    label: str
    audience: Audience
    serves: HostServes
    open_paths: tuple[str, ...] = ()
    """Answered to everybody although the host is for administrators (health checks)."""

    @property
    def key(self) -> str:
        return self.label or "@"

    def problems(self) -> Iterator[str]:
        if self.open_paths and self.audience is not Audience.ADMINISTRATORS:
            yield "open_paths has a meaning for administrators' hosts only"


class RecordType(StrEnum):
    """DNS record types in use."""

    A = "A"
    CNAME = "CNAME"
    MX = "MX"
    TXT = "TXT"
    CAA = "CAA"


class RecordTarget(StrEnum):
    """What a record points at; addresses are known only when the platform is built."""

    DISTRIBUTION = "distribution"
    RECOVERY_DISTRIBUTION = "recovery-distribution"
    DATABASE = "database"
    MAIL_BOUNCES = "mail-bounces"
    MAIL_DKIM = "mail-dkim"
    MAIL_INBOX = "mail-inbox"  # servers of whoever runs the organisation's mailboxes: the stack's settings name them
    ELSEWHERE = "elsewhere"  # servers of whoever runs the host: the stack's settings name them
    LITERAL = "literal"


@dataclass(frozen=True, kw_only=True)
class DnsRecord(Part):
    """One record. `A` records towards a distribution are aliases; IPv6 twins come with them."""

    label: str
    type: RecordType
    target: RecordTarget
    value: str = ""
    """Content of a LITERAL record; `{domain}` stands for the platform's domain."""
    private: bool = False

    @property
    def key(self) -> str:
        return f"{self.label or '@'} {self.type}"

    def problems(self) -> Iterator[str]:
        if (self.target is RecordTarget.LITERAL) != bool(self.value):
            yield "value belongs to literal records, and only to them"


@dataclass(frozen=True, kw_only=True)
class ContentDelivery(Part):
    """What the CDN does beyond passing requests on."""

    cached_prefixes: tuple[str, ...]
    """Static assets; nothing else is ever cached."""
    brotli: bool = True
    gzip: bool = True
    http3: bool = True
    purge_after_rollout: bool = False


@dataclass(frozen=True, kw_only=True)
class Certificates(Part):
    """Certificates and when somebody must look at them."""

    documented_days: int | None
    """Validity the document asks for, where it asks."""
    alarm_days_left: int = 30
    """Below this, renewal (about 45 days before the end) has failed without anybody noticing."""


@dataclass(frozen=True, kw_only=True)
class FloodLimit(Part):
    """Per client address, at the CDN's firewall: a flood, not a busy person. On critical paths it only counts."""

    requests_count: int
    window_seconds: int = 300

    def problems(self) -> Iterator[str]:
        if self.window_seconds not in (60, 120, 300, 600):
            yield f"window_seconds {self.window_seconds}: AWS WAF evaluates 60, 120, 300 or 600"
        if self.requests_count < 10:
            yield f"requests_count {self.requests_count}: AWS WAF counts from 10 upward"


@dataclass(frozen=True, kw_only=True)
class Webhook(Part):
    """Requests that a service outside sends in; they have rules of their own, since free text looks like an attack."""

    name: str
    prefix: str
    sender: str
    """Name of the external service."""
    maximum_body_bytes: int
    signature_header: str


@dataclass(frozen=True, kw_only=True)
class Mail(Part):
    """Sending mail from the domain: identity, DKIM, SPF, DMARC and a MAIL FROM name for bounces."""

    senders: tuple[str, ...]
    """Local parts that may send (`alerts`)."""
    mail_from_label: str = "bounce"
    dmarc_policy: str = "reject"
    receives: bool = False
    """Whether people may write to the domain here; a domain that only sends needs no inbox."""

    def problems(self) -> Iterator[str]:
        if self.dmarc_policy not in ("none", "quarantine", "reject"):
            yield f"dmarc_policy {self.dmarc_policy!r}: one of none, quarantine, reject"


@dataclass(frozen=True, kw_only=True)
class Edge(Section):
    """Everything between a visitor and the balancer."""

    domain: str
    """As documented; the stack's `lifeline:domain` takes its place."""
    hosts: tuple[Host, ...]
    records: tuple[DnsRecord, ...]
    certificates: Certificates
    delivery: ContentDelivery
    flood_limit: FloodLimit
    webhooks: tuple[Webhook, ...] = ()
    mail: Mail | None = None

    def problems(self) -> Iterator[str]:
        labels = [host.label for host in self.hosts]
        if "" not in labels:
            yield "hosts lacks the domain itself (a host with an empty label)"
        if any(host.label == "" and host.audience is not Audience.PUBLIC for host in self.hosts):
            yield "the domain itself must be public"
        named = {record.label for record in self.records}
        for host in self.hosts:
            if host.label not in named and host.audience is not Audience.ELSEWHERE:
                yield f"host {host.key} has no DNS record"
            foreign = any(each.target is RecordTarget.ELSEWHERE for each in self.records if each.label == host.label)
            if foreign and host.audience is not Audience.ELSEWHERE:
                yield f"host {host.key} is for {host.audience}, its record leads to somebody else's servers"
            inside = any(record.private for record in self.records if record.label == host.label)
            if inside != (host.audience is Audience.INSIDE) and host.label in named:
                yield f"host {host.key} is for {host.audience}, its record is {'' if inside else 'not '}private"
