"""Launch templates: versions of what a machine is started with."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import client, tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_USER_DATA_LIMIT = 16 * 1024
#: Property -> member of LaunchTemplateData, where the name is not ours with a capital.
_RENAMED = {"vpcSecurityGroupIds": "SecurityGroupIds", "securityGroupNames": "SecurityGroups"}
_SAME_NAME = (
    *("blockDeviceMappings", "capacityReservationSpecification", "cpuOptions", "creditSpecification"),
    *("disableApiStop", "disableApiTermination", "ebsOptimized", "enclaveOptions", "hibernationOptions"),
    *("iamInstanceProfile", "imageId", "instanceInitiatedShutdownBehavior", "instanceMarketOptions"),
    *("instanceRequirements", "instanceType", "kernelId", "keyName", "licenseSpecifications", "maintenanceOptions"),
    *("metadataOptions", "monitoring", "networkInterfaces", "networkPerformanceOptions", "placement"),
    *("privateDnsNameOptions", "ramDiskId", "secondaryInterfaces", "tagSpecifications", "userData"),
)
_DATA = {**{name: name[0].upper() + name[1:] for name in _SAME_NAME}, **_RENAMED}


def _template(r: Live) -> dict[str, Any] | None:
    template = only(r.api("DescribeLaunchTemplates", LaunchTemplateIds=[r.id])["LaunchTemplates"])
    if template is None:
        return None
    latest = r.api("DescribeLaunchTemplateVersions", LaunchTemplateId=r.id, Versions=["$Latest"])
    version = latest["LaunchTemplateVersions"][0]
    data = version["LaunchTemplateData"]
    # The emulator adds the own tags of the template, which are not its data; DescribeLaunchTemplates keeps the first.
    specified = [held for held in data.get("TagSpecifications", []) if held["ResourceType"] != "launch-template"]
    return {
        **template,
        "Tags": r.api("DescribeTags", Filters=filters(resource_id=r.id))["Tags"],
        "LaunchTemplateData": {**data, "TagSpecifications": specified},
        "VersionDescription": version.get("VersionDescription"),
        "DefaultVersion": template["DefaultVersionNumber"],
        "LatestVersion": template["LatestVersionNumber"],
    }


def _new_version(r: Live) -> None:
    request = r.request()
    request.pop("LaunchTemplateName")
    answer = r.api("CreateLaunchTemplateVersion", LaunchTemplateId=r.id, **_with_data(request))
    if r.inputs.get("updateDefaultVersion"):
        made = answer["LaunchTemplateVersion"]["VersionNumber"]
        r.api("ModifyLaunchTemplate", LaunchTemplateId=r.id, DefaultVersion=str(made))


def _with_data(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"LaunchTemplateData": {}, **request}


def _set_default(r: Live) -> None:
    wanted = r.inputs.get("defaultVersion")
    if wanted is not None:
        r.api("ModifyLaunchTemplate", LaunchTemplateId=r.id, DefaultVersion=str(int(wanted)))


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    kind = inputs.get("instanceType")
    known = client.service_model("ec2").shape_for("InstanceType").enum  # type: ignore[attr-defined]
    if isinstance(kind, str) and kind not in known:
        failures.append(Failure("instanceType", f"is no EC2 instance type: {kind!r} (AWS service model)"))
    if kind is not None and inputs.get("instanceRequirements") is not None:
        failures.append(Failure("instanceRequirements", "cannot be given beside instanceType (AWS rule)"))
    data = inputs.get("userData")
    if isinstance(data, str):
        try:
            size = len(base64.b64decode(data, validate=True))
        except binascii.Error:
            failures.append(Failure("userData", "must be base64 (AWS rule)"))
        else:
            if size > _USER_DATA_LIMIT:
                failures.append(
                    Failure("userData", f"must be at most 16 kB before base64, has {size} bytes (AWS rule)")
                )
    groups = [name for name in ("vpcSecurityGroupIds", "networkInterfaces") if inputs.get(name)]
    if len(groups) == 2:
        reason = "cannot be given beside networkInterfaces: name the groups in the interface (AWS rule)"
        failures.append(Failure("vpcSecurityGroupIds", reason))
    metadata = inputs.get("metadataOptions")
    hops = metadata.get("httpPutResponseHopLimit") if isinstance(metadata, dict) else None
    if isinstance(hops, int | float) and not 1 <= hops <= 64:
        reason = f"must lie between 1 and 64, got {hops:g} (AWS rule)"
        failures.append(Failure("metadataOptions.httpPutResponseHopLimit", reason))
    mappings = inputs.get("blockDeviceMappings")
    for index, mapping in enumerate(mappings if isinstance(mappings, list) else []):
        if isinstance(mapping, dict) and isinstance(mapping.get("ebs"), dict):
            at = f"blockDeviceMappings[{index}].ebs"
            failures += [Failure(f"{at}.{f.property}", f.reason) for f in disk_failures(mapping["ebs"])]
    return failures


#: Volume type -> (least and most GiB, most IOPS or None where they cannot be chosen).
_DISKS: dict[str, tuple[int, int, int | None]] = {
    "gp2": (1, 16384, None),
    "gp3": (1, 65536, 80000),
    "io1": (4, 16384, 64000),
    "io2": (4, 65536, 256000),
    "st1": (125, 16384, None),
    "sc1": (125, 16384, None),
    "standard": (1, 1024, None),
}


def disk_failures(disk: Mapping[str, Any], *, kind: str = "volumeType", size: str = "volumeSize") -> list[Failure]:
    """What EBS demands of size, IOPS and throughput by volume type."""
    chosen = disk.get(kind) or "gp2"
    if not isinstance(chosen, str) or chosen not in _DISKS:
        return []
    least, most, most_iops = _DISKS[chosen]
    failures: list[Failure] = []
    gib, iops, throughput = disk.get(size), disk.get("iops"), disk.get("throughput")
    if isinstance(gib, int | float) and not least <= gib <= most:
        failures.append(Failure(size, f"must lie between {least} and {most} GiB for {chosen}, got {gib:g} (AWS rule)"))
    if isinstance(iops, int | float):
        if most_iops is None:
            failures.append(Failure("iops", f"cannot be chosen for {chosen} (AWS rule)"))
        elif not (3000 if chosen == "gp3" else 100) <= iops <= most_iops:
            failures.append(Failure("iops", f"must be at most {most_iops} for {chosen}, got {iops:g} (AWS rule)"))
    elif iops is None and chosen in ("io1", "io2"):
        failures.append(Failure("iops", f"is needed for {chosen} (AWS rule)"))
    if isinstance(throughput, int | float):
        if chosen != "gp3":
            failures.append(Failure("throughput", f"can be chosen for gp3 only, not for {chosen} (AWS rule)"))
        elif not 125 <= throughput <= 2000:
            failures.append(
                Failure("throughput", f"must lie between 125 and 2000 MiB/s, got {throughput:g} (AWS rule)")
            )
    return failures


ENTRIES = (
    Entry(
        type="aws:ec2/launchTemplate:LaunchTemplate",
        service="ec2",
        operation="CreateLaunchTemplate",
        rename={
            **{name: f"LaunchTemplateData.{member}" for name, member in _DATA.items()},
            "name": "LaunchTemplateName",
            "description": "VersionDescription",
            "networkInterfaces.securityGroups": "Groups",
            "networkInterfaces.ipv4AddressCount": "SecondaryPrivateIpAddressCount",
        },
        also=lambda r: {"LaunchTemplateData": {}},
        id="LaunchTemplate.LaunchTemplateId",
        read=_template,
        update={**dict.fromkeys((*_DATA, "description"), _new_version), "defaultVersion": _set_default},
        not_sent=("updateDefaultVersion", "namePrefix"),
        after=("defaultVersion",),
        replace=("name", "namePrefix"),
        name="name",
        name_limit=128,
        delete=lambda r: r.api("DeleteLaunchTemplate", LaunchTemplateId=r.id),
        arn="arn:{partition}:ec2:{region}:{account}:launch-template/{id}",
        check=_check,
        tags=tags.ec2("launch-template"),
        find=lambda r: r.api("DescribeLaunchTemplates", LaunchTemplateNames=[r.inputs["name"]])["LaunchTemplates"][0][
            "LaunchTemplateId"
        ],
        twin="AWS::EC2::LaunchTemplate",
        twin_rename={
            **{name: f"LaunchTemplateData.{member}" for name, member in _DATA.items()},
            "secondaryInterfaces": "",
            "name": "LaunchTemplateName",
            "namePrefix": "",
            "description": "VersionDescription",
            "defaultVersion": "",
            "updateDefaultVersion": "",
            "networkInterfaces.securityGroups": "Groups",
            "networkInterfaces.ipv4AddressCount": "SecondaryPrivateIpAddressCount",
        },
    ),
)
