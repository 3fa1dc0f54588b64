"""Copies of keys in other regions and grants in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {"aws:kms/key:Key": "shown in kms.py"}
UPDATES_NOT_SHOWN: dict[str, str] = dict(REPLACEMENTS_NOT_SHOWN)


def program(step: int) -> None:
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    keys = [aws.kms.Key(f"key-{n}", description="data", multi_region=True, policy=policy) for n in range(2)]
    chosen = keys[1 if step == 2 else 0]
    aws.kms.ReplicaKey(
        "copy",
        primary_key_arn=chosen.arn,
        region="us-west-2",
        description="copy" if step == 0 else "copy of the data key",
        policy=policy,
        tags={"step": str(min(step, 1))},
    )
    aws.kms.Grant(
        "grant",
        key_id=chosen.key_id,
        grantee_principal="arn:aws:iam::123456789012:role/reader",
        operations=["Decrypt", "DescribeKey"],
    )
