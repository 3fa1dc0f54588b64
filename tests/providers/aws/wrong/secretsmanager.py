"""Secrets and parameters that AWS does not keep."""

import json
from typing import Any

_SECRET = "aws:secretsmanager/secret:Secret"
_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
_PARAMETER = "aws:ssm/parameter:Parameter"
_DOCUMENT = "aws:ssm/document:Document"
_WINDOW = "aws:ssm/maintenanceWindow:MaintenanceWindow"

_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:s-AbCdEf"
_PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_SECRET, {"name": "with space"}, "name", "AWS rule"),
    (_SECRET, {"name": "s", "recoveryWindowInDays": 3}, "recoveryWindowInDays", "AWS rule"),
    (_SECRET, {"name": "s", "replicas": [{"region": "eu-west-1"}] * 2}, "replicas[1].region", "AWS rule"),
    (_VERSION, {"secretId": _ARN, "secretString": "a", "secretBinary": "YQ=="}, "secretBinary", "AWS rule"),
    (_VERSION, {"secretId": _ARN, "secretString": "a" * 65537}, "secretString", "service model"),
    (
        _POLICY,
        {
            "secretArn": _ARN,
            "blockPublicPolicy": True,
            "policy": json.dumps({"Version": "2012-10-17", "Statement": [_PUBLIC]}),
        },
        "policy",
        "AWS rule",
    ),
    (
        _ROTATION,
        {"secretId": _ARN, "rotationRules": {"automaticallyAfterDays": 90, "scheduleExpression": "rate(9 days)"}},
        "rotationRules",
        "AWS rule",
    ),
    (
        _ROTATION,
        {"secretId": _ARN, "rotationRules": {"automaticallyAfterDays": 1001}},
        "rotationRules.automaticallyAfterDays",
        "service model",
    ),
    (_PARAMETER, {"name": "/aws/mine", "type": "String", "value": "a"}, "name", "AWS rule"),
    (_PARAMETER, {"name": "a/b", "type": "String", "value": "a"}, "name", "AWS rule"),
    (_PARAMETER, {"name": "/a", "type": "Text", "value": "a"}, "type", "service model"),
    (_PARAMETER, {"name": "/a", "type": "String", "value": "a" * 4097}, "value", "AWS rule"),
    (_PARAMETER, {"name": "/a", "type": "String", "value": "a", "allowedPattern": r"^\d+$"}, "value", "AWS rule"),
    (_PARAMETER, {"name": "/a", "type": "String", "value": "a", "keyId": "alias/k"}, "keyId", "AWS rule"),
    (_DOCUMENT, {"name": "doc", "documentType": "Command", "content": "{}"}, "content", "AWS rule"),
    (_WINDOW, {"name": "window", "schedule": "sundays", "duration": 3, "cutoff": 1}, "schedule", "AWS rule"),
    (_WINDOW, {"name": "window", "schedule": "rate(7 days)", "duration": 3, "cutoff": 3}, "cutoff", "AWS rule"),
]
