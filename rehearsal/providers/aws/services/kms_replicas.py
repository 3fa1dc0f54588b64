"""Copies of keys in other regions, and what others may do with a key."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import policy_failures
from rehearsal.providers.aws.services import kms
from rehearsal.providers.provider import Failure

_PRIMARY = re.compile(r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/mrk-[0-9a-f-]+$")


def _replicate(r: Live) -> dict[str, Any]:
    """Called where the primary is; the replica then lives under the same id in this region."""
    primary = r.inputs["primaryKeyArn"]
    region, id = primary.split(":")[3], primary.rsplit("/", 1)[1]
    sent = r.entry.tags.send(r.all_tags) if r.entry.tags else {}
    request = {**r.request(), "KeyId": id, "ReplicaRegion": r.region, **sent}
    answer = r.api("ReplicateKey", region=region, **request)
    # The emulator copies description and policy from the primary and forgets the tags.
    r.api("UpdateKeyDescription", KeyId=id, Description=r.inputs.get("description", ""))
    if r.inputs.get("policy"):
        r.api("PutKeyPolicy", KeyId=id, PolicyName="default", Policy=r.inputs["policy"])
    if r.all_tags:
        r.api("TagResource", KeyId=id, Tags=tags.pairs(r.all_tags, "TagKey", "TagValue"))
    return answer


def _replica(r: Live) -> dict[str, Any] | None:
    key = kms.key_of(r)
    if key is None:
        return None
    primary = (key.get("MultiRegionConfiguration") or {}).get("PrimaryKey", {}).get("Arn")
    return {**key, "PrimaryKeyArn": r.inputs.get("primaryKeyArn") or primary, "KeyId": r.id}


def _enable(r: Live) -> None:
    r.api("DisableKey" if r.inputs.get("enabled") is False else "EnableKey", KeyId=r.id)


def _check_replica(inputs: Mapping[str, Any]) -> list[Failure]:
    primary, region = inputs.get("primaryKeyArn"), inputs.get("region")
    failures = kms.window_failures(inputs) + policy_failures(inputs, "policy", "resource", limit=32768)
    if isinstance(primary, str) and not _PRIMARY.match(primary):
        reason = f"must be the ARN of a multi-Region key (mrk-...), got {primary!r} (AWS rule)"
        failures.append(Failure("primaryKeyArn", reason))
    elif isinstance(primary, str) and isinstance(region, str) and f":kms:{region}:" in primary:
        failures.append(Failure("region", f"must be another than the primary's, got {region!r} (AWS rule)"))
    return failures


def _key_of_grant(r: Live) -> str:
    return str(r.get("keyId") or r.id.rsplit(":", 1)[0])


def _grant(r: Live) -> dict[str, Any] | None:
    grant_id = r.id.rsplit(":", 1)[1]
    grants = r.ask("ListGrants", KeyId=_key_of_grant(r), GrantId=grant_id).get("Grants", [])
    grant = next((held for held in grants if held["GrantId"] == grant_id), None)
    return None if grant is None else {**grant, "KeyId": _key_of_grant(r)}


def _grant_id(r: Live, answer: Any) -> str:
    """Only the creating call tells the token."""
    r.state["grantToken"] = answer["GrantToken"]
    return f"{r.inputs['keyId']}:{answer['GrantId']}"


def _end_grant(r: Live) -> None:
    operation = "RetireGrant" if r.inputs.get("retireOnDelete") else "RevokeGrant"
    r.api(operation, KeyId=_key_of_grant(r), GrantId=r.id.rsplit(":", 1)[1])


ENTRIES = (
    Entry(
        type="aws:kms/replicaKey:ReplicaKey",
        service="kms",
        operation="ReplicateKey",
        rename={"primaryKeyArn": ""},
        create=_replicate,
        id="ReplicaKeyMetadata.KeyId",
        read=_replica,
        update={
            "description": lambda r: r.api(
                "UpdateKeyDescription", KeyId=r.id, Description=r.inputs.get("description", "")
            ),
            "policy": lambda r: r.api("PutKeyPolicy", KeyId=r.id, PolicyName="default", Policy=r.inputs["policy"]),
            "enabled": _enable,
        },
        after=("enabled",),
        not_sent=("deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"),
        replace=("primaryKeyArn",),
        delete=kms.schedule_deletion,
        arn="arn:{partition}:kms:{region}:{account}:key/{id}",
        outputs=lambda r, live: {
            "keyId": r.id,
            "keyRotationEnabled": live["EnableKeyRotation"],
            "keyUsage": live.get("KeyUsage") or "ENCRYPT_DECRYPT",
        },
        check=_check_replica,
        tags=tags.kms(),
        twin="AWS::KMS::ReplicaKey",
        twin_rename={
            "policy": "KeyPolicy",
            "deletionWindowInDays": "PendingWindowInDays",
            "bypassPolicyLockoutSafetyCheck": "",
        },
    ),
    Entry(
        type="aws:kms/grant:Grant",
        service="kms",
        operation="CreateGrant",
        rename={"grantCreationTokens": "GrantTokens"},
        id=_grant_id,
        read=_grant,
        not_sent=("retireOnDelete",),
        lost=("grantCreationTokens",),
        replace=(
            *("name", "keyId", "granteePrincipal", "operations", "constraints", "retiringPrincipal"),
            "grantCreationTokens",
        ),
        delete=_end_grant,
        outputs=lambda r, live: {"grantId": r.id.rsplit(":", 1)[1], "grantToken": r.state.get("grantToken", "")},
    ),
)
