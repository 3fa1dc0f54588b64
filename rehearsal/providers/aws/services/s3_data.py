"""What happens to a bucket's data: lifecycle, object lock, replication."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws.client import AwsError
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.s3_guards import deleter, of_bucket, reader, with_older_name
from rehearsal.providers.provider import Failure

_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_ACTIONS = (
    *("expiration", "transitions", "noncurrentVersionExpiration", "noncurrentVersionTransitions"),
    "abortIncompleteMultipartUpload",
)


def refuse(path: str, reason: str) -> Failure:
    return Failure(path, f"{reason} (AWS rule)")


def repeated(values: list[Any]) -> list[Any]:
    known = [value for value in values if value is not None and value is not wire.UNKNOWN]
    return [value for value in dict.fromkeys(known) if known.count(value) > 1]


# -- lifecycle ----------------------------------------------------------------------------------------------------


def _lifecycle(r: Live) -> dict[str, Any]:
    found = r.api("GetBucketLifecycleConfiguration", Bucket=r.id)
    for rule in found.get("Rules", []):
        for timed in (rule.get("Expiration") or {}, *rule.get("Transitions", [])):
            if hasattr(timed.get("Date"), "strftime"):
                timed["Date"] = timed["Date"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"Bucket": r.id, "LifecycleConfiguration": found}


def _put_lifecycle(r: Live) -> None:
    """AWS wants a filter in each rule; the official provider adds an empty one, which selects everything."""
    request = r.request()
    for rule in request["LifecycleConfiguration"]["Rules"]:
        if "Prefix" not in rule:
            rule.setdefault("Filter", {})
    r.api("PutBucketLifecycleConfiguration", **request)


def _check_lifecycle(inputs: Mapping[str, Any]) -> list[Failure]:
    rules = inputs.get("rules") or []
    failures: list[Failure] = []
    if not rules or len(rules) > 1000:
        failures.append(refuse("rules", f"must be 1 to 1000, got {len(rules)}"))
    failures += [
        refuse("rules", f"has the id {id!r} more than once") for id in repeated([rule.get("id") for rule in rules])
    ]
    for index, rule in enumerate(rules):
        failures += [refuse(f"rules[{index}]{path}", reason) for path, reason in _rule_reasons(rule)]
    return failures


def _rule_reasons(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not any(rule.get(action) for action in _ACTIONS):
        yield "", f"does nothing; it needs one of {', '.join(_ACTIONS)}"
    yield from _transition_reasons(rule)
    expiration = rule.get("expiration") or {}
    if expiration.get("expiredObjectDeleteMarker") and (expiration.get("days") or expiration.get("date")):
        yield ".expiration", "cannot have expiredObjectDeleteMarker beside days or date"
    if isinstance(expiration.get("days"), int) and expiration["days"] < 1:
        yield ".expiration.days", f"must be at least 1, got {expiration['days']}"
    noncurrent = (rule.get("noncurrentVersionExpiration") or {}).get("noncurrentDays")
    if isinstance(noncurrent, int) and noncurrent < 1:
        yield ".noncurrentVersionExpiration.noncurrentDays", f"must be at least 1, got {noncurrent}"
    if rule.get("abortIncompleteMultipartUpload") and _selects_more_than_a_prefix(rule.get("filter")):
        yield ".abortIncompleteMultipartUpload", "cannot go with a filter of tags or sizes"
    if rule.get("prefix") is not None and rule.get("filter") is not None:
        yield ".prefix", "cannot be given beside filter"


def _transition_reasons(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    latest = 0
    for index, transition in enumerate(rule.get("transitions") or []):
        days, storage = transition.get("days"), transition.get("storageClass")
        if transition.get("date") is not None and days is not None:
            yield f".transitions[{index}]", "cannot have both days and date"
        if not isinstance(days, int):
            continue
        if storage in _INFREQUENT and days < 30:
            yield f".transitions[{index}].days", f"must be at least 30 for {storage}, got {days}"
        if index and days < latest + (30 if _class_at(rule, index - 1) in _INFREQUENT else 1):
            yield f".transitions[{index}].days", f"comes too soon after the transition at {latest} days, got {days}"
        latest = max(latest, days)
    expiry = (rule.get("expiration") or {}).get("days")
    if isinstance(expiry, int) and latest and expiry <= latest:
        yield ".expiration.days", f"must be later than the last transition at {latest} days, got {expiry}"
    for index, transition in enumerate(rule.get("noncurrentVersionTransitions") or []):
        days = transition.get("noncurrentDays")
        if transition.get("storageClass") in _INFREQUENT and isinstance(days, int) and days < 30:
            at = f".noncurrentVersionTransitions[{index}].noncurrentDays"
            yield at, f"must be at least 30 for {transition['storageClass']}, got {days}"


def _class_at(rule: Mapping[str, Any], index: int) -> Any:
    return rule["transitions"][index].get("storageClass")


def _selects_more_than_a_prefix(filter: Any) -> bool:
    return isinstance(filter, dict) and any(
        filter.get(name) is not None for name in ("and", "tag", "objectSizeGreaterThan", "objectSizeLessThan")
    )


# -- object lock --------------------------------------------------------------------------------------------------


def _check_lock(inputs: Mapping[str, Any]) -> list[Failure]:
    rule = inputs.get("rule")
    if not isinstance(rule, dict) or not isinstance(rule.get("defaultRetention"), dict):
        return []
    retention, at = rule["defaultRetention"], "rule.defaultRetention"
    failures: list[Failure] = []
    if retention.get("mode") is None:
        failures.append(refuse(f"{at}.mode", "is needed: GOVERNANCE or COMPLIANCE"))
    if (retention.get("days") is None) == (retention.get("years") is None):
        failures.append(refuse(at, "needs either days or years"))
    for unit, most in (("days", 36500), ("years", 100)):
        length = retention.get(unit)
        if isinstance(length, int) and not 1 <= length <= most:
            failures.append(refuse(f"{at}.{unit}", f"must lie between 1 and {most}, got {length}"))
    return failures


def _holds_objects(r: Live) -> bool:
    return bool(r.api("ListObjectVersions", Bucket=r.id, MaxKeys=1).get("Versions"))


def _put_lock(r: Live, **request: Any) -> None:
    """The emulator changes the retention of empty buckets only; AWS of any."""
    try:
        r.api("PutObjectLockConfiguration", **request)
    except AwsError as error:
        if error.code != "InvalidBucket":
            raise
        r.validated("PutObjectLockConfiguration", **request)


def _unlock(r: Live) -> None:
    """Object lock stays for ever; only its default retention can be taken away."""
    _put_lock(r, Bucket=r.id, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})


def _lock(r: Live) -> dict[str, Any]:
    found = r.api("GetObjectLockConfiguration", Bucket=r.id)
    if _holds_objects(r) and r.inputs:
        found = {"ObjectLockConfiguration": r.request().get("ObjectLockConfiguration", {})}
    return {"Bucket": r.id, **found}


# -- replication --------------------------------------------------------------------------------------------------


def _check_replication(inputs: Mapping[str, Any]) -> list[Failure]:
    rules = inputs["rules"]
    failures = [
        refuse("rules", f"has the {name} {value!r} more than once")
        for name in ("id", "priority")
        for value in repeated([rule.get(name) for rule in rules])
    ]
    for index, rule in enumerate(rules):
        failures += [refuse(f"rules[{index}]{path}", reason) for path, reason in _replication_reasons(rule)]
    return failures


def _replication_reasons(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    destination = rule["destination"]
    bucket = destination.get("bucket")
    if isinstance(bucket, str) and not bucket.startswith("arn:"):
        yield ".destination.bucket", f"must be the ARN of a bucket, got {bucket!r}"
    filter = rule.get("filter")
    if filter is not None and rule.get("deleteMarkerReplication") is None:
        yield ".deleteMarkerReplication", "is needed where filter is given: Enabled or Disabled"
    by_tags = isinstance(filter, dict) and (filter.get("tag") or (filter.get("and") or {}).get("tags"))
    if by_tags and (rule.get("deleteMarkerReplication") or {}).get("status") == "Enabled":
        yield ".deleteMarkerReplication", "cannot be Enabled with a filter by tags"
    criteria = rule.get("sourceSelectionCriteria") or {}
    encrypted = (criteria.get("sseKmsEncryptedObjects") or {}).get("status") == "Enabled"
    if encrypted and destination.get("encryptionConfiguration") is None:
        yield ".destination.encryptionConfiguration", "is needed where objects under KMS keys are replicated"
    if destination.get("encryptionConfiguration") is not None and not criteria.get("sseKmsEncryptedObjects"):
        yield ".sourceSelectionCriteria", "must name sseKmsEncryptedObjects where a replica key is given"
    time = destination.get("replicationTime") or {}
    if time.get("status") == "Enabled" and (destination.get("metrics") or {}).get("status") != "Enabled":
        yield ".destination.metrics", "must be Enabled where replicationTime is"
    minutes = (time.get("time") or {}).get("minutes")
    if isinstance(minutes, int) and minutes != 15:
        yield ".destination.replicationTime.time.minutes", f"must be 15, got {minutes}"


_NOT_IN_TWIN = {"bucket": "", "expectedBucketOwner": ""}

ENTRIES = (
    *with_older_name(
        of_bucket(
            "BucketLifecycleConfiguration",
            operation="PutBucketLifecycleConfiguration",
            create=_put_lifecycle,
            update={"*": _put_lifecycle},
            rename={"rules": "LifecycleConfiguration.Rules"},
            not_sent=("timeouts",),
            lost=(
                "expectedBucketOwner",
                "transitionDefaultMinimumObjectSize",
                "rules.filter.objectSizeGreaterThan",
                "rules.filter.objectSizeLessThan",
                "rules.filter.and.objectSizeGreaterThan",
                "rules.filter.and.objectSizeLessThan",
                "rules.noncurrentVersionExpiration.newerNoncurrentVersions",
                "rules.noncurrentVersionTransitions.newerNoncurrentVersions",
            ),
            read=_lifecycle,
            delete=deleter("DeleteBucketLifecycle"),
            defaults={"expectedBucketOwner": "", "transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
            check=_check_lifecycle,
            twin="AWS::S3::Bucket",
            twin_rename=_NOT_IN_TWIN
            | {
                "timeouts": "",
                "rules": "LifecycleConfiguration.Rules",
                "rules.expiration.days": "",
                "rules.expiration": "",
                "rules.filter": "",
                "rules.transitions.days": "TransitionInDays",
                "rules.transitions.date": "TransitionDate",
                "rules.noncurrentVersionTransitions.noncurrentDays": "TransitionInDays",
                "transitionDefaultMinimumObjectSize": "LifecycleConfiguration.TransitionDefaultMinimumObjectSize",
            },
        )
    ),
    *with_older_name(
        of_bucket(
            "BucketObjectLockConfiguration",
            operation="PutObjectLockConfiguration",
            presets={"objectLockEnabled": "Enabled"},
            create=lambda r: _put_lock(r, **r.request()),
            update={"*": lambda r: _put_lock(r, **r.request())},
            rename={
                "objectLockEnabled": "ObjectLockConfiguration.ObjectLockEnabled",
                "rule": "ObjectLockConfiguration.Rule",
            },
            lost=("expectedBucketOwner", "token"),
            read=_lock,
            delete=_unlock,
            check=_check_lock,
            twin="AWS::S3::Bucket",
            twin_rename=_NOT_IN_TWIN
            | {
                "token": "",
                "objectLockEnabled": "ObjectLockConfiguration.ObjectLockEnabled",
                "rule": "ObjectLockConfiguration.Rule",
            },
        )
    ),
    of_bucket(
        "BucketReplicationConfig",
        operation="PutBucketReplication",
        rename={"rules": "ReplicationConfiguration.Rules", "role": "ReplicationConfiguration.Role"},
        lost=(
            *("token", "rules.filter", "rules.sourceSelectionCriteria", "rules.existingObjectReplication"),
            "rules.deleteMarkerReplication",
        ),
        replace=("bucket",),
        read=reader("GetBucketReplication"),
        delete=deleter("DeleteBucketReplication"),
        check=_check_replication,
        twin="AWS::S3::Bucket",
        twin_rename={
            "bucket": "",
            "token": "",
            "rules": "ReplicationConfiguration.Rules",
            "role": "ReplicationConfiguration.Role",
            "rules.filter": "",
            "rules.existingObjectReplication": "",
        },
    ),
)
