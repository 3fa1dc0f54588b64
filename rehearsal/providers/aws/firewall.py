"""Firewall rules in one normal form: what the program writes, what AWS groups together, and what AWS refuses.

A `Hole` lets one source in by one protocol and port range; rules are compared as sets of holes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.aws.cidrs import cidr_problem
from rehearsal.providers.provider import Failure

_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_DESCRIPTION = re.compile(r"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*$")
_LONGEST_DESCRIPTION = 255
_PORTED = ("tcp", "udp")

#: Where a permission of EC2 keeps each kind of source: list, member in it.
_SOURCES = {
    "cidr": ("IpRanges", "CidrIp"),
    "cidr6": ("Ipv6Ranges", "CidrIpv6"),
    "list": ("PrefixListIds", "PrefixListId"),
    "group": ("UserIdGroupPairs", "GroupId"),
}
#: And an inline rule of ours.
_INLINE = {"cidr": "cidrBlocks", "cidr6": "ipv6CidrBlocks", "list": "prefixListIds", "group": "securityGroups"}


@dataclass(frozen=True)
class Hole:
    """One source, one protocol, one range of ports."""

    protocol: str
    from_port: int
    to_port: int
    kind: str
    source: str
    description: str = ""

    def permission(self) -> dict[str, Any]:
        """As AuthorizeSecurityGroupIngress and its sisters take it."""
        members, member = _SOURCES[self.kind]
        source = {member: self.source, **({"Description": self.description} if self.description else {})}
        ports = {} if self.protocol == "-1" else {"FromPort": self.from_port, "ToPort": self.to_port}
        return {"IpProtocol": self.protocol, **ports, members: [source]}

    @property
    def bare(self) -> "Hole":
        """Without its description, which the emulator forgets for groups and prefix lists."""
        return Hole(self.protocol, self.from_port, self.to_port, self.kind, self.source)


def protocol_of(value: Any) -> str:
    text = str(value).lower()
    return _NUMBERS.get(text, text)


def hole(protocol: Any, from_port: Any, to_port: Any, kind: str, source: str, description: Any = "") -> Hole:
    name = protocol_of(protocol)
    low, high = (0, 0) if name == "-1" else (_port(from_port), _port(to_port))
    return Hole(name, low, high, kind, source, str(description or ""))


def _port(value: Any) -> int:
    return -1 if value is None else int(value)


def inline_holes(rules: Iterable[Mapping[str, Any]], own_group: str) -> list[Hole]:
    """Of the `ingress` or `egress` of a security group."""
    found: list[Hole] = []
    for rule in rules:
        sources = [(kind, source) for kind, name in _INLINE.items() for source in rule.get(name) or []]
        if rule.get("self"):
            sources.append(("group", own_group))
        of_rule = (rule["protocol"], rule["fromPort"], rule["toPort"])
        found += [hole(*of_rule, kind, source, rule.get("description")) for kind, source in sources]
    return list(dict.fromkeys(found))


def live_holes(permissions: Iterable[Mapping[str, Any]]) -> list[Hole]:
    """Of the IpPermissions EC2 answers."""
    return [
        hole(
            permission["IpProtocol"],
            permission.get("FromPort"),
            permission.get("ToPort"),
            kind,
            source[member],
            source.get("Description"),
        )
        for permission in permissions
        for kind, (members, member) in _SOURCES.items()
        for source in permission.get(members, [])
    ]


def rule_hole(rule: Mapping[str, Any]) -> Hole:
    """Of one answer of DescribeSecurityGroupRules."""
    group = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    sources = {
        "cidr": rule.get("CidrIpv4"),
        "cidr6": rule.get("CidrIpv6"),
        "list": rule.get("PrefixListId"),
        "group": group,
    }
    kind = next(kind for kind, source in sources.items() if source)
    ends = (rule.get("FromPort"), rule.get("ToPort"))
    return hole(rule["IpProtocol"], *ends, kind, str(sources[kind]), rule.get("Description"))


def same_holes(wanted: Iterable[Hole], present: Iterable[Hole]) -> bool:
    wanted, present = set(wanted), set(present)
    if {one.bare for one in wanted} != {one.bare for one in present}:
        return False
    described = {one for one in present if one.description or one.kind.startswith("cidr")}
    return described <= wanted


def as_inline(holes: Iterable[Hole], own_group: str) -> list[dict[str, Any]]:
    """Holes as the inline rules a program would write: one rule for each protocol, ports and description."""
    rules: dict[tuple[str, int, int, str], dict[str, Any]] = {}
    for one in holes:
        key = (one.protocol, one.from_port, one.to_port, one.description)
        new = {"protocol": one.protocol, "fromPort": one.from_port, "toPort": one.to_port}
        rule = rules.setdefault(key, {**new, **({"description": one.description} if one.description else {})})
        if one.kind == "group" and one.source == own_group:
            rule["self"] = True
        else:
            rule.setdefault(_INLINE[one.kind], []).append(one.source)
    return list(rules.values())


# -- what AWS refuses ---------------------------------------------------------------------------------------------


def port_failures(rule: Mapping[str, Any], *, protocol: str, at: str = "", inline: bool = False) -> list[Failure]:
    """Ports that fit their protocol and each other."""
    name, low, high = rule.get(protocol), rule.get("fromPort"), rule.get("toPort")
    if not isinstance(name, str):
        return []
    kind = protocol_of(name)
    numbers = [port for port in (low, high) if isinstance(port, int | float)]
    if kind == "-1":
        if any(numbers) if inline else numbers:
            allowed = "0" if inline else "left out"
            reason = f"must be {allowed} with protocol -1, which has no ports; got {numbers[0]:g} (AWS rule)"
            return [Failure(f"{at}fromPort", reason)]
        return []
    if kind not in _PORTED:
        return [] if kind in _NUMBERS.values() or _is_protocol_number(kind) else [_no_protocol(protocol, name, at)]
    failures = [
        Failure(f"{at}{end}", f"must be a port from 0 to 65535, got {port:g} (AWS rule)")
        for end, port in (("fromPort", low), ("toPort", high))
        if isinstance(port, int | float) and not 0 <= port <= 65535
    ]
    failures += [
        Failure(f"{at}{end}", f"is needed with protocol {kind} (AWS rule)")
        for end, port in (("fromPort", low), ("toPort", high))
        if port is None
    ]
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        reason = f"must not be above toPort, got {numbers[0]:g} to {numbers[1]:g} (AWS rule)"
        failures.append(Failure(f"{at}fromPort", reason))
    return failures


def _is_protocol_number(text: str) -> bool:
    return text.isdecimal() and int(text) <= 255


def _no_protocol(property: str, name: str, at: str) -> Failure:
    known = ", ".join(sorted(_NUMBERS.values()))
    return Failure(f"{at}{property}", f"must be one of {known} or a protocol number, got {name!r} (AWS rule)")


def description_failures(inputs: Mapping[str, Any], at: str = "") -> list[Failure]:
    text = inputs.get("description")
    if not isinstance(text, str):
        return []
    if len(text) > _LONGEST_DESCRIPTION:
        reason = f"must have at most {_LONGEST_DESCRIPTION} characters, has {len(text)} (AWS rule)"
        return [Failure(f"{at}description", reason)]
    if not _DESCRIPTION.match(text):
        strange = "".join(sorted({letter for letter in text if not _DESCRIPTION.match(letter)}))
        reason = f"may hold letters, digits, spaces and ._-:/()#,@[]+=&;{{}}!$* only, not {strange!r} (AWS rule)"
        return [Failure(f"{at}description", reason)]
    return []


def inline_failures(inputs: Mapping[str, Any], name: str) -> list[Failure]:
    """Of the `ingress` or `egress` of a security group."""
    rules = inputs.get(name)
    failures: list[Failure] = []
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict):
            continue
        at = f"{name}[{index}]."
        failures += port_failures(rule, protocol="protocol", at=at, inline=True)
        failures += description_failures(rule, at) + range_failures(rule, at)
        sources = [rule.get(source) for source in (*_INLINE.values(), "self")]
        if all(_known(source) and not source for source in sources):
            reason = f"needs a source: one of {', '.join(_INLINE.values())}, self (AWS rule)"
            failures.append(Failure(at.rstrip("."), reason))
    return failures


def range_failures(rule: Mapping[str, Any], at: str = "") -> list[Failure]:
    failures: list[Failure] = []
    for name, version in (("cidrBlocks", 4), ("ipv6CidrBlocks", 6)):
        ranges = rule.get(name)
        for index, cidr in enumerate(ranges if isinstance(ranges, list) else []):
            if problem := cidr_problem(cidr, version=version):
                failures.append(Failure(f"{at}{name}[{index}]", problem))
    return failures


def _known(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list | dict)
