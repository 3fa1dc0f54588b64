"""Alarms, dashboards, event rules, logs and their deliveries, in three steps: created, updated, replaced."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:sns/topic:Topic": "shown in messaging.py",
    "aws:s3/bucket:Bucket": "shown in s3.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    "aws:sns/topic:Topic": "shown in messaging.py",
    "aws:s3/bucket:Bucket": "shown in s3.py",
}

_EMAIL = "arn:aws:dataprotection::aws:data-identifier/EmailAddress"


def program(step: int) -> None:
    changed, suffix = step > 0, "-renamed" if step == 2 else ""
    tags = {"step": str(min(step, 1))}
    topic = aws.sns.Topic("alarms", name="contract-alarms")
    _alarms(changed, suffix, tags, topic)
    _events(changed, suffix, tags, topic)
    _logs(changed, suffix, tags)
    _deliveries(changed, suffix, tags)


def _alarms(changed: bool, suffix: str, tags: dict[str, str], topic: Any) -> None:
    aws.cloudwatch.MetricAlarm(
        "cpu",
        name=f"contract-cpu{suffix}",
        alarm_description="CPU",
        namespace="AWS/RDS",
        metric_name="CPUUtilization",
        dimensions={"DBInstanceIdentifier": "contract"},
        statistic="Average",
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        threshold=90 if changed else 80,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="breaching",
        alarm_actions=[topic.arn],
        tags=tags,
    )
    metric = {"namespace": "AWS/ApplicationELB", "period": 60, "stat": "Sum"}
    aws.cloudwatch.MetricAlarm(
        "errors",
        name="contract-errors",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=2,
        threshold=0.1,
        metric_queries=[
            {"id": "e1", "expression": "100 * m2 / m1", "label": "rate", "return_data": True},
            {"id": "m1", "metric": {**metric, "metric_name": "RequestCount"}},
            {"id": "m2", "metric": {**metric, "metric_name": "HTTPCode_Target_5XX_Count", "dimensions": {"Name": "x"}}},
        ],
    )
    aws.cloudwatch.CompositeAlarm(
        "both",
        alarm_name=f"contract-both{suffix}",
        alarm_rule=f'ALARM("contract-cpu{suffix}") {"OR" if changed else "AND"} NOT OK("contract-errors")',
        alarm_actions=[topic.arn],
        tags=tags,
    )
    text = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": {"markdown": f"{changed}"}}
    aws.cloudwatch.Dashboard(
        "board", dashboard_name=f"contract{suffix}", dashboard_body=json.dumps({"widgets": [text]})
    )


def _events(changed: bool, suffix: str, tags: dict[str, str], topic: Any) -> None:
    rule = aws.cloudwatch.EventRule(
        "health",
        name=f"contract-health{suffix}",
        description="updated" if changed else "created",
        event_pattern=json.dumps({"source": ["aws.health"], "detail": {"service": [{"prefix": "RDS"}]}}),
        tags=tags,
    )
    aws.cloudwatch.EventTarget(
        "health",
        rule=rule.name,
        target_id="alarms",
        arn=topic.arn,
        input_transformer={"input_paths": {"what": "$.detail"}, "input_template": '"<what>"'} if changed else None,
        retry_policy={"maximum_retry_attempts": 3, "maximum_event_age_in_seconds": 3600},
    )


def _logs(changed: bool, suffix: str, tags: dict[str, str]) -> None:
    group = aws.cloudwatch.LogGroup(
        "group", name=f"/contract/records{suffix}", retention_in_days=2557 if changed else 365, tags=tags
    )
    aws.cloudwatch.LogMetricFilter(
        "errors",
        name="errors",
        log_group_name=group.name,
        pattern='{ $.level = "fatal" }' if changed else '{ $.level = "error" }',
        metric_transformation={"name": "Errors", "namespace": "Contract", "value": "1", "default_value": "0"},
    )
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": ["logs:PutLogEvents", "logs:CreateLogStream"] if changed else ["logs:PutLogEvents"],
        "Resource": "*",
    }
    aws.cloudwatch.LogResourcePolicy(
        "dns",
        policy_name=f"contract-dns{suffix}",
        policy_document=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    aws.cloudwatch.LogSubscriptionFilter(
        "forward",
        name="forward",
        log_group=group.name,
        filter_pattern="error" if changed else "",
        destination_arn="arn:aws:lambda:us-east-1:123456789012:function:forward",
    )
    mask = [
        {"Sid": "find", "DataIdentifier": [_EMAIL], "Operation": {"Audit": {"FindingsDestination": {}}}},
        {"Sid": "mask", "DataIdentifier": [_EMAIL], "Operation": {"Deidentify": {"MaskConfig": {}}}},
    ]
    document = {"Name": "updated" if changed else "created", "Version": "2021-06-01", "Statement": mask}
    aws.cloudwatch.LogDataProtectionPolicy("mask", log_group_name=group.name, policy_document=json.dumps(document))
    aws.cloudwatch.QueryDefinition(
        "slow",
        name="contract/slow",
        query_string="fields @timestamp, @message | limit 50" if changed else "fields @timestamp",
        log_group_names=[group.name],
    )


def _deliveries(changed: bool, suffix: str, tags: dict[str, str]) -> None:
    bucket = aws.s3.Bucket("delivered", bucket=f"contract-delivered{'-new' if changed else ''}")
    source = aws.cloudwatch.LogDeliverySource(
        "edge",
        name=f"contract-edge{suffix}",
        log_type="ACCESS_LOGS",
        resource_arn="arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE",
        tags=tags,
    )
    destination = aws.cloudwatch.LogDeliveryDestination(
        "bucket",
        name=f"contract-bucket{suffix}",
        output_format="json",
        delivery_destination_configuration={"destination_resource_arn": bucket.arn},
        tags=tags,
    )
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": "123456789012"},
        "Action": ["logs:CreateDelivery", "logs:DeleteDelivery"] if changed else "logs:CreateDelivery",
        "Resource": "*",
    }
    aws.cloudwatch.LogDeliveryDestinationPolicy(
        "bucket",
        delivery_destination_name=destination.name,
        delivery_destination_policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    aws.cloudwatch.LogDelivery(
        "edge",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        record_fields=["date", "time"] if changed else ["date"],
        s3_delivery_configurations=[{"suffix_path": "{yyyy}/{MM}", "enable_hive_compatible_path": False}],
        tags=tags,
        opts=pulumi.ResourceOptions(depends_on=[source]),
    )
