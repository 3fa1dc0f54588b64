"""The place where states live: made once, the same on every run, mended when somebody changed it."""

import json
from collections.abc import Callable
from typing import Any

from operations.state_store import SECRETS_KEY, STATE_KEY
from tests.pipelines.accounts import PLACE, Account, state

STATE, LOGS = PLACE.bucket, PLACE.log_bucket


def test_made_in_one_go_and_the_second_run_changes_nothing(account: Account) -> None:
    first, second = state(account, "create", "prod"), state(account, "create", "prod")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert not [line for line in second.stdout.splitlines() if line.startswith("+")]
    assert ": 0 set, " in second.stdout
    assert len(account.client("kms").list_keys()["Keys"]) == 2


def test_what_is_made_is_what_a_state_needs(account: Account) -> None:
    state(account, "create", "prod")
    s3, kms = account.client("s3"), account.client("kms")
    key = kms.describe_key(KeyId=STATE_KEY)["KeyMetadata"]["Arn"]
    (rule,) = s3.get_bucket_encryption(Bucket=STATE)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert s3.get_bucket_versioning(Bucket=STATE)["Status"] == "Enabled"
    assert s3.get_bucket_logging(Bucket=STATE)["LoggingEnabled"]["TargetBucket"] == LOGS
    assert all(s3.get_public_access_block(Bucket=STATE)["PublicAccessBlockConfiguration"].values())
    statements = {one["Sid"]: one for one in json.loads(s3.get_bucket_policy(Bucket=STATE)["Policy"])["Statement"]}
    assert statements["OnlyTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statements["OnlyThisKey"]["Condition"]["StringNotEqualsIfExists"].popitem()[1] == key
    assert "s3:DeleteObjectVersion" in statements["EndsOnlyWithSecondFactor"]["Action"]
    assert {one["Effect"] for one in statements.values()} == {"Deny"}
    assert kms.get_key_rotation_status(KeyId=kms.describe_key(KeyId=SECRETS_KEY)["KeyMetadata"]["KeyId"])[
        "KeyRotationEnabled"
    ]


#: What somebody may do to it by hand, and the one line with which `check` tells of it.
SPOILED: dict[str, Callable[[Any, Any], object]] = {
    f"{STATE}: no public access": lambda s3, kms: s3.delete_public_access_block(Bucket=STATE),
    f"{STATE}: no access lists": lambda s3, kms: s3.delete_bucket_ownership_controls(Bucket=STATE),
    f"{STATE}: tags": lambda s3, kms: s3.delete_bucket_tagging(Bucket=STATE),
    f"{STATE}: encrypted": lambda s3, kms: s3.delete_bucket_encryption(Bucket=STATE),
    f"{STATE}: policy": lambda s3, kms: s3.delete_bucket_policy(Bucket=STATE),
    f"{STATE}: old versions end": lambda s3, kms: s3.delete_bucket_lifecycle(Bucket=STATE),
    f"{STATE}: accesses logged": lambda s3, kms: s3.put_bucket_logging(Bucket=STATE, BucketLoggingStatus={}),
    f"{LOGS}: versions kept": lambda s3, kms: s3.put_bucket_versioning(
        Bucket=LOGS, VersioningConfiguration={"Status": "Suspended"}
    ),
    f"{LOGS}: policy": lambda s3, kms: s3.put_bucket_policy(
        Bucket=LOGS, Policy=json.dumps({"Version": "2012-10-17", "Statement": []})
    ),
    f"key {STATE_KEY}: policy": lambda s3, kms: kms.put_key_policy(
        KeyId=kms.describe_key(KeyId=STATE_KEY)["KeyMetadata"]["KeyId"],
        PolicyName="default",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": []}),
    ),
    f"key {SECRETS_KEY}: rotated every year": lambda s3, kms: kms.disable_key_rotation(
        KeyId=kms.describe_key(KeyId=SECRETS_KEY)["KeyMetadata"]["KeyId"]
    ),
}


def test_each_change_by_hand_is_told_by_name_and_mended(account: Account) -> None:
    state(account, "create", "prod")
    assert state(account, "check", "prod").returncode == 0
    for spoil in SPOILED.values():
        spoil(account.client("s3"), account.client("kms"))
    checked = state(account, "check", "prod")
    told = {line.removeprefix("✗ ") for line in checked.stdout.splitlines() if line.startswith("✗ ")}
    assert (checked.returncode, told) == (1, set(SPOILED))
    assert f"{len(SPOILED)} set" in state(account, "create", "prod").stdout
    assert state(account, "check", "prod").returncode == 0


def test_credentials_of_another_account_make_nothing(account: Account) -> None:
    refused = state(account, "create", "being-staging")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "belongs to" in refused.stderr
    assert account.client("s3").list_buckets()["Buckets"] == []


def test_a_stack_that_does_not_exist_is_told_with_those_that_do(account: Account) -> None:
    refused = state(account, "create", "production")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "there is no stack 'production'" in refused.stderr
    assert "being-prod" in refused.stderr
