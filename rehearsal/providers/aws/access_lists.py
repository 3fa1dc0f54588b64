"""Rules of network access lists in one form: as EC2's calls take them, as it answers, as a program writes them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.cidrs import cidr_problem, exactly_one
from rehearsal.providers.aws.firewall import port_failures, protocol_of
from rehearsal.providers.provider import Failure

#: The rule at the end of each list, which nobody can take away.
LAST_RULE = 32767
_PROTOCOL_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "-1": "-1", "all": "-1"}


def protocol_number(protocol: Any) -> str:
    text = str(protocol).lower()
    return _PROTOCOL_NUMBERS.get(text, text)


def as_entry(rule: Mapping[str, Any], egress: bool) -> dict[str, Any]:
    """An inline rule or a NetworkAclRule as CreateNetworkAclEntry takes it."""
    number, action = rule.get("ruleNo", rule.get("ruleNumber")), rule.get("action", rule.get("ruleAction"))
    entry = {"RuleNumber": int(number or 0), "RuleAction": str(action).lower(), "Egress": egress}
    entry["Protocol"] = protocol_number(rule["protocol"])
    for name, member in (("cidrBlock", "CidrBlock"), ("ipv6CidrBlock", "Ipv6CidrBlock")):
        if rule.get(name):
            entry[member] = rule[name]
    if entry["Protocol"] in ("6", "17"):
        entry["PortRange"] = {"From": int(rule.get("fromPort") or 0), "To": int(rule.get("toPort") or 0)}
    if entry["Protocol"] in ("1", "58"):
        entry["IcmpTypeCode"] = {"Type": int(rule.get("icmpType") or 0), "Code": int(rule.get("icmpCode") or 0)}
    return entry


def key(entry: Mapping[str, Any]) -> tuple[bool, int]:
    return bool(entry["Egress"]), int(entry["RuleNumber"])


def told(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What EC2 answers, in the form of a call. The emulator forgets types and codes of ICMP."""
    answer = {member: entry[member] for member in ("CidrBlock", "Ipv6CidrBlock") if entry.get(member)}
    answer |= {"RuleNumber": int(entry["RuleNumber"]), "Egress": bool(entry["Egress"])}
    answer |= {"RuleAction": entry["RuleAction"], "Protocol": protocol_number(entry["Protocol"])}
    if answer["Protocol"] in ("6", "17"):
        answer["PortRange"] = {end: int(entry.get("PortRange", {}).get(end, 0)) for end in ("From", "To")}
    return answer


def same(live: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> bool:
    if live is None or wanted is None:
        return live is wanted
    return live == {member: value for member, value in wanted.items() if member != "IcmpTypeCode"}


def inline(entry: Mapping[str, Any]) -> dict[str, Any]:
    """As a program would write it."""
    ports, names = entry.get("PortRange", {}), {number: name for name, number in _PROTOCOL_NUMBERS.items()}
    protocol = "-1" if entry["Protocol"] == "-1" else names.get(entry["Protocol"], entry["Protocol"])
    rule = {"ruleNo": entry["RuleNumber"], "action": entry["RuleAction"], "protocol": protocol}
    rule |= {"fromPort": ports.get("From", 0), "toPort": ports.get("To", 0)}
    members = {"CidrBlock": "cidrBlock", "Ipv6CidrBlock": "ipv6CidrBlock"}
    return rule | {name: entry[member] for member, name in members.items() if member in entry}


def as_written(rules: list[dict[str, Any]], live: list[dict[str, Any]], egress: bool) -> list[dict[str, Any]]:
    """Live entries as the program's own rules where they are the same, in its order."""
    by_key = {key(entry): entry for entry in live}
    found: list[dict[str, Any]] = []
    for rule in rules:
        wanted_entry = as_entry(rule, egress)
        entry = by_key.pop(key(wanted_entry), None)
        if entry is not None:
            found.append(rule if same(entry, wanted_entry) else inline(entry))
    return found + [inline(entry) for entry in by_key.values()]


def present(acl: Mapping[str, Any], egress: bool) -> list[dict[str, Any]]:
    entries = [told(entry) for entry in acl["Entries"] if entry["RuleNumber"] < LAST_RULE]
    return sorted((entry for entry in entries if entry["Egress"] == egress), key=key)


def wanted(inputs: Mapping[str, Any], side: str) -> list[dict[str, Any]]:
    return sorted((as_entry(rule, side == "egress") for rule in inputs.get(side) or []), key=key)


def one_rule_failures(rule: Mapping[str, Any], number: str, action: str, at: str) -> list[Failure]:
    failures = [Failure(f"{at}{f.property}", f.reason) for f in exactly_one(rule, ("cidrBlock", "ipv6CidrBlock"))]
    if problem := cidr_problem(rule.get("cidrBlock"), version=4):
        failures.append(Failure(f"{at}cidrBlock", problem))
    position = rule.get(number)
    if isinstance(position, int | float) and not 1 <= position <= LAST_RULE - 1:
        reason = f"must lie between 1 and {LAST_RULE - 1}, got {position:g} (AWS rule)"
        failures.append(Failure(f"{at}{number}", reason))
    if isinstance(rule.get(action), str) and rule[action].lower() not in ("allow", "deny"):
        failures.append(Failure(f"{at}{action}", f"must be allow or deny, got {rule[action]!r} (AWS rule)"))
    if protocol_of(rule.get("protocol")) != "-1":
        failures += port_failures(rule, protocol="protocol", at=at)
    return failures
