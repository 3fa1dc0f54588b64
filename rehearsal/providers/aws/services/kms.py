"""Customer keys and their aliases."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import policy_failures
from rehearsal.providers.provider import Failure


def key_of(r: Live) -> dict[str, Any] | None:
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


def schedule_deletion(r: Live) -> None:
    r.api("ScheduleKeyDeletion", KeyId=r.id, PendingWindowInDays=r.get("deletionWindowInDays", 30))


def window_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    days = inputs.get("deletionWindowInDays")
    if not isinstance(days, int | float) or 7 <= days <= 30:
        return []
    return [Failure("deletionWindowInDays", f"must lie between 7 and 30, got {days:g} (AWS rule)")]


def _check_key(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = window_failures(inputs) + policy_failures(inputs, "policy", "resource", limit=32768)
    days, spec = inputs.get("rotationPeriodInDays"), inputs.get("customerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    if isinstance(days, int | float) and not 90 <= days <= 2560:
        failures.append(Failure("rotationPeriodInDays", f"must lie between 90 and 2560, got {days:g} (AWS rule)"))
    if inputs.get("enableKeyRotation") is True and isinstance(spec, str) and spec != "SYMMETRIC_DEFAULT":
        reason = f"is possible for SYMMETRIC_DEFAULT keys only, not for {spec} (AWS rule)"
        failures.append(Failure("enableKeyRotation", reason))
    return failures


def _check_alias(inputs: Mapping[str, Any]) -> list[Failure]:
    name = inputs.get("name")
    if not isinstance(name, str) or re.match(r"^alias/(?!aws/)[A-Za-z0-9/_-]{1,250}$", name):
        return []
    return [Failure("name", f"must be alias/ and letters, digits, /, _ or -, not alias/aws/; got {name!r} (AWS rule)")]


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
        read=key_of,
        update=_CHANGES,
        after=("enableKeyRotation", "rotationPeriodInDays", "isEnabled"),
        not_sent=("deletionWindowInDays",),
        lost=("rotationPeriodInDays",),
        replace=("customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId"),
        delete=schedule_deletion,
        outputs=lambda r, live: {"keyId": r.id},
        defaults={
            "keyUsage": "ENCRYPT_DECRYPT",
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "multiRegion": False,
            "isEnabled": True,
        },
        check=_check_key,
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
        check=_check_alias,
        find=lambda r: r.inputs["name"],
        twin="AWS::KMS::Alias",
        twin_rename={"name": "AliasName"},
    ),
)
