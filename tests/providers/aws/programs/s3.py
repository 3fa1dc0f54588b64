"""Buckets with their guards, under the names of SDK 7 and 6, in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:kms/key:Key": "shown in kms.py",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": "a rehearsal has one account",
}
UPDATES_NOT_SHOWN: dict[str, str] = {"aws:kms/key:Key": "shown in kms.py"}


def program(step: int) -> None:
    changed = step > 0
    name = "contract-s3-moved" if step == 2 else "contract-s3"
    bucket = aws.s3.Bucket("bucket", bucket=name, force_destroy=True, tags={"step": str(min(step, 1))})
    older = aws.s3.BucketV2("older", bucket=f"{name}-older", tags={"step": str(min(step, 1))})
    key = aws.kms.Key("key", description="bucket key")
    encryption = {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}
    rule = {
        "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"} if changed else encryption,
        "bucket_key_enabled": not changed,
    }
    aws.s3.BucketServerSideEncryptionConfiguration("encryption", bucket=bucket.id, rules=[rule])
    aws.s3.BucketServerSideEncryptionConfigurationV2("older-encryption", bucket=older.id, rules=[rule])
    versions = {"status": "Suspended" if changed else "Enabled"}
    aws.s3.BucketVersioning("versions", bucket=bucket.id, versioning_configuration=versions)
    aws.s3.BucketVersioningV2("older-versions", bucket=older.id, versioning_configuration=versions)
    aws.s3.BucketPublicAccessBlock(
        "private",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=changed,
    )
    aws.s3.BucketOwnershipControls(
        "owner",
        bucket=bucket.id,
        rule={"object_ownership": "BucketOwnerPreferred" if changed else "BucketOwnerEnforced"},
    )
    statement = {
        "Sid": "only tls" if changed else "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.s3.BucketPolicy("policy", bucket=bucket.id, policy=policy)
    aws.s3.AccountPublicAccessBlock(
        "account",
        account_id="123456789012",
        block_public_acls=True,
        block_public_policy=changed,
    )
