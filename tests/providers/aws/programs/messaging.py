"""Topics, queues, schedules and delivery streams, in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:s3/bucket:Bucket": "shown in s3.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:s3/bucket:Bucket": "shown in s3.py",
}


def _policy(action: str, *services: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def program(step: int) -> None:
    changed, suffix = step > 0, "-renamed" if step == 2 else ""
    tags = {"step": str(min(step, 1))}
    services = ["events.amazonaws.com", "sns.amazonaws.com"] if changed else ["sns.amazonaws.com"]
    topic = aws.sns.Topic(
        "topic",
        name=f"contract{suffix}",
        display_name="Updated" if changed else "Created",
        kms_master_key_id="alias/aws/sns",
        signature_version=2,
        tags=tags,
    )
    aws.sns.TopicPolicy("topic", arn=topic.arn, policy=_policy("sns:Publish", *services))
    dead = aws.sqs.Queue("dead", name=f"contract-dead{suffix}", message_retention_seconds=1209600)
    aws.sqs.RedriveAllowPolicy(
        "dead",
        queue_url=dead.id,
        redrive_allow_policy=json.dumps({"redrivePermission": "denyAll" if changed else "allowAll"}),
    )
    queue = aws.sqs.Queue(
        "queue",
        name=f"contract{suffix}",
        visibility_timeout_seconds=120 if changed else 60,
        sqs_managed_sse_enabled=True,
        tags=tags,
    )
    aws.sqs.QueuePolicy("queue", queue_url=queue.id, policy=_policy("sqs:SendMessage", *services))
    aws.sqs.RedrivePolicy(
        "queue",
        queue_url=queue.id,
        redrive_policy=dead.arn.apply(
            lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5 if changed else 3})
        ),
    )
    aws.sns.TopicSubscription(
        "queue",
        topic=topic.arn,
        protocol="sqs",
        endpoint=queue.arn,
        raw_message_delivery=not changed,
        filter_policy=json.dumps({"severity": ["critical"]}),
    )
    aws.sns.SmsPreferences("sms", default_sms_type="Transactional", monthly_spend_limit=5 if changed else 3)
    schedules = aws.scheduler.ScheduleGroup("group", name=f"contract{suffix}", tags=tags)
    caller = aws.iam.Role("caller", assume_role_policy=_trust("scheduler.amazonaws.com"))
    aws.scheduler.Schedule(
        "nightly",
        name="nightly",
        group_name=schedules.name,
        schedule_expression="cron(0 4 * * ? *)" if changed else "cron(0 3 * * ? *)",
        schedule_expression_timezone="UTC",
        flexible_time_window={"mode": "FLEXIBLE", "maximum_window_in_minutes": 15},
        target={
            "arn": queue.arn,
            "role_arn": caller.arn,
            "input": json.dumps({"job": "nightly"}),
            "retry_policy": {"maximum_retry_attempts": 3, "maximum_event_age_in_seconds": 3600},
        },
    )
    writer = aws.iam.Role("writer", assume_role_policy=_trust("firehose.amazonaws.com"))
    bucket = aws.s3.Bucket("stream", bucket="contract-stream")
    aws.kinesis.FirehoseDeliveryStream(
        "stream",
        name=f"contract{suffix}",
        destination="extended_s3",
        extended_s3_configuration={
            "bucket_arn": bucket.arn,
            "role_arn": writer.arn,
            "prefix": "logs/",
            "buffering_size": 64,
            "buffering_interval": 300 if changed else 60,
            "compression_format": "GZIP",
        },
        server_side_encryption={"enabled": True},
        tags=tags,
    )
