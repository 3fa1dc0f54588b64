"""Records are kept for six years and cannot be altered; what is no record ends."""

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Binds, Problem, Problems, Severity, rule
from policies.joins.buckets import BUCKET
from policies.joins.expect import literal, number

_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_SIX_YEARS = 2_192
_LINK = "https://www.ecfr.gov/current/title-45/section-164.316"


@rule(
    "LL-RET-010",
    "Log groups have an end",
    "aws:cloudwatch/logGroup:LogGroup",
    severity=Severity.MEDIUM,
    why="Kept for ever is kept longer than anybody was told; the default never ends.",
    fix="retention_in_days of its class",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
)
def log_group_ends(group: Resource, graph: Graph) -> Problems:
    yield from number(group, "retentionInDays", lambda days: days >= 1, "a number of days", 0)


@rule(
    "LL-RET-011",
    "Object locks on records last six years",
    _LOCK,
    severity=Severity.HIGH,
    why="Documentation is retained for six years; leap days make them 2,192 days.",
    fix='rule={"default_retention": {"mode": "COMPLIANCE", "days": 2557}}',
    link=_LINK,
    binds=Binds.HIPAA,
)
def lock_lasts(lock: Resource, graph: Graph) -> Problems:
    bucket = graph.one(lock, "bucket", BUCKET)
    if not _records(bucket) or _lowered(graph):
        raise NotApplicable("no bucket of records, or records of a platform under another law or in staging")
    years = lock.get("rule.defaultRetention.years", 0)
    days = lock.get("rule.defaultRetention.days", years * 365.25)
    if days < _SIX_YEARS:
        yield Problem("rule.defaultRetention.days", f"{_SIX_YEARS} at least", days)


def _records(bucket: Resource | None) -> bool:
    """Said by name: what holds records, trails or audits."""
    name = str(bucket.get("bucket", "")) if bucket is not None and bucket.is_known("bucket") else ""
    text = f"{name} {bucket.name if bucket else ''}"
    return any(word in text for word in ("record", "audit", "trail"))


def _lowered(graph: Graph) -> bool:
    context = context_of(graph)
    staging = context.system is not None and context.system.environment != "production"
    return staging or not context.regime.hipaa


@rule(
    "LL-RET-012",
    "In production nobody can shorten a lock",
    _LOCK,
    severity=Severity.HIGH,
    why="In governance mode whoever holds the right deletes the record.",
    fix='"mode": "COMPLIANCE"',
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-overview.html",
)
def lock_mode(lock: Resource, graph: Graph) -> Problems:
    system = context_of(graph).system
    if system is not None and system.environment != "production":
        raise NotApplicable("outside of production")
    yield from literal(lock, "rule.defaultRetention.mode", "COMPLIANCE")


@rule(
    "LL-RET-013",
    "Buckets of records lock what is put into them",
    BUCKET,
    severity=Severity.HIGH,
    why="A lock on the bucket without a default retention locks nothing.",
    fix="object_lock_enabled=True and BucketObjectLockConfiguration(...)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-default-lock-enabled.html",
)
def records_locked(bucket: Resource, graph: Graph) -> Problems:
    if not _records(bucket):
        raise NotApplicable("no bucket of records")
    if bucket.get("objectLockConfiguration"):
        return
    yield from literal(bucket, "objectLockEnabled", True)
    if not any(graph.referring(bucket, "bucket", _LOCK)):
        yield Problem("", "a default retention of this bucket", None)


@rule(
    "LL-RET-014",
    "Records do not expire before six years",
    _LIFECYCLE,
    severity=Severity.HIGH,
    why="A life cycle deletes without asking.",
    fix='"expiration": {"days": 2557}',
    link=_LINK,
    binds=Binds.HIPAA,
)
def records_kept(lifecycle: Resource, graph: Graph) -> Problems:
    if not _records(graph.one(lifecycle, "bucket", BUCKET)) or _lowered(graph):
        raise NotApplicable("no bucket of records, or records of a platform under another law or in staging")
    for each in lifecycle.each("rules"):
        days = each.get("expiration.days")
        if days is not None and days < _SIX_YEARS:
            yield Problem(each.at("expiration.days"), f"{_SIX_YEARS} at least", days)


@rule(
    "LL-RET-015",
    "Abandoned uploads are cleared",
    _LIFECYCLE,
    severity=Severity.LOW,
    why="Parts of an upload that never ended are seen by nobody and deleted by nothing.",
    fix='"abort_incomplete_multipart_upload": {"days_after_initiation": 7}',
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/abort-incomplete-multipart-upload-lifecycle-config.html",
)
def uploads_cleared(lifecycle: Resource, graph: Graph) -> Problems:
    if not any(each.get("abortIncompleteMultipartUpload") for each in lifecycle.each("rules")):
        yield Problem("rules.abortIncompleteMultipartUpload", "7 days", None)
