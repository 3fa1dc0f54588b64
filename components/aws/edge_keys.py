"""Customer keys of the edge, beside those of the platform: CloudFront's logs and DNSSEC want theirs in us-east-1.

Costs a month, us-east-1 list price of 2026-11: 1 USD a key.
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.edge_region import EDGE_REGION
from components.naming import DataClass, Naming

Statement = dict[str, object]

#: Everything an administrator does to a key; none of it lets anybody read or sign with it.
_ADMINISTRATION = [
    *("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:GetPublicKey", "kms:ListGrants"),
    *("kms:ListKeyPolicies", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey"),
    *("kms:EnableKeyRotation", "kms:UpdateKeyDescription", "kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"),
    *("kms:TagResource", "kms:UntagResource", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"),
]


@dataclass(frozen=True, kw_only=True)
class EdgeKey:
    """One key in the edge's region. `signs` makes it the asymmetric kind, which cannot be rotated by KMS."""

    purpose: str
    data_class: DataClass
    statements: tuple[Statement, ...]
    signs: bool = False
    protected: bool = True

    def create(self, name: str, naming: Naming, parent: pulumi.Resource) -> aws.kms.Key:
        key = aws.kms.Key(
            name,
            description=f"{naming.system} {naming.environment}: {self.purpose}",
            customer_master_key_spec="ECC_NIST_P256" if self.signs else "SYMMETRIC_DEFAULT",
            key_usage="SIGN_VERIFY" if self.signs else "ENCRYPT_DECRYPT",
            enable_key_rotation=not self.signs,
            deletion_window_in_days=30,
            policy=self._policy(naming.account_id),
            region=EDGE_REGION,
            tags=naming.tags("edge", self.data_class),
            opts=ResourceOptions(parent=parent, protect=self.protected),
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=f"alias/{naming.name(self.purpose)}",
            target_key_id=key.key_id,
            region=EDGE_REGION,
            opts=ResourceOptions(parent=parent),
        )
        return key

    def _policy(self, account_id: str) -> str:
        account = {"AWS": f"arn:aws:iam::{account_id}:root"}
        administers = allow("AccountAdministers", account, _ADMINISTRATION)
        return json.dumps({"Version": "2012-10-17", "Statement": [administers, *self.statements]})


def allow(sid: str, principal: dict[str, str], actions: list[str], condition: object = None) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement
