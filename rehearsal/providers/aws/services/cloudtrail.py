"""Trails and event data stores."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_RENAMES = {"cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn"}
_TRAIL_NAME = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{1,126})[A-Za-z0-9]$")


def _selectors(r: Live) -> None:
    advanced, plain = r.inputs.get("advancedEventSelectors"), r.inputs.get("eventSelectors")
    request: dict[str, Any] = {"TrailName": r.id}
    if advanced:
        request["AdvancedEventSelectors"] = [_advanced(selector) for selector in advanced]
    else:
        everything = [{"includeManagementEvents": True, "readWriteType": "All"}]
        request["EventSelectors"] = [_plain(selector) for selector in plain or everything]
    r.api("PutEventSelectors", **request)


def _plain(selector: Mapping[str, Any]) -> dict[str, Any]:
    data = [{"Type": each["type"], "Values": each["values"]} for each in selector.get("dataResources") or []]
    return {
        "ReadWriteType": selector.get("readWriteType", "All"),
        "IncludeManagementEvents": selector.get("includeManagementEvents", True),
        "DataResources": data,
        "ExcludeManagementEventSources": selector.get("excludeManagementEventSources") or [],
    }


def _advanced(selector: Mapping[str, Any]) -> dict[str, Any]:
    fields = [{_member(name): value for name, value in each.items() if value} for each in selector["fieldSelectors"]]
    return {**({"Name": selector["name"]} if selector.get("name") else {}), "FieldSelectors": fields}


def _member(name: str) -> str:
    """The SDK has `startsWiths` where AWS has StartsWith."""
    return (name[0].upper() + name[1:]).replace("Withs", "With")


def _as_written(selector: Mapping[str, Any]) -> dict[str, Any]:
    fields = [
        {f"{name}s" if name.endswith("With") else name: value for name, value in each.items()}
        for each in selector["FieldSelectors"]
    ]
    return {**selector, "FieldSelectors": fields}


def _insights(r: Live) -> None:
    kinds = [{"InsightType": each["insightType"]} for each in r.inputs.get("insightSelectors") or []]
    r.api("PutInsightSelectors", TrailName=r.id, InsightSelectors=kinds)


def _logging(r: Live) -> None:
    r.api("StopLogging" if r.inputs.get("enableLogging") is False else "StartLogging", Name=r.id)


def _create(r: Live) -> dict[str, Any]:
    answer = r.send()
    r.id = answer["TrailARN"]
    _logging(r)
    return answer


def _trail(r: Live) -> dict[str, Any]:
    trail = r.api("GetTrail", Name=r.id)["Trail"]
    selectors = r.api("GetEventSelectors", TrailName=r.id)
    return {
        **trail,
        "EnableLogFileValidation": trail.get("LogFileValidationEnabled"),
        "EnableLogging": r.api("GetTrailStatus", Name=r.id)["IsLogging"],
        "EventSelectors": selectors.get("EventSelectors"),
        "AdvancedEventSelectors": [_as_written(each) for each in selectors.get("AdvancedEventSelectors") or []] or None,
        "InsightSelectors": r.api("GetInsightSelectors", TrailName=r.id).get("InsightSelectors"),
    }


def _reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name, prefix = inputs.get("name"), inputs.get("s3KeyPrefix")
    if isinstance(name, str) and (not _TRAIL_NAME.match(name) or re.search(r"[._-]{2}", name)):
        yield "name", f"must have 3 to 128 letters, digits, periods, dashes or underscores, is {name!r}"
    if isinstance(prefix, str) and len(prefix) > 200:
        yield "s3KeyPrefix", f"has {len(prefix)} characters; at most 200 are allowed"
    if _given(inputs, "cloudWatchLogsGroupArn") != _given(inputs, "cloudWatchLogsRoleArn"):
        yield "cloudWatchLogsRoleArn", "and `cloudWatchLogsGroupArn` are given together or not at all"
    group = inputs.get("cloudWatchLogsGroupArn")
    if isinstance(group, str) and group.startswith("arn:") and not group.endswith(":*"):
        yield "cloudWatchLogsGroupArn", f"must end with `:*`, is {group}"
    if _given(inputs, "eventSelectors") and _given(inputs, "advancedEventSelectors"):
        yield "advancedEventSelectors", "cannot stand beside `eventSelectors`"
    if inputs.get("isMultiRegionTrail") and inputs.get("includeGlobalServiceEvents") is False:
        yield "includeGlobalServiceEvents", "must be true for a trail of all regions"
    yield from _selector_reasons(inputs)


def _given(inputs: Mapping[str, Any], name: str) -> bool:
    """Also when its value is not known yet."""
    return inputs.get(name) not in (None, "", [])


def _selector_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    allowed = ("ApiCallRateInsight", "ApiErrorRateInsight")
    for index, each in enumerate(inputs.get("insightSelectors") or []):
        kind = each.get("insightType")
        if isinstance(kind, str) and kind not in allowed:
            yield f"insightSelectors[{index}].insightType", f"must be {' or '.join(allowed)}, is {kind!r}"
    for index, each in enumerate(inputs.get("eventSelectors") or []):
        kind = each.get("readWriteType")
        if isinstance(kind, str) and kind not in ("All", "ReadOnly", "WriteOnly"):
            yield f"eventSelectors[{index}].readWriteType", f"must be All, ReadOnly or WriteOnly, is {kind!r}"
    for index, each in enumerate(inputs.get("advancedEventSelectors") or []):
        fields = {selector.get("field") for selector in each.get("fieldSelectors") or []}
        if "eventCategory" not in fields and not wire.has_unknown(each):
            yield f"advancedEventSelectors[{index}].fieldSelectors", "need one for the field eventCategory"


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in _reasons(inputs)]


def _check_store(inputs: Mapping[str, Any]) -> list[Failure]:
    days, mode = inputs.get("retentionPeriod"), inputs.get("billingMode", "EXTENDABLE_RETENTION_PRICING")
    most = 3653 if mode == "EXTENDABLE_RETENTION_PRICING" else 2557
    if isinstance(days, int) and not 7 <= days <= most:
        return [Failure("retentionPeriod", f"must lie between 7 and {most} days with {mode}, is {days} (AWS rule)")]
    return []


def _delete_store(r: Live) -> None:
    """A protected one cannot go; the official provider refuses as AWS does."""
    r.api("DeleteEventDataStore", EventDataStore=r.id)


def _suspend(r: Live) -> None:
    stopped = str(r.inputs.get("suspend", "")).lower() == "true"
    r.api(f"{'Stop' if stopped else 'Start'}EventDataStoreIngestion", EventDataStore=r.id)


def _change_tags(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
    if wanted:
        r.api("AddTags", ResourceId=r.id, TagsList=tags.pairs(wanted))
    if gone:
        r.api("RemoveTags", ResourceId=r.id, TagsList=[{"Key": key} for key in gone])


def _read_tags(r: Live, live: Mapping[str, Any]) -> dict[str, str] | None:
    listed = r.api("ListTags", ResourceIdList=[r.id])["ResourceTagList"]
    return tags.from_pairs(listed[0].get("TagsList", [])) if listed else {}


ENTRIES = (
    Entry(
        type="aws:cloudtrail/trail:Trail",
        service="cloudtrail",
        operation="CreateTrail",
        create=_create,
        id="TrailARN",
        read=_trail,
        after=("eventSelectors", "advancedEventSelectors", "insightSelectors"),
        lost=("insightSelectors",),
        rename={**_RENAMES, "enableLogging": ""},
        update={
            "enableLogging": _logging,
            "eventSelectors": _selectors,
            "advancedEventSelectors": _selectors,
            "insightSelectors": _insights,
            "*": lambda r: r.overwrite("UpdateTrail", Name=r.id),
        },
        replace=("name",),
        delete=lambda r: r.api("DeleteTrail", Name=r.get("name")),
        name="name",
        name_limit=128,
        outputs=lambda r, live: {
            "arn": r.id,
            "homeRegion": live.get("HomeRegion", r.region),
            "snsTopicArn": live.get("SnsTopicARN", ""),
        },
        find=lambda r: r.arn("arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"),
        check=_check,
        tags=tags.Tags(
            send=lambda wanted: {"TagsList": tags.pairs(wanted)} if wanted else {}, change=_change_tags, read=_read_tags
        ),
        twin="AWS::CloudTrail::Trail",
        twin_defaults={"IsLogging": True},
        twin_rename={
            "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
            "enableLogging": "IsLogging",
            "name": "TrailName",
        },
    ),
    Entry(
        type="aws:cloudtrail/eventDataStore:EventDataStore",
        service="cloudtrail",
        level="validated",
        operation="CreateEventDataStore",
        id=lambda r, answer: r.arn(
            f"arn:{{partition}}:cloudtrail:{{region}}:{{account}}:eventdatastore/{r.invented('', 32)}"
        ),
        after=("suspend",),
        update={"suspend": _suspend, "*": lambda r: r.overwrite("UpdateEventDataStore", EventDataStore=r.id)},
        replace=("kmsKeyId",),
        delete=_delete_store,
        name="name",
        outputs=lambda r, live: {"arn": r.id},
        defaults={"advancedEventSelectors": []},
        check=_check_store,
        tags=tags.Tags(
            send=lambda wanted: {"TagsList": tags.pairs(wanted)} if wanted else {},
            change=_change_tags,
            read=lambda r, live: None,
        ),
        twin="AWS::CloudTrail::EventDataStore",
        twin_rename={"suspend": ""},
    ),
)
