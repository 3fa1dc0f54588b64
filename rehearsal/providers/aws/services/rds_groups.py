"""What stands around database instances: subnet and parameter groups, event subscriptions."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import postgres_parameters
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live, known
from rehearsal.providers.aws.rds_creation import rds_tags
from rehearsal.providers.provider import Failure, Refused

_MANAGED = "Managed by Pulumi"
_PARAMETERS_PER_CALL = 20


def _refuse(path: str, reason: str) -> Failure:
    return Failure(path, f"{reason} (AWS rule)")


def _arn(kind: str) -> Any:
    return lambda r: f"arn:aws:rds:{r.region}:{r.account}:{kind}:{r.id or r.inputs['name']}"


def _check_name(inputs: Mapping[str, Any]) -> list[Failure]:
    name = inputs.get("name")
    if isinstance(name, str) and (
        not re.fullmatch(r"(?!.*--)[a-z][a-z0-9. _-]{0,253}[a-z0-9]", name) or name == "default"
    ):
        return [_refuse("name", f"must be 2 to 255 lower-case letters, digits, dots and hyphens, got {name!r}")]
    return []


# -- subnet groups ------------------------------------------------------------------------------------------------


def _create_subnet_group(r: Live) -> Any:
    subnets = r.api("DescribeSubnets", service="ec2", SubnetIds=sorted(set(r.inputs["subnetIds"])))["Subnets"]
    zones = {subnet["AvailabilityZone"] for subnet in subnets}
    if len(zones) < 2:
        raise Refused(f"subnetIds must cover at least two zones, they lie in {', '.join(sorted(zones))} (AWS rule)")
    return r.send()


def _subnet_group(r: Live) -> dict[str, Any]:
    group = r.api("DescribeDBSubnetGroups", DBSubnetGroupName=r.id)["DBSubnetGroups"][0]
    return {**group, "SubnetIds": [subnet["SubnetIdentifier"] for subnet in group["Subnets"]]}


def _change_subnet_group(r: Live) -> None:
    """The emulator's ModifyDBSubnetGroup takes the group away: it is made again."""
    r.api("ModifyDBSubnetGroup", **r.request())
    if not r.ask("DescribeDBSubnetGroups", DBSubnetGroupName=r.id):
        _create_subnet_group(r)


def _check_subnet_group(inputs: Mapping[str, Any]) -> list[Failure]:
    subnets = inputs["subnetIds"]
    if subnets is not wire.UNKNOWN and len(subnets) < 2:
        return [*_check_name(inputs), _refuse("subnetIds", f"must be at least two, in two zones; got {len(subnets)}")]
    return _check_name(inputs)


# -- parameter groups ---------------------------------------------------------------------------------------------


def _parameter_group(r: Live) -> dict[str, Any]:
    group = r.api("DescribeDBParameterGroups", DBParameterGroupName=r.id)["DBParameterGroups"][0]
    ours = {parameter["name"]: parameter for parameter in r.inputs.get("parameters") or []}
    found = {parameter["ParameterName"]: parameter for parameter in _held(r)}
    group["Parameters"] = [_told(found[name], ours[name]) for name in ours if name in found]
    return group


def _told(found: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """PostgreSQL keeps its own case for words: the value is the same."""
    value = found.get("ParameterValue")
    same = isinstance(value, str) and value.lower() == str(ours.get("value")).lower()
    return {**found, "ParameterValue": ours["value"] if same else value}


def _held(r: Live) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    marker: dict[str, str] = {}
    while True:
        page = r.api("DescribeDBParameters", DBParameterGroupName=r.id, Source="user", **marker)
        parameters += page["Parameters"]
        if not page.get("Marker"):
            return parameters
        marker = {"Marker": page["Marker"]}


def _set_parameters(r: Live) -> None:
    wanted = r.inputs.get("parameters") or []
    sent = [
        {
            "ParameterName": each["name"],
            "ParameterValue": str(each["value"]),
            "ApplyMethod": each.get("applyMethod") or "immediate",
        }
        for each in wanted
    ]
    for start in range(0, len(sent), _PARAMETERS_PER_CALL):
        r.api(
            "ModifyDBParameterGroup", DBParameterGroupName=r.id, Parameters=sent[start : start + _PARAMETERS_PER_CALL]
        )
    names = {each["name"] for each in wanted}
    gone = [each["name"] for each in r.state.get("parameters") or [] if each["name"] not in names]
    if gone:
        reset = [{"ParameterName": name, "ApplyMethod": "pending-reboot"} for name in gone]
        r.validated("ResetDBParameterGroup", DBParameterGroupName=r.id, Parameters=reset)


def _check_parameter_group(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = _check_name(inputs)
    family, parameters = inputs["family"], inputs.get("parameters")
    if not known(family) or not known(parameters) or not parameters:
        return failures
    names = [parameter.get("name") for parameter in parameters]
    for index, parameter in enumerate(parameters):
        at, method = f"parameters[{index}]", parameter.get("applyMethod") or "immediate"
        if method not in ("immediate", "pending-reboot"):
            failures.append(_refuse(f"{at}.applyMethod", f"must be immediate or pending-reboot, got {method!r}"))
        if names.index(parameter["name"]) < index:
            failures.append(_refuse(f"{at}.name", f"{parameter['name']!r} is given more than once"))
        if re.fullmatch(r"postgres1[567]", family):
            for reason in postgres_parameters.reasons(family, parameter["name"], str(parameter["value"]), method):
                failures.append(_refuse(at, reason))
    return failures


# -- events -------------------------------------------------------------------------------------------------------


def _subscription(r: Live) -> dict[str, Any]:
    found = r.api("DescribeEventSubscriptions", SubscriptionName=r.id)["EventSubscriptionsList"][0]
    return {
        **found,
        "SubscriptionName": r.id,
        "EventCategories": found.get("EventCategoriesList"),
        "SourceIds": found.get("SourceIdsList"),
    }


def _change_subscription(r: Live) -> None:
    """The emulator lacks ModifyEventSubscription: made again under the same name."""
    changed = [name for name in r.changed if name not in ("tags", "tagsAll", "sourceIds")]
    request = r.request(only=changed, operation="ModifyEventSubscription")
    r.validated("ModifyEventSubscription", **{**request, "SubscriptionName": r.id})
    r.api("DeleteEventSubscription", SubscriptionName=r.id)
    r.send()


def _check_subscription(inputs: Mapping[str, Any]) -> list[Failure]:
    if inputs.get("sourceIds") and inputs.get("sourceType") is None:
        return [_refuse("sourceType", "is needed where sourceIds are given")]
    return []


ENTRIES = (
    Entry(
        type="aws:rds/subnetGroup:SubnetGroup",
        service="rds",
        operation="CreateDBSubnetGroup",
        create=_create_subnet_group,
        rename={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
        name="name",
        name_limit=255,
        id="DBSubnetGroup.DBSubnetGroupName",
        read=_subnet_group,
        update={"description": _change_subnet_group, "subnetIds": _change_subnet_group},
        not_sent=("namePrefix",),
        replace=("name", "namePrefix"),
        delete=lambda r: r.api("DeleteDBSubnetGroup", DBSubnetGroupName=r.id),
        outputs=lambda r, live: {"arn": _arn("subgrp")(r), "supportedNetworkTypes": ["IPV4"]},
        defaults={"namePrefix": ""},
        presets={"description": _MANAGED},
        check=_check_subnet_group,
        tags=rds_tags(_arn("subgrp")),
        find=lambda r: r.inputs["name"],
        twin="AWS::RDS::DBSubnetGroup",
        twin_rename={"name": "DBSubnetGroupName", "namePrefix": "", "description": "DBSubnetGroupDescription"},
    ),
    Entry(
        type="aws:rds/parameterGroup:ParameterGroup",
        service="rds",
        operation="CreateDBParameterGroup",
        rename={
            "name": "DBParameterGroupName",
            "family": "DBParameterGroupFamily",
            "parameters.name": "ParameterName",
            "parameters.value": "ParameterValue",
        },
        name="name",
        name_limit=255,
        id="DBParameterGroup.DBParameterGroupName",
        read=_parameter_group,
        after=("parameters",),
        update={"parameters": _set_parameters},
        lost=("parameters.applyMethod",),
        not_sent=("namePrefix", "skipDestroy"),
        replace=("name", "namePrefix", "family", "description"),
        delete=lambda r: None if r.get("skipDestroy") else r.api("DeleteDBParameterGroup", DBParameterGroupName=r.id),
        outputs=lambda r, live: {"arn": _arn("pg")(r)},
        defaults={"namePrefix": ""},
        presets={"description": _MANAGED},
        check=_check_parameter_group,
        tags=rds_tags(_arn("pg")),
        find=lambda r: r.inputs["name"],
        twin="AWS::RDS::DBParameterGroup",
        twin_rename={"name": "DBParameterGroupName", "namePrefix": "", "parameters": "", "skipDestroy": ""},
    ),
    Entry(
        type="aws:rds/eventSubscription:EventSubscription",
        service="rds",
        operation="CreateEventSubscription",
        presets={"enabled": True},
        rename={"name": "SubscriptionName", "snsTopic": "SnsTopicArn"},
        name="name",
        name_limit=255,
        id=lambda r, answer: r.inputs["name"],
        read=_subscription,
        update={"*": _change_subscription},
        not_sent=("namePrefix",),
        lost=("snsTopic",),
        replace=("name", "namePrefix"),
        delete=lambda r: r.api("DeleteEventSubscription", SubscriptionName=r.id),
        outputs=lambda r, live: {"arn": _arn("es")(r), "customerAwsId": r.account},
        defaults={"namePrefix": ""},
        check=_check_subscription,
        tags=rds_tags(_arn("es")),
        find=lambda r: r.inputs["name"],
        twin="AWS::RDS::EventSubscription",
        twin_rename={"name": "SubscriptionName", "namePrefix": "", "snsTopic": "SnsTopicArn"},
    ),
)
