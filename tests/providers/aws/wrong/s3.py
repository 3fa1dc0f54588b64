"""Buckets that S3 does not make, settings it does not take."""

import json
from typing import Any

_BUCKET = "aws:s3/bucket:Bucket"
_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
_TIERING = "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration"
_OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def _lifecycle(**rule: Any) -> dict[str, Any]:
    return {"bucket": "data", "rules": [{"id": "rule", "status": "Enabled", "filter": {}, **rule}]}


def _statement(**changed: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "*"}
    kept = {name: value for name, value in {**statement, **changed}.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


def _replication(**rule: Any) -> dict[str, Any]:
    whole = {"id": "all", "status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copy"}, **rule}
    return {"bucket": "data", "role": "arn:aws:iam::123456789012:role/replication", "rules": [whole]}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_BUCKET, {"bucket": "Upper-Case"}, "bucket", "AWS rule"),
    (_BUCKET, {"bucket": "192.168.5.4"}, "bucket", "AWS rule"),
    (_BUCKET, {"bucket": "ab"}, "bucket", "AWS rule"),
    (_BUCKET, {"bucket": "data", "acl": "public-read"}, "acl", "AWS rule"),
    (_BUCKET, {"bucket": "data", "versionning": {"enabled": True}}, "versionning", "schema"),
    (_POLICY, {"bucket": "data", "policy": "{not json"}, "policy", "AWS rule"),
    (_POLICY, {"bucket": "data", "policy": _statement(Principal=None)}, "policy", "AWS rule"),
    (_POLICY, {"bucket": "data", "policy": _statement(Efect="Deny")}, "policy", "AWS rule"),
    (_POLICY, {"bucket": "data", "policy": _statement(Action="GetObject")}, "policy", "AWS rule"),
    (_POLICY, {"bucket": "data", "policy": _statement(Condition={"BoolEquals": {"a": "b"}})}, "policy", "AWS rule"),
    (_POLICY, {"bucket": "data", "policy": _statement(Resource="data/*")}, "policy", "AWS rule"),
    (
        _ENCRYPTION,
        {"bucket": "data", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES128"}}]},
        "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
        "service model",
    ),
    (
        _ENCRYPTION,
        {
            "bucket": "data",
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "kmsMasterKeyId": "key"}}],
        },
        "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId",
        "AWS rule",
    ),
    (
        _LIFECYCLE,
        _lifecycle(transitions=[{"days": 5, "storageClass": "STANDARD_IA"}]),
        "rules[0].transitions[0].days",
        "AWS rule",
    ),
    (
        _LIFECYCLE,
        _lifecycle(transitions=[{"days": 90, "storageClass": "GLACIER"}], expiration={"days": 60}),
        "rules[0].expiration.days",
        "AWS rule",
    ),
    (
        _LIFECYCLE,
        _lifecycle(transitions=[{"days": 90, "storageClass": "TAPE"}]),
        "rules[0].transitions[0].storageClass",
        "service model",
    ),
    (_LIFECYCLE, _lifecycle(), "rules[0]", "AWS rule"),
    (
        _LOCK,
        {"bucket": "data", "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 1, "years": 1}}},
        "rule.defaultRetention",
        "AWS rule",
    ),
    (
        _LOCK,
        {"bucket": "data", "rule": {"defaultRetention": {"mode": "FOREVER", "days": 1}}},
        "rule.defaultRetention.mode",
        "service model",
    ),
    (_REPLICATION, _replication(filter={"prefix": "a"}), "rules[0].deleteMarkerReplication", "AWS rule"),
    (_REPLICATION, _replication(destination={"bucket": "copy"}), "rules[0].destination.bucket", "AWS rule"),
    (
        _REPLICATION,
        _replication(sourceSelectionCriteria={"sseKmsEncryptedObjects": {"status": "Enabled"}}),
        "rules[0].destination.encryptionConfiguration",
        "AWS rule",
    ),
    (
        _NOTIFICATION,
        {"bucket": "data", "queues": [{"queueArn": "arn:aws:sqs:us-east-1:123456789012:q", "events": ["s3:Made"]}]},
        "queues[0].events",
        "service model",
    ),
    (
        _TIERING,
        {"bucket": "data", "tierings": [{"accessTier": "ARCHIVE_ACCESS", "days": 30}]},
        "tierings[0].days",
        "AWS rule",
    ),
    (_OBJECT, {"bucket": "data", "key": "k", "content": "a", "contentBase64": "YQ=="}, "contentBase64", "AWS rule"),
]
