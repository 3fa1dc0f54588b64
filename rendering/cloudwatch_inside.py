"""Lines inside: the database, the ways out, secrets. What they are is in rendering/cloudwatch.py."""

from collections.abc import Iterator

from rendering.cloudwatch import DAY, GIB, Area, Line, Missing, Urgency, minutes, named
from systems.model import Comparison, Condition, Signal, System

ROTATION_ERRORS = Line(
    name="rotation-errors",
    area=Area.UPKEEP,
    urgency=Urgency.RESOURCE,
    says="a secret could not be renewed; its old value is still good, and it is tried again daily",
    namespace="AWS/Lambda",
    metric="Errors",
    statistic="Sum",
    comparison=Comparison.ABOVE,
    limit=0,
    periods=1,
    period_seconds=300,
)


def gateway_lines() -> tuple[Line, Line]:
    """The way out of one zone."""
    ports = Line(
        name="gateway-ports",
        area=Area.NETWORK,
        urgency=Urgency.DEGRADED,
        says="no port is left for new connections to the outside (Twilio, AI, mail)",
        namespace="AWS/NATGateway",
        metric="ErrorPortAllocation",
        statistic="Sum",
        comparison=Comparison.ABOVE,
        limit=0,
        periods=3,
    )
    dropped = Line(
        name="gateway-drops",
        area=Area.NETWORK,
        urgency=Urgency.RESOURCE,
        says="packets on the way out are lost",
        namespace="AWS/NATGateway",
        metric="PacketsDropCount",
        statistic="Sum",
        comparison=Comparison.ABOVE,
        limit=100,
    )
    return ports, dropped


def backup_copy_lines() -> tuple[Line, Line]:
    """Of one bucket of backups. S3 promises a quarter of an hour; while nothing is copied, it says nothing."""
    failed = Line(
        name="backup-copies-failed",
        area=Area.UPKEEP,
        urgency=Urgency.DEGRADED,
        says="a backup was not copied to the recovery region",
        namespace="AWS/S3",
        metric="OperationsFailedReplication",
        statistic="Sum",
        comparison=Comparison.ABOVE,
        limit=0,
        periods=1,
        period_seconds=300,
    )
    late = Line(
        name="backup-copies-late",
        area=Area.UPKEEP,
        urgency=Urgency.RESOURCE,
        says="copies of backups take over an hour to the recovery region",
        namespace="AWS/S3",
        metric="ReplicationLatency",
        statistic="Maximum",
        comparison=Comparison.ABOVE,
        limit=3_600,
        periods=3,
        period_seconds=300,
    )
    return failed, late


def backup_lines() -> Iterator[Line]:
    """Of the vault. What failed is announced at once (alarm_events.py); this one hears that nothing was even tried."""
    yield Line(
        name="backups-missing",
        area=Area.UPKEEP,
        urgency=Urgency.DEGRADED,
        says="no backup reached the vault for two days: look at the plan and its jobs in AWS Backup",
        namespace="AWS/Backup",
        metric="NumberOfBackupJobsCompleted",
        statistic="Sum",
        comparison=Comparison.BELOW,
        limit=1,
        periods=2,
        period_seconds=DAY,
        missing=Missing.BREACHING,
    )


def supplied_lines(system: System) -> tuple[Line, Line]:
    """What images/rotation says daily of secrets that Secrets Manager renews nothing of."""
    shared = {"area": Area.UPKEEP, "urgency": Urgency.RESOURCE, "namespace": "Lifeline", "statistic": "Maximum"}
    days = system.secrets.maximum_rotation_days
    empty = Line(
        **shared,  # pyright: ignore[reportArgumentType]
        name="secrets-empty",
        says="a secret that its provider has to make is empty, and what needs it cannot start",
        metric="EmptySecrets",
        comparison=Comparison.ABOVE,
        limit=0,
        periods=1,
        period_seconds=DAY,
    )
    old = Line(
        **shared,  # pyright: ignore[reportArgumentType]
        name="secrets-old",
        says=f"a secret that its provider or the cluster renews is older than {days} days: have a new one made there,"
        " or look at the job cache-rotation",
        metric="OldestSecretDays",
        comparison=Comparison.ABOVE,
        limit=days,
        periods=1,
        period_seconds=DAY,
    )
    return empty, old


def database_lines(system: System) -> Iterator[Line]:
    """Of the primary. Memory and storage are told as what is left."""
    database, above, below = system.database, Comparison.ABOVE, Comparison.BELOW
    for name, urgency, condition in named(system, "database-cpu", Signal.CPU_PERCENT, Urgency.RESOURCE):
        yield _rds(
            name, urgency, condition, "CPUUtilization", above, condition.limit, f"over {condition.limit:g} % cpu"
        )
    for name, urgency, condition in named(system, "database-memory", Signal.MEMORY_PERCENT, Urgency.RESOURCE):
        left = round(database.memory_gib * GIB * (100 - condition.limit) / 100)
        says = f"over {condition.limit:g} % of {database.memory_gib} GiB memory in use"
        yield _rds(name, urgency, condition, "FreeableMemory", below, left, says)
    for name, urgency, condition in named(
        system, "database-connections", Signal.DATABASE_CONNECTIONS_PERCENT, Urgency.RESOURCE
    ):
        most = database.max_connections * condition.limit / 100
        says = f"over {condition.limit:g} % of {database.max_connections} connections in use"
        yield _rds(name, urgency, condition, "DatabaseConnections", above, most, says)
    yield from _storage(database.storage_gib)


def replica_lines(system: System) -> Iterator[Line]:
    for name, urgency, condition in named(system, "replica-lag", Signal.REPLICA_LAG_SECONDS, Urgency.RESOURCE):
        says = f"the replica is more than {condition.limit:g} s behind"
        yield _rds(name, urgency, condition, "ReplicaLag", Comparison.ABOVE, condition.limit, says)


def _storage(gib: int) -> Iterator[Line]:
    """RDS grows the volume below 10 % left: whoever hears of less knows that growing failed."""
    for percent, urgency in ((8, Urgency.RESOURCE), (4, Urgency.OUTAGE)):
        condition = Condition(signal=Signal.CPU_PERCENT, comparison=Comparison.BELOW, limit=percent, for_seconds=900)
        says = f"less than {percent} % of {gib} GiB left, and storage did not grow"
        yield _rds(
            f"database-storage-{urgency.value}",
            urgency,
            condition,
            "FreeStorageSpace",
            Comparison.BELOW,
            gib * GIB * percent / 100,
            says,
        )


def _rds(
    name: str, urgency: Urgency, condition: Condition, metric: str, comparison: Comparison, limit: float, says: str
) -> Line:
    return Line(
        name=name,
        area=Area.DATABASE,
        urgency=urgency,
        says=says,
        namespace="AWS/RDS",
        metric=metric,
        statistic="Average",
        comparison=comparison,
        limit=limit,
        periods=minutes(condition),
        missing=Missing.BREACHING if urgency is Urgency.OUTAGE else Missing.LAST,
    )
