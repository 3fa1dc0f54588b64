"""Watching for unusual cost."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_TAGS = tags.listed(
    resource="ResourceArn", of=lambda r: r.id, send="ResourceTags", members="ResourceTags", keys="ResourceTagKeys"
)
_OPERATORS = {"ands": "And", "ors": "Or", "not": "Not", "dimension": "Dimensions", "costCategory": "CostCategories"}


def _expression(given: Mapping[str, Any]) -> dict[str, Any]:
    placed: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("ands", "ors") and value:
            placed[_OPERATORS[name]] = [_expression(each) for each in value]
        elif name == "not" and value:
            placed["Not"] = _expression(value)
        elif name in ("dimension", "costCategory", "tags") and value:
            members = {"key": "Key", "values": "Values", "matchOptions": "MatchOptions"}
            placed[_OPERATORS.get(name, "Tags")] = {members[key]: item for key, item in value.items() if item}
    return placed


def _threshold(r: Live) -> dict[str, Any]:
    given = r.inputs.get("thresholdExpression")
    return {"ThresholdExpression": _expression(given)} if given else {"Threshold": 0.0}


def _extras(r: Live) -> dict[str, Any]:
    return {"AnomalySubscription": _threshold(r)}


def _monitor_extras(r: Live) -> dict[str, Any]:
    text = r.inputs.get("monitorSpecification")
    return {"AnomalyMonitor": {"MonitorSpecification": json.loads(text)}} if text else {}


def _change(r: Live) -> None:
    r.overwrite("UpdateAnomalySubscription", SubscriptionArn=r.id, **_threshold(r))


def _check_monitor(inputs: Mapping[str, Any]) -> list[Failure]:
    kind, specification = inputs.get("monitorType"), inputs.get("monitorSpecification")
    if kind == "DIMENSIONAL" and not inputs.get("monitorDimension"):
        return [Failure("monitorDimension", "is needed for a DIMENSIONAL monitor: SERVICE (AWS rule)")]
    if kind == "CUSTOM" and not specification:
        return [Failure("monitorSpecification", "is needed for a CUSTOM monitor (AWS rule)")]
    if isinstance(specification, str):
        try:
            json.loads(specification)
        except ValueError as error:
            return [Failure("monitorSpecification", f"is not JSON: {error} (AWS rule)")]
    return []


def _check_subscription(inputs: Mapping[str, Any]) -> list[Failure]:
    """SNS hears of each anomaly at once, mail in a digest."""
    failures: list[Failure] = []
    often, subscribers = inputs.get("frequency"), inputs.get("subscribers")
    for index, each in enumerate(subscribers if isinstance(subscribers, list) else []):
        if each.get("type") == "SNS" and often in ("DAILY", "WEEKLY"):
            reason = f"cannot be SNS with frequency {often}: topics are told IMMEDIATE (AWS rule)"
            failures.append(Failure(f"subscribers[{index}].type", reason))
        if each.get("type") == "EMAIL" and often == "IMMEDIATE":
            reason = "cannot be EMAIL with frequency IMMEDIATE: mail is DAILY or WEEKLY (AWS rule)"
            failures.append(Failure(f"subscribers[{index}].type", reason))
    return failures


def _arn(kind: str) -> Any:
    return lambda r, answer: f"arn:aws:ce::{r.account}:{kind}/" + r.invented("", 32)


ENTRIES = (
    Entry(
        type="aws:costexplorer/anomalyMonitor:AnomalyMonitor",
        service="ce",
        level="validated",
        operation="CreateAnomalyMonitor",
        root="AnomalyMonitor",
        rename={"name": "MonitorName", "monitorSpecification": ""},
        also=_monitor_extras,
        id=_arn("anomalymonitor"),
        update={"name": lambda r: r.api("UpdateAnomalyMonitor", MonitorArn=r.id, MonitorName=r.inputs["name"])},
        replace=("monitorDimension", "monitorSpecification", "monitorType"),
        delete=lambda r: r.api("DeleteAnomalyMonitor", MonitorArn=r.id),
        outputs=lambda r, live: {"arn": r.id},
        name="name",
        check=_check_monitor,
        tags=_TAGS,
        twin="AWS::CE::AnomalyMonitor",
        twin_rename={"name": "MonitorName", "tags": "ResourceTags"},
    ),
    Entry(
        type="aws:costexplorer/anomalySubscription:AnomalySubscription",
        service="ce",
        level="validated",
        operation="CreateAnomalySubscription",
        root="AnomalySubscription",
        rename={"name": "SubscriptionName", "thresholdExpression": ""},
        also=_extras,
        id=_arn("anomalysubscription"),
        update={"*": _change},
        replace=("name", "accountId"),
        delete=lambda r: r.api("DeleteAnomalySubscription", SubscriptionArn=r.id),
        outputs=lambda r, live: {"arn": r.id, "accountId": r.account},
        name="name",
        check=_check_subscription,
        tags=_TAGS,
        twin="AWS::CE::AnomalySubscription",
        twin_rename={"name": "SubscriptionName", "tags": "ResourceTags", "thresholdExpression": ""},
    ),
)
