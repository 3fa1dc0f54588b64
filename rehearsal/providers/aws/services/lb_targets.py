"""Target groups and single targets."""

import zlib
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import attributes, tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.lb import between, name_failures, one_of
from rehearsal.providers.provider import Failure

_HEALTH = "target_group_health"
_ATTRIBUTES = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
    "stickiness.enabled": "stickiness.enabled",
    "stickiness.type": "stickiness.type",
    "stickiness.cookieName": "stickiness.app_cookie.cookie_name",
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsCount": f"{_HEALTH}.dns_failover.minimum_healthy_targets.count",
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage": (
        f"{_HEALTH}.dns_failover.minimum_healthy_targets.percentage"
    ),
    "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsCount": (
        f"{_HEALTH}.unhealthy_state_routing.minimum_healthy_targets.count"
    ),
    "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsPercentage": (
        f"{_HEALTH}.unhealthy_state_routing.minimum_healthy_targets.percentage"
    ),
}
_DEFAULTS: dict[str, Any] = {
    "deregistrationDelay": 300,
    "slowStart": 0,
    "stickiness.enabled": False,
    "connectionTermination": False,
    "proxyProtocolV2": False,
    "loadBalancingAlgorithmType": "round_robin",
    "loadBalancingCrossZoneEnabled": "use_load_balancer_configuration",
}
_KEPT_AS_ATTRIBUTES = tuple(dict.fromkeys(path.split(".", 1)[0] for path in _ATTRIBUTES))
_UNKEPT = ("targetFailovers", "targetHealthStates")
#: Members of `targetFailovers` and `targetHealthStates`.
_NETWORK_ATTRIBUTES = {
    "onDeregistration": "target_failover.on_deregistration",
    "onUnhealthy": "target_failover.on_unhealthy",
    "enableUnhealthyConnectionTermination": "target_health_state.unhealthy.connection_termination.enabled",
    "unhealthyDrainingInterval": "target_health_state.unhealthy.draining_interval_seconds",
}
_CHECK_MEMBERS = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


def _health_check(r: Live) -> dict[str, Any]:
    """As members of CreateTargetGroup and ModifyTargetGroup."""
    check = r.inputs.get("healthCheck") or {}
    whole = {name: int(held) if isinstance(held, float) else held for name, held in check.items() if held is not None}
    request = {member: whole[name] for name, member in _CHECK_MEMBERS.items() if name in whole}
    if "matcher" in whole:
        request["Matcher"] = {"GrpcCode" if r.inputs.get("protocolVersion") == "GRPC" else "HttpCode": whole["matcher"]}
    return request


def _group(r: Live) -> dict[str, Any] | None:
    group = only(r.api("DescribeTargetGroups", TargetGroupArns=[r.id])["TargetGroups"])
    if group is None:
        return None
    found = r.api("DescribeTargetGroupAttributes", TargetGroupArn=r.id)["Attributes"]
    kept = attributes.read({**_ATTRIBUTES, **_cookie(found)}, found)
    check = {name: group[member] for name, member in _CHECK_MEMBERS.items() if group.get(member) is not None}
    matcher = group.get("Matcher") or {}
    if matcher:
        check["matcher"] = matcher.get("HttpCode") or matcher.get("GrpcCode")
    return {
        **group,
        **kept,
        "Name": group["TargetGroupName"],
        "Arn": r.id,
        "ArnSuffix": r.id.split(":", 5)[5],
        "HealthCheck": check,
        "IpAddressType": group.get("IpAddressType") or "ipv4",
        "Tags": r.api("DescribeTags", ResourceArns=[r.id])["TagDescriptions"][0]["Tags"],
    }


def _cookie(found: list[Mapping[str, str]]) -> dict[str, str]:
    """How long a cookie lives has its own key for each kind of stickiness."""
    kind = next((held["Value"] for held in found if held["Key"] == "stickiness.type"), "lb_cookie")
    return _cookie_of(kind)


def _cookie_of(kind: str) -> dict[str, str]:
    key = {"lb_cookie": "lb_cookie", "app_cookie": "app_cookie"}.get(kind)
    return {"stickiness.cookieDuration": f"stickiness.{key}.duration_seconds"} if key else {}


def _set_attributes(r: Live) -> None:
    changed = r.changed or [name for name in _KEPT_AS_ATTRIBUTES if r.inputs.get(name) is not None]
    kind = (r.inputs.get("stickiness") or {}).get("type", "")
    sent = attributes.pairs({**_ATTRIBUTES, **_cookie_of(kind)}, r.inputs, changed, _DEFAULTS)
    if sent:
        r.api("ModifyTargetGroupAttributes", TargetGroupArn=r.id, Attributes=sent)


def _validate_unkept(r: Live) -> None:
    """Attributes of network load balancers' targets that the emulator lacks."""
    failover = (r.inputs.get("targetFailovers") or [{}])[0]
    state = (r.inputs.get("targetHealthStates") or [{}])[0]
    sent = attributes.pairs(_NETWORK_ATTRIBUTES, {**failover, **state}, list(_NETWORK_ATTRIBUTES), {})
    r.validated("ModifyTargetGroupAttributes", TargetGroupArn=r.id, Attributes=sent)


def _modify(r: Live) -> None:
    r.api("ModifyTargetGroup", TargetGroupArn=r.id, **_health_check(r))


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = name_failures(inputs) + between(inputs, "port", 1, 65535)
    failures += between(inputs, "deregistrationDelay", 0, 3600) + between(inputs, "slowStart", 0, 900)
    failures += one_of(inputs, "protocolVersion", ("HTTP1", "HTTP2", "GRPC"))
    algorithms = ("round_robin", "least_outstanding_requests", "weighted_random")
    failures += one_of(inputs, "loadBalancingAlgorithmType", algorithms)
    failures += one_of(inputs, "loadBalancingCrossZoneEnabled", ("true", "false", "use_load_balancer_configuration"))
    if inputs.get("targetType") != "lambda":
        for name in ("port", "protocol", "vpcId"):
            if inputs.get(name) is None:
                failures.append(Failure(name, "is needed unless targetType is lambda (AWS rule)"))
    slow = inputs.get("slowStart")
    if isinstance(slow, int | float) and 0 < slow < 30:
        failures.append(Failure("slowStart", f"must be 0 or from 30 to 900 seconds, got {slow:g} (AWS rule)"))
    if slow and inputs.get("loadBalancingAlgorithmType") == "least_outstanding_requests":
        failures.append(Failure("slowStart", "cannot be used with least_outstanding_requests (AWS rule)"))
    return failures + _check_health(inputs) + _check_stickiness(inputs)


def _check_health(inputs: Mapping[str, Any]) -> list[Failure]:
    check = inputs.get("healthCheck")
    if not isinstance(check, dict):
        return []
    at = "healthCheck."
    failures = between(check, "interval", 5, 300, at) + between(check, "timeout", 2, 120, at)
    failures += between(check, "healthyThreshold", 2, 10, at) + between(check, "unhealthyThreshold", 2, 10, at)
    interval, timeout = check.get("interval", 30), check.get("timeout")
    if isinstance(interval, int | float) and isinstance(timeout, int | float) and timeout >= interval:
        reason = f"must be shorter than the interval of {interval:g} s, got {timeout:g} (AWS rule)"
        failures.append(Failure(f"{at}timeout", reason))
    path, protocol = check.get("path"), check.get("protocol") or inputs.get("protocol")
    if isinstance(path, str) and not path.startswith("/") and inputs.get("protocolVersion") != "GRPC":
        failures.append(Failure(f"{at}path", f"must begin with /, got {path!r} (AWS rule)"))
    for name in ("path", "matcher"):
        if check.get(name) is not None and protocol == "TCP":
            failures.append(Failure(at + name, "cannot be given with health checks over TCP (AWS rule)"))
    port = check.get("port")
    if isinstance(port, str) and port != "traffic-port" and not (port.isdecimal() and 1 <= int(port) <= 65535):
        failures.append(Failure(f"{at}port", f"must be traffic-port or a port, got {port!r} (AWS rule)"))
    return failures


def _check_stickiness(inputs: Mapping[str, Any]) -> list[Failure]:
    sticky, protocol = inputs.get("stickiness"), inputs.get("protocol")
    if not isinstance(sticky, dict):
        return []
    at = "stickiness."
    http = protocol in ("HTTP", "HTTPS")
    kinds = ("lb_cookie", "app_cookie") if http else ("source_ip",)
    if protocol == "GENEVE":
        kinds = ("source_ip_dest_ip", "source_ip_dest_ip_proto")
    failures = one_of(sticky, "type", kinds, at) if isinstance(protocol, str) else []
    failures += between(sticky, "cookieDuration", 1, 604800, at)
    if sticky.get("type") == "app_cookie" and sticky.get("cookieName") is None:
        failures.append(Failure(f"{at}cookieName", "is needed with type app_cookie (AWS rule)"))
    name = sticky.get("cookieName")
    if isinstance(name, str) and name.startswith(("AWSALB", "AWSALBAPP", "AWSALBTG")):
        failures.append(Failure(f"{at}cookieName", f"must not begin with AWSALB, got {name!r} (AWS rule)"))
    return failures


# -- single targets -----------------------------------------------------------------------------------------------


def _target(r: Live) -> dict[str, Any]:
    target = {"Id": r.inputs["targetId"]}
    names = {"port": "Port", "availabilityZone": "AvailabilityZone", "quicServerId": "QuicServerId"}
    for name, member in names.items():
        if r.inputs.get(name) is not None:
            target[member] = int(r.inputs[name]) if name == "port" else r.inputs[name]
    return {"TargetGroupArn": r.inputs["targetGroupArn"], "Targets": [target]}


def _registered(r: Live) -> dict[str, Any] | None:
    if not r.inputs:
        return None
    wanted = _target(r)
    found = r.ask("DescribeTargetHealth", **wanted).get("TargetHealthDescriptions", [])
    states = {"draining", "unused"} if not r.inputs.get("targetId", "").startswith("arn:") else set()
    for held in found:
        target = held["Target"]
        gone = held["TargetHealth"]["State"] in states and held["TargetHealth"].get("Reason") == "Target.NotRegistered"
        if target["Id"] == r.inputs["targetId"] and not gone:
            return {**target, "TargetId": target["Id"], "TargetGroupArn": wanted["TargetGroupArn"]}
    return None


def _attachment_id(r: Live) -> str:
    target = f"{r.inputs['targetId']}:{r.inputs.get('port')}"
    return f"{r.inputs['targetGroupArn']}-{zlib.crc32(target.encode())}"


ENTRIES = (
    Entry(
        type="aws:lb/targetGroup:TargetGroup",
        service="elbv2",
        operation="CreateTargetGroup",
        rename={"healthCheck": ""},
        also=_health_check,
        id="TargetGroups[0].TargetGroupArn",
        read=_group,
        after=(*_KEPT_AS_ATTRIBUTES, *_UNKEPT),
        update={
            **dict.fromkeys(_KEPT_AS_ATTRIBUTES, _set_attributes),
            **dict.fromkeys(_UNKEPT, _validate_unkept),
            "healthCheck": _modify,
        },
        not_sent=("namePrefix",),
        lost=(*_UNKEPT, "targetControlPort"),
        replace=(
            *("name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"),
            "targetControlPort",
        ),
        name="name",
        name_limit=32,
        delete=lambda r: r.api("DeleteTargetGroup", TargetGroupArn=r.id),
        defaults={"ipAddressType": "ipv4"},
        check=_check,
        tags=tags.listed(tag="AddTags", untag="RemoveTags", resource="ResourceArns", of=lambda r: [r.id]),
        find=lambda r: r.api("DescribeTargetGroups", Names=[r.inputs["name"]])["TargetGroups"][0]["TargetGroupArn"],
        twin="AWS::ElasticLoadBalancingV2::TargetGroup",
        twin_rename={
            **dict.fromkeys((*_KEPT_AS_ATTRIBUTES, *_UNKEPT, "namePrefix"), ""),
            "healthCheck": "",
        },
    ),
    Entry(
        type="aws:lb/targetGroupAttachment:TargetGroupAttachment",
        service="elbv2",
        create=lambda r: r.api("RegisterTargets", **_target(r)),
        id=lambda r, answer: _attachment_id(r),
        read=_registered,
        replace=("targetGroupArn", "targetId", "port", "availabilityZone", "quicServerId"),
        delete=lambda r: r.api("DeregisterTargets", **_target(r)),
        check=lambda inputs: between(inputs, "port", 1, 65535),
        find=_attachment_id,
    ),
)
