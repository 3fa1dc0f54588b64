"""Projects of CodeBuild and the webhooks that start them. The emulator can change no project, and knows no webhook."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_RUNNER = "WORKFLOW_JOB_QUEUED"


def _check_project(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    for name, least, most in (("buildTimeout", 5, 2160), ("queuedTimeout", 5, 480)):
        minutes = inputs.get(name)
        if isinstance(minutes, int | float) and not least <= minutes <= most:
            failures.append(Failure(name, f"must lie between {least} and {most} minutes, got {minutes:g} (AWS rule)"))
    source = inputs.get("source")
    if isinstance(source, dict) and source.get("type") == "GITHUB" and source.get("location") is None:
        failures.append(Failure("source.location", "is needed for a source on GitHub (AWS rule)"))
    vpc = inputs.get("vpcConfig")
    for member in ("subnets", "securityGroupIds"):
        if isinstance(vpc, dict) and vpc.get(member) == []:
            failures.append(Failure(f"vpcConfig.{member}", "must name at least one (AWS rule)"))
    return failures


def _check_webhook(inputs: Mapping[str, Any]) -> list[Failure]:
    """A webhook for jobs of Actions can react to nothing else in the same group."""
    for index, group in enumerate(inputs.get("filterGroups") or []):
        filters = group.get("filters") if isinstance(group, dict) else None
        if not isinstance(filters, list):
            continue
        events = [each["pattern"] for each in filters if isinstance(each, dict) and each.get("type") == "EVENT"]
        if not events:
            return [Failure(f"filterGroups[{index}]", "must have a filter of type EVENT (AWS rule)")]
        known = [event for event in events if isinstance(event, str)]
        if any(_RUNNER in event and event != _RUNNER for event in known):
            return [Failure(f"filterGroups[{index}]", f"{_RUNNER} stands alone in its group (AWS rule)")]
    return []


def _groups(r: Live) -> dict[str, Any]:
    """AWS has lists of lists where Pulumi has objects."""
    groups = r.inputs.get("filterGroups") or []
    return {"filterGroups": [group.get("filters") or [] for group in groups]} if groups else {}


ENTRIES = (
    Entry(
        type="aws:codebuild/project:Project",
        service="codebuild",
        level="validated",
        operation="CreateProject",
        id=lambda r, answer: r.arn("arn:{partition}:codebuild:{region}:{account}:project/" + r.inputs["name"]),
        rename={
            "buildTimeout": "timeoutInMinutes",
            "queuedTimeout": "queuedTimeoutInMinutes",
            "source.auths": "auth",
            "source.auth": "auth",
        },
        not_sent=("projectVisibility", "resourceAccessRole", "badgeEnabled"),
        update={"*": lambda r: r.api("UpdateProject", **r.request())},
        replace=("name",),
        delete=lambda r: r.api("DeleteProject", name=r.inputs["name"]),
        arn="arn:{partition}:codebuild:{region}:{account}:project/{name}",
        check=_check_project,
        tags=tags.Tags(
            send=lambda wanted: {"tags": tags.pairs(wanted, "key", "value")} if wanted else {},
            change=lambda r, wanted, gone: r.api(
                "UpdateProject", name=r.inputs["name"], tags=tags.pairs(wanted, "key", "value")
            ),
            read=lambda r, live: None,
        ),
        name="name",
        name_limit=255,
        twin="AWS::CodeBuild::Project",
        twin_rename={"buildTimeout": "TimeoutInMinutes", "queuedTimeout": "QueuedTimeoutInMinutes"},
    ),
    Entry(
        type="aws:codebuild/webhook:Webhook",
        service="codebuild",
        level="validated",
        operation="CreateWebhook",
        rename={"filterGroups": ""},
        also=_groups,
        id=lambda r, answer: r.inputs["projectName"],
        update={
            "*": lambda r: r.api(
                "UpdateWebhook", projectName=r.id, **r.request(only=["buildType", "branchFilter"]), **_groups(r)
            )
        },
        replace=("projectName", "manualCreation", "scopeConfiguration"),
        delete=lambda r: r.api("DeleteWebhook", projectName=r.id),
        check=_check_webhook,
        alone=True,
    ),
)
