"""Frameworks, reports and restore tests."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.backup_rules import testing_failures
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.backup import backup_tags
from rehearsal.providers.provider import Failure

_FRAMEWORK = {
    "name": "FrameworkName",
    "description": "FrameworkDescription",
    "controls": "FrameworkControls",
    "controls.name": "ControlName",
    "controls.inputParameters": "ControlInputParameters",
    "controls.inputParameters.name": "ParameterName",
    "controls.inputParameters.value": "ParameterValue",
    "controls.scope": "ControlScope",
}
_REPORT = {"name": "ReportPlanName", "description": "ReportPlanDescription"}
_SELECTED = {
    f"protectedResourceConditions.{name}.{member}": member.capitalize()
    for name in ("stringEquals", "stringNotEquals")
    for member in ("key", "value")
}


def _framework(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"creationTime": r.state.get("creationTime", ""), "deploymentStatus": "COMPLETED", "status": "ACTIVE"}


def _check_report(inputs: Mapping[str, Any]) -> list[Failure]:
    setting, channel = inputs.get("reportSetting"), inputs.get("reportDeliveryChannel")
    failures: list[Failure] = []
    templates = (
        *("RESOURCE_COMPLIANCE_REPORT", "CONTROL_COMPLIANCE_REPORT", "BACKUP_JOB_REPORT", "COPY_JOB_REPORT"),
        *("RESTORE_JOB_REPORT", "SCAN_JOB_REPORT"),
    )
    template = setting.get("reportTemplate") if isinstance(setting, dict) else None
    if isinstance(template, str) and template not in templates:
        reason = f"must be one of {', '.join(templates)}, is {template!r} (AWS rule)"
        failures.append(Failure("reportSetting.reportTemplate", reason))
    if template in templates[:2] and not setting.get("frameworkArns"):
        failures.append(Failure("reportSetting.frameworkArns", f"are needed for {template} (AWS rule)"))
    for index, kind in enumerate((channel or {}).get("formats") or [] if isinstance(channel, dict) else []):
        if kind not in ("CSV", "JSON"):
            failures.append(
                Failure(f"reportDeliveryChannel.formats[{index}]", f"must be CSV or JSON, is {kind!r} (AWS rule)")
            )
    return failures


def _id_of(r: Live) -> dict[str, Any]:
    return {
        "RestoreTestingPlanName": r.get("restoreTestingPlanName"),
        "RestoreTestingSelectionName": r.get("name"),
    }


def _change_selection(r: Live) -> None:
    operation = "UpdateRestoreTestingSelection"
    r.overwrite(operation, root="RestoreTestingSelection", **_id_of(r))


ENTRIES = (
    Entry(
        type="aws:backup/framework:Framework",
        service="backup",
        level="validated",
        operation="CreateFramework",
        rename=_FRAMEWORK,
        also=lambda r: {"IdempotencyToken": r.invented("", 32)},
        id=lambda r, answer: r.inputs["name"],
        update={"*": lambda r: r.overwrite("UpdateFramework", FrameworkName=r.id)},
        replace=("name",),
        delete=lambda r: r.api("DeleteFramework", FrameworkName=r.id),
        arn="arn:{partition}:backup:{region}:{account}:framework:{id}",
        outputs=_framework,
        name="name",
        tags=backup_tags("FrameworkTags", kept=False),
        twin="AWS::Backup::Framework",
        twin_rename={**_FRAMEWORK, "tags": "FrameworkTags"},
    ),
    Entry(
        type="aws:backup/reportPlan:ReportPlan",
        service="backup",
        operation="CreateReportPlan",
        rename=_REPORT,
        also=lambda r: {"IdempotencyToken": r.invented("", 32)},
        id="ReportPlanName",
        read=lambda r: r.api("DescribeReportPlan", ReportPlanName=r.id)["ReportPlan"],
        #: The emulator cannot change a report plan.
        lost=("description", "reportDeliveryChannel", "reportSetting"),
        update={"*": lambda r: r.validated("UpdateReportPlan", ReportPlanName=r.id, **_changed(r))},
        replace=("name",),
        delete=lambda r: r.api("DeleteReportPlan", ReportPlanName=r.id),
        arn="arn:{partition}:backup:{region}:{account}:report-plan:{id}",
        outputs=lambda r, live: {"creationTime": str(live.get("CreationTime", "")), "deploymentStatus": "COMPLETED"},
        name="name",
        check=_check_report,
        tags=backup_tags("ReportPlanTags", kept=False),
        twin="AWS::Backup::ReportPlan",
        twin_rename={**_REPORT, "tags": "ReportPlanTags", "reportSetting.numberOfFrameworks": ""},
    ),
    Entry(
        type="aws:backup/restoreTestingPlan:RestoreTestingPlan",
        service="backup",
        level="validated",
        operation="CreateRestoreTestingPlan",
        root="RestoreTestingPlan",
        rename={"name": "RestoreTestingPlanName"},
        also=lambda r: {"CreatorRequestId": r.invented("", 32)},
        id=lambda r, answer: r.inputs["name"],
        update={
            "*": lambda r: r.overwrite(
                "UpdateRestoreTestingPlan", root="RestoreTestingPlan", RestoreTestingPlanName=r.id
            )
        },
        replace=("name",),
        delete=lambda r: r.api("DeleteRestoreTestingPlan", RestoreTestingPlanName=r.id),
        arn="arn:{partition}:backup:{region}:{account}:restore-testing-plan:{id}",
        name="name",
        defaults={"scheduleExpressionTimezone": "Etc/UTC", "startWindowHours": 24},
        check=testing_failures,
        tags=backup_tags("Tags", kept=False),
        twin="AWS::Backup::RestoreTestingPlan",
        twin_rename={"name": "RestoreTestingPlanName"},
    ),
    Entry(
        type="aws:backup/restoreTestingSelection:RestoreTestingSelection",
        service="backup",
        level="validated",
        operation="CreateRestoreTestingSelection",
        root="RestoreTestingSelection",
        rename={"name": "RestoreTestingSelectionName", "restoreTestingPlanName": "", **_SELECTED},
        also=lambda r: {"RestoreTestingPlanName": r.inputs["restoreTestingPlanName"]},
        id=lambda r, answer: f"{r.inputs['restoreTestingPlanName']}:{r.inputs['name']}",
        update={"*": _change_selection},
        replace=("name", "restoreTestingPlanName", "protectedResourceType"),
        delete=lambda r: r.api("DeleteRestoreTestingSelection", **_id_of(r)),
        name="name",
        defaults={"protectedResourceArns": [], "restoreMetadataOverrides": {}, "validationWindowHours": 1},
        check=testing_failures,
        twin="AWS::Backup::RestoreTestingSelection",
        twin_rename={"name": "RestoreTestingSelectionName"},
    ),
)


def _changed(r: Live) -> dict[str, Any]:
    kept = [name for name in r.inputs if name not in ("name", "tags", "region")]
    return r.request(only=kept, operation="UpdateReportPlan")
