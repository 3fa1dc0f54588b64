"""The audit trail: every call to AWS in every region, what happened to stored data, and who read which secret.

Kept twice: for years in the locked records bucket, for two reviews in CloudWatch, where alarms and questions look.
Costs a month, us-east-1 list prices of 2026-11: 1 USD a million data events, and what the log takes in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.audit_alarms import AuditAlarms
from components.aws.audit_queries import save_questions
from components.aws.log_archive import LogArchive
from components.aws.log_groups import LogClass, log_group
from components.aws.policy_documents import allow
from components.aws.roles import create_role, of_service
from components.naming import DataClass, Naming
from systems.model import System


@dataclass(frozen=True, kw_only=True)
class AuditArgs:
    """`watched_bucket_arns` hold data or backups: every single read and write of an object is recorded."""

    system: System
    account_id: str
    archive: LogArchive
    key_arn: pulumi.Input[str]
    """The logs key."""
    watched_bucket_arns: Sequence[pulumi.Input[str]]
    control_plane_log: pulumi.Input[str] | None = None
    """Name of the cluster's log group, for questions about it."""
    topic_arn: pulumi.Input[str] | None = None
    """Hears of what must not pass unnoticed; None tells nobody."""


class Audit(pulumi.ComponentResource):
    """One trail with its log, its alarms and its saved questions."""

    trail_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    alarm_arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: AuditArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Audit", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        group = self._create_log_group()
        trail = self._create_trail(group)
        self.alarm_arns = AuditAlarms(f"{name}-alarms", group, args.topic_arn, naming, self._child).alarm_arns
        self._save_questions(group)
        self.trail_arn, self.log_group_name = trail.arn, group.name
        self.register_outputs({"trailArn": self.trail_arn, "logGroupName": self.log_group_name})

    def _create_log_group(self) -> aws.cloudwatch.LogGroup:
        return log_group(
            f"{self._name}-log",
            f"/lifeline/{self._naming.path('audit')}",
            LogClass.AUDIT,
            retention=self._args.system.retention,
            key_arn=self._args.key_arn,
            naming=self._naming,
            component="audit",
            opts=self._child,
            archived=True,
            protect=self._args.system.production,
        )

    def _create_trail(self, group: aws.cloudwatch.LogGroup) -> aws.cloudtrail.Trail:
        streams = pulumi.Output.concat(group.arn, ":*")
        role, granted = create_role(
            f"{self._name}-writer",
            "audit",
            of_service("cloudtrail.amazonaws.com", self._args.account_id),
            statements=(allow("Write", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),),
            description="the trail, into its log group",
            component="audit",
            naming=self._naming,
            opts=self._child,
        )
        return aws.cloudtrail.Trail(
            f"{self._name}-trail",
            name=self._naming.name("audit", limit=128),
            s3_bucket_name=self._args.archive.records_bucket_name,
            s3_key_prefix="trail",
            kms_key_id=self._args.key_arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            cloud_watch_logs_group_arn=streams,
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selectors=self._selectors(),
            insight_selectors=[{"insight_type": "ApiCallRateInsight"}, {"insight_type": "ApiErrorRateInsight"}],
            tags=self._naming.tags("audit", DataClass.HEALTH),
            opts=ResourceOptions(parent=self, depends_on=granted, protect=self._args.system.production),
        )

    def _selectors(self) -> list[dict[str, object]]:
        """Reads of secrets are calls like all others: they need no selector of their own."""
        calls = [{"field": "eventCategory", "equals": ["Management"]}]
        objects = [
            {"field": "eventCategory", "equals": ["Data"]},
            {"field": "resources.type", "equals": ["AWS::S3::Object"]},
            {
                "field": "resources.ARN",
                "starts_withs": [pulumi.Output.concat(arn, "/") for arn in self._args.watched_bucket_arns],
            },
        ]
        return [
            {"name": "every call", "field_selectors": calls},
            {"name": "every object of data and backups", "field_selectors": objects},
        ]

    def _save_questions(self, group: aws.cloudwatch.LogGroup) -> None:
        groups: dict[str, pulumi.Input[str]] = {"trail": group.name}
        if self._args.control_plane_log is not None:
            groups["control-plane"] = self._args.control_plane_log
        save_questions(self._name, groups, self._naming, self)
