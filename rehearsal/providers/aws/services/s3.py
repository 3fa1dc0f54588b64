"""Buckets; what is set on them has its own resources (s3_guards.py, s3_data.py)."""

import dataclasses
import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.client import AwsError
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.s3_guards import with_older_name
from rehearsal.providers.aws.tags import from_pairs, pairs
from rehearsal.providers.provider import Failure, Refused

#: Route 53 zones of S3 websites, for aliases to a bucket.
_ZONES = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "sa-east-1": "Z7KQH4QJS55SO",
}
#: Names of the logs that the emulator writes of every request to a bucket with access logging.
_ACCESS_LOG = re.compile(r"\d{4}(-\d\d){5}-[0-9A-F]{16}$")
#: Settings inside the bucket are deprecated in the SDK; each has a resource of its own, which is what is rehearsed.
_OWN_RESOURCE = {
    "accelerationStatus": "BucketAccelerateConfiguration",
    "corsRules": "BucketCorsConfiguration",
    "grants": "BucketAcl",
    "lifecycleRules": "BucketLifecycleConfiguration",
    "logging": "BucketLogging",
    "objectLockConfiguration": "BucketObjectLockConfiguration",
    "policy": "BucketPolicy",
    "replicationConfiguration": "BucketReplicationConfig",
    "requestPayer": "BucketRequestPaymentConfiguration",
    "serverSideEncryptionConfiguration": "BucketServerSideEncryptionConfiguration",
    "versioning": "BucketVersioning",
    "website": "BucketWebsiteConfiguration",
}
_ONLY_OURS = ("bucketPrefix", "forceDestroy")
#: The same settings as BucketV2 spells them.
_OWN_RESOURCE_V2 = {
    {
        "logging": "loggings",
        "replicationConfiguration": "replicationConfigurations",
        "serverSideEncryptionConfiguration": "serverSideEncryptionConfigurations",
        "versioning": "versionings",
        "website": "websites",
    }.get(setting, setting): resource
    for setting, resource in _OWN_RESOURCE.items()
}


# -- the bucket itself --------------------------------------------------------------------------------------------


def _create(r: Live) -> None:
    request = r.request()
    if r.region != "us-east-1":
        request["CreateBucketConfiguration"] = {"LocationConstraint": r.region}
    try:
        r.api("CreateBucket", **request)
    except AwsError as error:
        # S3 answers so to an owner who asks again; an interrupted creation is adopted by the core before.
        if error.code != "BucketAlreadyOwnedByYou":
            raise
        raise Refused(f"the bucket {r.inputs['bucket']} exists already in this account (AWS rule)") from error
    if r.all_tags:
        _tag(r.inputs["bucket"], r)


def _tag(bucket: str, r: Live) -> None:
    r.api("PutBucketTagging", Bucket=bucket, Tagging={"TagSet": pairs(r.all_tags)})


def _change_tags(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
    if wanted:
        r.api("PutBucketTagging", Bucket=r.id, Tagging={"TagSet": pairs(wanted)})
    else:
        r.api("DeleteBucketTagging", Bucket=r.id)


BUCKET_TAGS = tags.Tags(
    send=lambda tags: {},
    change=_change_tags,
    read=lambda r, live: from_pairs(r.ask("GetBucketTagging", Bucket=r.id).get("TagSet", [])),
)


def _bucket(r: Live) -> dict[str, Any]:
    r.api("HeadBucket", Bucket=r.id)
    lock = r.ask("GetObjectLockConfiguration", Bucket=r.id).get("ObjectLockConfiguration", {})
    return {"Bucket": r.id, "ObjectLockEnabledForBucket": lock.get("ObjectLockEnabled") == "Enabled"}


def _delete(r: Live) -> None:
    """What the emulator logged of the rehearsal's own requests must not keep it from ending; other objects do."""
    _empty(r, only=None if r.get("forceDestroy") else _ACCESS_LOG)
    r.api("DeleteBucket", Bucket=r.id)


def _empty(r: Live, only: re.Pattern[str] | None) -> None:
    while True:
        found = r.api("ListObjectVersions", Bucket=r.id)
        keys = [
            {"Key": version["Key"], "VersionId": version["VersionId"]}
            for version in found.get("Versions", []) + found.get("DeleteMarkers", [])
            if only is None or only.search(version["Key"])
        ]
        if not keys:
            return
        r.api("DeleteObjects", Bucket=r.id, Delete={"Objects": keys, "Quiet": True}, BypassGovernanceRetention=True)


def _bucket_outputs(r: Live, live: Any) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:s3:::{r.id}",
        "bucketDomainName": f"{r.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{r.id}.s3.{r.region}.amazonaws.com",
        "bucketRegion": r.region,
        "hostedZoneId": _ZONES.get(r.region, "Z" + r.region.replace("-", "").upper()),
        "websiteDomain": "",
        "websiteEndpoint": "",
    }


def bucket_name_reasons(name: str) -> list[str]:
    reasons: list[str] = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        reasons.append(
            "must have 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at each end"
        )
    if ".." in name:
        reasons.append("cannot have two dots side by side")
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        pass
    else:
        reasons.append("cannot look like an IP address")
    for prefix in ("xn--", "sthree-", "amzn-s3-demo-"):
        if name.startswith(prefix):
            reasons.append(f"cannot begin with {prefix}")
    for suffix in ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"):
        if name.endswith(suffix):
            reasons.append(f"cannot end with {suffix}")
    return reasons


def _check_bucket(inputs: Mapping[str, Any]) -> list[Failure]:
    name = inputs.get("bucket")
    failures = (
        [Failure("bucket", f"{reason}; got {name!r} (AWS rule)") for reason in bucket_name_reasons(name)]
        if isinstance(name, str)
        else []
    )
    if inputs.get("acl") is not None and inputs["acl"] is not wire.UNKNOWN and inputs["acl"] != "private":
        failures.append(Failure("acl", f"must be private: new buckets take no ACL, got {inputs['acl']!r} (AWS rule)"))
    failures += [
        Failure(setting, f"is not rehearsed inside the bucket, where it is deprecated; use aws.s3.{resource}")
        for setting, resource in (_OWN_RESOURCE | _OWN_RESOURCE_V2).items()
        if inputs.get(setting) is not None
    ]
    return failures


_BUCKET, _OLDER_BUCKET = with_older_name(
    Entry(
        type="aws:s3/bucket:Bucket",
        service="s3",
        operation="CreateBucket",
        rename={"objectLockEnabled": "ObjectLockEnabledForBucket"},
        create=_create,
        name="bucket",
        name_limit=63,
        id=lambda r, answer: r.inputs["bucket"],
        read=_bucket,
        update={"acl": lambda r: r.api("PutBucketAcl", Bucket=r.id, ACL=r.inputs.get("acl", "private"))},
        not_sent=(*_ONLY_OURS, *_OWN_RESOURCE),
        lost=("acl", "bucketNamespace"),
        replace=("bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"),
        delete=_delete,
        outputs=_bucket_outputs,
        defaults={"bucketPrefix": "", "bucketNamespace": "global", "objectLockEnabled": False}
        | {"requestPayer": "BucketOwner", "accelerationStatus": "", "acl": "private"},
        check=_check_bucket,
        tags=BUCKET_TAGS,
        find=lambda r: r.inputs["bucket"],
        twin="AWS::S3::Bucket",
        twin_rename={"bucket": "BucketName", "acl": "AccessControl", "bucketPrefix": "", "forceDestroy": ""},
    )
)

ENTRIES = (
    _BUCKET,
    dataclasses.replace(_OLDER_BUCKET, not_sent=(*_ONLY_OURS, *_OWN_RESOURCE_V2)),
)
