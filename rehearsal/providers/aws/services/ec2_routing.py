"""Route tables, routes and which table serves which subnet."""

import zlib
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.cidrs import cidr_failures, cidr_problem, exactly_one
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

#: Property of a route -> member of the calls.
_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "odbNetworkArn": "OdbNetworkArn",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
#: Inline routes call their destinations differently.
_INLINE = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def table_of(r: Live, id: str) -> dict[str, Any] | None:
    return only(r.ask("DescribeRouteTables", RouteTableIds=[id]).get("RouteTables", []))


def _as_call(route: Mapping[str, Any], destinations: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Destination and target of a route, as members of the calls."""
    place = {member: route[name] for name, member in destinations.items() if route.get(name)}
    return place, {member: route[name] for name, member in _TARGETS.items() if route.get(name)}


# -- tables and the routes written into them ----------------------------------------------------------------------


def table(r: Live) -> dict[str, Any] | None:
    found = table_of(r, r.id)
    if found is not None:
        found["OwnerId"] = r.account
        found["PropagatingVgws"] = [held["GatewayId"] for held in found.get("PropagatingVgws", [])]
        found["Routes"] = own_routes(found)
    return found


def own_routes(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those the program could have written, in its form."""
    return [_inline(route) for route in table["Routes"] if _is_own(route)]


def _is_own(route: Mapping[str, Any]) -> bool:
    """Neither the VPC's own, nor an endpoint's, nor propagated."""
    target = str(route.get("GatewayId") or "")
    of_endpoint = target.startswith("vpce-") and "DestinationPrefixListId" in route
    return target != "local" and not of_endpoint and route.get("Origin") != "EnableVgwRoutePropagation"


def _inline(route: Mapping[str, Any]) -> dict[str, Any]:
    """As the program writes it: property names."""
    names = {**_INLINE, **_TARGETS}
    return {name: route[member] for name, member in names.items() if route.get(member)}


def change_routes(r: Live) -> None:
    """Brings the inline routes from what they were to what they shall be."""
    wanted = {str(place): (place, target) for place, target in _calls(r.inputs.get("routes"))}
    present = {str(place): (place, target) for place, target in _calls(r.state.get("routes"))}
    for key, (place, _) in present.items():
        if key not in wanted:
            r.ask("DeleteRoute", RouteTableId=r.id, **place)
    for key, (place, target) in wanted.items():
        if key not in present:
            r.api("CreateRoute", RouteTableId=r.id, **place, **target)
        elif present[key][1] != target:
            r.api("ReplaceRoute", RouteTableId=r.id, **place, **target)


def _calls(routes: Any) -> list[tuple[dict[str, str], dict[str, str]]]:
    return [_as_call(route, _INLINE) for route in routes or []]


def change_propagation(r: Live) -> None:
    wanted, present = set(r.inputs.get("propagatingVgws") or []), set(r.state.get("propagatingVgws") or [])
    for gateway in sorted(wanted - present):
        r.api("EnableVgwRoutePropagation", RouteTableId=r.id, GatewayId=gateway)
    for gateway in sorted(present - wanted):
        r.api("DisableVgwRoutePropagation", RouteTableId=r.id, GatewayId=gateway)


def check_table(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    routes = inputs.get("routes")
    for index, route in enumerate(routes if isinstance(routes, list) else []):
        if not isinstance(route, dict):
            continue
        for names in (tuple(_INLINE), tuple(_TARGETS)):
            failures += [Failure(f"routes[{index}].{f.property}", f.reason) for f in exactly_one(route, names)]
        if problem := cidr_problem(route.get("cidrBlock"), version=4):
            failures.append(Failure(f"routes[{index}].cidrBlock", problem))
    return failures


# -- single routes ------------------------------------------------------------------------------------------------


def _route_id(r: Live, answer: Any) -> str:
    place, _ = _as_call(r.inputs, _DESTINATIONS)
    return f"r-{r.inputs['routeTableId']}{zlib.crc32(next(iter(place.values())).encode())}"


def _route(r: Live) -> dict[str, Any] | None:
    table = table_of(r, r.get("routeTableId") or r.id[2:23])  # r-rtb-<17 digits><checksum of the destination>
    for route in (table or {}).get("Routes", []):
        place = next((route[member] for member in _DESTINATIONS.values() if route.get(member)), "")
        if table is not None and r.id == f"r-{table['RouteTableId']}{zlib.crc32(place.encode())}":
            target = str(route.get("GatewayId") or "")
            if target.startswith("vpce-"):
                route["VpcEndpointId"] = route.pop("GatewayId")
            return {"InstanceId": "", "InstanceOwnerId": "", **route, "RouteTableId": table["RouteTableId"]}
    return None


def _put_route(operation: str, r: Live) -> dict[str, Any]:
    place, target = _as_call(r.inputs, _DESTINATIONS)
    return r.api(operation, RouteTableId=r.inputs["routeTableId"], **place, **target)


def _delete_route(r: Live) -> None:
    place, _ = _as_call(r.inputs, _DESTINATIONS)
    r.ask("DeleteRoute", RouteTableId=r.inputs["routeTableId"], **place)


def _check_route(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = exactly_one(inputs, tuple(_DESTINATIONS)) + exactly_one(inputs, tuple(_TARGETS))
    failures += cidr_failures(inputs, "destinationCidrBlock")
    return failures + cidr_failures(inputs, "destinationIpv6CidrBlock", version=6)


# -- associations -------------------------------------------------------------------------------------------------


def _association(r: Live) -> dict[str, Any] | None:
    """By what it associates: its own id changes when AWS replaces it."""
    wanted = {name: r.get(name) for name in ("subnetId", "gatewayId") if r.get(name)}
    by = filters(association__subnet_id=wanted["subnetId"]) if wanted.get("subnetId") else None
    asked = {"Filters": by} if by else {}
    for table in r.api("DescribeRouteTables", **asked)["RouteTables"]:
        for held in table.get("Associations", []):
            if held["RouteTableAssociationId"] == r.id or (
                wanted and any(held.get(name[0].upper() + name[1:]) == value for name, value in wanted.items())
            ):
                return held
    return None


def _reassociate(r: Live) -> None:
    held = _association(r)
    if held is not None:
        id = held["RouteTableAssociationId"]
        r.api("ReplaceRouteTableAssociation", AssociationId=id, RouteTableId=r.inputs["routeTableId"])


def _disassociate(r: Live) -> None:
    held = _association(r)
    if held is not None:
        r.api("DisassociateRouteTable", AssociationId=held["RouteTableAssociationId"])


TABLE_UPDATES = {"routes": change_routes, "propagatingVgws": change_propagation}

ENTRIES = (
    Entry(
        type="aws:ec2/routeTable:RouteTable",
        service="ec2",
        operation="CreateRouteTable",
        id="RouteTable.RouteTableId",
        read=table,
        after=("routes", "propagatingVgws"),
        update=TABLE_UPDATES,
        replace=("vpcId",),
        delete=lambda r: r.api("DeleteRouteTable", RouteTableId=r.id),
        arn="arn:{partition}:ec2:{region}:{account}:route-table/{id}",
        check=check_table,
        tags=tags.ec2("route-table"),
        twin="AWS::EC2::RouteTable",
        twin_rename={"routes": "", "propagatingVgws": ""},
    ),
    Entry(
        type="aws:ec2/route:Route",
        service="ec2",
        operation="CreateRoute",
        rename={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
        id=_route_id,
        read=_route,
        update={"*": lambda r: _put_route("ReplaceRoute", r)},
        replace=("routeTableId", *_DESTINATIONS),
        delete=_delete_route,
        defaults={"networkInterfaceId": ""},
        check=_check_route,
        find=lambda r: _route_id(r, None),
        twin="AWS::EC2::Route",
        twin_rename={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId", "odbNetworkArn": ""},
    ),
    Entry(
        type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        service="ec2",
        operation="AssociateRouteTable",
        id="AssociationId",
        read=_association,
        update={"routeTableId": _reassociate},
        replace=("subnetId", "gatewayId"),
        alone=True,
        delete=_disassociate,
        check=lambda inputs: exactly_one(inputs, ("subnetId", "gatewayId")),
        twin="AWS::EC2::SubnetRouteTableAssociation",
        twin_rename={"gatewayId": ""},
    ),
)
