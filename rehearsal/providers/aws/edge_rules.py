"""What CloudFront demands of a distribution beyond its service model."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.provider import Failure

_METHODS = (
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
)
_CACHED = _METHODS[:2]
_FAILOVER_CODES = (403, 404, 416, 429, 500, 502, 503, 504)
_ERROR_CODES = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
_RANGES = {"connectionAttempts": (1, 3), "connectionTimeout": (1, 10)}
_CUSTOM_RANGES = {"originReadTimeout": (1, 120), "originKeepaliveTimeout": (1, 120)}

Reasons = Iterator[tuple[str, str]]


def distribution_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    parts = (_top, _certificate, _origins, _groups, _behaviors, _errors)
    return [Failure(name, f"{reason} (AWS rule)") for part in parts for name, reason in part(inputs)]


def ttl_reasons(values: Mapping[str, Any], at: str = "") -> Reasons:
    low, normal, high = (values.get(name) for name in ("minTtl", "defaultTtl", "maxTtl"))
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield f"{at}minTtl", f"must not exceed maxTtl {high}, is {low}"
    if isinstance(normal, int) and isinstance(high, int) and normal > high:
        yield f"{at}defaultTtl", f"must not exceed maxTtl {high}, is {normal}"
    if isinstance(low, int) and isinstance(normal, int) and normal < low:
        yield f"{at}defaultTtl", f"must not be below minTtl {low}, is {normal}"


def _top(inputs: Mapping[str, Any]) -> Reasons:
    root, acl = inputs.get("defaultRootObject"), inputs.get("webAclId")
    if isinstance(root, str) and root.startswith("/"):
        yield "defaultRootObject", f"must not begin with a slash, is {root!r}"
    if isinstance(acl, str) and acl.startswith("arn:") and ":global/webacl/" not in acl:
        yield "webAclId", f"must be a web ACL of scope CLOUDFRONT, is {acl}"
    geo = _block(_block(inputs.get("restrictions")).get("geoRestriction"))
    kind, places = geo.get("restrictionType"), geo.get("locations")
    if kind == "none" and places:
        yield "restrictions.geoRestriction.locations", "cannot be given with restrictionType none"
    if kind in ("whitelist", "blacklist") and places in (None, []):
        yield "restrictions.geoRestriction.locations", f"is needed with restrictionType {kind}"


def _certificate(inputs: Mapping[str, Any]) -> Reasons:
    chosen = _block(inputs.get("viewerCertificate"))
    arn, lowest = chosen.get("acmCertificateArn"), chosen.get("minimumProtocolVersion")
    own = any(_given(each) for each in (arn, chosen.get("iamCertificateId")))
    if isinstance(arn, str) and arn.startswith("arn:") and arn.split(":")[3] != "us-east-1":
        yield "viewerCertificate.acmCertificateArn", f"must be of us-east-1, is of {arn.split(':')[3]}"
    if inputs.get("aliases") and not own:
        yield "aliases", "need a certificate that covers them: give `viewerCertificate.acmCertificateArn`"
    if own and not chosen.get("sslSupportMethod"):
        yield "viewerCertificate.sslSupportMethod", "is needed beside a certificate of one's own, such as sni-only"
    if own and chosen.get("cloudfrontDefaultCertificate"):
        yield "viewerCertificate.cloudfrontDefaultCertificate", "cannot stand beside a certificate of one's own"
    if not own and lowest not in (None, "TLSv1"):
        yield "viewerCertificate.minimumProtocolVersion", f"is always TLSv1 for CloudFront's certificate, not {lowest}"
    if lowest == "SSLv3" and chosen.get("sslSupportMethod") == "sni-only":
        yield "viewerCertificate.minimumProtocolVersion", "cannot be SSLv3 with sni-only"


def _origins(inputs: Mapping[str, Any]) -> Reasons:
    seen: set[Any] = set()
    for index, origin in enumerate(_known(inputs.get("origins"))):
        at, id, domain = f"origins[{index}]", origin.get("originId"), origin.get("domainName")
        if id in seen:
            yield f"{at}.originId", f"is {id!r}, as that of another origin"
        seen.add(id)
        if isinstance(domain, str) and ("/" in domain or ":" in domain):
            yield f"{at}.domainName", f"must be a host without scheme, port and path, is {domain!r}"
        path = origin.get("originPath")
        if isinstance(path, str) and path and (not path.startswith("/") or path.endswith("/")):
            yield f"{at}.originPath", f"must begin with a slash and not end with one, is {path!r}"
        kinds = [name for name in ("customOriginConfig", "s3OriginConfig", "vpcOriginConfig") if origin.get(name)]
        if len(kinds) > 1:
            yield f"{at}.{kinds[1]}", f"cannot stand beside {kinds[0]}"
        if not kinds and isinstance(domain, str) and ".s3" not in domain:
            yield f"{at}.customOriginConfig", f"is needed: {domain} is no bucket"
        identity = _block(origin.get("s3OriginConfig")).get("originAccessIdentity")
        if _given(origin.get("originAccessControlId")) and _given(identity):
            yield f"{at}.originAccessControlId", "cannot stand beside an origin access identity"
        yield from _ranges(origin, at, _RANGES)
        yield from _ranges(_block(origin.get("customOriginConfig")), f"{at}.customOriginConfig", _CUSTOM_RANGES)


def _ranges(values: Mapping[str, Any], at: str, ranges: Mapping[str, tuple[int, int]]) -> Reasons:
    for name, (low, high) in ranges.items():
        if isinstance(values.get(name), int) and not low <= values[name] <= high:
            yield f"{at}.{name}", f"must lie between {low} and {high}, is {values[name]}"


def _groups(inputs: Mapping[str, Any]) -> Reasons:
    origins = {origin.get("originId") for origin in _known(inputs.get("origins"))}
    for index, group in enumerate(_known(inputs.get("originGroups"))):
        at, members = f"originGroups[{index}]", [member.get("originId") for member in group.get("members") or []]
        if len(members) != 2:
            yield f"{at}.members", f"must be two, a primary and a secondary; has {len(members)}"
        for position, member in enumerate(members):
            if origins and member not in origins:
                yield f"{at}.members[{position}].originId", f"names {member!r}, which is none of the origins"
        for code in _block(group.get("failoverCriteria")).get("statusCodes") or []:
            if code not in _FAILOVER_CODES:
                yield f"{at}.failoverCriteria.statusCodes", f"must be of {_FAILOVER_CODES}, has {code}"


def _behaviors(inputs: Mapping[str, Any]) -> Reasons:
    groups = {group.get("originId") for group in _known(inputs.get("originGroups"))}
    targets = groups | {origin.get("originId") for origin in _known(inputs.get("origins"))}
    default = inputs.get("defaultCacheBehavior")
    behaviors = [("defaultCacheBehavior", default)] if isinstance(default, dict) else []
    ordered = _known(inputs.get("orderedCacheBehaviors"))
    behaviors += [(f"orderedCacheBehaviors[{index}]", each) for index, each in enumerate(ordered)]
    patterns: set[Any] = set()
    for at, behavior in behaviors:
        if wire.has_unknown(behavior):
            behavior = {name: value for name, value in behavior.items() if not wire.has_unknown(value)}
        pattern, target = behavior.get("pathPattern"), behavior.get("targetOriginId")
        if pattern is not None and pattern in patterns:
            yield f"{at}.pathPattern", f"is {pattern!r}, as that of another behavior"
        patterns.add(pattern)
        if target is not None and targets and None not in targets and target not in targets:
            yield f"{at}.targetOriginId", f"is {target!r}; allowed: {', '.join(sorted(map(str, targets)))}"
        yield from _methods(at, behavior, target in groups)
        yield from ttl_reasons(behavior, f"{at}.")


def _methods(at: str, behavior: Mapping[str, Any], fails_over: bool) -> Reasons:
    allowed, cached = set(behavior.get("allowedMethods") or []), set(behavior.get("cachedMethods") or [])
    if allowed and allowed not in _METHODS:
        choices = " or ".join(",".join(sorted(methods)) for methods in _METHODS)
        yield f"{at}.allowedMethods", f"must be {choices}; has {','.join(sorted(allowed))}"
    if cached and cached not in _CACHED:
        yield f"{at}.cachedMethods", f"must be GET,HEAD or GET,HEAD,OPTIONS; has {','.join(sorted(cached))}"
    elif cached and allowed and not cached <= allowed:
        yield f"{at}.cachedMethods", "must be among the allowed methods"
    if fails_over and allowed == _METHODS[2]:
        yield f"{at}.allowedMethods", "may only be GET, HEAD and OPTIONS for an origin group: it fails over for these"
    policy, values = behavior.get("cachePolicyId"), behavior.get("forwardedValues")
    if policy and values:
        yield f"{at}.forwardedValues", "cannot stand beside `cachePolicyId`"
    if policy and any(behavior.get(name) for name in ("minTtl", "defaultTtl", "maxTtl")):
        yield f"{at}.minTtl", "and the other TTLs stand in the cache policy where there is one"


def _errors(inputs: Mapping[str, Any]) -> Reasons:
    for index, error in enumerate(_known(inputs.get("customErrorResponses"))):
        at, page = f"customErrorResponses[{index}]", error.get("responsePagePath")
        if error.get("errorCode") not in _ERROR_CODES:
            yield f"{at}.errorCode", f"must be of {_ERROR_CODES}, is {error.get('errorCode')}"
        if bool(page) != bool(error.get("responseCode")):
            yield f"{at}.responsePagePath", "and `responseCode` are given together or not at all"
        if page and not page.startswith("/"):
            yield f"{at}.responsePagePath", f"must begin with a slash, is {page!r}"


def _given(value: Any) -> bool:
    """A value still unknown is one all the same."""
    return wire.has_unknown(value) or bool(value)


def _block(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _known(value: Any) -> list[Any]:
    """Blocks of which nothing that is asked about here is left open."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
