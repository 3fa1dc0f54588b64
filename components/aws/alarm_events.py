"""What AWS announces instead of measuring: failed backups, locks taken off them, keys about to go, failed rotations,
events of the database."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.topics import Topics
from components.naming import Naming
from rendering import cloudwatch
from rendering.cloudwatch import Urgency
from systems.model import System


@dataclass(frozen=True)
class _Announcement:
    """`says` is what people read; <words> in it are taken out of the event by `paths`."""

    name: str
    urgency: Urgency
    pattern: Mapping[str, object]
    says: str
    paths: Mapping[str, str]


_BACKUPS_FAILED = {"state": ["FAILED", "EXPIRED", "ABORTED", "PARTIAL"]}
#: Each of them can shorten what a vault or a bucket of backups keeps, or open it. A change of ours tells, too.
_VAULT_CHANGES = (
    *("DeleteBackupVault", "DeleteBackupVaultLockConfiguration", "PutBackupVaultLockConfiguration"),
    *("DeleteBackupVaultAccessPolicy", "PutBackupVaultAccessPolicy", "DeleteRecoveryPoint"),
    *("UpdateRecoveryPointLifecycle", "DisassociateRecoveryPoint", "UpdateBackupPlan", "DeleteBackupPlan"),
    *("DeleteBackupSelection", "StopBackupJob"),
)
_BUCKET_CHANGES = (
    *("PutBucketObjectLockConfiguration", "PutObjectLockConfiguration", "PutBucketPolicy", "DeleteBucketPolicy"),
    *("PutBucketLifecycle", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle", "PutBucketVersioning"),
    *("PutBucketReplication", "DeleteBucketReplication", "PutBucketEncryption", "DeleteBucketEncryption"),
    *("PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "DeleteBucket"),
)
_TRAIL = "AWS API Call via CloudTrail"
_ANNOUNCEMENTS = (
    _Announcement(
        "backup-failed",
        Urgency.DEGRADED,
        {"source": ["aws.backup"], "detail-type": ["Backup Job State Change"], "detail": _BACKUPS_FAILED},
        "The backup of <what> ended as <state>. The one before is still there; look at the vault.",
        {"what": "$.detail.resourceArn", "state": "$.detail.state"},
    ),
    _Announcement(
        "backup-copy-failed",
        Urgency.DEGRADED,
        {"source": ["aws.backup"], "detail-type": ["Copy Job State Change"], "detail": _BACKUPS_FAILED},
        "The copy of <what> to the recovery region ended as <state>.",
        {"what": "$.detail.resourceArn", "state": "$.detail.state"},
    ),
    _Announcement(
        "backup-restore-failed",
        Urgency.DEGRADED,
        {
            "source": ["aws.backup"],
            "detail-type": ["Restore Job State Change"],
            "detail": {"status": ["FAILED", "ABORTED"]},
        },
        "The restore <job> of a <kind> out of the vault ended as <state>.",
        {"job": "$.detail.restoreJobId", "kind": "$.detail.resourceType", "state": "$.detail.status"},
    ),
    _Announcement(
        "backup-vault-changed",
        Urgency.OUTAGE,
        {
            "source": ["aws.backup"],
            "detail-type": [_TRAIL],
            "detail": {"eventSource": ["backup.amazonaws.com"], "eventName": list(_VAULT_CHANGES)},
        },
        "<who> called <what> for the vault <vault>. If nobody meant to, somebody is about to delete backups.",
        {
            "who": "$.detail.userIdentity.arn",
            "what": "$.detail.eventName",
            "vault": "$.detail.requestParameters.backupVaultName",
        },
    ),
    _Announcement(
        "key-deletion",
        Urgency.OUTAGE,
        {
            "source": ["aws.kms"],
            "detail-type": [_TRAIL],
            "detail": {"eventSource": ["kms.amazonaws.com"], "eventName": ["ScheduleKeyDeletion", "DisableKey"]},
        },
        "<who> called <what> for the key <key>. Everything encrypted under it becomes unreadable: cancel it or agree.",
        {
            "who": "$.detail.userIdentity.arn",
            "what": "$.detail.eventName",
            "key": "$.detail.requestParameters.keyId",
        },
    ),
    _Announcement(
        "rotation-failed",
        Urgency.RESOURCE,
        {
            "source": ["aws.secretsmanager"],
            "detail-type": ["AWS Service Event via CloudTrail"],
            "detail": {"eventSource": ["secretsmanager.amazonaws.com"], "eventName": ["RotationFailed"]},
        },
        "The secret <secret> could not be renewed. Its old value is still good; the function's log says why.",
        {"secret": "$.detail.additionalEventData.SecretId"},
    ),
    _Announcement(
        "secret-deletion",
        Urgency.DEGRADED,
        {
            "source": ["aws.secretsmanager"],
            "detail-type": [_TRAIL],
            "detail": {"eventSource": ["secretsmanager.amazonaws.com"], "eventName": ["DeleteSecret"]},
        },
        "<who> deleted the secret <secret>. It can be restored within its recovery window.",
        {"who": "$.detail.userIdentity.arn", "secret": "$.detail.requestParameters.secretId"},
    ),
    _Announcement(
        "health-of-aws",
        Urgency.NOTICE,
        {"source": ["aws.health"], "detail-type": ["AWS Health Event"]},
        "AWS says of <service>: <what> (AWS Health has the details).",
        {"service": "$.detail.service", "what": "$.detail.eventTypeCode"},
    ),
)
#: Categories of RDS's own events that a person should hear of.
_DATABASE_EVENTS = ("availability", "failover", "failure", "low storage", "read replica", "recovery")


@dataclass(frozen=True, kw_only=True)
class AlarmEventsArgs:
    """`database_instance_ids`: primary and replicas, whose failovers and failures RDS announces."""

    system: System
    topics: Topics
    database_instance_ids: tuple[pulumi.Input[str], ...] = ()
    backup_bucket_names: tuple[str, ...] = ()
    """Buckets whose locks, policies and ends nobody changes without being heard of."""


class AlarmEvents(pulumi.ComponentResource):
    """Rules that turn an announcement into a sentence and send it to the topic of its urgency."""

    def __init__(self, name: str, args: AlarmEventsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:AlarmEvents", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        for each in _ANNOUNCEMENTS:
            self._announce(each)
        if args.backup_bucket_names:
            self._announce(_buckets_changed(args.backup_bucket_names))
        if args.database_instance_ids:
            self._hear_the_database()
        self.register_outputs({})

    def _topic(self, urgency: Urgency) -> pulumi.Output[str]:
        return self._args.topics.arn(cloudwatch.priority(self._args.system, urgency).name)

    def _announce(self, announcement: _Announcement) -> None:
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-{announcement.name}",
            name=self._naming.name(announcement.name, limit=64),
            description=announcement.says[:512],
            event_pattern=pulumi.Output.json_dumps(announcement.pattern),
            tags=self._naming.tags("alarm-events"),
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(
            f"{self._name}-{announcement.name}-topic",
            rule=rule.name,
            arn=self._topic(announcement.urgency),
            input_transformer={
                "input_paths": dict(announcement.paths),
                "input_template": f'"{self._naming.name()}: {announcement.says}"',
            },
            opts=self._child,
        )

    def _hear_the_database(self) -> None:
        aws.rds.EventSubscription(
            f"{self._name}-database",
            name=self._naming.name("database-events", limit=255),
            sns_topic=self._topic(Urgency.DEGRADED),
            source_type="db-instance",
            source_ids=list(self._args.database_instance_ids),
            event_categories=list(_DATABASE_EVENTS),
            tags=self._naming.tags("alarm-events"),
            opts=self._child,
        )


def _buckets_changed(names: tuple[str, ...]) -> _Announcement:
    changed = {"eventName": list(_BUCKET_CHANGES), "requestParameters": {"bucketName": list(names)}}
    return _Announcement(
        "backup-bucket-changed",
        Urgency.OUTAGE,
        {"source": ["aws.s3"], "detail-type": [_TRAIL], "detail": {"eventSource": ["s3.amazonaws.com"], **changed}},
        "<who> called <what> for the bucket <bucket>. If nobody meant to, somebody is about to delete backups.",
        {
            "who": "$.detail.userIdentity.arn",
            "what": "$.detail.eventName",
            "bucket": "$.detail.requestParameters.bucketName",
        },
    )
