"""Topics that Alertmanager publishes to: one for each channel of texts and mails, and one for its heartbeat.

Whoever watches must be watched from elsewhere: Alertmanager sends a heartbeat every minute while Prometheus evaluates
fresh samples, and CloudWatch alarms when it stays away, whatever has happened to the cluster.

Costs a month, us-east-1 list prices of 2026-11: 0.10 USD for the alarm, 0.02 USD for 43,200 heartbeats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement, allow
from components.naming import DataClass, Naming
from rendering import channels
from rendering.alertmanager import HEARTBEAT, topics_needed
from systems.model import ChannelKind, System

_PROTOCOLS = {ChannelKind.EMAIL: "email", ChannelKind.SMS: "sms"}
#: Minutes without a heartbeat before somebody is told.
_MISSING_MINUTES = 5


@dataclass(frozen=True, kw_only=True)
class AlertTopicsArgs:
    """`addresses` are the stack's, by channel, in place of those the document prints."""

    system: System
    key_arn: pulumi.Input[str]
    addresses: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    alarm_actions: Sequence[pulumi.Input[str]] = ()
    """Topics of people who are told when the heartbeat stays away."""


class AlertTopics(pulumi.ComponentResource):
    """`arns` by channel, and `heartbeat`; `publishing()` is what Alertmanager's role may do."""

    arns: Mapping[str, pulumi.Output[str]]
    heartbeat_alarm_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlertTopicsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:AlertTopics", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._topics = {channel: self._create_topic(channel) for channel in topics_needed(args.system)}
        self.arns = {channel: topic.arn for channel, topic in self._topics.items()}
        self._subscribe()
        self.heartbeat_alarm_arn = self._watch_heartbeat(self._topics[HEARTBEAT]).arn
        self.register_outputs({"arns": self.arns})

    def publishing(self) -> tuple[Statement, ...]:
        return (
            allow("Publish", ["sns:Publish"], list(self.arns.values())),
            allow("Encrypt", ["kms:Decrypt", "kms:GenerateDataKey"], [self._args.key_arn]),
        )

    def _create_topic(self, channel: str) -> aws.sns.Topic:
        return aws.sns.Topic(
            f"{self._name}-{channel}",
            name=self._naming.name("alerts", channel, limit=256),
            display_name=self._args.system.name,
            kms_master_key_id=self._args.key_arn,
            signature_version=2,
            tags=self._naming.tags("alert-topics", DataClass.OPERATIONS),
            opts=self._child,
        )

    def _subscribe(self) -> None:
        """Mail wants a confirmation by whoever receives it; numbers are people's, and secret."""
        for channel in self._args.system.monitoring.channels:
            if channel.name not in self._topics:
                continue
            mail = channel.kind is ChannelKind.EMAIL
            for number, each in enumerate(channels.reached(channel, self._args.addresses), start=1):
                aws.sns.TopicSubscription(
                    f"{self._name}-{channel.name}-{number}",
                    topic=self.arns[channel.name],
                    protocol=_PROTOCOLS[channel.kind],
                    endpoint=each.address if mail else pulumi.Output.secret(each.address),
                    opts=self._child,
                )

    def _watch_heartbeat(self, topic: aws.sns.Topic) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-heartbeat-alarm",
            name=self._naming.name("monitoring-heartbeat", limit=255),
            alarm_description="Prometheus or Alertmanager is down: nobody would be told of anything else",
            namespace="AWS/SNS",
            metric_name="NumberOfMessagesPublished",
            dimensions={"TopicName": topic.name},
            statistic="Sum",
            period=60,
            evaluation_periods=_MISSING_MINUTES,
            comparison_operator="LessThanThreshold",
            threshold=1,
            treat_missing_data="breaching",
            alarm_actions=list(self._args.alarm_actions),
            ok_actions=list(self._args.alarm_actions),
            tags=self._naming.tags("alert-topics"),
            opts=self._child,
        )
