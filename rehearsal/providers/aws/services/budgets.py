"""Budgets with their notifications and actions."""

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_MOST_NOTIFICATIONS = 5
_MOST_SUBSCRIBERS = 11
_TAGS = tags.listed(
    resource="ResourceARN", send="ResourceTags", members="ResourceTags", keys="ResourceTagKeys", kept=False
)


def _account(r: Live) -> str:
    return str(r.get("accountId") or r.account)


def _named(r: Live) -> dict[str, Any]:
    return {"AccountId": _account(r), "BudgetName": r.get("name")}


def _budget_extras(r: Live) -> dict[str, Any]:
    budget: dict[str, Any] = {"BudgetName": r.inputs["name"]}
    if amount := r.inputs.get("limitAmount"):
        budget["BudgetLimit"] = {"Amount": amount, "Unit": r.inputs.get("limitUnit", "USD")}
    elif r.inputs.get("autoAdjustData"):
        budget["BudgetLimit"] = {"Amount": "1", "Unit": "USD"}  # AWS works it out, the emulator wants to be told
    if planned := r.inputs.get("plannedLimits"):
        budget["PlannedBudgetLimits"] = {
            each["startTime"]: {"Amount": each["amount"], "Unit": each["unit"]} for each in planned
        }
    if filters := r.inputs.get("costFilters"):
        budget["CostFilters"] = {each["name"]: each["values"] for each in filters}
    period = {"Start": r.inputs.get("timePeriodStart"), "End": r.inputs.get("timePeriodEnd")}
    if known := {name: text.replace("_", "T") + ":00Z" for name, text in period.items() if text}:
        budget["TimePeriod"] = known
    notices = [_notice(each) for each in r.inputs.get("notifications") or []]
    more = {"NotificationsWithSubscribers": notices} if notices else {}
    return {"AccountId": _account(r), "Budget": budget, **more}


def _notice(given: Mapping[str, Any]) -> dict[str, Any]:
    mails = [{"SubscriptionType": "EMAIL", "Address": each} for each in given.get("subscriberEmailAddresses") or []]
    topics = [{"SubscriptionType": "SNS", "Address": each} for each in given.get("subscriberSnsTopicArns") or []]
    members = ("comparisonOperator", "notificationType", "threshold", "thresholdType")
    notice = {name[0].upper() + name[1:]: given[name] for name in members}
    return {"Notification": notice, "Subscribers": mails + topics}


def _budget(r: Live) -> dict[str, Any]:
    found = r.api("DescribeBudget", **_named(r))["Budget"]
    limit = found.get("BudgetLimit") or {}
    return {**found, "limitAmount": limit.get("Amount"), "limitUnit": limit.get("Unit"), "name": found["BudgetName"]}


def _reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    amount, kind, name = inputs.get("limitAmount"), inputs.get("budgetType"), inputs.get("name")
    if isinstance(amount, str) and not re.fullmatch(r"\d+(\.\d+)?", amount):
        yield "limitAmount", f"must be a number above 0 without sign, is {amount!r}"
    elif isinstance(amount, str) and float(amount) == 0:
        yield "limitAmount", "must be above 0"
    ways = [each for each in ("limitAmount", "plannedLimits", "autoAdjustData") if inputs.get(each)]
    if len(ways) != 1:
        yield (
            "limitAmount",
            f"or plannedLimits or autoAdjustData is needed, exactly one; given: {', '.join(ways) or 'none'}",
        )
    if kind == "COST" and inputs.get("limitUnit") not in (None, "USD") and isinstance(inputs["limitUnit"], str):
        yield "limitUnit", f"must be USD for a COST budget, is {inputs['limitUnit']!r}"
    if isinstance(name, str) and re.search(r"[:\\/]", name):
        yield "name", f"must not have colons and slashes, is {name!r}"
    for end in ("timePeriodStart", "timePeriodEnd"):
        text = inputs.get(end)
        if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}_\d{2}:\d{2}", text):
            yield end, f"must look like 2026-01-01_00:00, is {text!r}"
    yield from _notification_reasons(inputs)


def _notification_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    notices = inputs.get("notifications")
    if not isinstance(notices, list) or wire.has_unknown([each.get("threshold") for each in notices]):
        return
    if len(notices) > _MOST_NOTIFICATIONS:
        yield "notifications", f"has {len(notices)}; a budget has at most {_MOST_NOTIFICATIONS}"
    for index, each in enumerate(notices):
        at, threshold = f"notifications[{index}]", each.get("threshold")
        mails, topics = each.get("subscriberEmailAddresses") or [], each.get("subscriberSnsTopicArns") or []
        if isinstance(threshold, int | float) and not 0 < threshold <= 1_000_000_000:
            yield f"{at}.threshold", f"must lie above 0, is {threshold}"
        if not mails and not topics:
            yield at, "needs a subscriber: subscriberEmailAddresses or subscriberSnsTopicArns"
        if isinstance(mails, list) and isinstance(topics, list) and len(mails) + len(topics) > _MOST_SUBSCRIBERS:
            yield at, f"has {len(mails) + len(topics)} subscribers; at most {_MOST_SUBSCRIBERS} are allowed"
        if isinstance(topics, list) and len(topics) > 1:
            yield f"{at}.subscriberSnsTopicArns", f"has {len(topics)}; one topic is allowed"
        choices = {
            "comparisonOperator": ("GREATER_THAN", "LESS_THAN", "EQUAL_TO"),
            "notificationType": ("ACTUAL", "FORECASTED"),
            "thresholdType": ("PERCENTAGE", "ABSOLUTE_VALUE"),
        }
        for name, allowed in choices.items():
            if isinstance(each.get(name), str) and each[name] not in allowed:
                yield f"{at}.{name}", f"must be one of {', '.join(allowed)}, is {each[name]!r}"


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in _reasons(inputs)]


_OWN_WAY = ("limitAmount", "limitUnit", "plannedLimits", "costFilters", "timePeriodStart", "timePeriodEnd")


def _change(r: Live) -> None:
    """The emulator cannot change a budget."""
    whole = {**_budget_extras(r)}
    whole.pop("NotificationsWithSubscribers", None)
    budget = {**r.request()["Budget"], **whole["Budget"]}
    r.validated("UpdateBudget", AccountId=_account(r), NewBudget=budget)


def _action(r: Live) -> dict[str, Any]:
    return {"AccountId": _account(r), "BudgetName": r.get("budgetName"), "ActionId": r.id.split(":")[1]}


ENTRIES = (
    Entry(
        type="aws:budgets/budget:Budget",
        service="budgets",
        operation="CreateBudget",
        root="Budget",
        rename=dict.fromkeys(("accountId", "name", "namePrefix", "notifications", *_OWN_WAY), ""),
        also=_budget_extras,
        id=lambda r, answer: f"{_account(r)}:{r.inputs['name']}",
        read=_budget,
        lost=(
            *("notifications", "limitAmount", "limitUnit", "plannedLimits", "costFilters", "timePeriodStart"),
            *("timePeriodEnd", "costTypes", "accountId", "autoAdjustData", "budgetType", "timeUnit", "namePrefix"),
            *("billingViewArn", "filterExpression", "metrics"),
        ),
        update={"*": _change},
        replace=("name", "namePrefix", "accountId"),
        delete=lambda r: r.api("DeleteBudget", **_named(r)),
        name="name",
        name_limit=100,
        outputs=lambda r, live: {
            "arn": f"arn:aws:budgets::{_account(r)}:budget/{r.get('name')}",
            "accountId": _account(r),
        },
        defaults={"namePrefix": "", "costFilters": [], "timePeriodStart": "2026-01-01_00:00"},
        check=_check,
        tags=_TAGS,
    ),
    Entry(
        type="aws:budgets/budgetAction:BudgetAction",
        service="budgets",
        level="validated",
        operation="CreateBudgetAction",
        also=lambda r: {"AccountId": _account(r)},
        id=lambda r, answer: f"{_account(r)}:{uuid.uuid4()}:{r.inputs['budgetName']}",
        update={"*": lambda r: r.overwrite("UpdateBudgetAction", **_action(r))},
        replace=("accountId", "budgetName", "actionType"),
        delete=lambda r: r.api("DeleteBudgetAction", **_action(r)),
        outputs=lambda r, live: {
            "actionId": r.id.split(":")[1],
            "arn": f"arn:aws:budgets::{_account(r)}:budget/{r.get('budgetName')}/action/{r.id.split(':')[1]}",
            "status": "STANDBY",
            "accountId": _account(r),
        },
        tags=_TAGS,
    ),
)
