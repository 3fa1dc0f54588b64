"""What guards a bucket: encryption, versions, public access, policy, ownership."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import as_written, is_public, policy_failures
from rehearsal.providers.provider import Failure, Refused


def with_older_name(entry: Entry) -> tuple[Entry, Entry]:
    """The SDK still has the names of its version 6 beside the plain ones: BucketV2, BucketVersioningV2."""
    return entry, dataclasses.replace(entry, type=f"{entry.type.rpartition(':')[0]}V2:{entry.type.split(':')[-1]}V2")


def of_bucket(kind: str, owned: bool = True, **more: Any) -> Entry:
    """A setting of a bucket: its id is the bucket, its creating call also changes it, only one can exist.

    `owned`: the program may say whose the bucket has to be.
    """
    settings: dict[str, Any] = {
        "service": "s3",
        "id": lambda r, answer: r.inputs["bucket"],
        "alone": True,
        "update": {"*": lambda r: r.put()},
        "replace": ("bucket", "expectedBucketOwner") if owned else ("bucket",),
        "lost": ("expectedBucketOwner",) if owned else (),
    }
    return Entry(type=f"aws:s3/{kind[0].lower() + kind[1:]}:{kind}", **(settings | more))


def reader(operation: str, wrap: str = "") -> Callable[[Live], dict[str, Any]]:
    """Reads one setting; `wrap` is the member that the creating request has around it."""

    def read(r: Live) -> dict[str, Any]:
        found = r.api(operation, Bucket=r.id)
        return {"Bucket": r.id, **({wrap: found} if wrap else found)}

    return read


def deleter(operation: str) -> Callable[[Live], Any]:
    return lambda r: r.api(operation, Bucket=r.id)


def _check_encryption(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    if len(inputs["rules"]) != 1:
        failures.append(Failure("rules", f"must be exactly one, got {len(inputs['rules'])} (AWS rule)"))
    for index, rule in enumerate(inputs["rules"]):
        default = rule.get("applyServerSideEncryptionByDefault") or {}
        if default.get("sseAlgorithm") == "AES256" and default.get("kmsMasterKeyId") is not None:
            at = f"rules[{index}].applyServerSideEncryptionByDefault.kmsMasterKeyId"
            failures.append(Failure(at, "goes with sseAlgorithm aws:kms or aws:kms:dsse only, not AES256 (AWS rule)"))
    return failures


def _change_versioning(r: Live) -> None:
    locked = r.ask("GetObjectLockConfiguration", Bucket=r.id).get("ObjectLockConfiguration", {})
    if locked and r.inputs["versioningConfiguration"]["status"] == "Suspended":
        raise Refused(f"versions of {r.id} cannot be suspended: it has object lock (AWS rule)")
    r.put()


def _suspend(r: Live) -> None:
    """Versions cannot be turned off; of a bucket with object lock not even suspended, so it is left alone."""
    if not r.ask("GetObjectLockConfiguration", Bucket=r.id):
        r.api("PutBucketVersioning", Bucket=r.id, VersioningConfiguration={"Status": "Suspended"})


def _check_versioning(inputs: Mapping[str, Any]) -> list[Failure]:
    wanted = inputs["versioningConfiguration"]
    if wanted is wire.UNKNOWN or wanted.get("mfaDelete") != "Enabled" or inputs.get("mfa") is not None:
        return []
    return [Failure("mfa", "is needed where mfaDelete is Enabled: serial number and code of the device (AWS rule)")]


def _put_policy(r: Live) -> dict[str, Any]:
    guard = r.ask("GetPublicAccessBlock", Bucket=r.inputs["bucket"]).get("PublicAccessBlockConfiguration", {})
    if guard.get("BlockPublicPolicy") and is_public(r.inputs["policy"]):
        raise Refused(f"the policy lets everybody in, and {r.inputs['bucket']} blocks public policies (AWS rule)")
    return r.put()


def _policy(r: Live) -> dict[str, Any]:
    found = r.api("GetBucketPolicy", Bucket=r.id)["Policy"]
    return {"Bucket": r.id, "Policy": as_written(r.inputs.get("policy"), found)}


_PUBLIC = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")

ENTRIES = (
    *with_older_name(
        of_bucket(
            "BucketServerSideEncryptionConfiguration",
            operation="PutBucketEncryption",
            rename={
                "rules": "ServerSideEncryptionConfiguration.Rules",
                "rules.blockedEncryptionTypes": "BlockedEncryptionTypes.EncryptionType",
            },
            lost=("expectedBucketOwner", "rules.blockedEncryptionTypes"),
            read=reader("GetBucketEncryption"),
            delete=deleter("DeleteBucketEncryption"),
            check=_check_encryption,
            twin="AWS::S3::Bucket",
            twin_rename={
                "bucket": "",
                "expectedBucketOwner": "",
                "rules": "BucketEncryption.ServerSideEncryptionConfiguration",
                "rules.applyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault",
                "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID",
                "rules.blockedEncryptionTypes": "",
            },
        )
    ),
    *with_older_name(
        of_bucket(
            "BucketVersioning",
            operation="PutBucketVersioning",
            read=reader("GetBucketVersioning", "VersioningConfiguration"),
            update={"versioningConfiguration": _change_versioning, "mfa": _change_versioning},
            lost=("expectedBucketOwner", "mfa"),
            delete=_suspend,
            check=_check_versioning,
            twin="AWS::S3::Bucket",
            twin_rename={"bucket": "", "expectedBucketOwner": "", "mfa": "", "versioningConfiguration.mfaDelete": ""},
        )
    ),
    of_bucket(
        "BucketPublicAccessBlock",
        owned=False,
        operation="PutPublicAccessBlock",
        rename={name: f"PublicAccessBlockConfiguration.{name[0].upper()}{name[1:]}" for name in _PUBLIC},
        also=lambda r: {"PublicAccessBlockConfiguration": {name[0].upper() + name[1:]: False for name in _PUBLIC}},
        not_sent=("skipDestroy",),
        read=reader("GetPublicAccessBlock"),
        delete=lambda r: None if r.get("skipDestroy") else r.api("DeletePublicAccessBlock", Bucket=r.id),
        twin="AWS::S3::Bucket",
        twin_rename={"bucket": "", "skipDestroy": ""}
        | {name: f"PublicAccessBlockConfiguration.{name[0].upper()}{name[1:]}" for name in _PUBLIC},
    ),
    of_bucket(
        "BucketPolicy",
        owned=False,
        operation="PutBucketPolicy",
        create=_put_policy,
        read=_policy,
        update={"policy": _put_policy},
        delete=deleter("DeleteBucketPolicy"),
        check=lambda inputs: policy_failures(inputs, "policy", "resource", limit=20480),
        twin="AWS::S3::BucketPolicy",
        twin_rename={"policy": "PolicyDocument"},
    ),
    of_bucket(
        "BucketOwnershipControls",
        owned=False,
        operation="PutBucketOwnershipControls",
        rename={"rule": "OwnershipControls.Rules"},
        read=reader("GetBucketOwnershipControls"),
        delete=deleter("DeleteBucketOwnershipControls"),
        twin="AWS::S3::Bucket",
        twin_rename={"bucket": "", "rule": "OwnershipControls.Rules"},
    ),
)
