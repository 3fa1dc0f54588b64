"""Exact copies, kept long enough, elsewhere too, and hard to lose."""

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Binds, Problem, Problems, Severity, rule, stack_rule
from policies.joins.backups import disks, takes
from policies.joins.buckets import BUCKET, is_copy, parts
from policies.joins.databases import DATABASE, is_replica
from policies.joins.expect import is_given, literal, not_literal, number

_PLAN = "aws:backup/plan:Plan"
_SELECTION = "aws:backup/selection:Selection"
_VAULT = "aws:backup/vault:Vault"
_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"
_BACKUP = "https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-plan.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"


def _data_class(resource: Resource) -> str:
    return str(resource.get("tags", {}).get("lifeline:data-class", "")) if resource.is_known("tags") else ""


def _production(graph: Graph) -> bool:
    system = context_of(graph).system
    return system is None or system.environment == "production"


@rule(
    "LL-BAK-001",
    "Databases can be restored to any minute of the documented days",
    DATABASE,
    severity=Severity.CRITICAL,
    why="Without it a wrong statement is for ever.",
    fix="backup_retention_period=35",
    link=_RDS,
)
def point_in_time(database: Resource, graph: Graph) -> Problems:
    system = context_of(graph).system
    if graph.one(database, "replicateSourceDb", DATABASE) is not None:
        raise NotApplicable("its primary, of this stack, is what is restored")
    least = system.database.point_in_time_days if system else 7
    yield from number(database, "backupRetentionPeriod", lambda days: days >= least, f"{least} days at least", 0)


@rule(
    "LL-BAK-002",
    "Databases cannot be deleted by mistake",
    DATABASE,
    severity=Severity.HIGH,
    why="One wrong update must not be able to take the data of everybody.",
    fix="deletion_protection=True",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
)
def deletion_protection(database: Resource, graph: Graph) -> Problems:
    if not _production(graph):
        raise NotApplicable("outside of production")
    yield from literal(database, "deletionProtection", True)


@rule(
    "LL-BAK-003",
    "A database leaves a last copy behind",
    DATABASE,
    severity=Severity.HIGH,
    why="Media are disposed of only after an exact copy was made.",
    fix='skip_final_snapshot=False, final_snapshot_identifier="..."',
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
)
def final_snapshot(database: Resource, graph: Graph) -> Problems:
    if is_replica(database) or not _production(graph):
        raise NotApplicable("a replica, or outside of production")
    yield from not_literal(database, "skipFinalSnapshot", True, "false")


@rule(
    "LL-BAK-004",
    "Databases survive the loss of a zone",
    DATABASE,
    severity=Severity.HIGH,
    why="A zone fails every few years, always in a crisis of somebody.",
    fix="multi_az=True",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html",
)
def multi_az(database: Resource, graph: Graph) -> Problems:
    system = context_of(graph).system
    if is_replica(database) or (system is not None and not system.database.multi_az):
        raise NotApplicable("a replica, or a platform whose document asks for one zone")
    yield from literal(database, "multiAz", True)


@rule(
    "LL-BAK-005",
    "Databases get minor versions by themselves",
    DATABASE,
    severity=Severity.MEDIUM,
    why="Minor versions are where security is mended.",
    fix="auto_minor_version_upgrade=True (the default)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/rds-automatic-minor-version-upgrade-enabled.html",
)
def minor_versions(database: Resource, graph: Graph) -> Problems:
    yield from not_literal(database, "autoMinorVersionUpgrade", False, "true")


@rule(
    "LL-BAK-006",
    "Copies of a database carry its tags",
    DATABASE,
    severity=Severity.LOW,
    why="Backup plans and deletion by data class find copies by their tags.",
    fix="copy_tags_to_snapshot=True",
    link=_RDS,
)
def tags_copied(database: Resource, graph: Graph) -> Problems:
    yield from literal(database, "copyTagsToSnapshot", True)


@stack_rule(
    "LL-BAK-010",
    "Databases, volumes and machines are in a backup plan",
    severity=Severity.HIGH,
    why="Copies that live and die with the database do not survive whoever deletes it.",
    fix="aws.backup.Plan, and aws.backup.Selection by tag or ARN",
    link=_BACKUP,
    needs=(DATABASE, "aws:ec2/instance:Instance", "aws:ebs/volume:Volume", "aws:eks/nodeGroup:NodeGroup"),
    binds=Binds.HIPAA,
)
def in_backup_plan(graph: Graph) -> Problems:
    for kind in (_VAULT, _PLAN, _SELECTION):
        if not graph.of(kind):
            yield Problem("", f"a resource {kind}", None)
    selections = graph.of(_SELECTION)
    for selection in selections:
        if not any(is_given(selection, name) for name in ("resources", "selectionTags", "conditions")):
            yield Problem("selectionTags", "tags or ARNs", None, selection)
    if not selections:
        return
    for database in graph.of(DATABASE):
        if not is_replica(database) and not any(takes(each, database, "rds", graph) for each in selections):
            yield Problem("", "a selection that takes it", None, database)
    for kept in disks(graph)[:1]:
        if not any(takes(each, kept, "ec2", graph) for each in selections):
            yield Problem("", "a selection that takes volumes", None)
    vaults = [str(each.get("name")) for each in graph.of(_VAULT) if each.is_known("name")]
    for plan in graph.of(_PLAN):
        for each in plan.each("rules") if plan.is_known("rules") else ():
            found = each.get("targetVaultName") if each.is_known("targetVaultName") else None
            if found and len(vaults) == len(graph.of(_VAULT)) and found not in vaults:
                yield Problem(each.at("targetVaultName"), "a vault of this stack", found, plan)


@rule(
    "LL-BAK-011",
    "Backup plans copy every day and keep for a month",
    _PLAN,
    severity=Severity.HIGH,
    why="What was changed since the last copy is lost.",
    fix='rules=[{"schedule": "cron(0 3 * * ? *)", "lifecycle": {"delete_after": 35}}]',
    link="https://docs.aws.amazon.com/config/latest/developerguide/backup-plan-min-frequency-and-min-retention-check.html",
)
def plan_frequency(plan: Resource, graph: Graph) -> Problems:
    rules = list(plan.each("rules"))
    kept = [each.get("lifecycle.deleteAfter") for each in rules]
    if not any(_daily(str(each.get("schedule", ""))) for each in rules):
        yield Problem("rules.schedule", "every day", None)
    if not any(days is None or days >= 30 for days in kept):
        yield Problem("rules.lifecycle.deleteAfter", "30 days at least", kept)


def _daily(schedule: str) -> bool:
    """Every day of the month and of the week: cron(minutes hours day month weekday year)."""
    fields = schedule.removeprefix("cron(").removesuffix(")").split()
    return len(fields) == 6 and all(field in ("*", "?", "1/1") for field in fields[2:5])


@rule(
    "LL-BAK-012",
    "Vaults are locked",
    _VAULT,
    severity=Severity.HIGH,
    why="Ransom begins with deleting the backups.",
    fix="aws.backup.VaultLockConfiguration(..., min_retention_days=30)",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
)
def vault_locked(vault: Resource, graph: Graph) -> Problems:
    """Outside of production a stack is taken down with all it holds."""
    production = _production(graph)
    if vault.get("forceDestroy") and production:
        yield Problem("forceDestroy", "false", True)
    if production and not any(graph.referring(vault, "backupVaultName", _LOCK)):
        yield Problem("", "a lock of this vault", None)


@rule(
    "LL-BAK-013",
    "Locked vaults keep for a month",
    _LOCK,
    severity=Severity.MEDIUM,
    why="Intruders wait for weeks before they are seen.",
    fix="min_retention_days=30",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
)
def vault_keeps(lock: Resource, graph: Graph) -> Problems:
    yield from number(lock, "minRetentionDays", lambda days: days >= 30, "30 days at least", 0)


@rule(
    "LL-BAK-020",
    "Buckets keep versions",
    BUCKET,
    severity=Severity.HIGH,
    why="What was overwritten or deleted by mistake, or by an intruder, can be brought back.",
    fix='BucketVersioning(..., versioning_configuration={"status": "Enabled"})',
    link=_S3,
)
def versions(bucket: Resource, graph: Graph) -> Problems:
    found = parts(bucket, graph, "versioning")
    on = [each.get("versioningConfiguration.status") == "Enabled" or each.get("enabled") is True for each in found]
    if not any(on):
        yield Problem("versioningConfiguration.status", "Enabled", None)


@rule(
    "LL-BAK-021",
    "Old versions of objects end",
    BUCKET,
    severity=Severity.LOW,
    why="What a person asked to have deleted must be gone some day.",
    fix='BucketLifecycleConfiguration with "noncurrent_version_expiration"',
    link="https://docs.aws.amazon.com/config/latest/developerguide/s3-version-lifecycle-policy-check.html",
)
def versions_end(bucket: Resource, graph: Graph) -> Problems:
    if _data_class(bucket) in ("none", "public"):
        raise NotApplicable("public pages")
    found = [view for part in parts(bucket, graph, "lifecycle") for view in (*part.each("rules"), part)]
    if not any(each.get("noncurrentVersionExpiration") for each in found):
        yield Problem("noncurrentVersionExpiration", "a number of days", None)


@rule(
    "LL-BAK-022",
    "Buckets with health data are copied to the recovery region",
    BUCKET,
    severity=Severity.HIGH,
    why="A region can be lost; a copy in the same one is lost with it.",
    fix="aws.s3.BucketReplicationConfig(...) to a bucket of the recovery region",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
    binds=Binds.HIPAA,
)
def copied(bucket: Resource, graph: Graph) -> Problems:
    if _data_class(bucket) in ("none", "public") or not _production(graph):
        raise NotApplicable("public pages, or outside of production")
    if is_copy(bucket, graph) or _receives_access_logs(bucket, graph):
        raise NotApplicable("it is the copy, or holds access logs, which the trail repeats")
    if not parts(bucket, graph, "replication"):
        yield Problem("", "a replication of this bucket", None)


def _receives_access_logs(bucket: Resource, graph: Graph) -> bool:
    return any(graph.referring(bucket, "targetBucket", "aws:s3/bucketLogging:BucketLogging"))


@rule(
    "LL-BAK-023",
    "Buckets are not emptied by an update",
    BUCKET,
    severity=Severity.CRITICAL,
    why="With it one renamed resource deletes every object.",
    fix="force_destroy=False (the default)",
    link=_S3,
)
def no_force_destroy(bucket: Resource, graph: Graph) -> Problems:
    if not _production(graph):
        raise NotApplicable("outside of production")
    yield from not_literal(bucket, "forceDestroy", True, "false")


@stack_rule(
    "LL-BAK-024",
    "Buckets that cannot be made again are protected from updates",
    severity=Severity.HIGH,
    why="The engine itself refuses to delete or replace it.",
    fix="opts=pulumi.ResourceOptions(protect=True)",
    link="https://www.pulumi.com/docs/iac/concepts/options/protect/",
    needs=(BUCKET,),
)
def protected(graph: Graph) -> Problems:
    if not _production(graph):
        raise NotApplicable("outside of production")
    for each in graph.of(BUCKET):
        if not each.protected and _data_class(each) not in ("none", "public"):
            yield Problem("opts.protect", "true", False, each)
