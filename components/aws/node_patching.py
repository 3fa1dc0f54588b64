"""Machines are replaced weekly by patched ones, one zone a day, within the platform's maintenance window.

EventBridge Scheduler asks EKS for the newest release of the group's image; EKS drains one machine at a time and gives
up rather than break a disruption budget. Nothing of ours runs for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement, allow
from components.aws.roles import create_role, of_service
from components.naming import Naming
from systems.model import MaintenanceWindow

#: Zone by zone, and with working days behind it in which somebody notices.
_DAYS = ("MON", "TUE", "WED")


@dataclass(frozen=True, kw_only=True)
class Patched:
    """A group with its place: `zone` and `role` are numbers in the order of zones and roles."""

    group: aws.eks.NodeGroup
    zone: int
    role: int


def patch_weekly(
    name: str,
    groups: Mapping[str, Patched],
    window: MaintenanceWindow,
    account_id: str,
    node_role_arn: pulumi.Input[str],
    naming: Naming,
    parent: pulumi.Resource,
) -> list[aws.scheduler.Schedule]:
    """One schedule a group."""
    opts = ResourceOptions(parent=parent)
    role, _ = create_role(
        f"{name}-patching",
        "patching",
        of_service("scheduler.amazonaws.com", account_id),
        statements=_rights(groups, node_role_arn),
        description="asks for patched machines every week",
        component="cluster",
        naming=naming,
        opts=opts,
    )
    return [
        aws.scheduler.Schedule(
            f"{name}-patch-{key}",
            name=naming.name("patch", key, limit=64),
            description=f"newest image for the machines of {key}",
            schedule_expression=when(each, window),
            schedule_expression_timezone="UTC",
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": "arn:aws:scheduler:::aws-sdk:eks:updateNodegroupVersion",
                "role_arn": role.arn,
                "input": pulumi.Output.json_dumps(
                    {"ClusterName": each.group.cluster_name, "NodegroupName": each.group.node_group_name}
                ),
                "retry_policy": {"maximum_retry_attempts": 3, "maximum_event_age_in_seconds": 3600},
            },
            opts=opts,
        )
        for key, each in groups.items()
    ]


def when(each: Patched, window: MaintenanceWindow) -> str:
    """Roles of a zone follow each other by an hour; every window has two."""
    hour = (window.start_hour_utc + each.role) % 24
    return f"cron(0 {hour} ? * {_DAYS[each.zone % len(_DAYS)]} *)"


def _rights(groups: Mapping[str, Patched], node_role_arn: pulumi.Input[str]) -> tuple[Statement, ...]:
    """EKS tries with the caller's rights whether the group's template may be started at all."""
    at_start = {"StringEquals": {"ec2:CreateAction": "RunInstances"}}
    to_machines = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    templates = [each.group.launch_template.apply(lambda held: held.id if held else "") for each in groups.values()]
    arns = [pulumi.Output.concat("arn:aws:ec2:*:*:launch-template/", each) for each in templates]
    return (
        allow("Replace", ["eks:UpdateNodegroupVersion"], [each.group.arn for each in groups.values()]),
        allow("ReadTemplates", ["ec2:DescribeLaunchTemplateVersions"], ["*"]),
        allow("TryTemplates", ["ec2:RunInstances"], ["*"], {"ArnLike": {"ec2:LaunchTemplate": arns}}),
        allow("Tag", ["ec2:CreateTags"], ["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*:*:volume/*"], at_start),
        allow("HandOn", ["iam:PassRole"], [node_role_arn], to_machines),
    )
