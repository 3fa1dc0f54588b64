"""Cases of the crisis path, on the platform `being`: /crisis, /emergency-contacts, and the page /help-now."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, k8s, stack
from tests.policies.cases_availability import of
from tests.policies.pods import changed, deployment, meta, pod

ELSEWHERE = stack(topic=aws("sns/topic:Topic"))
_PATHS = ("/crisis", "/emergency-contacts")
_PLAIN = ("URL_DECODE", "NORMALIZE_PATH", "LOWERCASE")
_CRISIS = {"labelMatchStatement": {"scope": "LABEL", "key": "lifeline:crisis"}}


def _rule(name: str, priority: int, statement: Any, action: str = "", **more: Any) -> Any:
    made = {"name": name, "priority": priority, "statement": statement, **more}
    return {**made, "action": {action: {}}} if action else made


def _match(path: str, how: str, transformations: tuple[str, ...] = _PLAIN) -> Any:
    return {
        "byteMatchStatement": {
            "fieldToMatch": {"uriPath": {}},
            "positionalConstraint": how,
            "searchString": path,
            "textTransformations": [{"priority": i, "type": each} for i, each in enumerate(transformations)],
        }
    }


def _host(name: str) -> Any:
    field = {"singleHeader": {"name": "host"}}
    return {"byteMatchStatement": {"fieldToMatch": field, "positionalConstraint": "EXACTLY", "searchString": name}}


def _marked(transformations: tuple[str, ...] = _PLAIN, paths: tuple[str, ...] = _PATHS) -> Any:
    ways = [
        _match(path + end, how, transformations)
        for path in paths
        for end, how in (("", "EXACTLY"), ("/", "STARTS_WITH"))
    ]
    return _rule("crisis", 0, {"orStatement": {"statements": ways}}, "count", ruleLabels=[{"name": "lifeline:crisis"}])


def _managed(priority: int, override: str, scope: Any = None) -> Any:
    group: Any = {"name": "AWSManagedRulesSQLiRuleSet", "vendorName": "AWS"}
    statement = {"managedRuleGroupStatement": {**group, "scopeDownStatement": scope} if scope else group}
    return _rule("sql", priority, statement, overrideAction={override: {}})


def _rate(priority: int, scope: Any = None, action: str = "block") -> Any:
    limited: Any = {"limit": 2000, "aggregateKeyType": "IP"}
    statement = {"rateBasedStatement": {**limited, "scopeDownStatement": scope} if scope else limited}
    return _rule("flood", priority, statement, action)


_ADMITTED = _rule("crisis-admitted", 5, _CRISIS, "allow")
_GEO = {"geoMatchStatement": {"countryCodes": ["XX"]}}
_NOT_OURS = _rule("hosts", 1, {"notStatement": {"statement": _host("being.app")}}, "block")
_COUNTED = _managed(2, "count", _CRISIS)
_DISTRIBUTION: dict[str, Any] = {
    "aliases": ["being.app"],
    "orderedCacheBehaviors": [{"pathPattern": "/help-now", "targetOriginId": "page"}],
    "originGroups": [
        {
            "originId": "page",
            "members": [{"originId": "one"}, {"originId": "two"}],
            "failoverCriteria": {"statusCodes": [403, 404, 500, 502, 503, 504]},
        }
    ],
    "origins": [
        {"originId": "one", "domainName": "one.s3.us-west-2.amazonaws.com", "originAccessControlId": "c"},
        {"originId": "two", "domainName": "two.s3.us-east-1.amazonaws.com", "originAccessControlId": "c"},
        {"originId": "platform", "domainName": "x", "customOriginConfig": {"httpsPort": 443}},
    ],
}


def _delivery(**properties: Any) -> Given:
    return aws("cloudfront/distribution:Distribution", **{**_DISTRIBUTION, **properties})


def _acl(*rules: Any, system: str = "being", default: str = "allow") -> Stack:
    acl = aws("wafv2/webAcl:WebAcl", rules=list(rules), defaultAction={default: {}})
    return stack(b=of(system), z=aws("route53/zone:Zone", name="being.app"), d=_delivery(), a=acl)


def _acls(*wrong: Stack, right: tuple[Stack, ...] = ()) -> Cases:
    open_to_all = _acl(
        _marked(), _NOT_OURS, _COUNTED, _rate(3, _CRISIS, "count"), _ADMITTED, _rate(6), _managed(7, "none")
    )
    unseen = aws("wafv2/webAcl:WebAcl", rules=UNKNOWN, defaultAction={"allow": {}})
    return Cases(
        passing=[open_to_all, *right],
        failing=list(wrong),
        not_applicable=[ELSEWHERE, _acl(_managed(1, "none"), _rate(2), system="astral-draft")],
        unknown=[{**open_to_all, "a": unseen}],
    )


def _delivered(path: str, wrong: Any) -> Stack:
    return stack(b=of(), d=_delivery(**changed(_DISTRIBUTION, path, wrong)))


_NUMBERS = "<p>988</p><p>1-800-273-8255</p>"


def _page(region: Any, content: Any = _NUMBERS, key: str = "help-now") -> Given:
    return aws("s3/bucketObjectv2:BucketObjectv2", key=key, content=content, region=region)


def _pages(*pages: Given) -> Stack:
    return stack(b=of(), **{f"p{i}": page for i, page in enumerate(pages)})


def _proxy(*lines: str, system: str = "being") -> Stack:
    text = "\n".join(("frontend public", *lines))
    return stack(b=of(system), c=k8s("core/v1:ConfigMap", metadata=meta("c", "platform"), data={"haproxy.cfg": text}))


_REFUSED = "    http-request return status 503 if { fe_conn gt 8000 }"
_DENIED = "    http-request deny deny_status 429 if { sc_http_req_rate(1) gt 30 }"
_SHUT = "    http-request set-var(txn.answer) str(maintenance) if { var(txn.closed) -m str on }"
_SHUT_AT_ONCE = "    http-request return status 503 if { nbsrv(maintenance) gt 0 }"
_TO_CRITICAL = "    use_backend api-critical if { var(txn.workload) -m str api } critical"
_TO_ALL = "    use_backend api if { var(txn.workload) -m str api }"
_OWN_SERVERS = (
    "backend api",
    "    server-template api- 1-18 api-servers:3000",
    "backend api-critical",
    "    server-template api-critical- 1-6 api-critical-servers:3000",
    "    server-template api-critical-backup- 1-18 api-servers:3000 backup",
)
_SAME_SERVERS = (*_OWN_SERVERS[:3], "    server-template api-critical- 1-18 api-servers:3000")
_UNSEEN = k8s("core/v1:ConfigMap", metadata=meta("c", "platform"), data={"haproxy.cfg": UNKNOWN})
_UNSEEN_PROXY = {"unknown": [stack(b=of(), c=_UNSEEN), stack(b=of(), c=_UNSEEN, d=_UNSEEN)]}
_LABELS = {"app": "web", "lifeline.dev/lane": "critical"}


def _lane(priority: Any = "crisis", **spec: Any) -> Given:
    return deployment(pod({"priorityClassName": priority}), labels=_LABELS, **spec)


def _class(name: str, value: int) -> Given:
    return k8s("scheduling.k8s.io/v1:PriorityClass", metadata={"name": name}, value=value)


_CLASSES = {"high": _class("crisis", 1000), "low": _class("serving", 10)}
_AUTOSCALER = k8s(
    "autoscaling/v2:HorizontalPodAutoscaler",
    metadata=meta("web", "platform"),
    spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 9},
)


def _check(*paths: Any, system: str = "being") -> Stack:
    checks = {
        f"h{number}": aws("route53/healthCheck:HealthCheck", resourcePath=path) for number, path in enumerate(paths)
    }
    return stack(b=of(system), **checks)


CASES = {
    "LL-CRI-001": _acls(
        _acl(_marked(), _managed(1, "none"), _ADMITTED),
        _acl(_managed(1, "none")),
        _acl(_marked(paths=("/crisis",)), _ADMITTED, _managed(6, "none")),
        _acl(_marked(), _managed(1, "none", _CRISIS), _ADMITTED),
        right=(_acl(_marked(), _managed(1, "none", {"notStatement": {"statement": _CRISIS}})),),
    ),
    "LL-CRI-002": _acls(
        _acl(_marked(), _rate(1), _ADMITTED),
        _acl(_rate(1)),
        _acl(_marked(), _rate(1, _CRISIS), _ADMITTED),
        right=(_acl(_marked(), _rate(1, {"notStatement": {"statement": _CRISIS}})),),
    ),
    "LL-CRI-003": _acls(
        _acl(_marked(), _rule("abroad", 1, _GEO, "block"), _ADMITTED),
        _acl(_marked(), _rule("path", 1, _match("/crisis", "STARTS_WITH"), "block"), _ADMITTED),
        _acl(_marked(), _rule("host", 1, _host("being.app"), "block"), _ADMITTED),
        _acl(_marked(), default="block"),
        right=(_acl(_marked(), _ADMITTED, _rule("abroad", 6, _GEO, "block")),),
    ),
    "LL-CRI-004": _acls(
        _acl(_marked(("URL_DECODE", "NORMALIZE_PATH")), _ADMITTED, _managed(6, "none")),
        _acl(_marked(("LOWERCASE",)), _ADMITTED, _managed(6, "none")),
        _acl(_marked(("URL_DECODE", "LOWERCASE")), _ADMITTED, _rate(6)),
        right=(_acl(_marked(("NONE",))),),
    ),
    "LL-CRI-005": Cases(
        passing=[
            stack(b=of(), d=_delivery()),
            stack(b=of(), d=_delivery(restrictions={"geoRestriction": {"restrictionType": "none"}})),
        ],
        failing=[
            stack(b=of(), d=_delivery(restrictions={"geoRestriction": {"restrictionType": kind, "locations": ["US"]}}))
            for kind in ("whitelist", "blacklist")
        ],
        not_applicable=[ELSEWHERE, stack(b=of("astral-draft"), d=_delivery())],
        unknown=[stack(b=of(), d=_delivery(restrictions=UNKNOWN))],
    ),
    "LL-CRI-006": Cases(
        passing=[stack(b=of(), d=_delivery()), _delivered("origins.0.originAccessControlId", UNKNOWN)],
        failing=[
            _delivered("origins.0.vpcOriginConfig", {"vpcOriginId": UNKNOWN}),
            _delivered("orderedCacheBehaviors", []),
            _delivered("orderedCacheBehaviors.0.targetOriginId", "platform"),
            _delivered("originGroups.0.members", [{"originId": "one"}]),
            _delivered("originGroups.0.members.1.originId", "platform"),
            _delivered("originGroups.0.failoverCriteria.statusCodes", [500]),
        ],
        not_applicable=[ELSEWHERE, stack(b=of("astral-draft"), d=_delivery(orderedCacheBehaviors=[]))],
        unknown=[stack(b=of(), d=_delivery(orderedCacheBehaviors=UNKNOWN))],
    ),
    "LL-CRI-007": Cases(
        passing=[_pages(_page("us-west-2"), _page("us-east-1"))],
        failing=[
            _pages(),
            _pages(_page("us-west-2")),
            _pages(_page("us-west-2"), _page("us-east-1", key="other")),
            _pages(_page("us-west-2"), _page("us-east-1", "<p>741741 988</p>")),
            _pages(_page("us-west-2"), _page("us-east-1", "")),
            _pages(_page("us-west-2"), _page("us-east-1", _NUMBERS + "x" * 30_000)),
        ],
        not_applicable=[ELSEWHERE, stack(b=of("astral-draft"))],
        unknown=[_pages(_page("us-west-2"), _page("us-east-1", UNKNOWN))],
    ),
    "LL-CRI-008": Cases(
        passing=[
            _proxy(f"{_REFUSED} !critical", f"{_DENIED} !critical"),
            _proxy("    http-request set-var(a) fe_conn"),
        ],
        failing=[_proxy(_REFUSED), _proxy(f"{_REFUSED} !critical", _DENIED)],
        not_applicable=[ELSEWHERE, stack(b=of()), _proxy(_DENIED, system="astral-draft")],
        **_UNSEEN_PROXY,
    ),
    "LL-CRI-009": Cases(
        passing=[
            _proxy(f"{_SHUT} !critical", "    http-request return status 503 if { var(txn.answer) -m str maintenance }")
        ],
        failing=[_proxy(_SHUT), _proxy(f"{_SHUT} !critical", _SHUT_AT_ONCE)],
        not_applicable=[ELSEWHERE, stack(b=of()), _proxy(_SHUT, system="astral-draft")],
        **_UNSEEN_PROXY,
    ),
    "LL-CRI-010": Cases(
        passing=[stack(**_CLASSES, w=_lane())],
        failing=[stack(**_CLASSES, w=_lane("serving")), stack(**_CLASSES, w=_lane(None)), stack(w=_lane())],
        not_applicable=[ELSEWHERE, stack(**_CLASSES, w=deployment())],
        unknown=[stack(**_CLASSES, w=_lane(UNKNOWN))],
    ),
    "LL-CRI-011": Cases(
        passing=[stack(w=_lane())],
        failing=[stack(w=_lane(), h=_AUTOSCALER), stack(w=_lane(replicas=0))],
        not_applicable=[ELSEWHERE, stack(w=deployment(), h=_AUTOSCALER)],
        unknown=[stack(w=_lane(replicas=UNKNOWN))],
    ),
    "LL-CRI-013": Cases(
        passing=[_proxy(_TO_CRITICAL, _TO_ALL, *_OWN_SERVERS), _proxy(_TO_CRITICAL, *_OWN_SERVERS)],
        failing=[
            _proxy(_TO_ALL, *_OWN_SERVERS),
            _proxy(_TO_ALL, _TO_CRITICAL, *_OWN_SERVERS),
            _proxy(_TO_CRITICAL, _TO_ALL, *_SAME_SERVERS),
            _proxy(_TO_CRITICAL, _TO_ALL),
        ],
        not_applicable=[ELSEWHERE, stack(b=of()), _proxy(_TO_ALL, system="astral-draft")],
        **_UNSEEN_PROXY,
    ),
    "LL-CRI-012": Cases(
        passing=[_check("/crisis/988/status", "/help-now")],
        failing=[
            _check("/health"),
            stack(b=of()),
            _check("/crisis/988/status"),
            _check("/help-now"),
            _check("/crisis-of-confidence", "/help-now"),
        ],
        not_applicable=[ELSEWHERE, _check("/health", system="astral-draft")],
        unknown=[_check(UNKNOWN)],
    ),
}
