"""The cluster's machines: one managed group for each role and zone, from sizing.

A group for each zone, because a group over several cannot be told in which to grow: a pod whose volume lies in zone b
would wait for ever while machines come up in a and c.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components import operations_owned
from components.naming import DataClass, Naming
from systems.model import Architecture
from systems.sizing import NodeGroup

ROLE_LABEL = "lifeline.dev/role"
_AMI_TYPES = {Architecture.AMD64: "BOTTLEROCKET_x86_64", Architecture.ARM64: "BOTTLEROCKET_ARM_64"}
#: Bottlerocket's own system; images, logs and scratch space of pods lie on the second disk.
_SYSTEM_DISK, _DATA_DISK, _SYSTEM_GIB = "/dev/xvda", "/dev/xvdb", 4
#: Nobody logs in: no shell container, and the control container only for Session Manager. Images that nothing runs are
#: removed early, and a node that goes away gives its pods time to finish.
_SETTINGS = """\
[settings.host-containers.admin]
enabled = false
[settings.host-containers.control]
enabled = true
[settings.kernel]
lockdown = "integrity"
[settings.kubernetes]
image-gc-high-threshold-percent = "70"
image-gc-low-threshold-percent = "50"
seccomp-default = true
shutdown-grace-period = "120s"
shutdown-grace-period-for-critical-pods = "30s"
"""


@dataclass(frozen=True, kw_only=True)
class Machines:
    """What all machines of a cluster share."""

    cluster_name: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    group_ids: Sequence[pulumi.Input[str]]
    """Security groups; the cluster's own is not attached by itself once a template names any."""
    key_arn: pulumi.Input[str]
    """Encrypts their disks."""


@dataclass(frozen=True, kw_only=True)
class InZone:
    """One role in one zone."""

    zone: str
    subnet_id: pulumi.Input[str]


def create_nodes(
    name: str, group: NodeGroup, places: Sequence[InZone], machines: Machines, naming: Naming, opts: ResourceOptions
) -> list[aws.eks.NodeGroup]:
    """One launch template for a role, and a group in each zone. `opts` say what must be there first."""
    template = _create_template(name, group, machines, naming, opts)
    return [_create_group(name, group, place, template, machines, naming, opts) for place in places[: group.zones]]


def _create_template(
    name: str, group: NodeGroup, machines: Machines, naming: Naming, opts: ResourceOptions
) -> aws.ec2.LaunchTemplate:
    return aws.ec2.LaunchTemplate(
        f"{name}-template-{group.role}",
        name=naming.name("nodes", group.role, limit=128),
        block_device_mappings=[
            {"device_name": _DATA_DISK, "ebs": _disk(group.disk_gib, machines.key_arn)},
            {"device_name": _SYSTEM_DISK, "ebs": _disk(_SYSTEM_GIB, machines.key_arn)},
        ],
        # One hop: a pod cannot reach the machine's identity; its own comes from the pod identity agent.
        metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        monitoring={"enabled": True},
        vpc_security_group_ids=list(machines.group_ids),
        user_data=base64.b64encode(_SETTINGS.encode()).decode(),
        tag_specifications=[
            {"resource_type": kind, "tags": {**naming.tags("cluster", data), "Name": naming.name(group.role)}}
            for kind, data in (("instance", DataClass.NONE), ("volume", DataClass.HEALTH))
        ],
        update_default_version=True,
        tags=naming.tags("cluster"),
        opts=ResourceOptions(parent=opts.parent),
    )


def _disk(gib: int, key_arn: pulumi.Input[str]) -> Mapping[str, object]:
    return {
        "volume_size": gib,
        "volume_type": "gp3",
        "encrypted": "true",
        "kms_key_id": key_arn,
        "delete_on_termination": "true",
    }


def _create_group(
    name: str,
    group: NodeGroup,
    place: InZone,
    template: aws.ec2.LaunchTemplate,
    machines: Machines,
    naming: Naming,
    opts: ResourceOptions,
) -> aws.eks.NodeGroup:
    """The autoscaler owns the number of machines after creation; `up` never sets it back."""
    return aws.eks.NodeGroup(
        f"{name}-nodes-{group.role}-{place.zone}",
        cluster_name=machines.cluster_name,
        node_group_name=naming.name(group.role, place.zone),
        node_role_arn=machines.role_arn,
        subnet_ids=[place.subnet_id],
        instance_types=[group.machine.name],
        ami_type=_AMI_TYPES[group.machine.architecture],
        launch_template={
            "id": template.id,
            "version": template.latest_version.apply(lambda version: f"{int(version)}"),
        },
        scaling_config={
            "desired_size": group.nodes_in_each_zone,
            "min_size": group.nodes_in_each_zone,
            "max_size": group.most_nodes_in_each_zone,
        },
        update_config={"max_unavailable": 1},
        node_repair_config={"enabled": True},
        labels={ROLE_LABEL: group.role},
        tags=naming.tags("cluster"),
        opts=ResourceOptions.merge(
            opts, ResourceOptions(ignore_changes=operations_owned.fields("aws:eks/nodeGroup:NodeGroup"))
        ),
    )
