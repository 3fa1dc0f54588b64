"""Trails, configuration records and detecting services that AWS refuses."""

from typing import Any

_TRAIL = "aws:cloudtrail/trail:Trail"
_RULE = "aws:cfg/rule:Rule"
_RECORDER = "aws:cfg/recorder:Recorder"
_ROLE = "arn:aws:iam::123456789012:role/audit"


def _trail(**changed: Any) -> dict[str, Any]:
    return {"name": "main", "s3BucketName": "trails", **changed}


def _rule(identifier: str = "ACCESS_KEYS_ROTATED", **changed: Any) -> dict[str, Any]:
    return {"name": "keys", "source": {"owner": "AWS", "sourceIdentifier": identifier}, **changed}


def _recorder(**group: Any) -> dict[str, Any]:
    return {"name": "default", "roleArn": _ROLE, "recordingGroup": group}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_TRAIL, _trail(name="a"), "name", "AWS rule"),
    (_TRAIL, _trail(name="main trail"), "name", "AWS rule"),
    (_TRAIL, _trail(s3KeyPrefix="x" * 201), "s3KeyPrefix", "AWS rule"),
    (_TRAIL, _trail(cloudWatchLogsRoleArn=_ROLE), "cloudWatchLogsRoleArn", "AWS rule"),
    (
        _TRAIL,
        _trail(
            cloudWatchLogsRoleArn=_ROLE, cloudWatchLogsGroupArn="arn:aws:logs:us-east-1:123456789012:log-group:trail"
        ),
        "cloudWatchLogsGroupArn",
        "AWS rule",
    ),
    (
        _TRAIL,
        _trail(isMultiRegionTrail=True, includeGlobalServiceEvents=False),
        "includeGlobalServiceEvents",
        "AWS rule",
    ),
    (
        _TRAIL,
        _trail(insightSelectors=[{"insightType": "CallRate"}]),
        "insightSelectors[0].insightType",
        "AWS rule",
    ),
    (
        _TRAIL,
        _trail(
            advancedEventSelectors=[{"fieldSelectors": [{"field": "resources.type", "equals": ["AWS::S3::Object"]}]}]
        ),
        "advancedEventSelectors[0].fieldSelectors",
        "AWS rule",
    ),
    (
        "aws:cloudtrail/eventDataStore:EventDataStore",
        {"name": "events", "retentionPeriod": 4000},
        "retentionPeriod",
        "service model",
    ),
    (
        "aws:cloudtrail/eventDataStore:EventDataStore",
        {"name": "events", "retentionPeriod": 3000, "billingMode": "FIXED_RETENTION_PRICING"},
        "retentionPeriod",
        "AWS rule",
    ),
    (_RULE, _rule("access-keys-rotated"), "source.sourceIdentifier", "AWS rule"),
    (_RULE, _rule("ACCESS_KEYS_ROTATE"), "source.sourceIdentifier", "AWS rule"),
    (_RULE, _rule(inputParameters="{"), "inputParameters", "AWS rule"),
    (_RULE, _rule(inputParameters='{"maxAccessKeyAge": 90}'), "inputParameters", "AWS rule"),
    (_RULE, _rule(maximumExecutionFrequency="Daily"), "maximumExecutionFrequency", "service model"),
    (
        _RECORDER,
        _recorder(allSupported=True, resourceTypes=["AWS::S3::Bucket"]),
        "recordingGroup.resourceTypes",
        "AWS rule",
    ),
    (_RECORDER, _recorder(allSupported=False), "recordingGroup.resourceTypes", "AWS rule"),
    ("aws:cfg/conformancePack:ConformancePack", {"name": "hipaa"}, "templateBody", "AWS rule"),
    (
        "aws:cfg/retentionConfiguration:RetentionConfiguration",
        {"retentionPeriodInDays": 10},
        "retentionPeriodInDays",
        "service model",
    ),
    (
        "aws:cfg/remediationConfiguration:RemediationConfiguration",
        {"configRuleName": "keys", "targetType": "SSM_DOCUMENT", "targetId": "AWS-Revoke", "automatic": True},
        "automatic",
        "AWS rule",
    ),
    (
        "aws:guardduty/detectorFeature:DetectorFeature",
        {"detectorId": "d" * 32, "name": "EKS_LOGS", "status": "ENABLED"},
        "name",
        "AWS rule",
    ),
    (
        "aws:guardduty/detector:Detector",
        {"enable": True, "findingPublishingFrequency": "DAILY"},
        "findingPublishingFrequency",
        "service model",
    ),
    (
        "aws:securityhub/standardsSubscription:StandardsSubscription",
        {"standardsArn": "aws-foundational-security-best-practices"},
        "standardsArn",
        "AWS rule",
    ),
    (
        "aws:securityhub/findingAggregator:FindingAggregator",
        {"linkingMode": "SPECIFIED_REGIONS"},
        "specifiedRegions",
        "AWS rule",
    ),
    (
        "aws:macie2/classificationJob:ClassificationJob",
        {
            "name": "job",
            "jobType": "SCHEDULED",
            "s3JobDefinition": {"bucketDefinitions": [{"accountId": "123456789012", "buckets": ["records"]}]},
        },
        "scheduleFrequency",
        "AWS rule",
    ),
    (
        "aws:inspector2/enabler:Enabler",
        {"accountIds": ["123456789012"], "resourceTypes": ["LAMBDA_CODE"]},
        "resourceTypes",
        "AWS rule",
    ),
    (
        "aws:inspector2/enabler:Enabler",
        {"accountIds": ["123456789012"], "resourceTypes": ["EKS"]},
        "resourceTypes[0]",
        "service model",
    ),
]
