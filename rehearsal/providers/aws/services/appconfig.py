"""Applications with their environments, profiles, hosted versions and deployments."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_TAGS = tags.mapped(resource="ResourceArn", send="Tags", members="Tags", keys="TagKeys", kept=False)
_ARN = "arn:aws:appconfig:{}:{}:application/{}"


def _parent(r: Live) -> dict[str, Any]:
    return {"ApplicationId": r.get("applicationId")}


def _arn(r: Live, path: str = "") -> str:
    return _ARN.format(r.region, r.account, r.get("applicationId")) + path


def _profile_id(r: Live) -> dict[str, Any]:
    return {**_parent(r), "ConfigurationProfileId": r.id.split(":")[0]}


def _profile(r: Live) -> dict[str, Any]:
    return r.api("GetConfigurationProfile", **_profile_id(r))


def _version_id(r: Live) -> dict[str, Any]:
    profile = {"ConfigurationProfileId": r.get("configurationProfileId")}
    return {**_parent(r), **profile, "VersionNumber": int(r.id.rsplit("/", 1)[-1])}


def _version(r: Live) -> dict[str, Any]:
    found = r.api("GetHostedConfigurationVersion", **_version_id(r))
    return {**found, "Content": found["Content"].read().decode()}


def _check_version(inputs: Mapping[str, Any]) -> list[Failure]:
    content, kind = inputs.get("content"), inputs.get("contentType")
    if isinstance(content, str) and kind == "application/json":
        try:
            json.loads(content)
        except ValueError as error:
            return [Failure("content", f"is not JSON, though contentType says so: {error} (AWS rule)")]
    return []


def _check_strategy(inputs: Mapping[str, Any]) -> list[Failure]:
    growth, where = inputs.get("growthFactor"), inputs.get("replicateTo")
    failures: list[Failure] = []
    if isinstance(growth, int | float) and not 1 <= growth <= 100:
        failures.append(Failure("growthFactor", f"must lie between 1 and 100, is {growth} (AWS rule)"))
    if isinstance(where, str) and where not in ("NONE", "SSM_DOCUMENT"):
        failures.append(Failure("replicateTo", f"must be NONE or SSM_DOCUMENT, is {where!r} (AWS rule)"))
    return failures


def _check_profile(inputs: Mapping[str, Any]) -> list[Failure]:
    where, role = inputs.get("locationUri"), inputs.get("retrievalRoleArn")
    if isinstance(where, str) and where != "hosted" and not where.startswith("codepipeline") and not role:
        return [Failure("retrievalRoleArn", f"is needed for the location {where} (AWS rule)")]
    if where == "hosted" and role:
        return [Failure("retrievalRoleArn", "cannot be given for the location hosted (AWS rule)")]
    return []


def _environment(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    id = r.id.split(":")[0]
    return {"environmentId": id, "state": "READY_FOR_DEPLOYMENT", "arn": _arn(r, f"/environment/{id}")}


def _environment_id(r: Live) -> dict[str, Any]:
    return {**_parent(r), "EnvironmentId": r.id.split(":")[0]}


ENTRIES = (
    Entry(
        type="aws:appconfig/application:Application",
        service="appconfig",
        operation="CreateApplication",
        id="Id",
        read=lambda r: r.api("GetApplication", ApplicationId=r.id),
        update={"*": lambda r: r.overwrite("UpdateApplication", ApplicationId=r.id)},
        delete=lambda r: r.api("DeleteApplication", ApplicationId=r.id),
        arn="arn:{partition}:appconfig:{region}:{account}:application/{id}",
        name="name",
        tags=_TAGS,
        twin="AWS::AppConfig::Application",
    ),
    Entry(
        type="aws:appconfig/environment:Environment",
        service="appconfig",
        level="validated",
        operation="CreateEnvironment",
        id=lambda r, answer: f"{r.invented('', 7)}:{r.inputs['applicationId']}",
        update={"*": lambda r: r.overwrite("UpdateEnvironment", **_environment_id(r))},
        replace=("applicationId",),
        delete=lambda r: r.api("DeleteEnvironment", **_environment_id(r)),
        name="name",
        outputs=_environment,
        defaults={"description": ""},
        tags=_TAGS,
        twin="AWS::AppConfig::Environment",
    ),
    Entry(
        type="aws:appconfig/configurationProfile:ConfigurationProfile",
        service="appconfig",
        operation="CreateConfigurationProfile",
        id=lambda r, answer: f"{answer['Id']}:{r.inputs['applicationId']}",
        read=_profile,
        lost=("kmsKeyIdentifier",),
        update={"*": lambda r: r.overwrite("UpdateConfigurationProfile", **_profile_id(r))},
        replace=("applicationId", "locationUri", "type"),
        delete=lambda r: r.api("DeleteConfigurationProfile", **_profile_id(r)),
        name="name",
        outputs=lambda r, live: {
            "configurationProfileId": r.id.split(":")[0],
            "arn": _arn(r, f"/configurationprofile/{r.id.split(':')[0]}"),
        },
        check=_check_profile,
        tags=_TAGS,
        twin="AWS::AppConfig::ConfigurationProfile",
    ),
    Entry(
        type="aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion",
        service="appconfig",
        operation="CreateHostedConfigurationVersion",
        id=lambda r, answer: "/".join(
            (r.inputs["applicationId"], r.inputs["configurationProfileId"], str(answer["VersionNumber"]))
        ),
        read=_version,
        replace=("applicationId", "configurationProfileId", "content", "contentType", "description", "versionLabel"),
        delete=lambda r: r.api("DeleteHostedConfigurationVersion", **_version_id(r)),
        outputs=lambda r, live: {
            "versionNumber": int(r.id.rsplit("/", 1)[-1]),
            "arn": _arn(r, "/configurationprofile/{}/hostedconfigurationversion/{}".format(*r.id.split("/")[1:])),
        },
        check=_check_version,
        twin="AWS::AppConfig::HostedConfigurationVersion",
    ),
    Entry(
        type="aws:appconfig/deploymentStrategy:DeploymentStrategy",
        service="appconfig",
        level="validated",
        operation="CreateDeploymentStrategy",
        id=lambda r, answer: r.invented("", 7),
        rename={"replicateTo": "ReplicateTo"},
        update={"*": lambda r: r.overwrite("UpdateDeploymentStrategy", DeploymentStrategyId=r.id)},
        replace=("name", "replicateTo"),
        delete=lambda r: r.api("DeleteDeploymentStrategy", DeploymentStrategyId=r.id),
        arn="arn:{partition}:appconfig:{region}:{account}:deploymentstrategy/{id}",
        name="name",
        check=_check_strategy,
        tags=_TAGS,
        twin="AWS::AppConfig::DeploymentStrategy",
    ),
    Entry(
        type="aws:appconfig/deployment:Deployment",
        service="appconfig",
        level="validated",
        operation="StartDeployment",
        id=lambda r, answer: f"{r.inputs['applicationId']}/{r.inputs['environmentId']}/1",
        replace=(
            *("applicationId", "configurationProfileId", "configurationVersion", "deploymentStrategyId"),
            *("environmentId", "description", "kmsKeyIdentifier"),
        ),
        outputs=lambda r, live: {
            "deploymentNumber": 1,
            "state": "COMPLETE",
            "kmsKeyArn": "",
            "arn": _arn(r, f"/environment/{r.get('environmentId')}/deployment/1"),
        },
        tags=_TAGS,
        twin="AWS::AppConfig::Deployment",
    ),
)
