"""Vaults with their locks and policies, plans, selections and the settings of a region."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.backup_rules import air_gapped_failures, lock_failures, plan_failures, vault_failures
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import policy_failures

_VAULT_ARN = "arn:{partition}:backup:{region}:{account}:backup-vault:{id}"


def backup_tags(send: str, kept: bool = True) -> tags.Tags:
    def change(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
        call = r.api if kept else r.validated
        if wanted:
            call("TagResource", ResourceArn=r.state["arn"], Tags=wanted)
        if gone:
            call("UntagResource", ResourceArn=r.state["arn"], TagKeyList=gone)

    def read(r: Live, live: Mapping[str, Any]) -> dict[str, str] | None:
        return r.api("ListTags", ResourceArn=r.state.get("arn") or r.arn(r.entry.arn)).get("Tags", {}) if kept else None

    return tags.Tags(send=lambda wanted: {send: dict(wanted)} if wanted else {}, change=change, read=read)


def _vault(r: Live) -> dict[str, Any]:
    found = r.api("DescribeBackupVault", BackupVaultName=r.id)
    return {**found, "RecoveryPoints": found.get("NumberOfRecoveryPoints", 0)}


def _lock(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeBackupVault", BackupVaultName=r.id)
    return found if found.get("Locked") else None


def _vault_arn(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"backupVaultArn": r.arn(_VAULT_ARN)}


def _plan(r: Live) -> dict[str, Any]:
    answer = r.api("GetBackupPlan", BackupPlanId=r.id)
    return {**answer["BackupPlan"], "Version": answer["VersionId"]}


_RULES = {
    "rules.targetVaultName": "TargetBackupVaultName",
    "rules.completionWindow": "CompletionWindowMinutes",
    "rules.startWindow": "StartWindowMinutes",
    "rules.schedule": "ScheduleExpression",
    "rules.copyActions.destinationVaultArn": "DestinationBackupVaultArn",
    **{
        f"rules.{where}lifecycle.{name}": member
        for where in ("", "copyActions.")
        for name, member in {"coldStorageAfter": "MoveToColdStorageAfterDays", "deleteAfter": "DeleteAfterDays"}.items()
    },
}


def _selection(r: Live) -> dict[str, Any]:
    members = {"stringEquals": "StringEquals", "stringNotEquals": "StringNotEquals"}
    members |= {"stringLikes": "StringLike", "stringNotLikes": "StringNotLike"}
    placed = {
        members[name]: [{"ConditionKey": pair["key"], "ConditionValue": pair["value"]} for pair in pairs]
        for each in r.inputs.get("conditions") or []
        for name, pairs in each.items()
        if pairs
    }
    listed = [
        {"ConditionType": tag["type"], "ConditionKey": tag["key"], "ConditionValue": tag["value"]}
        for tag in r.inputs.get("selectionTags") or []
    ]
    more = {**({"Conditions": placed} if placed else {}), **({"ListOfTags": listed} if listed else {})}
    return {"BackupPlanId": r.inputs["planId"], "BackupSelection": more}


ENTRIES = (
    Entry(
        type="aws:backup/vault:Vault",
        service="backup",
        operation="CreateBackupVault",
        rename={"name": "BackupVaultName", "kmsKeyArn": "EncryptionKeyArn"},
        not_sent=("forceDestroy",),
        id="BackupVaultName",
        read=_vault,
        replace=("name", "kmsKeyArn"),
        delete=lambda r: r.api("DeleteBackupVault", BackupVaultName=r.id),
        arn=_VAULT_ARN,
        name="name",
        name_limit=50,
        find=lambda r: r.inputs["name"],
        check=vault_failures,
        tags=backup_tags("BackupVaultTags"),
        twin="AWS::Backup::BackupVault",
        twin_rename={
            "name": "BackupVaultName",
            "kmsKeyArn": "EncryptionKeyArn",
            "tags": "BackupVaultTags",
            "forceDestroy": "",
        },
    ),
    Entry(
        type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        service="backup",
        operation="PutBackupVaultLockConfiguration",
        id=lambda r, answer: r.inputs["backupVaultName"],
        read=_lock,
        lost=("changeableForDays",),
        replace=("backupVaultName", "changeableForDays", "minRetentionDays", "maxRetentionDays"),
        delete=lambda r: r.api("DeleteBackupVaultLockConfiguration", BackupVaultName=r.id),
        outputs=_vault_arn,
        alone=True,
        check=lock_failures,
    ),
    Entry(
        type="aws:backup/vaultPolicy:VaultPolicy",
        service="backup",
        level="validated",
        operation="PutBackupVaultAccessPolicy",
        id=lambda r, answer: r.inputs["backupVaultName"],
        update={"policy": lambda r: r.put()},
        replace=("backupVaultName",),
        delete=lambda r: r.api("DeleteBackupVaultAccessPolicy", BackupVaultName=r.id),
        outputs=_vault_arn,
        alone=True,
        check=lambda inputs: policy_failures(inputs, "policy", "resource"),
    ),
    Entry(
        type="aws:backup/vaultNotifications:VaultNotifications",
        service="backup",
        level="validated",
        operation="PutBackupVaultNotifications",
        id=lambda r, answer: r.inputs["backupVaultName"],
        replace=("backupVaultName", "backupVaultEvents", "snsTopicArn"),
        delete=lambda r: r.api("DeleteBackupVaultNotifications", BackupVaultName=r.id),
        outputs=_vault_arn,
        alone=True,
    ),
    Entry(
        type="aws:backup/plan:Plan",
        service="backup",
        operation="CreateBackupPlan",
        root="BackupPlan",
        rename={"name": "BackupPlanName", **_RULES},
        id="BackupPlanId",
        read=_plan,
        #: The emulator cannot change a plan: what is new is validated and believed.
        lost=("rules", "advancedBackupSettings", "scanSettings"),
        update={"*": lambda r: r.validated("UpdateBackupPlan", BackupPlanId=r.id, **r.request())},
        replace=("name",),
        delete=lambda r: r.api("DeleteBackupPlan", BackupPlanId=r.id),
        arn="arn:{partition}:backup:{region}:{account}:backup-plan:{id}",
        name="name",
        name_limit=50,
        check=plan_failures,
        tags=backup_tags("BackupPlanTags"),
        twin="AWS::Backup::BackupPlan",
        twin_rename={
            "name": "BackupPlan.BackupPlanName",
            "rules": "BackupPlan.BackupPlanRule",
            "tags": "BackupPlanTags",
            "advancedBackupSettings": "",
            "scanSettings": "",
            "rules.targetVaultName": "TargetBackupVault",
            **{name: member for name, member in _RULES.items() if name != "rules.targetVaultName"},
        },
    ),
    Entry(
        type="aws:backup/selection:Selection",
        service="backup",
        level="validated",
        operation="CreateBackupSelection",
        root="BackupSelection",
        rename={"name": "SelectionName", "planId": "", "conditions": "", "selectionTags": ""},
        also=_selection,
        id=lambda r, answer: r.invented("", 32),
        replace=("iamRoleArn", "planId", "conditions", "name", "notResources", "resources", "selectionTags"),
        delete=lambda r: r.api("DeleteBackupSelection", BackupPlanId=r.get("planId"), SelectionId=r.id),
        name="name",
        name_limit=50,
        defaults={"conditions": [], "notResources": []},
        twin="AWS::Backup::BackupSelection",
        twin_rename={
            "iamRoleArn": "BackupSelection.IamRoleArn",
            "planId": "BackupPlanId",
            "name": "BackupSelection.SelectionName",
            "resources": "BackupSelection.Resources",
            "notResources": "BackupSelection.NotResources",
            "conditions": "",
            "selectionTags": "",
        },
    ),
    Entry(
        type="aws:backup/globalSettings:GlobalSettings",
        service="backup",
        level="validated",
        operation="UpdateGlobalSettings",
        id=lambda r, answer: r.account,
        update={"globalSettings": lambda r: r.put()},
        alone=True,
    ),
    Entry(
        type="aws:backup/regionSettings:RegionSettings",
        service="backup",
        level="validated",
        operation="UpdateRegionSettings",
        id=lambda r, answer: r.region,
        update={"*": lambda r: r.put()},
        defaults={"resourceTypeManagementPreference": {}},
        alone=True,
    ),
    Entry(
        type="aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault",
        service="backup",
        level="validated",
        operation="CreateLogicallyAirGappedBackupVault",
        rename={"name": "BackupVaultName"},
        not_sent=("timeouts",),
        also=lambda r: {"CreatorRequestId": r.invented("", 32)},
        id=lambda r, answer: r.inputs["name"],
        replace=("name", "minRetentionDays", "maxRetentionDays", "encryptionKeyArn"),
        delete=lambda r: r.api("DeleteBackupVault", BackupVaultName=r.id),
        arn=_VAULT_ARN,
        name="name",
        name_limit=50,
        defaults={"encryptionKeyArn": ""},
        check=air_gapped_failures,
        tags=backup_tags("BackupVaultTags", kept=False),
        twin="AWS::Backup::LogicallyAirGappedBackupVault",
        twin_rename={"name": "BackupVaultName", "tags": "BackupVaultTags", "timeouts": ""},
    ),
)
