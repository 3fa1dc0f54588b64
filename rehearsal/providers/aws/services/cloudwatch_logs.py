"""Log groups and what is drawn from them: metrics, subscriptions, saved queries."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure, Refused

_RETENTIONS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def _refusals(reasons: Iterator[tuple[str, str]]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in reasons]


# -- log groups ---------------------------------------------------------------------------------------------------


def _arn(r: Live) -> str:
    return f"arn:aws:logs:{r.region}:{r.account}:log-group:{r.id}"


def _group(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeLogGroups", logGroupNamePrefix=r.id)["logGroups"]
    group = next((each for each in found if each["logGroupName"] == r.id), None)
    # A key can be exchanged in AWS only: the emulator would tell the first one for ever.
    return None if group is None else {**group, "kmsKeyId": r.inputs.get("kmsKeyId")}


def _retain(r: Live) -> None:
    days = r.inputs.get("retentionInDays")
    if days:
        r.api("PutRetentionPolicy", logGroupName=r.id, retentionInDays=days)
    else:
        r.api("DeleteRetentionPolicy", logGroupName=r.id)


def _change_key(r: Live) -> None:
    key = r.inputs.get("kmsKeyId")
    if key:
        r.validated("AssociateKmsKey", logGroupName=r.id, kmsKeyId=key)
    else:
        r.validated("DisassociateKmsKey", logGroupName=r.id)


def _protect(r: Live) -> None:
    wanted = bool(r.inputs.get("deletionProtectionEnabled"))
    r.validated("PutLogGroupDeletionProtection", logGroupIdentifier=r.id, deletionProtectionEnabled=wanted)


def _delete_group(r: Live) -> None:
    if r.get("skipDestroy"):
        return
    if r.get("deletionProtectionEnabled"):
        raise Refused(f"the log group {r.id} is protected: set deletionProtectionEnabled to false first (AWS rule)")
    r.api("DeleteLogGroup", logGroupName=r.id)


def _check_group(inputs: Mapping[str, Any]) -> list[Failure]:
    return _refusals(_group_reasons(inputs))


def _group_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    days, key = inputs.get("retentionInDays"), inputs.get("kmsKeyId")
    if isinstance(days, int) and days not in _RETENTIONS:
        yield "retentionInDays", f"must be one of {', '.join(map(str, _RETENTIONS))}; got {days}"
    if isinstance(key, str) and not key.startswith("arn:"):
        yield "kmsKeyId", f"must be the ARN of a key, got {key!r}"
    name = inputs.get("name")
    if isinstance(name, str) and (name.startswith("aws/") or not re.fullmatch(r"[A-Za-z0-9._/#-]{1,512}", name)):
        yield "name", f"must be 1 to 512 letters, digits and ._/#- and not begin with aws/, got {name!r}"
    if inputs.get("logGroupClass") == "DELIVERY" and days not in (None, 2):
        yield "retentionInDays", "is always 2 in the class DELIVERY"


# -- metric filters -----------------------------------------------------------------------------------------------


def _metric_filter(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeMetricFilters", logGroupName=r.get("logGroupName"), filterNamePrefix=r.id)["metricFilters"]
    return next((each for each in found if each["filterName"] == r.id), None)


def _change_filter(r: Live) -> None:
    """The emulator would keep the old filter beside the new one."""
    _delete_filter(r)
    r.put()


def _delete_filter(r: Live) -> None:
    r.api("DeleteMetricFilter", logGroupName=r.get("logGroupName"), filterName=r.id)


def _check_filter(inputs: Mapping[str, Any]) -> list[Failure]:
    return _refusals(_filter_reasons(inputs))


def _filter_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    transformation, pattern = inputs["metricTransformation"], inputs["pattern"]
    if isinstance(transformation, dict):
        dimensions = transformation.get("dimensions")
        if dimensions and transformation.get("defaultValue") is not None:
            yield "metricTransformation.defaultValue", "cannot be given beside dimensions"
        if isinstance(dimensions, dict) and len(dimensions) > 3:
            yield "metricTransformation.dimensions", f"must be at most 3, got {len(dimensions)}"
    if isinstance(pattern, str):
        yield from (("pattern", reason) for reason in _pattern_reasons(pattern))


def _pattern_reasons(pattern: str) -> list[str]:
    text = pattern.strip()
    for opening, closing, kind in (("{", "}", "JSON"), ("[", "]", "space-delimited"), ("%", "%", "regular-expression")):
        if text.startswith(opening) and not (text.endswith(closing) and len(text) > 1):
            return [f"is a {kind} pattern without its closing {closing}: {pattern!r}"]
    if text.startswith("{") and "$" not in text:
        return [f"is a JSON pattern without a property such as $.level: {pattern!r}"]
    if text.count('"') % 2:
        return [f"has a quotation mark without its partner: {pattern!r}"]
    return []


# -- subscriptions ------------------------------------------------------------------------------------------------


def _check_subscription(inputs: Mapping[str, Any]) -> list[Failure]:
    return _refusals(_subscription_reasons(inputs))


def _subscription_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    target, pattern = inputs["destinationArn"], inputs["filterPattern"]
    if isinstance(target, str):
        service = (target.split(":") + [""] * 3)[2]
        if service not in ("lambda", "kinesis", "firehose", "logs"):
            yield "destinationArn", f"must be a stream, a Firehose, a function or a logs destination; got {target!r}"
        elif service in ("kinesis", "firehose") and inputs.get("roleArn") is None:
            yield "roleArn", f"is needed to write to {service}"
    if isinstance(pattern, str):
        yield from (("filterPattern", reason) for reason in _pattern_reasons(pattern))


LOG_TAGS = tags.mapped(
    of=_arn,
    read=lambda r, live: r.api("ListTagsForResource", resourceArn=_arn(r)).get("tags", {}),
)

ENTRIES = (
    Entry(
        type="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        operation="CreateLogGroup",
        rename={"name": "logGroupName"},
        name="name",
        name_limit=512,
        id=lambda r, answer: r.inputs["name"],
        read=_group,
        after=("retentionInDays",),
        update={"retentionInDays": _retain, "kmsKeyId": _change_key, "deletionProtectionEnabled": _protect},
        not_sent=("namePrefix", "skipDestroy"),
        lost=("logGroupClass", "deletionProtectionEnabled", "kmsKeyId"),
        replace=("name", "namePrefix", "logGroupClass"),
        delete=_delete_group,
        outputs=lambda r, live: {"arn": _arn(r)},
        defaults={"namePrefix": "", "logGroupClass": "STANDARD", "deletionProtectionEnabled": False},
        check=_check_group,
        tags=LOG_TAGS,
        find=lambda r: r.inputs["name"],
        twin="AWS::Logs::LogGroup",
        twin_rename={"name": "LogGroupName", "namePrefix": "", "skipDestroy": ""},
    ),
    Entry(
        type="aws:cloudwatch/logMetricFilter:LogMetricFilter",
        service="logs",
        operation="PutMetricFilter",
        rename={
            "name": "filterName",
            "pattern": "filterPattern",
            "metricTransformation": "metricTransformations",
            "metricTransformation.name": "metricName",
            "metricTransformation.namespace": "metricNamespace",
            "metricTransformation.value": "metricValue",
        },
        name="name",
        name_limit=512,
        id=lambda r, answer: r.inputs["name"],
        read=_metric_filter,
        update={"*": _change_filter},
        lost=("applyOnTransformedLogs", "metricTransformation.dimensions"),
        replace=("name", "logGroupName"),
        delete=_delete_filter,
        defaults={"applyOnTransformedLogs": False},
        check=_check_filter,
        twin="AWS::Logs::MetricFilter",
        twin_rename={
            "name": "FilterName",
            "pattern": "FilterPattern",
            "metricTransformation": "MetricTransformations",
            "metricTransformation.name": "MetricName",
            "metricTransformation.namespace": "MetricNamespace",
            "metricTransformation.value": "MetricValue",
            "metricTransformation.dimensions": "",
        },
    ),
    Entry(
        type="aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        service="logs",
        level="validated",
        operation="PutSubscriptionFilter",
        rename={"name": "filterName", "logGroup": "logGroupName"},
        name="name",
        name_limit=512,
        id=lambda r, answer: f"{r.inputs['logGroup']}|{r.inputs['name']}",
        update={"*": lambda r: r.put()},
        replace=("name", "logGroup", "destinationArn"),
        delete=lambda r: r.api("DeleteSubscriptionFilter", logGroupName=r.get("logGroup"), filterName=r.get("name")),
        defaults={"applyOnTransformedLogs": False, "roleArn": ""},
        check=_check_subscription,
        twin="AWS::Logs::SubscriptionFilter",
        twin_rename={"name": "FilterName", "logGroup": "LogGroupName"},
    ),
    Entry(
        type="aws:cloudwatch/queryDefinition:QueryDefinition",
        service="logs",
        level="validated",
        operation="PutQueryDefinition",
        name="name",
        name_limit=255,
        id=lambda r, answer: r.id or r.invented(digits=32),
        update={"*": lambda r: r.api("PutQueryDefinition", **{**r.request(), "queryDefinitionId": r.id})},
        delete=lambda r: r.api("DeleteQueryDefinition", queryDefinitionId=r.id),
        outputs=lambda r, live: {
            "queryDefinitionId": r.id,
            "arn": f"arn:aws:logs:{r.region}:{r.account}:query-definition:{r.id}",
        },
        twin="AWS::Logs::QueryDefinition",
    ),
)
