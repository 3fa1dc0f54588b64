"""What VPCs share: DHCP options and peering."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

# -- DHCP ---------------------------------------------------------------------------------------------------------

_DHCP = {
    "domainName": "domain-name",
    "domainNameServers": "domain-name-servers",
    "ipv6AddressPreferredLeaseTime": "ipv6-address-preferred-lease-time",
    "netbiosNameServers": "netbios-name-servers",
    "netbiosNodeType": "netbios-node-type",
    "ntpServers": "ntp-servers",
}


def _dhcp_request(r: Live) -> dict[str, Any]:
    given = {key: r.inputs[name] for name, key in _DHCP.items() if r.inputs.get(name)}
    options = [{"Key": key, "Values": held if isinstance(held, list) else [held]} for key, held in given.items()]
    return {"DhcpConfigurations": options}


def _make_dhcp(r: Live) -> dict[str, Any]:
    """The emulator takes no tags with the creation."""
    answer = r.send()
    if r.all_tags:
        id = answer["DhcpOptions"]["DhcpOptionsId"]
        r.api("CreateTags", Resources=[id], Tags=tags.pairs(r.all_tags))
    return answer


def _dhcp(r: Live) -> dict[str, Any] | None:
    options = only(r.api("DescribeDhcpOptions", DhcpOptionsIds=[r.id])["DhcpOptions"])
    if options is None:
        return None
    held = {one["Key"]: [value["Value"] for value in one["Values"]] for one in options["DhcpConfigurations"]}
    lists = ("domainNameServers", "netbiosNameServers", "ntpServers")
    named = {name: held[key] if name in lists else held[key][0] for name, key in _DHCP.items() if held.get(key)}
    return {**options, **named, "OwnerId": r.account}


def _check_dhcp(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    if all(inputs.get(name) is None for name in _DHCP):
        failures.append(Failure("domainName", f"at least one of {', '.join(_DHCP)} must be set (AWS rule)"))
    kind = inputs.get("netbiosNodeType")
    if isinstance(kind, str) and kind not in ("1", "2", "4", "8"):
        failures.append(Failure("netbiosNodeType", f"must be 1, 2, 4 or 8, got {kind!r} (AWS rule)"))
    for name in ("domainNameServers", "ntpServers", "netbiosNameServers"):
        if isinstance(inputs.get(name), list) and len(inputs[name]) > 4:
            failures.append(Failure(name, f"takes at most 4 servers, got {len(inputs[name])} (AWS rule)"))
    return failures


def _dhcp_of_vpc(r: Live) -> dict[str, Any] | None:
    vpc = only(r.ask("DescribeVpcs", VpcIds=[r.get("vpcId") or r.id.split("-", 2)[-1]]).get("Vpcs", []))
    if vpc is None or vpc.get("DhcpOptionsId") in (None, "default", "dopt-default"):
        return None
    return {"DhcpOptionsId": vpc["DhcpOptionsId"], "VpcId": vpc["VpcId"]}


def _set_dhcp(r: Live, options: str) -> dict[str, Any]:
    return r.api("AssociateDhcpOptions", VpcId=r.inputs["vpcId"], DhcpOptionsId=options)


# -- peering ------------------------------------------------------------------------------------------------------


def _peering(r: Live) -> dict[str, Any] | None:
    found = r.ask("DescribeVpcPeeringConnections", VpcPeeringConnectionIds=[r.id]).get("VpcPeeringConnections", [])
    peering = only(found)
    if peering is None or peering["Status"]["Code"] in ("deleted", "rejected", "expired", "failed"):
        return None
    own, peer = peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]
    live = {**peering, "VpcId": own["VpcId"], "PeerVpcId": peer["VpcId"], "PeerOwnerId": peer["OwnerId"]}
    live |= {"PeerRegion": peer.get("Region") or r.region, "AcceptStatus": peering["Status"]["Code"]}
    for name, side in (("requester", own), ("accepter", peer)):
        resolves = (side.get("PeeringOptions") or {}).get("AllowDnsResolutionFromRemoteVpc")
        live[name] = {"allowRemoteVpcDnsResolution": str(resolves).lower() == "true"}
    return live


def _accept(r: Live) -> None:
    status = (_peering(r) or {}).get("AcceptStatus")
    if r.inputs.get("autoAccept") and status == "pending-acceptance":
        r.api("AcceptVpcPeeringConnection", VpcPeeringConnectionId=r.id)


def _peering_options(r: Live) -> None:
    sides = {"requester": "RequesterPeeringConnectionOptions", "accepter": "AccepterPeeringConnectionOptions"}
    wanted = {
        member: {"AllowDnsResolutionFromRemoteVpc": bool(r.inputs[name].get("allowRemoteVpcDnsResolution"))}
        for name, member in sides.items()
        if r.inputs.get(name)
    }
    if wanted:
        r.api("ModifyVpcPeeringConnectionOptions", VpcPeeringConnectionId=r.id, **wanted)


def _take_in_peering(r: Live) -> dict[str, Any]:
    """The other side made it: found, tagged, and accepted when `autoAccept` says so."""
    r.id = r.inputs["vpcPeeringConnectionId"]
    if r.all_tags:
        r.api("CreateTags", Resources=[r.id], Tags=tags.pairs(r.all_tags))
    return {"id": r.id}


def _accepted(r: Live) -> dict[str, Any] | None:
    """Seen from the accepter: its own VPC is the peer's, and its tags are kept in its own region."""
    live = _peering(r)
    if live is None:
        return None
    own, peer = live["AccepterVpcInfo"], live["RequesterVpcInfo"]
    return {
        **live,
        "VpcPeeringConnectionId": r.id,
        "VpcId": own["VpcId"],
        "PeerVpcId": peer["VpcId"],
        "PeerOwnerId": peer["OwnerId"],
        "PeerRegion": peer.get("Region"),
        "Tags": r.api("DescribeTags", Filters=filters(resource_id=r.id))["Tags"],
    }


_PEERING_UPDATES = {"autoAccept": _accept, "requester": _peering_options, "accepter": _peering_options}

ENTRIES = (
    Entry(
        type="aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        service="ec2",
        operation="CreateDhcpOptions",
        rename=dict.fromkeys(_DHCP, ""),
        also=_dhcp_request,
        create=_make_dhcp,
        id="DhcpOptions.DhcpOptionsId",
        read=_dhcp,
        replace=tuple(_DHCP),
        delete=lambda r: r.api("DeleteDhcpOptions", DhcpOptionsId=r.id),
        arn="arn:{partition}:ec2:{region}:{account}:dhcp-options/{id}",
        check=_check_dhcp,
        tags=tags.ec2("dhcp-options"),
        twin="AWS::EC2::DHCPOptions",
    ),
    Entry(
        type="aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        service="ec2",
        operation="AssociateDhcpOptions",
        id=lambda r, answer: f"{r.inputs['dhcpOptionsId']}-{r.inputs['vpcId']}",
        read=_dhcp_of_vpc,
        update={"dhcpOptionsId": lambda r: _set_dhcp(r, r.inputs["dhcpOptionsId"])},
        replace=("vpcId",),
        alone=True,
        delete=lambda r: _set_dhcp(r, "default"),
        find=lambda r: f"{r.inputs['dhcpOptionsId']}-{r.inputs['vpcId']}",
        twin="AWS::EC2::VPCDHCPOptionsAssociation",
    ),
    Entry(
        type="aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        service="ec2",
        operation="CreateVpcPeeringConnection",
        id="VpcPeeringConnection.VpcPeeringConnectionId",
        read=_peering,
        after=("autoAccept", "requester", "accepter"),
        lost=("autoAccept",),
        update=_PEERING_UPDATES,
        replace=("vpcId", "peerVpcId", "peerOwnerId", "peerRegion"),
        delete=lambda r: r.api("DeleteVpcPeeringConnection", VpcPeeringConnectionId=r.id),
        tags=tags.ec2("vpc-peering-connection"),
        twin="AWS::EC2::VPCPeeringConnection",
        twin_rename={"autoAccept": "", "requester": "", "accepter": ""},
    ),
    Entry(
        type="aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        service="ec2",
        create=_take_in_peering,
        id="id",
        read=_accepted,
        after=("autoAccept", "requester", "accepter"),
        lost=("autoAccept",),
        update=_PEERING_UPDATES,
        replace=("vpcPeeringConnectionId",),
        alone=True,
        tags=tags.ec2("vpc-peering-connection"),
    ),
)
