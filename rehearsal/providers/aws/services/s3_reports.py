"""What a bucket tells: notifications, inventory, metrics; tiering by access; the account's public access block."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws import client
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live, known
from rehearsal.providers.aws.services.s3_data import refuse, repeated
from rehearsal.providers.aws.services.s3_guards import of_bucket
from rehearsal.providers.provider import Failure

#: Property of ours -> member of AWS, and the property that holds the target's ARN.
_TARGETS = {
    "lambdaFunctions": ("LambdaFunctionConfigurations", "lambdaFunctionArn"),
    "queues": ("QueueConfigurations", "queueArn"),
    "topics": ("TopicConfigurations", "topicArn"),
}


# -- notifications ------------------------------------------------------------------------------------------------


def _notify(r: Live) -> None:
    wanted: dict[str, Any] = {}
    for name, (member, arn) in _TARGETS.items():
        configurations = [_configuration(each, arn) for each in r.inputs.get(name) or []]
        if configurations:
            wanted[member] = configurations
    if r.inputs.get("eventbridge"):
        wanted["EventBridgeConfiguration"] = {}
    bucket = r.inputs["bucket"]
    r.api("PutBucketNotificationConfiguration", Bucket=bucket, NotificationConfiguration=wanted)


def _configuration(given: Mapping[str, Any], arn: str) -> dict[str, Any]:
    rules = [
        {"Name": name, "Value": given[property]}
        for property, name in (("filterPrefix", "prefix"), ("filterSuffix", "suffix"))
        if given.get(property)
    ]
    return {
        **({"Id": given["id"]} if given.get("id") else {}),
        arn[0].upper() + arn[1:]: given[arn],
        "Events": given["events"],
        **({"Filter": {"Key": {"FilterRules": rules}}} if rules else {}),
    }


def _notification(r: Live) -> dict[str, Any]:
    found = r.api("GetBucketNotificationConfiguration", Bucket=r.id)
    # The emulator takes EventBridge and does not tell of it.
    live: dict[str, Any] = {"Bucket": r.id, "Eventbridge": bool(r.get("eventbridge"))}
    for name, (member, _) in _TARGETS.items():
        live[name] = [_flat(configuration) for configuration in found.get(member, [])] or None
    return live


def _flat(configuration: Mapping[str, Any]) -> dict[str, Any]:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return {**configuration, **{f"Filter{rule['Name'].title()}": rule["Value"] for rule in rules}}


def _check_notification(inputs: Mapping[str, Any]) -> list[Failure]:
    enum = client.operation_model("s3", "PutBucketNotificationConfiguration").service_model.shape_for("Event").enum
    failures: list[Failure] = []
    for name, (_, arn) in _TARGETS.items():
        for index, given in enumerate(inputs.get(name) or []):
            for event in given["events"] if known(given["events"]) else []:
                if event not in enum:
                    reason = f"must be one of {', '.join(enum[:8])} … ({len(enum)} in all); got {event!r}"
                    failures.append(Failure(f"{name}[{index}].events", f"{reason} (AWS service model)"))
            if known(given[arn]) and not re.match(r"^arn:[^:]+:(lambda|sqs|sns):", given[arn]):
                failures.append(refuse(f"{name}[{index}].{arn}", f"must be an ARN, got {given[arn]!r}"))
            if known(given[arn]) and given[arn].endswith(".fifo"):
                failures.append(refuse(f"{name}[{index}].{arn}", "cannot be FIFO"))
    return failures


# -- inventory, metrics, tiering ----------------------------------------------------------------------------------


def _named_id(r: Live, answer: Any) -> str:
    return f"{r.inputs['bucket']}:{r.inputs['name']}"


def _place_of(r: Live) -> dict[str, str]:
    bucket, _, name = r.id.partition(":")
    return {"Bucket": bucket, "Id": name}


def _inventory(r: Live) -> dict[str, Any]:
    at = _place_of(r)
    found = r.api("GetBucketInventoryConfiguration", **at)["InventoryConfiguration"]
    return {**at, "InventoryConfiguration": found}


def _check_tiering(inputs: Mapping[str, Any]) -> list[Failure]:
    return [refuse(f"tierings[{index}]{path}", reason) for index, path, reason in _tiering_reasons(inputs["tierings"])]


def _tiering_reasons(tierings: list[dict[str, Any]]) -> Iterator[tuple[int, str, str]]:
    for tier in repeated([tiering.get("accessTier") for tiering in tierings]):
        yield 0, ".accessTier", f"{tier} is given more than once"
    for index, tiering in enumerate(tierings):
        days = tiering.get("days")
        least = {"ARCHIVE_ACCESS": 90, "DEEP_ARCHIVE_ACCESS": 180}.get(str(tiering.get("accessTier")), 0)
        if isinstance(days, int) and (days < least or days > 730):
            yield index, ".days", f"must lie between {least} and 730 for {tiering['accessTier']}, got {days}"


def _filter_renames(root: str, *members: str) -> dict[str, str]:
    return {
        "name": f"{root}.Id",
        "filter": f"{root}.Filter",
        "filter.tags": "And.Tags",
        "filter.prefix": "And.Prefix",
        **{member: f"{root}.{member[0].upper()}{member[1:]}" for member in members},
    }


def _named(kind: str, **more: Any) -> Entry:
    settings: dict[str, Any] = {
        "id": _named_id,
        "name": "name",
        "also": lambda r: {"Id": r.inputs["name"]},
        "replace": ("bucket", "name"),
        "lost": (),
        "alone": False,
    }
    return of_bucket(kind, **(settings | more))


# -- the account --------------------------------------------------------------------------------------------------

_PUBLIC = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")


def _account_id(r: Live) -> str:
    return str(r.get("accountId") or r.account)


def _block(r: Live) -> None:
    r.api(
        "PutPublicAccessBlock",
        AccountId=_account_id(r),
        PublicAccessBlockConfiguration={
            name[0].upper() + name[1:]: bool(r.inputs.get(name, False)) for name in _PUBLIC
        },
    )


ENTRIES = (
    of_bucket(
        "BucketNotification",
        create=_notify,
        read=_notification,
        update={"*": _notify},
        replace=("bucket",),
        lost=(),
        delete=lambda r: r.api("PutBucketNotificationConfiguration", Bucket=r.id, NotificationConfiguration={}),
        check=_check_notification,
    ),
    _named(
        "Inventory",
        operation="PutBucketInventoryConfiguration",
        also=lambda r: {
            "Id": r.inputs["name"],
            "InventoryConfiguration": {"IsEnabled": r.inputs.get("enabled") is not False},
        },
        rename={
            "name": "InventoryConfiguration.Id",
            "enabled": "InventoryConfiguration.IsEnabled",
            "destination": "InventoryConfiguration.Destination",
            "destination.bucket": "S3BucketDestination",
            "destination.bucket.bucketArn": "Bucket",
            "destination.bucket.encryption.sseKms": "SSEKMS",
            "destination.bucket.encryption.sseS3": "SSES3",
            "filter": "InventoryConfiguration.Filter",
            "includedObjectVersions": "InventoryConfiguration.IncludedObjectVersions",
            "optionalFields": "InventoryConfiguration.OptionalFields",
            "schedule": "InventoryConfiguration.Schedule",
        },
        read=_inventory,
        lost=("destination.bucket.encryption",),
        # The emulator takes this call for DeleteBucket.
        delete=lambda r: r.validated("DeleteBucketInventoryConfiguration", **_place_of(r)),
    ),
    _named(
        "BucketMetric",
        level="validated",
        operation="PutBucketMetricsConfiguration",
        rename=_filter_renames("MetricsConfiguration") | {"filter.accessPoint": "And.AccessPointArn"},
        delete=lambda r: r.api("DeleteBucketMetricsConfiguration", **_place_of(r)),
    ),
    _named(
        "BucketIntelligentTieringConfiguration",
        level="validated",
        operation="PutBucketIntelligentTieringConfiguration",
        also=lambda r: {
            "Id": r.inputs["name"],
            "IntelligentTieringConfiguration": {"Status": r.inputs.get("status") or "Enabled"},
        },
        rename=_filter_renames("IntelligentTieringConfiguration", "status", "tierings"),
        delete=lambda r: r.api("DeleteBucketIntelligentTieringConfiguration", **_place_of(r)),
        check=_check_tiering,
    ),
    Entry(
        type="aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        service="s3control",
        create=_block,
        id=lambda r, answer: _account_id(r),
        read=lambda r: (
            r.api("GetPublicAccessBlock", AccountId=r.id)["PublicAccessBlockConfiguration"] | {"AccountId": r.id}
        ),
        update=dict.fromkeys(_PUBLIC, _block),
        replace=("accountId",),
        delete=lambda r: r.api("DeletePublicAccessBlock", AccountId=r.id),
        alone=True,
    ),
)
