"""Who may read and write a secret: a fence around it, whatever the roles' own policies allow."""

import json
from collections.abc import Sequence
from typing import Any

import pulumi

from components.aws.policy_documents import allow, document

_READING = ("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue")
_WRITING = (
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecret",
    "secretsmanager:UpdateSecretVersionStage",
    "secretsmanager:RotateSecret",
    "secretsmanager:CancelRotateSecret",
    "secretsmanager:RemoveRegionsFromReplication",
    "secretsmanager:StopReplicationToReplica",
)
#: Parts of the platform that use a secret besides its documented readers, by the names their roles begin with.
_INFRASTRUCTURE = {
    "database-application": ("pooler", "database-roles"),
    "database-owner": ("pooler", "database-roles", "migration"),
    "database-reader": ("pooler", "database-roles"),
    "database-backup": ("database-roles", "backup"),
    "database-restore": ("database-roles", "backup", "restore"),
    "database-monitor": ("pooler", "database-roles", "monitoring"),
    "database-administrator": ("database-roles",),
    "cache": ("cache", "redis", "monitoring"),
    "cache-administrator": ("cache", "redis", "monitoring"),
    "grafana-admin": ("monitoring", "grafana"),
    "pagerduty-key": ("monitoring", "alertmanager"),
    "slack-webhook": ("monitoring", "alertmanager"),
}


def readers(secret: str, documented: Sequence[str]) -> tuple[str, ...]:
    """What the names of roles begin with: documented workloads, then the parts of the platform."""
    workloads = tuple(each for each in documented if each != "platform")
    return (*workloads, *_INFRASTRUCTURE.get(secret, ()))


def guarding(*, account_id: str, writers: Sequence[str], readers: Sequence[str]) -> str:
    """Only over TLS, only by these roles. The account's root is named, or a mistake here could never be mended."""

    def roles(names: Sequence[str]) -> list[str]:
        named = [f"arn:aws:iam::{account_id}:role/{name}" for name in names]
        return [f"arn:aws:iam::{account_id}:root", *named]

    def deny(sid: str, actions: Sequence[str], condition: dict[str, Any]) -> dict[str, Any]:
        every = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
        return {"Sid": sid, **every, "Action": list(actions), "Condition": condition}

    statements = [
        deny("OnlyTls", ["secretsmanager:*"], {"Bool": {"aws:SecureTransport": "false"}}),
        deny("OnlyReaders", _READING, {"ArnNotLike": {"aws:PrincipalArn": roles((*writers, *readers))}}),
        deny("OnlyWriters", _WRITING, {"ArnNotLike": {"aws:PrincipalArn": roles(writers)}}),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def renewing(arns: Sequence[pulumi.Input[str]], key_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """For whoever makes new versions of these secrets."""
    through = {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}
    actions = ("GetSecretValue", "DescribeSecret", "ListSecretVersionIds", "PutSecretValue", "UpdateSecretVersionStage")
    return document(
        allow("RenewSecrets", [f"secretsmanager:{each}" for each in actions], arns),
        allow("UseTheKey", ["kms:Decrypt", "kms:GenerateDataKey"], [key_arn], through),
    )


def reading(arns: Sequence[pulumi.Input[str]], key_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """For a role that reads these secrets."""
    through = {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}
    return document(
        allow("ReadSecrets", ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], arns),
        allow("DecryptThem", ["kms:Decrypt"], [key_arn], through),
    )
