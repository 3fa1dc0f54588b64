"""Topics, queues, schedules and delivery streams that AWS does not make."""

import json
from typing import Any

_TOPIC = "aws:sns/topic:Topic"
_SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
_QUEUE = "aws:sqs/queue:Queue"
_SCHEDULE = "aws:scheduler/schedule:Schedule"
_STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
_ARN = "arn:aws:sns:us-east-1:123456789012:t"


def _schedule(**changed: Any) -> dict[str, Any]:
    target = {"arn": "arn:aws:sqs:us-east-1:123456789012:q", "roleArn": "arn:aws:iam::123456789012:role/r"}
    whole = {"name": "s", "scheduleExpression": "rate(1 hour)", "flexibleTimeWindow": {"mode": "OFF"}, "target": target}
    return {**whole, **changed}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_TOPIC, {"name": "with space"}, "name", "AWS rule"),
    (_TOPIC, {"name": "t.fifo"}, "name", "AWS rule"),
    (_TOPIC, {"name": "t", "signatureVersion": 3}, "signatureVersion", "AWS rule"),
    (_TOPIC, {"name": "t", "policy": "allow"}, "policy", "AWS rule"),
    (_SUBSCRIPTION, {"topic": _ARN, "protocol": "pigeon", "endpoint": "coop"}, "protocol", "AWS rule"),
    (_SUBSCRIPTION, {"topic": _ARN, "protocol": "email", "endpoint": "nobody"}, "endpoint", "AWS rule"),
    (_SUBSCRIPTION, {"topic": _ARN, "protocol": "https", "endpoint": "http://a.example"}, "endpoint", "AWS rule"),
    (_QUEUE, {"name": "q", "visibilityTimeoutSeconds": 50000}, "visibilityTimeoutSeconds", "AWS rule"),
    (_QUEUE, {"name": "q", "fifoQueue": True}, "name", "AWS rule"),
    (_QUEUE, {"name": "q", "redrivePolicy": json.dumps({"maxReceiveCount": 3})}, "redrivePolicy", "AWS rule"),
    (_QUEUE, {"name": "q", "kmsMasterKeyId": "k", "sqsManagedSseEnabled": True}, "sqsManagedSseEnabled", "AWS rule"),
    (_SCHEDULE, _schedule(scheduleExpression="rate(1 hours)"), "scheduleExpression", "AWS rule"),
    (_SCHEDULE, _schedule(scheduleExpressionTimezone="Berlin"), "scheduleExpressionTimezone", "AWS rule"),
    (
        _SCHEDULE,
        _schedule(flexibleTimeWindow={"mode": "FLEXIBLE"}),
        "flexibleTimeWindow.maximumWindowInMinutes",
        "AWS rule",
    ),
    (_STREAM, {"name": "s", "destination": "extended_s3"}, "extendedS3Configuration", "AWS rule"),
]
