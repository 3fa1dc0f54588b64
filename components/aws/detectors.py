"""What watches an account: threats (GuardDuty), standards (Security Hub), access from outside, configuration (Config).

Only where the stack owns the account (`accountBaseline: managed`): each exists once in an account and region. Costs a
month by use: GuardDuty about 4 USD a million events and 1.50 a vCPU watched, Config 0.003 a recorded change.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.log_archive import LogArchive
from components.aws.policy_documents import allow
from components.aws.roles import create_role, of_service
from components.naming import Naming
from rendering import conformance_pack
from systems.model import Law, System

_FEATURES = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")
_STANDARDS = ("aws-foundational-security-best-practices/v/1.0.0", "cis-aws-foundations-benchmark/v/3.0.0")
#: GuardDuty's scale: from here on somebody is in.
_HIGH_SEVERITY = 7
_UNUSED_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class DetectorsArgs:
    """`topic_arn` hears of grave findings; None tells nobody."""

    system: System
    account_id: str
    region: str
    archive: LogArchive
    logs_key_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str] | None = None


class Detectors(pulumi.ComponentResource):
    """Watch and report; none of them changes anything."""

    def __init__(self, name: str, args: DetectorsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Detectors", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._tags = naming.tags("detectors")
        self._watch_for_threats()
        self._watch_standards()
        self._watch_access_from_outside()
        self._record_configuration()
        if args.topic_arn is not None:
            self._tell_of_grave_findings(args.topic_arn)
        self.register_outputs({})

    def _watch_for_threats(self) -> None:
        detector = aws.guardduty.Detector(
            f"{self._name}-threats",
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=self._tags,
            opts=self._child,
        )
        for feature in _FEATURES:
            aws.guardduty.DetectorFeature(
                f"{self._name}-threats-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                opts=self._child,
            )
        aws.guardduty.DetectorFeature(
            f"{self._name}-threats-runtime",
            detector_id=detector.id,
            name="RUNTIME_MONITORING",
            status="ENABLED",
            # GuardDuty brings its own agent into the cluster and keeps it current.
            additional_configurations=[{"name": "EKS_ADDON_MANAGEMENT", "status": "ENABLED"}],
            opts=self._child,
        )

    def _watch_standards(self) -> None:
        hub = aws.securityhub.Account(
            f"{self._name}-standards",
            enable_default_standards=False,
            control_finding_generator="SECURITY_CONTROL",
            auto_enable_controls=True,
            opts=self._child,
        )
        for standard in _STANDARDS:
            aws.securityhub.StandardsSubscription(
                f"{self._name}-standard-{standard.partition('/')[0]}",
                standards_arn=f"arn:aws:securityhub:{self._args.region}::standards/{standard}",
                opts=ResourceOptions(parent=self, depends_on=[hub]),
            )

    def _watch_access_from_outside(self) -> None:
        """Policies that let others in, and rights that nobody has used for a quarter."""
        aws.accessanalyzer.Analyzer(
            f"{self._name}-outside",
            analyzer_name=self._naming.name("outside"),
            type="ACCOUNT",
            tags=self._tags,
            opts=self._child,
        )
        aws.accessanalyzer.Analyzer(
            f"{self._name}-unused",
            analyzer_name=self._naming.name("unused"),
            type="ACCOUNT_UNUSED_ACCESS",
            configuration={"unused_access": {"unused_access_age": _UNUSED_DAYS}},
            tags=self._tags,
            opts=self._child,
        )

    def _record_configuration(self) -> None:
        args, archive = self._args, self._args.archive
        # Config checks the bucket as itself before it delivers.
        role, granted = create_role(
            f"{self._name}-config",
            "config",
            of_service("config.amazonaws.com", args.account_id),
            statements=(
                *archive.records.may_write("config/"),
                allow("LookAtTheBucket", ["s3:GetBucketAcl", "s3:ListBucket"], [archive.records_bucket_arn]),
            ),
            managed=("service-role/AWS_ConfigRole",),
            description="records the configuration of everything",
            component="detectors",
            naming=self._naming,
            opts=self._child,
        )
        recorder = aws.cfg.Recorder(
            f"{self._name}-recorder",
            name=self._naming.name("recorder"),
            role_arn=role.arn,
            recording_group={"all_supported": True, "include_global_resource_types": True},
            opts=ResourceOptions(parent=self, depends_on=granted),
        )
        channel = aws.cfg.DeliveryChannel(
            f"{self._name}-channel",
            name=self._naming.name("channel"),
            s3_bucket_name=archive.records_bucket_name,
            s3_key_prefix="config",
            s3_kms_key_arn=args.logs_key_arn,
            snapshot_delivery_properties={"delivery_frequency": "TwentyFour_Hours"},
            opts=ResourceOptions(parent=self, depends_on=[recorder]),
        )
        recording = aws.cfg.RecorderStatus(
            f"{self._name}-recording",
            name=recorder.name,
            is_enabled=True,
            opts=ResourceOptions(parent=self, depends_on=[channel]),
        )
        if args.system.regime.under(Law.HIPAA):
            aws.cfg.ConformancePack(
                f"{self._name}-hipaa",
                name=self._naming.name("hipaa"),
                template_body=conformance_pack.template(),
                opts=ResourceOptions(parent=self, depends_on=[recording]),
            )

    def _tell_of_grave_findings(self, topic_arn: pulumi.Input[str]) -> None:
        pattern = {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", _HIGH_SEVERITY]}]},
        }
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-grave",
            name=self._naming.name("grave-findings"),
            description="threats of high severity",
            event_pattern=pulumi.Output.json_dumps(pattern),
            tags=self._tags,
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(f"{self._name}-grave-topic", rule=rule.name, arn=topic_arn, opts=self._child)
