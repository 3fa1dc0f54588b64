"""Secrets with their replicas, versions, policies and rotation. What a secret holds is never told in clear."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live, known
from rehearsal.providers.aws.policy_documents import is_public, policy_failures
from rehearsal.providers.provider import Failure, Refused


def refuse(path: str, reason: str) -> Failure:
    return Failure(path, f"{reason} (AWS rule)")


# -- secrets ------------------------------------------------------------------------------------------------------


def _secret(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeSecret", SecretId=r.id)
    if found.get("DeletedDate"):
        return None
    found["AddReplicaRegions"] = found.pop("ReplicationStatus", [])
    if r.inputs.get("policy"):
        found["Policy"] = r.api("GetResourcePolicy", SecretId=r.id).get("ResourcePolicy")
    return found


def _update_secret(r: Live) -> None:
    key = r.inputs.get("kmsKeyId") or "alias/aws/secretsmanager"
    r.api("UpdateSecret", SecretId=r.id, Description=r.inputs.get("description", ""), KmsKeyId=key)


def _replica(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"Region": given["region"], **({"KmsKeyId": given["kmsKeyId"]} if given.get("kmsKeyId") else {})}


def _change_replicas(r: Live) -> None:
    before = [_replica(given) for given in r.state.get("replicas") or []]
    wanted = [_replica(given) for given in r.inputs.get("replicas") or []]
    gone = [replica["Region"] for replica in before if replica not in wanted]
    new = [replica for replica in wanted if replica not in before]
    if gone:
        r.api("RemoveRegionsFromReplication", SecretId=r.id, RemoveReplicaRegions=gone)
    if new:
        force = bool(r.inputs.get("forceOverwriteReplicaSecret"))
        r.api("ReplicateSecretToRegions", SecretId=r.id, AddReplicaRegions=new, ForceOverwriteReplicaSecret=force)


def _change_policy(r: Live) -> None:
    policy = r.inputs.get("policy")
    if policy:
        r.api("PutResourcePolicy", SecretId=r.id, ResourcePolicy=policy)
    else:
        r.api("DeleteResourcePolicy", SecretId=r.id)


def _delete_secret(r: Live) -> None:
    """Replicas first; then a waiting time of 30 days unless the program names another, 0 for none."""
    regions = [replica["region"] for replica in r.get("replicas") or []]
    if regions:
        r.api("RemoveRegionsFromReplication", SecretId=r.id, RemoveReplicaRegions=regions)
    days = r.get("recoveryWindowInDays", 30)
    wait = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    r.api("DeleteSecret", SecretId=r.id, **wait)


def _check_secret(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = policy_failures(inputs, "policy", "resource", limit=20480)
    name, days = inputs.get("name"), inputs.get("recoveryWindowInDays")
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9/_+=.@-]{1,512}", name):
        failures.append(refuse("name", f"must be 1 to 512 letters, digits and /_+=.@-, got {name!r}"))
    if isinstance(days, int) and days and not 7 <= days <= 30:
        failures.append(refuse("recoveryWindowInDays", f"must be 0 or lie between 7 and 30, got {days}"))
    regions = [replica.get("region") for replica in inputs.get("replicas") or []]
    for index, region in enumerate(regions):
        if isinstance(region, str) and (region in regions[:index] or region == inputs.get("region")):
            failures.append(refuse(f"replicas[{index}].region", f"{region} has the secret already"))
    return failures


# -- versions -----------------------------------------------------------------------------------------------------


def _put_value(r: Live) -> Any:
    request = r.request()
    if r.inputs.get("secretBinary") is not None:
        request["SecretBinary"] = base64.b64decode(r.inputs["secretBinary"])
    if r.inputs.get("secretStringWo") is not None:
        request["SecretString"] = r.inputs["secretStringWo"]
    return r.api("PutSecretValue", **request)


def _at(r: Live) -> dict[str, str]:
    secret, _, version = r.id.partition("|")
    return {"SecretId": secret, "VersionId": version}


def _version(r: Live) -> dict[str, Any]:
    found = r.api("GetSecretValue", **_at(r))
    if isinstance(found.get("SecretBinary"), bytes):
        found["SecretBinary"] = base64.b64encode(found["SecretBinary"]).decode()
    if r.inputs and r.inputs.get("secretString") is None:  # write-only; an import asks for everything
        found.pop("SecretString", None)
    return {**found, "SecretId": r.get("secretId") or found["ARN"], "SecretArn": found["ARN"]}


def _change_stages(r: Live) -> None:
    at = _at(r)
    versions = r.api("DescribeSecret", SecretId=at["SecretId"])["VersionIdsToStages"]
    held, wanted = set(versions.get(at["VersionId"], [])), set(r.inputs.get("versionStages") or [])
    for stage in sorted(wanted - held):
        other = next((version for version, stages in versions.items() if stage in stages), None)
        moved = {"RemoveFromVersionId": other} if other else {}
        r.api(
            "UpdateSecretVersionStage",
            SecretId=at["SecretId"],
            VersionStage=stage,
            MoveToVersionId=at["VersionId"],
            **moved,
        )
    for stage in sorted(held - wanted - {"AWSCURRENT"}):
        _drop_stage(r, stage)


def _drop_stage(r: Live, stage: str) -> None:
    at = _at(r)
    r.api(
        "UpdateSecretVersionStage",
        SecretId=at["SecretId"],
        VersionStage=stage,
        RemoveFromVersionId=at["VersionId"],
    )


def _retire(r: Live) -> None:
    """A version is never deleted: it loses its labels, and AWSCURRENT stays until another version takes it."""
    at = _at(r)
    described = r.api("DescribeSecret", SecretId=at["SecretId"])
    if not described.get("DeletedDate"):
        for stage in described["VersionIdsToStages"].get(at["VersionId"], []):
            if stage != "AWSCURRENT":
                _drop_stage(r, stage)


def _check_version(inputs: Mapping[str, Any]) -> list[Failure]:
    given = [name for name in ("secretString", "secretBinary", "secretStringWo") if inputs.get(name) is not None]
    if len(given) > 1:
        return [refuse(given[1], f"cannot be given beside {given[0]}")]
    value = inputs.get("secretString")
    if isinstance(value, str) and len(value.encode()) > 65536:
        return [refuse("secretString", f"must have at most 65536 bytes, has {len(value.encode())}")]
    return []


# -- policies and rotation ----------------------------------------------------------------------------------------


def _policy(r: Live) -> dict[str, Any] | None:
    found = r.api("GetResourcePolicy", SecretId=r.id).get("ResourcePolicy")
    return {"SecretId": r.id, "ResourcePolicy": found} if found else None


def _check_policy(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = policy_failures(inputs, "policy", "resource", limit=20480)
    if not failures and inputs.get("blockPublicPolicy") and known(inputs["policy"]) and is_public(inputs["policy"]):
        failures.append(refuse("policy", "lets everybody in, and blockPublicPolicy is set"))
    return failures


def _rotate(r: Live) -> Any:
    function = r.inputs.get("rotationLambdaArn")
    if function and "secretsmanager.amazonaws.com" not in _policy_of(r, function):
        raise Refused(
            f"Secrets Manager may not invoke {function}: give the function a permission for the principal "
            "secretsmanager.amazonaws.com, and let the rotation depend on it (AWS rule)"
        )
    return r.api("RotateSecret", **r.request())


def _policy_of(r: Live, function: str) -> str:
    return str(r.ask("GetPolicy", service="lambda", FunctionName=function).get("Policy", ""))


def _rotation(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeSecret", SecretId=r.id)
    if not found.get("RotationEnabled") or found.get("DeletedDate"):
        return None
    return {**found, "SecretId": r.get("secretId") or r.id}


def _check_rotation(inputs: Mapping[str, Any]) -> list[Failure]:
    rules = inputs.get("rotationRules")
    if not isinstance(rules, dict):
        return [] if rules is not None else [refuse("rotationRules", "are needed")]
    if (rules.get("automaticallyAfterDays") is None) == (rules.get("scheduleExpression") is None):
        return [refuse("rotationRules", "need either automaticallyAfterDays or scheduleExpression")]
    return []


ENTRIES = (
    Entry(
        type="aws:secretsmanager/secret:Secret",
        service="secretsmanager",
        operation="CreateSecret",
        rename={
            "replicas": "AddReplicaRegions",
            **dict.fromkeys(("replicas.lastAccessedDate", "replicas.status", "replicas.statusMessage"), ""),
        },
        also=lambda r: {"ForceOverwriteReplicaSecret": True} if r.inputs.get("forceOverwriteReplicaSecret") else {},
        name="name",
        name_limit=512,
        id="ARN",
        read=_secret,
        after=("policy",),
        update={
            "description": _update_secret,
            "kmsKeyId": _update_secret,
            "replicas": _change_replicas,
            "policy": _change_policy,
        },
        not_sent=("namePrefix", "recoveryWindowInDays", "forceOverwriteReplicaSecret"),
        lost=("type", "replicas.kmsKeyId"),
        replace=("name", "namePrefix", "type"),
        delete=_delete_secret,
        outputs=lambda r, live: {"arn": r.id},
        defaults={"namePrefix": "", "policy": ""},
        check=_check_secret,
        tags=tags.listed(resource="SecretId", of=lambda r: r.id),
        find=lambda r: r.ask("DescribeSecret", SecretId=r.inputs["name"]).get("ARN"),
        twin="AWS::SecretsManager::Secret",
        twin_rename={
            "namePrefix": "",
            "recoveryWindowInDays": "",
            "forceOverwriteReplicaSecret": "",
            "policy": "",
            "replicas": "ReplicaRegions",
        },
    ),
    Entry(
        type="aws:secretsmanager/secretVersion:SecretVersion",
        service="secretsmanager",
        operation="PutSecretValue",
        create=_put_value,
        rename={"secretStringWo": "", "secretStringWoVersion": ""},
        id=lambda r, answer: f"{answer['ARN']}|{answer['VersionId']}",
        read=_version,
        update={"versionStages": _change_stages},
        lost=("secretStringWo", "secretStringWoVersion"),
        replace=("secretId", "secretString", "secretBinary", "secretStringWo", "secretStringWoVersion"),
        delete=_retire,
        outputs=lambda r, live: {"hasSecretStringWo": r.inputs.get("secretStringWo") is not None},
        check=_check_version,
    ),
    Entry(
        type="aws:secretsmanager/secretPolicy:SecretPolicy",
        service="secretsmanager",
        operation="PutResourcePolicy",
        rename={"secretArn": "SecretId", "policy": "ResourcePolicy"},
        id=lambda r, answer: r.inputs["secretArn"],
        read=_policy,
        update={"*": lambda r: r.put()},
        lost=("blockPublicPolicy",),
        replace=("secretArn",),
        delete=lambda r: r.api("DeleteResourcePolicy", SecretId=r.id),
        check=_check_policy,
        alone=True,
        twin="AWS::SecretsManager::ResourcePolicy",
        twin_rename={"secretArn": "SecretId", "policy": "ResourcePolicy"},
    ),
    Entry(
        type="aws:secretsmanager/secretRotation:SecretRotation",
        service="secretsmanager",
        operation="RotateSecret",
        create=_rotate,
        rename={"rotationEnabled": "", "externalSecretRotationMetadatas": "ExternalSecretRotationMetadata"},
        id=lambda r, answer: r.inputs["secretId"],
        read=_rotation,
        update={"*": _rotate},
        lost=(
            *("rotateImmediately", "rotationEnabled", "rotationRules.duration", "rotationRules.scheduleExpression"),
            *("externalSecretRotationMetadatas", "externalSecretRotationRoleArn"),
        ),
        replace=("secretId",),
        delete=lambda r: r.api("CancelRotateSecret", SecretId=r.id),
        outputs=lambda r, live: {"rotationEnabled": True},
        check=_check_rotation,
        alone=True,
        twin="AWS::SecretsManager::RotationSchedule",
        twin_rename={
            "rotateImmediately": "RotateImmediatelyOnUpdate",
            "rotationEnabled": "",
            "externalSecretRotationMetadatas": "",
            "externalSecretRotationRoleArn": "",
        },
    ),
)
