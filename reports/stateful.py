"""What holds data that cannot be made again, by resource type: what is lost with it, and how it comes back.

Types of other providers and of services not used here are listed as well: a report must not be blind to a new one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from policies.core.resource import UNKNOWN, Resource


@dataclass(frozen=True)
class Stateful:
    """`holds` completes "lost: ...". `returns` says how it comes back, from the resource as it stands."""

    called: str
    holds: str
    returns: Callable[[Resource], str]
    served: bool = True
    """Requests of users need it."""
    generated: bool = False
    """Nothing people put in: another one does, once it has been handed to whoever uses it."""


def _get(resource: Resource, name: str) -> object:
    value = resource.properties.get(name)
    return None if value is UNKNOWN else value


def _never(_resource: Resource) -> str:
    return "not at all, unless a copy was made elsewhere"


def _says(text: str) -> Callable[[Resource], str]:
    return lambda _resource: text


def _database(resource: Resource) -> str:
    if is_replica(resource):
        return "a new replica is made from its primary; what only it had, had it been promoted, does not"
    final, automated = _get(resource, "finalSnapshotIdentifier"), _get(resource, "deleteAutomatedBackups")
    ways = [f"from the final snapshot `{final}`"] if final and not _get(resource, "skipFinalSnapshot") else []
    days = _get(resource, "backupRetentionPeriod")
    if automated is False and days:
        ways.append(f"to any second of its last {days} days, from automated backups that are kept")
    lost = "" if automated is False else "; its automated backups go with it"
    return (" or ".join(ways) or "not at all: no final snapshot is taken") + lost


def is_replica(resource: Resource) -> bool:
    return bool(resource.properties.get("replicateSourceDb"))


def _key(resource: Resource) -> str:
    days = _get(resource, "deletionWindowInDays") or 30
    return f"deletion can be taken back for {days} days (`aws kms cancel-key-deletion`); after that never"


def _secret(resource: Resource) -> str:
    days = _get(resource, "recoveryWindowInDays")
    if days in (0, "0"):
        return "not at all: it has no recovery window"
    return f"for {days or 30} days with `aws secretsmanager restore-secret`; its name is taken until then"


def _bucket(resource: Resource) -> str:
    if _get(resource, "forceDestroy"):
        return "not at all: forceDestroy deletes every object and version with it"
    return "AWS refuses to delete a bucket that is not empty: the update fails at it"


def _repository(resource: Resource) -> str:
    if _get(resource, "forceDelete"):
        return "images are built and pushed again; forceDelete takes all of them"
    return "AWS refuses while there are images in it"


def _logs(resource: Resource) -> str:
    return "from the archive bucket, as far as it was shipped there"


def _volumes(resource: Resource) -> str:
    return "volumes of its claims stay unless their policy says otherwise; a set of the same name takes them again"


def _vault(resource: Resource) -> str:
    return "not at all with forceDestroy" if _get(resource, "forceDestroy") else "AWS refuses while it holds copies"


TYPES: Mapping[str, Stateful] = {
    "aws:rds/instance:Instance": Stateful("database", "everything in the database", _database),
    "aws:rds/cluster:Cluster": Stateful("database cluster", "everything in the databases", _database),
    "aws:rds/snapshot:Snapshot": Stateful("snapshot", "the copy of that moment", _never, served=False),
    "aws:docdb/cluster:Cluster": Stateful("document database", "everything in the database", _database),
    "aws:dynamodb/table:Table": Stateful("table", "every item", _says("from point-in-time recovery, where it is on")),
    "aws:elasticache/replicationGroup:ReplicationGroup": Stateful("cache", "what is cached and queued", _never),
    "aws:s3/bucket:Bucket": Stateful("bucket", "every object and version", _bucket),
    "aws:efs/fileSystem:FileSystem": Stateful(
        "file system", "every file", _says("from its backups, where they are on")
    ),
    "aws:ebs/volume:Volume": Stateful("volume", "everything on the disk", _says("from its last snapshot")),
    "aws:backup/vault:Vault": Stateful("backup vault", "every copy in it", _vault, served=False),
    "aws:kms/key:Key": Stateful("key", "whatever is encrypted under it becomes unreadable", _key),
    "aws:kms/replicaKey:ReplicaKey": Stateful("key", "copies encrypted under it there become unreadable", _key),
    "aws:secretsmanager/secret:Secret": Stateful("secret", "its values, also those people put in", _secret),
    "aws:ssm/parameter:Parameter": Stateful("parameter", "its value", _never),
    "aws:cloudwatch/logGroup:LogGroup": Stateful("log", "every line kept in it", _logs, served=False),
    "aws:ecr/repository:Repository": Stateful("image repository", "every image in it", _repository, served=False),
    "aws:route53/zone:Zone": Stateful(
        "zone", "its name servers: names stop resolving until the parent delegates to the new ones", _never
    ),
    "aws:eks/cluster:Cluster": Stateful(
        "cluster", "every object in it, and the way to its volumes", _says("by `up` again; volumes are bound by hand")
    ),
    "aws:cognito/userPool:UserPool": Stateful("user pool", "every user and their sign-in", _never),
    "aws:sqs/queue:Queue": Stateful("queue", "messages not yet handled", _never),
    "aws:kinesis/stream:Stream": Stateful("stream", "records not yet read", _never),
    "aws:opensearch/domain:Domain": Stateful("search domain", "every index", _says("from its last snapshot")),
    "random:index/randomPassword:RandomPassword": Stateful(
        "generated password",
        "the password itself: a new one is made",
        _says("from the secret's earlier version"),
        generated=True,
    ),
    "random:index/randomBytes:RandomBytes": Stateful(
        "generated key", "the bytes themselves: new ones are made", _never
    ),
    "tls:index/privateKey:PrivateKey": Stateful(
        "private key",
        "certificates made with it are worth nothing",
        _says("certificates are made anew by `up`"),
        generated=True,
    ),
    "kubernetes:core/v1:PersistentVolumeClaim": Stateful(
        "volume", "everything on it, where its class deletes", _says("from its last snapshot")
    ),
    "kubernetes:core/v1:PersistentVolume": Stateful("volume", "everything on it", _says("from its last snapshot")),
    "kubernetes:core/v1:Namespace": Stateful(
        "namespace", "every object and claim in it", _says("from volume snapshots")
    ),
    "kubernetes:apps/v1:StatefulSet": Stateful("stateful set", "its pods, and what they hold in memory", _volumes),
    "docker:index/volume:Volume": Stateful("volume", "everything on it", _never),
}


def weight(resource: Resource) -> int:
    """Databases, keys and buckets before logs and generated passwords: the order of the table."""
    kinds = [*TYPES]
    place = kinds.index(resource.type) if resource.type in kinds else len(kinds)
    return 2 * place + is_replica(resource)


def of(resource: Resource) -> Stateful | None:
    found = TYPES.get(resource.type)
    if resource.type == "kubernetes:apps/v1:StatefulSet" and not resource.get("spec.volumeClaimTemplates", None):
        return None  # nothing of it outlives a pod
    return found
