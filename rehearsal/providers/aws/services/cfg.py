"""AWS Config: recorder, delivery, rules, conformance packs and remediation."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_SHORTEST, _LONGEST = 30, 2557


@cache
def managed_rules() -> frozenset[str]:
    """Identifiers of the rules AWS manages, as the emulator's package lists them."""
    packed = resources.files("moto.config").joinpath("resources/aws_managed_rules.json.gz").read_bytes()
    return frozenset(json.loads(gzip.decompress(packed))["ManagedRules"])


def _recorder(r: Live) -> dict[str, Any]:
    found = r.api("DescribeConfigurationRecorders", ConfigurationRecorderNames=[r.id])["ConfigurationRecorders"][0]
    return {**found, "RecordingGroup": found.get("recordingGroup")}


def _check_recorder(inputs: Mapping[str, Any]) -> list[Failure]:
    group, reasons = inputs.get("recordingGroup"), list[tuple[str, str]]()
    if isinstance(group, dict) and not wire.has_unknown(group):
        every, kinds = group.get("allSupported", True), group.get("resourceTypes")
        if every and kinds:
            reasons.append(("recordingGroup.resourceTypes", "cannot be given with allSupported"))
        if group.get("includeGlobalResourceTypes") and not every:
            reasons.append(("recordingGroup.includeGlobalResourceTypes", "needs allSupported true"))
        if not every and not kinds and not group.get("exclusionByResourceTypes"):
            reasons.append(("recordingGroup.resourceTypes", "is needed where allSupported is false"))
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def _switch(r: Live) -> dict[str, Any]:
    action = "Start" if r.inputs["isEnabled"] else "Stop"
    return r.api(f"{action}ConfigurationRecorder", ConfigurationRecorderName=r.get("name"))


def _status(r: Live) -> dict[str, Any]:
    answer = r.api("DescribeConfigurationRecorderStatus", ConfigurationRecorderNames=[r.id])
    return {"isEnabled": answer["ConfigurationRecordersStatus"][0]["recording"], "name": r.id}


def _channel(r: Live) -> dict[str, Any]:
    return r.api("DescribeDeliveryChannels", DeliveryChannelNames=[r.id])["DeliveryChannels"][0]


def _rule(r: Live) -> dict[str, Any] | None:
    found = only(r.api("DescribeConfigRules", ConfigRuleNames=[r.id])["ConfigRules"])
    return found and {**found, "RuleId": found["ConfigRuleId"], "Arn": found["ConfigRuleArn"]}


def _rule_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    source = inputs.get("source")
    if isinstance(source, dict):
        owner, identifier = source.get("owner"), source.get("sourceIdentifier")
        if owner == "AWS" and isinstance(identifier, str) and identifier not in managed_rules():
            near = identifier.upper().replace("-", "_")
            hint = f"; did you mean {near}?" if near in managed_rules() else ""
            yield "source.sourceIdentifier", f"names no rule that AWS manages: {identifier!r}{hint}"
        if owner == "CUSTOM_LAMBDA" and not source.get("sourceDetails"):
            yield "source.sourceDetails", "are needed for a rule of one's own"
        if owner == "CUSTOM_POLICY" and not source.get("customPolicyDetails"):
            yield "source.customPolicyDetails", "are needed with owner CUSTOM_POLICY"
    parameters = inputs.get("inputParameters")
    if isinstance(parameters, str):
        try:
            told = json.loads(parameters)
        except ValueError as error:
            yield "inputParameters", f"is not JSON: {error}"
            return
        if isinstance(told, dict) and not all(isinstance(value, str) for value in told.values()):
            yield "inputParameters", "must have texts for values: write numbers and booleans in quotes"


def _check_rule(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in _rule_reasons(inputs)]


def _check_pack(inputs: Mapping[str, Any]) -> list[Failure]:
    name, reasons = inputs.get("name"), list[tuple[str, str]]()
    if not inputs.get("templateBody") and not inputs.get("templateS3Uri"):
        reasons.append(("templateBody", "is needed, or `templateS3Uri`"))
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z][-A-Za-z0-9]*", name):
        reasons.append(("name", f"must begin with a letter and have letters, digits and dashes, is {name!r}"))
    body = inputs.get("templateBody")
    if isinstance(body, str) and "Resources" not in body:
        reasons.append(("templateBody", "has no Resources"))
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def _check_retention(inputs: Mapping[str, Any]) -> list[Failure]:
    days = inputs.get("retentionPeriodInDays")
    if isinstance(days, int) and not _SHORTEST <= days <= _LONGEST:
        reason = f"must lie between {_SHORTEST} and {_LONGEST}, is {days} (AWS rule)"
        return [Failure("retentionPeriodInDays", reason)]
    return []


def _remediation(r: Live) -> dict[str, Any]:
    given = r.inputs
    members = {"configRuleName": "ConfigRuleName", "targetType": "TargetType", "targetId": "TargetId"}
    members |= {"targetVersion": "TargetVersion", "resourceType": "ResourceType", "automatic": "Automatic"}
    members |= {"maximumAutomaticAttempts": "MaximumAutomaticAttempts", "retryAttemptSeconds": "RetryAttemptSeconds"}
    request: dict[str, Any] = {member: given[name] for name, member in members.items() if given.get(name) is not None}
    if controls := (given.get("executionControls") or {}).get("ssmControls"):
        placed = {name[0].upper() + name[1:]: value for name, value in controls.items() if value is not None}
        request["ExecutionControls"] = {"SsmControls": placed}
    request["Parameters"] = {each["name"]: _parameter(each) for each in given.get("parameters") or []}
    return r.api("PutRemediationConfigurations", RemediationConfigurations=[request])


def _parameter(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("resourceValue"):
        return {"ResourceValue": {"Value": given["resourceValue"]}}
    values = given.get("staticValues") or [given["staticValue"]]
    return {"StaticValue": {"Values": values}}


def _check_remediation(inputs: Mapping[str, Any]) -> list[Failure]:
    reasons: list[tuple[str, str]] = []
    if inputs.get("targetType") not in ("SSM_DOCUMENT", None) and isinstance(inputs["targetType"], str):
        reasons.append(("targetType", f"must be SSM_DOCUMENT, is {inputs['targetType']!r}"))
    attempts, seconds = inputs.get("maximumAutomaticAttempts"), inputs.get("retryAttemptSeconds")
    if inputs.get("automatic") and (attempts is None or seconds is None):
        reasons.append(("automatic", "needs `maximumAutomaticAttempts` and `retryAttemptSeconds`"))
    if isinstance(attempts, int) and not 1 <= attempts <= 25:
        reasons.append(("maximumAutomaticAttempts", f"must lie between 1 and 25, is {attempts}"))
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def _authorization(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeAggregationAuthorizations")["AggregationAuthorizations"]
    wanted = (r.get("accountId"), r.get("authorizedAwsRegion", r.region))
    for each in found:
        if (each["AuthorizedAccountId"], each["AuthorizedAwsRegion"]) == wanted:
            return {**each, "Arn": each["AggregationAuthorizationArn"]}
    return None


def _authorized(r: Live) -> dict[str, Any]:
    return {
        "AuthorizedAccountId": r.get("accountId"),
        "AuthorizedAwsRegion": r.get("authorizedAwsRegion") or r.region,
    }


_TAGS = tags.listed(read=lambda r, live: tags.from_pairs(r.api("ListTagsForResource", ResourceArn=live["Arn"])["Tags"]))
_PACK = {"name": "ConformancePackName", "inputParameters": "ConformancePackInputParameters"}

ENTRIES = (
    Entry(
        type="aws:cfg/recorder:Recorder",
        service="config",
        operation="PutConfigurationRecorder",
        root="ConfigurationRecorder",
        id=lambda r, answer: r.inputs["name"],
        read=_recorder,
        lost=("recordingMode", "recordingGroup.exclusionByResourceTypes", "recordingGroup.recordingStrategies"),
        update={"*": lambda r: r.put()},
        replace=("name",),
        delete=lambda r: r.api("DeleteConfigurationRecorder", ConfigurationRecorderName=r.id),
        defaults={"name": "default"},
        name="name",
        alone=True,
        find=lambda r: r.inputs["name"],
        check=_check_recorder,
        twin="AWS::Config::ConfigurationRecorder",
    ),
    Entry(
        type="aws:cfg/recorderStatus:RecorderStatus",
        service="config",
        create=_switch,
        id=lambda r, answer: r.inputs["name"],
        read=_status,
        update={"isEnabled": _switch},
        replace=("name",),
        delete=lambda r: r.api("StopConfigurationRecorder", ConfigurationRecorderName=r.id),
        name="name",
    ),
    Entry(
        type="aws:cfg/deliveryChannel:DeliveryChannel",
        service="config",
        operation="PutDeliveryChannel",
        root="DeliveryChannel",
        rename={"snapshotDeliveryProperties": "configSnapshotDeliveryProperties"},
        id=lambda r, answer: r.inputs["name"],
        read=_channel,
        lost=("s3KmsKeyArn",),
        update={"*": lambda r: r.put()},
        replace=("name",),
        delete=lambda r: r.api("DeleteDeliveryChannel", DeliveryChannelName=r.id),
        name="name",
        alone=True,
        find=lambda r: r.inputs["name"],
        twin="AWS::Config::DeliveryChannel",
        twin_rename={"snapshotDeliveryProperties": "ConfigSnapshotDeliveryProperties"},
    ),
    Entry(
        type="aws:cfg/rule:Rule",
        service="config",
        operation="PutConfigRule",
        root="ConfigRule",
        rename={"name": "ConfigRuleName"},
        id=lambda r, answer: r.inputs["name"],
        read=_rule,
        defaults={"evaluationModes": [{"mode": "DETECTIVE"}]},
        lost=("evaluationModes", "source.customPolicyDetails"),
        update={"*": lambda r: r.put()},
        replace=("name",),
        delete=lambda r: r.api("DeleteConfigRule", ConfigRuleName=r.id),
        name="name",
        name_limit=128,
        find=lambda r: r.inputs["name"],
        check=_check_rule,
        tags=_TAGS,
        twin="AWS::Config::ConfigRule",
        twin_rename={"name": "ConfigRuleName", "tags": ""},
    ),
    Entry(
        type="aws:cfg/conformancePack:ConformancePack",
        service="config",
        level="validated",
        operation="PutConformancePack",
        rename=_PACK,
        id=lambda r, answer: r.inputs["name"],
        update={"*": lambda r: r.put()},
        replace=("name",),
        delete=lambda r: r.api("DeleteConformancePack", ConformancePackName=r.id),
        outputs=lambda r, live: {
            "arn": r.state.get("arn")
            or r.arn("arn:{partition}:config:{region}:{account}:conformance-pack/{id}/conformance-pack-")
            + r.invented("", 9)
        },
        name="name",
        check=_check_pack,
        twin="AWS::Config::ConformancePack",
        twin_rename=_PACK,
    ),
    Entry(
        type="aws:cfg/remediationConfiguration:RemediationConfiguration",
        service="config",
        level="validated",
        create=_remediation,
        id=lambda r, answer: r.inputs["configRuleName"],
        update={"*": _remediation},
        replace=("configRuleName",),
        delete=lambda r: r.api("DeleteRemediationConfiguration", ConfigRuleName=r.id),
        outputs=lambda r, live: {
            "arn": r.state.get("arn")
            or r.arn("arn:{partition}:config:{region}:{account}:remediation-configuration/{id}/") + r.invented("", 8)
        },
        check=_check_remediation,
        twin="AWS::Config::RemediationConfiguration",
        twin_rename={"parameters": ""},
    ),
    Entry(
        type="aws:cfg/retentionConfiguration:RetentionConfiguration",
        service="config",
        operation="PutRetentionConfiguration",
        id="RetentionConfiguration.Name",
        read=lambda r: only(r.api("DescribeRetentionConfigurations")["RetentionConfigurations"]),
        update={"retentionPeriodInDays": lambda r: r.put()},
        delete=lambda r: r.api("DeleteRetentionConfiguration", RetentionConfigurationName=r.id),
        outputs=lambda r, live: {"name": r.id},
        check=_check_retention,
        alone=True,
    ),
    Entry(
        type="aws:cfg/aggregateAuthorization:AggregateAuthorization",
        service="config",
        operation="PutAggregationAuthorization",
        rename={"accountId": "AuthorizedAccountId"},
        also=_authorized,
        id=lambda r, answer: ":".join(_authorized(r).values()),
        read=_authorization,
        replace=("accountId", "authorizedAwsRegion"),
        delete=lambda r: r.api("DeleteAggregationAuthorization", **_authorized(r)),
        tags=_TAGS,
        twin="AWS::Config::AggregationAuthorization",
        twin_rename={"accountId": "AuthorizedAccountId"},
    ),
)
