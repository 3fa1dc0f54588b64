"""What must never pass unnoticed in the audit trail: one metric filter and one alarm each."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.cluster_access import BREAK_GLASS
from components.naming import Naming


@dataclass(frozen=True, kw_only=True)
class Watched:
    """`pattern` in the language of CloudWatch filters; the alarm goes off at `at_least` events in five minutes."""

    name: str
    means: str
    pattern: str
    at_least: int = 1


def watched(naming: Naming) -> Iterator[Watched]:
    own = f"{naming.name()}-"
    yield Watched(
        name="root-use",
        means="somebody acted as the account's root, which nobody needs to",
        pattern='{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) '
        '&& ($.eventType != "AwsServiceEvent") }',
    )
    yield Watched(
        name="console-failures",
        means="logins to the console failed repeatedly",
        pattern='{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
        at_least=3,
    )
    yield Watched(
        name="console-without-second-factor",
        means="a user logged in with a password alone",
        pattern='{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
        '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
    )
    yield Watched(
        name="break-glass",
        means="the emergency role was taken on: is there an emergency?",
        pattern='{ ($.eventName = "AssumeRole") && '
        f'($.requestParameters.roleArn = "*:role/{naming.name(BREAK_GLASS, limit=64)}") }}',
    )
    yield Watched(
        name="policy-changes",
        means="somebody changed who may do what",
        pattern=_any_of(
            *("PutRolePolicy", "PutUserPolicy", "PutGroupPolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion"),
            *("AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy", "UpdateAssumeRolePolicy"),
            *("CreateUser", "CreateAccessKey", "PutBucketPolicy", "DeleteBucketPolicy", "PutKeyPolicy"),
        ),
    )
    yield Watched(
        name="trail-changes",
        means="somebody changed what is recorded",
        pattern=_any_of(
            *("StopLogging", "UpdateTrail", "DeleteTrail", "PutEventSelectors", "StopConfigurationRecorder"),
            *("DeleteConfigurationRecorder", "DeleteDeliveryChannel", "DeleteDetector", "UpdateDetector"),
            *("DeleteLogGroup", "DeleteLogStream", "DeleteFlowLogs", "PutRetentionPolicy", "DisableSecurityHub"),
        ),
    )
    yield Watched(
        name="copies-unlocked",
        means="somebody changed a lock, an end or a policy of the copies of backups in the recovery region",
        pattern=_copies_changed(f"{own}recovery-*"),
    )
    yield Watched(
        name="network-changes",
        means="somebody opened or closed a way outside a release",
        pattern=_any_of(
            *("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateNetworkAclEntry"),
            *("ReplaceNetworkAclEntry", "CreateRoute", "ReplaceRoute", "CreateInternetGateway"),
            *("AttachInternetGateway", "CreateVpcPeeringConnection", "AcceptVpcPeeringConnection"),
        ),
    )
    yield Watched(
        name="secrets-read-by-strangers",
        means="a secret was read by a role that is not one of this platform",
        pattern='{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") && '
        f'($.userIdentity.sessionContext.sessionIssuer.userName != "{own}*") }}',
    )
    yield Watched(
        name="secrets-denied",
        means="somebody tried to read a secret and was refused",
        pattern='{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.errorCode = "AccessDenied*") }',
        at_least=3,
    )
    yield Watched(
        name="health-data-denied",
        means="somebody tried to reach stored health data and was refused",
        pattern='{ ($.eventSource = "s3.amazonaws.com") && ($.eventCategory = "Data") '
        '&& ($.errorCode = "AccessDenied*") }',
        at_least=3,
    )


class AuditAlarms(pulumi.ComponentResource):
    """`topic_arn` hears of them; None tells nobody. Reads of secrets are also held against what is usual."""

    def __init__(
        self,
        name: str,
        group: aws.cloudwatch.LogGroup,
        topic_arn: pulumi.Input[str] | None,
        naming: Naming,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("lifeline:aws:AuditAlarms", name, None, opts)
        self._name, self._group, self._naming = name, group, naming
        self._told = [topic_arn] if topic_arn is not None else []
        self._child = ResourceOptions(parent=self)
        self._namespace = f"Lifeline/{naming.name()}/audit"
        self.alarm_arns = {each.name: self._alarm(each) for each in watched(naming)}
        self.alarm_arns["secret-reads"] = self._alarm_at_unusual_reads()
        self.register_outputs({"alarmArns": self.alarm_arns})

    def _count(self, metric: str, pattern: str) -> None:
        aws.cloudwatch.LogMetricFilter(
            f"{self._name}-{metric}-filter",
            name=self._naming.name(metric, limit=512),
            log_group_name=self._group.name,
            pattern=pattern,
            metric_transformation={
                "name": metric,
                "namespace": self._namespace,
                "value": "1",
                "default_value": "0",
                "unit": "Count",
            },
            opts=self._child,
        )

    def _alarm(self, each: Watched) -> pulumi.Output[str]:
        self._count(each.name, each.pattern)
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-{each.name}",
            name=self._naming.name("audit", each.name, limit=255),
            alarm_description=each.means,
            namespace=self._namespace,
            metric_name=each.name,
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=each.at_least,
            treat_missing_data="notBreaching",
            alarm_actions=self._told,
            tags=self._naming.tags("audit"),
            opts=self._child,
        ).arn

    def _alarm_at_unusual_reads(self) -> pulumi.Output[str]:
        """Pods read secrets when they start and every two minutes after: what is usual is learnt, not written."""
        self._count(
            "secret-reads", '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }'
        )
        counted = {
            "metric_name": "secret-reads",
            "namespace": self._namespace,
            "period": 900,
            "stat": "Sum",
        }
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-secret-reads",
            name=self._naming.name("audit-secret-reads", limit=255),
            alarm_description="secrets are read far more often than is usual at this hour",
            comparison_operator="GreaterThanUpperThreshold",
            evaluation_periods=2,
            threshold_metric_id="usual",
            metric_queries=[
                {"id": "reads", "metric": counted, "return_data": True},
                {
                    "id": "usual",
                    "expression": "ANOMALY_DETECTION_BAND(reads, 4)",
                    "label": "usual",
                    "return_data": True,
                },
            ],
            treat_missing_data="notBreaching",
            alarm_actions=self._told,
            tags=self._naming.tags("audit"),
            opts=self._child,
        ).arn


def _copies_changed(names: str) -> str:
    """At home AWS announces such changes itself (alarm_events.py); of another region only the trail tells here."""
    changed = _any_of(
        *("DeleteBackupVault", "DeleteBackupVaultLockConfiguration", "PutBackupVaultLockConfiguration"),
        *("PutBackupVaultAccessPolicy", "DeleteBackupVaultAccessPolicy", "DeleteRecoveryPoint"),
        *("PutBucketObjectLockConfiguration", "PutBucketLifecycle", "DeleteBucketLifecycle", "PutBucketPolicy"),
        *("DeleteBucketPolicy", "PutBucketVersioning", "DeleteBucket"),
    )
    where = " || ".join(f'($.requestParameters.{name} = "{names}")' for name in ("bucketName", "backupVaultName"))
    return f"{{ ({changed.strip('{} ')}) && ({where}) }}"


def _any_of(*events: str) -> str:
    return "{ " + " || ".join(f"($.eventName = {event})" for event in events) + " }"
