"""Can the promises be kept? For each failure scope, the mechanism that answers it and its budget, step by step.

Each step names its basis: the upper end of what is published or was measured, or an assumption for drills to correct.
They start when the failure starts, except for corruption, which nobody can date: there they start when it is declared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from systems.model.recovery import FailureScope, RecoveryLevel, RecoveryObjective

if TYPE_CHECKING:
    from systems.model.system import System


@dataclass(frozen=True)
class Step:
    """A part of an outage or of a loss, and what the figure rests on."""

    name: str
    seconds: float
    basis: str


@dataclass(frozen=True)
class Budget:
    """What one failure costs: the time without service and the time whose data is gone."""

    scope: FailureScope
    mechanism: str
    outage: tuple[Step, ...]
    loss: tuple[Step, ...]

    @property
    def outage_seconds(self) -> float:
        return sum(step.seconds for step in self.outage)

    @property
    def loss_seconds(self) -> float:
        return sum(step.seconds for step in self.loss)


RECONNECT = Step("reconnect", 10, "clients retry with keepalives and tcp_user_timeout of 10 s (application contract)")
NO_LOSS = (Step("synchronous copy", 0, "nothing acknowledged is lost"),)
POD_START = Step("new pod", 60, "image present, readiness within a minute (application contract)")
ALARM = Step("detection", 90, "three missed outside checks of 30 s")
STANDBY_PROMOTION = Step("promotion", 120, "RDS Multi-AZ instance fail-over takes 60 to 120 s (Amazon RDS user guide)")
DATABASE_NAME = Step("database name", 5, "the endpoint's record lives 5 s (AWS re:Post; not guaranteed)")
REPLICA_PROMOTION = Step("promotion", 300, "assumed: the user guide says several minutes or longer; drills measure")
PUBLIC_NAME = Step("DNS", 60, "alias records live 60 s")
SCALE_UP = Step("scale up", 180, "assumed: nodes join within three minutes of being asked for")
NEW_CLUSTER = Step("new cluster", 2_400, "assumed: control plane 15 min, nodes 10, workloads 5, a third more")
NEW_DATABASE = Step(
    "new database", 1_800, "assumed: a snapshot to a new instance, storage loaded lazily; drills measure"
)
LOG_REPLAY = Step("log replay", 900, "assumed: at most one day of log after the nightly snapshot; drills measure")
SWITCH = Step("switch of `database`", 30, "the pooler is pointed at the restored instance")
ARCHIVE_LAG = Step("archive lag", 300, "RDS uploads its log every five minutes (Amazon RDS user guide)")
REPLICA_LAG = Step("replica lag", 30, "replication is asynchronous; above 30 s the replica lag alert fires")
CROSS_REGION_COPY = Step("copy to the recovery region", 900, "S3 replication time control: 15 minutes")
ORIGIN_FAILOVER = Step("origin fail-over", 10, "two connection attempts of 5 s, then the CDN asks the static origin")


def budgets(system: "System") -> tuple[Budget, ...]:
    """One budget for each failure scope, worked out from the spec."""
    return (_pod(system), _node(system), _zone(system), _region(system), _corruption(system))


def static_page() -> tuple[Step, ...]:
    """The crisis page stands outside cluster, database and region: every scope costs it the same."""
    return (ORIGIN_FAILOVER,)


def _balancer_detection(system: "System") -> Step:
    check = system.load_balancer.check
    return Step(
        "balancer check", check.detection_seconds, f"{check.fall} failed checks every {check.interval_milliseconds} ms"
    )


def _cache_failover(system: "System") -> Step:
    failover = system.cache.failover
    basis = f"down-after {failover.down_after_milliseconds} ms, then vote and promotion (measured)"
    return Step("cache fail-over", failover.outage_seconds, basis)


def _spread(system: "System") -> bool:
    """Whether every service survives the loss of one of its pods without waiting for a new one."""
    return all(workload.replicas > 1 for workload in system.workloads if not workload.singleton)


def _pod(system: "System") -> Budget:
    outage = [max(_balancer_detection(system), _cache_failover(system), key=lambda step: step.seconds), RECONNECT]
    if not _spread(system):
        outage.insert(1, POD_START)
    return Budget(FailureScope.POD, "other replicas; Sentinel", tuple(outage), NO_LOSS)


def _database_failover(system: "System") -> tuple[str, tuple[Step, ...], tuple[Step, ...]]:
    if system.database.multi_az:
        return "Multi-AZ standby", (STANDBY_PROMOTION, DATABASE_NAME), NO_LOSS
    return "point-in-time restore", (ALARM, NEW_DATABASE, LOG_REPLAY, SWITCH), _restore_loss(system)


def _node(system: "System") -> Budget:
    mechanism, outage, loss = _database_failover(system)
    return Budget(FailureScope.NODE, f"{mechanism}; other nodes", (*outage, RECONNECT), loss)


def _zone(system: "System") -> Budget:
    mechanism, outage, loss = _database_failover(system)
    if system.objectives.zones < 2:
        return Budget(FailureScope.ZONE, "new cluster in another zone", (ALARM, NEW_CLUSTER, *outage, RECONNECT), loss)
    return Budget(FailureScope.ZONE, f"{mechanism}; two zones left", (*outage, RECONNECT), loss)


def _region(system: "System") -> Budget:
    objectives = system.objectives
    decision = Step("decision", objectives.region_decision_seconds, "a person decides; everything after is one command")
    platform = SCALE_UP if objectives.recovery_level is RecoveryLevel.WARM_STANDBY else NEW_CLUSTER
    if system.database.recovery_replica:
        database, loss = REPLICA_PROMOTION, (REPLICA_LAG,)
    else:
        database, loss = NEW_DATABASE, (*_dump_loss(system), CROSS_REGION_COPY)
    slower = max(platform, database, key=lambda step: step.seconds)  # both happen at the same time
    outage = (ALARM, decision, slower, PUBLIC_NAME, RECONNECT)
    return Budget(FailureScope.REGION, objectives.recovery_level, outage, loss)


def _corruption(system: "System") -> Budget:
    mechanism = "point-in-time restore" if system.database.point_in_time_days else "restore of a dump"
    outage = (NEW_DATABASE, LOG_REPLAY, SWITCH, RECONNECT)
    return Budget(FailureScope.CORRUPTION, mechanism, outage, _restore_loss(system))


def _restore_loss(system: "System") -> tuple[Step, ...]:
    return (ARCHIVE_LAG,) if system.database.point_in_time_days else _dump_loss(system)


def _dump_loss(system: "System") -> tuple[Step, ...]:
    backups = system.backups
    return (
        Step("backup interval", backups.dump_interval_seconds, "everything since the last dump began"),
        Step("upload", backups.upload_seconds, "a dump counts once its object is complete"),
    )


@dataclass(frozen=True)
class Promise:
    """One objective in one scope: what is promised there, after any concession, against the sum of the budget."""

    objective: str
    figure: str
    """`RTO` or `RPO`."""
    scope: FailureScope
    documented_seconds: int
    promised_seconds: int
    steps: tuple[Step, ...]
    mechanism: str
    decision: str

    @property
    def sum_seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def kept(self) -> bool:
        return self.sum_seconds <= self.promised_seconds

    @property
    def sum_text(self) -> str:
        return f"{' + '.join(f'{step.name} {step.seconds:g}' for step in self.steps)} = {self.sum_seconds:g} s"


def promises(system: "System") -> Iterator[Promise]:
    """Every documented objective in every scope."""
    for objective in system.objectives.recovery:
        for budget in budgets(system):
            yield from _promises_of(objective, budget)


def _promises_of(objective: RecoveryObjective, budget: Budget) -> Iterator[Promise]:
    concession = next((each for each in objective.concessions if each.scope is budget.scope), None)
    decision = concession.decision if concession else ""
    if objective.rto_seconds is not None:
        conceded = concession.rto_seconds if concession else None
        steps, mechanism = budget.outage, budget.mechanism
        if objective.static_page:
            steps, mechanism = static_page(), "static crisis page"
        promised = objective.rto_seconds if conceded is None else conceded
        yield Promise(objective.name, "RTO", budget.scope, objective.rto_seconds, promised, steps, mechanism, decision)
    if objective.rpo_seconds is not None:
        conceded = concession.rpo_seconds if concession else None
        promised = objective.rpo_seconds if conceded is None else conceded
        yield Promise(
            objective.name,
            "RPO",
            budget.scope,
            objective.rpo_seconds,
            promised,
            budget.loss,
            budget.mechanism,
            decision,
        )


def unmet(system: "System") -> Iterator[str]:
    """Promises that cannot be kept, with the sum; and concessions that concede what could be kept."""
    for promise in promises(system):
        where = f"{promise.objective}, {promise.scope}: {promise.figure} {promise.promised_seconds} s"
        if not promise.kept:
            yield (
                f"{where} cannot be kept by {promise.mechanism}: {promise.sum_text}; strengthen the mechanism, "
                "or concede it with a decision that says what is promised instead"
            )
        if promise.promised_seconds != promise.documented_seconds and promise.sum_seconds <= promise.documented_seconds:
            yield f"{where} concedes needlessly: {promise.sum_text} keeps the documented {promise.documented_seconds} s"
