"""Who may use the keys of the state, and who may end a version of it: pure."""

from collections.abc import Mapping
from typing import Any

from components.aws import bucket_policies


def only_with_second_factor(bucket: str) -> Mapping[str, Any]:
    """A pipeline has no second factor: what it writes it cannot take back, nor can whoever took it over."""
    return {
        "Sid": "EndsOnlyWithSecondFactor",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:DeleteBucket"],
        "Resource": [bucket_policies.arn(bucket), f"{bucket_policies.arn(bucket)}/*"],
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }


def of_key(account_id: str, use: Mapping[str, Any]) -> Mapping[str, Any]:
    """The account administers the key; `use` adds who may encrypt and decrypt, as far as their own policies allow."""
    administration = (
        *("Describe*", "Get*", "List*", "Put*", "Update*", "Enable*", "Disable*", "TagResource", "UntagResource"),
        *("CreateAlias", "DeleteAlias", "ScheduleKeyDeletion", "CancelKeyDeletion"),
    )
    administer = {
        "Sid": "Administer",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
        "Action": [f"kms:{action}" for action in administration],
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [administer, use]}


def used_by_identities(account_id: str) -> Mapping[str, Any]:
    return {
        "Sid": "Use",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }


def used_through(use: Mapping[str, Any], service: str) -> Mapping[str, Any]:
    """The same, and only in the name of a service."""
    return {**use, "Condition": {"StringEquals": {"kms:ViaService": service}}}
