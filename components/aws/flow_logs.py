"""The record of a network's traffic and of the names asked for in it, encrypted and kept as long as the audit log.

Costs a month, us-east-1 list prices of 2026-11: 0.50 USD a GB taken in, 0.03 USD a GB kept.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement, allow
from components.aws.roles import create_role, of_service
from components.naming import DataClass, Naming
from systems.model import System

#: Beside the usual fields: the addresses behind a NAT gateway, which side began, and the way traffic took.
_FIELDS = (
    *("version", "account-id", "vpc-id", "subnet-id", "interface-id", "srcaddr", "dstaddr", "pkt-srcaddr"),
    *("pkt-dstaddr", "srcport", "dstport", "protocol", "tcp-flags", "packets", "bytes", "start", "end", "action"),
    *("flow-direction", "traffic-path", "log-status"),
)


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """`key_arn` is the key of the logs."""

    system: System
    account_id: str
    vpc_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class FlowLogs(pulumi.ComponentResource):
    """Who talked to whom (accepted and refused), and which names were asked for."""

    group_name: pulumi.Output[str]
    names_group_name: pulumi.Output[str]

    def __init__(self, name: str, args: FlowLogsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:FlowLogs", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        traffic, names = self._create_group("traffic"), self._create_group("names")
        self._record_traffic(traffic)
        self._record_names(names)
        self.group_name, self.names_group_name = traffic.name, names.name
        self.register_outputs({"groupName": self.group_name, "namesGroupName": self.names_group_name})

    def _tags(self, role: str) -> dict[str, str]:
        return {**self._naming.tags("flow-logs", DataClass.OPERATIONS), "Name": self._naming.name(role)}

    def _create_group(self, role: str) -> aws.cloudwatch.LogGroup:
        """Under `vendedlogs`, where AWS's own deliveries do not use up the size of the account's log policy."""
        return aws.cloudwatch.LogGroup(
            f"{self._name}-{role}-group",
            name=f"/aws/vendedlogs/{self._naming.name(role)}",
            kms_key_id=self._args.key_arn,
            retention_in_days=_retention_days(self._args.system),
            tags=self._tags(role),
            opts=self._child,
        )

    def _record_traffic(self, group: aws.cloudwatch.LogGroup) -> None:
        role, granted = create_role(
            self._name,
            "flow-logs",
            of_service("vpc-flow-logs.amazonaws.com", self._args.account_id),
            statements=_may_write(group),
            description="writes the record of the network's traffic",
            component="flow-logs",
            naming=self._naming,
            opts=self._child,
        )
        aws.ec2.FlowLog(
            f"{self._name}-traffic",
            vpc_id=self._args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            log_format=" ".join(f"${{{field}}}" for field in _FIELDS),
            max_aggregation_interval=60,
            tags=self._tags("traffic"),
            opts=ResourceOptions(parent=self, depends_on=granted),
        )

    def _record_names(self, group: aws.cloudwatch.LogGroup) -> None:
        queries = aws.route53.ResolverQueryLogConfig(
            f"{self._name}-names",
            name=self._naming.name("names"),
            destination_arn=group.arn,
            tags=self._tags("names"),
            opts=self._child,
        )
        aws.route53.ResolverQueryLogConfigAssociation(
            f"{self._name}-names-of-network",
            resolver_query_log_config_id=queries.id,
            resource_id=self._args.vpc_id,
            opts=self._child,
        )


def _retention_days(system: System) -> int:
    kept = {each.name: each.days for each in system.retention.classes}
    days = kept.get("audit_logs")
    if days is None:
        raise ValueError(f"{system.name} keeps no audit_logs for a number of days; its classes: {', '.join(kept)}")
    return days


def _may_write(group: aws.cloudwatch.LogGroup) -> tuple[Statement, ...]:
    """Log groups are told with and without `:*`; streams are below the one with."""
    plain = group.arn.apply(lambda arn: arn.removesuffix(":*"))
    write = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    return (
        allow("WriteTraffic", write, [plain, pulumi.Output.concat(plain, ":*")]),
        allow("FindTheGroup", ["logs:DescribeLogGroups"], ["*"]),
    )
