"""Records, zones and health checks that Route 53 refuses."""

from typing import Any

_RECORD = "aws:route53/record:Record"
_CHECK = "aws:route53/healthCheck:HealthCheck"
_GUARD = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
_ZONE = "Z0123456789ABCDEFGHIJ"


def _record(**changed: Any) -> dict[str, Any]:
    return {"zoneId": _ZONE, "name": "www", "type": "A", "ttl": 60, "records": ["192.0.2.1"], **changed}


def _check(**changed: Any) -> dict[str, Any]:
    return {"type": "HTTPS", "fqdn": "www.example.com", "port": 443, "requestInterval": 30, **changed}


def _rule(**changed: Any) -> dict[str, Any]:
    plain = {"name": "block", "action": "BLOCK", "blockResponse": "NODATA", "priority": 1}
    return {**plain, "firewallDomainListId": "rslvr-fdl-1", "firewallRuleGroupId": "rslvr-frg-1", **changed}


_ALIAS = [{"name": "d1.cloudfront.net", "zoneId": "Z2FDTNDATAQYW2", "evaluateTargetHealth": False}]
_PRIMARY = {"setIdentifier": "one", "failoverRoutingPolicies": [{"type": "PRIMARY"}]}

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_RECORD, _record(ttl=-1), "ttl", "AWS rule"),
    (_RECORD, _record(ttl=3_000_000_000), "ttl", "AWS rule"),
    (_RECORD, _record(records=["192.0.2.256"]), "records[0]", "AWS rule"),
    (_RECORD, _record(type="AAAA"), "records[0]", "AWS rule"),
    (_RECORD, _record(records=["192.0.2.1", "192.0.2.1"]), "records", "AWS rule"),
    (_RECORD, _record(type="CNAME", records=["a.example.com", "b.example.com"]), "records", "AWS rule"),
    (_RECORD, _record(type="CNAME", records=["https://a.example.com/"]), "records[0]", "AWS rule"),
    (_RECORD, _record(type="TXT", records=["x" * 256]), "records[0]", "AWS rule"),
    (_RECORD, _record(type="MX", records=["mail.example.com"]), "records[0]", "AWS rule"),
    (_RECORD, _record(type="SRV", records=["1 443 host"]), "records[0]", "AWS rule"),
    (_RECORD, _record(type="CAA", records=["0 issue amazon.com"]), "records[0]", "AWS rule"),
    (_RECORD, _record(type="CAA", records=['0 allow "amazon.com"']), "records[0]", "AWS rule"),
    (_RECORD, _record(name="x" * 64), "name", "AWS rule"),
    (_RECORD, _record(aliases=_ALIAS, ttl=None), "aliases", "AWS rule"),
    (_RECORD, _record(ttl=None), "ttl", "AWS rule"),
    (_RECORD, _record(records=None), "records", "AWS rule"),
    (_RECORD, _record(setIdentifier="blue"), "setIdentifier", "AWS rule"),
    (_RECORD, _record(weightedRoutingPolicies=[{"weight": 10}]), "setIdentifier", "AWS rule"),
    (
        _RECORD,
        _record(setIdentifier="blue", weightedRoutingPolicies=[{"weight": 256}]),
        "weightedRoutingPolicies[0].weight",
        "AWS rule",
    ),
    (_RECORD, _record(**_PRIMARY), "healthCheckId", "AWS rule"),
    (
        _RECORD,
        _record(setIdentifier="one", failoverRoutingPolicies=[{"type": "FIRST"}]),
        "failoverRoutingPolicies[0].type",
        "AWS rule",
    ),
    (_CHECK, _check(requestInterval=15), "requestInterval", "AWS rule"),
    (_CHECK, _check(failureThreshold=11), "failureThreshold", "service model"),
    (_CHECK, _check(fqdn=None), "fqdn", "AWS rule"),
    (_CHECK, _check(type="HTTPS_STR_MATCH"), "searchString", "AWS rule"),
    (_CHECK, _check(regions=["us-east-1"]), "regions", "service model"),
    (_CHECK, {"type": "TCP", "ipAddress": "192.0.2.1", "requestInterval": 30}, "port", "AWS rule"),
    (_CHECK, {"type": "CLOUDWATCH_METRIC"}, "cloudwatchAlarmName", "AWS rule"),
    (_CHECK, {"type": "CALCULATED", "childHealthThreshold": 1}, "childHealthchecks", "AWS rule"),
    (
        _CHECK,
        {"type": "CALCULATED", "childHealthThreshold": 2, "childHealthchecks": ["one"]},
        "childHealthThreshold",
        "AWS rule",
    ),
    (_GUARD, _rule(blockResponse=None), "blockResponse", "AWS rule"),
    (
        _GUARD,
        _rule(blockResponse="OVERRIDE", blockOverrideDnsType="CNAME", blockOverrideTtl=60),
        "blockOverrideDomain",
        "AWS rule",
    ),
    (_GUARD, _rule(action="ALLOW"), "blockResponse", "AWS rule"),
    (
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        {"name": "guarded", "firewallRuleGroupId": "rslvr-frg-1", "vpcId": "vpc-1", "priority": 100},
        "priority",
        "AWS rule",
    ),
]
