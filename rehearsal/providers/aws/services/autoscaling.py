"""Scaling groups."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure


def described(r: Live, name: str) -> dict[str, Any] | None:
    return only(r.api("DescribeAutoScalingGroups", AutoScalingGroupNames=[name])["AutoScalingGroups"])


# -- groups -------------------------------------------------------------------------------------------------------


def _zones(r: Live) -> dict[str, Any]:
    subnets = r.inputs.get("vpcZoneIdentifiers")
    return {"VPCZoneIdentifier": ",".join(subnets)} if subnets else {}


def _create_group(r: Live) -> dict[str, Any]:
    tags = [tag_of(str(r.inputs["name"]), tag) for tag in r.inputs.get("tags") or []]
    r.api("CreateAutoScalingGroup", **{**r.request(), **_zones(r), **({"Tags": tags} if tags else {})})
    return {"name": r.inputs["name"]}


def _group(r: Live) -> dict[str, Any] | None:
    group = described(r, r.id)
    if group is None:
        return None
    wanted = {tag["key"] for tag in r.inputs.get("tags") or []}
    tags = [tag for tag in group.get("Tags", []) if tag["Key"] in wanted or not tag["Key"].startswith("aws:")]
    zones = [zone for zone in group.get("VPCZoneIdentifier", "").split(",") if zone]
    return {
        **group,
        "Arn": group["AutoScalingGroupARN"],
        "VpcZoneIdentifiers": zones,
        "Tags": tags,
        "EnabledMetrics": [metric["Metric"] for metric in group.get("EnabledMetrics", [])],
        "SuspendedProcesses": [held["ProcessName"] for held in group.get("SuspendedProcesses", [])],
        "PredictedCapacity": 0,
        "WarmPoolSize": 0,
    }


def _change_group(r: Live) -> None:
    changed = [name for name in r.changed if name not in r.entry.update and name != "vpcZoneIdentifiers"]
    request = {**r.request(only=changed, operation="UpdateAutoScalingGroup"), **_zones(r)}
    r.api("UpdateAutoScalingGroup", AutoScalingGroupName=r.id, **request)


def _change_targets(r: Live) -> None:
    wanted, present = set(r.inputs.get("targetGroupArns") or []), set(r.state.get("targetGroupArns") or [])
    if new := sorted(wanted - present):
        r.api("AttachLoadBalancerTargetGroups", AutoScalingGroupName=r.id, TargetGroupARNs=new)
    if gone := sorted(present - wanted):
        r.api("DetachLoadBalancerTargetGroups", AutoScalingGroupName=r.id, TargetGroupARNs=gone)


def _change_tags(r: Live) -> None:
    wanted = {tag["key"]: tag for tag in r.inputs.get("tags") or []}
    gone = [tag_of(r.id, tag) for tag in r.state.get("tags") or [] if tag["key"] not in wanted]
    if gone:
        r.api("DeleteTags", Tags=gone)
    if wanted:
        r.api("CreateOrUpdateTags", Tags=[tag_of(r.id, tag) for tag in wanted.values()])


def _change_metrics(r: Live) -> None:
    wanted = list(r.inputs.get("enabledMetrics") or [])
    gone = sorted(set(r.state.get("enabledMetrics") or []) - set(wanted))
    if gone:
        r.validated("DisableMetricsCollection", AutoScalingGroupName=r.id, Metrics=gone)
    if wanted:
        granularity = r.inputs.get("metricsGranularity", "1Minute")
        r.api("EnableMetricsCollection", AutoScalingGroupName=r.id, Granularity=granularity, Metrics=wanted)


def _change_suspended(r: Live) -> None:
    wanted, present = set(r.inputs.get("suspendedProcesses") or []), set(r.state.get("suspendedProcesses") or [])
    if gone := sorted(present - wanted):
        r.api("ResumeProcesses", AutoScalingGroupName=r.id, ScalingProcesses=gone)
    if new := sorted(wanted - present):
        r.api("SuspendProcesses", AutoScalingGroupName=r.id, ScalingProcesses=new)


def _change_warm_pool(r: Live) -> None:
    pool = r.inputs.get("warmPool")
    if not pool:
        r.api("DeleteWarmPool", AutoScalingGroupName=r.id, ForceDelete=True)
        return
    placed = {"MinSize": pool.get("minSize"), "PoolState": pool.get("poolState")}
    placed |= {"MaxGroupPreparedCapacity": pool.get("maxGroupPreparedCapacity")}
    if reuse := pool.get("instanceReusePolicy"):
        placed["InstanceReusePolicy"] = {"ReuseOnScaleIn": bool(reuse.get("reuseOnScaleIn"))}
    r.api("PutWarmPool", AutoScalingGroupName=r.id, **{name: held for name, held in placed.items() if held is not None})


def tag_of(group: str, tag: Mapping[str, Any]) -> dict[str, Any]:
    named = {"Key": tag["key"], "Value": tag["value"], "PropagateAtLaunch": bool(tag["propagateAtLaunch"])}
    return {"ResourceId": group, "ResourceType": "auto-scaling-group", **named}


def _check_group(inputs: Mapping[str, Any]) -> list[Failure]:
    low, high, wanted = (inputs.get(name) for name in ("minSize", "maxSize", "desiredCapacity"))
    failures: list[Failure] = []
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        failures.append(Failure("minSize", f"must be at most maxSize {high:g}, got {low:g} (AWS rule)"))
    if isinstance(wanted, int | float):
        if isinstance(low, int | float) and wanted < low:
            failures.append(Failure("desiredCapacity", f"must be at least minSize {low:g}, got {wanted:g} (AWS rule)"))
        if isinstance(high, int | float) and wanted > high:
            failures.append(Failure("desiredCapacity", f"must be at most maxSize {high:g}, got {wanted:g} (AWS rule)"))
    sources = ("launchTemplate", "launchConfiguration", "mixedInstancesPolicy")
    if sum(inputs.get(name) is not None for name in sources) != 1:
        failures.append(Failure("launchTemplate", f"exactly one of {', '.join(sources)} must be set (AWS rule)"))
    if inputs.get("vpcZoneIdentifiers") is None and inputs.get("availabilityZones") is None:
        failures.append(Failure("vpcZoneIdentifiers", "or availabilityZones must be set (AWS rule)"))
    return failures


#: How the provider goes about it: no request carries them.
_OF_PROVIDER = (
    *("namePrefix", "forceDelete", "forceDeleteWarmPool", "instanceRefresh", "waitForCapacityTimeout"),
    *("waitForElbCapacity", "minElbCapacity", "ignoreFailedScalingActivities"),
)
#: Kept by AWS, not by the emulator.
_UNKEPT = (
    *("availabilityZoneDistribution", "capacityReservationSpecification", "context", "defaultInstanceWarmup"),
    *("desiredCapacityType", "instanceLifecyclePolicy", "instanceMaintenancePolicy", "maxInstanceLifetime"),
    *("mixedInstancesPolicy", "serviceLinkedRoleArn", "initialLifecycleHooks", "enabledMetrics", "warmPool"),
)

ENTRIES = (
    Entry(
        type="aws:autoscaling/group:Group",
        service="autoscaling",
        operation="CreateAutoScalingGroup",
        rename={
            "name": "AutoScalingGroupName",
            "vpcZoneIdentifiers": "",
            "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
            "launchConfiguration": "LaunchConfigurationName",
            "loadBalancers": "LoadBalancerNames",
            "launchTemplate.id": "LaunchTemplateId",
            "launchTemplate.name": "LaunchTemplateName",
            "initialLifecycleHooks": "LifecycleHookSpecificationList",
            "initialLifecycleHooks.name": "LifecycleHookName",
        },
        create=_create_group,
        id="name",
        read=_group,
        update={
            "*": _change_group,
            "targetGroupArns": _change_targets,
            "tags": _change_tags,
            "enabledMetrics": _change_metrics,
            "suspendedProcesses": _change_suspended,
            "warmPool": _change_warm_pool,
        },
        not_sent=(*_OF_PROVIDER, "metricsGranularity"),
        after=("enabledMetrics", "suspendedProcesses", "warmPool"),
        lost=_UNKEPT,
        replace=("name", "namePrefix", "initialLifecycleHooks"),
        name="name",
        name_limit=255,
        delete=lambda r: r.api("DeleteAutoScalingGroup", AutoScalingGroupName=r.id, ForceDelete=True),
        check=_check_group,
        find=lambda r: r.inputs["name"] if described(r, r.inputs["name"]) else None,
        twin="AWS::AutoScaling::AutoScalingGroup",
        twin_rename={
            **dict.fromkeys(_OF_PROVIDER, ""),
            **dict.fromkeys(("enabledMetrics", "metricsGranularity", "suspendedProcesses", "warmPool", "tags"), ""),
            "name": "AutoScalingGroupName",
            "vpcZoneIdentifiers": "VPCZoneIdentifier",
            "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
            "launchConfiguration": "LaunchConfigurationName",
            "loadBalancers": "LoadBalancerNames",
            "launchTemplate.id": "LaunchTemplateId",
            "launchTemplate.name": "LaunchTemplateName",
            "initialLifecycleHooks": "",
            "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
        },
    ),
)
