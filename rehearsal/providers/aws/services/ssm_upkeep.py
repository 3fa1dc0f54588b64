"""Systems Manager's upkeep of machines: associations, maintenance windows with targets and tasks, patch baselines."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.ssm import refusals, ssm_tags
from rehearsal.providers.provider import Failure

_SCHEDULE = re.compile(r"^(rate\(\d+ (minute|hour|day|week)s?\)|cron\(\S+( \S+){5,6}\)|at\([^)]+\))$")
_WINDOW = (
    *("allowUnassociatedTargets", "cutoff", "description", "duration", "enabled", "endDate", "name", "schedule"),
    *("scheduleOffset", "scheduleTimezone", "startDate"),
)
_OUTPUT = {
    "outputLocation.s3BucketName": "S3Location.OutputS3BucketName",
    "outputLocation.s3KeyPrefix": "S3Location.OutputS3KeyPrefix",
    "outputLocation.s3Region": "S3Location.OutputS3Region",
}
_FILTERS = {
    "globalFilters": "GlobalFilters.PatchFilters",
    "approvalRules": "ApprovalRules.PatchRules",
    "approvalRules.patchFilters": "PatchFilterGroup.PatchFilters",
}
_INVOCATION = "taskInvocationParameters"
_RUN_COMMAND = f"{_INVOCATION}.runCommandParameters"


def _schedule_reasons(schedule: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(schedule, str) and not _SCHEDULE.match(schedule):
        yield at, f"must look like cron(0 2 ? * SUN *) or rate(7 days), got {schedule!r}"


# -- associations -------------------------------------------------------------------------------------------------


def _association_values(r: Live) -> dict[str, Any]:
    """A parameter of ours is one text, of AWS a list."""
    parameters = r.inputs.get("parameters") or {}
    return {"Parameters": {name: [value] for name, value in parameters.items()}} if parameters else {}


def _update_association(r: Live) -> None:
    apart = {"tags", "tagsAll", "parameters", "name", "waitForSuccessTimeoutSeconds"}
    changed = [name for name in r.changed if name not in apart]
    request = r.request(only=changed, operation="UpdateAssociation")
    r.api("UpdateAssociation", AssociationId=r.id, **request, **_association_values(r))


def _check_association(inputs: Mapping[str, Any]) -> list[Failure]:
    return refusals(_association_reasons(inputs))


def _association_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _schedule_reasons(inputs.get("scheduleExpression"), "scheduleExpression")
    for name in ("maxConcurrency", "maxErrors"):
        given = inputs.get(name)
        if isinstance(given, str) and not re.fullmatch(r"\d+|(100|\d{1,2})%", given):
            yield name, f"must be a number or a percentage, got {given!r}"
    if len(inputs.get("targets") or []) > 5:
        yield "targets", f"must be at most 5, got {len(inputs['targets'])}"


# -- maintenance windows ------------------------------------------------------------------------------------------


def _check_window(inputs: Mapping[str, Any]) -> list[Failure]:
    return refusals(_window_reasons(inputs))


def _window_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _schedule_reasons(inputs["schedule"], "schedule")
    duration, cutoff = inputs["duration"], inputs["cutoff"]
    if isinstance(duration, int) and isinstance(cutoff, int) and cutoff >= duration:
        yield "cutoff", f"must be less than duration ({duration} h), got {cutoff}"


def _update_window(r: Live) -> None:
    request = r.request(only=list(r.inputs), operation="UpdateMaintenanceWindow")
    r.validated("UpdateMaintenanceWindow", **{**request, "WindowId": r.id})


def _held(r: Live, operation: str, list_name: str, id_name: str) -> dict[str, Any] | None:
    found = r.api(operation, WindowId=r.get("windowId"))[list_name]
    return next((each for each in found if each[id_name] == r.id), None)


def _check_targets(inputs: Mapping[str, Any]) -> list[Failure]:
    targets = inputs.get("targets")
    if isinstance(targets, list) and not 1 <= len(targets) <= 5:
        return [Failure("targets", f"must be 1 to 5, got {len(targets)} (AWS rule)")]
    return []


def _task_values(r: Live) -> dict[str, Any]:
    """Parameters are lists of names and values here, maps of lists in AWS."""
    given = r.inputs.get(_INVOCATION) or {}
    built: dict[str, Any] = {}
    for ours, theirs in (("automationParameters", "Automation"), ("runCommandParameters", "RunCommand")):
        parameters = (given.get(ours) or {}).get("parameters")
        if parameters:
            built[theirs] = {"Parameters": {each["name"]: each["values"] for each in parameters}}
    return built


def _register_task(r: Live) -> Any:
    request = r.request()
    for kind, more in _task_values(r).items():
        request[_INVOCATION[0].upper() + _INVOCATION[1:]].setdefault(kind, {}).update(more)
    return r.api("RegisterTaskWithMaintenanceWindow", **request)


def _check_task(inputs: Mapping[str, Any]) -> list[Failure]:
    kinds = {
        "AUTOMATION": "automationParameters",
        "LAMBDA": "lambdaParameters",
        "RUN_COMMAND": "runCommandParameters",
        "STEP_FUNCTIONS": "stepFunctionsParameters",
    }
    wanted = kinds.get(str(inputs["taskType"]))
    for name in inputs.get(_INVOCATION) or {}:
        if wanted and name != wanted and inputs[_INVOCATION][name] is not None:
            reason = f"goes with another taskType; {inputs['taskType']} takes {wanted} (AWS rule)"
            return [Failure(f"{_INVOCATION}.{name}", reason)]
    if inputs["taskType"] == "RUN_COMMAND" and not inputs.get("targets"):
        return [Failure("targets", "are needed by taskType RUN_COMMAND (AWS rule)")]
    return []


# -- patch baselines ----------------------------------------------------------------------------------------------


def _baseline(r: Live) -> dict[str, Any] | None:
    filters = [{"Key": "OWNER", "Values": ["Self"]}]
    found = r.api("DescribePatchBaselines", Filters=filters)["BaselineIdentities"]
    baseline = next((each for each in found if each["BaselineId"] == r.id), None)
    return None if baseline is None else {**baseline, "Name": baseline["BaselineName"], "Json": "{}"}


def _check_baseline(inputs: Mapping[str, Any]) -> list[Failure]:
    return refusals(_baseline_reasons(inputs))


def _baseline_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(inputs.get("approvalRules") or []):
        if (rule.get("approveAfterDays") is None) == (rule.get("approveUntilDate") is None):
            yield f"approvalRules[{index}]", "needs approveAfterDays or approveUntilDate"
        if rule.get("enableNonSecurity") and inputs.get("operatingSystem") in (None, "WINDOWS"):
            yield f"approvalRules[{index}].enableNonSecurity", "goes with Linux only"


ENTRIES = (
    Entry(
        type="aws:ssm/association:Association",
        service="ssm",
        level="validated",
        operation="CreateAssociation",
        also=_association_values,
        rename={
            "parameters": "",
            **_OUTPUT,
        },
        name="name",
        id=lambda r, answer: r.id or "-".join((r.invented(digits=8), r.invented(digits=4), "4" + r.invented(digits=3))),
        update={"*": _update_association},
        not_sent=("waitForSuccessTimeoutSeconds",),
        replace=("name", "automationTargetParameterName"),
        delete=lambda r: r.api("DeleteAssociation", AssociationId=r.id),
        arn="arn:{partition}:ssm:{region}:{account}:association/{id}",
        outputs=lambda r, live: {"associationId": r.id},
        check=_check_association,
        tags=ssm_tags("Association", kept=False),
        twin="AWS::SSM::Association",
        twin_rename={
            "parameters": "",
            "tags": "",
            **_OUTPUT,
        },
    ),
    Entry(
        type="aws:ssm/maintenanceWindow:MaintenanceWindow",
        service="ssm",
        operation="CreateMaintenanceWindow",
        rename={"enabled": ""},
        name="name",
        name_limit=128,
        id="WindowId",
        read=lambda r: r.api("GetMaintenanceWindow", WindowId=r.id),
        update=dict.fromkeys(_WINDOW, _update_window),
        presets={"enabled": True, "allowUnassociatedTargets": False},
        lost=_WINDOW,
        delete=lambda r: r.api("DeleteMaintenanceWindow", WindowId=r.id),
        check=_check_window,
        tags=ssm_tags("MaintenanceWindow"),
        twin="AWS::SSM::MaintenanceWindow",
        twin_rename={"enabled": ""},
    ),
    Entry(
        type="aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
        service="ssm",
        operation="RegisterTargetWithMaintenanceWindow",
        name="name",
        name_limit=128,
        id="WindowTargetId",
        read=lambda r: _held(r, "DescribeMaintenanceWindowTargets", "Targets", "WindowTargetId"),
        update={
            "*": lambda r: r.validated(
                "UpdateMaintenanceWindowTarget",
                WindowId=r.get("windowId"),
                WindowTargetId=r.id,
                **r.request(only=["targets", "name", "description", "ownerInformation"]),
            )
        },
        lost=("targets", "name", "description", "ownerInformation"),
        replace=("windowId", "resourceType"),
        delete=lambda r: r.api(
            "DeregisterTargetFromMaintenanceWindow", WindowId=r.get("windowId"), WindowTargetId=r.id
        ),
        check=_check_targets,
        twin="AWS::SSM::MaintenanceWindowTarget",
    ),
    Entry(
        type="aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
        service="ssm",
        operation="RegisterTaskWithMaintenanceWindow",
        create=_register_task,
        rename={
            f"{_INVOCATION}.automationParameters": "Automation",
            f"{_INVOCATION}.automationParameters.parameters": "",
            f"{_INVOCATION}.lambdaParameters": "Lambda",
            f"{_INVOCATION}.stepFunctionsParameters": "StepFunctions",
            _RUN_COMMAND: "RunCommand",
            f"{_RUN_COMMAND}.parameters": "",
            f"{_RUN_COMMAND}.cloudwatchConfig": "CloudWatchOutputConfig",
            f"{_RUN_COMMAND}.outputS3Bucket": "OutputS3BucketName",
        },
        name="name",
        name_limit=128,
        id="WindowTaskId",
        read=lambda r: _held(r, "DescribeMaintenanceWindowTasks", "Tasks", "WindowTaskId"),
        update={
            "*": lambda r: r.validated(
                "UpdateMaintenanceWindowTask",
                WindowId=r.get("windowId"),
                WindowTaskId=r.id,
                **r.request(
                    only=[name for name in r.changed if name not in ("windowId", "taskType")],
                    operation="UpdateMaintenanceWindowTask",
                ),
            )
        },
        lost=(
            *("targets", "name", "description", "maxConcurrency", "maxErrors", "priority", "serviceRoleArn", "taskArn"),
            *("taskType", "cutoffBehavior", _INVOCATION),
        ),
        replace=("windowId", "taskType"),
        delete=lambda r: r.api("DeregisterTaskFromMaintenanceWindow", WindowId=r.get("windowId"), WindowTaskId=r.id),
        outputs=lambda r, live: {
            "windowTaskId": r.id,
            "arn": f"arn:aws:ssm:{r.region}:{r.account}:windowtask/{r.id}",
        },
        defaults={"serviceRoleArn": "", "maxConcurrency": "", "maxErrors": ""},
        check=_check_task,
    ),
    Entry(
        type="aws:ssm/patchBaseline:PatchBaseline",
        service="ssm",
        operation="CreatePatchBaseline",
        rename=_FILTERS,
        name="name",
        name_limit=128,
        id="BaselineId",
        read=_baseline,
        update={
            "*": lambda r: r.validated(
                "UpdatePatchBaseline",
                **{
                    **r.request(only=[name for name in r.changed if name not in ("tags", "tagsAll")]),
                    "BaselineId": r.id,
                },
            )
        },
        lost=(
            *("approvalRules", "approvedPatches", "approvedPatchesComplianceLevel", "approvedPatchesEnableNonSecurity"),
            *("description", "globalFilters", "name", "rejectedPatches", "rejectedPatchesAction", "sources"),
            "availableSecurityUpdatesComplianceStatus",
        ),
        replace=("operatingSystem",),
        delete=lambda r: r.api("DeletePatchBaseline", BaselineId=r.id),
        arn="arn:{partition}:ssm:{region}:{account}:patchbaseline/{id}",
        defaults={"rejectedPatchesAction": "ALLOW_AS_DEPENDENCY", "availableSecurityUpdatesComplianceStatus": ""},
        check=_check_baseline,
        tags=ssm_tags("PatchBaseline", kept=False),
        twin="AWS::SSM::PatchBaseline",
        twin_rename=_FILTERS,
    ),
)
