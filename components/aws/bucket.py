"""A private bucket: encrypted, versions kept, no public access, TLS only; on request locked, expiring, logged, copied.

Costs a month, us-east-1 list prices of 2026-11: 0.023 USD a GB, 0.0125 infrequent, 0.004 in the instant archive.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import bucket_policies
from components.aws.bucket_lifecycle import Keep, lifecycle_rules
from components.aws.bucket_replication import Copy, replicate
from components.aws.policy_documents import Statement, allow, document
from components.naming import DataClass, Naming


@dataclass(frozen=True, kw_only=True)
class ObjectLock:
    """No object ends before `days`: nobody can delete it (`compliance`), or only who has a right of its own."""

    days: int
    compliance: bool


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """`purpose` names the bucket within the stack."""

    purpose: str
    data_class: DataClass
    key_arn: pulumi.Input[str] | None
    """The customer key of what it holds, and of nothing else. None only for targets of access logs: the balancer and
    S3 itself cannot deliver to a bucket with a customer key."""
    physical_name: str | None = None
    """Where a document names the bucket."""
    keep: Sequence[Keep] = field(default=(Keep(),))
    object_lock: ObjectLock | None = None
    access_log_bucket: pulumi.Input[str] | None = None
    """Where S3 logs every access; under a prefix of the bucket's own name."""
    statements: Callable[[str], Sequence[Statement]] = lambda bucket: ()
    """More policy statements, by the bucket's name; see bucket_policies."""
    copy_to: Copy | None = None
    protect: bool = False
    emptied_on_destroy: bool = False
    """Staging only: an environment that is thrown away takes its objects along."""


class Bucket(pulumi.ComponentResource):
    """One bucket with everything that makes it safe to put health data in."""

    bucket_name: pulumi.Output[str]
    arn: pulumi.Output[str]
    name_known: str
    """The same as `bucket_name`, known before it exists: for policies a reviewer wants to read in a preview."""

    def __init__(self, name: str, args: BucketArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Bucket", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.name_known = args.physical_name or naming.bucket(args.purpose)
        self._bucket = self._create_bucket()
        self._encrypt()
        self._versions = self._keep_versions()
        self._disable_access_lists()
        policy = self._admit(self._close_to_the_public())
        self._expire()
        self._lock()
        self._log_accesses()
        self._tell_events()
        if args.copy_to:
            self.copy_to(args.copy_to)
        # Services try whether they may write as soon as they are told the bucket: its name is there once the policy is.
        self.bucket_name = policy.bucket
        self.arn = policy.bucket.apply(bucket_policies.arn)
        self.register_outputs({"bucketName": self.bucket_name, "arn": self.arn})

    def copy_to(self, *to: Copy) -> None:
        """From now on, every object; called once for a bucket, with all places."""
        replicate(self._name, self._bucket, to, self._args.key_arn, self._naming, self._after_versions())

    def may_read(self, prefix: str = "") -> tuple[Statement, ...]:
        """What a role needs to read objects under `prefix` and to list them."""
        listed = {"StringLike": {"s3:prefix": [f"{prefix}*"]}} if prefix else None
        return (
            allow("List", ["s3:ListBucket"], [self.arn], listed),
            allow("Read", ["s3:GetObject", "s3:GetObjectVersion"], [pulumi.Output.concat(self.arn, f"/{prefix}*")]),
            *self._may_use_key("Decrypt", ["kms:Decrypt"]),
        )

    def may_write(self, prefix: str = "") -> tuple[Statement, ...]:
        """What a role needs to add objects under `prefix`; it can neither read nor delete any."""
        objects = pulumi.Output.concat(self.arn, f"/{prefix}*")
        return (
            allow("Write", ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], [objects]),
            *self._may_use_key("Encrypt", ["kms:GenerateDataKey", "kms:Decrypt"]),
        )

    def _may_use_key(self, sid: str, actions: Sequence[str]) -> tuple[Statement, ...]:
        return (allow(sid, actions, [self._args.key_arn]),) if self._args.key_arn is not None else ()

    def _after_versions(self) -> ResourceOptions:
        return ResourceOptions(parent=self, depends_on=[self._versions])

    def _create_bucket(self) -> aws.s3.Bucket:
        return aws.s3.Bucket(
            f"{self._name}-bucket",
            bucket=self.name_known,
            object_lock_enabled=self._args.object_lock is not None,
            force_destroy=self._args.emptied_on_destroy,
            tags=self._naming.tags("bucket", self._args.data_class),
            opts=ResourceOptions(parent=self, protect=self._args.protect),
        )

    def _encrypt(self) -> None:
        key = self._args.key_arn
        by_default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key} if key else {"sse_algorithm": "AES256"}
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self._bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": by_default, "bucket_key_enabled": key is not None}],
            opts=self._child,
        )

    def _keep_versions(self) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            f"{self._name}-versions",
            bucket=self._bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self._child,
        )

    def _disable_access_lists(self) -> None:
        aws.s3.BucketOwnershipControls(
            f"{self._name}-ownership",
            bucket=self._bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child,
        )

    def _close_to_the_public(self) -> aws.s3.BucketPublicAccessBlock:
        return aws.s3.BucketPublicAccessBlock(
            f"{self._name}-public-access",
            bucket=self._bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )

    def _admit(self, closed: aws.s3.BucketPublicAccessBlock) -> aws.s3.BucketPolicy:
        """After the public access block: AWS refuses the two changes at once with a conflict."""
        bucket, key = self.name_known, self._args.key_arn
        own_key = bucket_policies.only_this_key(bucket, key) if key is not None else ()
        return aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self._bucket.bucket,
            policy=document(bucket_policies.only_tls(bucket), *own_key, *self._args.statements(bucket)),
            opts=ResourceOptions(parent=self, depends_on=[closed]),
        )

    def _expire(self) -> None:
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=self._bucket.bucket,
            rules=lifecycle_rules(self._args.keep),
            opts=self._after_versions(),
        )

    def _lock(self) -> None:
        lock = self._args.object_lock
        if lock is None:
            return
        mode = "COMPLIANCE" if lock.compliance else "GOVERNANCE"
        aws.s3.BucketObjectLockConfiguration(
            f"{self._name}-lock",
            bucket=self._bucket.bucket,
            rule={"default_retention": {"mode": mode, "days": lock.days}},
            opts=self._after_versions(),
        )

    def _log_accesses(self) -> None:
        if self._args.access_log_bucket is not None:
            aws.s3.BucketLogging(
                f"{self._name}-logging",
                bucket=self._bucket.bucket,
                target_bucket=self._args.access_log_bucket,
                target_prefix=f"s3/{self.name_known}/",
                opts=self._child,
            )

    def _tell_events(self) -> None:
        """To EventBridge, where the audit trail's rules and malware scans find them."""
        aws.s3.BucketNotification(
            f"{self._name}-events", bucket=self._bucket.bucket, eventbridge=True, opts=self._child
        )
