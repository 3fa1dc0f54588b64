"""What a managed node group is made of: a scaling group in the emulated AWS and simulated nodes in Kubernetes.

The emulator's EKS names a scaling group and makes none; here it is made, with a launch template of its own, so that
target groups can be attached to it. Nodes carry the capacity of their instance type and the zones of their subnets.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from rehearsal.paths import StackPaths
from rehearsal.providers.aws.live import Live

#: An image the emulator knows from the start; nothing boots.
_IMAGE = "ami-12c6146b"


def is_arm(instance_type: str) -> bool:
    """Graviton families carry a g after the generation: m7g, r8gd, im4gn; g4dn has a graphics card instead."""
    family = instance_type.partition(".")[0]
    return family == "a1" or "g" in family.lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")


def instance_type_of(r: Live) -> str:
    """The group's first instance type, or its launch template's, or what EKS takes when nothing is said."""
    types = r.inputs.get("instanceTypes")
    if types:
        return str(types[0])
    template = r.inputs.get("launchTemplate")
    if template:
        data = _launch_template_data(r, template)
        if data.get("InstanceType"):
            return str(data["InstanceType"])
    return "t3.medium"


def has_own_image(r: Live) -> bool:
    """A launch template that names an image makes the group's AMI type CUSTOM."""
    template = r.inputs.get("launchTemplate")
    return bool(template) and bool(_launch_template_data(r, template).get("ImageId"))


def _launch_template_data(r: Live, template: Mapping[str, Any]) -> dict[str, Any]:
    which = {"LaunchTemplateId": template["id"]} if template.get("id") else {"LaunchTemplateName": template["name"]}
    versions = r.api(
        "DescribeLaunchTemplateVersions", service="ec2", **which, Versions=[str(template.get("version", "$Default"))]
    )["LaunchTemplateVersions"]
    return dict(versions[0]["LaunchTemplateData"]) if versions else {}


# -- the scaling group --------------------------------------------------------------------------------------------


def make_scaling_group(r: Live, name: str, cluster: str, group: str) -> None:
    """Finds its work done when an interrupted run got this far."""
    if scaling_group_exists(r, name):
        return
    if not r.ask("DescribeLaunchTemplates", service="ec2", LaunchTemplateNames=[name]).get("LaunchTemplates"):
        template = {"InstanceType": instance_type_of(r), "ImageId": _IMAGE}
        r.api("CreateLaunchTemplate", service="ec2", LaunchTemplateName=name, LaunchTemplateData=template)
    own = {f"kubernetes.io/cluster/{cluster}": "owned", "eks:cluster-name": cluster, "eks:nodegroup-name": group}
    r.api(
        "CreateAutoScalingGroup",
        service="autoscaling",
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
        VPCZoneIdentifier=",".join(r.inputs["subnetIds"]),
        Tags=[{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in sorted(own.items())],
        **_sizes(r),
    )


def resize_scaling_group(r: Live, name: str) -> None:
    r.api("UpdateAutoScalingGroup", service="autoscaling", AutoScalingGroupName=name, **_sizes(r))


def scaling_group_exists(r: Live, name: str) -> bool:
    found = r.api("DescribeAutoScalingGroups", service="autoscaling", AutoScalingGroupNames=[name])
    return bool(found["AutoScalingGroups"])


def remove_scaling_group(r: Live, name: str) -> None:
    if scaling_group_exists(r, name):
        r.api("DeleteAutoScalingGroup", service="autoscaling", AutoScalingGroupName=name, ForceDelete=True)
    r.ask("DeleteLaunchTemplate", service="ec2", LaunchTemplateName=name)


def _sizes(r: Live) -> dict[str, int]:
    wanted = r.inputs["scalingConfig"]
    members = {"MinSize": "minSize", "MaxSize": "maxSize", "DesiredCapacity": "desiredSize"}
    return {member: int(wanted[name]) for member, name in members.items()}


# -- the nodes ----------------------------------------------------------------------------------------------------


def kubernetes_runs() -> bool:
    """False in rehearsals of AWS alone, which have no nodes to simulate."""
    there = "kubernetes" in json.loads(StackPaths.of_this_process().endpoints.read_text())
    if not there:
        logging.info("no Kubernetes in this rehearsal: node groups get no nodes")
    return there


def join_nodes(r: Live, cluster: str, group: str) -> None:
    """Also brings number, labels and taints up to date: joining again is safe."""
    if not kubernetes_runs():
        return
    from rehearsal.providers.kubernetes import nodes

    instance_type = instance_type_of(r)
    nodes.join(
        group_name=group,
        cluster=cluster,
        instance_type=instance_type,
        **_capacity(r, instance_type),
        zones=_zones(r),
        count=_sizes(r)["DesiredCapacity"],
        labels=_labels(r, group),
        taints=r.inputs.get("taints") or [],
        region=r.region,
        disk_gib=_disk_gib(r),
    )


def leave_nodes(r: Live, cluster: str, group: str) -> None:
    if not kubernetes_runs():
        return
    from rehearsal.providers.kubernetes import nodes

    nodes.leave(group_name=group, cluster=cluster, region=r.region)


def _capacity(r: Live, instance_type: str) -> dict[str, int]:
    described = r.api("DescribeInstanceTypes", service="ec2", InstanceTypes=[instance_type])["InstanceTypes"][0]
    network = described["NetworkInfo"]
    # The VPC CNI gives each pod an address of an interface; two pods (CNI, kube-proxy) use the host's.
    pods = int(network["MaximumNetworkInterfaces"]) * (int(network["Ipv4AddressesPerInterface"]) - 1) + 2
    vcpu = int(described["VCpuInfo"]["DefaultVCpus"])
    return {"vcpu": vcpu, "memory_mib": int(described["MemoryInfo"]["SizeInMiB"]), "max_pods": pods}


def _disk_gib(r: Live) -> int:
    """As the group says, or its launch template, or what EKS gives."""
    template = r.inputs.get("launchTemplate")
    disks = _launch_template_data(r, template).get("BlockDeviceMappings", []) if template else []
    sizes = [disk["Ebs"]["VolumeSize"] for disk in disks if disk.get("Ebs", {}).get("VolumeSize")]
    return int(r.inputs.get("diskSize") or next(iter(sizes), 20))


def _zones(r: Live) -> list[str]:
    subnets = r.api("DescribeSubnets", service="ec2", SubnetIds=r.inputs["subnetIds"])["Subnets"]
    return sorted({subnet["AvailabilityZone"] for subnet in subnets})


def _labels(r: Live, group: str) -> dict[str, str]:
    own = {"eks.amazonaws.com/nodegroup": group, "eks.amazonaws.com/capacityType": r.get("capacityType", "ON_DEMAND")}
    return {**own, **(r.inputs.get("labels") or {})}
