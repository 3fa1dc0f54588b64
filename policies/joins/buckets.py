"""A bucket with everything that configures it: in resources of its own (old and new names alike) or inline."""

from policies.core.graph import Graph
from policies.core.resource import Resource, View

BUCKET = "aws:s3/bucket:Bucket"
_PARTS = {
    "encryption": ("BucketServerSideEncryptionConfiguration", "serverSideEncryptionConfiguration"),
    "versioning": ("BucketVersioning", "versioning"),
    "publicAccess": ("BucketPublicAccessBlock", ""),
    "policy": ("BucketPolicy", "policy"),
    "lifecycle": ("BucketLifecycleConfiguration", "lifecycleRules"),
    "logging": ("BucketLogging", "loggings"),
    "replication": ("BucketReplicationConfig", "replicationConfiguration"),
    "objectLock": ("BucketObjectLockConfiguration", "objectLockConfiguration"),
    "ownership": ("BucketOwnershipControls", ""),
}


def parts(bucket: Resource, graph: Graph, what: str) -> list[View]:
    """The views on one aspect of the bucket: of its separate resources, or of its own inline property."""
    kind, inline = _PARTS[what]
    token = f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}"
    separate = [each.view for each in graph.referring(bucket, "bucket", token)]
    if separate or not inline:
        return separate
    return list(bucket.each(inline))


def is_copy(bucket: Resource, graph: Graph) -> bool:
    """Whether a replication writes into it."""
    name = str(bucket.get("bucket", "")) if bucket.is_known("bucket") else ""
    for each in graph.of("aws:s3/bucketReplicationConfig:BucketReplicationConfig"):
        targets = graph.referred(each, "rules", BUCKET)
        if bucket in targets and bucket is not graph.one(each, "bucket", BUCKET):
            return True
        rules = each.each("rules") if each.is_known("rules") else ()
        named = [str(one.get("destination.bucket", "")) for one in rules if one.is_known("destination.bucket")]
        if name and any(target.endswith(f":::{name}") for target in named):
            return True
    return False
