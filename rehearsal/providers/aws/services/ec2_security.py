"""Security groups with their inline rules, single rules of the older kind, and the default group of a VPC."""

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.aws import firewall, tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.cidrs import exactly_one
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.firewall import Hole
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_SIDES = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def described(r: Live, id: str) -> dict[str, Any] | None:
    return only(r.ask("DescribeSecurityGroups", GroupIds=[id]).get("SecurityGroups", []))


def open_up(r: Live, group: str, side: str, holes: list[Hole]) -> None:
    for one in holes:
        r.api(f"AuthorizeSecurityGroup{side.capitalize()}", GroupId=group, IpPermissions=[one.permission()])


def rules_of(r: Live, group: str, side: str) -> list[tuple[Hole, dict[str, Any]]]:
    found = r.api("DescribeSecurityGroupRules", Filters=filters(group_id=group))["SecurityGroupRules"]
    return [(firewall.rule_hole(rule), rule) for rule in found if rule["IsEgress"] == (side == "egress")]


def close(r: Live, group: str, side: str, holes: list[Hole]) -> None:
    """By id: the emulator finds a rule by its content only with the description it was made with."""
    bare = {one.bare for one in holes}
    ids = [rule["SecurityGroupRuleId"] for one, rule in rules_of(r, group, side) if one.bare in bare]
    if ids:
        r.api(f"RevokeSecurityGroup{side.capitalize()}", GroupId=group, SecurityGroupRuleIds=ids)


# -- groups -------------------------------------------------------------------------------------------------------


def _group(r: Live) -> dict[str, Any] | None:
    group = described(r, r.id)
    if group is None:
        return None
    for side, member in _SIDES.items():
        present = firewall.live_holes(group[member])
        written = r.inputs.get(side) or []
        same = firewall.same_holes(firewall.inline_holes(written, r.id), present)
        group[side] = written if same else firewall.as_inline(present, r.id)
    return {**group, "NamePrefix": r.get("namePrefix", "")}


def _create_group(r: Live) -> dict[str, Any]:
    answer = r.send()
    id = answer["GroupId"]
    # AWS opens every new group to the outside; the provider closes it, so that only what is written is open.
    close(r, id, "egress", firewall.live_holes((described(r, id) or {})["IpPermissionsEgress"]))
    return answer


def _side(side: str) -> Callable[[Live], Any]:
    """Brings one side from what is there to what is written."""

    def change(r: Live) -> None:
        group = described(r, r.id) or {}
        present = firewall.live_holes(group.get(_SIDES[side], []))
        wanted = firewall.inline_holes(r.inputs.get(side) or [], r.id)
        recorded = firewall.inline_holes(r.state.get(side) or [], r.id)
        kept = set(wanted) & (set(present) | {one for one in recorded if one.bare in present})
        close(r, r.id, side, [one for one in present if one not in kept and one.bare not in {k.bare for k in kept}])
        open_up(r, r.id, side, [one for one in wanted if one not in kept])

    return change


def _check_group(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = firewall.description_failures(inputs)
    name = inputs.get("name")
    if isinstance(name, str):
        if name.lower().startswith("sg-"):
            failures.append(Failure("name", f"must not begin with sg-, got {name!r} (AWS rule)"))
        if name.lower() == "default":
            failures.append(Failure("name", "'default' is the group AWS makes itself (AWS rule)"))
        if len(name) > 255:
            failures.append(Failure("name", f"must have at most 255 characters, has {len(name)} (AWS rule)"))
    return failures + firewall.inline_failures(inputs, "ingress") + firewall.inline_failures(inputs, "egress")


def _adopt_default(r: Live) -> dict[str, Any]:
    """The group exists with its VPC: found, emptied and then given what is written."""
    found = r.api("DescribeSecurityGroups", Filters=filters(group_name="default", vpc_id=r.inputs["vpcId"]))
    group = found["SecurityGroups"][0]
    r.id = group["GroupId"]
    for side, member in _SIDES.items():
        close(r, r.id, side, firewall.live_holes(group[member]))
    if r.all_tags:
        r.api("CreateTags", Resources=[r.id], Tags=tags.pairs(r.all_tags))
    return group


# -- rules of the older kind --------------------------------------------------------------------------------------


def _holes(inputs: Mapping[str, Any]) -> list[Hole]:
    own = str(inputs.get("securityGroupId"))
    source = inputs.get("sourceSecurityGroupId")
    return firewall.inline_holes([{**inputs, "securityGroups": [source] if source else []}], own)


def _rule_id(r: Live) -> str:
    names = ("type", "securityGroupId", "protocol", "fromPort", "toPort", "cidrBlocks", "ipv6CidrBlocks")
    written = [str(r.inputs.get(name)) for name in (*names, "prefixListIds", "self", "sourceSecurityGroupId")]
    return f"sgrule-{zlib.crc32('-'.join(written).encode())}"


def _make_rule(r: Live) -> dict[str, Any]:
    open_up(r, r.inputs["securityGroupId"], r.inputs["type"], _holes(r.inputs))
    return {}


def _rule(r: Live) -> dict[str, Any] | None:
    if not r.inputs:
        return None
    group = described(r, r.inputs["securityGroupId"])
    if group is None:
        return None
    present = {one.bare: one for one in firewall.live_holes(group[_SIDES[r.inputs["type"]]])}
    there = [one for one in _holes(r.inputs) if one.bare in present]
    if not there:
        return None
    sources = {one.source for one in there}
    told = {present[one.bare].description for one in there if one.kind.startswith("cidr")}
    live = {**r.inputs, "securityGroupRuleId": _single_id(r, there)}
    for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds"):
        if r.inputs.get(name):
            live[name] = [source for source in r.inputs[name] if source in sources]
    if told:
        live["description"] = min(told) or None
    return live


def _single_id(r: Live, holes: list[Hole]) -> str:
    """Only a rule with one source has an id of its own."""
    if len(holes) != 1:
        return ""
    rules = rules_of(r, r.inputs["securityGroupId"], r.inputs["type"])
    return next((str(rule["SecurityGroupRuleId"]) for one, rule in rules if one.bare == holes[0].bare), "")


def _describe_rule(r: Live) -> None:
    side = "Ingress" if r.inputs["type"] == "ingress" else "Egress"
    for one in _holes(r.inputs):
        operation = f"UpdateSecurityGroupRuleDescriptions{side}"
        permission = Hole(one.protocol, one.from_port, one.to_port, one.kind, one.source, one.description or " ")
        r.api(operation, GroupId=r.inputs["securityGroupId"], IpPermissions=[permission.permission()])


def _check_rule(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = firewall.port_failures(inputs, protocol="protocol", inline=True)
    failures += firewall.description_failures(inputs) + firewall.range_failures(inputs)
    if inputs.get("type") not in ("ingress", "egress") and isinstance(inputs.get("type"), str):
        failures.append(Failure("type", f"must be ingress or egress, got {inputs['type']!r} (AWS rule)"))
    given = [name for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds") if inputs.get(name) is not None]
    one_of = {"ranges": given or None, "sourceSecurityGroupId": inputs.get("sourceSecurityGroupId")}
    one_of["self"] = inputs.get("self") if inputs.get("self") is not False else None
    if exactly_one(one_of, tuple(one_of)):
        reason = "needs exactly one of address ranges or lists, sourceSecurityGroupId and self (AWS rule)"
        failures.append(Failure("sourceSecurityGroupId", reason))
    return failures


_GROUP_UPDATES = {"ingress": _side("ingress"), "egress": _side("egress")}
_GROUP_ARN = "arn:{partition}:ec2:{region}:{account}:security-group/{id}"

ENTRIES = (
    Entry(
        type="aws:ec2/securityGroup:SecurityGroup",
        service="ec2",
        operation="CreateSecurityGroup",
        rename={"name": "GroupName"},
        also=lambda r: {"Description": r.inputs.get("description", "Managed by Pulumi")},
        create=_create_group,
        id="GroupId",
        read=_group,
        after=("ingress", "egress"),
        update=_GROUP_UPDATES,
        not_sent=("namePrefix", "revokeRulesOnDelete"),
        replace=("name", "namePrefix", "description", "vpcId"),
        name="name",
        name_limit=255,
        delete=lambda r: r.api("DeleteSecurityGroup", GroupId=r.id),
        arn=_GROUP_ARN,
        defaults={"description": "Managed by Pulumi"},
        check=_check_group,
        tags=tags.ec2("security-group"),
        find=lambda r: r.api(
            "DescribeSecurityGroups", Filters=filters(group_name=r.inputs["name"], vpc_id=r.inputs["vpcId"])
        )["SecurityGroups"][0]["GroupId"],
        twin="AWS::EC2::SecurityGroup",
        twin_rename={
            "name": "GroupName",
            "description": "GroupDescription",
            **dict.fromkeys(("namePrefix", "revokeRulesOnDelete", "ingress", "egress"), ""),
        },
    ),
    Entry(
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        service="ec2",
        create=_adopt_default,
        id="GroupId",
        read=_group,
        after=("ingress", "egress"),
        update=_GROUP_UPDATES,
        not_sent=("revokeRulesOnDelete",),
        replace=("vpcId",),
        alone=True,
        rename={"name": "GroupName"},
        arn=_GROUP_ARN,
        outputs=lambda r, live: {"name": "default", "namePrefix": ""},
        check=lambda inputs: firewall.inline_failures(inputs, "ingress") + firewall.inline_failures(inputs, "egress"),
        tags=tags.ec2("security-group"),
    ),
    Entry(
        type="aws:ec2/securityGroupRule:SecurityGroupRule",
        service="ec2",
        create=_make_rule,
        id=lambda r, answer: _rule_id(r),
        read=_rule,
        update={"description": _describe_rule},
        replace=(
            *("type", "securityGroupId", "protocol", "fromPort", "toPort", "cidrBlocks", "ipv6CidrBlocks"),
            *("prefixListIds", "self", "sourceSecurityGroupId"),
        ),
        delete=lambda r: close(r, r.inputs["securityGroupId"], r.inputs["type"], _holes(r.inputs)),
        check=_check_rule,
        find=_rule_id,
    ),
)
