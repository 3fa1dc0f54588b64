"""What is attached to scaling groups, those of node groups above all: target groups, tags, lifecycle hooks."""

import zlib
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.autoscaling import described, tag_of
from rehearsal.providers.provider import Failure, Refused


def _needed(r: Live) -> str:
    """The group a part belongs to, which must exist: the emulator says so less clearly, or not at all."""
    name = str(r.inputs["autoscalingGroupName"])
    if described(r, name) is None:
        raise Refused(f"there is no scaling group {name!r}")
    return name


# -- attachments --------------------------------------------------------------------------------------------------


def _attach(r: Live) -> dict[str, Any]:
    group = _needed(r)
    if r.inputs.get("lbTargetGroupArn"):
        return r.api("AttachLoadBalancerTargetGroups", AutoScalingGroupName=group, TargetGroupARNs=[_target(r)])
    return r.api("AttachLoadBalancers", AutoScalingGroupName=group, LoadBalancerNames=[r.inputs["elb"]])


def _target(r: Live) -> str:
    return str(r.inputs["lbTargetGroupArn"])


def _attachment_id(r: Live) -> str:
    target = r.inputs.get("lbTargetGroupArn") or r.inputs.get("elb")
    return f"{r.inputs['autoscalingGroupName']}-{zlib.crc32(str(target).encode())}"


def _attachment(r: Live) -> dict[str, Any] | None:
    group = described(r, r.inputs["autoscalingGroupName"]) if r.inputs else None
    if group is None:
        return None
    held = [*group.get("TargetGroupARNs", []), *group.get("LoadBalancerNames", [])]
    attached = (r.inputs.get("lbTargetGroupArn") or r.inputs.get("elb")) in held
    return dict(r.inputs) if attached else None


def _detach(r: Live) -> None:
    group = str(r.inputs["autoscalingGroupName"])
    if described(r, group) is None:
        return
    if r.inputs.get("lbTargetGroupArn"):
        r.api("DetachLoadBalancerTargetGroups", AutoScalingGroupName=group, TargetGroupARNs=[_target(r)])
    else:
        r.api("DetachLoadBalancers", AutoScalingGroupName=group, LoadBalancerNames=[r.inputs["elb"]])


def _check_attachment(inputs: Mapping[str, Any]) -> list[Failure]:
    if (inputs.get("elb") is None) == (inputs.get("lbTargetGroupArn") is None):
        return [Failure("lbTargetGroupArn", "exactly one of lbTargetGroupArn and elb must be set (AWS rule)")]
    return []


# -- tags and hooks -----------------------------------------------------------------------------------------------


def _held_tag(r: Live) -> dict[str, Any] | None:
    group, _, key = r.id.partition(",")
    found = described(r, group)
    held = only([tag for tag in (found or {}).get("Tags", []) if tag["Key"] == key])
    return None if held is None else {"AutoscalingGroupName": group, "Tag": held}


def _put_tag(r: Live) -> dict[str, Any]:
    return r.api("CreateOrUpdateTags", Tags=[tag_of(_needed(r), r.inputs["tag"])])


def _remove_tag(r: Live) -> None:
    group = r.inputs["autoscalingGroupName"]
    if described(r, group) is not None:
        r.api("DeleteTags", Tags=[tag_of(group, r.inputs["tag"])])


def _hook(r: Live) -> dict[str, Any] | None:
    group = r.get("autoscalingGroupName")
    if described(r, group) is None:
        return None
    found = r.api("DescribeLifecycleHooks", AutoScalingGroupName=group, LifecycleHookNames=[r.id])["LifecycleHooks"]
    # The emulator invents a queue and a role.
    invented = ("NotificationTargetARN", "RoleARN", "NotificationMetadata")
    return {key: value for key, value in found[0].items() if key not in invented} if found else None


def _remove_hook(r: Live) -> None:
    group = r.inputs["autoscalingGroupName"]
    if described(r, group) is not None:
        r.api("DeleteLifecycleHook", AutoScalingGroupName=group, LifecycleHookName=r.id)


def _check_hook(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    allowed = ("autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING")
    moment, result = inputs.get("lifecycleTransition"), inputs.get("defaultResult")
    timeout = inputs.get("heartbeatTimeout")
    if isinstance(moment, str) and moment not in allowed:
        reason = f"must be one of {', '.join(allowed)}; got {moment!r} (AWS rule)"
        failures.append(Failure("lifecycleTransition", reason))
    if isinstance(result, str) and result not in ("CONTINUE", "ABANDON"):
        failures.append(Failure("defaultResult", f"must be CONTINUE or ABANDON, got {result!r} (AWS rule)"))
    if isinstance(timeout, int | float) and not 30 <= timeout <= 7200:
        failures.append(Failure("heartbeatTimeout", f"must lie between 30 and 7200 s, got {timeout:g} (AWS rule)"))
    return failures


ENTRIES = (
    Entry(
        type="aws:autoscaling/attachment:Attachment",
        service="autoscaling",
        create=_attach,
        id=lambda r, answer: _attachment_id(r),
        read=_attachment,
        replace=("autoscalingGroupName", "elb", "lbTargetGroupArn"),
        delete=_detach,
        check=_check_attachment,
        find=_attachment_id,
    ),
    Entry(
        type="aws:autoscaling/tag:Tag",
        service="autoscaling",
        create=_put_tag,
        id=lambda r, answer: f"{r.inputs['autoscalingGroupName']},{r.inputs['tag']['key']}",
        read=_held_tag,
        update={"tag": _put_tag},
        replace=("autoscalingGroupName", "tag.key"),
        delete=_remove_tag,
        find=lambda r: f"{r.inputs['autoscalingGroupName']},{r.inputs['tag']['key']}",
    ),
    Entry(
        type="aws:autoscaling/lifecycleHook:LifecycleHook",
        service="autoscaling",
        operation="PutLifecycleHook",
        rename={"name": "LifecycleHookName"},
        id=lambda r, answer: r.inputs["name"],
        read=_hook,
        update={"*": lambda r: r.put()},
        lost=("heartbeatTimeout", "notificationMetadata", "notificationTargetArn", "roleArn"),
        replace=("name", "autoscalingGroupName"),
        name="name",
        name_limit=255,
        delete=_remove_hook,
        defaults={"defaultResult": "ABANDON"},
        check=_check_hook,
        find=lambda r: r.inputs["name"],
        twin="AWS::AutoScaling::LifecycleHook",
        twin_rename={"name": "LifecycleHookName"},
    ),
)
