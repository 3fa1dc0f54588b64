"""Schedules and their groups."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_EXPRESSION = re.compile(
    r"^(rate\((1 (minute|hour|day)|(?!1 )\d+ (minutes|hours|days))\)"
    r"|cron\(\S+ \S+ \S+ \S+ \S+ \S+\)"
    r"|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$"
)


def expression_reasons(expression: Any, forms: tuple[str, ...] = ("rate", "cron", "at")) -> list[str]:
    """What EventBridge has against a schedule."""
    if not isinstance(expression, str):
        return []
    if not _EXPRESSION.match(expression) or not expression.startswith(forms):
        shown = {"rate": "rate(5 minutes)", "cron": "cron(0 3 * * ? *)", "at": "at(2030-01-31T03:00:00)"}
        return [f"must look like {' or '.join(shown[form] for form in forms)}; got {expression!r}"]
    if expression.startswith("cron("):
        day, weekday = expression[5:-1].split()[2], expression[5:-1].split()[4]
        if (day == "?") is (weekday == "?"):
            return [f"must have ? for exactly one of day of month and day of week; got {expression!r}"]
    return []


def _at(r: Live) -> dict[str, str]:
    group, _, name = r.id.partition("/")
    return {"GroupName": group, "Name": name}


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = [
        Failure("scheduleExpression", f"{reason} (AWS rule)")
        for reason in expression_reasons(inputs["scheduleExpression"])
    ]
    zone, window = inputs.get("scheduleExpressionTimezone"), inputs["flexibleTimeWindow"]
    if isinstance(zone, str) and zone not in available_timezones():
        failures.append(Failure("scheduleExpressionTimezone", f"is no time zone: {zone!r} (AWS rule)"))
    if isinstance(window, dict) and (window.get("mode") == "FLEXIBLE") is (
        window.get("maximumWindowInMinutes") is None
    ):
        reason = "is needed with mode FLEXIBLE, and only there (AWS rule)"
        failures.append(Failure("flexibleTimeWindow.maximumWindowInMinutes", reason))
    return failures


ENTRIES = (
    Entry(
        type="aws:scheduler/scheduleGroup:ScheduleGroup",
        service="scheduler",
        operation="CreateScheduleGroup",
        name="name",
        id=lambda r, answer: r.inputs["name"],
        read=lambda r: r.api("GetScheduleGroup", Name=r.id),
        not_sent=("namePrefix",),
        replace=("name", "namePrefix"),
        delete=lambda r: r.api("DeleteScheduleGroup", Name=r.id),
        defaults={"namePrefix": ""},
        arn="arn:{partition}:scheduler:{region}:{account}:schedule-group/{id}",
        tags=tags.listed(
            resource="ResourceArn",
            read=lambda r, live: tags.from_pairs(r.api("ListTagsForResource", ResourceArn=live["Arn"])["Tags"]),
        ),
        find=lambda r: r.inputs["name"],
        twin="AWS::Scheduler::ScheduleGroup",
        twin_rename={"namePrefix": ""},
    ),
    Entry(
        type="aws:scheduler/schedule:Schedule",
        service="scheduler",
        operation="CreateSchedule",
        rename={
            "target.sagemakerPipelineParameters.pipelineParameters": "PipelineParameterList",
            "target.ecsParameters.networkConfiguration.subnets": "awsvpcConfiguration.Subnets",
            "target.ecsParameters.networkConfiguration.securityGroups": "awsvpcConfiguration.SecurityGroups",
            "target.ecsParameters.networkConfiguration.assignPublicIp": "awsvpcConfiguration.AssignPublicIp",
            "target.ecsParameters.capacityProviderStrategies": "CapacityProviderStrategy",
        },
        name="name",
        presets={"groupName": "default"},
        id=lambda r, answer: f"{r.inputs['groupName']}/{r.inputs['name']}",
        read=lambda r: r.api("GetSchedule", **_at(r)),
        update={"*": lambda r: r.api("UpdateSchedule", **r.request())},
        not_sent=("namePrefix",),
        lost=("actionAfterCompletion", "target.ecsParameters", "startDate", "endDate"),
        replace=("name", "namePrefix", "groupName"),
        delete=lambda r: r.api("DeleteSchedule", **_at(r)),
        defaults={"namePrefix": "", "actionAfterCompletion": "NONE"},
        check=_check,
        find=lambda r: f"{r.inputs['groupName']}/{r.inputs['name']}",
        twin="AWS::Scheduler::Schedule",
        twin_rename={"namePrefix": "", "target.ecsParameters": "", "target.sagemakerPipelineParameters": ""}
        | {"actionAfterCompletion": ""},
    ),
)
