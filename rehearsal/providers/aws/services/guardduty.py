"""Threat detection: the detector, its features, filters and where findings go."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.client import AwsError
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_FEATURES = (
    *("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "EKS_RUNTIME_MONITORING"),
    *("LAMBDA_NETWORK_LOGS", "RUNTIME_MONITORING"),
)
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")
_TAGS = tags.mapped(resource="ResourceArn", send="Tags", members="Tags", keys="TagKeys")
_DESTINATION = {
    "destinationArn": "DestinationProperties.DestinationArn",
    "kmsKeyArn": "DestinationProperties.KmsKeyArn",
}
_KEPT_BY_NOBODY = tags.mapped(resource="ResourceArn", send="Tags", members="Tags", keys="TagKeys", kept=False)


def _extras(r: Live) -> dict[str, Any]:
    token = {"ClientToken": r.invented("", 32), **({} if "enable" in r.inputs else {"Enable": True})}
    return {**token, **_sources(r)}


def _sources(r: Live) -> dict[str, Any]:
    """Every source is a switch, at another depth each."""
    given, placed = r.inputs.get("datasources") or {}, dict[str, Any]()
    if logs := given.get("s3Logs"):
        placed["S3Logs"] = {"Enable": logs["enable"]}
    if kubernetes := given.get("kubernetes"):
        placed["Kubernetes"] = {"AuditLogs": {"Enable": kubernetes["auditLogs"]["enable"]}}
    if malware := given.get("malwareProtection"):
        volumes = malware["scanEc2InstanceWithFindings"]["ebsVolumes"]["enable"]
        placed["MalwareProtection"] = {"ScanEc2InstanceWithFindings": {"EbsVolumes": volumes}}
    return {"DataSources": placed} if placed else {}


def _detector(r: Live) -> dict[str, Any]:
    found = r.api("GetDetector", DetectorId=r.id)
    return {**found, "Enable": found["Status"] == "ENABLED", "Datasources": None}


def _feature(r: Live) -> dict[str, Any]:
    more = [{"Name": each["name"], "Status": each["status"]} for each in r.inputs.get("additionalConfigurations") or []]
    feature = {"Name": r.inputs["name"], "Status": r.inputs["status"]}
    feature |= {"AdditionalConfiguration": more} if more else {}
    return r.api("UpdateDetector", DetectorId=r.inputs["detectorId"], Features=[feature])


def _feature_read(r: Live) -> dict[str, Any] | None:
    """The emulator keeps features of the detector in its own way: the detector must be there, the rest is believed."""
    r.api("GetDetector", DetectorId=r.get("detectorId"))
    return {"detectorId": r.get("detectorId"), "name": r.get("name")}


def _check_feature(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    for index, each in enumerate(inputs.get("additionalConfigurations") or []):
        if isinstance(each.get("name"), str) and each["name"] not in _AGENTS:
            reason = f"must be one of {', '.join(_AGENTS)}, is {each['name']!r} (AWS rule)"
            failures.append(Failure(f"additionalConfigurations[{index}].name", reason))
    for name, allowed in (("name", _FEATURES), ("status", ("ENABLED", "DISABLED"))):
        if isinstance(inputs.get(name), str) and inputs[name] not in allowed:
            failures.append(Failure(name, f"must be one of {', '.join(allowed)}, is {inputs[name]!r} (AWS rule)"))
    if inputs.get("additionalConfigurations") and inputs.get("name") not in _FEATURES[-1:] + _FEATURES[4:5]:
        failures.append(Failure("additionalConfigurations", "are for runtime monitoring only (AWS rule)"))
    return failures


def _criteria(r: Live) -> dict[str, Any]:
    criteria: dict[str, Any] = {}
    for each in r.inputs["findingCriteria"]["criterions"]:
        conditions = {name[0].upper() + name[1:]: value for name, value in each.items() if value and name != "field"}
        numbers = ("GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual")
        criteria[each["field"]] = {name: int(value) if name in numbers else value for name, value in conditions.items()}
    return {"FindingCriteria": {"Criterion": criteria}}


def _filter(r: Live) -> dict[str, Any] | None:
    try:
        found = r.api("GetFilter", DetectorId=r.get("detectorId"), FilterName=r.get("name"))
    except AwsError as error:
        if "no such resource" in str(error):  # GuardDuty calls it a bad request
            return None
        raise
    return {**found, "detectorId": r.get("detectorId")}


def _change_filter(r: Live) -> None:
    r.overwrite("UpdateFilter", DetectorId=r.get("detectorId"), FilterName=r.get("name"), **_criteria(r))


def _destination(r: Live) -> dict[str, Any]:
    return {"DestinationArn": r.inputs["destinationArn"], "KmsKeyArn": r.inputs["kmsKeyArn"]}


ENTRIES = (
    Entry(
        type="aws:guardduty/detector:Detector",
        service="guardduty",
        operation="CreateDetector",
        rename={"datasources": ""},
        also=_extras,
        id="DetectorId",
        read=_detector,
        lost=("datasources",),
        update={"*": lambda r: r.overwrite("UpdateDetector", DetectorId=r.id, **_sources(r))},
        delete=lambda r: r.api("DeleteDetector", DetectorId=r.id),
        outputs=lambda r, live: {"accountId": r.account},
        arn="arn:{partition}:guardduty:{region}:{account}:detector/{id}",
        defaults={"findingPublishingFrequency": "SIX_HOURS"},
        alone=True,
        tags=_KEPT_BY_NOBODY,
        twin="AWS::GuardDuty::Detector",
        twin_defaults={"Enable": True},
        twin_rename={"datasources": ""},
    ),
    Entry(
        type="aws:guardduty/detectorFeature:DetectorFeature",
        service="guardduty",
        create=_feature,
        id=lambda r, answer: f"{r.inputs['detectorId']}/{r.inputs['name']}",
        read=_feature_read,
        update={"status": _feature, "additionalConfigurations": _feature},
        lost=("status", "additionalConfigurations"),
        replace=("detectorId", "name"),
        name="name",
        check=_check_feature,
    ),
    Entry(
        type="aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan",
        service="guardduty",
        level="validated",
        operation="CreateMalwareProtectionPlan",
        also=lambda r: {"ClientToken": r.invented("", 32)},
        id=lambda r, answer: r.invented("", 20),
        update={"*": lambda r: r.overwrite("UpdateMalwareProtectionPlan", MalwareProtectionPlanId=r.id)},
        replace=("protectedResource",),
        delete=lambda r: r.api("DeleteMalwareProtectionPlan", MalwareProtectionPlanId=r.id),
        outputs=lambda r, live: {"createdAt": "", "status": "ACTIVE"},
        arn="arn:{partition}:guardduty:{region}:{account}:malware-protection-plan/{id}",
        tags=_TAGS,
        twin="AWS::GuardDuty::MalwareProtectionPlan",
    ),
    Entry(
        type="aws:guardduty/publishingDestination:PublishingDestination",
        service="guardduty",
        level="validated",
        operation="CreatePublishingDestination",
        rename=_DESTINATION,
        also=lambda r: {} if r.inputs.get("destinationType") else {"DestinationType": "S3"},
        id=lambda r, answer: f"{r.inputs['detectorId']}:{r.invented('', 32)}",
        update={
            "*": lambda r: r.api(
                "UpdatePublishingDestination",
                DetectorId=r.get("detectorId"),
                DestinationId=r.id.split(":")[1],
                DestinationProperties=_destination(r),
            )
        },
        replace=("detectorId", "destinationType"),
        delete=lambda r: r.api(
            "DeletePublishingDestination", DetectorId=r.get("detectorId"), DestinationId=r.id.split(":")[1]
        ),
        outputs=lambda r, live: {
            "destinationId": r.id.split(":")[1],
            "arn": "arn:aws:guardduty:{}:{}:detector/{}/publishingDestination/{}".format(
                r.region, r.account, *r.id.split(":")
            ),
        },
        tags=_TAGS,
        twin="AWS::GuardDuty::PublishingDestination",
        twin_defaults={"DestinationType": "S3"},
        twin_rename=_DESTINATION,
    ),
    Entry(
        type="aws:guardduty/filter:Filter",
        service="guardduty",
        operation="CreateFilter",
        rename={"findingCriteria": ""},
        also=_criteria,
        id=lambda r, answer: f"{r.inputs['detectorId']}:{r.inputs['name']}",
        read=_filter,
        lost=("findingCriteria",),
        update={"*": _change_filter},
        replace=("detectorId", "name"),
        delete=lambda r: r.api("DeleteFilter", DetectorId=r.get("detectorId"), FilterName=r.get("name")),
        name="name",
        outputs=lambda r, live: {
            "arn": f"arn:aws:guardduty:{r.region}:{r.account}:detector/{r.get('detectorId')}/filter/{r.get('name')}"
        },
        tags=_KEPT_BY_NOBODY,
    ),
)
