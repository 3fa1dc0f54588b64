"""What is watched, when somebody is told, and who that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from systems.model.hardware import Resources
from systems.model.signals import Condition
from systems.model.source import Part, Section


class Severity(StrEnum):
    """The label on an alert. How fast somebody must answer is the `Priority` it belongs to."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class MonitoringComponent(Part):
    """One program of the monitoring stack."""

    name: str
    replicas: int
    resources: Resources
    port: int
    storage_gib: int = 0
    retention_days: int = 0
    """How long it keeps what it stores; 0 where it stores nothing."""


@dataclass(frozen=True, kw_only=True)
class ScrapeJob(Part):
    """One Prometheus job over the pods of a workload or component."""

    name: str
    target: str
    """Workload or monitoring component; `database`, `cache` and `balancer` are the exporters of those."""
    path: str
    interval_seconds: int


@dataclass(frozen=True, kw_only=True)
class JsonMetric(Part):
    """A number in a JSON answer that becomes a metric."""

    name: str
    json_path: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class JsonEndpoint(Part):
    """A documented JSON path that the JSON exporter reads, since Prometheus cannot."""

    path: str
    metrics: tuple[JsonMetric, ...]
    contract_decided: bool
    """True where the document gives no answer's shape and the application contract decides it."""

    @property
    def key(self) -> str:
        return self.path


@dataclass(frozen=True, kw_only=True)
class Threshold(Part):
    """One row of a document's table: the normal value and the two lines above or below it."""

    name: str
    target: Condition | None = None
    """What is normal, written as the condition that holds when all is well."""
    warning: Condition | None = None
    critical: Condition | None = None
    action: str = ""
    """What the document says to do."""

    @property
    def named(self) -> tuple[Condition, ...]:
        return tuple(each for each in (self.target, self.warning, self.critical) if each)

    @property
    def lines(self) -> Iterator[tuple[Severity, Condition]]:
        """Beyond which somebody is told, the worse one first."""
        for severity, condition in ((Severity.CRITICAL, self.critical), (Severity.WARNING, self.warning)):
            if condition:
                yield severity, condition

    def problems(self) -> Iterator[str]:
        named = self.named
        if not named:
            yield "has neither target, warning nor critical"
        if len({each.signal for each in named}) > 1:
            yield f"mixes signals {', '.join(sorted(each.signal for each in named))}"
        if self.warning and self.critical and self.warning.comparison is self.critical.comparison:
            milder = self.warning.limit if self.warning.comparison.value == ">" else -self.warning.limit
            harder = self.critical.limit if self.critical.comparison.value == ">" else -self.critical.limit
            if harder < milder:
                yield f"critical ({self.critical}) comes before warning ({self.warning})"


@dataclass(frozen=True, kw_only=True)
class Alert(Part):
    """Something that calls a person. Thresholds make alerts of their own; these are the ones a document spells out."""

    name: str
    condition: Condition
    severity: Severity
    priority: str
    summary: str
    service: str = "platform"
    """The `service` label that routes look at (`crisis_intervention`)."""
    description: str = ""
    documented_expression: str = ""
    """The document's PromQL or pseudo-code; `because["condition"]` says what was wrong with it."""
    action: str = ""


@dataclass(frozen=True, kw_only=True)
class Priority(Part):
    """One level of the document's matrix (P0, SEV1) and the severity label that stands for it."""

    name: str
    meaning: str
    severity: Severity
    response_seconds: int
    """0 is "immediately"."""
    business_days_only: bool = False
    notifies: tuple[str, ...]
    """Receivers."""
    escalates_to: str = ""
    escalates_after_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Receiver(Part):
    """Where a route ends: one or several channels."""

    name: str
    channels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Route(Part):
    """One Alertmanager route, in the order they are tried; `continues` lets the next ones speak as well."""

    name: str
    match: Mapping[str, str] = field(hash=False)
    receiver: str
    group_wait_seconds: int
    continues: bool = False
    repeat_seconds: int = 14_400


@dataclass(frozen=True, kw_only=True)
class Escalation(Part):
    """Who is called when nobody has answered for this long."""

    name: str
    after_seconds: int
    role: str


@dataclass(frozen=True, kw_only=True)
class OnCallRole(Part):
    """A role with people behind it. Names and numbers are the stack's configuration, never data of this project."""

    name: str
    response_seconds: int
    has_backup: bool
    hours: str = "24/7"


class ChannelKind(StrEnum):
    """Ways to reach people."""

    PAGER = "pagerduty"
    SLACK = "slack"
    SMS = "sms"
    EMAIL = "email"
    STATUS_PAGE = "status-page"


@dataclass(frozen=True, kw_only=True)
class Channel(Part):
    """One way to reach some people: its address is a secret or a public name (`#crisis-team`)."""

    name: str
    kind: ChannelKind
    reaches: str
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class Monitoring(Section):
    """The whole of observability: programs, what they look at, and the way from a number to a person."""

    components: tuple[MonitoringComponent, ...]
    scrape_seconds: int
    evaluation_seconds: int
    scrape_jobs: tuple[ScrapeJob, ...]
    json_endpoints: tuple[JsonEndpoint, ...] = ()
    thresholds: tuple[Threshold, ...]
    alerts: tuple[Alert, ...] = ()
    priorities: tuple[Priority, ...]
    receivers: tuple[Receiver, ...]
    routes: tuple[Route, ...]
    default_receiver: str
    escalations: tuple[Escalation, ...] = ()
    on_call: tuple[OnCallRole, ...]
    channels: tuple[Channel, ...]
    single_sign_on: bool = True
    """Grafana asks the organisation's identity provider where one is configured; never anonymous."""

    @property
    def spelled_out(self) -> frozenset[str]:
        """Conditions that an alert of the document states: a threshold's line that says the same makes no other."""
        return frozenset(str(alert.condition) for alert in self.alerts)

    @property
    def further_lines(self) -> Iterator[tuple[Threshold, Severity, Condition]]:
        """Those of the tables that no alert of the document states."""
        for threshold in self.thresholds:
            for severity, condition in threshold.lines:
                if str(condition) not in self.spelled_out:
                    yield threshold, severity, condition

    def problems(self) -> Iterator[str]:
        receivers = {each.name for each in self.receivers}
        channels = {each.name for each in self.channels}
        priorities = {each.name for each in self.priorities}
        roles = {each.name for each in self.on_call}
        wanted = [
            ("default_receiver", self.default_receiver, receivers),
            *((f"route {each.name}", each.receiver, receivers) for each in self.routes),
            *((f"priority {each.name}", name, receivers) for each in self.priorities for name in each.notifies),
            *((f"priority {each.name}", each.escalates_to, roles) for each in self.priorities if each.escalates_to),
            *((f"receiver {each.name}", name, channels) for each in self.receivers for name in each.channels),
            *((f"alert {each.name}", each.priority, priorities) for each in self.alerts),
            *((f"escalation {each.name}", each.role, roles) for each in self.escalations),
        ]
        for who, name, known in wanted:
            if name not in known:
                yield f"{who} names {name!r}; there are {', '.join(sorted(known)) or 'none'}"
        silent = {Severity.CRITICAL, Severity.WARNING} - {each.severity for each in self.priorities}
        yield from (f"no priority stands for severity {severity}" for severity in sorted(silent))
        yield from shadowed_routes(self.routes)


def shadowed_routes(routes: tuple[Route, ...]) -> Iterator[str]:
    """Routes that can never speak because an earlier one without `continues` takes everything they match."""
    for index, route in enumerate(routes):
        for earlier in routes[:index]:
            if not earlier.continues and earlier.match.items() <= route.match.items():
                yield f"route {route.name} never speaks: {earlier.name} takes all of its alerts and does not continue"
