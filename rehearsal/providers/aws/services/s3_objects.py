"""Objects in buckets: texts, files and archives, really uploaded."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from rehearsal.providers import assets
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.tags import Tags, from_pairs, pairs
from rehearsal.providers.provider import Failure

_SOURCES = ("source", "content", "contentBase64")
_LOST = ("acl", "source", "contentBase64", "kmsKeyId", "bucketKeyEnabled", "objectLockLegalHoldStatus")


def _place_of(r: Live) -> dict[str, Any]:
    """Bucket and key; an import has them in its id, `bucket/key`."""
    bucket, _, key = r.id.partition("/")
    return {"Bucket": r.get("bucket") or bucket, "Key": r.get("key") or (r.id if r.get("bucket") else key)}


def _body(r: Live) -> bytes:
    if (source := r.inputs.get("source")) is not None:
        return assets.content(source)
    if (encoded := r.inputs.get("contentBase64")) is not None:
        return base64.b64decode(encoded)
    return str(r.inputs.get("content") or "").encode()


def _upload(r: Live) -> None:
    request = r.request()
    tagging = {"Tagging": "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in r.all_tags.items())}
    r.api("PutObject", **{**request, **(tagging if r.all_tags else {}), "Body": _body(r)})


def _object(r: Live) -> dict[str, Any]:
    at = _place_of(r)
    found = r.api("HeadObject", **at)
    found |= {**at, "ETag": found["ETag"].strip('"'), "StorageClass": found.get("StorageClass") or "STANDARD"}
    if isinstance(r.inputs.get("content"), str):
        found["Body"] = r.api("GetObject", **at)["Body"].read().decode(errors="replace")
    until = found.get("ObjectLockRetainUntilDate")
    if hasattr(until, "strftime"):
        found["ObjectLockRetainUntilDate"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
    return found


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:s3:::{r.get('bucket')}/{r.get('key')}",
        "serverSideEncryption": live.get("ServerSideEncryption") or "AES256",
        "bucketKeyEnabled": bool(r.get("bucketKeyEnabled", live.get("BucketKeyEnabled"))),
        "kmsKeyId": r.get("kmsKeyId") or live.get("SSEKMSKeyId") or "",
    }


def _delete(r: Live) -> None:
    """Every version, as the official provider does; forceDestroy also those under governance."""
    at = _place_of(r)
    versions = r.api("ListObjectVersions", Bucket=at["Bucket"], Prefix=at["Key"])
    force = {"BypassGovernanceRetention": True} if r.get("forceDestroy") else {}
    for version in versions.get("Versions", []) + versions.get("DeleteMarkers", []):
        if version["Key"] == at["Key"]:
            r.api("DeleteObject", **at, VersionId=version["VersionId"], **force)


def _change_tags(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
    if wanted:
        r.api("PutObjectTagging", **_place_of(r), Tagging={"TagSet": pairs(wanted)})
    else:
        r.api("DeleteObjectTagging", **_place_of(r))


_TAGS = Tags(
    send=lambda tags: {},
    change=_change_tags,
    read=lambda r, live: from_pairs(r.ask("GetObjectTagging", **_place_of(r)).get("TagSet", [])),
)


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    given = [name for name in _SOURCES if inputs.get(name) is not None]
    if len(given) > 1:
        return [Failure(given[1], f"cannot be given beside {given[0]}: one source makes the object (AWS rule)")]
    failures = [Failure("source", problem) for problem in [_problem_of(inputs.get("source"))] if problem]
    key = inputs.get("key")
    if isinstance(key, str) and len(key.encode()) > 1024:
        failures.append(Failure("key", f"must have at most 1024 bytes, has {len(key.encode())} (AWS rule)"))
    if (inputs.get("objectLockMode") is None) != (inputs.get("objectLockRetainUntilDate") is None):
        failures.append(Failure("objectLockMode", "and objectLockRetainUntilDate go together (AWS rule)"))
    if inputs.get("kmsKeyId") is not None and inputs.get("serverSideEncryption") == "AES256":
        failures.append(Failure("kmsKeyId", "goes with serverSideEncryption aws:kms only (AWS rule)"))
    return failures


def _problem_of(source: Any) -> str:
    return assets.problem(source) if isinstance(source, dict) else ""


def _entry(name: str, **more: Any) -> Entry:
    settings: dict[str, Any] = {
        "service": "s3",
        "operation": "PutObject",
        "create": _upload,
        "rename": {
            "content": "Body",
            "source": "",
            "contentBase64": "",
            "kmsKeyId": "SSEKMSKeyId",
            "websiteRedirect": "WebsiteRedirectLocation",
        },
        "name": "key",
        "name_limit": 1024,
        "id": lambda r, answer: r.inputs["key"],
        "read": _object,
        "update": {"*": _upload},
        "not_sent": ("forceDestroy", "etag", "sourceHash"),
        "lost": _LOST,
        "replace": ("bucket", "key"),
        "delete": _delete,
        "outputs": _outputs,
        "check": _check,
        "tags": _TAGS,
    }
    return Entry(type=f"aws:s3/{name[0].lower() + name[1:]}:{name}", **(settings | more))


ENTRIES = (
    _entry("BucketObject"),
    _entry(
        "BucketObjectv2",
        not_sent=("forceDestroy", "etag", "sourceHash", "overrideProvider"),
        lost=(*_LOST, "checksumAlgorithm"),
        defaults={"acl": "private"},
    ),
)
