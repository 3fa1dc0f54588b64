"""Single rules of security groups: one source each, with an id and tags."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.aws import firewall, tags
from rehearsal.providers.aws.cidrs import cidr_failures, exactly_one
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.firewall import Hole
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.ec2_security import close, rules_of
from rehearsal.providers.provider import Failure

_SOURCES = {"cidrIpv4": "cidr", "cidrIpv6": "cidr6", "prefixListId": "list", "referencedSecurityGroupId": "group"}
_MEMBERS = {"cidr": "CidrIpv4", "cidr6": "CidrIpv6", "list": "PrefixListId", "group": "ReferencedGroupId"}


def _hole(inputs: Mapping[str, Any]) -> Hole:
    name = next(name for name in _SOURCES if inputs.get(name))
    ends = (inputs.get("fromPort"), inputs.get("toPort"))
    source = str(inputs[name]).rsplit("/", 1)[-1] if _SOURCES[name] == "group" else str(inputs[name])
    return firewall.hole(inputs["ipProtocol"], *ends, _SOURCES[name], source, inputs.get("description"))


def _make(side: str, r: Live) -> dict[str, Any]:
    marked = {"TagSpecifications": [{"ResourceType": "security-group-rule", "Tags": tags.pairs(r.all_tags)}]}
    return r.api(
        f"AuthorizeSecurityGroup{side.capitalize()}",
        GroupId=r.inputs["securityGroupId"],
        IpPermissions=[_hole(r.inputs).permission()],
        **(marked if r.all_tags else {}),
    )


def _rule(side: str, r: Live) -> dict[str, Any] | None:
    """By id; or by content, because the emulator can change most rules only by making them anew."""
    group = r.get("securityGroupId")
    if not group:
        found = r.api("DescribeSecurityGroupRules", SecurityGroupRuleIds=[r.id])["SecurityGroupRules"]
        return _as_written(r, found[0]) if found else None
    rules = rules_of(r, group, side)
    by_id = [rule for _, rule in rules if rule["SecurityGroupRuleId"] == r.id]
    by_content = [rule for hole, rule in rules if r.inputs and hole.bare == _hole(r.inputs).bare]
    chosen = (by_id or by_content or [None])[0]
    return None if chosen is None else _as_written(r, chosen)


def _as_written(r: Live, rule: dict[str, Any]) -> dict[str, Any]:
    live = {**rule, "SecurityGroupId": rule["GroupId"], "LiveId": rule["SecurityGroupRuleId"]}
    if group := (rule.get("ReferencedGroupInfo") or {}).get("GroupId"):
        written = r.inputs.get("referencedSecurityGroupId") or group
        live["ReferencedSecurityGroupId"] = written if str(written).endswith(group) else group
    if live.get("Description") is None and not (rule.get("CidrIpv4") or rule.get("CidrIpv6")):
        live["Description"] = r.inputs.get("description")  # the emulator forgets it for groups and lists
    if firewall.protocol_of(r.inputs.get("ipProtocol")) == rule["IpProtocol"]:
        live["IpProtocol"] = r.inputs["ipProtocol"]
    live["SecurityGroupRuleId"] = r.id
    return live


def _change(side: str, r: Live) -> None:
    wanted = _hole(r.inputs)
    ports = {} if wanted.protocol == "-1" else {"FromPort": wanted.from_port, "ToPort": wanted.to_port}
    changed = {
        "IpProtocol": wanted.protocol,
        **ports,
        _MEMBERS[wanted.kind]: wanted.source,
        "Description": wanted.description,
    }
    call = {
        "GroupId": r.inputs["securityGroupId"],
        "SecurityGroupRules": [{"SecurityGroupRuleId": r.id, "SecurityGroupRule": changed}],
    }
    r.validated("ModifySecurityGroupRules", **call)
    _close(side, r, r.state)
    _make(side, r)


def _close(side: str, r: Live, properties: Mapping[str, Any]) -> None:
    close(r, properties["securityGroupId"], side, [_hole(properties)])


def _tag(side: str) -> Callable[[Live, dict[str, str], list[str]], None]:
    def change(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
        rule = _rule(side, r) or {"LiveId": r.id}
        if wanted:
            r.api("CreateTags", Resources=[rule["LiveId"]], Tags=tags.pairs(wanted))
        if gone:
            r.api("DeleteTags", Resources=[rule["LiveId"]], Tags=[{"Key": key} for key in gone])

    return change


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    return [
        *exactly_one(inputs, tuple(_SOURCES)),
        *firewall.port_failures(inputs, protocol="ipProtocol"),
        *firewall.description_failures(inputs),
        *cidr_failures(inputs, "cidrIpv4"),
        *cidr_failures(inputs, "cidrIpv6", version=6),
    ]


def _entry(side: str) -> Entry:
    kind = side.capitalize()
    ec2 = tags.ec2("security-group-rule")
    return Entry(
        type=f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule",
        service="ec2",
        create=lambda r: _make(side, r),
        id="SecurityGroupRules[0].SecurityGroupRuleId",
        read=lambda r: _rule(side, r),
        update={"*": lambda r: _change(side, r)},
        replace=("securityGroupId",),
        delete=lambda r: _close(side, r, r.inputs or r.state),
        arn="arn:{partition}:ec2:{region}:{account}:security-group-rule/{id}",
        check=_check,
        tags=tags.Tags(send=ec2.send, change=_tag(side), read=ec2.read),
        twin=f"AWS::EC2::SecurityGroup{kind}",
        twin_rename={
            "securityGroupId": "GroupId",
            "cidrIpv4": "CidrIp",
            "prefixListId": "SourcePrefixListId" if side == "ingress" else "DestinationPrefixListId",
            "referencedSecurityGroupId": "SourceSecurityGroupId" if side == "ingress" else "DestinationSecurityGroupId",
            "tags": "",
        },
    )


ENTRIES = (_entry("ingress"), _entry("egress"))
