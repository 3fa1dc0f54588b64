"""Alarms, rules and log settings that AWS does not take."""

import json
from typing import Any

_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
_DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
_FORWARD = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
_MASK = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
_RULE = "aws:cloudwatch/eventRule:EventRule"
_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
_DELIVERED = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"

_TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
_METRIC = {"name": "Errors", "namespace": "N", "value": "1"}


def _alarm(**changed: Any) -> dict[str, Any]:
    whole = {
        "name": "a",
        "namespace": "AWS/RDS",
        "metricName": "CPUUtilization",
        "statistic": "Average",
        "period": 60,
        "evaluationPeriods": 3,
        "threshold": 80,
        "comparisonOperator": "GreaterThanThreshold",
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_ALARM, _alarm(period=45), "period", "AWS rule"),
    (_ALARM, _alarm(datapointsToAlarm=5), "datapointsToAlarm", "AWS rule"),
    (_ALARM, _alarm(evaluationPeriods=2000), "evaluationPeriods", "AWS rule"),
    (_ALARM, _alarm(comparisonOperator="GreaterThan"), "comparisonOperator", "service model"),
    (_ALARM, _alarm(statistic=None), "statistic", "AWS rule"),
    (_ALARM, _alarm(statistic=None, extendedStatistic="99th"), "extendedStatistic", "AWS rule"),
    (_ALARM, _alarm(threshold=None), "threshold", "AWS rule"),
    (_ALARM, _alarm(alarmActions=["on-call"]), "alarmActions[0]", "AWS rule"),
    (
        _ALARM,
        _alarm(
            namespace=None,
            metricName=None,
            statistic=None,
            period=None,
            metricQueries=[{"id": "e1", "expression": "SUM(METRICS())"}],
        ),
        "metricQueries",
        "AWS rule",
    ),
    (_COMPOSITE, {"alarmName": "c", "alarmRule": 'ALARM("a") AND'}, "alarmRule", "AWS rule"),
    (_DASHBOARD, {"dashboardName": "d", "dashboardBody": "{"}, "dashboardBody", "AWS rule"),
    (_DASHBOARD, {"dashboardName": "d", "dashboardBody": json.dumps({"widgets": [{}]})}, "dashboardBody", "AWS rule"),
    (_GROUP, {"name": "g", "retentionInDays": 100}, "retentionInDays", "AWS rule"),
    (_GROUP, {"name": "g", "kmsKeyId": "alias/logs"}, "kmsKeyId", "AWS rule"),
    (_GROUP, {"name": "g h"}, "name", "AWS rule"),
    (
        _FILTER,
        {"name": "f", "logGroupName": "g", "pattern": '{ $.a = "b"', "metricTransformation": _METRIC},
        "pattern",
        "AWS rule",
    ),
    (
        _FILTER,
        {
            "name": "f",
            "logGroupName": "g",
            "pattern": "",
            "metricTransformation": {**_METRIC, "defaultValue": "0", "dimensions": {"a": "$.a"}},
        },
        "metricTransformation.defaultValue",
        "AWS rule",
    ),
    (
        _FORWARD,
        {"name": "f", "logGroup": "g", "filterPattern": "", "destinationArn": _TOPIC},
        "destinationArn",
        "AWS rule",
    ),
    (_MASK, {"logGroupName": "g", "policyDocument": "{}"}, "policyDocument", "AWS rule"),
    (_RULE, {"name": "r"}, "eventPattern", "AWS rule"),
    (_RULE, {"name": "r", "scheduleExpression": "every day"}, "scheduleExpression", "AWS rule"),
    (_RULE, {"name": "r", "scheduleExpression": "cron(0 3 * * * *)"}, "scheduleExpression", "AWS rule"),
    (_RULE, {"name": "r", "eventPattern": json.dumps({"source": "aws.health"})}, "eventPattern", "AWS rule"),
    (_TARGET, {"rule": "r", "targetId": "t", "arn": _TOPIC, "input": "{}", "inputPath": "$"}, "inputPath", "AWS rule"),
    (
        _DELIVERED,
        {
            "name": "d",
            "deliveryDestinationType": "CWL",
            "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::b"},
        },
        "deliveryDestinationType",
        "AWS rule",
    ),
]
