"""Distributions and their monitoring."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.edge_rules import distribution_failures
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Refused

#: The hosted zone of every distribution, for alias records.
_HOSTED_ZONE = "Z2FDTNDATAQYW2"
_BEHAVIORS = ("defaultCacheBehavior", "orderedCacheBehaviors")
_RENAMES = {
    "loggingConfig": "Logging",
    "orderedCacheBehaviors": "CacheBehaviors",
    "origins.originId": "Id",
    "origins.customHeaders.name": "HeaderName",
    "origins.customHeaders.value": "HeaderValue",
    "originGroups.originId": "Id",
    "restrictions.geoRestriction.locations": "Items",
    **{f"{each}.cachedMethods": "AllowedMethods.CachedMethods" for each in _BEHAVIORS},
    **{f"{each}.lambdaFunctionAssociations.lambdaArn": "LambdaFunctionARN" for each in _BEHAVIORS},
}
#: What the emulator drops of a behavior or gives back in another form.
_LOST_OF_BEHAVIORS = (
    *("functionAssociations", "lambdaFunctionAssociations", "grpcConfig", "responseHeadersPolicyId"),
    *("originRequestPolicyId", "realtimeLogConfigArn", "fieldLevelEncryptionId", "trustedSigners"),
)


def _config(r: Live, reference: str) -> dict[str, Any]:
    config = r.request()["DistributionConfigWithTags"]["DistributionConfig"]
    config |= {"CallerReference": reference, "Comment": config.get("Comment", "")}
    for origin in config["Origins"]["Items"]:
        if not any(origin.get(kind) for kind in ("CustomOriginConfig", "S3OriginConfig", "VpcOriginConfig")):
            origin["S3OriginConfig"] = {"OriginAccessIdentity": ""}
    default = config["DefaultCacheBehavior"]
    default["TargetOriginId"] = _primaries(r).get(default["TargetOriginId"], default["TargetOriginId"])
    if logging := config.get("Logging"):
        config["Logging"] = {"Enabled": True, "IncludeCookies": False, "Bucket": "", "Prefix": "", **logging}
    return config


def _primaries(r: Live) -> dict[str, str]:
    """Origin group -> its first member: the emulator takes no group as the default target."""
    groups = r.inputs.get("originGroups") or r.state.get("originGroups") or []
    return {group["originId"]: group["members"][0]["originId"] for group in groups}


def _create(r: Live) -> dict[str, Any]:
    _refuse_taken(r)
    config = {"DistributionConfig": _config(r, r.invented("lifeline-")), "Tags": {"Items": tags.pairs(r.all_tags)}}
    return r.api("CreateDistributionWithTags", DistributionConfigWithTags=config)


def _refuse_taken(r: Live) -> None:
    wanted = set(r.inputs.get("aliases") or [])
    for other in r.api("ListDistributions")["DistributionList"].get("Items", []):
        taken = wanted & set(other.get("Aliases", {}).get("Items", []))
        if taken and other["Id"] != r.id:
            raise Refused(f"aliases {', '.join(sorted(taken))} belong to the distribution {other['Id']} (AWS rule)")


def _distribution(r: Live) -> dict[str, Any]:
    answer = r.api("GetDistribution", Id=r.id)
    found = answer["Distribution"]
    config = found["DistributionConfig"]
    for behavior in (config["DefaultCacheBehavior"], *config.get("CacheBehaviors", {}).get("Items", [])):
        behavior["CachedMethods"] = behavior.get("AllowedMethods", {}).get("CachedMethods", {}).get("Items", [])
    default, wanted = config["DefaultCacheBehavior"], (r.inputs.get("defaultCacheBehavior") or {}).get("targetOriginId")
    if _primaries(r).get(wanted) == default["TargetOriginId"]:
        default["TargetOriginId"] = wanted
    return {**config, **found, "ETag": answer["ETag"], "Restrictions": _geography(config)}


def _geography(config: Mapping[str, Any]) -> dict[str, Any]:
    geo = config["Restrictions"]["GeoRestriction"]
    return {"GeoRestriction": {"RestrictionType": geo["RestrictionType"], "Items": geo.get("Items", [])}}


def _update(r: Live) -> None:
    _refuse_taken(r)
    found = r.api("GetDistribution", Id=r.id)
    config = _config(r, found["Distribution"]["DistributionConfig"]["CallerReference"])
    r.api("UpdateDistribution", Id=r.id, IfMatch=found["ETag"], DistributionConfig=config)


def _delete(r: Live) -> None:
    """Only a disabled distribution can go."""
    found = r.api("GetDistribution", Id=r.id)
    if r.get("retainOnDelete"):
        return
    if found["Distribution"]["DistributionConfig"]["Enabled"]:
        config = _config(r, found["Distribution"]["DistributionConfig"]["CallerReference"])
        r.api("UpdateDistribution", Id=r.id, IfMatch=found["ETag"], DistributionConfig={**config, "Enabled": False})
    r.api("DeleteDistribution", Id=r.id, IfMatch=r.api("GetDistribution", Id=r.id)["ETag"])


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:cloudfront::{r.account}:distribution/{r.id}",
        "hostedZoneId": _HOSTED_ZONE,
        "callerReference": live.get("CallerReference", ""),
        "etag": live.get("ETag", ""),
        "domainName": live.get("DomainName", ""),
        "status": "Deployed",
        "inProgressValidationBatches": 0,
        "loggingV1Enabled": bool((r.inputs.get("loggingConfig") or {}).get("bucket")),
        "trustedKeyGroups": [],
        "trustedSigners": [],
        "continuousDeploymentPolicyId": r.inputs.get("continuousDeploymentPolicyId", ""),
    }


_TWINS = {
    "aliases": "Aliases",
    "anycastIpListId": "AnycastIpListId",
    "comment": "Comment",
    "enabled": "Enabled",
    "continuousDeploymentPolicyId": "ContinuousDeploymentPolicyId",
    "customErrorResponses": "CustomErrorResponses",
    "defaultCacheBehavior": "DefaultCacheBehavior",
    "defaultRootObject": "DefaultRootObject",
    "httpVersion": "HttpVersion",
    "isIpv6Enabled": "IPV6Enabled",
    "loggingConfig": "Logging",
    "origins": "Origins",
    "orderedCacheBehaviors": "CacheBehaviors",
    "priceClass": "PriceClass",
    "restrictions": "Restrictions",
    "staging": "Staging",
    "viewerCertificate": "ViewerCertificate",
    "webAclId": "WebACLId",
}

ENTRIES = (
    Entry(
        type="aws:cloudfront/distribution:Distribution",
        service="cloudfront",
        operation="CreateDistributionWithTags",
        root="DistributionConfigWithTags.DistributionConfig",
        rename=_RENAMES,
        create=_create,
        id="Distribution.Id",
        read=_distribution,
        not_sent=("retainOnDelete", "waitForDeployment"),
        lost=(
            *(f"{each}.{name}" for each in _BEHAVIORS for name in _LOST_OF_BEHAVIORS),
            *("origins.originAccessControlId", "origins.vpcOriginConfig", "origins.originShield"),
            *("origins.responseCompletionTimeout", "origins.customOriginConfig.ipAddressType", "originGroups"),
            *("staging", "anycastIpListId", "cacheTagConfig", "connectionFunctionAssociation", "viewerMtlsConfig"),
            *("continuousDeploymentPolicyId", "customErrorResponses", "loggingConfig"),
        ),
        update={"*": _update},
        replace=("staging",),
        delete=_delete,
        outputs=_outputs,
        check=distribution_failures,
        tags=tags.Tags(
            send=lambda wanted: {},
            change=lambda r, wanted, gone: (
                r.api("TagResource", Resource=r.state["arn"], Tags={"Items": tags.pairs(wanted)}) if wanted else None,
                r.api("UntagResource", Resource=r.state["arn"], TagKeys={"Items": gone}) if gone else None,
            ),
            read=lambda r, live: tags.from_pairs(
                r.api("ListTagsForResource", Resource=live["ARN"])["Tags"].get("Items", [])
            ),
        ),
        twin="AWS::CloudFront::Distribution",
        twin_rename={
            **{name: f"DistributionConfig.{member}" for name, member in _TWINS.items()},
            **dict.fromkeys(("retainOnDelete", "waitForDeployment", "cacheTagConfig"), ""),
            **dict.fromkeys(("connectionFunctionAssociation", "viewerMtlsConfig"), ""),
            "originGroups": "DistributionConfig.OriginGroups.Items",
            "originGroups.originId": "Id",
            "originGroups.members": "Members.Items",
            "originGroups.failoverCriteria.statusCodes": "StatusCodes.Items",
            "origins.originId": "Id",
            "origins.customHeaders": "OriginCustomHeaders",
            "origins.customHeaders.name": "HeaderName",
            "origins.customHeaders.value": "HeaderValue",
            **{f"{each}.lambdaFunctionAssociations.lambdaArn": "LambdaFunctionARN" for each in _BEHAVIORS},
        },
    ),
    Entry(
        type="aws:cloudfront/monitoringSubscription:MonitoringSubscription",
        service="cloudfront",
        level="validated",
        operation="CreateMonitoringSubscription",
        id=lambda r, answer: r.inputs["distributionId"],
        update={"monitoringSubscription": lambda r: r.put()},
        replace=("distributionId",),
        delete=lambda r: r.api("DeleteMonitoringSubscription", DistributionId=r.id),
        alone=True,
        twin="AWS::CloudFront::MonitoringSubscription",
    ),
)
