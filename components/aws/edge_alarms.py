"""Alarms on what the edge stands on: certificates that run out, renewals that fail, names that are no longer signed.

Costs a month, us-east-1 list price of 2026-11: 0.10 USD an alarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.edge import Edge
from components.aws.edge_region import EDGE_REGION
from components.naming import Naming
from systems.model import System

_DAY_SECONDS = 86_400
_RENEWAL_EVENTS = [
    "ACM Certificate Renewal Action Required",
    "ACM Certificate Approaching Expiration",
    "ACM Certificate Expired",
]


@dataclass(frozen=True, kw_only=True)
class EdgeAlarmsArgs:
    """`topic_arns` by region: an alarm can only tell a topic of its own region. None tells nobody."""

    system: System
    edge: Edge
    region: str
    topic_arns: Mapping[str, pulumi.Input[str]]


class EdgeAlarms(pulumi.ComponentResource):
    """Each certificate is watched where it is used, signatures where Route 53 reports."""

    alarm_arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: EdgeAlarmsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:EdgeAlarms", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.alarm_arns = {}
        for use, region in {"edge": EDGE_REGION, "balancer": args.region}.items():
            self._watch_days(use, region)
        for purpose, metric in {
            "signing-failed": "DNSSECInternalFailure",
            "signing-key-needs-action": "DNSSECKeySigningKeysNeedingAction",
        }.items():
            self._watch_signing(purpose, metric)
        for region in {EDGE_REGION, args.region} & args.topic_arns.keys():
            self._tell_of_failed_renewals(region)
        self.register_outputs({"alarmArns": self.alarm_arns})

    def _alarm(self, purpose: str, region: str, **watched: Any) -> None:
        told = [self._args.topic_arns[region]] if region in self._args.topic_arns else []
        alarm = aws.cloudwatch.MetricAlarm(
            f"{self._name}-{purpose}",
            name=self._naming.name(purpose, limit=255),
            alarm_actions=told,
            ok_actions=told,
            evaluation_periods=1,
            region=region,
            tags=self._naming.tags("edge-alarms"),
            opts=ResourceOptions(parent=self),
            **watched,
        )
        self.alarm_arns[purpose] = alarm.arn

    def _watch_days(self, use: str, region: str) -> None:
        """An expired certificate reports no days at all: silence is an alarm as well."""
        days = self._args.system.edge.certificates.alarm_days_left
        self._alarm(
            f"certificate-{use}-runs-out",
            region,
            alarm_description=f"Certificate of the {use}: fewer than {days} days left, so its renewal has failed.",
            namespace="AWS/CertificateManager",
            metric_name="DaysToExpiry",
            dimensions={"CertificateArn": self._args.edge.certificate_arns[use]},
            statistic="Minimum",
            period=_DAY_SECONDS,
            comparison_operator="LessThanThreshold",
            threshold=days,
            treat_missing_data="breaching",
        )

    def _watch_signing(self, purpose: str, metric: str) -> None:
        self._alarm(
            purpose,
            EDGE_REGION,
            alarm_description=f"DNSSEC of the domain ({metric}): resolvers that check signatures will stop answering.",
            namespace="AWS/Route53",
            metric_name=metric,
            dimensions={"HostedZoneId": self._args.edge.zone_id},
            statistic="Maximum",
            period=300,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            treat_missing_data="notBreaching",
        )

    def _tell_of_failed_renewals(self, region: str) -> None:
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-renewals-{region}",
            name=self._naming.name("certificate-renewals", limit=64),
            description="ACM could not renew a certificate by itself",
            event_pattern=pulumi.Output.json_dumps({"source": ["aws.acm"], "detail-type": _RENEWAL_EVENTS}),
            region=region,
            tags=self._naming.tags("edge-alarms"),
            opts=ResourceOptions(parent=self),
        )
        aws.cloudwatch.EventTarget(
            f"{self._name}-renewals-{region}-topic",
            rule=rule.name,
            arn=self._args.topic_arns[region],
            region=region,
            opts=ResourceOptions(parent=self),
        )
