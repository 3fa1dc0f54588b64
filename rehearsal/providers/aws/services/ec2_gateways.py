"""Ways out of a VPC: internet gateways, elastic addresses, NAT gateways."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure


def _attach_gateway(r: Live) -> None:
    before, wanted = r.state.get("vpcId"), r.inputs.get("vpcId")
    if before and before != wanted:
        r.api("DetachInternetGateway", InternetGatewayId=r.id, VpcId=before)
    if wanted and before != wanted:
        r.api("AttachInternetGateway", InternetGatewayId=r.id, VpcId=wanted)


def _gateway(r: Live) -> dict[str, Any] | None:
    gateway = only(r.api("DescribeInternetGateways", InternetGatewayIds=[r.id])["InternetGateways"])
    if gateway is not None:
        attached = gateway.pop("Attachments", [])
        gateway |= {"VpcId": attached[0]["VpcId"]} if attached else {}
        gateway["OwnerId"] = r.account
    return gateway


def _delete_gateway(r: Live) -> None:
    if r.state.get("vpcId"):
        r.api("DetachInternetGateway", InternetGatewayId=r.id, VpcId=r.state["vpcId"])
    r.api("DeleteInternetGateway", InternetGatewayId=r.id)


def _associate_address(r: Live) -> None:
    if r.state.get("associationId"):
        r.api("DisassociateAddress", AssociationId=r.state["associationId"])
    names = {"instance": "InstanceId", "networkInterface": "NetworkInterfaceId"}
    target = {names[name]: r.inputs[name] for name in names if r.inputs.get(name)}
    if target:
        private = r.inputs.get("associateWithPrivateIp")
        r.api("AssociateAddress", AllocationId=r.id, **target, **({"PrivateIpAddress": private} if private else {}))


def _address(r: Live) -> dict[str, Any] | None:
    address = only(r.api("DescribeAddresses", AllocationIds=[r.id])["Addresses"])
    if address is None:
        return None
    zone = "compute-1" if r.region == "us-east-1" else f"{r.region}.compute"
    public = f"ec2-{address['PublicIp'].replace('.', '-')}.{zone}.amazonaws.com"
    private = address.get("PrivateIpAddress") or ""
    return {
        **address,
        "PublicDns": public,
        "PtrRecord": public + ".",
        "PrivateIp": private,
        "PrivateDns": f"ip-{private.replace('.', '-')}.ec2.internal" if private else "",
        "AssociateWithPrivateIp": private,
        "NetworkBorderGroup": address.get("NetworkBorderGroup") or r.region,
        "PublicIpv4Pool": address.get("PublicIpv4Pool") or "amazon",
        **{name: address.get(name) or "" for name in ("AssociationId", "CarrierIp", "CustomerOwnedIp")},
    }


def _release(r: Live) -> None:
    if r.state.get("associationId"):
        r.api("DisassociateAddress", AssociationId=r.state["associationId"])
    r.api("ReleaseAddress", AllocationId=r.id)


def _nat(r: Live) -> dict[str, Any] | None:
    gateway = only(r.api("DescribeNatGateways", NatGatewayIds=[r.id])["NatGateways"])
    if gateway is None or gateway["State"] in ("deleted", "deleting"):
        return None
    first, *more = gateway.get("NatGatewayAddresses") or [{}]
    return {
        **gateway,
        **{name: first.get(name) for name in ("AllocationId", "NetworkInterfaceId", "PublicIp")},
        "PrivateIpAddress": first.get("PrivateIp"),
        "AssociationId": first.get("AssociationId") or "eipassoc-" + r.id.removeprefix("nat-"),
        "SecondaryAllocationIds": [address["AllocationId"] for address in more if address.get("AllocationId")],
        "AvailabilityMode": gateway.get("AvailabilityMode") or "zonal",
        "RegionalNatGatewayAddresses": [],
        "AutoProvisionZones": "disabled",
        "AutoScalingIps": "disabled",
        "RegionalNatGatewayAutoMode": "disabled",
        "RouteTableId": "",
    }


def _delete_nat(r: Live) -> None:
    r.api("DeleteNatGateway", NatGatewayId=r.id)
    r.wait(lambda: _nat(r) is None, f"deletion of {r.id}")


def _check_nat(inputs: Mapping[str, Any]) -> list[Failure]:
    private, regional = inputs.get("connectivityType") == "private", inputs.get("availabilityMode") == "regional"
    if private and inputs.get("allocationId") is not None:
        return [Failure("allocationId", "cannot be given to a private gateway: it has no public address (AWS rule)")]
    if not private and not regional and inputs.get("allocationId") is None:
        return [Failure("allocationId", "is needed by a public gateway: give it an elastic address (AWS rule)")]
    if not regional and inputs.get("subnetId") is None:
        return [Failure("subnetId", "is needed by a zonal gateway (AWS rule)")]
    return []


_SECONDARY = ("secondaryAllocationIds", "secondaryPrivateIpAddressCount", "secondaryPrivateIpAddresses")

ENTRIES = (
    Entry(
        type="aws:ec2/internetGateway:InternetGateway",
        service="ec2",
        operation="CreateInternetGateway",
        id="InternetGateway.InternetGatewayId",
        read=_gateway,
        after=("vpcId",),
        update={"vpcId": _attach_gateway},
        delete=_delete_gateway,
        arn="arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}",
        tags=tags.ec2("internet-gateway"),
        twin="AWS::EC2::InternetGateway",
        twin_rename={"vpcId": ""},
    ),
    Entry(
        type="aws:ec2/eip:Eip",
        service="ec2",
        operation="AllocateAddress",
        also=lambda r: {"Domain": "vpc"},
        rename={"networkInterface": "NetworkInterfaceId", "instance": "InstanceId"},
        id="AllocationId",
        read=_address,
        after=("instance", "networkInterface", "associateWithPrivateIp"),
        update=dict.fromkeys(("instance", "networkInterface", "associateWithPrivateIp"), _associate_address),
        replace=("address", "domain", "customerOwnedIpv4Pool", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"),
        delete=_release,
        arn="arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}",
        outputs=lambda r, live: {"allocationId": r.id},
        defaults={"domain": "vpc"},
        tags=tags.ec2("elastic-ip"),
        twin="AWS::EC2::EIP",
        twin_rename={"instance": "InstanceId", "networkInterface": "", "associateWithPrivateIp": "", "ipamPoolId": ""}
        | {"customerOwnedIpv4Pool": ""},
    ),
    Entry(
        type="aws:ec2/natGateway:NatGateway",
        service="ec2",
        operation="CreateNatGateway",
        rename={"privateIp": "PrivateIpAddress"},
        id="NatGateway.NatGatewayId",
        read=_nat,
        replace=(
            *("allocationId", "availabilityMode", "availabilityZoneAddresses", "connectivityType", "privateIp"),
            *("subnetId", "vpcId", *_SECONDARY),
        ),
        lost=(*_SECONDARY, "availabilityMode", "availabilityZoneAddresses"),
        delete=_delete_nat,
        defaults={"connectivityType": "public", "availabilityMode": "zonal"},
        check=_check_nat,
        tags=tags.ec2("natgateway"),
        twin="AWS::EC2::NatGateway",
        twin_rename={"privateIp": "PrivateIpAddress"},
    ),
)
