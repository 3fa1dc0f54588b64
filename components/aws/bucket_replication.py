"""Copies of every object elsewhere (another region, another account), within fifteen minutes, under the key there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import allow, trust
from components.aws.roles import create_role
from components.naming import Naming

#: Name of the rule that copies to the recovery region, by which its figures are found.
EVERYTHING = "everything"


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Where the copies go. The other bucket keeps versions, too; deletions are not copied."""

    bucket_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    account_id: str | None = None
    """Of another account, which then owns the copies: nobody here can touch them."""

    @property
    def rule(self) -> str:
        """Its id, unique among the copies of one bucket."""
        return f"to-account-{self.account_id}" if self.account_id else EVERYTHING


def replicate(
    name: str,
    bucket: aws.s3.Bucket,
    to: Sequence[Copy],
    key_arn: pulumi.Input[str] | None,
    naming: Naming,
    opts: ResourceOptions,
) -> None:
    """`key_arn` decrypts here; each copy is encrypted with the key of the place it goes to."""
    if key_arn is None:
        raise ValueError(f"{name}: only a bucket with a customer key is copied; this one has none")
    role, granted = _create_role(name, bucket, to, key_arn, naming, opts)
    aws.s3.BucketReplicationConfig(
        f"{name}-copies",
        bucket=bucket.bucket,
        role=role.arn,
        rules=[_rule(copy, priority) for priority, copy in enumerate(to, start=1)],
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=granted)),
    )


def _rule(copy: Copy, priority: int) -> dict[str, Any]:
    elsewhere = {"account": copy.account_id, "access_control_translation": {"owner": "Destination"}}
    return {
        "id": copy.rule,
        "status": "Enabled",
        "priority": priority,
        "filter": {"prefix": ""},
        "delete_marker_replication": {"status": "Disabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
        "destination": {
            "bucket": copy.bucket_arn,
            "storage_class": "STANDARD_IA",
            "encryption_configuration": {"replica_kms_key_id": copy.key_arn},
            "replication_time": {"status": "Enabled", "time": {"minutes": 15}},
            "metrics": {"status": "Enabled", "event_threshold": {"minutes": 15}},
            **(elsewhere if copy.account_id else {}),
        },
    }


def _create_role(
    name: str,
    bucket: aws.s3.Bucket,
    to: Sequence[Copy],
    key_arn: pulumi.Input[str],
    naming: Naming,
    opts: ResourceOptions,
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    read += ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    copy = ["s3:ReplicateObject", "s3:ReplicateTags"]
    copy += ["s3:ObjectOwnerOverrideToBucketOwner"] if any(each.account_id for each in to) else []
    return create_role(
        f"{name}-copier",
        f"{name}-copier",
        trust("s3.amazonaws.com"),
        statements=[
            allow("Configuration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [bucket.arn]),
            allow("Read", read, [pulumi.Output.concat(bucket.arn, "/*")]),
            allow("Copy", copy, [pulumi.Output.concat(each.bucket_arn, "/*") for each in to]),
            allow("Decrypt", ["kms:Decrypt"], [key_arn]),
            allow("Encrypt", ["kms:Encrypt", "kms:GenerateDataKey"], [each.key_arn for each in to]),
        ],
        description="copies every object elsewhere",
        component="bucket",
        naming=naming,
        opts=ResourceOptions(parent=opts.parent),
    )
