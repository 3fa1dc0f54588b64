"""Vaults, plans and restore tests that AWS Backup refuses."""

import json
from typing import Any

_PLAN = "aws:backup/plan:Plan"
_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
_TEST = "aws:backup/restoreTestingPlan:RestoreTestingPlan"


def _plan(**changed: Any) -> dict[str, Any]:
    return {"name": "plan", "rules": [{"ruleName": "daily", "targetVaultName": "vault", **changed}]}


def _lock(**changed: Any) -> dict[str, Any]:
    return {"backupVaultName": "vault", **changed}


def _test(selection: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    chosen = {"algorithm": "LATEST_WITHIN_WINDOW", "includeVaults": ["*"], "recoveryPointTypes": ["SNAPSHOT"]}
    plain = {"name": "test", "scheduleExpression": "cron(0 5 ? * * *)"}
    return {**plain, "recoveryPointSelection": {**chosen, **(selection or {})}, **changed}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_PLAN, _plan(schedule="0 5 * * *"), "rules[0].schedule", "AWS rule"),
    (_PLAN, _plan(schedule="cron(0 5 * * *)"), "rules[0].schedule", "AWS rule"),
    (_PLAN, _plan(schedule="cron(0 5 * * * *)"), "rules[0].schedule", "AWS rule"),
    (
        _PLAN,
        _plan(lifecycle={"coldStorageAfter": 30, "deleteAfter": 60}),
        "rules[0].lifecycle.deleteAfter",
        "AWS rule",
    ),
    (
        _PLAN,
        _plan(
            copyActions=[
                {
                    "destinationVaultArn": "arn:aws:backup:us-west-2:123456789012:backup-vault:far",
                    "lifecycle": {"coldStorageAfter": 30, "deleteAfter": 100},
                }
            ]
        ),
        "rules[0].copyActions[0].lifecycle.deleteAfter",
        "AWS rule",
    ),
    (_PLAN, _plan(startWindow=30), "rules[0].startWindow", "AWS rule"),
    (_PLAN, _plan(startWindow=60, completionWindow=90), "rules[0].completionWindow", "AWS rule"),
    (
        _PLAN,
        _plan(enableContinuousBackup=True, lifecycle={"deleteAfter": 90}),
        "rules[0].lifecycle.deleteAfter",
        "AWS rule",
    ),
    (_LOCK, _lock(minRetentionDays=0), "minRetentionDays", "AWS rule"),
    (_LOCK, _lock(maxRetentionDays=36_501), "maxRetentionDays", "AWS rule"),
    (_LOCK, _lock(minRetentionDays=30, maxRetentionDays=7), "minRetentionDays", "AWS rule"),
    (_LOCK, _lock(minRetentionDays=7, changeableForDays=2), "changeableForDays", "AWS rule"),
    ("aws:backup/vault:Vault", {"name": "a vault"}, "name", "service model"),
    (
        "aws:backup/vaultPolicy:VaultPolicy",
        {"backupVaultName": "vault", "policy": json.dumps({"Version": "2012-10-17", "Statement": []})},
        "policy",
        "AWS rule",
    ),
    (
        "aws:backup/vaultNotifications:VaultNotifications",
        {
            "backupVaultName": "vault",
            "backupVaultEvents": ["BACKUP_FAILED"],
            "snsTopicArn": "arn:aws:sns:us-east-1:123456789012:backups",
        },
        "backupVaultEvents[0]",
        "service model",
    ),
    (
        "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault",
        {"name": "gap", "minRetentionDays": 1, "maxRetentionDays": 35},
        "minRetentionDays",
        "AWS rule",
    ),
    (_TEST, _test(name="restore-test"), "name", "AWS rule"),
    (_TEST, _test(startWindowHours=200), "startWindowHours", "AWS rule"),
    (_TEST, _test(scheduleExpression="every day"), "scheduleExpression", "AWS rule"),
    (_TEST, _test({"selectionWindowDays": 400}), "recoveryPointSelection.selectionWindowDays", "AWS rule"),
    (_TEST, _test({"algorithm": "LATEST"}), "recoveryPointSelection.algorithm", "service model"),
]
