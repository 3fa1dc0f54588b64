"""CloudWatch log groups by class of retention: encrypted, protected, made before whatever writes to them.

Costs a month, us-east-1 list prices of 2026-11: 0.50 USD a GB taken in, 0.03 USD a GB kept.
"""

from enum import StrEnum

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import DataClass, Naming
from systems.model import Retention, RetentionClass

#: What CloudWatch accepts (PutRetentionPolicy); our classes lie among them.
CLOUDWATCH_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
#: How long a log that is also archived stays at hand: the quarter under review, and the one before.
AT_HAND_DAYS = 180


class LogClass(StrEnum):
    """The classes of the specs. AUDIT: who did what; ACCESS: who called what."""

    AUDIT = "audit_logs"
    ACCESS = "access_logs"
    PERFORMANCE = "performance_logs"
    DEBUG = "debug_logs"


def retention_class(retention: Retention, log_class: LogClass) -> RetentionClass:
    for each in retention.classes:
        if each.name == log_class:
            return each
    known = ", ".join(each.name for each in retention.classes)
    raise KeyError(f"this platform keeps no {log_class}; its classes of retention are {known}")


def days_kept(retention: Retention, log_class: LogClass) -> int:
    """Altogether, wherever they lie."""
    days = retention_class(retention, log_class).days
    if days is None:
        raise ValueError(f"{log_class} has no end: logs need one")
    return days


def days_in_cloudwatch(retention: Retention, log_class: LogClass, *, archived: bool) -> int:
    """The next longer time that CloudWatch knows; archived logs need not stay in the dearer place."""
    wanted = days_kept(retention, log_class)
    wanted = min(wanted, AT_HAND_DAYS) if archived else wanted
    return next(days for days in CLOUDWATCH_DAYS if days >= wanted)


def log_group(
    name: str,
    path: str,
    log_class: LogClass,
    *,
    retention: Retention,
    key_arn: pulumi.Input[str],
    naming: Naming,
    component: str,
    opts: ResourceOptions,
    archived: bool = False,
    protect: bool = False,
) -> aws.cloudwatch.LogGroup:
    """`path` is its name at AWS, `component` whose child it is; `archived`: the records bucket keeps it for years."""
    held = retention_class(retention, log_class)
    data_class = DataClass.HEALTH if held.health_data else DataClass.OPERATIONS
    return aws.cloudwatch.LogGroup(
        name,
        name=path,
        kms_key_id=key_arn,
        retention_in_days=days_in_cloudwatch(retention, log_class, archived=archived),
        deletion_protection_enabled=protect,
        tags=naming.tags(component, data_class, **{"lifeline:log-class": log_class.value}),
        opts=ResourceOptions.merge(opts, ResourceOptions(protect=protect)),
    )
