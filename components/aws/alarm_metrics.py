"""Alarms over everything AWS knows of a platform, and one page for one outage.

Each metric has an alarm that tells the quietest topic, for the record. Composite alarms, one for each area and urgency,
tell the people: while a visitors' outage is paged, what caused it or follows from it pages nobody a second time.

Costs a month, us-east-1 list prices of 2026-11: 0.10 USD an alarm, 0.50 USD a composite; some 30 and 8: 7 USD.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.bucket_replication import EVERYTHING
from components.aws.topics import GLOBAL_REGION, Topics
from components.naming import DataClass, Naming
from rendering import cloudwatch, cloudwatch_inside
from rendering.cloudwatch import Area, Line, Urgency
from systems.model import System

_WAIT_SECONDS, _AFTERWARDS_SECONDS = 60, 300


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Plain ids of what is watched; what is empty is not watched."""

    database_instance_id: pulumi.Input[str] | None = None
    replica_ids: Sequence[pulumi.Input[str]] = ()
    balancer_arn_suffix: pulumi.Input[str] | None = None
    target_group_arn_suffix: pulumi.Input[str] | None = None
    health_check_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """By the names of the spec's checks."""
    distribution_id: pulumi.Input[str] | None = None
    nat_gateway_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """By zone."""
    rotation_function_name: pulumi.Input[str] | None = None
    backup_vault_name: pulumi.Input[str] | None = None
    backup_copies: Mapping[str, str] = field(default_factory=dict[str, str])
    """By the name of the bucket that is copied, the name of its copy."""


@dataclass(frozen=True, kw_only=True)
class MetricAlarmsArgs:
    """What is watched, and who hears of it."""

    system: System
    region: str
    topics: Topics
    watched: Watched


@dataclass(frozen=True)
class _Made:
    line: Line
    region: str
    name: str
    alarm: aws.cloudwatch.MetricAlarm
    dimensions: Mapping[str, pulumi.Input[str]]


class MetricAlarms(pulumi.ComponentResource):
    """`alarm_arns` and `composite_arns` for the dashboard."""

    alarm_arns: list[pulumi.Output[str]]
    composite_arns: dict[str, pulumi.Output[str]]
    watched: list[tuple[Line, Mapping[str, pulumi.Input[str]], str]]
    """Lines with the dimensions and the region they are measured in."""

    def __init__(self, name: str, args: MetricAlarmsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:MetricAlarms", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._made: list[_Made] = []
        self._composites: dict[tuple[str, Area, Urgency], aws.cloudwatch.CompositeAlarm] = {}
        self._watch_health_checks()
        self._watch_the_way_in()
        self._watch_the_database()
        self._watch_the_network()
        self._watch_secrets()
        self._watch_backups()
        self._page_once()
        self.alarm_arns = [each.alarm.arn for each in self._made]
        self.watched = [(each.line, each.dimensions, each.region) for each in self._made]
        self.composite_arns = {
            f"{area.value}-{urgency.value}-{region}": made.arn
            for (region, area, urgency), made in self._composites.items()
        }
        self.register_outputs({"compositeArns": self.composite_arns})

    def _watch_health_checks(self) -> None:
        system = self._args.system
        critical = {
            check.name
            for each in system.workloads
            if each.critical
            for check in each.health
            if check.path == each.critical.check_path
        } | {"crisis-page"}
        hosts = {check.name: check.host for each in system.workloads for check in each.health}
        for check, id in self._args.watched.health_check_ids.items():
            main = check in critical or hosts.get(check, "") in ("", "api")
            line = cloudwatch.health_line(check, crisis=check in critical, main=main)
            self._watch(line, {"HealthCheckId": id}, region=GLOBAL_REGION)

    def _watch_the_way_in(self) -> None:
        watched = self._args.watched
        if watched.distribution_id:
            at_the_edge = {"DistributionId": watched.distribution_id, "Region": "Global"}
            self._watch(cloudwatch.EDGE_ERRORS, at_the_edge, region=GLOBAL_REGION)
        if watched.balancer_arn_suffix is None or watched.target_group_arn_suffix is None:
            return
        balancer = {"LoadBalancer": watched.balancer_arn_suffix}
        fleet = {**balancer, "TargetGroup": watched.target_group_arn_suffix}
        for line in cloudwatch.balancer_lines(self._args.system):
            self._watch(line, fleet)
        errors, some, none = cloudwatch.fleet_lines()
        self._watch(errors, balancer)
        self._watch(some, fleet)
        self._watch(none, fleet)

    def _watch_the_database(self) -> None:
        if self._args.watched.database_instance_id is None:
            return
        for line in cloudwatch_inside.database_lines(self._args.system):
            self._watch(line, {"DBInstanceIdentifier": self._args.watched.database_instance_id})
        for number, replica in enumerate(self._args.watched.replica_ids, start=1):
            for line in cloudwatch_inside.replica_lines(self._args.system):
                self._watch(replace(line, name=f"{line.name}-{number}"), {"DBInstanceIdentifier": replica})

    def _watch_the_network(self) -> None:
        for zone, gateway in self._args.watched.nat_gateway_ids.items():
            for line in cloudwatch_inside.gateway_lines():
                self._watch(replace(line, name=f"{line.name}-{zone}"), {"NatGatewayId": gateway})

    def _watch_secrets(self) -> None:
        if self._args.watched.rotation_function_name is None:
            return
        self._watch(cloudwatch_inside.ROTATION_ERRORS, {"FunctionName": self._args.watched.rotation_function_name})
        for line in cloudwatch_inside.supplied_lines(self._args.system):
            self._watch(line, {"Stack": self._naming.name()})

    def _watch_backups(self) -> None:
        if self._args.watched.backup_vault_name is not None:
            for line in cloudwatch_inside.backup_lines():
                self._watch(line, {"BackupVaultName": self._args.watched.backup_vault_name})
        for number, (bucket, copy) in enumerate(self._args.watched.backup_copies.items(), start=1):
            measured = {"SourceBucket": bucket, "DestinationBucket": copy, "RuleId": EVERYTHING}
            for line in cloudwatch_inside.backup_copy_lines():
                self._watch(replace(line, name=f"{line.name}-{number}"), measured)

    def _watch(self, line: Line, dimensions: Mapping[str, pulumi.Input[str]], region: str = "") -> None:
        region = region or self._args.region
        told = [self._topic(Urgency.NOTICE, region)]
        alarm = aws.cloudwatch.MetricAlarm(
            f"{self._name}-{line.name}",
            name=self._naming.name(line.name, limit=255),
            alarm_description=f"{self._args.system.full_name}: {line.says}.",
            comparison_operator=line.operator,
            threshold=line.limit,
            evaluation_periods=line.periods,
            datapoints_to_alarm=line.periods,
            treat_missing_data=line.missing.value,
            alarm_actions=told,
            ok_actions=told,
            region=self._elsewhere(region),
            tags=self._naming.tags("alarms", DataClass.OPERATIONS, **{"lifeline:urgency": line.urgency.value}),
            **_measured(line, dimensions),
            opts=ResourceOptions(parent=self),
        )
        self._made.append(_Made(line, region, self._naming.name(line.name, limit=255), alarm, dimensions))

    def _page_once(self) -> None:
        """From the most to the least urgent, so that a later one can be silenced by an earlier one."""
        for urgency in Urgency:
            for area in Area:
                for region in dict.fromkeys((self._args.region, GLOBAL_REGION)):
                    members = [
                        each
                        for each in self._made
                        if (each.line.area, each.line.urgency, each.region) == (area, urgency, region)
                    ]
                    if members and urgency is not Urgency.NOTICE:
                        self._composites[region, area, urgency] = self._combine(members, area, urgency, region)

    def _combine(
        self, members: list[_Made], area: Area, urgency: Urgency, region: str
    ) -> aws.cloudwatch.CompositeAlarm:
        priority = cloudwatch.priority(self._args.system, urgency)
        purpose = f"{area.value}-{urgency.value}"
        louder = self._louder(area, region)
        suppressor = {
            "alarm": louder.alarm_name,
            "wait_period": _WAIT_SECONDS,
            "extension_period": _AFTERWARDS_SECONDS,
        } if louder else None  # fmt: skip
        told = [self._topic(urgency, region)]
        return aws.cloudwatch.CompositeAlarm(
            f"{self._name}-{purpose}{'-global' if self._elsewhere(region) else ''}",
            alarm_name=self._naming.name("page", purpose, limit=255),
            alarm_description=f"{self._args.system.full_name}: {area.value} {urgency.value}, {priority.name}"
            f" ({priority.meaning}). Answer within {priority.response_seconds} s; the alarms below say what fails.",
            alarm_rule=" OR ".join(f'ALARM("{each.name}")' for each in members),
            alarm_actions=told,
            ok_actions=told,
            actions_suppressor=suppressor,
            region=self._elsewhere(region),
            tags=self._naming.tags("alarms", DataClass.OPERATIONS, **{"lifeline:priority": priority.name}),
            opts=ResourceOptions(parent=self, depends_on=[each.alarm for each in members]),
        )

    def _louder(self, area: Area, region: str) -> aws.cloudwatch.CompositeAlarm | None:
        """The outage whose page says it already: first of crisis paths, then of all visitors. Never one's own."""
        for outer in (Area.CRISIS, Area.VISITORS):
            found = self._composites.get((region, outer, Urgency.OUTAGE))
            if found and area is not Area.CRISIS:
                return found
        return None

    def _topic(self, urgency: Urgency, region: str) -> pulumi.Output[str]:
        priority = cloudwatch.priority(self._args.system, urgency).name
        return self._args.topics.arn_in(region, priority)

    def _elsewhere(self, region: str) -> str | None:
        return region if region != self._args.region else None


def _measured(line: Line, dimensions: Mapping[str, pulumi.Input[str]]) -> dict[str, object]:
    """One metric, or its share of another one; a quiet minute with hardly a request has no share worth a call."""
    percentile = line.statistic.startswith("p")
    if not line.percent_of:
        kind = "extended_statistic" if percentile else "statistic"
        return {
            "namespace": line.namespace,
            "metric_name": line.metric,
            "dimensions": dimensions,
            "period": line.period_seconds,
            kind: line.statistic,
        }

    def metric(id: str, name: str) -> dict[str, object]:
        shared = {"namespace": line.namespace, "period": line.period_seconds, "stat": line.statistic}
        return {"id": id, "metric": {**shared, "metric_name": name, "dimensions": dimensions}, "return_data": False}

    few = cloudwatch.FEWEST_REQUESTS
    share = f"IF(m2 >= {few}, 100 * FILL(m1, 0) / m2, 0)"
    whole = {"id": "share", "expression": share, "label": "percent", "return_data": True}
    return {"metric_queries": [metric("m1", line.metric), metric("m2", line.percent_of), whole]}
