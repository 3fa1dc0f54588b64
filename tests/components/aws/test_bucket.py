"""A bucket, whatever it holds: what is always there, and what can be asked for."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest

from components.aws import bucket_policies
from components.aws.bucket import Bucket, BucketArgs, ObjectLock
from components.aws.bucket_lifecycle import Keep, lifecycle_rules
from components.aws.bucket_replication import Copy
from components.aws.policy_documents import document
from components.naming import DataClass, Naming
from tests.components.recording import Registered, only, policy_of, registrations

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1"
NAMING = Naming(system="being", environment="production", account_id=ACCOUNT, owner="platform-engineering")


def bucket(**more: object) -> list[Registered]:
    given = {"purpose": "things", "data_class": DataClass.HEALTH, "key_arn": KEY, **more}
    return registrations(lambda: Bucket("things", BucketArgs(**given), NAMING))  # type: ignore[arg-type]


def test_it_is_private_versioned_and_encrypted_under_its_key() -> None:
    made = bucket()
    rule = only(made, "BucketServerSideEncryptionConfiguration").inputs["rules"][0]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}
    assert only(made, "BucketVersioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert only(made, "BucketOwnershipControls").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    closed = only(made, "BucketPublicAccessBlock").inputs
    assert [closed[key] for key in sorted(closed) if key != "bucket"] == [True] * 4


def test_it_refuses_plain_text_and_any_other_key() -> None:
    policy = policy_of(only(bucket(), "BucketPolicy"))
    assert policy["OnlyTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    test = {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": KEY}}
    assert policy["OnlyThisKey"]["Condition"] == test
    assert {each["Effect"] for each in policy.values()} == {"Deny"}


def test_a_target_of_access_logs_is_encrypted_by_s3_itself() -> None:
    made = bucket(key_arn=None)
    rule = only(made, "BucketServerSideEncryptionConfiguration").inputs["rules"][0]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert set(policy_of(only(made, "BucketPolicy"))) == {"OnlyTls"}


@pytest.mark.parametrize(("compliance", "mode"), [(True, "COMPLIANCE"), (False, "GOVERNANCE")])
def test_a_locked_bucket_is_made_with_lock_and_has_a_default_retention(compliance: bool, mode: str) -> None:
    made = bucket(object_lock=ObjectLock(days=30, compliance=compliance))
    assert only(made, "s3/bucket:Bucket").inputs["objectLockEnabled"] is True
    lock = only(made, "BucketObjectLockConfiguration").inputs["rule"]
    assert lock == {"defaultRetention": {"mode": mode, "days": 30}}


def test_without_a_lock_there_is_none() -> None:
    assert not [each for each in bucket() if "ObjectLock" in each.type]


def test_accesses_are_logged_under_a_prefix_of_its_own() -> None:
    logging = only(bucket(access_log_bucket="logs"), "BucketLogging").inputs
    assert (logging["targetBucket"], logging["targetPrefix"]) == ("logs", f"s3/being-prod-things-{ACCOUNT}/")


def test_a_documented_name_is_kept() -> None:
    assert (
        only(bucket(physical_name="astraldraft-backups"), "s3/bucket:Bucket").inputs["bucket"] == "astraldraft-backups"
    )


def test_copies_go_to_the_other_region_under_the_key_there() -> None:
    made = bucket(copy_to=Copy(bucket_arn="arn:aws:s3:::there", key_arn="arn:aws:kms:us-west-2:1:key/mrk-1"))
    (rule,) = only(made, "BucketReplicationConfig").inputs["rules"]
    assert rule["destination"]["bucket"] == "arn:aws:s3:::there"
    assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": "arn:aws:kms:us-west-2:1:key/mrk-1"}
    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    statements = policy_of(only(made, "iam/policy:Policy"))
    assert statements["Copy"]["Resource"] == ["arn:aws:s3:::there/*"]
    assert not [action for each in statements.values() for action in each["Action"] if "*" in action]


def test_a_bucket_without_a_customer_key_is_not_copied() -> None:
    with pytest.raises(ValueError, match="only a bucket with a customer key is copied"):
        bucket(key_arn=None, copy_to=Copy(bucket_arn="arn:aws:s3:::there", key_arn=KEY))


def _right(which: Callable[[Bucket], object]) -> dict[str, dict[str, object]]:
    def program() -> None:
        made = Bucket("things", BucketArgs(purpose="things", data_class=DataClass.HEALTH, key_arn=KEY), NAMING)
        aws.iam.Policy("right", policy=document(*which(made)))  # type: ignore[misc]

    return policy_of(only(registrations(program), "iam/policy:Policy"))


def test_who_may_write_can_neither_read_nor_delete() -> None:
    actions = [action for each in _right(lambda made: made.may_write("in/")).values() for action in each["Action"]]  # type: ignore[attr-defined]
    assert not {"s3:GetObject", "s3:DeleteObject", "s3:*"} & set(actions)
    assert "s3:PutObject" in actions


def test_who_may_read_sees_its_prefix_only() -> None:
    right = _right(lambda made: made.may_read("out/"))
    assert right["List"]["Condition"] == {"StringLike": {"s3:prefix": ["out/*"]}}
    assert all(str(each).endswith("/out/*") for each in right["Read"]["Resource"])  # type: ignore[attr-defined]


def test_lifecycle_clears_broken_uploads_and_ends_each_prefix() -> None:
    abandoned, daily = lifecycle_rules([Keep(prefix="daily/", days=30)])
    assert abandoned["abort_incomplete_multipart_upload"] == {"days_after_initiation": 7}
    assert (daily["id"], daily["filter"], daily["expiration"]) == ("daily", {"prefix": "daily/"}, {"days": 30})


@pytest.mark.parametrize("wrong", [{"infrequent_after_days": 10}, {"days": 30, "archived_after_days": 30}])
def test_moves_that_aws_refuses_are_refused_at_once(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="days"):
        Keep(**wrong)


def test_a_service_writes_for_this_account_only() -> None:
    statement = bucket_policies.service_writes("b", "cloudtrail.amazonaws.com", account_id=ACCOUNT, prefix="AWSLogs/")
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert statement["Resource"] == "arn:aws:s3:::b/AWSLogs/*"


def test_a_policy_shows_what_is_known_before_anything_is_made() -> None:
    shown: list[str] = []
    statement = bucket_policies.service_writes("b", "cloudtrail.amazonaws.com", account_id=ACCOUNT)
    registrations(lambda: pulumi.Output.from_input(document(statement)).apply(shown.append))
    assert "aws:SourceAccount" in shown[0]
