"""Customer keys and aliases in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {}


def program(step: int) -> None:
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    key = aws.kms.Key(
        "key",
        description=f"data, step {min(step, 1)}",
        key_usage="SIGN_VERIFY" if step == 2 else "ENCRYPT_DECRYPT",
        customer_master_key_spec="RSA_2048" if step == 2 else "SYMMETRIC_DEFAULT",
        enable_key_rotation=step == 0,
        deletion_window_in_days=30,
        policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}),
        tags={"step": str(step)},
    )
    other = aws.kms.Key("other", description="another key to point at")
    aws.kms.Alias(
        "alias",
        name="alias/renamed" if step == 2 else "alias/data",
        target_key_id=key.key_id if step == 0 else other.key_id,
    )
