"""What AWS copies by itself, when, and where to: database, volumes and uploads, into the vault and its twin elsewhere.

The vault keeps days and weeks. Months and years are dumps (backups.py): a snapshot of a PostgreSQL that AWS runs no
longer restores nothing, a dump goes into any later one.

Costs a month, us-east-1 list prices of 2026-11, for 1,000 GB of database of which 2 % change a day: one whole copy and
84 days of changes, (1000 + 84 * 20) * 0.095 = 255 USD; the same again in the recovery region, and 0.02 USD a GB to get
there: 12 USD.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.roles import create_role, of_service
from components.naming import DataClass, Naming
from systems.model import BackupTier, System

_SERVICE = "backup.amazonaws.com"
_BACKING_UP = ("service-role/AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForS3Backup")
_RESTORING = ("service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Restore")
#: RDS makes no copy in its maintenance hour, nor in that of its own backups two hours before it (postgres.py).
_HOURS_AFTER_MAINTENANCE = 4
#: By which of their tags volumes are found: the others may change, and old volumes keep what they were made with.
_IDENTIFYING = ("lifeline:system", "lifeline:environment", "lifeline:component")
_START_MINUTES, _LONGEST_MINUTES = 60, 600


@dataclass(frozen=True, kw_only=True)
class BackupPlanArgs:
    """`database_arn` is the primary's; `volumes` what the cluster's storage class writes on every volume."""

    system: System
    account_id: str
    region: str
    vault_name: pulumi.Input[str]
    copy_vault_arn: pulumi.Input[str] | None = None
    """In the recovery region; None keeps all copies here."""
    database_arn: pulumi.Input[str]
    uploads_arn: pulumi.Input[str] | None = None
    volume_tags: Mapping[str, str] = field(default_factory=dict[str, str])


class BackupPlan(pulumi.ComponentResource):
    """One plan; a selection for each thing it copies. `restore_role_arn` is for whoever restores out of the vault."""

    restore_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: BackupPlanArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:BackupPlan", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        plan = self._create_plan()
        role, granted = self._create_role("copier", _BACKING_UP, "copies database, volumes and uploads into the vault")
        self._select("database", plan, role, granted, [args.database_arn])
        if args.volume_tags:
            volumes = f"arn:aws:ec2:{args.region}:{args.account_id}:volume/*"
            self._select("volumes", plan, role, granted, [volumes], args.volume_tags)
        if args.uploads_arn is not None:
            self._select("uploads", plan, role, granted, [args.uploads_arn])
        restorer, _ = self._create_role(
            "restorer", _RESTORING, "brings back what the vault holds; for people to pass on"
        )
        self.restore_role_arn = restorer.arn
        self.register_outputs({"planId": plan.id, "restoreRoleArn": self.restore_role_arn})

    def _create_plan(self) -> aws.backup.Plan:
        return aws.backup.Plan(
            f"{self._name}-plan",
            name=self._naming.name("backups", limit=50),
            rules=self._rules(),
            tags=self._naming.tags("backups", DataClass.HEALTH),
            opts=self._child,
        )

    def _rules(self) -> list[dict[str, Any]]:
        """Where two rules meet in one night, AWS keeps the copy that lives longer."""
        backups, hour = self._args.system.backups, self._hour
        days = {BackupTier.DAILY: f"cron(0 {hour} * * ? *)", BackupTier.WEEKLY: f"cron(0 {hour} ? * MON *)"}
        return [self._rule(tier, schedule, backups.days(tier)) for tier, schedule in days.items() if backups.days(tier)]

    def _rule(self, tier: BackupTier, schedule: str, days: int) -> dict[str, Any]:
        kept = {"delete_after": days}
        rule: dict[str, Any] = {
            "rule_name": tier.value,
            "target_vault_name": self._args.vault_name,
            "schedule": schedule,
            "start_window": _START_MINUTES,
            "completion_window": _LONGEST_MINUTES,
            "lifecycle": kept,
            "recovery_point_tags": self._naming.tags("backups", DataClass.HEALTH),
        }
        if self._args.copy_vault_arn is not None:
            rule["copy_actions"] = [{"destination_vault_arn": self._args.copy_vault_arn, "lifecycle": kept}]
        return rule

    @property
    def _hour(self) -> int:
        return (self._args.system.maintenance.window.start_hour_utc + _HOURS_AFTER_MAINTENANCE) % 24

    def _create_role(
        self, role: str, managed: Sequence[str], description: str
    ) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """What AWS Backup may do is AWS's own policy: it names each call of each service, and grows with them."""
        return create_role(
            f"{self._name}-{role}",
            f"backup-{role}",
            of_service(_SERVICE, self._args.account_id),
            managed=managed,
            description=description,
            component="backups",
            naming=self._naming,
            opts=self._child,
        )

    def _select(
        self,
        what: str,
        plan: aws.backup.Plan,
        role: aws.iam.Role,
        granted: list[pulumi.Resource],
        arns: Sequence[pulumi.Input[str]],
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """By ARN, so that a tag that is lost loses no backup; volumes come and go, and are known by their tags."""
        carried = [{"key": f"aws:ResourceTag/{key}", "value": tags[key]} for key in _IDENTIFYING] if tags else []
        aws.backup.Selection(
            f"{self._name}-{what}",
            name=self._naming.name(what, limit=50),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=list(arns),
            conditions=[{"string_equals": carried}] if carried else None,
            opts=ResourceOptions(parent=self, depends_on=granted),
        )
