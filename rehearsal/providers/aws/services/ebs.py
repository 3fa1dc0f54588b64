"""Volumes, and how a region encrypts and shares them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.ec2_compute import disk_failures
from rehearsal.providers.provider import Failure


def _encrypt_by_default(r: Live) -> dict[str, Any]:
    on = r.inputs.get("enabled", True)
    return r.api("EnableEbsEncryptionByDefault" if on else "DisableEbsEncryptionByDefault")


def _encryption(r: Live) -> dict[str, Any]:
    return {"Enabled": r.api("GetEbsEncryptionByDefault")["EbsEncryptionByDefault"]}


def _set_sharing(r: Live) -> dict[str, Any]:
    if r.inputs["state"] == "unblocked":
        return r.api("DisableSnapshotBlockPublicAccess")
    return r.api("EnableSnapshotBlockPublicAccess", State=r.inputs["state"])


def _volume(r: Live) -> dict[str, Any] | None:
    volume = only(r.api("DescribeVolumes", VolumeIds=[r.id])["Volumes"])
    return None if volume is None or volume["State"] in ("deleting", "deleted") else volume


def _delete_volume(r: Live) -> None:
    if r.inputs.get("finalSnapshot"):
        r.api("CreateSnapshot", VolumeId=r.id, Description=f"final snapshot of {r.id}")
    r.api("DeleteVolume", VolumeId=r.id)


def _check_volume(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = disk_failures(inputs, kind="type", size="size")
    if inputs.get("size") is None and inputs.get("snapshotId") is None:
        failures.append(Failure("size", "is needed unless snapshotId is given (AWS rule)"))
    if inputs.get("kmsKeyId") is not None and inputs.get("encrypted") in (None, False):
        failures.append(Failure("encrypted", "must be true when kmsKeyId is given (AWS rule)"))
    if inputs.get("multiAttachEnabled") is True and inputs.get("type") not in ("io1", "io2"):
        failures.append(Failure("multiAttachEnabled", "needs a volume of type io1 or io2 (AWS rule)"))
    return failures


ENTRIES = (
    Entry(
        type="aws:ebs/encryptionByDefault:EncryptionByDefault",
        service="ec2",
        create=_encrypt_by_default,
        id=lambda r, answer: f"ebs-encryption-{r.region}",
        read=_encryption,
        update={"enabled": _encrypt_by_default},
        alone=True,
        delete=lambda r: r.api("DisableEbsEncryptionByDefault"),
        defaults={"enabled": True},
        find=lambda r: f"ebs-encryption-{r.region}",
    ),
    Entry(
        type="aws:ebs/defaultKmsKey:DefaultKmsKey",
        service="ec2",
        level="validated",
        operation="ModifyEbsDefaultKmsKeyId",
        rename={"keyArn": "KmsKeyId"},
        id=lambda r, answer: r.inputs["keyArn"],
        replace=("keyArn",),
        alone=True,
        delete=lambda r: r.api("ResetEbsDefaultKmsKeyId"),
    ),
    Entry(
        type="aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        service="ec2",
        level="validated",
        operation="EnableSnapshotBlockPublicAccess",
        create=_set_sharing,
        id=lambda r, answer: r.region,
        update={"state": _set_sharing},
        alone=True,
        delete=lambda r: r.api("DisableSnapshotBlockPublicAccess"),
        twin="AWS::EC2::SnapshotBlockPublicAccess",
    ),
    Entry(
        type="aws:ebs/volume:Volume",
        service="ec2",
        operation="CreateVolume",
        rename={"type": "VolumeType"},
        id="VolumeId",
        read=_volume,
        update=dict.fromkeys(("size", "type", "iops", "throughput"), lambda r: r.modify("ModifyVolume", VolumeId=r.id)),
        not_sent=("finalSnapshot",),
        lost=("iops", "throughput", "multiAttachEnabled", "outpostArn", "volumeInitializationRate", "kmsKeyId"),
        replace=(
            *("availabilityZone", "encrypted", "kmsKeyId", "multiAttachEnabled", "outpostArn", "snapshotId"),
            "volumeInitializationRate",
        ),
        delete=_delete_volume,
        arn="arn:{partition}:ec2:{region}:{account}:volume/{id}",
        defaults={"encrypted": False, "type": "gp2"},
        check=_check_volume,
        tags=tags.ec2("volume"),
        twin="AWS::EC2::Volume",
        twin_rename={"type": "VolumeType", "finalSnapshot": ""},
    ),
)
