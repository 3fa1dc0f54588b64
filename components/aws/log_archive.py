"""Where logs lie for years: one bucket for access logs, one locked one for records.

Two, because access logs of the balancer and of S3 itself cannot be delivered to a bucket with a customer key or with
object lock; what can be locked is. Costs by volume; see bucket.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.aws import bucket_policies as policies
from components.aws.bucket import Bucket, BucketArgs, ObjectLock
from components.aws.bucket_lifecycle import Keep
from components.aws.bucket_replication import Copy
from components.aws.log_groups import LogClass, days_kept
from components.aws.policy_documents import Statement
from components.naming import DataClass, Naming
from systems.model import System

#: Prefixes under which each sender writes: `<prefix>/AWSLogs/<account>/...`.
BALANCER_PREFIX, CDN_PREFIX, NETWORK_PREFIX = "balancer", "cdn", "network"
#: Below this age a record is moved nowhere: small objects cost more to move than to keep.
_INFREQUENT_AFTER_DAYS, _ARCHIVED_AFTER_DAYS = 90, 180


@dataclass(frozen=True, kw_only=True)
class LogArchiveArgs:
    """Where records are copied to is said by `copy_records_to`, once the recovery region has a bucket for them."""

    system: System
    account_id: str
    key_arn: pulumi.Input[str]
    """The logs key, for the records."""


class LogArchive(pulumi.ComponentResource):
    """`bucket_*`: access logs of balancer, CDN, S3 and network. `records_*`: trail, Config, archived log groups."""

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    records_bucket_name: pulumi.Output[str]
    records_bucket_arn: pulumi.Output[str]

    def __init__(self, name: str, args: LogArchiveArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:LogArchive", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.access = self._create_access_bucket()
        self.records = self._create_records_bucket()
        self.bucket_name, self.bucket_arn = self.access.bucket_name, self.access.arn
        self.records_bucket_name, self.records_bucket_arn = self.records.bucket_name, self.records.arn
        self.register_outputs({"bucketName": self.bucket_name, "recordsBucketName": self.records_bucket_name})

    def copy_records_to(self, to: Copy) -> None:
        """Evidence must outlive the region it is about."""
        self.records.copy_to(to)

    def _create_access_bucket(self) -> Bucket:
        production = self._args.system.production
        return Bucket(
            f"{self._name}-access",
            BucketArgs(
                purpose="access-logs",
                key_arn=None,
                data_class=DataClass.HEALTH,
                keep=(self._kept(LogClass.ACCESS),),
                statements=self._access_statements,
                protect=production,
                emptied_on_destroy=not production,
            ),
            self._naming,
            ResourceOptions(parent=self),
        )

    def _create_records_bucket(self) -> Bucket:
        """Locked for as long as the law asks. A platform outside HIPAA has days instead of years to keep."""
        system = self._args.system
        return Bucket(
            f"{self._name}-records",
            BucketArgs(
                purpose="records",
                key_arn=self._args.key_arn,
                data_class=DataClass.HEALTH,
                keep=(self._kept(LogClass.AUDIT),),
                object_lock=ObjectLock(days=self._locked_days(), compliance=system.production),
                access_log_bucket=self.access.bucket_name,
                statements=self._record_statements,
                protect=system.production,
                emptied_on_destroy=not system.production,
            ),
            self._naming,
            ResourceOptions(parent=self),
        )

    def _kept(self, log_class: LogClass) -> Keep:
        days = days_kept(self._args.system.retention, log_class)
        return Keep(
            days=days,
            infrequent_after_days=_INFREQUENT_AFTER_DAYS if days > _INFREQUENT_AFTER_DAYS else None,
            archived_after_days=_ARCHIVED_AFTER_DAYS if days > _ARCHIVED_AFTER_DAYS else None,
        )

    def _locked_days(self) -> int:
        """Staging keeps its shape, and can be torn down within the time its backups are locked."""
        system = self._args.system
        if not system.production:
            return system.backups.object_lock_days
        return days_kept(system.retention, LogClass.AUDIT)

    def _access_statements(self, bucket: str) -> Sequence[Statement]:
        account, senders = self._args.account_id, ("delivery.logs.amazonaws.com", "logging.s3.amazonaws.com")
        delivery, storage = senders
        return (
            policies.service_writes(
                bucket, delivery, account_id=account, prefix=f"*AWSLogs/{account}/", hands_over=True
            ),
            policies.service_looks(bucket, delivery, account_id=account),
            policies.service_writes(bucket, storage, account_id=account),
            policies.service_writes(
                bucket,
                "logdelivery.elasticloadbalancing.amazonaws.com",
                account_id=account,
                prefix=f"{BALANCER_PREFIX}/AWSLogs/{account}/",
                says_for_whom=False,
            ),
            *((policies.nobody_deletes(bucket),) if self._args.system.production else ()),
        )

    def _record_statements(self, bucket: str) -> Sequence[Statement]:
        account = self._args.account_id
        return tuple(
            statement
            for service in ("cloudtrail.amazonaws.com", "config.amazonaws.com")
            for statement in (
                policies.service_writes(
                    bucket, service, account_id=account, prefix=f"*AWSLogs/{account}/", hands_over=True
                ),
                policies.service_looks(bucket, service, account_id=account),
            )
        )
