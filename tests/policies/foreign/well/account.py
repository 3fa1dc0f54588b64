"""Keys, the trail, what looks at the account, and the logs' bucket."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

ACCOUNT = "111122223333"
KEPT = pulumi.ResourceOptions(protect=True)


@dataclass
class Keys:
    data: aws.kms.Key
    alarms: aws.sns.Topic
    logs: aws.s3.Bucket


def keys() -> Keys:
    key = aws.kms.Key("key", enable_key_rotation=True, deletion_window_in_days=30, opts=KEPT)
    topic = aws.sns.Topic("alarms", kms_master_key_id=key.arn)
    return Keys(data=key, alarms=topic, logs=bucket("logs", key, expires_after_days=2557))


def document(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(name: str, service: str) -> aws.iam.Role:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    bound = f"arn:aws:iam::{ACCOUNT}:policy/landing-zone-boundary"
    return aws.iam.Role(name, assume_role_policy=document(trust), permissions_boundary=bound)


def bucket(
    name: str, key: aws.kms.Key, logged_in: aws.s3.Bucket | None = None, expires_after_days: int = 2557
) -> aws.s3.Bucket:
    """With all that belongs to one; a bucket that takes access logs cannot have a key of ours."""
    made = aws.s3.Bucket(name, bucket=f"theirs-{name}", object_lock_enabled=True, opts=KEPT)
    rule: dict[str, object] = {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    if logged_in is not None:
        own = {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}
        rule = {"apply_server_side_encryption_by_default": own, "bucket_key_enabled": True}
        aws.s3.BucketLogging(f"{name}-logging", bucket=made.id, target_bucket=logged_in.id, target_prefix=f"{name}/")
    else:
        aws.s3.BucketLogging(f"{name}-logging", bucket=made.id, target_bucket=made.id, target_prefix="own/")
    aws.s3.BucketServerSideEncryptionConfiguration(f"{name}-encryption", bucket=made.id, rules=[rule])
    aws.s3.BucketVersioning(f"{name}-versions", bucket=made.id, versioning_configuration={"status": "Enabled"})
    aws.s3.BucketOwnershipControls(f"{name}-owner", bucket=made.id, rule={"object_ownership": "BucketOwnerEnforced"})
    aws.s3.BucketPublicAccessBlock(
        f"{name}-block",
        bucket=made.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    aws.s3.BucketNotification(f"{name}-events", bucket=made.id, eventbridge=True)
    aws.s3.BucketObjectLockConfiguration(
        f"{name}-lock", bucket=made.id, rule={"default_retention": {"mode": "COMPLIANCE", "days": expires_after_days}}
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=made.id,
        rules=[
            {
                "id": "end",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": expires_after_days},
                "noncurrent_version_expiration": {"noncurrent_days": expires_after_days},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
    )
    clear = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::theirs-{name}", f"arn:aws:s3:::theirs-{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    aws.s3.BucketPolicy(f"{name}-policy", bucket=made.id, policy=document(clear))
    return made


def copy(source: aws.s3.Bucket, name: str, by: aws.iam.Role, key: aws.kms.Key, logs: aws.s3.Bucket) -> None:
    target = bucket(f"{name}-copy", key, logs)
    aws.s3.BucketReplicationConfig(
        f"{name}-replication",
        bucket=source.id,
        role=by.arn,
        rules=[{"id": "all", "status": "Enabled", "destination": {"bucket": target.arn}}],
    )


def guard(keys: Keys) -> None:
    key, logs = keys.data, keys.logs
    trails = bucket("trails", key, logs)
    replicator = role("replicator", "s3.amazonaws.com")
    copy(trails, "trails", replicator, key, logs)
    group = aws.cloudwatch.LogGroup("trail-log", retention_in_days=2557, kms_key_id=key.arn)
    aws.cloudtrail.Trail(
        "trail",
        s3_bucket_name=trails.id,
        is_multi_region_trail=True,
        enable_log_file_validation=True,
        kms_key_id=key.arn,
        cloud_watch_logs_group_arn=group.arn,
        cloud_watch_logs_role_arn=role("trail-writer", "cloudtrail.amazonaws.com").arn,
        event_selectors=[{"data_resources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}],
        opts=KEPT,
    )
    watch(keys, group)
    configuration(keys, trails)
    account_wide(key)


def watch(keys: Keys, group: aws.cloudwatch.LogGroup) -> None:
    patterns = {
        "root": '{ $.userIdentity.type = "Root" }',
        "logins": '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
        "trail-changes": "{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) }",
    }
    for name, pattern in patterns.items():
        aws.cloudwatch.LogMetricFilter(
            f"{name}-seen",
            log_group_name=group.name,
            pattern=pattern,
            metric_transformation={"name": name, "namespace": "Theirs", "value": "1"},
        )
        aws.cloudwatch.MetricAlarm(
            f"{name}-alarm",
            name=name,
            namespace="Theirs",
            metric_name=name,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            evaluation_periods=1,
            alarm_actions=[keys.alarms.arn],
        )
    detector = aws.guardduty.Detector("threats", enable=True)
    for feature in ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS"):
        name = feature.lower().replace("_", "-")
        aws.guardduty.DetectorFeature(f"threats-{name}", detector_id=detector.id, name=feature, status="ENABLED")
    aws.securityhub.Account("hub")
    aws.accessanalyzer.Analyzer("analyzer", analyzer_name="theirs", type="ACCOUNT")


def configuration(keys: Keys, trails: aws.s3.Bucket) -> None:
    recorder = aws.cfg.Recorder(
        "recorder",
        role_arn=role("config-writer", "config.amazonaws.com").arn,
        recording_group={"all_supported": True, "include_global_resource_types": True},
    )
    aws.cfg.DeliveryChannel("channel", s3_bucket_name=trails.id, s3_kms_key_arn=keys.data.arn)
    aws.cfg.RecorderStatus("recording", name=recorder.name, is_enabled=True)
    aws.cfg.ConformancePack("hipaa", template_s3_uri="s3://theirs-packs/hipaa.yaml")


def account_wide(key: aws.kms.Key) -> None:
    aws.s3.AccountPublicAccessBlock(
        "no-public-buckets",
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    aws.ebs.EncryptionByDefault("disks-encrypted", enabled=True)
    aws.ebs.DefaultKmsKey("disks-key", key_arn=key.arn)
    aws.ebs.SnapshotBlockPublicAccess("no-public-snapshots", state="block-all-sharing")
    aws.ec2.ImageBlockPublicAccess("no-public-images", state="block-new-sharing")
    aws.iam.AccountPasswordPolicy(
        "passwords",
        minimum_password_length=16,
        password_reuse_prevention=24,
        max_password_age=90,
        require_lowercase_characters=True,
        require_uppercase_characters=True,
        require_numbers=True,
        require_symbols=True,
    )
