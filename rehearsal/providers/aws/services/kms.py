"""Customer keys, their aliases, replicas in other regions and grants."""

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live


def _key(r: Live) -> dict | None:
    key = r.api("DescribeKey", KeyId=r.id)["KeyMetadata"]
    if key["KeyState"] == "PendingDeletion":
        return None
    rotation = r.api("GetKeyRotationStatus", KeyId=r.id)
    return {
        **key,
        "Policy": r.api("GetKeyPolicy", KeyId=r.id, PolicyName="default")["Policy"],
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "IsEnabled": key["Enabled"],
    }


def _rotate(r: Live) -> None:
    if not r.get("enableKeyRotation"):
        r.api("DisableKeyRotation", KeyId=r.id)
        return
    period = r.get("rotationPeriodInDays")
    r.api("EnableKeyRotation", KeyId=r.id, **({"RotationPeriodInDays": period} if period else {}))


def _enable(r: Live) -> None:
    r.api("DisableKey" if r.inputs.get("isEnabled") is False else "EnableKey", KeyId=r.id)


def _schedule_deletion(r: Live) -> None:
    r.api("ScheduleKeyDeletion", KeyId=r.id, PendingWindowInDays=r.get("deletionWindowInDays", 30))


_CHANGES = {
    "description": lambda r: r.api("UpdateKeyDescription", KeyId=r.id, Description=r.get("description", "")),
    "policy": lambda r: r.api("PutKeyPolicy", KeyId=r.id, PolicyName="default", Policy=r.inputs["policy"]),
    "enableKeyRotation": _rotate,
    "rotationPeriodInDays": _rotate,
    "isEnabled": _enable,
}

ENTRIES = (
    Entry(
        type="aws:kms/key:Key",
        service="kms",
        operation="CreateKey",
        rename={"customerMasterKeySpec": "KeySpec", "bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck"},
        id="KeyMetadata.KeyId",
        read=_key,
        update=_CHANGES,
        after=("enableKeyRotation", "rotationPeriodInDays", "isEnabled"),
        not_sent=("deletionWindowInDays",),
        lost=("rotationPeriodInDays",),
        replace=("customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId"),
        delete=_schedule_deletion,
        outputs=lambda r, live: {"keyId": r.id},
        defaults={"keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "multiRegion": False},
        tags=tags.kms(),
        twin="AWS::KMS::Key",
        twin_rename={"deletionWindowInDays": "PendingWindowInDays", "policy": "KeyPolicy", "isEnabled": "Enabled"},
    ),
    Entry(
        type="aws:kms/alias:Alias",
        service="kms",
        operation="CreateAlias",
        rename={"name": "AliasName"},
        id=lambda r, answer: r.inputs["name"],
        read=lambda r: next((alias for alias in r.api("ListAliases")["Aliases"] if alias["AliasName"] == r.id), None),
        update={
            "targetKeyId": lambda r: r.api("UpdateAlias", AliasName=r.id, TargetKeyId=r.inputs["targetKeyId"]),
        },
        replace=("name", "namePrefix"),
        delete=lambda r: r.api("DeleteAlias", AliasName=r.id),
        outputs=lambda r, live: {
            "arn": r.arn("arn:{partition}:kms:{region}:{account}:{id}"),
            "targetKeyArn": r.arn("arn:{partition}:kms:{region}:{account}:key/") + str(r.get("targetKeyId")),
        },
        find=lambda r: r.inputs["name"],
        twin="AWS::KMS::Alias",
        twin_rename={"name": "AliasName"},
    ),
)
