"""Running it: maintenance, secrets, retention, the law, the firewall and the calendar of duties."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.source import Part, Section


@dataclass(frozen=True, kw_only=True)
class Notice(Part):
    """Something announced around a maintenance or rollout, in minutes from its start (negative: before)."""

    name: str
    minutes_from_start: int
    audience: str
    by: str


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindow(Part):
    """When planned work may happen, in UTC; the document's own words stay beside it."""

    start_hour_utc: int
    end_hour_utc: int
    documented: str = ""

    def problems(self) -> Iterator[str]:
        for name in ("start_hour_utc", "end_hour_utc"):
            if not 0 <= getattr(self, name) < 24:
                yield f"{name} {getattr(self, name)}: an hour from 0 to 23"


@dataclass(frozen=True, kw_only=True)
class Mode(Part):
    """A switch of the document that changes how the platform behaves, without a new release."""

    name: str
    does: str


@dataclass(frozen=True, kw_only=True)
class Maintenance(Section):
    """What visitors see while the platform is being worked on. Critical paths pass whatever this says."""

    header_name: str = "X-Maintenance-Mode"
    header_value: str = "true"
    status: int = 503
    retry_after_seconds: int = 1_800
    crisis_bypass: bool
    """Whether critical paths are served on; false only for a platform without any."""
    shows_hotlines: bool
    window: MaintenanceWindow
    notices: tuple[Notice, ...] = ()
    modes: tuple[Mode, ...] = ()
    checklist: tuple[str, ...] = ()


class SecretClass(StrEnum):
    """GENERATED ones are ours to make and rotate; SUPPLIED come from a provider and are never invented; to a KEY_RING
    versions are only added, since data encrypted under an old one must stay readable."""

    GENERATED = "generated"
    SUPPLIED = "supplied"
    KEY_RING = "key-ring"


@dataclass(frozen=True, kw_only=True)
class Secret(Part):
    """One secret: who makes it, how long it is, who reads it. Its value is nowhere in this project."""

    name: str
    secret_class: SecretClass
    characters: int | None = None
    """Length of a generated one; None for supplied ones, whose providers decide."""
    minimum_bits: int | None = None
    """Strength of a key."""
    rotation_days: int
    readers: tuple[str, ...]
    """Workloads, or `platform` for what only the infrastructure uses."""
    variable: str = ""
    """Environment variable the workload expects it in."""
    provider: str = ""
    """Who supplies it."""

    def problems(self) -> Iterator[str]:
        supplied = self.secret_class is SecretClass.SUPPLIED
        if supplied != bool(self.provider):
            yield f"provider belongs to supplied secrets, and only to them (class {self.secret_class})"
        if not supplied and self.characters is None:
            yield f"a {self.secret_class} secret needs characters"
        if self.minimum_bits and self.characters and self.characters * 4 < self.minimum_bits:
            yield f"{self.characters} hexadecimal characters hold {self.characters * 4} bits, not {self.minimum_bits}"
        if not 1 <= self.rotation_days <= 366:
            yield f"rotation_days {self.rotation_days}: 1 to 366"


@dataclass(frozen=True, kw_only=True)
class Secrets(Section):
    """All secrets of a platform and how their use is watched."""

    secrets: tuple[Secret, ...]
    maximum_rotation_days: int
    access_reviewed_days: int
    """How often somebody looks at who read which secret."""

    def problems(self) -> Iterator[str]:
        for secret in self.secrets:
            if secret.rotation_days > self.maximum_rotation_days:
                yield f"{secret.name} rotates in {secret.rotation_days} days, the most is {self.maximum_rotation_days}"


class Medium(StrEnum):
    """Where a class of data lives, which decides how its end is brought about."""

    DATABASE = "database"
    LOGS = "logs"


@dataclass(frozen=True, kw_only=True)
class RetentionClass(Part):
    """How long one class of data or logs is kept. `days` None: until its owner asks for deletion."""

    name: str
    medium: Medium
    days: int | None
    hipaa_record: bool
    health_data: bool
    """Whether it may hold any; the scrubber sees to it that the others do not."""

    def problems(self) -> Iterator[str]:
        if self.hipaa_record and (self.days is None or self.days < 2_192):
            yield f"days {self.days}: a HIPAA record is kept six years, 2192 days"
        if self.health_data and self.medium is Medium.LOGS and not self.hipaa_record:
            yield "logs with health data are HIPAA records, or they must not hold any"


@dataclass(frozen=True, kw_only=True)
class Retention(Section):
    """Retention of every class of data and logs."""

    classes: tuple[RetentionClass, ...]


class Law(StrEnum):
    """Bodies of rules a platform declares itself under."""

    HIPAA = "hipaa"
    GDPR = "gdpr"


@dataclass(frozen=True, kw_only=True)
class Regime(Section):
    """Which law binds the platform, and what the document says about its controls."""

    laws: tuple[Law, ...]
    controls: tuple[str, ...] = ()
    breach_notice_hours: int | None = None
    """Shortest legal deadline for telling people about a breach (GDPR 72 hours)."""

    def under(self, law: Law) -> bool:
        return law in self.laws


class NetworkTier(StrEnum):
    """Where a connection comes from or goes to. Nothing but the CDN is ever reachable from INTERNET."""

    INTERNET = "internet"
    EDGE = "edge"
    BALANCER = "balancer"
    NODES = "nodes"
    DATABASE = "database"
    ADMINISTRATORS = "administrators"


@dataclass(frozen=True, kw_only=True)
class Opening(Part):
    """One way through the firewall. What is not listed is closed."""

    name: str
    ports: tuple[int, ...]
    origin: NetworkTier
    destination: NetworkTier

    def problems(self) -> Iterator[str]:
        if self.origin is NetworkTier.INTERNET and (
            self.destination is not NetworkTier.EDGE or not set(self.ports) <= {80, 443}
        ):
            yield f"ports {self.ports} from the internet to {self.destination}: only 80 and 443 of the edge are public"
        yield from (f"port {port}: 1 to 65535" for port in self.ports if not 1 <= port <= 65_535)


class AdministratorAccess(StrEnum):
    """How people reach machines. There is no VPN and no open port 22 (decision SYS-08)."""

    SESSION_MANAGER = "session-manager"


@dataclass(frozen=True, kw_only=True)
class Firewall(Section):
    """Every documented opening, and what the document opens but must stay closed."""

    network_cidr: str
    openings: tuple[Opening, ...]
    administrator_access: AdministratorAccess = AdministratorAccess.SESSION_MANAGER
    closed: tuple[int, ...] = ()
    """Ports the document mentions that are reachable from nowhere outside the cluster."""

    def problems(self) -> Iterator[str]:
        opened = {port for each in self.openings if each.origin is NetworkTier.INTERNET for port in each.ports}
        if both := sorted(opened & set(self.closed)):
            yield f"ports {both} are both open to the internet and closed"


class Cadence(StrEnum):
    """How often a duty returns."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class DutyBy(StrEnum):
    """MACHINE: this project does it and shows evidence. PERSON: it can only remind and record."""

    MACHINE = "machine"
    PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Duty(Part):
    """One line of a document's calendar."""

    name: str
    cadence: Cadence
    by: DutyBy
    role: str

    @property
    def key(self) -> str:
        return f"{self.cadence}: {self.name}"


@dataclass(frozen=True, kw_only=True)
class Calendar(Section):
    """All recurring duties of a platform."""

    duties: tuple[Duty, ...]
