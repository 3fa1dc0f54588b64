"""Functions with their code really uploaded, who may call them, and what calls them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import assets, wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.client import AwsError
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_CODE = (
    "code",
    "s3Bucket",
    "s3Key",
    "s3ObjectVersion",
    "imageUri",
    "sourceKmsKeyArn",
    "sourceCodeHash",
    "architectures",
)
_OTHER_CALLS = ("reservedConcurrentExecutions", "codeSigningConfigArn")
_ONLY_OURS = (
    *("skipDestroy", "replaceSecurityGroupsOnDestroy", "replacementSecurityGroupIds", "codeSha256"),
    *("useResourceTimeoutForPropagation", "publishTo"),
)
#: What a setting that the program took away goes back to.
_WITHOUT: dict[str, Any] = {
    "description": {"Description": ""},
    "timeout": {"Timeout": 3},
    "memorySize": {"MemorySize": 128},
    "environment": {"Environment": {"Variables": {}}},
    "vpcConfig": {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}},
    "layers": {"Layers": []},
    "deadLetterConfig": {"DeadLetterConfig": {"TargetArn": ""}},
    "tracingConfig": {"TracingConfig": {"Mode": "PassThrough"}},
    "kmsKeyArn": {"KMSKeyArn": ""},
}
_RETIRED = (
    *("python2.7", "python3.6", "python3.7", "python3.8", "nodejs", "nodejs4.3", "nodejs6.10", "nodejs8.10"),
    *("nodejs10.x", "nodejs12.x", "nodejs14.x", "nodejs16.x", "dotnetcore2.1", "dotnetcore3.1", "dotnet6"),
    *("dotnet7", "go1.x", "java8", "ruby2.5", "ruby2.7", "provided"),
)
_RESERVED = {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
_UPLOAD_LIMIT = 50 * 1024 * 1024


# -- functions ----------------------------------------------------------------------------------------------------


def _create(r: Live) -> Any:
    """A role just made may not be known to Lambda yet: asked again until it is."""
    request = r.request()
    if r.inputs.get("code") is not None:
        request["Code"] = {"ZipFile": assets.content(r.inputs["code"])}
    request |= {"Tags": r.all_tags} if r.all_tags else {}
    answers: list[Any] = []

    def accepted() -> bool:
        try:
            answers.append(r.api("CreateFunction", **request))
        except AwsError as error:
            if "cannot be assumed" not in str(error):
                raise
        return bool(answers)

    r.wait(accepted, f"Lambda assuming the role {r.inputs['role']}", 10)
    return answers[0]


def _function(r: Live) -> dict[str, Any]:
    answer = r.api("GetFunction", FunctionName=r.id)
    found = answer["Configuration"]
    found["Layers"] = [layer["Arn"] for layer in found.get("Layers", [])] or None
    found["TracingConfig"] = found.get("TracingConfig") or {"Mode": "PassThrough"}
    found["ReservedConcurrentExecutions"] = answer.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    vpc = found.get("VpcConfig") or {}
    if not vpc.get("SubnetIds"):
        found["VpcConfig"] = None
    return {**found, "Tags": answer.get("Tags", {}), "SourceCodeHash": found.get("CodeSha256")}


def _update_code(r: Live) -> None:
    names = {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion", "imageUri": "ImageUri"}
    given = {member: r.inputs[name] for name, member in names.items() if r.inputs.get(name)}
    if r.inputs.get("code") is not None:
        given["ZipFile"] = assets.content(r.inputs["code"])
    r.api("UpdateFunctionCode", FunctionName=r.id, Publish=bool(r.inputs.get("publish")), **given)


def _update_configuration(r: Live) -> None:
    apart = {*_CODE, *_OTHER_CALLS, *_ONLY_OURS, "tags", "tagsAll", "publish"}
    changed = [name for name in r.changed if name not in apart]
    request = r.request(only=changed, operation="UpdateFunctionConfiguration")
    for name in changed:
        if r.inputs.get(name) is None:
            request |= _WITHOUT.get(name, {})
    r.api("UpdateFunctionConfiguration", **{**request, "FunctionName": r.id})


def _reserve(r: Live) -> None:
    wanted = r.inputs.get("reservedConcurrentExecutions")
    if wanted is None or wanted < 0:
        r.api("DeleteFunctionConcurrency", FunctionName=r.id)
    else:
        r.api("PutFunctionConcurrency", FunctionName=r.id, ReservedConcurrentExecutions=wanted)


def _arn(r: Live) -> str:
    return f"arn:aws:lambda:{r.region}:{r.account}:function:{r.id}"


def _function_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    arn, version = _arn(r), str(live.get("Version") or "$LATEST")
    path = f"arn:aws:apigateway:{r.region}:lambda:path/2015-03-31/functions"
    streaming = path.replace("2015-03-31", "2021-11-15")
    subnets = (r.inputs.get("vpcConfig") or {}).get("subnetIds")
    vpc = {"vpcConfig": {**r.inputs["vpcConfig"], "vpcId": _vpc_of(r, subnets[0])}} if subnets else {}
    return {
        "arn": arn,
        "qualifiedArn": f"{arn}:{version}",
        "version": version,
        "invokeArn": f"{path}/{arn}/invocations",
        "qualifiedInvokeArn": f"{path}/{arn}:{version}/invocations",
        "responseStreamingInvokeArn": f"{streaming}/{arn}/response-streaming-invocations",
        "sourceCodeSize": live.get("CodeSize", 0),
        "signingJobArn": "",
        "signingProfileVersionArn": "",
        **vpc,
    }


def _vpc_of(r: Live, subnet: str) -> str:
    found = r.ask("DescribeSubnets", service="ec2", SubnetIds=[subnet]).get("Subnets")
    return found[0]["VpcId"] if found else ""


def _check_function(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in _function_reasons(inputs)]


def _function_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    image = inputs.get("packageType") == "Image"
    sources = [name for name in ("code", "s3Bucket", "imageUri") if inputs.get(name) is not None]
    if len(sources) != 1:
        yield "code", f"exactly one of code, s3Bucket and imageUri is needed, got {', '.join(sources) or 'none'}"
    for name in ("handler", "runtime"):
        if (inputs.get(name) is None) is not image:
            yield name, "goes with packageType Zip only" if image else "is needed by a function of packageType Zip"
    if inputs.get("runtime") in _RETIRED:
        yield "runtime", f"{inputs['runtime']} is retired: no function can be created with it"
    if isinstance(inputs.get("code"), dict):
        yield from (("code", problem) for problem in [assets.problem(inputs["code"])] if problem)
        if not assets.problem(inputs["code"]) and len(assets.content(inputs["code"])) > _UPLOAD_LIMIT:
            yield "code", "is larger than 50 MiB: put it into a bucket"
    for name, low, high in (("memorySize", 128, 10240), ("timeout", 1, 900)):
        if isinstance(inputs.get(name), int) and not low <= inputs[name] <= high:
            yield name, f"must lie between {low} and {high}, got {inputs[name]}"
    if len(inputs.get("layers") or []) > 5:
        yield "layers", f"must be at most 5, got {len(inputs['layers'])}"
    yield from _environment_reasons((inputs.get("environment") or {}).get("variables"))


def _environment_reasons(variables: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(variables, dict):
        return
    for name in variables:
        if name in _RESERVED:
            yield "environment.variables", f"{name} is set by Lambda itself"
        elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", name):
            yield "environment.variables", f"{name!r} is no name: letters, digits and underscores, a letter first"
    if not wire.has_unknown(variables):
        size = len(json.dumps(variables, separators=(",", ":")))
        if size > 4096:
            yield "environment.variables", f"must take at most 4096 bytes in all, take {size}"


ENTRIES = (
    Entry(
        type="aws:lambda/function:Function",
        service="lambda",
        operation="CreateFunction",
        create=_create,
        rename={
            "name": "FunctionName",
            "code": "Code.ZipFile",
            "s3Bucket": "Code.S3Bucket",
            "s3Key": "Code.S3Key",
            "s3ObjectVersion": "Code.S3ObjectVersion",
            "imageUri": "Code.ImageUri",
            "sourceKmsKeyArn": "Code.SourceKMSKeyArn",
            "sourceCodeHash": "",
            "vpcConfig.vpcId": "",
            "snapStart.optimizationStatus": "",
            "durableConfig.retentionPeriod": "RetentionPeriodInDays",
        },
        name="name",
        id="FunctionName",
        read=_function,
        after=("reservedConcurrentExecutions",),
        update={
            **dict.fromkeys(_CODE, _update_code),
            "reservedConcurrentExecutions": _reserve,
            "*": _update_configuration,
        },
        not_sent=_ONLY_OURS,
        lost=(
            *_CODE[:7],
            *("publish", "deadLetterConfig", "loggingConfig", "kmsKeyArn", "codeSigningConfigArn", "snapStart"),
            *("fileSystemConfig", "imageConfig", "durableConfig", "tenancyConfig", "capacityProviderConfig"),
            "vpcConfig.ipv6AllowedForDualStack",
        ),
        replace=("name", "packageType", "codeSigningConfigArn", "tenancyConfig"),
        delete=lambda r: None if r.get("skipDestroy") else r.api("DeleteFunction", FunctionName=r.id),
        outputs=_function_outputs,
        defaults={
            "architectures": ["x86_64"],
            "ephemeralStorage": {"size": 512},
            "tracingConfig": {"mode": "PassThrough"},
        },
        filled_in=("vpcConfig.vpcId",),
        check=_check_function,
        tags=tags.mapped(resource="Resource", of=_arn, send="Tags", members="Tags", keys="TagKeys"),
        find=lambda r: r.inputs["name"],
        twin="AWS::Lambda::Function",
        twin_rename={
            "name": "FunctionName",
            "code": "Code.ZipFile",
            "s3Bucket": "Code.S3Bucket",
            "s3Key": "Code.S3Key",
            "s3ObjectVersion": "Code.S3ObjectVersion",
            "imageUri": "Code.ImageUri",
            "sourceKmsKeyArn": "Code.SourceKMSKeyArn",
            **dict.fromkeys((*_ONLY_OURS, "sourceCodeHash", "publish", "vpcConfig.vpcId"), ""),
            **dict.fromkeys(("durableConfig", "capacityProviderConfig", "tenancyConfig", "fileSystemConfig"), ""),
            "snapStart.optimizationStatus": "",
        },
    ),
)
