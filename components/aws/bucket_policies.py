"""What a bucket's policy says, by the name of the bucket: pure, and known before the bucket exists."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.aws.policy_documents import Statement


def arn(bucket: str) -> str:
    return f"arn:aws:s3:::{bucket}"


def only_tls(bucket: str) -> Statement:
    """No request without encryption. (AWS itself refuses TLS before 1.2.)"""
    everything = [arn(bucket), f"{arn(bucket)}/*"]
    return _deny("OnlyTls", ["s3:*"], everything, {"Bool": {"aws:SecureTransport": "false"}})


def only_this_key(bucket: str, key_arn: Any) -> Sequence[Statement]:
    """Whoever names another key or another encryption is refused; whoever names none gets the bucket's own."""
    objects = [f"{arn(bucket)}/*"]
    return (
        _deny(
            "OnlyThisKey",
            ["s3:PutObject"],
            objects,
            {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key_arn}},
        ),
        _deny(
            "OnlyKeyEncryption",
            ["s3:PutObject"],
            objects,
            {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        ),
    )


def nobody_deletes(bucket: str) -> Statement:
    """For logs that cannot be locked: not even an administrator, without first taking this line away, which is
    itself logged. Expiry by lifecycle is not bound by policies."""
    return _deny("NobodyDeletes", ["s3:DeleteObject", "s3:DeleteObjectVersion"], [f"{arn(bucket)}/*"], {})


def nothing_is_overwritten(bucket: str, keys: Sequence[str]) -> Statement:
    """Whoever writes an object under `keys` must say that there is none yet (If-None-Match). The parts of an upload
    cannot say it; what completes the upload has to."""
    creating = {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}
    return _deny("NothingIsOverwritten", ["s3:PutObject"], [f"{arn(bucket)}/{key}" for key in keys], creating)


def tag_stays(bucket: str, tag: str, keys: Sequence[str]) -> Statement:
    """Where a tag decides how long an object under `keys` is kept, changing the tag is deleting the object."""
    actions = [f"s3:{verb}Object{version}Tagging" for verb in ("Put", "Delete") for version in ("", "Version")]
    carried = {"Null": {f"s3:ExistingObjectTag/{tag}": "false"}}
    return _deny("TagStays", actions, [f"{arn(bucket)}/{key}" for key in keys], carried)


def service_writes(
    bucket: str,
    service: str,
    *,
    account_id: str,
    prefix: str = "",
    says_for_whom: bool = True,
    hands_over: bool = False,
) -> Statement:
    """An AWS service puts objects, for resources of this account only.

    `says_for_whom`: the service tells whose resource it writes for (the balancer does not: there the account's
    number in the prefix binds it). `hands_over`: the service sends the canned ACL that makes the bucket's owner
    the object's, and documents this condition.
    """
    conditions: dict[str, Any] = {"aws:SourceAccount": account_id} if says_for_whom else {}
    if hands_over:
        conditions["s3:x-amz-acl"] = "bucket-owner-full-control"
    statement = {
        "Sid": f"{_pascal(service)}Writes",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": f"{arn(bucket)}/{prefix}*",
    }
    return {**statement, "Condition": {"StringEquals": conditions}} if conditions else statement


def service_looks(bucket: str, service: str, *, account_id: str) -> Statement:
    """Before a service delivers, it checks that the bucket is there and whose it is."""
    return {
        "Sid": f"{_pascal(service)}Looks",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["s3:GetBucketAcl", "s3:ListBucket", "s3:GetBucketLocation"],
        "Resource": arn(bucket),
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }


def _deny(sid: str, actions: Sequence[str], resources: Sequence[str], conditions: Mapping[str, Any]) -> Statement:
    statement = {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": actions[0] if len(actions) == 1 else list(actions),
        "Resource": resources[0] if len(resources) == 1 else list(resources),
    }
    return {**statement, "Condition": conditions} if conditions else statement


def _pascal(text: str) -> str:
    words = text.removesuffix(".amazonaws.com").replace(".", "-").split("-")
    return "".join(word.capitalize() for word in words)
