"""What runs: services, workers, schedulers and one-off jobs, and what they need of the world."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.hardware import Resources
from systems.model.source import Part, Section


class WorkloadKind(StrEnum):
    """SERVICE answers requests; WORKER takes work from a queue; SCHEDULER starts work, never two at once."""

    SERVICE = "service"
    WORKER = "worker"
    SCHEDULER = "scheduler"


class CheckUse(StrEnum):
    """Who asks. A deep check (it looks at dependencies) is never LIVENESS: one database blip would restart all."""

    LIVENESS = "liveness"
    READINESS = "readiness"
    BALANCER = "balancer"
    OUTSIDE = "outside"  # health checks and smoke checks through the public door


@dataclass(frozen=True, kw_only=True)
class BodyCheck(Part):
    """One value a health answer must carry, found by its JSON path (`.checks.database`)."""

    json_path: str
    equals: str | float | bool

    @property
    def key(self) -> str:
        return self.json_path


@dataclass(frozen=True, kw_only=True)
class HealthCheck(Part):
    """A path that tells how something is. `deep` ones look at dependencies too."""

    name: str
    path: str
    uses: tuple[CheckUse, ...]
    host: str = ""
    """Label under the platform's domain when asked from outside; empty is the domain itself."""
    deep: bool
    expected_status: int = 200
    body: tuple[BodyCheck, ...] = ()

    def problems(self) -> Iterator[str]:
        if not self.path.startswith("/"):
            yield f"path {self.path!r} must begin with '/'"
        if self.deep and CheckUse.LIVENESS in self.uses:
            yield f"{self.path} looks at dependencies: as liveness it restarts healthy pods when the database blinks"


@dataclass(frozen=True, kw_only=True)
class Metrics(Part):
    """Where Prometheus finds a workload's own metrics."""

    path: str
    port: int


@dataclass(frozen=True, kw_only=True)
class CriticalPaths(Part):
    """Paths on which lives may depend: never limited or blocked, moved last in a rollout, with their own replicas."""

    paths: tuple[str, ...]
    """Prefixes, matched after normalisation."""
    dedicated_replicas: int
    """Replicas of the same image that serve these paths alone, so that a flood elsewhere cannot starve them."""
    check_path: str
    """How the balancer asks those replicas."""

    def problems(self) -> Iterator[str]:
        yield from (f"path {path!r} must begin with '/'" for path in self.paths if not path.startswith("/"))
        if not self.paths:
            yield "paths is empty: leave critical_paths out where a platform has none"


@dataclass(frozen=True, kw_only=True)
class WebSockets(Part):
    """Long-lived connections; `idle_seconds` is how long a silent one is kept open at every hop."""

    path: str
    idle_seconds: int


@dataclass(frozen=True, kw_only=True)
class Autoscaling(Part):
    """Horizontal scaling between `Workload.replicas` and `maximum_replicas`."""

    maximum_replicas: int
    cpu_percent: int
    memory_percent: int | None = None


@dataclass(frozen=True, kw_only=True)
class Hardening(Section):
    """How a container is locked down, in the terms of the Pod Security Standards."""

    user_id: int
    group_id: int
    read_only_root: bool = True
    privilege_escalation: bool = False
    dropped_capabilities: tuple[str, ...] = ("ALL",)
    added_capabilities: tuple[str, ...] = ()

    def problems(self) -> Iterator[str]:
        if self.user_id == 0 or self.group_id == 0:
            yield "user_id and group_id must not be 0: nothing runs as root"
        if extra := set(self.added_capabilities) - {"NET_BIND_SERVICE"}:
            yield f"added_capabilities {sorted(extra)}: the restricted standard admits NET_BIND_SERVICE only"


@dataclass(frozen=True, kw_only=True)
class Setting(Part):
    """One environment variable with a public value; one with a secret value is a `Secret` with `variable` set."""

    name: str
    value: str
    readers: tuple[str, ...]
    """Workloads that get it. Empty: documented, but consumed by nothing here; `because` says why."""
    documented_value: str | None = None
    """What the document says, where `value` departs from it; `because["value"]` says why."""

    def problems(self) -> Iterator[str]:
        if self.documented_value is not None and "value" not in self.because:
            yield f'value {self.value} is not the documented {self.documented_value}: because["value"] must say why'
        if not self.readers and "readers" not in self.because:
            yield 'nobody reads it: name its readers, or say in because["readers"] why there are none'


@dataclass(frozen=True, kw_only=True)
class ExternalService(Part):
    """A service outside the platform that workloads call over HTTPS; the only names the DNS firewall lets out."""

    name: str
    hosts: tuple[str, ...]
    """Empty where no document names the provider: the stack's settings list its hosts, and `because` says so."""
    callers: tuple[str, ...]
    """Workloads, or `monitoring` for the notifications it sends."""
    secrets: tuple[str, ...] = ()

    def problems(self) -> Iterator[str]:
        if not self.hosts and "hosts" not in self.because:
            yield 'hosts is empty: name them, or say in because["hosts"] where they come from'


class JobTime(StrEnum):
    """ONCE is once in the lifetime of the database: a second run is refused, not repeated."""

    BEFORE_ROLLOUT = "before-rollout"
    ONCE = "once"
    SCHEDULED = "scheduled"
    BY_HAND = "by-hand"


@dataclass(frozen=True, kw_only=True)
class Job(Section):
    """A command that runs to its end."""

    name: str
    workload: str
    """Whose image and settings it runs with; `platform` is the image of this project, which has psql."""
    command: tuple[str, ...]
    when: JobTime
    schedule: str = ""
    """Cron, UTC; for scheduled ones."""
    database_role: str

    def problems(self) -> Iterator[str]:
        if bool(self.schedule) != (self.when is JobTime.SCHEDULED):
            yield "schedule belongs to scheduled jobs, and only to them"


@dataclass(frozen=True, kw_only=True)
class Workload(Section):
    """One deployable program. `replicas` is the fewest in normal times; a rollout briefly runs twice as many."""

    name: str
    kind: WorkloadKind
    object_name: str
    """The name operators already use in commands (`deployment/astraldraft`, `-l app=astraldraft`): it is also the `app`
    label, so that the document's scripts keep working."""
    aliases: tuple[str, ...] = ()
    """Other names the document gives the same thing."""
    image: str
    """Key of the image reference in the stack's settings."""
    replicas: int
    resources: Resources
    port: int | None = None
    processes_per_replica: int = 1
    """Server processes in one container; connection pools multiply by it."""
    health: tuple[HealthCheck, ...] = ()
    liveness_path: str = "/livez"
    """Asks the process alone, on `port`. No document names one; the application contract does."""
    metrics: Metrics | None = None
    critical: CriticalPaths | None = None
    websockets: WebSockets | None = None
    autoscaling: Autoscaling | None = None
    shutdown_seconds: int = 60
    """Time to finish what is open; longer than the balancer takes to stop sending."""
    stores_uploads: bool = False
    """Writes user content to the upload bucket (its root file system is read-only)."""
    command: tuple[str, ...] = ()

    @property
    def singleton(self) -> bool:
        """Two at once would do everything twice."""
        return self.kind is WorkloadKind.SCHEDULER

    @property
    def all_replicas(self) -> int:
        """With the replicas reserved for critical paths."""
        return self.replicas + (self.critical.dedicated_replicas if self.critical else 0)

    def problems(self) -> Iterator[str]:
        if self.replicas < 1:
            yield f"replicas is {self.replicas}: a workload that never runs is no workload"
        if self.singleton and (self.replicas != 1 or self.autoscaling):
            yield f"a scheduler runs exactly once, not {self.replicas} times and not autoscaled"
        if self.kind is WorkloadKind.SERVICE and self.port is None:
            yield "a service needs a port"
        if self.kind is WorkloadKind.SERVICE and not any(CheckUse.READINESS in check.uses for check in self.health):
            yield "a service needs a health check used for readiness"
        if self.autoscaling and self.autoscaling.maximum_replicas < self.replicas:
            yield (
                f"autoscaling.maximum_replicas {self.autoscaling.maximum_replicas} is below replicas {self.replicas}: "
                "scaling could only take away what the document asks for"
            )


@dataclass(frozen=True, kw_only=True)
class Application(Section):
    """Everything of the platform's own making, and what it needs of the world outside."""

    workloads: tuple[Workload, ...]
    hardening: Hardening
    settings: tuple[Setting, ...] = ()
    jobs: tuple[Job, ...] = ()
    external_services: tuple[ExternalService, ...] = ()

    def problems(self) -> Iterator[str]:
        names = {workload.name for workload in self.workloads}
        if not names:
            yield "workloads is empty: there is nothing to run"
        users = [
            *((f"setting {each.name}", reader, names) for each in self.settings for reader in each.readers),
            *((f"job {each.name}", each.workload, names | {"platform"}) for each in self.jobs),
            *(
                (f"external service {each.name}", caller, names | {"monitoring"})
                for each in self.external_services
                for caller in each.callers
            ),
        ]
        for user, workload, known in users:
            if workload not in known:
                yield f"{user} names workload {workload!r}; there are {', '.join(sorted(known))}"
