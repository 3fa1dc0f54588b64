"""What distributions refer to: policies, VPC origins, functions, keys and key-value stores."""

import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.edge_rules import ttl_reasons
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

#: The emulator keeps tags of distributions only.
CLOUDFRONT_TAGS = tags.Tags(
    send=lambda wanted: {"Tags": {"Items": tags.pairs(wanted)}} if wanted else {},
    change=lambda r, wanted, gone: (
        r.validated("TagResource", Resource=r.state["arn"], Tags={"Items": tags.pairs(wanted)}) if wanted else None,
        r.validated("UntagResource", Resource=r.state["arn"], TagKeys={"Items": gone}) if gone else None,
    ),
    read=lambda r, live: None,
)


def _etag(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"etag": live.get("ETag") or r.state.get("etag") or r.invented("E", 13).upper()}


def _version(r: Live) -> str:
    return str(r.state.get("etag", ""))


def _a_uuid(r: Live, answer: Any) -> str:
    return str(uuid.uuid4())


def _policy(token: str, kind: str, arn: str, members: Mapping[str, str], **others: Any) -> Entry:
    """Cache, origin request and response headers policies: the emulator knows none of them.

    Without `members` there is no twin: CloudFormation has plain lists where Pulumi has objects.
    """
    root = f"{kind}Config"
    named = {"name": "Name", "comment": "Comment", **members}
    twin = {name: f"{root}.{member}" if member else "" for name, member in named.items()} if members else {}
    return Entry(
        type=token,
        service="cloudfront",
        level="validated",
        operation=f"Create{kind}",
        root=root,
        id=_a_uuid,
        update={"*": lambda r: r.api(f"Update{kind}", Id=r.id, IfMatch=_version(r), **r.request())},
        delete=lambda r: r.api(f"Delete{kind}", Id=r.id, IfMatch=_version(r)),
        replace=("name",),
        name="name",
        name_limit=128,
        outputs=_etag,
        arn="arn:{partition}:cloudfront::{account}:" + arn + "/{id}",
        twin=f"AWS::CloudFront::{kind}" if members else "",
        twin_rename=twin,
        **others,
    )


def _check_cache(inputs: Mapping[str, Any]) -> list[Failure]:
    reasons = [*ttl_reasons(inputs)]
    key = inputs.get("parametersInCacheKeyAndForwardedToOrigin")
    compressed = isinstance(key, dict) and (
        key.get("enableAcceptEncodingGzip") or key.get("enableAcceptEncodingBrotli")
    )
    if compressed and inputs.get("maxTtl") == 0:
        reasons.append(("maxTtl", "must be above 0 where compressed objects are cached, is 0"))
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def _function_config(r: Live) -> dict[str, Any]:
    stores = [{"KeyValueStoreARN": arn} for arn in r.inputs.get("keyValueStoreAssociations") or []]
    config = {"Comment": r.inputs.get("comment", ""), "Runtime": r.inputs["runtime"]}
    if stores:
        config["KeyValueStoreAssociations"] = {"Quantity": len(stores), "Items": stores}
    return {"FunctionConfig": config, "FunctionCode": r.inputs["code"].encode()}


def _create_function(r: Live) -> dict[str, Any]:
    answer = r.api("CreateFunction", Name=r.inputs["name"], **_function_config(r))
    if r.inputs.get("publish") is not False:
        r.validated("PublishFunction", Name=r.inputs["name"], IfMatch=answer["ETag"])
    return answer


def _function(r: Live) -> dict[str, Any]:
    answer = r.api("DescribeFunction", Name=r.id)
    return {**answer["FunctionSummary"], "ETag": answer["ETag"], "Name": r.id}


def _update_function(r: Live) -> None:
    r.validated("UpdateFunction", Name=r.id, IfMatch=_version(r), **_function_config(r))
    if r.inputs.get("publish") is not False:
        r.validated("PublishFunction", Name=r.id, IfMatch=_version(r))


def _delete_function(r: Live) -> None:
    r.api("DeleteFunction", Name=r.id, IfMatch=r.api("DescribeFunction", Name=r.id)["ETag"])


def _check_function(inputs: Mapping[str, Any]) -> list[Failure]:
    code, failures = inputs.get("code"), list[Failure]()
    if isinstance(code, str) and len(code.encode()) > 10_240:
        failures.append(Failure("code", f"has {len(code.encode())} bytes; at most 10240 are allowed (AWS rule)"))
    if isinstance(code, str) and "handler" not in code:
        failures.append(Failure("code", "needs a function `handler` (AWS rule)"))
    if inputs.get("keyValueStoreAssociations") and inputs.get("runtime") == "cloudfront-js-1.0":
        failures.append(Failure("runtime", "must be cloudfront-js-2.0 beside a key-value store (AWS rule)"))
    return failures


def _public_key(r: Live) -> dict[str, Any]:
    request = r.request()
    request["PublicKeyConfig"]["CallerReference"] = r.state.get("callerReference", "")
    return request


def _store(r: Live) -> dict[str, Any]:
    answer = r.api("DescribeKeyValueStore", Name=r.get("name"))
    return {**answer["KeyValueStore"], "ETag": answer["ETag"]}


def _change_store(r: Live) -> None:
    version = r.api("DescribeKeyValueStore", Name=r.get("name"))["ETag"]
    r.api("UpdateKeyValueStore", Name=r.get("name"), Comment=r.get("comment", ""), IfMatch=version)


def _delete_store(r: Live) -> None:
    version = r.api("DescribeKeyValueStore", Name=r.get("name"))["ETag"]
    r.api("DeleteKeyValueStore", Name=r.get("name"), IfMatch=version)


ENTRIES = (
    _policy(
        "aws:cloudfront/cachePolicy:CachePolicy",
        "CachePolicy",
        "cache-policy",
        {},
        also=lambda r: {"CachePolicyConfig": {"MinTTL": 0}},
        check=_check_cache,
    ),
    _policy(
        "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
        "OriginRequestPolicy",
        "origin-request-policy",
        {},
    ),
    _policy(
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "ResponseHeadersPolicy",
        "response-headers-policy",
        {
            "securityHeadersConfig": "SecurityHeadersConfig",
            "serverTimingHeadersConfig": "ServerTimingHeadersConfig",
            **dict.fromkeys(("corsConfig", "customHeadersConfig", "removeHeadersConfig"), ""),
        },
    ),
    Entry(
        type="aws:cloudfront/vpcOrigin:VpcOrigin",
        service="cloudfront",
        level="validated",
        operation="CreateVpcOrigin",
        rename={"vpcOriginEndpointConfig.originSslProtocols.quantity": ""},
        id=lambda r, answer: r.invented("vo_", 22),
        update={
            "vpcOriginEndpointConfig": lambda r: r.api(
                "UpdateVpcOrigin", Id=r.id, IfMatch=_version(r), **r.request(["vpcOriginEndpointConfig"])
            )
        },
        not_sent=("timeouts",),
        delete=lambda r: r.api("DeleteVpcOrigin", Id=r.id, IfMatch=_version(r)),
        outputs=_etag,
        arn="arn:{partition}:cloudfront::{account}:vpcorigin/{id}",
        tags=CLOUDFRONT_TAGS,
        twin="AWS::CloudFront::VpcOrigin",
        twin_rename={"timeouts": "", "vpcOriginEndpointConfig.originSslProtocols": ""},
    ),
    Entry(
        type="aws:cloudfront/originAccessControl:OriginAccessControl",
        service="cloudfront",
        operation="CreateOriginAccessControl",
        root="OriginAccessControlConfig",
        id="OriginAccessControl.Id",
        read=lambda r: r.api("GetOriginAccessControl", Id=r.id)["OriginAccessControl"]["OriginAccessControlConfig"],
        update={"*": lambda r: r.api("UpdateOriginAccessControl", Id=r.id, IfMatch=_version(r), **r.request())},
        replace=("name",),
        delete=lambda r: r.api("DeleteOriginAccessControl", Id=r.id, IfMatch=_version(r)),
        name="name",
        outputs=_etag,
        arn="arn:{partition}:cloudfront::{account}:origin-access-control/{id}",
        twin="AWS::CloudFront::OriginAccessControl",
        twin_rename={
            name: f"OriginAccessControlConfig.{name[0].upper()}{name[1:]}"
            for name in ("originAccessControlOriginType", "signingBehavior", "signingProtocol", "description", "name")
        },
    ),
    Entry(
        type="aws:cloudfront/function:Function",
        service="cloudfront",
        create=_create_function,
        id=lambda r, answer: r.inputs["name"],
        read=_function,
        update={"*": _update_function},
        lost=("code", "comment", "runtime", "keyValueStoreAssociations", "publish"),
        replace=("name",),
        delete=_delete_function,
        name="name",
        outputs=lambda r, live: {**_etag(r, live), "liveStageEtag": live.get("ETag", ""), "status": "UNASSOCIATED"},
        arn="arn:{partition}:cloudfront::{account}:function/{id}",
        check=_check_function,
        tags=CLOUDFRONT_TAGS,
        twin="AWS::CloudFront::Function",
        twin_rename={
            "code": "FunctionCode",
            "runtime": "FunctionConfig.Runtime",
            "comment": "FunctionConfig.Comment",
            "keyValueStoreAssociations": "",
            "publish": "AutoPublish",
        },
    ),
    Entry(
        type="aws:cloudfront/keyValueStore:KeyValueStore",
        service="cloudfront",
        operation="CreateKeyValueStore",
        not_sent=("timeouts",),
        id="KeyValueStore.Name",
        read=_store,
        update={"comment": _change_store},
        replace=("name",),
        delete=_delete_store,
        name="name",
        outputs=_etag,
        find=lambda r: r.inputs["name"],
        tags=CLOUDFRONT_TAGS,
        twin="AWS::CloudFront::KeyValueStore",
        twin_rename={"timeouts": ""},
    ),
    Entry(
        type="aws:cloudfront/publicKey:PublicKey",
        service="cloudfront",
        operation="CreatePublicKey",
        root="PublicKeyConfig",
        rename={"namePrefix": ""},
        also=lambda r: {"PublicKeyConfig": {"CallerReference": r.invented()}},
        id="PublicKey.Id",
        read=lambda r: r.api("GetPublicKey", Id=r.id)["PublicKey"]["PublicKeyConfig"],
        update={"comment": lambda r: r.validated("UpdatePublicKey", Id=r.id, IfMatch=_version(r), **_public_key(r))},
        replace=("encodedKey", "name", "namePrefix"),
        lost=("comment",),
        delete=lambda r: r.api("DeletePublicKey", Id=r.id, IfMatch=_version(r)),
        name="name",
        outputs=_etag,
    ),
    Entry(
        type="aws:cloudfront/keyGroup:KeyGroup",
        service="cloudfront",
        level="validated",
        operation="CreateKeyGroup",
        root="KeyGroupConfig",
        id=_a_uuid,
        update={"*": lambda r: r.api("UpdateKeyGroup", Id=r.id, IfMatch=_version(r), **r.request())},
        delete=lambda r: r.api("DeleteKeyGroup", Id=r.id, IfMatch=_version(r)),
        name="name",
        outputs=_etag,
        twin="AWS::CloudFront::KeyGroup",
        twin_rename={
            name: f"KeyGroupConfig.{member}"
            for name, member in {"items": "Items", "comment": "Comment", "name": "Name"}.items()
        },
    ),
)
