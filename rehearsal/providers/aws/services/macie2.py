"""Sensitive-data discovery: the account's session and its jobs."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure


def _session(r: Live) -> dict[str, Any] | None:
    found = r.api("GetMacieSession")
    return found if found.get("status") in ("ENABLED", "PAUSED") else None


def _check_job(inputs: Mapping[str, Any]) -> list[Failure]:
    kind, schedule, share = inputs.get("jobType"), inputs.get("scheduleFrequency"), inputs.get("samplingPercentage")
    failures: list[Failure] = []
    if kind == "SCHEDULED" and not schedule:
        failures.append(Failure("scheduleFrequency", "is needed for a SCHEDULED job (AWS rule)"))
    if kind == "ONE_TIME" and schedule:
        failures.append(Failure("scheduleFrequency", "cannot be given for a ONE_TIME job (AWS rule)"))
    if isinstance(share, int) and not 1 <= share <= 100:
        failures.append(Failure("samplingPercentage", f"must lie between 1 and 100, is {share} (AWS rule)"))
    return failures


def _job_extras(r: Live) -> dict[str, Any]:
    schedule = r.inputs.get("scheduleFrequency") or {}
    placed: dict[str, Any] = {}
    if schedule.get("dailySchedule"):
        placed["dailySchedule"] = {}
    if day := schedule.get("weeklySchedule"):
        placed["weeklySchedule"] = {"dayOfWeek": day}
    if date := schedule.get("monthlySchedule"):
        placed["monthlySchedule"] = {"dayOfMonth": date}
    return {"clientToken": r.invented("", 32), **({"scheduleFrequency": placed} if placed else {})}


def _job(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    arn = r.arn("arn:{partition}:macie2:{region}:{account}:classification-job/{id}")
    return {"jobId": r.id, "jobArn": arn, "createdAt": r.state.get("createdAt", ""), "userPausedDetails": []}


ENTRIES = (
    Entry(
        type="aws:macie2/account:Account",
        service="macie2",
        operation="EnableMacie",
        id=lambda r, answer: r.account,
        read=_session,
        update={"*": lambda r: r.validated("UpdateMacieSession", **r.request(operation="UpdateMacieSession"))},
        lost=("findingPublishingFrequency", "status"),
        delete=lambda r: r.api("DisableMacie"),
        defaults={"findingPublishingFrequency": "FIFTEEN_MINUTES", "status": "ENABLED"},
        alone=True,
        find=lambda r: r.account,
        twin="AWS::Macie::Session",
    ),
    Entry(
        type="aws:macie2/classificationJob:ClassificationJob",
        service="macie2",
        level="validated",
        operation="CreateClassificationJob",
        rename={"namePrefix": "", "jobStatus": "", "scheduleFrequency": ""},
        also=_job_extras,
        id=lambda r, answer: r.invented("", 32),
        update={"jobStatus": lambda r: r.api("UpdateClassificationJob", jobId=r.id, jobStatus=r.inputs["jobStatus"])},
        replace=(
            *("customDataIdentifierIds", "description", "initialRun", "jobType", "name", "namePrefix"),
            *("s3JobDefinition", "samplingPercentage", "scheduleFrequency"),
        ),
        delete=lambda r: r.api("UpdateClassificationJob", jobId=r.id, jobStatus="CANCELLED"),
        outputs=_job,
        defaults={
            "jobStatus": "RUNNING",
            "samplingPercentage": 100,
            "customDataIdentifierIds": [],
            "description": "",
            "namePrefix": "",
        },
        name="name",
        check=_check_job,
        tags=tags.mapped(of=lambda r: r.state["jobArn"]),
    ),
)
