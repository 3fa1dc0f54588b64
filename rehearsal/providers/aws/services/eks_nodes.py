"""Managed node groups: their machines are simulated nodes in the rehearsal's Kubernetes (machines.py)."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import client, machines, tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.eks import role_failures, version_failures
from rehearsal.providers.provider import Failure

_MAX_UPDATED_AT_ONCE = 100


def _named(r: Live) -> tuple[str, str]:
    cluster, _, group = r.id.partition(":")
    return cluster, group


# -- rules --------------------------------------------------------------------------------------------------------


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    return [
        *role_failures(inputs, "nodeRoleArn"),
        *version_failures(inputs),
        *_check_sizes(inputs),
        *_check_types(inputs),
        *_check_update(inputs),
        *_check_template(inputs),
    ]


def _check_sizes(inputs: Mapping[str, Any]) -> list[Failure]:
    sizes = inputs.get("scalingConfig")
    if not isinstance(sizes, dict):
        return []
    low, wanted, high = (sizes.get(name) for name in ("minSize", "desiredSize", "maxSize"))
    failures: list[Failure] = []
    if isinstance(low, int | float) and isinstance(wanted, int | float) and wanted < low:
        failures.append(
            Failure("scalingConfig.desiredSize", f"must be at least minSize {low:g}, got {wanted:g} (AWS rule)")
        )
    if isinstance(high, int | float) and isinstance(wanted, int | float) and wanted > high:
        failures.append(
            Failure("scalingConfig.desiredSize", f"must be at most maxSize {high:g}, got {wanted:g} (AWS rule)")
        )
    if isinstance(high, int | float) and high < 1:
        failures.append(Failure("scalingConfig.maxSize", f"must be at least 1, got {high:g} (AWS rule)"))
    return failures


def _check_types(inputs: Mapping[str, Any]) -> list[Failure]:
    types, image = inputs.get("instanceTypes"), inputs.get("amiType")
    known = set(client.service_model("ec2").shape_for("InstanceType").enum)  # type: ignore[attr-defined]
    failures: list[Failure] = []
    for index, kind in enumerate(types if isinstance(types, list) else []):
        if not isinstance(kind, str):
            continue
        at = f"instanceTypes[{index}]"
        if kind not in known:
            failures.append(Failure(at, f"is no EC2 instance type: {kind!r} (AWS service model)"))
        elif isinstance(image, str) and image != "CUSTOM" and ("_ARM_" in image) != machines.is_arm(kind):
            failures.append(Failure(at, f"{kind!r} cannot run images of amiType {image}: wrong processor (AWS rule)"))
    version = inputs.get("version")
    if isinstance(image, str) and image.startswith("AL2_") and isinstance(version, str) and version > "1.32":
        failures.append(Failure("amiType", f"{image} ends with Kubernetes 1.32, use AL2023 for {version} (AWS rule)"))
    return failures


def _check_update(inputs: Mapping[str, Any]) -> list[Failure]:
    how = inputs.get("updateConfig")
    if not isinstance(how, dict):
        return []
    given = [name for name in ("maxUnavailable", "maxUnavailablePercentage") if how.get(name) is not None]
    if len(given) != 1:
        reason = "exactly one of maxUnavailable and maxUnavailablePercentage must be set (AWS rule)"
        return [Failure("updateConfig", reason)]
    value = how[given[0]]
    if isinstance(value, int | float) and not 1 <= value <= _MAX_UPDATED_AT_ONCE:
        reason = f"must lie between 1 and {_MAX_UPDATED_AT_ONCE}, got {value:g} (AWS rule)"
        return [Failure(f"updateConfig.{given[0]}", reason)]
    return []


def _check_template(inputs: Mapping[str, Any]) -> list[Failure]:
    template = inputs.get("launchTemplate")
    if not isinstance(template, dict):
        return []
    failures = [
        Failure(name, "cannot be given beside launchTemplate: say it in the template (AWS rule)")
        for name in ("diskSize", "remoteAccess")
        if inputs.get(name) is not None
    ]
    if (template.get("id") is None) == (template.get("name") is None):
        failures.append(Failure("launchTemplate", "needs exactly one of id and name (AWS rule)"))
    return failures


# -- life ---------------------------------------------------------------------------------------------------------


def _defaults(r: Live) -> dict[str, Any]:
    """What EKS fills in and the emulator would fill in as of 2021."""
    cluster = r.api("DescribeCluster", name=r.inputs["clusterName"])["cluster"]
    filled = {"version": r.inputs.get("version") or cluster["version"]}
    if not r.inputs.get("amiType"):
        arm = machines.is_arm(machines.instance_type_of(r))
        standard = "AL2023_ARM_64_STANDARD" if arm else "AL2023_x86_64_STANDARD"
        filled["amiType"] = "CUSTOM" if machines.has_own_image(r) else standard
    return filled


def _bring_machines(r: Live) -> None:
    cluster, name = _named(r)
    group = r.api("DescribeNodegroup", clusterName=cluster, nodegroupName=name)["nodegroup"]
    machines.make_scaling_group(r, _scaling_group(group), cluster, name)
    machines.join_nodes(r, cluster, name)


def _scaling_group(group: Mapping[str, Any]) -> str:
    return str(group["resources"]["autoScalingGroups"][0]["name"])


def _group(r: Live) -> dict[str, Any]:
    cluster, name = _named(r)
    group = r.api("DescribeNodegroup", clusterName=cluster, nodegroupName=name)["nodegroup"]
    if not r.inputs.get("remoteAccess"):
        group.pop("remoteAccess", None)
        group["resources"].pop("remoteAccessSecurityGroup", None)
    group["diskSize"] = int(group["diskSize"])
    if not r.inputs.get("releaseVersion"):
        group["releaseVersion"] = f"{group['version']}.0-20261101"
    return group


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    groups = [{"name": held["name"]} for held in live["resources"]["autoScalingGroups"]]
    access = live["resources"].get("remoteAccessSecurityGroup", "")
    return {
        "arn": live["nodegroupArn"],
        "status": "ACTIVE",
        "resources": [{"autoscalingGroups": groups, "remoteAccessSecurityGroupId": access}],
        "updateConfig": r.inputs.get("updateConfig") or {"maxUnavailable": 1, "updateStrategy": "DEFAULT"},
        "nodeRepairConfig": r.inputs.get("nodeRepairConfig") or {"enabled": False},
    }


def _change_config(r: Live) -> None:
    cluster, name = _named(r)
    request: dict[str, Any] = {}
    if "scalingConfig" in r.changed:
        request |= r.request(only=["scalingConfig"])
    if "labels" in r.changed:
        wanted, present = r.inputs.get("labels") or {}, r.state.get("labels") or {}
        gone = sorted(present.keys() - wanted.keys())
        request["labels"] = {"addOrUpdateLabels": wanted, "removeLabels": gone}
    if "taints" in r.changed:
        wanted, present = _taints(r.inputs), _taints(r.state)
        kept = {(taint["key"], taint["effect"]) for taint in wanted}
        gone = [taint for taint in present if (taint["key"], taint["effect"]) not in kept]
        request["taints"] = {"removeTaints": gone, "addOrUpdateTaints": wanted}
    r.api("UpdateNodegroupConfig", clusterName=cluster, nodegroupName=name, **request)
    group = r.api("DescribeNodegroup", clusterName=cluster, nodegroupName=name)["nodegroup"]
    machines.resize_scaling_group(r, _scaling_group(group))
    machines.join_nodes(r, cluster, name)


def _taints(properties: Mapping[str, Any]) -> list[dict[str, str]]:
    taints = properties.get("taints") or []
    return [{key: str(value) for key, value in taint.items() if value is not None} for taint in taints]


def _change_rollout(r: Live) -> None:
    cluster, name = _named(r)
    changed = [held for held in ("updateConfig", "nodeRepairConfig", "warmPoolConfig") if held in r.changed]
    placed = r.request(only=changed, operation="UpdateNodegroupConfig")
    r.validated("UpdateNodegroupConfig", clusterName=cluster, nodegroupName=name, **placed)


def _change_version(r: Live) -> None:
    cluster, name = _named(r)
    changed = [held for held in ("version", "releaseVersion", "launchTemplate") if held in r.changed]
    placed = r.request(only=changed, operation="UpdateNodegroupVersion")
    r.validated("UpdateNodegroupVersion", clusterName=cluster, nodegroupName=name, **placed)


def _delete(r: Live) -> None:
    cluster, name = _named(r)
    group = r.api("DescribeNodegroup", clusterName=cluster, nodegroupName=name)["nodegroup"]
    machines.leave_nodes(r, cluster, name)
    machines.remove_scaling_group(r, _scaling_group(group))
    r.api("DeleteNodegroup", clusterName=cluster, nodegroupName=name)


ENTRIES = (
    Entry(
        type="aws:eks/nodeGroup:NodeGroup",
        service="eks",
        operation="CreateNodegroup",
        also=_defaults,
        settle=_bring_machines,
        rename={
            "nodeGroupName": "nodegroupName",
            "subnetIds": "subnets",
            "nodeRoleArn": "nodeRole",
            "remoteAccess.sourceSecurityGroupIds": "sourceSecurityGroups",
        },
        id=lambda r, answer: f"{answer['nodegroup']['clusterName']}:{answer['nodegroup']['nodegroupName']}",
        read=_group,
        update={
            **dict.fromkeys(("scalingConfig", "labels", "taints"), _change_config),
            **dict.fromkeys(("updateConfig", "nodeRepairConfig", "warmPoolConfig"), _change_rollout),
            **dict.fromkeys(("version", "releaseVersion", "launchTemplate"), _change_version),
        },
        replace=(
            *("clusterName", "nodeGroupName", "nodeGroupNamePrefix", "amiType", "capacityType", "diskSize"),
            *("instanceTypes", "nodeRoleArn", "remoteAccess", "subnetIds", "launchTemplate.id", "launchTemplate.name"),
        ),
        not_sent=("nodeGroupNamePrefix", "forceUpdateVersion"),
        lost=("updateConfig", "nodeRepairConfig", "warmPoolConfig", "version", "releaseVersion", "launchTemplate"),
        name="nodeGroupName",
        name_limit=63,
        delete=_delete,
        outputs=_outputs,
        defaults={"capacityType": "ON_DEMAND"},
        check=_check,
        tags=tags.mapped(kept=False),
        find=lambda r: f"{r.inputs['clusterName']}:{r.inputs['nodeGroupName']}",
        twin="AWS::EKS::Nodegroup",
        twin_rename={
            "nodeGroupName": "NodegroupName",
            "nodeGroupNamePrefix": "",
            "nodeRoleArn": "NodeRole",
            "subnetIds": "Subnets",
            "remoteAccess.sourceSecurityGroupIds": "SourceSecurityGroups",
        },
    ),
)
