"""Vaults, plans, reports and restore tests in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {}

_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_ROLE = "arn:aws:iam::123456789012:role/backup"


def program(step: int) -> None:
    tags = {"step": str(step)}
    suffix = "_2" if step == 2 else ""
    vault = aws.backup.Vault("vault", name=f"vault{suffix}", kms_key_arn=_KEY, tags=tags)
    _guards(step, vault)
    plan = aws.backup.Plan(
        "plan",
        name=f"plan{suffix}",
        rules=[
            {
                "rule_name": "daily",
                "target_vault_name": vault.name,
                "schedule": "cron(0 5 ? * * *)",
                "start_window": 60 + step,
                "completion_window": 180,
                "lifecycle": {"cold_storage_after": 30, "delete_after": 2557},
                "copy_actions": [
                    {
                        "destination_vault_arn": "arn:aws:backup:us-west-2:123456789012:backup-vault:far",
                        "lifecycle": {"delete_after": 35},
                    }
                ],
                "recovery_point_tags": {"kind": "daily"},
            }
        ],
        tags=tags,
    )
    aws.backup.Selection(
        "selection",
        name=f"selection{suffix}",
        plan_id=plan.id,
        iam_role_arn=_ROLE,
        resources=["*"],
        conditions=[{"string_equals": [{"key": "aws:ResourceTag/backup", "value": "yes"}]}],
    )
    aws.backup.GlobalSettings("global", global_settings={"isCrossAccountBackupEnabled": str(step == 0).lower()})
    aws.backup.RegionSettings("region", resource_type_opt_in_preference={"RDS": True, "S3": step == 0})
    aws.backup.LogicallyAirGappedVault(
        "gap", name=f"gap{suffix}", min_retention_days=7, max_retention_days=35, tags=tags
    )
    _tests(step, suffix, tags)


def _guards(step: int, vault: aws.backup.Vault) -> None:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    aws.backup.VaultLockConfiguration(
        "lock", backup_vault_name=vault.name, min_retention_days=8 if step == 2 else 7, max_retention_days=2557
    )
    aws.backup.VaultPolicy(
        "policy",
        backup_vault_name=vault.name,
        policy=json.dumps({"Version": "2012-10-17", "Statement": [{**deny, "Sid": f"Step{step}"}]}),
    )
    aws.backup.VaultNotifications(
        "notifications",
        backup_vault_name=vault.name,
        backup_vault_events=["BACKUP_JOB_FAILED", "RESTORE_JOB_COMPLETED"],
        sns_topic_arn="arn:aws:sns:us-east-1:123456789012:backups",
    )


def _tests(step: int, suffix: str, tags: dict[str, str]) -> None:
    aws.backup.Framework(
        "framework",
        name=f"framework{suffix}",
        description=f"step {step}",
        controls=[
            {
                "name": "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
                "input_parameters": [{"name": "requiredRetentionDays", "value": "35"}],
            },
            {
                "name": "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
                "scope": {"compliance_resource_types": ["RDS"]},
            },
        ],
        tags=tags,
    )
    aws.backup.ReportPlan(
        "report",
        name=f"report{suffix}",
        description=f"step {step}",
        report_delivery_channel={"s3_bucket_name": "reports", "formats": ["CSV"]},
        report_setting={"report_template": "BACKUP_JOB_REPORT"},
        tags=tags,
    )
    plan = aws.backup.RestoreTestingPlan(
        "test",
        name=f"test{suffix}",
        schedule_expression=f"cron(0 {5 + step} ? * * *)",
        recovery_point_selection={
            "algorithm": "LATEST_WITHIN_WINDOW",
            "include_vaults": ["*"],
            "recovery_point_types": ["SNAPSHOT"],
            "selection_window_days": 7,
        },
        tags=tags,
    )
    aws.backup.RestoreTestingSelection(
        "tested",
        name="tested",
        restore_testing_plan_name=plan.name,
        protected_resource_type="RDS",
        iam_role_arn=_ROLE,
        protected_resource_conditions={"string_equals": [{"key": "aws:ResourceTag/backup", "value": "yes"}]},
        validation_window_hours=4 + step,
    )
