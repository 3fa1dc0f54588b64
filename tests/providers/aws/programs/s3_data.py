"""What buckets hold and tell, under the names of SDK 7 and 6, in three steps: created, updated, replaced."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:sqs/queue:Queue": "shown in messaging.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:sqs/queue:Queue": "shown in messaging.py",
    "aws:s3/bucket:Bucket": "shown in s3.py",
    "aws:s3/bucketV2:BucketV2": "shown in s3.py",
    "aws:s3/bucketVersioning:BucketVersioning": "shown in s3.py",
    "aws:s3/bucketPolicy:BucketPolicy": "shown in s3.py",
}

_ALLOW_LOGS = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}


def _lifecycle(changed: bool) -> list[dict[str, Any]]:
    return [
        {
            "id": "archive",
            "status": "Enabled",
            "filter": {"and": {"prefix": "records/", "tags": {"class": "record"}}},
            "transitions": [
                {"days": 30, "storage_class": "STANDARD_IA"},
                {"days": 90, "storage_class": "GLACIER"},
            ],
            "expiration": {"days": 2557 if changed else 2922},
            "noncurrent_version_expiration": {"noncurrent_days": 90, "newer_noncurrent_versions": 3},
        },
        {
            "id": "uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        },
        {"id": "small", "status": "Disabled", "filter": {"object_size_less_than": 1000}, "expiration": {"days": 9}},
    ]


def program(step: int) -> None:
    changed, suffix = step > 0, "-moved" if step == 2 else ""
    name = f"contract-data{suffix}"
    logs = aws.s3.Bucket("logs", bucket=f"contract-logs{suffix}", force_destroy=True)
    allow = {**_ALLOW_LOGS, "Resource": f"arn:aws:s3:::contract-logs{suffix}/*"}
    allowed = aws.s3.BucketPolicy(
        "logs", bucket=logs.id, policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    )
    bucket = aws.s3.Bucket("data", bucket=name, force_destroy=True, object_lock_enabled=True)
    older = aws.s3.BucketV2("older", bucket=f"{name}-older", force_destroy=True, object_lock_enabled=True)
    copy = aws.s3.Bucket("copy", bucket=f"{name}-copy", region="us-west-2", force_destroy=True)
    versions = [
        aws.s3.BucketVersioning(
            f"versions-{place}", bucket=it.id, region=region, versioning_configuration={"status": "Enabled"}
        )
        for place, it, region in (("data", bucket, None), ("copy", copy, "us-west-2"))
    ]
    _settings(changed, bucket, older, logs, allowed)
    role = aws.iam.Role("replication", assume_role_policy=_trust("s3.amazonaws.com"))
    aws.s3.BucketReplicationConfig(
        "replication",
        bucket=bucket.id,
        role=role.arn,
        rules=[
            {
                "id": "all",
                "priority": 1,
                "status": "Disabled" if changed else "Enabled",
                "filter": {"prefix": "records/"},
                "delete_marker_replication": {"status": "Enabled"},
                "destination": {"bucket": copy.arn, "storage_class": "STANDARD_IA"},
            }
        ],
        opts=pulumi.ResourceOptions(depends_on=versions),
    )
    _contents(changed, bucket)
    _reports(changed, bucket)


def _settings(changed: bool, bucket: Any, older: Any, logs: Any, allowed: Any) -> None:
    rules = _lifecycle(changed)
    aws.s3.BucketLifecycleConfiguration("lifecycle", bucket=bucket.id, rules=rules)
    aws.s3.BucketLifecycleConfigurationV2("older-lifecycle", bucket=older.id, rules=rules)
    lock = {"default_retention": {"mode": "GOVERNANCE", "days": 31 if changed else 30}}
    aws.s3.BucketObjectLockConfiguration("lock", bucket=bucket.id, rule=lock)
    aws.s3.BucketObjectLockConfigurationV2("older-lock", bucket=older.id, rule=lock)
    after, prefix = pulumi.ResourceOptions(depends_on=[allowed]), "new/" if changed else "old/"
    aws.s3.BucketLogging("logging", bucket=bucket.id, target_bucket=logs.id, target_prefix=prefix, opts=after)
    aws.s3.BucketLoggingV2("older-logging", bucket=older.id, target_bucket=logs.id, target_prefix=prefix, opts=after)
    cors = {"allowed_methods": ["GET", "HEAD"] if changed else ["GET"], "allowed_origins": ["https://example.com"]}
    aws.s3.BucketCorsConfiguration("cors", bucket=bucket.id, cors_rules=[cors])
    aws.s3.BucketCorsConfigurationV2("older-cors", bucket=older.id, cors_rules=[cors])
    page = {"key": "missing.html" if changed else "error.html"}
    index = {"suffix": "index.html"}
    aws.s3.BucketWebsiteConfiguration("site", bucket=bucket.id, index_document=index, error_document=page)
    aws.s3.BucketWebsiteConfigurationV2("older-site", bucket=older.id, index_document=index, error_document=page)


def _contents(changed: bool, bucket: Any) -> None:
    text = "call 988, at once" if changed else "call 988"
    aws.s3.BucketObject("page", bucket=bucket.id, key="crisis.txt", content=text, force_destroy=True)
    aws.s3.BucketObjectv2(
        "bundle",
        bucket=bucket.id,
        key="bundle.zip",
        force_destroy=True,
        source=pulumi.AssetArchive({"crisis.txt": pulumi.StringAsset(text)}),
        tags={"changed": str(changed)},
        opts=pulumi.ResourceOptions(delete_before_replace=True),
    )


def _reports(changed: bool, bucket: Any) -> None:
    queue = aws.sqs.Queue("told", name="contract-told")
    aws.s3.BucketNotification(
        "told",
        bucket=bucket.id,
        eventbridge=True,
        queues=[
            {
                "queue_arn": queue.arn,
                "events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] if changed else ["s3:ObjectCreated:*"],
                "filter_prefix": "records/",
            }
        ],
    )
    aws.s3.Inventory(
        "inventory",
        bucket=bucket.id,
        name="all",
        included_object_versions="All",
        schedule={"frequency": "Weekly" if changed else "Daily"},
        destination={"bucket": {"bucket_arn": bucket.arn, "format": "Parquet"}},
    )
    prefix = "new/" if changed else "old/"
    aws.s3.BucketMetric("metric", bucket=bucket.id, name="all", filter={"prefix": prefix})
    aws.s3.BucketIntelligentTieringConfiguration(
        "tiering",
        bucket=bucket.id,
        name="all",
        filter={"prefix": prefix},
        tierings=[{"access_tier": "ARCHIVE_ACCESS", "days": 90}],
    )


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
