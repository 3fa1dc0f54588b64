"""Mail, budgets, canaries, configuration and protection that AWS refuses."""

from typing import Any

_BUDGET = "aws:budgets/budget:Budget"
_CANARY = "aws:synthetics/canary:Canary"
_ROLE = "arn:aws:iam::123456789012:role/operations"


def _budget(notice: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    told = {"comparisonOperator": "GREATER_THAN", "notificationType": "ACTUAL", "threshold": 80}
    told |= {"thresholdType": "PERCENTAGE", "subscriberEmailAddresses": ["finance@example.com"], **(notice or {})}
    plain = {"name": "monthly", "budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "100", "limitUnit": "USD"}
    return {**plain, "notifications": [told], **changed}


def _canary(**changed: Any) -> dict[str, Any]:
    return {
        "name": "canary",
        "artifactS3Location": "s3://results/home",
        "executionRoleArn": _ROLE,
        "handler": "index.handler",
        "runtimeVersion": "syn-nodejs-puppeteer-9.1",
        "schedule": {"expression": "rate(5 minutes)"},
        "s3Bucket": "canaries",
        "s3Key": "home.zip",
        **changed,
    }


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_BUDGET, _budget(limitAmount="-5"), "limitAmount", "AWS rule"),
    (_BUDGET, _budget(limitAmount=None), "limitAmount", "AWS rule"),
    (_BUDGET, _budget(limitUnit="EUR"), "limitUnit", "AWS rule"),
    (_BUDGET, _budget(timeUnit="WEEKLY"), "timeUnit", "service model"),
    (_BUDGET, _budget(name="a/b"), "name", "AWS rule"),
    (_BUDGET, _budget(timePeriodStart="2026-01-01"), "timePeriodStart", "AWS rule"),
    (_BUDGET, _budget({"threshold": 0}), "notifications[0].threshold", "AWS rule"),
    (_BUDGET, _budget({"thresholdType": "PERCENT"}), "notifications[0].thresholdType", "AWS rule"),
    (_BUDGET, _budget({"subscriberEmailAddresses": None}), "notifications[0]", "AWS rule"),
    (
        "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
        {"name": "monitor", "monitorType": "DIMENSIONAL"},
        "monitorDimension",
        "AWS rule",
    ),
    (
        "aws:costexplorer/anomalySubscription:AnomalySubscription",
        {
            "name": "anomalies",
            "frequency": "DAILY",
            "monitorArnLists": ["arn:aws:ce::123456789012:anomalymonitor/a"],
            "subscribers": [{"type": "SNS", "address": "arn:aws:sns:us-east-1:123456789012:cost"}],
        },
        "subscribers[0].type",
        "AWS rule",
    ),
    (_CANARY, _canary(name="Home Page"), "name", "service model"),
    (_CANARY, _canary(artifactS3Location="results/home"), "artifactS3Location", "AWS rule"),
    (_CANARY, _canary(schedule={"expression": "every minute"}), "schedule.expression", "AWS rule"),
    (_CANARY, _canary(s3Key=None), "zipFile", "AWS rule"),
    (_CANARY, _canary(runConfig={"memoryInMb": 1000}), "runConfig.memoryInMb", "AWS rule"),
    ("aws:sesv2/emailIdentity:EmailIdentity", {"emailIdentity": "example"}, "emailIdentity", "AWS rule"),
    (
        "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
        {"emailIdentity": "example.com", "mailFromDomain": "bounce.example.org"},
        "mailFromDomain",
        "AWS rule",
    ),
    (
        "aws:sesv2/configurationSet:ConfigurationSet",
        {"configurationSetName": "set", "deliveryOptions": {"tlsPolicy": "MUST"}},
        "deliveryOptions.tlsPolicy",
        "service model",
    ),
    (
        "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        {
            "configurationSetName": "set",
            "eventDestinationName": "events",
            "eventDestination": {"matchingEventTypes": ["BOUNCE"]},
        },
        "eventDestination",
        "AWS rule",
    ),
    (
        "aws:pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber",
        {
            "isoCountryCode": "DE",
            "messageType": "TRANSACTIONAL",
            "numberCapabilities": ["SMS"],
            "numberType": "TOLL_FREE",
        },
        "isoCountryCode",
        "AWS rule",
    ),
    (
        "aws:shield/protection:Protection",
        {"name": "bucket", "resourceArn": "arn:aws:s3:::bucket"},
        "resourceArn",
        "AWS rule",
    ),
    (
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
        {"configurationName": "alarms", "iamRoleArn": _ROLE, "slackChannelId": "#alarms", "slackTeamId": "T0123ABCD"},
        "slackChannelId",
        "AWS rule",
    ),
    (
        "aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion",
        {
            "applicationId": "abcdefg",
            "configurationProfileId": "abcdefg",
            "content": "{",
            "contentType": "application/json",
        },
        "content",
        "AWS rule",
    ),
    (
        "aws:appconfig/deploymentStrategy:DeploymentStrategy",
        {"name": "all", "deploymentDurationInMinutes": 0, "growthFactor": 150, "replicateTo": "NONE"},
        "growthFactor",
        "service model",
    ),
    (
        "aws:account/alternativeContact:AlternativeContact",
        {
            "alternateContactType": "LEGAL",
            "name": "On Call",
            "title": "Lead",
            "emailAddress": "oncall@example.com",
            "phoneNumber": "+12065550100",
        },
        "alternateContactType",
        "service model",
    ),
]
