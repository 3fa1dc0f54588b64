"""VPCs and their subnets."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.cidrs import cidr_failures
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_VPC_ATTRIBUTES = ("EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics")
_VPC_DEFAULTS = {"enableDnsSupport": True, "enableDnsHostnames": False, "enableNetworkAddressUsageMetrics": False}


# -- VPC ----------------------------------------------------------------------------------------------------------


def _vpc_attribute(name: str) -> Callable[[Live], Any]:
    member = name[0].upper() + name[1:]

    def change(r: Live) -> None:
        value = r.inputs.get(name)
        r.api("ModifyVpcAttribute", VpcId=r.id, **{member: {"Value": _VPC_DEFAULTS[name] if value is None else value}})

    return change


def _vpc(r: Live) -> dict[str, Any] | None:
    vpc = only(r.api("DescribeVpcs", VpcIds=[r.id])["Vpcs"])
    if vpc is None:
        return None
    for member in _VPC_ATTRIBUTES:
        attribute = member[0].lower() + member[1:]
        vpc[member] = r.api("DescribeVpcAttribute", VpcId=r.id, Attribute=attribute)[member]["Value"]
    group = only(r.api("DescribeSecurityGroups", Filters=filters(vpc_id=r.id, group_name="default"))["SecurityGroups"])
    acl = only(r.api("DescribeNetworkAcls", Filters=filters(vpc_id=r.id, default="true"))["NetworkAcls"])
    table = only(r.api("DescribeRouteTables", Filters=filters(vpc_id=r.id, association__main="true"))["RouteTables"])
    vpc["DefaultSecurityGroupId"] = (group or {}).get("GroupId")
    vpc["DefaultNetworkAclId"] = (acl or {}).get("NetworkAclId")
    vpc["MainRouteTableId"] = (table or {}).get("RouteTableId")
    # AWS does not tell which table came with the VPC once another is the main one.
    vpc["DefaultRouteTableId"] = r.state.get("defaultRouteTableId") or vpc["MainRouteTableId"]
    ipv6 = [held for held in vpc.get("Ipv6CidrBlockAssociationSet", []) if held.get("Ipv6CidrBlock")]
    vpc["AmazonProvidedIpv6CidrBlock"] = bool(ipv6)
    if ipv6:
        vpc["Ipv6CidrBlock"], vpc["Ipv6AssociationId"] = ipv6[0]["Ipv6CidrBlock"], ipv6[0]["AssociationId"]
        vpc["Ipv6CidrBlockNetworkBorderGroup"] = ipv6[0].get("NetworkBorderGroup") or r.region
    vpc["OwnerId"] = r.account
    return vpc


def _change_ipv6(r: Live) -> None:
    if r.inputs.get("assignGeneratedIpv6CidrBlock"):
        r.api("AssociateVpcCidrBlock", VpcId=r.id, AmazonProvidedIpv6CidrBlock=True)
    elif r.state.get("ipv6AssociationId"):
        r.api("DisassociateVpcCidrBlock", AssociationId=r.state["ipv6AssociationId"])


def _check_vpc(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = cidr_failures(inputs, "cidrBlock", sizes=(16, 28))
    if inputs.get("cidrBlock") is None and inputs.get("ipv4IpamPoolId") is None:
        failures.append(Failure("cidrBlock", "is needed unless ipv4IpamPoolId is given (AWS rule)"))
    if inputs.get("enableDnsHostnames") is True and inputs.get("enableDnsSupport") is False:
        failures.append(Failure("enableDnsHostnames", "needs enableDnsSupport to be true (AWS rule)"))
    return failures


# -- subnets ------------------------------------------------------------------------------------------------------

_SUBNET_ATTRIBUTES = {
    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
    "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
    "enableDns64": "EnableDns64",
    "enableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecordOnLaunch",
    "enableResourceNameDnsAaaaRecordOnLaunch": "EnableResourceNameDnsAAAARecordOnLaunch",
}


def _subnet_attribute(name: str) -> Callable[[Live], Any]:
    return lambda r: r.api(
        "ModifySubnetAttribute", SubnetId=r.id, **{_SUBNET_ATTRIBUTES[name]: {"Value": bool(r.inputs.get(name))}}
    )


def _hostname_type(r: Live) -> None:
    kind = r.inputs.get("privateDnsHostnameTypeOnLaunch") or "ip-name"
    r.api("ModifySubnetAttribute", SubnetId=r.id, PrivateDnsHostnameTypeOnLaunch=kind)


def _subnet(r: Live) -> dict[str, Any] | None:
    subnet = only(r.api("DescribeSubnets", SubnetIds=[r.id])["Subnets"])
    if subnet is None:
        return None
    names = subnet.pop("PrivateDnsNameOptionsOnLaunch", None) or {}
    subnet["PrivateDnsHostnameTypeOnLaunch"] = names.get("HostnameType", "ip-name")
    subnet["EnableResourceNameDnsARecordOnLaunch"] = names.get("EnableResourceNameDnsARecord", False)
    subnet["EnableResourceNameDnsAaaaRecordOnLaunch"] = names.get("EnableResourceNameDnsAAAARecord", False)
    for held in subnet.get("Ipv6CidrBlockAssociationSet", []):
        if held.get("Ipv6CidrBlockState", {}).get("State") == "associated":
            subnet["Ipv6CidrBlock"], subnet["Ipv6CidrBlockAssociationId"] = held["Ipv6CidrBlock"], held["AssociationId"]
    return subnet


def _check_subnet(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = cidr_failures(inputs, "cidrBlock", sizes=(16, 28))
    failures += cidr_failures(inputs, "ipv6CidrBlock", sizes=(44, 64), version=6)
    if inputs.get("availabilityZone") is not None and inputs.get("availabilityZoneId") is not None:
        failures.append(Failure("availabilityZoneId", "cannot be given beside availabilityZone (AWS rule)"))
    zone, region = inputs.get("availabilityZone"), inputs.get("region")
    if isinstance(zone, str) and isinstance(region, str) and not zone.startswith(region):
        failures.append(Failure("availabilityZone", f"must lie in {region}, got {zone!r} (AWS rule)"))
    if all(inputs.get(name) is None for name in ("cidrBlock", "ipv4IpamPoolId", "ipv6CidrBlock", "ipv6IpamPoolId")):
        failures.append(Failure("cidrBlock", "is needed unless another source of addresses is given (AWS rule)"))
    return failures


ENTRIES = (
    Entry(
        type="aws:ec2/vpc:Vpc",
        service="ec2",
        operation="CreateVpc",
        rename={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        id="Vpc.VpcId",
        read=_vpc,
        after=tuple(_VPC_DEFAULTS),
        update={
            **{name: _vpc_attribute(name) for name in _VPC_DEFAULTS},
            "assignGeneratedIpv6CidrBlock": _change_ipv6,
        },
        replace=(
            *("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength"),
            *("ipv6CidrBlock", "ipv6CidrBlockNetworkBorderGroup", "instanceTenancy"),
        ),
        delete=lambda r: r.api("DeleteVpc", VpcId=r.id),
        arn="arn:{partition}:ec2:{region}:{account}:vpc/{id}",
        defaults={"instanceTenancy": "default", **_VPC_DEFAULTS},
        check=_check_vpc,
        tags=tags.ec2("vpc"),
        twin="AWS::EC2::VPC",
        twin_rename={
            "assignGeneratedIpv6CidrBlock": "",
            "enableNetworkAddressUsageMetrics": "",
            "ipv6CidrBlock": "",
            "ipv6IpamPoolId": "",
            "ipv6NetmaskLength": "",
            "ipv6CidrBlockNetworkBorderGroup": "",
        },
    ),
    Entry(
        type="aws:ec2/subnet:Subnet",
        service="ec2",
        operation="CreateSubnet",
        id="Subnet.SubnetId",
        read=_subnet,
        after=(*_SUBNET_ATTRIBUTES, "privateDnsHostnameTypeOnLaunch"),
        update={
            **{name: _subnet_attribute(name) for name in _SUBNET_ATTRIBUTES},
            "privateDnsHostnameTypeOnLaunch": _hostname_type,
        },
        replace=(
            *("vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6CidrBlock", "ipv6Native"),
            *("outpostArn", "ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength"),
        ),
        lost=("enableDns64", "enableResourceNameDnsAaaaRecordOnLaunch", "privateDnsHostnameTypeOnLaunch"),
        delete=lambda r: r.api("DeleteSubnet", SubnetId=r.id),
        arn="arn:{partition}:ec2:{region}:{account}:subnet/{id}",
        defaults=dict.fromkeys(_SUBNET_ATTRIBUTES, False) | {"privateDnsHostnameTypeOnLaunch": "ip-name"},
        check=_check_subnet,
        tags=tags.ec2("subnet"),
        twin="AWS::EC2::Subnet",
        twin_rename={
            "enableResourceNameDnsARecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
            "enableResourceNameDnsAaaaRecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
            "privateDnsHostnameTypeOnLaunch": "PrivateDnsNameOptionsOnLaunch.HostnameType",
        },
    ),
)
