"""Trails, configuration records and the detecting services in three steps: created, updated, replaced."""

import json

import pulumi
import pulumi_aws as aws

_AROUND = ("aws:s3/bucket:Bucket",)
REPLACEMENTS_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service") | {
    "aws:guardduty/publishingDestination:PublishingDestination": "only another detector replaces it, and there is one",
}
UPDATES_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service")

_ROLE = "arn:aws:iam::123456789012:role/audit"
_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def program(step: int) -> None:
    bucket = aws.s3.Bucket("bucket", bucket="audit-records", force_destroy=True)
    _trail(step, bucket)
    _configuration(step, bucket)
    _guard(step)
    _hub(step)


def _trail(step: int, bucket: aws.s3.Bucket) -> None:
    tags = {"step": str(step)}
    data = [{"field": "eventCategory", "equals": ["Data"]}, {"field": "resources.type", "equals": ["AWS::S3::Object"]}]
    aws.cloudtrail.Trail(
        "trail",
        name="other" if step == 2 else "main",
        s3_bucket_name=bucket.bucket,
        s3_key_prefix=None if step == 0 else "trail",
        is_multi_region_trail=True,
        include_global_service_events=True,
        enable_log_file_validation=True,
        kms_key_id=_KEY,
        advanced_event_selectors=[{"name": "objects", "field_selectors": data}],
        insight_selectors=[{"insight_type": "ApiCallRateInsight"}],
        tags=tags,
    )
    aws.cloudtrail.EventDataStore(
        "store",
        name="events",
        retention_period=2557 if step == 0 else 365,
        kms_key_id=_KEY if step == 2 else None,
        termination_protection_enabled=False,
        tags=tags,
    )


def _configuration(step: int, bucket: aws.s3.Bucket) -> None:
    name = "other" if step == 2 else "default"
    recorder = aws.cfg.Recorder(
        "recorder",
        name=name,
        role_arn=_ROLE,
        recording_group={"all_supported": True, "include_global_resource_types": step == 0},
    )
    channel = aws.cfg.DeliveryChannel(
        "channel",
        name=name,
        s3_bucket_name=bucket.bucket,
        s3_key_prefix=None if step == 0 else "config",
        snapshot_delivery_properties={"delivery_frequency": "TwentyFour_Hours"},
        opts=pulumi.ResourceOptions(depends_on=[recorder]),
    )
    status = aws.cfg.RecorderStatus(
        "status", name=recorder.name, is_enabled=step == 0, opts=pulumi.ResourceOptions(depends_on=[channel])
    )
    after = pulumi.ResourceOptions(depends_on=[status])
    rule = aws.cfg.Rule(
        "rule",
        name=f"keys-{name}",
        description=f"step {step}",
        source={"owner": "AWS", "source_identifier": "ACCESS_KEYS_ROTATED"},
        input_parameters=json.dumps({"maxAccessKeyAge": "90"}),
        maximum_execution_frequency="TwentyFour_Hours",
        tags={"step": str(step)},
        opts=after,
    )
    aws.cfg.ConformancePack(
        "pack",
        name=f"pack-{name}",
        template_body="Resources:\n  Rule:\n    Type: AWS::Config::ConfigRule\n",
        delivery_s3_bucket="awsconfigconforms-one" if step == 0 else "awsconfigconforms-two",
        input_parameters=[{"parameter_name": "days", "parameter_value": "90"}],
        opts=after,
    )
    aws.cfg.RemediationConfiguration(
        "remedy",
        config_rule_name=rule.name,
        target_type="SSM_DOCUMENT",
        target_id="AWSConfigRemediation-RevokeUnusedIAMUserCredentials",
        automatic=True,
        maximum_automatic_attempts=5,
        retry_attempt_seconds=60 + step,
        parameters=[
            {"name": "IAMResourceId", "resource_value": "RESOURCE_ID"},
            {"name": "AutomationAssumeRole", "static_value": _ROLE},
        ],
        execution_controls={"ssm_controls": {"concurrent_execution_rate_percentage": 25, "error_percentage": 20}},
    )
    aws.cfg.RetentionConfiguration("retention", retention_period_in_days=2557 if step == 0 else 365, opts=after)
    aws.cfg.AggregateAuthorization(
        "authorization",
        account_id="210987654321",
        authorized_aws_region="us-west-2" if step == 2 else "us-east-1",
        tags={"step": str(step)},
    )


def _guard(step: int) -> None:
    tags = {"step": str(step)}
    detector = aws.guardduty.Detector(
        "detector",
        enable=True,
        finding_publishing_frequency="FIFTEEN_MINUTES" if step == 0 else "ONE_HOUR",
        datasources={"s3_logs": {"enable": True}, "kubernetes": {"audit_logs": {"enable": True}}},
        tags=tags,
    )
    aws.guardduty.DetectorFeature(
        "feature",
        detector_id=detector.id,
        name="EKS_AUDIT_LOGS" if step == 2 else "RUNTIME_MONITORING",
        status="ENABLED" if step == 0 else "DISABLED",
        additional_configurations=None if step == 2 else [{"name": "EKS_ADDON_MANAGEMENT", "status": "ENABLED"}],
    )
    aws.guardduty.MalwareProtectionPlan(
        "malware",
        role=_ROLE,
        protected_resource={"s3_bucket": {"bucket_name": "uploads-2" if step == 2 else "uploads"}},
        actions=[{"taggings": [{"status": "ENABLED" if step == 0 else "DISABLED"}]}],
        tags=tags,
    )
    aws.guardduty.PublishingDestination(
        "findings",
        detector_id=detector.id,
        destination_arn=f"arn:aws:s3:::findings-{step}",
        kms_key_arn=_KEY,
        tags=tags,
    )
    aws.guardduty.Filter(
        "low",
        name="lower" if step == 2 else "low",
        detector_id=detector.id,
        action="ARCHIVE",
        rank=1 if step == 0 else 2,
        finding_criteria={"criterions": [{"field": "severity", "less_than": "4"}]},
        tags=tags,
    )


def _hub(step: int) -> None:
    hub = aws.securityhub.Account("hub", enable_default_standards=step == 2, auto_enable_controls=step == 0)
    after = pulumi.ResourceOptions(depends_on=[hub])
    standard = "cis-aws-foundations-benchmark/v/3.0.0" if step == 2 else "nist-800-53/v/5.0.0"
    aws.securityhub.StandardsSubscription(
        "standard", standards_arn=f"arn:aws:securityhub:us-east-1::standards/{standard}", opts=after
    )
    aws.securityhub.FindingAggregator(
        "aggregator",
        linking_mode="SPECIFIED_REGIONS",
        specified_regions=["us-west-2", "eu-west-1"][: step + 1],
        opts=after,
    )
    product = "macie" if step == 2 else "guardduty"
    aws.securityhub.ProductSubscription(
        "product", product_arn=f"arn:aws:securityhub:us-east-1::product/aws/{product}", opts=after
    )
    session = aws.macie2.Account("macie", finding_publishing_frequency="ONE_HOUR" if step == 0 else "FIFTEEN_MINUTES")
    aws.macie2.ClassificationJob(
        "job",
        name="job-2" if step == 2 else "job",
        job_type="SCHEDULED",
        schedule_frequency={"daily_schedule": True},
        s3_job_definition={"bucket_definitions": [{"account_id": "123456789012", "buckets": ["records"]}]},
        tags={"step": str(step)},
        opts=pulumi.ResourceOptions(depends_on=[session]),
    )
    aws.inspector2.Enabler(
        "inspector",
        account_ids=["210987654321" if step == 2 else "123456789012"],
        resource_types=["EC2", "ECR"] if step == 0 else ["ECR"],
    )
    aws.detective.Graph("graph", tags={"step": str(step)})
