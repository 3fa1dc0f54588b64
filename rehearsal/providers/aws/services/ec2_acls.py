"""Network access lists: numbered rules at the edge of subnets, the default list of a VPC included."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.aws import access_lists, tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.cidrs import cidr_failures
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure, Refused


def list_of(r: Live, id: str) -> dict[str, Any] | None:
    return only(r.ask("DescribeNetworkAcls", NetworkAclIds=[id]).get("NetworkAcls", []))


def _side(side: str) -> Callable[[Live], Any]:
    def change(r: Live) -> None:
        acl = list_of(r, r.id)
        there = access_lists.present(acl, side == "egress") if acl else []
        present = {access_lists.key(entry): entry for entry in there}
        wanted = {access_lists.key(entry): entry for entry in access_lists.wanted(r.inputs, side)}
        # Types and codes of ICMP cannot be read back: such an entry is written anew whenever its side changes.
        same = {key for key in present if "IcmpTypeCode" not in wanted.get(key, {})}
        same &= {key for key, entry in present.items() if access_lists.same(entry, wanted.get(key))}
        for number, egress in ((key[1], key[0]) for key in present if key not in same):
            r.api("DeleteNetworkAclEntry", NetworkAclId=r.id, RuleNumber=number, Egress=egress)
        for key, entry in wanted.items():
            if key not in same:
                r.api("CreateNetworkAclEntry", NetworkAclId=r.id, **entry)

    return change


# -- which list serves which subnet -------------------------------------------------------------------------------


def _held_by(r: Live, subnet: str) -> dict[str, Any] | None:
    acl = only(r.api("DescribeNetworkAcls", Filters=filters(association__subnet_id=subnet))["NetworkAcls"])
    return next((held for held in (acl or {}).get("Associations", []) if held["SubnetId"] == subnet), None)


def _associate(r: Live, subnet: str, acl: str) -> dict[str, Any]:
    held = _held_by(r, subnet)
    if held is None:
        raise Refused(f"subnet {subnet} does not exist or has no network access list")
    return r.api("ReplaceNetworkAclAssociation", AssociationId=held["NetworkAclAssociationId"], NetworkAclId=acl)


def _default_of(r: Live, vpc: str) -> str:
    found = r.api("DescribeNetworkAcls", Filters=filters(vpc_id=vpc, default="true"))["NetworkAcls"]
    return str(found[0]["NetworkAclId"])


def _let_go(r: Live, subnets: list[str]) -> None:
    """Back to the default list of the VPC; subnets that are gone need none."""
    acl = list_of(r, r.id)
    for subnet in subnets:
        held = _held_by(r, subnet) if acl else None
        if acl and held and held["NetworkAclId"] == r.id and not acl["IsDefault"]:
            _associate(r, subnet, _default_of(r, acl["VpcId"]))


def _change_subnets(r: Live) -> None:
    wanted, acl = set(r.inputs.get("subnetIds") or []), list_of(r, r.id) or {}
    present = {held["SubnetId"] for held in acl.get("Associations", [])}
    for subnet in sorted(wanted - present):
        _associate(r, subnet, r.id)
    _let_go(r, sorted(present - wanted))


def _list(r: Live) -> dict[str, Any] | None:
    acl = list_of(r, r.id)
    if acl is None:
        return None
    subnets = sorted(held["SubnetId"] for held in acl.get("Associations", []))
    live = {**acl, "OwnerId": r.account, "SubnetIds": subnets, "DefaultNetworkAclId": acl["NetworkAclId"]}
    for side in ("ingress", "egress"):
        entries = access_lists.present(acl, side == "egress")
        live[side] = access_lists.as_written(r.inputs.get(side) or [], entries, side == "egress")
    return live


def _delete_list(r: Live) -> None:
    acl = list_of(r, r.id) or {}
    _let_go(r, [held["SubnetId"] for held in acl.get("Associations", [])])
    r.api("DeleteNetworkAcl", NetworkAclId=r.id)


def _adopt_default(r: Live) -> dict[str, Any]:
    """Found and emptied: what the program does not write is closed."""
    acl = list_of(r, r.inputs["defaultNetworkAclId"])
    if acl is None:
        raise Refused(f"there is no network access list {r.inputs['defaultNetworkAclId']}")
    r.id = acl["NetworkAclId"]
    for side in ("ingress", "egress"):
        _side(side)(r)
    if r.all_tags:
        r.api("CreateTags", Resources=[r.id], Tags=tags.pairs(r.all_tags))
    return acl


# -- single rules -------------------------------------------------------------------------------------------------


def _rule(r: Live) -> dict[str, Any] | None:
    if not r.inputs:
        return None
    wanted = access_lists.as_entry(r.inputs, bool(r.inputs.get("egress")))
    acl = list_of(r, r.inputs["networkAclId"])
    there = access_lists.present(acl, wanted["Egress"]) if acl else []
    found = next((entry for entry in there if access_lists.key(entry) == access_lists.key(wanted)), None)
    if found is None or access_lists.same(found, wanted):
        return None if found is None else dict(r.inputs)
    live = access_lists.inline(found)
    live |= {"ruleNumber": live.pop("ruleNo"), "ruleAction": live.pop("action")}
    return live | {"networkAclId": r.inputs["networkAclId"], "egress": wanted["Egress"]}


def _make_rule(r: Live) -> dict[str, Any]:
    entry = access_lists.as_entry(r.inputs, bool(r.inputs.get("egress")))
    return r.api("CreateNetworkAclEntry", NetworkAclId=r.inputs["networkAclId"], **entry)


def _rule_id(r: Live) -> str:
    side = "egress" if r.inputs.get("egress") else "ingress"
    return f"nacl-{r.inputs['networkAclId']}-{side}-{int(r.inputs['ruleNumber'])}"


def _delete_rule(r: Live) -> None:
    number, egress = int(r.inputs["ruleNumber"]), bool(r.inputs.get("egress"))
    r.api("DeleteNetworkAclEntry", NetworkAclId=r.inputs["networkAclId"], RuleNumber=number, Egress=egress)


def _check_list(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    for side in ("ingress", "egress"):
        rules = [rule for rule in inputs[side] if isinstance(rule, dict)] if isinstance(inputs.get(side), list) else []
        numbers = [rule.get("ruleNo") for rule in rules]
        for index, rule in enumerate(rules):
            failures += access_lists.one_rule_failures(rule, "ruleNo", "action", f"{side}[{index}].")
            if isinstance(numbers[index], int | float) and numbers[index] in numbers[:index]:
                reason = f"is taken: each number stands once on a side, got {numbers[index]:g} twice (AWS rule)"
                failures.append(Failure(f"{side}[{index}].ruleNo", reason))
    return failures


def _check_rule(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = access_lists.one_rule_failures(inputs, "ruleNumber", "ruleAction", "")
    return failures + cidr_failures(inputs, "ipv6CidrBlock", version=6)


_LIST_UPDATES = {"ingress": _side("ingress"), "egress": _side("egress"), "subnetIds": _change_subnets}
_LIST_ARN = "arn:{partition}:ec2:{region}:{account}:network-acl/{id}"

ENTRIES = (
    Entry(
        type="aws:ec2/networkAcl:NetworkAcl",
        service="ec2",
        operation="CreateNetworkAcl",
        id="NetworkAcl.NetworkAclId",
        read=_list,
        after=("ingress", "egress", "subnetIds"),
        update=_LIST_UPDATES,
        replace=("vpcId",),
        delete=_delete_list,
        arn=_LIST_ARN,
        check=_check_list,
        tags=tags.ec2("network-acl"),
        twin="AWS::EC2::NetworkAcl",
        twin_rename={"ingress": "", "egress": "", "subnetIds": ""},
    ),
    Entry(
        type="aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        service="ec2",
        create=_adopt_default,
        id="NetworkAclId",
        read=_list,
        after=("subnetIds",),
        update=_LIST_UPDATES,
        replace=("defaultNetworkAclId",),
        alone=True,
        arn=_LIST_ARN,
        check=_check_list,
        tags=tags.ec2("network-acl"),
    ),
    Entry(
        type="aws:ec2/networkAclRule:NetworkAclRule",
        service="ec2",
        create=_make_rule,
        id=lambda r, answer: _rule_id(r),
        read=_rule,
        replace=(
            *("networkAclId", "ruleNumber", "egress", "protocol", "ruleAction", "cidrBlock", "ipv6CidrBlock"),
            *("fromPort", "toPort", "icmpType", "icmpCode"),
        ),
        alone=True,
        delete=_delete_rule,
        check=_check_rule,
        find=_rule_id,
    ),
    Entry(
        type="aws:ec2/networkAclAssociation:NetworkAclAssociation",
        service="ec2",
        create=lambda r: _associate(r, r.inputs["subnetId"], r.inputs["networkAclId"]),
        id="NewAssociationId",
        read=lambda r: next(
            (h for h in [_held_by(r, r.get("subnetId"))] if h and h["NetworkAclId"] == r.get("networkAclId")), None
        ),
        replace=("networkAclId", "subnetId"),
        alone=True,
        delete=lambda r: _associate(r, r.inputs["subnetId"], _default_of(r, _vpc_of(r))),
        twin="AWS::EC2::SubnetNetworkAclAssociation",
    ),
)


def _vpc_of(r: Live) -> str:
    acl = list_of(r, r.inputs["networkAclId"])
    if acl is None:
        raise Refused(f"there is no network access list {r.inputs['networkAclId']}")
    return str(acl["VpcId"])
