"""Route tables AWS makes with a VPC: the default one, adopted, and which table is the main one."""

from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services import ec2_routing
from rehearsal.providers.provider import Refused


def _adopt_table(r: Live) -> dict[str, Any]:
    """Found, emptied of the routes others wrote, and then given what is written."""
    table = ec2_routing.table_of(r, r.inputs["defaultRouteTableId"])
    if table is None:
        raise Refused(f"there is no route table {r.inputs['defaultRouteTableId']}")
    r.id = table["RouteTableId"]
    r.state = {"routes": ec2_routing.own_routes(table)}
    ec2_routing.change_routes(r)
    if r.all_tags:
        r.api("CreateTags", Resources=[r.id], Tags=tags.pairs(r.all_tags))
    return table


def _table(r: Live) -> dict[str, Any] | None:
    table = ec2_routing.table(r)
    return None if table is None else {**table, "DefaultRouteTableId": table["RouteTableId"]}


def _main(r: Live) -> tuple[str, str]:
    """The main table of the VPC and its association."""
    by = filters(vpc_id=r.get("vpcId"), association__main="true")
    table = only(r.api("DescribeRouteTables", Filters=by)["RouteTables"])
    if table is None:
        raise Refused(f"VPC {r.get('vpcId')} has no main route table")
    held = next(held for held in table["Associations"] if held.get("Main"))
    return str(table["RouteTableId"]), str(held["RouteTableAssociationId"])


def _make_main(r: Live) -> dict[str, Any]:
    original, association = _main(r)
    r.state = {"originalRouteTableId": original}
    wanted = r.inputs["routeTableId"]
    return r.api("ReplaceRouteTableAssociation", AssociationId=association, RouteTableId=wanted)


def _change_main(r: Live) -> None:
    _, association = _main(r)
    r.api("ReplaceRouteTableAssociation", AssociationId=association, RouteTableId=r.inputs["routeTableId"])


def _read_main(r: Live) -> dict[str, Any]:
    table, _ = _main(r)
    original = r.state.get("originalRouteTableId")
    return {"RouteTableId": table, "VpcId": r.get("vpcId"), "OriginalRouteTableId": original}


def _restore_main(r: Live) -> None:
    _, association = _main(r)
    original = r.state["originalRouteTableId"]
    r.api("ReplaceRouteTableAssociation", AssociationId=association, RouteTableId=original)


ENTRIES = (
    Entry(
        type="aws:ec2/defaultRouteTable:DefaultRouteTable",
        service="ec2",
        create=_adopt_table,
        id="RouteTableId",
        read=_table,
        after=("propagatingVgws",),
        update=ec2_routing.TABLE_UPDATES,
        replace=("defaultRouteTableId",),
        alone=True,
        arn="arn:{partition}:ec2:{region}:{account}:route-table/{id}",
        check=ec2_routing.check_table,
        tags=tags.ec2("route-table"),
    ),
    Entry(
        type="aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        service="ec2",
        create=_make_main,
        id="NewAssociationId",
        read=_read_main,
        update={"routeTableId": _change_main},
        replace=("vpcId",),
        alone=True,
        delete=_restore_main,
    ),
)
