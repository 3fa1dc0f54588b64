"""Web ACLs, groups and sets that WAF refuses."""

from typing import Any

_ACL = "aws:wafv2/webAcl:WebAcl"
_SET = "aws:wafv2/ipSet:IpSet"
_SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "seen", "sampledRequestsEnabled": True}


def _managed(**changed: Any) -> dict[str, Any]:
    group = {"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS", **changed}
    return {"statement": {"managedRuleGroupStatement": group}, "overrideAction": {"none": {}}}


def _rate(**changed: Any) -> dict[str, Any]:
    rate = {"limit": 1000, "aggregateKeyType": "IP", **changed}
    return {"statement": {"rateBasedStatement": rate}, "action": {"block": {}}}


def _rule(given: dict[str, Any], name: str = "one", priority: int = 1) -> dict[str, Any]:
    return {"name": name, "priority": priority, "visibilityConfig": _SEEN, **given}


def _acl(*rules: dict[str, Any], **changed: Any) -> dict[str, Any]:
    plain = {"name": "acl", "scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": _SEEN}
    return {**plain, "rules": list(rules), **changed}


def _set(*addresses: str, **changed: Any) -> dict[str, Any]:
    plain = {"name": "set", "scope": "REGIONAL", "ipAddressVersion": "IPV4"}
    return {**plain, "addresses": list(addresses), **changed}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_ACL, _acl(_rule(_managed()), _rule(_managed(), "two")), "rules[1].priority", "AWS rule"),
    (_ACL, _acl(_rule(_managed()), _rule(_managed(), "one", 2)), "rules[1].name", "AWS rule"),
    (
        _ACL,
        _acl(_rule(_managed(name="AWSManagedRulesCommon"))),
        "rules[0].statement.managedRuleGroupStatement.name",
        "AWS rule",
    ),
    (_ACL, _acl(_rule({**_managed(), "action": {"block": {}}})), "rules[0].action", "AWS rule"),
    (_ACL, _acl(_rule({**_managed(), "overrideAction": None})), "rules[0].overrideAction", "AWS rule"),
    (_ACL, _acl(_rule({**_rate(), "action": None})), "rules[0].action", "AWS rule"),
    (_ACL, _acl(_rule(_rate(limit=9))), "rules[0].statement.rateBasedStatement.limit", "service model"),
    (
        _ACL,
        _acl(_rule(_rate(evaluationWindowSec=90))),
        "rules[0].statement.rateBasedStatement.evaluationWindowSec",
        "AWS rule",
    ),
    (
        _ACL,
        _acl(_rule(_rate(aggregateKeyType="FORWARDED_IP"))),
        "rules[0].statement.rateBasedStatement.forwardedIpConfig",
        "AWS rule",
    ),
    (_ACL, _acl(_rule({"statement": {}, "action": {"block": {}}})), "rules[0].statement", "AWS rule"),
    (_ACL, _acl(defaultAction={"allow": {}, "block": {}}), "defaultAction", "AWS rule"),
    (_ACL, _acl(scope="CLOUDFRONT", region="us-west-2"), "region", "AWS rule"),
    (_ACL, _acl(scope="GLOBAL"), "scope", "service model"),
    (_ACL, _acl(*(_rule(_managed(), f"r{i}", i) for i in range(8))), "rules", "AWS rule"),
    (_SET, _set("192.0.2.1"), "addresses[0]", "AWS rule"),
    (_SET, _set("0.0.0.0/0"), "addresses[0]", "AWS rule"),
    (_SET, _set("2001:db8::/32"), "addresses[0]", "AWS rule"),
    (_SET, _set("192.0.2.0/33"), "addresses[0]", "AWS rule"),
    (
        "aws:wafv2/ruleGroup:RuleGroup",
        {"name": "own", "scope": "REGIONAL", "capacity": 5001, "visibilityConfig": _SEEN},
        "capacity",
        "AWS rule",
    ),
    (
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        {
            "webAclArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1234567890",
            "resourceArn": "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL",
        },
        "resourceArn",
        "AWS rule",
    ),
    (
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        {
            "resourceArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1234567890",
            "logDestinationConfigs": ["arn:aws:s3:::waf-logs"],
        },
        "logDestinationConfigs[0]",
        "AWS rule",
    ),
]
