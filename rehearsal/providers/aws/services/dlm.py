"""Snapshot schedules; the emulator lacks them, so requests are validated."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.eks import role_failures
from rehearsal.providers.provider import Failure

_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
_MOST_KEPT = 1000


def _change(r: Live) -> None:
    sent = [name for name in r.changed if name not in ("tags", "tagsAll")]
    r.api("UpdateLifecyclePolicy", PolicyId=r.id, **r.request(only=sent, operation="UpdateLifecyclePolicy"))


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = role_failures(inputs, "executionRoleArn")
    details = inputs.get("policyDetails")
    if not isinstance(details, dict):
        return failures
    kind = details.get("policyType") or "EBS_SNAPSHOT_MANAGEMENT"
    simple = details.get("policyLanguage") == "SIMPLIFIED"
    if kind in ("EBS_SNAPSHOT_MANAGEMENT", "IMAGE_MANAGEMENT") and not simple:
        for name in ("resourceTypes", "targetTags", "schedules"):
            if details.get(name) in (None, [], {}):
                failures.append(Failure(f"policyDetails.{name}", f"is needed for {kind} (AWS rule)"))
    schedules = details.get("schedules")
    for index, schedule in enumerate(schedules if isinstance(schedules, list) else []):
        if isinstance(schedule, dict):
            failures += _check_schedule(schedule, f"policyDetails.schedules[{index}]")
    if isinstance(schedules, list) and len(schedules) > 4:
        failures.append(Failure("policyDetails.schedules", f"takes at most 4, got {len(schedules)} (AWS rule)"))
    return failures


def _check_schedule(schedule: Mapping[str, Any], at: str) -> list[Failure]:
    failures: list[Failure] = []
    create, retain = schedule.get("createRule"), schedule.get("retainRule")
    if isinstance(create, dict):
        if (create.get("cronExpression") is None) == (create.get("interval") is None):
            reason = "needs exactly one of interval and cronExpression (AWS rule)"
            failures.append(Failure(f"{at}.createRule", reason))
        interval, times = create.get("interval"), create.get("times")
        if isinstance(interval, int | float) and interval not in _HOURS:
            allowed = ", ".join(map(str, _HOURS))
            failures.append(
                Failure(f"{at}.createRule.interval", f"must be one of {allowed} hours, got {interval:g} (AWS rule)")
            )
        if isinstance(times, str) and not re.match(r"^([01]\d|2[0-3]):[0-5]\d$", times):
            failures.append(
                Failure(f"{at}.createRule.times", f"must be a time such as 03:00, got {times!r} (AWS rule)")
            )
    if isinstance(retain, dict):
        if (retain.get("count") is None) == (retain.get("interval") is None):
            failures.append(Failure(f"{at}.retainRule", "needs exactly one of count and interval (AWS rule)"))
        count = retain.get("count")
        if isinstance(count, int | float) and not 1 <= count <= _MOST_KEPT:
            reason = f"must lie between 1 and {_MOST_KEPT}, got {count:g} (AWS rule)"
            failures.append(Failure(f"{at}.retainRule.count", reason))
    return failures


ENTRIES = (
    Entry(
        type="aws:dlm/lifecyclePolicy:LifecyclePolicy",
        service="dlm",
        level="validated",
        operation="CreateLifecyclePolicy",
        also=lambda r: {"State": r.inputs.get("state", "ENABLED")},
        rename={
            "policyDetails.action": "Actions",
            "policyDetails.action.crossRegionCopies": "CrossRegionCopy",
            "policyDetails.eventSource.parameters.snapshotOwners": "SnapshotOwner",
            "policyDetails.schedules.archiveRule.archiveRetainRule": "RetainRule",
            "policyDetails.schedules.shareRule": "ShareRules",
        },
        id=lambda r, answer: r.invented("policy-0"),
        update={"*": _change},
        replace=("defaultPolicy",),
        delete=lambda r: r.api("DeleteLifecyclePolicy", PolicyId=r.id),
        arn="arn:{partition}:dlm:{region}:{account}:policy/{id}",
        defaults={"state": "ENABLED"},
        check=_check,
        tags=tags.mapped(resource="ResourceArn", send="Tags", members="Tags", keys="TagKeys"),
        twin="AWS::DLM::LifecyclePolicy",
        twin_rename={
            "policyDetails.action": "Actions",
            "policyDetails.action.crossRegionCopies": "CrossRegionCopy",
            "policyDetails.eventSource.parameters.snapshotOwners": "SnapshotOwner",
            "policyDetails.schedules.archiveRule.archiveRetainRule": "RetainRule",
            "policyDetails.schedules.shareRule": "ShareRules",
        },
    ),
)
