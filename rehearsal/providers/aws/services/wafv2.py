"""Web ACLs with their rule groups and sets, what they guard, and their logs."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.web_rules import acl_failures, capacity, group_failures, ip_set_failures
from rehearsal.providers.provider import Failure, Refused

_TAGS = tags.listed(
    resource="ResourceARN",
    read=lambda r, live: tags.from_pairs(
        r.api("ListTagsForResource", ResourceARN=live["ARN"])["TagInfoForResource"]["TagList"]
    ),
)
_LOG_PREFIX = "aws-waf-logs-"


def _named(r: Live) -> dict[str, Any]:
    return {"Name": r.get("name"), "Scope": r.get("scope"), "Id": r.id}


def _reader(kind: str) -> Any:
    def read(r: Live) -> dict[str, Any]:
        answer = r.api(f"Get{kind}", **_named(r))
        found = answer[kind]
        bodies = found.get("CustomResponseBodies") or {}
        written = [{"Key": key, **body} for key, body in bodies.items()]
        given = [body["key"] for body in r.inputs.get("customResponseBodies") or []]
        written.sort(key=lambda body: given.index(body["Key"]) if body["Key"] in given else len(given))
        expressions = [{"regexString": each["RegexString"]} for each in found.get("RegularExpressionList") or []]
        return {
            **found,
            "CustomResponseBodies": written or None,
            "RegularExpressions": expressions,
            "LockToken": answer["LockToken"],
            "Scope": r.get("scope"),
        }

    return read


def _updater(kind: str) -> Any:
    def update(r: Live) -> None:
        token = r.api(f"Get{kind}", **_named(r))["LockToken"]
        r.overwrite(f"Update{kind}", **_named(r), **_extras(r), LockToken=token)

    return update


def _deleter(kind: str) -> Any:
    def delete(r: Live) -> None:
        token = r.api(f"Get{kind}", **_named(r))["LockToken"]
        r.api(f"Delete{kind}", **_named(r), LockToken=token)

    return delete


def _extras(r: Live) -> dict[str, Any]:
    """What has another form there: rules as JSON, bodies by key, limits by kind of resource."""
    if r.inputs.get("scope") == "CLOUDFRONT" and r.region != "us-east-1":
        raise Refused(f"region must be us-east-1 for scope CLOUDFRONT, is {r.region} (AWS rule)")
    extras: dict[str, Any] = {}
    if text := r.inputs.get("ruleJson") or r.inputs.get("rulesJson"):
        extras["Rules"] = json.loads(text)
    if bodies := r.inputs.get("customResponseBodies"):
        extras["CustomResponseBodies"] = {
            body["key"]: {"ContentType": body["contentType"], "Content": body["content"]} for body in bodies
        }
    if config := r.inputs.get("associationConfig"):
        limits = {_KINDS[kind]: limit for body in config.get("requestBodies") or [] for kind, limit in body.items()}
        extras["AssociationConfig"] = {
            "RequestBody": {
                kind: {"DefaultSizeInspectionLimit": limit["defaultSizeInspectionLimit"]}
                for kind, limit in limits.items()
            }
        }
    if "regularExpressions" in r.inputs or r.entry.type.endswith("RegexPatternSet"):
        given = r.inputs.get("regularExpressions") or []
        extras["RegularExpressionList"] = [{"RegexString": each["regexString"]} for each in given]
    if r.entry.type.endswith("IpSet"):
        extras["Addresses"] = r.inputs.get("addresses") or []
    return extras


_KINDS = {
    "apiGateway": "API_GATEWAY",
    "appRunnerService": "APP_RUNNER_SERVICE",
    "cloudfront": "CLOUDFRONT",
    "cognitoUserPool": "COGNITO_USER_POOL",
    "verifiedAccessInstance": "VERIFIED_ACCESS_INSTANCE",
}


def _finder(lists: str, member: str) -> Any:
    def find(r: Live) -> str | None:
        found = r.api(lists, Scope=r.inputs["scope"])[member]
        return next((each["Id"] for each in found if each["Name"] == r.inputs["name"]), None)

    return find


def _set(kind: str, token: str, twin: str, **more: Any) -> Entry:
    """The four kinds differ in little but their names."""
    return Entry(
        **{
            "type": token,
            "service": "wafv2",
            "operation": f"Create{kind}",
            "also": _extras,
            "id": "Summary.Id",
            "read": _reader(kind),
            "update": {"*": _updater(kind)},
            "delete": _deleter(kind),
            "name": "name",
            "name_limit": 128,
            "tags": _TAGS,
            "twin": twin,
            "find": _finder(f"List{kind}s", f"{kind}s"),
            **more,
        }
    )


def _associated(r: Live) -> dict[str, Any] | None:
    found = r.api("GetWebACLForResource", ResourceArn=r.get("resourceArn")).get("WebACL")
    return {"webAclArn": found["ARN"], "resourceArn": r.get("resourceArn")} if found else None


def _check_association(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    for name in ("resourceArn", "webAclArn"):
        arn = inputs.get(name)
        if isinstance(arn, str) and (":cloudfront:" in arn or ":global/webacl/" in arn):
            failures.append(
                Failure(name, "is of CloudFront: a distribution names its web ACL in `webAclId` itself (AWS rule)")
            )
    return failures


def _check_logging(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    for index, arn in enumerate(inputs.get("logDestinationConfigs") or []):
        name = str(arn).removesuffix(":*").split(":")[-1].rsplit("/", 1)[-1]
        if isinstance(arn, str) and arn.startswith("arn:") and _LOG_PREFIX not in (name[: len(_LOG_PREFIX)],):
            reason = f"must have a name that begins with {_LOG_PREFIX}, is {name!r} (AWS rule)"
            failures.append(Failure(f"logDestinationConfigs[{index}]", reason))
    return failures


_LOGGED = "GetLoggingConfiguration"

ENTRIES = (
    _set(
        "IPSet",
        "aws:wafv2/ipSet:IpSet",
        "AWS::WAFv2::IPSet",
        rename={"addresses": "Addresses"},
        not_sent=("namePrefix",),
        replace=("name", "scope", "ipAddressVersion"),
        check=ip_set_failures,
        twin_rename={"namePrefix": ""},
    ),
    _set(
        "RegexPatternSet",
        "aws:wafv2/regexPatternSet:RegexPatternSet",
        "",  # CloudFormation takes plain texts, Pulumi objects: nothing to compare
        rename={"regularExpressions": ""},
        not_sent=("namePrefix",),
        replace=("name", "scope"),
    ),
    _set(
        "RuleGroup",
        "aws:wafv2/ruleGroup:RuleGroup",
        "AWS::WAFv2::RuleGroup",
        rename={"customResponseBodies": "", "rulesJson": ""},
        not_sent=("namePrefix",),
        lost=("rulesJson",),
        replace=("name", "scope", "capacity"),
        check=group_failures,
        twin_rename={"namePrefix": "", "customResponseBodies": "", "rulesJson": ""},
    ),
    _set(
        "WebACL",
        "aws:wafv2/webAcl:WebAcl",
        "AWS::WAFv2::WebACL",
        rename={"customResponseBodies": "", "associationConfig": "", "ruleJson": ""},
        not_sent=("namePrefix",),
        lost=("ruleJson", "associationConfig", "dataProtectionConfig", "monetizationConfig"),
        replace=("name", "scope"),
        outputs=lambda r, live: {"applicationIntegrationUrl": "", "capacity": capacity(r.inputs)},
        check=acl_failures,
        twin_rename={"namePrefix": "", "customResponseBodies": "", "ruleJson": "", "associationConfig": ""},
    ),
    Entry(
        type="aws:wafv2/webAclAssociation:WebAclAssociation",
        service="wafv2",
        operation="AssociateWebACL",
        id=lambda r, answer: f"{r.inputs['webAclArn']},{r.inputs['resourceArn']}",
        read=_associated,
        replace=("webAclArn", "resourceArn"),
        delete=lambda r: r.api("DisassociateWebACL", ResourceArn=r.get("resourceArn")),
        alone=True,
        check=_check_association,
        twin="AWS::WAFv2::WebACLAssociation",
    ),
    Entry(
        type="aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        service="wafv2",
        operation="PutLoggingConfiguration",
        root="LoggingConfiguration",
        id=lambda r, answer: r.inputs["resourceArn"],
        read=lambda r: r.api(_LOGGED, ResourceArn=r.id)["LoggingConfiguration"],
        update={"*": lambda r: r.put()},
        replace=("resourceArn",),
        delete=lambda r: r.api("DeleteLoggingConfiguration", ResourceArn=r.id),
        alone=True,
        check=_check_logging,
        twin="AWS::WAFv2::LoggingConfiguration",
    ),
)
