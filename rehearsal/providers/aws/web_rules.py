"""What AWS WAF demands of rules, groups and sets beyond its service model."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.provider import Failure

#: Managed rule groups of AWS and the capacity units of each (WAF developer guide, "Managed Rules list").
MANAGED_GROUPS = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
    "AWSManagedRulesACFPRuleSet": 50,
    "AWSManagedRulesAntiDDoSRuleSet": 50,
}
#: A web ACL and a rule group take at most this many.
MOST_CAPACITY = 5000
_WINDOWS = (60, 120, 300, 600)
_CHOICES = {"overrideAction": "count, none", "action": "allow, block, count, captcha, challenge"}
_GROUPS = ("managedRuleGroupStatement", "ruleGroupReferenceStatement")


def acl_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    reasons = [*_in_one_region(inputs), *_rules(inputs), *_json(inputs, "ruleJson")]
    default = inputs.get("defaultAction")
    if isinstance(default, dict) and not wire.has_unknown(default):
        chosen = [name for name in ("allow", "block") if default.get(name) is not None]
        if len(chosen) != 1:
            reasons.append(("defaultAction", f"needs exactly one of allow and block, has {len(chosen)}"))
    used = capacity(inputs)
    if used > MOST_CAPACITY:
        reasons.append(("rules", f"take {used} capacity units; a web ACL has {MOST_CAPACITY}"))
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def group_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    reasons = [*_in_one_region(inputs), *_rules(inputs), *_json(inputs, "rulesJson")]
    given = inputs.get("capacity")
    if isinstance(given, int) and given > MOST_CAPACITY:
        reasons.append(("capacity", f"must be at most {MOST_CAPACITY}, is {given}"))
    for index, rule in enumerate(_known(inputs.get("rules"))):
        for name in _GROUPS:
            if (rule.get("statement") or {}).get(name):
                reasons.append((f"rules[{index}].statement.{name}", "cannot stand in a rule group"))
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def ip_set_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    version = 6 if inputs.get("ipAddressVersion") == "IPV6" else 4
    reasons = [*_in_one_region(inputs)]
    for index, address in enumerate(_known(inputs.get("addresses"))):
        at = f"addresses[{index}]"
        try:
            network = ipaddress.ip_network(address, strict=False)
        except ValueError:
            reasons.append((at, f"must be a range such as 192.0.2.0/24, is {address!r}"))
            continue
        if "/" not in address:
            reasons.append((at, f"needs a prefix length, such as {address}/{network.max_prefixlen}"))
        elif network.version != version:
            reasons.append((at, f"is an IPv{network.version} range in a set of IPv{version}: {address}"))
        elif network.prefixlen == 0:
            reasons.append((at, f"cannot be all addresses: {address}"))
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def capacity(inputs: Mapping[str, Any]) -> int:
    """Capacity units of the rules, as near as the published figures go: one for a plain rule, two for a rate."""
    total = 0
    for rule in _known(inputs.get("rules")):
        statement = rule.get("statement") or {}
        managed = statement.get("managedRuleGroupStatement")
        if managed:
            total += MANAGED_GROUPS.get(managed.get("name"), 0)
        else:
            total += 2 if statement.get("rateBasedStatement") else 1
    return total


def _in_one_region(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    region = inputs.get("region")
    if inputs.get("scope") == "CLOUDFRONT" and isinstance(region, str) and region != "us-east-1":
        yield "region", f"must be us-east-1 for scope CLOUDFRONT, is {region}"


def _rules(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rules = _known(inputs.get("rules"))
    yield from _unique(rules, "priority")
    yield from _unique(rules, "name")
    for index, rule in enumerate(rules):
        at, statement = f"rules[{index}]", rule.get("statement") or {}
        chosen = [name for name, value in statement.items() if value is not None]
        if len(chosen) != 1:
            yield f"{at}.statement", f"needs exactly one kind of statement, has {', '.join(chosen) or 'none'}"
            continue
        kind = chosen[0]
        needed, other = ("overrideAction", "action") if kind in _GROUPS else ("action", "overrideAction")
        if rule.get(other):
            yield f"{at}.{other}", f"cannot stand beside {kind}; give `{needed}`"
        elif not rule.get(needed):
            yield f"{at}.{needed}", f"is needed beside {kind}"
        elif len([name for name, value in rule[needed].items() if value is not None]) != 1:
            yield (
                f"{at}.{needed}",
                f"needs exactly one of {_CHOICES[needed]}",
            )
        yield from _statement(f"{at}.statement.{kind}", kind, statement[kind])


def _statement(at: str, kind: str, statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name, vendor = statement.get("name"), statement.get("vendorName")
    if kind == "managedRuleGroupStatement" and vendor == "AWS" and name not in MANAGED_GROUPS:
        yield f"{at}.name", f"must be one of {', '.join(MANAGED_GROUPS)}; is {name!r}"
    if kind == "rateBasedStatement":
        window, key = statement.get("evaluationWindowSec"), statement.get("aggregateKeyType")
        if window is not None and window not in _WINDOWS:
            yield f"{at}.evaluationWindowSec", f"must be one of {', '.join(map(str, _WINDOWS))}, is {window}"
        if key == "FORWARDED_IP" and not statement.get("forwardedIpConfig"):
            yield f"{at}.forwardedIpConfig", "is needed with aggregateKeyType FORWARDED_IP"
        if key == "CONSTANT" and not statement.get("scopeDownStatement"):
            yield f"{at}.scopeDownStatement", "is needed with aggregateKeyType CONSTANT"
    if kind in ("andStatement", "orStatement") and len(statement.get("statements") or []) < 2:
        yield f"{at}.statements", f"needs at least 2, has {len(statement.get('statements') or [])}"


def _unique(rules: list[Any], member: str) -> Iterator[tuple[str, str]]:
    seen: dict[Any, int] = {}
    for index, rule in enumerate(rules):
        value = rule.get(member)
        if value in seen:
            yield f"rules[{index}].{member}", f"is {value!r}, as that of rules[{seen[value]}]; each must differ"
        seen.setdefault(value, index)


def _json(inputs: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    text = inputs.get(name)
    if not isinstance(text, str):
        return
    if inputs.get("rules"):
        yield name, "cannot stand beside `rules`"
    try:
        json.loads(text)
    except ValueError as error:
        yield name, f"is not JSON: {error}"


def _known(value: Any) -> list[Any]:
    return value if isinstance(value, list) and not wire.has_unknown(value) else []
