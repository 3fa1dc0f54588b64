"""What people give to a platform (files, pictures): a bucket of the application, scanned for malware as it arrives.

Costs a month, us-east-1 list prices of 2026-11: see bucket.py, and 0.09 USD a GB scanned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import bucket_policies
from components.aws.bucket import Bucket, BucketArgs
from components.aws.bucket_lifecycle import Keep
from components.aws.bucket_replication import Copy
from components.aws.policy_documents import Statement, allow
from components.aws.roles import create_role, of_service
from components.naming import DataClass, Naming
from systems.model import System

#: In the bucket's name.
PURPOSE = "uploads"
_SCANNER = "malware-protection-plan.guardduty.amazonaws.com"
_VERDICT = "s3:ExistingObjectTag/GuardDutyMalwareScanStatus"


@dataclass(frozen=True, kw_only=True)
class UploadsArgs:
    """`access_log_bucket` takes a line for every access."""

    system: System
    account_id: str
    region: str
    key_arn: pulumi.Input[str]
    """The data key."""
    access_log_bucket: pulumi.Input[str] | None = None


class Uploads(pulumi.ComponentResource):
    """Versioned; what was deleted can be had back for 30 days, and is then gone, as the GDPR wants it."""

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]

    def __init__(self, name: str, args: UploadsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Uploads", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._bucket = self._create_bucket()
        self.bucket_name, self.bucket_arn = self._bucket.bucket_name, self._bucket.arn
        self._scan()
        self.register_outputs({"bucketName": self.bucket_name, "bucketArn": self.bucket_arn})

    def copy_to(self, to: Copy) -> None:
        """The recovery region's bucket, where the platform's recovery level keeps copies."""
        self._bucket.copy_to(to)

    def rights(self) -> tuple[Statement, ...]:
        """Of the workload: everything with objects, nothing with the bucket."""
        objects = pulumi.Output.concat(self.bucket_arn, "/*")
        return (
            *self._bucket.may_read(),
            *self._bucket.may_write(),
            allow("Delete", ["s3:DeleteObject"], [objects]),
        )

    def may_read(self) -> tuple[Statement, ...]:
        """Of whoever backs it up."""
        return self._bucket.may_read()

    def _create_bucket(self) -> Bucket:
        production = self._args.system.production
        return Bucket(
            f"{self._name}-files",
            BucketArgs(
                purpose=PURPOSE,
                key_arn=self._args.key_arn,
                data_class=DataClass.HEALTH,
                keep=(Keep(infrequent_after_days=90),),
                access_log_bucket=self._args.access_log_bucket,
                statements=lambda bucket: (_nobody_reads_malware(bucket),),
                protect=production,
                emptied_on_destroy=not production,
            ),
            self._naming,
            ResourceOptions(parent=self),
        )

    def _scan(self) -> None:
        role, granted = create_role(
            f"{self._name}-scanner",
            "uploads-scanner",
            of_service(_SCANNER, self._args.account_id),
            statements=self._scanner_rights(),
            description="scans what was uploaded for malware",
            component="uploads",
            naming=self._naming,
            opts=ResourceOptions(parent=self),
        )
        aws.guardduty.MalwareProtectionPlan(
            f"{self._name}-scan",
            role=role.arn,
            protected_resource={"s3_bucket": {"bucket_name": self.bucket_name}},
            actions=[{"taggings": [{"status": "ENABLED"}]}],
            tags=self._naming.tags("uploads"),
            opts=ResourceOptions(parent=self, depends_on=granted),
        )

    def _scanner_rights(self) -> Sequence[Statement]:
        """As GuardDuty documents them: its own EventBridge rule, a test object, reading and tagging."""
        account, region = self._args.account_id, self._args.region
        rule = f"arn:aws:events:{region}:{account}:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
        managed: dict[str, Any] = {"StringLike": {"events:ManagedBy": _SCANNER}}
        objects = pulumi.Output.concat(self.bucket_arn, "/*")
        test = pulumi.Output.concat(self.bucket_arn, "/malware-protection-resource-validation-object")
        rules = ["events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"]
        tagging = ["s3:PutObjectTagging", "s3:GetObjectTagging", "s3:PutObjectVersionTagging"]
        through_s3 = {"StringLike": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
        return (
            allow("HearOfObjects", rules, [rule], managed),
            allow("SeeRules", ["events:DescribeRule", "events:ListTargetsByRule"], [rule]),
            allow("Verdict", [*tagging, "s3:GetObjectVersionTagging"], [objects]),
            allow("Events", ["s3:PutBucketNotification", "s3:GetBucketNotification"], [self.bucket_arn]),
            allow("TestObject", ["s3:PutObject"], [test]),
            allow("Find", ["s3:ListBucket"], [self.bucket_arn]),
            allow("Scan", ["s3:GetObject", "s3:GetObjectVersion"], [objects]),
            allow("Decrypt", ["kms:GenerateDataKey", "kms:Decrypt"], [self._args.key_arn], through_s3),
        )


def _nobody_reads_malware(bucket: str) -> Statement:
    return {
        "Sid": "NobodyReadsMalware",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:GetObject", "s3:GetObjectVersion"],
        "Resource": f"{bucket_policies.arn(bucket)}/*",
        "Condition": {"StringEquals": {_VERDICT: "THREATS_FOUND"}},
    }
