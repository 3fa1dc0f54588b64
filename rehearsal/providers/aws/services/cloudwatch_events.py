"""EventBridge rules and what they call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.scheduler import expression_reasons
from rehearsal.providers.provider import Failure

_DEFAULT_BUS = "default"
_INPUTS = ("input", "inputPath", "inputTransformer")
_ECS_NETWORK = "ecsTarget.networkConfiguration"
_TARGET_RENAMES = {
    "rule": "",  # beside the target in the request, not in it
    "eventBusName": "",
    "targetId": "Id",
    "inputTransformer.inputPaths": "InputPathsMap",
    "sqsTarget": "SqsParameters",
    "httpTarget": "HttpParameters",
    "kinesisTarget": "KinesisParameters",
    "kinesisTarget.partitionKeyPath": "PartitionKeyPath",
    "runCommandTargets": "RunCommandParameters.RunCommandTargets",
    "batchTarget": "BatchParameters",
    "batchTarget.arraySize": "ArrayProperties.Size",
    "batchTarget.jobAttempts": "RetryStrategy.Attempts",
    "redshiftTarget": "RedshiftDataParameters",
    "redshiftTarget.secretsManagerArn": "SecretManagerArn",
    "sagemakerPipelineTarget": "SageMakerPipelineParameters",
    "sagemakerPipelineTarget.pipelineParameterLists": "PipelineParameterList",
    "appsyncTarget": "AppSyncParameters",
    "ecsTarget": "EcsParameters",
    "ecsTarget.orderedPlacementStrategies": "PlacementStrategy",
    "ecsTarget.capacityProviderStrategies": "CapacityProviderStrategy",
    f"{_ECS_NETWORK}.subnets": "awsvpcConfiguration.Subnets",
    f"{_ECS_NETWORK}.securityGroups": "awsvpcConfiguration.SecurityGroups",
    f"{_ECS_NETWORK}.assignPublicIp": "awsvpcConfiguration.AssignPublicIp",
}


# -- rules --------------------------------------------------------------------------------------------------------


def _bus(r: Live) -> dict[str, str]:
    return {"EventBusName": r.get("eventBusName", _DEFAULT_BUS)}


def _state(r: Live) -> dict[str, str]:
    if r.inputs.get("state"):
        return {"State": r.inputs["state"]}
    return {"State": "DISABLED" if r.inputs.get("isEnabled") is False else "ENABLED"}


def _rule_id(r: Live, answer: Any) -> str:
    bus, name = r.inputs["eventBusName"], r.inputs["name"]
    return name if bus == _DEFAULT_BUS else f"{bus}/{name}"


def _rule(r: Live) -> dict[str, Any]:
    found = r.api("DescribeRule", Name=r.id.rpartition("/")[2], **_bus(r))
    return {**found, "IsEnabled": found["State"] != "DISABLED"}


def _rule_arn(r: Live) -> str:
    return f"arn:aws:events:{r.region}:{r.account}:rule/{r.id}"


def _check_rule(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in _rule_reasons(inputs)]


def _rule_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    pattern, schedule = inputs.get("eventPattern"), inputs.get("scheduleExpression")
    if pattern is None and schedule is None:
        yield "eventPattern", "or scheduleExpression is needed"
    if inputs.get("isEnabled") is not None and inputs.get("state") is not None:
        yield "isEnabled", "cannot be given beside state"
    yield from (("scheduleExpression", reason) for reason in expression_reasons(schedule, ("rate", "cron")))
    if schedule is not None and inputs.get("eventBusName") not in (None, _DEFAULT_BUS):
        yield "scheduleExpression", "goes with the default event bus only"
    if isinstance(pattern, str):
        yield from (("eventPattern", reason) for reason in _pattern_reasons(pattern))


def _pattern_reasons(pattern: str) -> Iterator[str]:
    try:
        parsed = json.loads(pattern)
    except ValueError as error:
        yield f"is not JSON: {error}"
        return
    if not isinstance(parsed, dict) or not parsed:
        yield "must be a JSON object with at least one field"
        return
    for name, value in parsed.items():
        yield from _field_reasons(name, value)


def _field_reasons(at: str, value: Any) -> Iterator[str]:
    """Leaves of a pattern are lists of what may match."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _field_reasons(f"{at}.{name}", inner)
    elif at.rpartition(".")[2] == "$or":
        return
    elif not isinstance(value, list) or not value:
        yield f"{at} must be a list of values or an object, is {json.dumps(value)}"


# -- targets ------------------------------------------------------------------------------------------------------


def _target(r: Live) -> dict[str, Any] | None:
    found = r.api("ListTargetsByRule", Rule=r.get("rule"), **_bus(r))["Targets"]
    target = next((each for each in found if each["Id"] == r.get("targetId")), None)
    return None if target is None else {**target, "Rule": r.get("rule"), "EventBusName": r.get("eventBusName")}


def _check_target(inputs: Mapping[str, Any]) -> list[Failure]:
    given = [name for name in _INPUTS if inputs.get(name) is not None]
    if len(given) > 1:
        return [Failure(given[1], f"cannot be given beside {given[0]} (AWS rule)")]
    text = inputs.get("input")
    if isinstance(text, str):
        try:
            json.loads(text)
        except ValueError as error:
            return [Failure("input", f"is not JSON: {error} (AWS rule)")]
    return []


ENTRIES = (
    Entry(
        type="aws:cloudwatch/eventRule:EventRule",
        service="events",
        operation="PutRule",
        also=_state,
        rename={"isEnabled": ""},
        name="name",
        id=_rule_id,
        read=_rule,
        update={"*": lambda r: r.put()},
        presets={"eventBusName": _DEFAULT_BUS},
        not_sent=("namePrefix", "forceDestroy"),
        replace=("name", "namePrefix", "eventBusName"),
        delete=lambda r: r.api("DeleteRule", Name=r.get("name"), Force=bool(r.get("forceDestroy")), **_bus(r)),
        outputs=lambda r, live: {"arn": _rule_arn(r)},
        defaults={"namePrefix": ""},
        check=_check_rule,
        tags=tags.listed(
            resource="ResourceARN",
            of=_rule_arn,
            read=lambda r, live: tags.from_pairs(r.api("ListTagsForResource", ResourceARN=_rule_arn(r))["Tags"]),
        ),
        find=lambda r: _rule_id(r, None),
        twin="AWS::Events::Rule",
        twin_rename={"namePrefix": "", "forceDestroy": "", "isEnabled": ""},
    ),
    Entry(
        type="aws:cloudwatch/eventTarget:EventTarget",
        service="events",
        operation="PutTargets",
        root="Targets",
        also=lambda r: {"Rule": r.inputs["rule"], **_bus(r)},
        rename=_TARGET_RENAMES,
        name="targetId",
        id=lambda r, answer: f"{r.inputs['rule']}-{r.inputs['targetId']}",
        read=_target,
        update={"*": lambda r: r.put()},
        presets={"eventBusName": _DEFAULT_BUS},
        not_sent=("forceDestroy",),
        lost=("ecsTarget", "batchTarget", "redshiftTarget", "sagemakerPipelineTarget", "appsyncTarget"),
        replace=("rule", "targetId", "eventBusName"),
        delete=lambda r: r.api("RemoveTargets", Rule=r.get("rule"), Ids=[r.get("targetId")], **_bus(r)),
        check=_check_target,
    ),
)
