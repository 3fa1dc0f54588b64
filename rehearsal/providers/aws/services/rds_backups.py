"""Snapshots of databases, and their automated backups in another region."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.rds_creation import rds_tags
from rehearsal.providers.provider import Failure


def _refuse(path: str, reason: str) -> Failure:
    return Failure(path, f"{reason} (AWS rule)")


def _snapshot_arn(r: Live) -> str:
    return f"arn:aws:rds:{r.region}:{r.account}:snapshot:{r.id or r.inputs['dbSnapshotIdentifier']}"


def _snapshot(r: Live) -> dict[str, Any]:
    found = r.api("DescribeDBSnapshots", DBSnapshotIdentifier=r.id)["DBSnapshots"][0]
    untold = (
        "AvailabilityZone",
        "LicenseModel",
        "OptionGroupName",
        "StorageType",
        "VpcId",
        "SourceDbSnapshotIdentifier",
    )
    return {**dict.fromkeys(untold, ""), "Iops": 0, **found, "SourceRegion": r.region}


def _check_backups(inputs: Mapping[str, Any]) -> list[Failure]:
    arn, days = inputs["sourceDbInstanceArn"], inputs.get("retentionPeriod")
    failures: list[Failure] = []
    if isinstance(arn, str):
        parts = arn.split(":")
        if len(parts) < 7 or parts[2] != "rds" or parts[5] != "db":
            failures.append(_refuse("sourceDbInstanceArn", f"must be the ARN of an instance, got {arn!r}"))
        elif parts[3] == inputs.get("region"):
            failures.append(_refuse("region", f"must differ from the source's region, both are {parts[3]}"))
    if isinstance(days, int) and not 1 <= days <= 35:
        failures.append(_refuse("retentionPeriod", f"must lie between 1 and 35, got {days}"))
    return failures


def _backups_id(r: Live, answer: Any) -> str:
    return f"arn:aws:rds:{r.region}:{r.account}:auto-backup:{r.invented('ab-', 26)}"


ENTRIES = (
    Entry(
        type="aws:rds/snapshot:Snapshot",
        service="rds",
        operation="CreateDBSnapshot",
        rename={"dbSnapshotArn": "DBSnapshotArn"},
        id="DBSnapshot.DBSnapshotIdentifier",
        read=_snapshot,
        update={
            "sharedAccounts": lambda r: r.validated(
                "ModifyDBSnapshotAttribute",
                DBSnapshotIdentifier=r.id,
                AttributeName="restore",
                ValuesToAdd=r.inputs.get("sharedAccounts") or [],
            )
        },
        after=("sharedAccounts",),
        lost=("sharedAccounts",),
        replace=("dbInstanceIdentifier", "dbSnapshotIdentifier"),
        delete=lambda r: r.api("DeleteDBSnapshot", DBSnapshotIdentifier=r.id),
        tags=rds_tags(_snapshot_arn),
        find=lambda r: r.inputs["dbSnapshotIdentifier"],
        alone=True,
    ),
    Entry(
        type="aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        service="rds",
        level="validated",
        operation="StartDBInstanceAutomatedBackupsReplication",
        rename={"retentionPeriod": "BackupRetentionPeriod"},
        id=_backups_id,
        replace=("sourceDbInstanceArn", "kmsKeyId", "retentionPeriod", "preSignedUrl"),
        delete=lambda r: r.api(
            "StopDBInstanceAutomatedBackupsReplication", SourceDBInstanceArn=r.get("sourceDbInstanceArn")
        ),
        check=_check_backups,
        alone=True,
    ),
)
