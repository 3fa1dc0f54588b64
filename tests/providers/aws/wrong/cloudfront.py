"""Distributions and policies that CloudFront refuses."""

from typing import Any

_TYPE = "aws:cloudfront/distribution:Distribution"
_ARN = "arn:aws:acm:{}:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
_OWN = {"acmCertificateArn": _ARN.format("us-east-1"), "sslSupportMethod": "sni-only"}
_ALL = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


def _behavior(**changed: Any) -> dict[str, Any]:
    plain = {"targetOriginId": "app", "viewerProtocolPolicy": "https-only", "cachePolicyId": "policy"}
    return {**plain, "allowedMethods": ["GET", "HEAD"], "cachedMethods": ["GET", "HEAD"], **changed}


def _origin(**changed: Any) -> dict[str, Any]:
    custom = {"httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]}
    return {"originId": "app", "domainName": "app.example.com", "customOriginConfig": custom, **changed}


def _distribution(**changed: Any) -> dict[str, Any]:
    return {
        "enabled": True,
        "origins": [_origin()],
        "defaultCacheBehavior": _behavior(),
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
        **changed,
    }


def _geo(**changed: Any) -> dict[str, Any]:
    return {"geoRestriction": {"restrictionType": "none", **changed}}


def _group(*members: str, codes: tuple[int, ...] = (500,)) -> dict[str, Any]:
    listed = [{"originId": member} for member in members]
    return {"originId": "both", "failoverCriteria": {"statusCodes": list(codes)}, "members": listed}


_TWO = [_origin(), _origin(originId="spare")]
_ALIASED = {"aliases": ["www.example.com"]}

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_TYPE, _distribution(defaultRootObject="/index.html"), "defaultRootObject", "AWS rule"),
    (_TYPE, _distribution(**_ALIASED), "aliases", "AWS rule"),
    (
        _TYPE,
        _distribution(**_ALIASED, viewerCertificate={**_OWN, "acmCertificateArn": _ARN.format("eu-west-1")}),
        "viewerCertificate.acmCertificateArn",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(viewerCertificate={"acmCertificateArn": _ARN.format("us-east-1")}),
        "viewerCertificate.sslSupportMethod",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(
            viewerCertificate={"cloudfrontDefaultCertificate": True, "minimumProtocolVersion": "TLSv1.2_2021"}
        ),
        "viewerCertificate.minimumProtocolVersion",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(viewerCertificate={**_OWN, "minimumProtocolVersion": "TLSv1.9"}),
        "viewerCertificate.minimumProtocolVersion",
        "service model",
    ),
    (
        _TYPE,
        _distribution(defaultCacheBehavior=_behavior(targetOriginId="other")),
        "defaultCacheBehavior.targetOriginId",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(defaultCacheBehavior=_behavior(allowedMethods=["GET", "HEAD", "PUT"])),
        "defaultCacheBehavior.allowedMethods",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(defaultCacheBehavior=_behavior(cachedMethods=_ALL, allowedMethods=_ALL)),
        "defaultCacheBehavior.cachedMethods",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(defaultCacheBehavior=_behavior(cachePolicyId=None, minTtl=10, defaultTtl=5, maxTtl=60)),
        "defaultCacheBehavior.defaultTtl",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(defaultCacheBehavior=_behavior(viewerProtocolPolicy="tls")),
        "defaultCacheBehavior.viewerProtocolPolicy",
        "service model",
    ),
    (
        _TYPE,
        _distribution(orderedCacheBehaviors=[_behavior(pathPattern="/a"), _behavior(pathPattern="/a")]),
        "orderedCacheBehaviors[1].pathPattern",
        "AWS rule",
    ),
    (_TYPE, _distribution(origins=[_origin(), _origin()]), "origins[1].originId", "AWS rule"),
    (
        _TYPE,
        _distribution(origins=[_origin(domainName="https://app.example.com")]),
        "origins[0].domainName",
        "AWS rule",
    ),
    (_TYPE, _distribution(origins=[_origin(originPath="api/")]), "origins[0].originPath", "AWS rule"),
    (_TYPE, _distribution(origins=[_origin(connectionAttempts=4)]), "origins[0].connectionAttempts", "AWS rule"),
    (_TYPE, _distribution(origins=[_origin(customOriginConfig=None)]), "origins[0].customOriginConfig", "AWS rule"),
    (_TYPE, _distribution(origins=_TWO, originGroups=[_group("app")]), "originGroups[0].members", "AWS rule"),
    (
        _TYPE,
        _distribution(origins=_TWO, originGroups=[_group("app", "third")]),
        "originGroups[0].members[1].originId",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(origins=_TWO, originGroups=[_group("app", "spare", codes=(501,))]),
        "originGroups[0].failoverCriteria.statusCodes",
        "AWS rule",
    ),
    (_TYPE, _distribution(restrictions=_geo(locations=["US"])), "restrictions.geoRestriction.locations", "AWS rule"),
    (
        _TYPE,
        _distribution(restrictions=_geo(restrictionType="whitelist")),
        "restrictions.geoRestriction.locations",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(customErrorResponses=[{"errorCode": 418}]),
        "customErrorResponses[0].errorCode",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(customErrorResponses=[{"errorCode": 404, "responsePagePath": "/404.html"}]),
        "customErrorResponses[0].responsePagePath",
        "AWS rule",
    ),
    (
        _TYPE,
        _distribution(webAclId="arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1"),
        "webAclId",
        "AWS rule",
    ),
    (_TYPE, _distribution(priceClass="PriceClass_300"), "priceClass", "service model"),
    (_TYPE, _distribution(httpVersion="http4"), "httpVersion", "service model"),
    (
        "aws:cloudfront/cachePolicy:CachePolicy",
        {
            "name": "caching",
            "minTtl": 0,
            "defaultTtl": 300,
            "maxTtl": 200,
            "parametersInCacheKeyAndForwardedToOrigin": {
                "cookiesConfig": {"cookieBehavior": "none"},
                "headersConfig": {"headerBehavior": "none"},
                "queryStringsConfig": {"queryStringBehavior": "none"},
            },
        },
        "defaultTtl",
        "AWS rule",
    ),
    (
        "aws:cloudfront/function:Function",
        {"name": "function", "runtime": "cloudfront-js-2.0", "code": "return 1"},
        "code",
        "AWS rule",
    ),
]
