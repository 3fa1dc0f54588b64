"""One topic for each of the document's priorities, with the people and programs it reaches.

Encrypted, TLS only; published to by AWS's own services of this account. Alarms on what AWS measures in us-east-1 alone
(DNS health checks, the CDN, spending) need topics there: elsewhere each topic has a twin in that region.

Costs a month, us-east-1 list prices of 2026-11: cents; 0.50 USD a million messages, about 0.01 USD a text message.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import trust
from components.aws.roles import create_role
from components.naming import DataClass, Naming
from rendering import cloudwatch
from rendering.channels import Reached, channels_of, reached
from systems.model import ChannelKind, Priority, System

GLOBAL_REGION = "us-east-1"
_PUBLISHERS = (
    *("cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"),
    *("backup.amazonaws.com", "events.rds.amazonaws.com"),
)
_PROTOCOLS = {ChannelKind.EMAIL: "email", ChannelKind.SMS: "sms", ChannelKind.PAGER: "https"}
_PAGERDUTY = "https://events.pagerduty.com/integration/{}/enqueue"


@dataclass(frozen=True, kw_only=True)
class TopicsArgs:
    """`addresses` are the stack's, by channel; `pager_keys` are supplied secrets, by name."""

    system: System
    account_id: str
    region: str
    key_arn: pulumi.Input[str]
    addresses: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    pager_keys: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    global_key_arn: pulumi.Input[str] | None = None
    """Of a key in us-east-1 for the twins there; without one they lie open to AWS, which is all that reads them."""


class Topics(pulumi.ComponentResource):
    """`topics.arn("P0")`; `topics.by_region("P0")` for alarms that can only be in us-east-1."""

    topic_arns: dict[str, pulumi.Output[str]]
    silent: tuple[str, ...]
    """Priorities that reach nobody yet, because the stack's configuration names no address."""

    def __init__(self, name: str, args: TopicsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Topics", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._priorities = args.system.monitoring.priorities
        self._reached = {each.name: self._addresses(each) for each in self._priorities}
        self.topic_arns = {each.name: self._create_topic(each) for each in self._priorities}
        self._global_arns = self.topic_arns
        if args.region != GLOBAL_REGION:
            self._global_arns = {each.name: self._create_topic(each, GLOBAL_REGION) for each in self._priorities}
        self._connect_slack()
        self.silent = tuple(name for name, addresses in self._reached.items() if not addresses)
        self.register_outputs({"topicArns": self.topic_arns})

    def arn(self, level: str) -> pulumi.Output[str]:
        return self.topic_arns[level]

    @property
    def outage_arn(self) -> pulumi.Output[str]:
        """Of those who are called when visitors reach nothing."""
        return self.arn(cloudwatch.priority(self._args.system, cloudwatch.Urgency.OUTAGE).name)

    @property
    def degraded_arns(self) -> dict[str, pulumi.Output[str]]:
        """By region: of those who mend what still works."""
        return self.by_region(cloudwatch.priority(self._args.system, cloudwatch.Urgency.DEGRADED).name)

    def arn_in(self, region: str, level: str) -> pulumi.Output[str]:
        """An alarm can only tell a topic of its own region."""
        known = {GLOBAL_REGION: self._global_arns, self._args.region: self.topic_arns}
        return known[region][level]

    def by_region(self, level: str) -> dict[str, pulumi.Output[str]]:
        return {region: self.arn_in(region, level) for region in (self._args.region, GLOBAL_REGION)}

    def _addresses(self, priority: Priority) -> tuple[Reached, ...]:
        found: list[Reached] = []
        for channel in channels_of(self._args.system.monitoring, priority):
            key = self._args.pager_keys.get(channel.secret)
            if channel.kind is ChannelKind.PAGER and key and channel.name not in self._args.addresses:
                found.append(Reached(channel.name, channel.kind, _PAGERDUTY.format(key)))
            else:
                found += reached(channel, self._args.addresses)
        return tuple(found)

    def _create_topic(self, priority: Priority, elsewhere: str = "") -> pulumi.Output[str]:
        label, twin = slug(priority.name), "-global" if elsewhere else ""
        topic = aws.sns.Topic(
            f"{self._name}-{label}{twin}",
            name=self._naming.name("alarms", label, limit=256),
            display_name=f"{self._args.system.name} {priority.name}",
            kms_master_key_id=self._args.global_key_arn if elsewhere else self._args.key_arn,
            signature_version=2,
            region=elsewhere or None,
            tags=self._naming.tags(
                "topics", DataClass.OPERATIONS, **{"lifeline:response-seconds": str(priority.response_seconds)}
            ),
            opts=self._child,
        )
        aws.sns.TopicPolicy(
            f"{self._name}-{label}{twin}-policy",
            arn=topic.arn,
            policy=topic.arn.apply(lambda arn: publishing(arn, self._args.account_id)),
            region=elsewhere or None,
            opts=self._child,
        )
        for number, address in enumerate(self._reached[priority.name], start=1):
            self._subscribe(f"{self._name}-{label}{twin}-{number}", topic, address, elsewhere)
        return topic.arn

    def _subscribe(self, name: str, topic: aws.sns.Topic, to: Reached, elsewhere: str) -> None:
        """Numbers and keys are people's and providers': secret."""
        if to.kind not in _PROTOCOLS:
            return
        aws.sns.TopicSubscription(
            name,
            topic=topic.arn,
            protocol=_PROTOCOLS[to.kind],
            endpoint=to.address if to.kind is ChannelKind.EMAIL else pulumi.Output.secret(to.address),
            endpoint_auto_confirms=to.kind is ChannelKind.PAGER or None,
            region=elsewhere or None,
            opts=self._child,
        )

    def _connect_slack(self) -> None:
        """One connection a channel, for all topics that reach it: a second one of the same channel is refused."""
        wanted: dict[Reached, list[str]] = {}
        for priority, addresses in self._reached.items():
            for each in addresses:
                if each.kind is ChannelKind.SLACK:
                    wanted.setdefault(each, []).append(priority)
        if not wanted:
            return
        role, _ = create_role(
            f"{self._name}-slack",
            "alarms-slack",
            trust("chatbot.amazonaws.com"),
            description="shows alarms in Slack; what people may ask there is the guardrail's",
            component="topics",
            naming=self._naming,
            opts=self._child,
        )
        for to, priorities in wanted.items():
            workspace, channel = to.address.split("/")
            arns = [self.topic_arns[each] for each in priorities]
            if self._global_arns is not self.topic_arns:
                arns += [self._global_arns[each] for each in priorities]
            aws.chatbot.SlackChannelConfiguration(
                f"{self._name}-{to.channel}",
                configuration_name=self._naming.name(to.channel, limit=128),
                iam_role_arn=role.arn,
                guardrail_policy_arns=["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"],
                slack_team_id=workspace,
                slack_channel_id=channel,
                sns_topic_arns=arns,
                logging_level="ERROR",
                tags=self._naming.tags("topics"),
                opts=self._child,
            )


def slug(priority: str) -> str:
    """`page_oncall` as a part of a name."""
    return priority.lower().replace("_", "-").replace(" ", "-")


def publishing(topic_arn: str, account_id: str) -> str:
    """AWS's services in the name of this account, and its own identities; TLS only."""
    own = {"StringEquals": {"aws:SourceAccount": account_id}}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    publish, account = "sns:Publish", {"AWS": f"arn:aws:iam::{account_id}:root"}
    statements = [
        ("OwnServices", "Allow", {"Service": list(_PUBLISHERS)}, own),
        ("OwnAccount", "Allow", account, None),
        ("OnlyTls", "Deny", "*", plain),
    ]
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": sid,
                    "Effect": effect,
                    "Principal": principal,
                    "Action": publish,
                    "Resource": topic_arn,
                    **({"Condition": condition} if condition else {}),
                }
                for sid, effect, principal, condition in statements
            ],
        }
    )
