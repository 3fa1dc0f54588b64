"""Load balancers."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import attributes, tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure, Refused

_ATTRIBUTES = {
    **{f"accessLogs.{part}": f"access_logs.s3.{part}" for part in ("enabled", "bucket", "prefix")},
    **{f"connectionLogs.{part}": f"connection_logs.s3.{part}" for part in ("enabled", "bucket", "prefix")},
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "secondaryIpsAutoAssignedPerSubnet": "secondary_ips.auto_assigned.per_subnet",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
_DEFAULTS = {
    **dict.fromkeys(("accessLogs.enabled", "connectionLogs.enabled", "enableDeletionProtection"), False),
    **dict.fromkeys(("dropInvalidHeaderFields", "preserveHostHeader", "enableXffClientPort"), False),
    **dict.fromkeys(("enableTlsVersionAndCipherSuiteHeaders", "enableWafFailOpen", "enableZonalShift"), False),
    "clientKeepAlive": 3600,
    "idleTimeout": 60,
    "enableHttp2": True,
    "desyncMitigationMode": "defensive",
    "xffHeaderProcessingMode": "append",
    "secondaryIpsAutoAssignedPerSubnet": 0,
}
_ATTRIBUTE_PROPERTIES = tuple(dict.fromkeys(path.split(".", 1)[0] for path in _ATTRIBUTES))
#: Only the emulator lacks their keys or calls.
_UNKEPT = ("healthCheckLogs", "minimumLoadBalancerCapacity")

#: Hosted zones of load balancers by region: application, network.
_ZONES = {
    "us-east-1": ("Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"),
    "us-east-2": ("Z3AADJGX6KTTL2", "ZLMOA37VPKANP"),
    "us-west-1": ("Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"),
    "us-west-2": ("Z1H1FL5HABSF5", "Z18D5FSROUN65G"),
    "ca-central-1": ("ZQSVJUPU6J1EY", "Z2EPGBW3API2WT"),
    "eu-west-1": ("Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"),
    "eu-west-2": ("ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"),
    "eu-central-1": ("Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"),
}


def _balancer(r: Live) -> dict[str, Any] | None:
    balancer = only(r.api("DescribeLoadBalancers", LoadBalancerArns=[r.id])["LoadBalancers"])
    if balancer is None:
        return None
    found = r.api("DescribeLoadBalancerAttributes", LoadBalancerArn=r.id)["Attributes"]
    kind = balancer.get("Type", "application")
    zones = _ZONES.get(r.region, (balancer["CanonicalHostedZoneId"],) * 2)
    subnets = sorted(zone["SubnetId"] for zone in balancer.get("AvailabilityZones", []))
    return {
        **balancer,
        **attributes.read(_ATTRIBUTES, found),
        "Name": balancer["LoadBalancerName"],
        "Arn": r.id,
        "ArnSuffix": r.id.split(":loadbalancer/", 1)[1],
        "Scheme": balancer["Scheme"],
        "Internal": balancer["Scheme"] == "internal",
        "LoadBalancerType": kind,
        "ZoneId": zones[kind == "network"],
        "Subnets": subnets,
        "SubnetMappings": [{"SubnetId": subnet} for subnet in subnets],
        "Tags": r.api("DescribeTags", ResourceArns=[r.id])["TagDescriptions"][0]["Tags"],
    }


def _scheme(r: Live) -> dict[str, Any]:
    return {
        "Scheme": "internal" if r.inputs.get("internal") else "internet-facing",
        "Type": r.inputs.get("loadBalancerType", "application"),
    }


def _set_attributes(r: Live) -> None:
    changed = r.changed or [name for name in _ATTRIBUTE_PROPERTIES if r.inputs.get(name) is not None]
    sent = attributes.pairs(_ATTRIBUTES, r.inputs, changed, _DEFAULTS)
    if sent:
        r.api("ModifyLoadBalancerAttributes", LoadBalancerArn=r.id, Attributes=sent)


def _validate_unkept(r: Live) -> None:
    logs, capacity = r.inputs.get("healthCheckLogs"), r.inputs.get("minimumLoadBalancerCapacity")
    keys = {f"healthCheckLogs.{part}": f"health_check_logs.s3.{part}" for part in ("enabled", "bucket", "prefix")}
    sent = attributes.pairs(
        keys, {"healthCheckLogs": logs or {}}, ["healthCheckLogs"], {"healthCheckLogs.enabled": False}
    )
    r.validated("ModifyLoadBalancerAttributes", LoadBalancerArn=r.id, Attributes=sent)
    if capacity:
        wanted = {"CapacityUnits": int(capacity["capacityUnits"])}
        r.validated("ModifyCapacityReservation", LoadBalancerArn=r.id, MinimumLoadBalancerCapacity=wanted)


def _set_subnets(r: Live) -> None:
    r.api("SetSubnets", LoadBalancerArn=r.id, **r.request(only=["subnets", "subnetMappings"]))


def _set_groups(r: Live) -> None:
    r.api("SetSecurityGroups", LoadBalancerArn=r.id, SecurityGroups=r.inputs.get("securityGroups") or [])


def _delete(r: Live) -> None:
    if r.state.get("enableDeletionProtection"):
        raise Refused(f"{r.get('name')} has enableDeletionProtection: turn it off first, as on AWS")
    r.api("DeleteLoadBalancer", LoadBalancerArn=r.id)


def name_failures(inputs: Mapping[str, Any], *, balancer: bool = False) -> list[Failure]:
    """Names of load balancers and target groups."""
    name, prefix = inputs.get("name"), inputs.get("namePrefix")
    failures: list[Failure] = []
    if isinstance(prefix, str) and len(prefix) > 6:
        reason = f"must have at most 6 characters, has {len(prefix)}: {prefix!r} (AWS rule)"
        failures.append(Failure("namePrefix", reason))
    if not isinstance(name, str):
        return failures
    if not 1 <= len(name) <= 32:
        failures.append(Failure("name", f"must have 1 to 32 characters, has {len(name)}: {name!r} (AWS rule)"))
    if not re.match(r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", name):
        reason = f"may hold letters, digits and hyphens, no hyphen first or last, got {name!r} (AWS rule)"
        failures.append(Failure("name", reason))
    if balancer and name.startswith("internal-"):
        failures.append(Failure("name", f"must not begin with internal-, got {name!r} (AWS rule)"))
    return failures


def between(inputs: Mapping[str, Any], name: str, low: int, high: int, at: str = "") -> list[Failure]:
    value = inputs.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or low <= value <= high:
        return []
    return [Failure(at + name, f"must lie between {low} and {high}, got {value:g} (AWS rule)")]


def one_of(inputs: Mapping[str, Any], name: str, allowed: tuple[str, ...], at: str = "") -> list[Failure]:
    value = inputs.get(name)
    if not isinstance(value, str) or value in allowed:
        return []
    return [Failure(at + name, f"must be one of {', '.join(allowed)}; got {value!r} (AWS rule)")]


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = name_failures(inputs, balancer=True)
    failures += between(inputs, "idleTimeout", 1, 4000) + between(inputs, "clientKeepAlive", 60, 604800)
    failures += one_of(inputs, "desyncMitigationMode", ("monitor", "defensive", "strictest"))
    failures += one_of(inputs, "xffHeaderProcessingMode", ("append", "preserve", "remove"))
    failures += one_of(inputs, "ipAddressType", ("ipv4", "dualstack", "dualstack-without-public-ipv4"))
    kind, subnets = inputs.get("loadBalancerType") or "application", inputs.get("subnets")
    if (inputs.get("subnets") is None) == (inputs.get("subnetMappings") is None):
        failures.append(Failure("subnets", "exactly one of subnets and subnetMappings must be set (AWS rule)"))
    if kind == "application" and isinstance(subnets, list) and len(subnets) < 2:
        reason = f"an application load balancer needs subnets in at least two zones, got {len(subnets)} (AWS rule)"
        failures.append(Failure("subnets", reason))
    foreign = {
        "application": ("dnsRecordClientRoutingPolicy",),
        "network": (
            "dropInvalidHeaderFields",
            "idleTimeout",
            "desyncMitigationMode",
            "enableWafFailOpen",
            "enableHttp2",
        ),
    }
    for name in foreign.get(kind, ()) if isinstance(kind, str) else ():
        if inputs.get(name) is not None:
            failures.append(Failure(name, f"has no meaning for a load balancer of type {kind} (AWS rule)"))
    if inputs.get("enableCrossZoneLoadBalancing") is False and kind == "application":
        reason = "is always on for application load balancers: set it at the target group (AWS rule)"
        failures.append(Failure("enableCrossZoneLoadBalancing", reason))
    return failures


ENTRIES = (
    Entry(
        type="aws:lb/loadBalancer:LoadBalancer",
        service="elbv2",
        operation="CreateLoadBalancer",
        rename={"loadBalancerType": "", "internal": ""},
        also=_scheme,
        id="LoadBalancers[0].LoadBalancerArn",
        read=_balancer,
        after=(*_ATTRIBUTE_PROPERTIES, *_UNKEPT),
        update={
            **dict.fromkeys(_ATTRIBUTE_PROPERTIES, _set_attributes),
            **dict.fromkeys(_UNKEPT, _validate_unkept),
            **dict.fromkeys(("subnets", "subnetMappings"), _set_subnets),
            "securityGroups": _set_groups,
            "ipAddressType": lambda r: r.api(
                "SetIpAddressType", LoadBalancerArn=r.id, IpAddressType=r.inputs.get("ipAddressType", "ipv4")
            ),
        },
        not_sent=("namePrefix", "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"),
        lost=(*_UNKEPT, "subnetMappings", "ipamPools", "enablePrefixForIpv6SourceNat", "customerOwnedIpv4Pool"),
        replace=(
            *("name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool", "ipamPools"),
            "enablePrefixForIpv6SourceNat",
        ),
        name="name",
        name_limit=32,
        delete=_delete,
        defaults={"internal": False, "loadBalancerType": "application", "ipAddressType": "ipv4"},
        check=_check,
        tags=tags.listed(tag="AddTags", untag="RemoveTags", resource="ResourceArns", of=lambda r: [r.id]),
        find=lambda r: r.api("DescribeLoadBalancers", Names=[r.inputs["name"]])["LoadBalancers"][0]["LoadBalancerArn"],
        twin="AWS::ElasticLoadBalancingV2::LoadBalancer",
        twin_rename={
            **dict.fromkeys((*_ATTRIBUTE_PROPERTIES, *_UNKEPT, "internal", "namePrefix"), ""),
            "loadBalancerType": "Type",
            "ipamPools": "",
            "customerOwnedIpv4Pool": "",
        },
    ),
)
