"""Everything at rest is encrypted under a customer key of its data class."""

from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.buckets import BUCKET, parts

_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"


@rule(
    "LL-ENC-001",
    "Databases are encrypted at rest",
    "aws:rds/instance:Instance",
    severity=Severity.CRITICAL,
    why="A stolen disk or snapshot of an unencrypted database is a breach of everybody in it.",
    fix="storage_encrypted=True, kms_key_id=key.arn",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
)
def database_encrypted(database: Resource, graph: Graph) -> Problems:
    source = graph.one(database, "replicateSourceDb", "aws:rds/instance:Instance")
    encrypted = (source or database).get("storageEncrypted")
    if encrypted is not True:
        yield Problem("storageEncrypted", expected="true", found=encrypted)


@rule(
    "LL-ENC-002",
    "Buckets are encrypted by default under a customer key",
    BUCKET,
    severity=Severity.HIGH,
    why="Only a key of one's own can be revoked, and only its use is in the audit trail.",
    fix='BucketServerSideEncryptionConfiguration(... "sse_algorithm": "aws:kms", "kms_master_key_id": key.arn)',
    link=_S3,
)
def bucket_encrypted(bucket: Resource, graph: Graph) -> Problems:
    found = [view for part in parts(bucket, graph, "encryption") for view in part.each("rules")]
    algorithms = {str(view.get("applyServerSideEncryptionByDefault.sseAlgorithm", "")) for view in found}
    allowed = {"aws:kms", "aws:kms:dsse"} | ({"AES256"} if _cannot_use_a_key(bucket, graph) else set[str]())
    if not algorithms & allowed:
        yield Problem(
            "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "aws:kms", ", ".join(algorithms) or None
        )


def _cannot_use_a_key(bucket: Resource, graph: Graph) -> bool:
    """Access logs are delivered to buckets without a customer key only; public pages keep nothing secret."""
    logs = any(graph.referring(bucket, "targetBucket", "aws:s3/bucketLogging:BucketLogging"))
    return logs or (bucket.is_known("tags") and bucket.get("tags", {}).get("lifeline:data-class") in ("none", "public"))
