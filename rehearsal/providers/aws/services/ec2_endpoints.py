"""Private ways from a VPC to AWS services, and the record of its traffic."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import policy_failures
from rehearsal.providers.provider import Failure, Refused

_GATEWAY_SERVICES = ("s3", "dynamodb")
_DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}"
)

# -- endpoints ----------------------------------------------------------------------------------------------------


def _endpoint(r: Live) -> dict[str, Any] | None:
    found = r.ask("DescribeVpcEndpoints", VpcEndpointIds=[r.id]).get("VpcEndpoints", [])
    endpoint = only([held for held in found if held["State"] != "deleted"])
    if endpoint is None:
        return None
    endpoint["VpcEndpointType"] = endpoint.get("VpcEndpointType") or "Gateway"
    endpoint["SecurityGroupIds"] = [group["GroupId"] for group in endpoint.get("Groups", [])]
    endpoint |= {"CidrBlocks": [], "State": "available", "OwnerId": r.account, "RequesterManaged": False}
    if endpoint["VpcEndpointType"] == "Gateway":
        mine = _prefix_list(r, endpoint["ServiceName"])
        endpoint |= {"PrefixListId": mine.get("PrefixListId"), "CidrBlocks": mine.get("Cidrs", [])}
        endpoint["PrivateDnsEnabled"] = False
    if endpoint.get("DnsEntries"):
        service = ".".join(endpoint["ServiceName"].split(".")[3:])
        name = f"{r.id}-{r.id[-8:]}.{service}.{r.region}.vpce.amazonaws.com"
        endpoint["DnsEntries"] = [{**endpoint["DnsEntries"][0], "DnsName": name}]
    return {"IpAddressType": "ipv4", "ServiceRegion": r.region, "PrivateDnsEnabled": False, **endpoint}


def _prefix_list(r: Live, service: str) -> dict[str, Any]:
    lists = r.api("DescribePrefixLists")["PrefixLists"]
    return next((held for held in lists if held["PrefixListName"] == service), {})


def _change_tables(r: Live) -> None:
    """AWS also writes the route to the service into each table; the emulator does so only at creation."""
    present, wanted = set(r.state.get("routeTableIds") or []), set(r.inputs.get("routeTableIds") or [])
    _members("routeTableIds", "RouteTableIds")(r)
    to_service = {"DestinationPrefixListId": r.state.get("prefixListId")}
    for table in sorted(wanted - present):
        r.api("CreateRoute", RouteTableId=table, GatewayId=r.id, **to_service)
    for table in sorted(present - wanted):
        r.ask("DeleteRoute", RouteTableId=table, **to_service)


def _members(property: str, member: str) -> Callable[[Live], Any]:
    """ModifyVpcEndpoint takes what to add and what to take away."""

    def change(r: Live) -> None:
        wanted, present = set(r.inputs.get(property) or []), set(r.state.get(property) or [])
        request = {f"Add{member}": sorted(wanted - present), f"Remove{member}": sorted(present - wanted)}
        r.api("ModifyVpcEndpoint", VpcEndpointId=r.id, **{name: ids for name, ids in request.items() if ids})

    return change


def _change_policy(r: Live) -> None:
    policy = r.inputs.get("policy")
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    document = policy or json.dumps({"Version": "2008-10-17", "Statement": [everything]})
    r.api("ModifyVpcEndpoint", VpcEndpointId=r.id, PolicyDocument=document)


def _change_dns(r: Live) -> None:
    sent = [name for name in ("privateDnsEnabled", "dnsOptions", "ipAddressType") if name in r.changed]
    r.validated("ModifyVpcEndpoint", VpcEndpointId=r.id, **r.request(only=sent))


def _check_endpoint(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = policy_failures(inputs, "policy", "resource", limit=20480)
    kind, service = inputs.get("vpcEndpointType") or "Gateway", inputs.get("serviceName")
    if not isinstance(kind, str):
        return failures
    wrong = {"Gateway": ("subnetIds", "securityGroupIds", "privateDnsEnabled"), "Interface": ("routeTableIds",)}
    for name in wrong.get(kind, ()):
        if inputs.get(name) not in (None, [], False):
            failures.append(Failure(name, f"cannot be given to an endpoint of type {kind} (AWS rule)"))
    if kind == "Gateway" and isinstance(service, str) and service.rsplit(".", 1)[-1] not in _GATEWAY_SERVICES:
        reason = f"has no gateway endpoints (only s3 and dynamodb have), got {service!r}: use Interface (AWS rule)"
        failures.append(Failure("serviceName", reason))
    if isinstance(service, str) and not re.match(r"^(com\.amazonaws\.|aws\.|cn\.com\.amazonaws\.)", service):
        reason = f"must be a service such as com.amazonaws.us-east-1.s3, got {service!r} (AWS rule)"
        failures.append(Failure("serviceName", reason))
    sources = ("serviceName", "serviceNetworkArn", "resourceConfigurationArn")
    if all(inputs.get(name) is None for name in sources):
        failures.append(Failure("serviceName", f"one of {', '.join(sources)} must be set (AWS rule)"))
    return failures


# -- flow logs ----------------------------------------------------------------------------------------------------

_RESOURCES = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
    "regionalNatGatewayId": "RegionalNatGateway",
}


def _start_log(r: Live) -> dict[str, Any]:
    name = next(name for name in _RESOURCES if r.inputs.get(name))
    request = r.request() | {"ResourceIds": [r.inputs[name]], "ResourceType": _RESOURCES[name]}
    request |= r.entry.tags.send(r.all_tags) if r.entry.tags is not None else {}
    if not r.inputs.get("logFormat"):
        request["LogFormat"] = _DEFAULT_FORMAT
    r.validated("CreateFlowLogs", **request)
    destination = str(request.get("LogDestination", ""))
    if _kind(r.inputs) == "s3":  # the emulator takes a prefix behind the bucket for a part of its name
        request["LogDestination"] = destination.split("/", 1)[0]
    elif _kind(r.inputs) == "cloud-watch-logs":  # and looks for the log group by its name only
        request["LogGroupName"] = destination.split(":log-group:")[-1].removesuffix(":*")
        del request["LogDestination"]
    answer = r.api("CreateFlowLogs", **request)
    for refused in answer.get("Unsuccessful", []):
        raise Refused(f"ec2 CreateFlowLogs: {refused['Error']['Code']}: {refused['Error']['Message']}")
    return answer


def _kind(inputs: Mapping[str, Any]) -> str:
    return str(inputs.get("logDestinationType") or "cloud-watch-logs")


def _log(r: Live) -> dict[str, Any] | None:
    log = only(r.api("DescribeFlowLogs", FlowLogIds=[r.id])["FlowLogs"])
    if log is None:
        return None
    resource = next((name for name in _RESOURCES if r.get(name)), "vpcId")
    return {**log, "DeliverLogsPermissionArn": log.get("DeliverLogsPermissionArn"), resource: log["ResourceId"]}


def _check_log(inputs: Mapping[str, Any]) -> list[Failure]:
    given = [name for name in _RESOURCES if inputs.get(name) is not None]
    failures: list[Failure] = []
    if len(given) != 1:
        failures.append(Failure("vpcId", f"exactly one of {', '.join(_RESOURCES)} must be set (AWS rule)"))
    kind, destination = _kind(inputs), inputs.get("logDestination")
    if destination is None:
        failures.append(Failure("logDestination", "is needed: the ARN of a log group or bucket (AWS rule)"))
    if (
        kind == "cloud-watch-logs"
        and inputs.get("iamRoleArn") is None
        and inputs.get("deliverCrossAccountRole") is None
    ):
        failures.append(Failure("iamRoleArn", "is needed to write to a log group (AWS rule)"))
    if kind == "s3" and inputs.get("iamRoleArn") is not None:
        failures.append(Failure("iamRoleArn", "cannot be given with destination type s3 (AWS rule)"))
    service = {"s3": "s3", "cloud-watch-logs": "logs", "kinesis-data-firehose": "firehose"}.get(kind)
    if service and isinstance(destination, str) and not re.match(rf"^arn:aws[a-z-]*:{service}:", destination):
        failures.append(
            Failure(
                "logDestination", f"must be the ARN of a thing in {service} for {kind}, got {destination!r} (AWS rule)"
            )
        )
    interval = inputs.get("maxAggregationInterval")
    if isinstance(interval, int | float) and interval not in (60, 600):
        failures.append(Failure("maxAggregationInterval", f"must be 60 or 600, got {interval:g} (AWS rule)"))
    if kind != "s3" and inputs.get("destinationOptions") is not None:
        failures.append(Failure("destinationOptions", "can be given with destination type s3 only (AWS rule)"))
    for_traffic = not {"transitGatewayId", "transitGatewayAttachmentId"} & set(given)
    if for_traffic and inputs.get("trafficType") is None and not wire.has_unknown(inputs):
        failures.append(Failure("trafficType", "is needed: ACCEPT, REJECT or ALL (AWS rule)"))
    return failures


ENTRIES = (
    Entry(
        type="aws:ec2/vpcEndpoint:VpcEndpoint",
        service="ec2",
        operation="CreateVpcEndpoint",
        rename={"policy": "PolicyDocument"},
        also=lambda r: {"VpcEndpointType": r.inputs.get("vpcEndpointType", "Gateway")},
        id="VpcEndpoint.VpcEndpointId",
        read=_endpoint,
        update={
            "policy": _change_policy,
            "routeTableIds": _change_tables,
            "subnetIds": _members("subnetIds", "SubnetIds"),
            "securityGroupIds": _members("securityGroupIds", "SecurityGroupIds"),
            **dict.fromkeys(("privateDnsEnabled", "dnsOptions", "ipAddressType"), _change_dns),
        },
        not_sent=("autoAccept",),
        lost=("privateDnsEnabled", "dnsOptions", "ipAddressType", "subnetConfigurations"),
        replace=(
            *("vpcId", "serviceName", "vpcEndpointType", "serviceRegion", "serviceNetworkArn"),
            *("resourceConfigurationArn", "subnetConfigurations"),
        ),
        delete=lambda r: r.api("DeleteVpcEndpoints", VpcEndpointIds=[r.id]),
        arn="arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}",
        defaults={"vpcEndpointType": "Gateway"},
        check=_check_endpoint,
        tags=tags.ec2("vpc-endpoint"),
        twin="AWS::EC2::VPCEndpoint",
        twin_rename={
            "policy": "PolicyDocument",
            "autoAccept": "",
            "subnetConfigurations": "",
            "dnsOptions.privateDnsOnlyForInboundResolverEndpoint": "PrivateDnsOnlyForInboundResolverEndpoint",
        },
    ),
    Entry(
        type="aws:ec2/flowLog:FlowLog",
        service="ec2",
        operation="CreateFlowLogs",
        rename={"iamRoleArn": "DeliverLogsPermissionArn", **dict.fromkeys(_RESOURCES, "")},
        create=_start_log,
        id="FlowLogIds[0]",
        read=_log,
        lost=("destinationOptions", "logDestination", "deliverCrossAccountRole", "tagFieldSpecifications"),
        replace=(
            *("deliverCrossAccountRole", "destinationOptions", "iamRoleArn", "logDestination", "logDestinationType"),
            *("logFormat", "maxAggregationInterval", "trafficType", "tagFieldSpecifications", *_RESOURCES),
        ),
        delete=lambda r: r.api("DeleteFlowLogs", FlowLogIds=[r.id]),
        arn="arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}",
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        check=_check_log,
        tags=tags.ec2("vpc-flow-log"),
    ),
)
