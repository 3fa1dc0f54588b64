"""Who may call a function, its aliases, and what calls it: event sources and asynchronous settings."""

import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure


def _name_of(function: str) -> str:
    return function.split(":")[6] if function.startswith("arn:") else function


def _permission(r: Live) -> dict[str, Any] | None:
    function = r.get("function")
    qualifier = {"Qualifier": r.get("qualifier")} if r.get("qualifier") else {}
    policy = json.loads(r.api("GetPolicy", FunctionName=function, **qualifier)["Policy"])
    statement = next((each for each in policy["Statement"] if each["Sid"] == r.id), None)
    if statement is None:
        return None
    principal = statement["Principal"]
    conditions = {key: value for tested in statement.get("Condition", {}).values() for key, value in tested.items()}
    by_lower = {key.lower(): value for key, value in conditions.items()}
    return {
        "FunctionName": function,
        "StatementId": r.id,
        "Action": statement["Action"],
        "Principal": next(iter(principal.values())) if isinstance(principal, dict) else principal,
        "SourceArn": by_lower.get("aws:sourcearn"),
        "SourceAccount": by_lower.get("aws:sourceaccount"),
    }


def _forbid(r: Live) -> None:
    qualifier = {"Qualifier": r.get("qualifier")} if r.get("qualifier") else {}
    r.api("RemovePermission", FunctionName=r.get("function"), StatementId=r.id, **qualifier)


def _check_permission(inputs: Mapping[str, Any]) -> list[Failure]:
    principal = inputs["principal"]
    service = isinstance(principal, str) and re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", principal)
    account = isinstance(principal, str) and re.match(r"^(\d{12}$|arn:|\*$)", principal)
    if isinstance(principal, str) and not service and not account:
        reason = (
            f"must be a service (`events.amazonaws.com`), an account, an IAM ARN or *; got {principal!r} (AWS rule)"
        )
        return [Failure("principal", reason)]
    return []


def _invoke_config(r: Live) -> dict[str, Any]:
    found = r.api("GetFunctionEventInvokeConfig", **_qualified(r))
    return {**found, "FunctionName": r.get("functionName")}


def _qualified(r: Live) -> dict[str, str]:
    qualifier = {"Qualifier": r.get("qualifier")} if r.get("qualifier") else {}
    return {"FunctionName": r.get("functionName"), **qualifier}


def _mapping(r: Live) -> dict[str, Any]:
    found = r.api("GetEventSourceMapping", UUID=r.id)
    given = r.get("functionName") or found["FunctionArn"]
    same = _name_of(found["FunctionArn"]) == _name_of(given)
    enabled = found.get("State") not in ("Disabled", "Disabling")
    return {**found, "FunctionName": given if same else found["FunctionArn"], "Enabled": enabled}


def _update_mapping(r: Live) -> None:
    request = r.request(only=[name for name in r.changed if name not in ("tags", "tagsAll")])
    r.api("UpdateEventSourceMapping", UUID=r.id, **request)


def _check_mapping(inputs: Mapping[str, Any]) -> list[Failure]:
    source = inputs.get("eventSourceArn")
    if (source is None) == (inputs.get("selfManagedEventSource") is None):
        return [Failure("eventSourceArn", "or selfManagedEventSource is needed, not both (AWS rule)")]
    stream = isinstance(source, str) and re.match(r"^arn:[^:]+:(kinesis|dynamodb|kafka):", source)
    if stream and inputs.get("startingPosition") is None:
        return [Failure("startingPosition", "is needed by a stream: LATEST, TRIM_HORIZON or AT_TIMESTAMP (AWS rule)")]
    if isinstance(source, str) and ":sqs:" in source and inputs.get("startingPosition") is not None:
        return [Failure("startingPosition", "goes with streams only, not with a queue (AWS rule)")]
    return []


ENTRIES = (
    Entry(
        type="aws:lambda/permission:Permission",
        service="lambda",
        operation="AddPermission",
        rename={"function": "FunctionName"},
        name="statementId",
        name_limit=100,
        id=lambda r, answer: r.inputs["statementId"],
        read=_permission,
        not_sent=("statementIdPrefix",),
        lost=("eventSourceToken", "functionUrlAuthType", "principalOrgId", "qualifier", "invokedViaFunctionUrl"),
        replace=(
            *("action", "eventSourceToken", "function", "functionUrlAuthType", "principal", "principalOrgId"),
            *("qualifier", "sourceAccount", "sourceArn", "statementId", "statementIdPrefix", "invokedViaFunctionUrl"),
        ),
        delete=_forbid,
        defaults={"statementIdPrefix": ""},
        check=_check_permission,
        twin="AWS::Lambda::Permission",
        twin_rename={"function": "FunctionName", "statementId": "", "statementIdPrefix": "", "qualifier": ""},
    ),
    Entry(
        type="aws:lambda/alias:Alias",
        service="lambda",
        operation="CreateAlias",
        name="name",
        name_limit=128,
        id="AliasArn",
        read=lambda r: {
            **r.api("GetAlias", FunctionName=r.get("functionName"), Name=r.get("name")),
            "FunctionName": r.get("functionName"),
        },
        update={"*": lambda r: r.api("UpdateAlias", **r.request())},
        replace=("functionName", "name"),
        delete=lambda r: r.api("DeleteAlias", FunctionName=r.get("functionName"), Name=r.get("name")),
        outputs=lambda r, live: {
            "arn": r.id,
            "invokeArn": f"arn:aws:apigateway:{r.region}:lambda:path/2015-03-31/functions/{r.id}/invocations",
        },
        twin="AWS::Lambda::Alias",
        twin_rename={"routingConfig": ""},
    ),
    Entry(
        type="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        service="lambda",
        operation="PutFunctionEventInvokeConfig",
        id=lambda r, answer: ":".join(filter(None, (r.inputs["functionName"], r.inputs.get("qualifier")))),
        read=_invoke_config,
        update={"*": lambda r: r.put()},
        lost=("qualifier", "maximumRetryAttempts"),
        replace=("functionName", "qualifier"),
        delete=lambda r: r.api("DeleteFunctionEventInvokeConfig", **_qualified(r)),
        alone=True,
    ),
    Entry(
        type="aws:lambda/eventSourceMapping:EventSourceMapping",
        service="lambda",
        operation="CreateEventSourceMapping",
        rename={"destinationConfig.onFailure.destinationArn": "Destination"},
        id="UUID",
        read=_mapping,
        update={"*": _update_mapping},
        presets={"enabled": True},
        not_sent=("useResourceTimeoutForPropagation",),
        lost=(
            *(
                "filterCriteria",
                "functionResponseTypes",
                "scalingConfig",
                "destinationConfig",
                "kmsKeyArn",
                "metricsConfig",
            ),
            *("maximumBatchingWindowInSeconds", "parallelizationFactor", "tumblingWindowInSeconds", "startingPosition"),
            *("maximumRecordAgeInSeconds", "maximumRetryAttempts", "bisectBatchOnFunctionError", "topics", "queues"),
            *("provisionedPollerConfig", "sourceAccessConfigurations", "selfManagedEventSource"),
            *("startingPositionTimestamp", "documentDbEventSourceConfig"),
        ),
        replace=(
            *("eventSourceArn", "startingPosition", "startingPositionTimestamp", "topics", "queues"),
            *("selfManagedEventSource", "amazonManagedKafkaEventSourceConfig", "selfManagedKafkaEventSourceConfig"),
        ),
        delete=lambda r: r.api("DeleteEventSourceMapping", UUID=r.id),
        outputs=lambda r, live: {
            "arn": f"arn:aws:lambda:{r.region}:{r.account}:event-source-mapping:{r.id}",
            "uuid": r.id,
        },
        check=_check_mapping,
        tags=tags.mapped(resource="Resource", send="Tags", members="Tags", keys="TagKeys", kept=False),
        twin="AWS::Lambda::EventSourceMapping",
        twin_rename={
            "useResourceTimeoutForPropagation": "",
            "destinationConfig.onFailure.destinationArn": "Destination",
        },
    ),
)
