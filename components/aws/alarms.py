"""Everything that tells people outside the cluster: what AWS measures, what it announces, what is spent.

Comes last in a program: it takes the ids of all that is watched. The topics come first (components/aws/topics.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.aws.alarm_events import AlarmEvents, AlarmEventsArgs
from components.aws.alarm_metrics import MetricAlarms, MetricAlarmsArgs, Watched
from components.aws.dashboard import Dashboard, DashboardArgs
from components.aws.spending import Spending, SpendingArgs
from components.aws.text_messages import TextMessages, TextMessagesArgs
from components.aws.topics import Topics
from components.naming import Naming
from systems.model import ChannelKind, System


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """`other_alarm_arns` are of alarms made elsewhere that page as well: heartbeat, certificates, the audit's."""

    system: System
    account_id: str
    region: str
    topics: Topics
    watched: Watched
    backup_buckets: Sequence[str] = ()
    other_alarm_arns: Sequence[pulumi.Input[str]] = ()


class Alarms(pulumi.ComponentResource):
    """`topic_arns` by priority, `dashboard_url` for people."""

    topic_arns: Mapping[str, pulumi.Output[str]]
    dashboard_url: str

    def __init__(self, name: str, args: AlarmsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Alarms", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.topic_arns = args.topics.topic_arns
        self.metrics = self._watch_metrics()
        self._hear_announcements()
        Spending(f"{name}-spending", SpendingArgs(system=args.system, topics=args.topics), naming, self._child)
        self._send_text_messages()
        self.dashboard_url = self._show()
        self.register_outputs({"topicArns": self.topic_arns, "dashboardUrl": self.dashboard_url})

    def _watch_metrics(self) -> MetricAlarms:
        args = self._args
        watched = MetricAlarmsArgs(system=args.system, region=args.region, topics=args.topics, watched=args.watched)
        return MetricAlarms(f"{self._name}-metrics", watched, self._naming, self._child)

    def _hear_announcements(self) -> None:
        args, primary = self._args, self._args.watched.database_instance_id
        databases = (primary, *args.watched.replica_ids) if primary is not None else ()
        heard = AlarmEventsArgs(
            system=args.system,
            topics=args.topics,
            database_instance_ids=databases,
            backup_bucket_names=tuple(args.backup_buckets),
        )
        AlarmEvents(f"{self._name}-events", heard, self._naming, self._child)

    def _send_text_messages(self) -> None:
        """Only where a document has telephone numbers: the sender costs money and has to be registered."""
        if any(channel.kind is ChannelKind.SMS for channel in self._args.system.monitoring.channels):
            sender = TextMessagesArgs(account_id=self._args.account_id, production=self._args.system.production)
            TextMessages(f"{self._name}-text", sender, self._naming, self._child)

    def _show(self) -> str:
        shown = DashboardArgs(
            system=self._args.system,
            region=self._args.region,
            paging_arns=[*self.metrics.composite_arns.values(), *self._args.other_alarm_arns],
            watched=self.metrics.watched,
        )
        return Dashboard(f"{self._name}-dashboard", shown, self._naming, self._child).url
