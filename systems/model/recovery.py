"""What is promised when something fails. Whether it can be kept is worked out in `systems.objectives`."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.source import Part, Section


class FailureScope(StrEnum):
    """How much is lost. CORRUPTION is wrong data, faithfully replicated: an operator's error, a bad migration."""

    POD = "pod"
    NODE = "node"
    ZONE = "zone"
    REGION = "region"
    CORRUPTION = "corruption"


class RecoveryLevel(StrEnum):
    """How much of the platform stands in the recovery region before anything has happened."""

    COPIES_ONLY = "copies-only"
    PILOT_LIGHT = "pilot-light"
    WARM_STANDBY = "warm-standby"


@dataclass(frozen=True, kw_only=True)
class Concession(Part):
    """What is promised instead, in a scope where no mechanism can keep what the document promises."""

    scope: FailureScope
    rto_seconds: int | None = None
    rpo_seconds: int | None = None
    decision: str
    """Identifier of the decision record that says so."""

    @property
    def key(self) -> str:
        return self.scope.value

    def problems(self) -> Iterator[str]:
        if self.rto_seconds is None and self.rpo_seconds is None:
            yield "concedes nothing: give rto_seconds or rpo_seconds"


@dataclass(frozen=True, kw_only=True)
class RecoveryObjective(Part):
    """A documented RTO or RPO: the longest outage of a service, the most data of a class that may be lost."""

    name: str
    rto_seconds: int | None = None
    rpo_seconds: int | None = None
    static_page: bool = False
    """Kept by the static crisis page alone, which depends on neither cluster nor database."""
    concessions: tuple[Concession, ...] = ()

    def problems(self) -> Iterator[str]:
        if self.rto_seconds is None and self.rpo_seconds is None:
            yield "promises nothing: give rto_seconds or rpo_seconds"
        for concession in self.concessions:
            for field in ("rto_seconds", "rpo_seconds"):
                promised, conceded = getattr(self, field), getattr(concession, field)
                if conceded is not None and (promised is None or conceded <= promised):
                    yield f"concession for {concession.scope} gives {field} {conceded}, which {promised} covers already"


@dataclass(frozen=True, kw_only=True)
class AvailabilityObjective(Part):
    """A share of time or of requests that must be good, and where that is measured."""

    name: str
    target_percent: float
    documented_percent: float | None = None
    """Where the document's own figure cannot be an objective (100 % has no error budget)."""
    vantage_point: str
    window_days: int = 30
    any_failure_alerts: bool = False
    """Instead of burn rates: for promises without an error budget."""

    @property
    def error_budget_seconds(self) -> float:
        return (100 - self.target_percent) / 100 * self.window_days * 86_400

    def problems(self) -> Iterator[str]:
        if self.target_percent >= 100 and not self.any_failure_alerts:
            yield "100 % leaves no error budget to burn: set any_failure_alerts instead of burn rates"


@dataclass(frozen=True, kw_only=True)
class ResponseObjective(Part):
    """A time within which something answers: at which quantile, seen from where, and whether a person or a machine."""

    name: str
    seconds: float
    quantile: float | None
    """None for a person's answer, of which every single one counts."""
    vantage_point: str
    answered_by_person: bool = False

    def problems(self) -> Iterator[str]:
        if (self.quantile is None) != self.answered_by_person:
            yield "a machine's answer needs a quantile, a person's has none"
        if self.quantile is not None and not 0 < self.quantile < 1:
            yield f"quantile {self.quantile}: between 0 and 1"


@dataclass(frozen=True, kw_only=True)
class Objectives(Section):
    """The promises of a platform. Production keeps them; staging promises nothing."""

    recovery: tuple[RecoveryObjective, ...]
    availability: tuple[AvailabilityObjective, ...]
    responses: tuple[ResponseObjective, ...] = ()
    recovery_level: RecoveryLevel
    zones: int
    """Availability zones everything is spread over; losing one must not be noticed by capacity."""
    automatic_region_failover: bool
    """Whether a person decides about leaving the region. A wrong automatic decision splits the data."""
    region_decision_seconds: int
    """Time that decision takes; 0 when automatic."""

    def problems(self) -> Iterator[str]:
        if not 1 <= self.zones <= 3:
            yield f"zones is {self.zones}: 1 to 3"
        if self.automatic_region_failover != (self.region_decision_seconds == 0):
            yield "region_decision_seconds is 0 exactly when automatic_region_failover is true"
