"""Canaries: scripts that try the system from outside."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_KEPT = {
    "failureRetentionPeriod": "FailureRetentionPeriodInDays",
    "successRetentionPeriod": "SuccessRetentionPeriodInDays",
}
_CODE = ("handler", "s3Bucket", "s3Key", "s3Version", "zipFile")


def _code(r: Live) -> dict[str, Any]:
    """A local archive is told by its content; here its name stands for it."""
    code: dict[str, Any] = {"Handler": r.inputs["handler"]}
    for name in ("s3Bucket", "s3Key", "s3Version"):
        if r.inputs.get(name):
            code[name[0].upper() + name[1:]] = r.inputs[name]
    if r.inputs.get("zipFile"):
        code["ZipFile"] = base64.b64encode(str(r.inputs["zipFile"]).encode())
    return {"Code": code}


def _update(r: Live) -> None:
    r.overwrite("UpdateCanary", Name=r.id, **_code(r))


def _start(r: Live) -> None:
    r.api("StartCanary" if r.inputs.get("startCanary") else "StopCanary", Name=r.inputs["name"])


def _reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name, schedule, where = inputs.get("name"), inputs.get("schedule"), inputs.get("artifactS3Location")
    if isinstance(name, str) and not re.fullmatch(r"[0-9a-z_-]{1,255}", name):
        yield "name", f"must have lower case letters, digits, dashes and underscores, is {name!r}"
    if isinstance(where, str) and not where.startswith("s3://"):
        yield "artifactS3Location", f"must begin with s3://, is {where!r}"
    text = schedule.get("expression") if isinstance(schedule, dict) else None
    if isinstance(text, str) and not wire.has_unknown(text):
        found = re.fullmatch(r"rate\((\d+) (minutes?|hour)\)", text)
        if found is None and not re.fullmatch(r"cron\((\S+ ){5}\S+\)", text):
            yield "schedule.expression", f"must be rate(5 minutes), rate(1 hour) or cron with six fields, is {text!r}"
        elif found and found[2].startswith("minute") and int(found[1]) > 60:
            yield "schedule.expression", f"can be at most rate(1 hour), is {text!r}"
    if not inputs.get("zipFile") and not (inputs.get("s3Bucket") and inputs.get("s3Key")):
        yield "zipFile", "is needed, or `s3Bucket` and `s3Key`"
    if inputs.get("zipFile") and inputs.get("s3Bucket"):
        yield "s3Bucket", "cannot stand beside `zipFile`"
    memory = (inputs.get("runConfig") or {}).get("memoryInMb") if isinstance(inputs.get("runConfig"), dict) else None
    if isinstance(memory, int) and memory % 64:
        yield "runConfig.memoryInMb", f"must be a multiple of 64, is {memory}"


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in _reasons(inputs)]


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    layer = f"arn:aws:lambda:{r.region}:{r.account}:function:cwsyn-{r.id}"
    running = bool(r.inputs.get("startCanary"))
    return {
        "engineArn": f"{layer}:1",
        "sourceLocationArn": f"arn:aws:lambda:{r.region}:{r.account}:layer:cwsyn-{r.id}:1",
        "status": "RUNNING" if running else "READY",
        "timelines": [],
    }


ENTRIES = (
    # The emulator can make a canary and never change, start or delete it.
    Entry(
        type="aws:synthetics/canary:Canary",
        service="synthetics",
        level="validated",
        operation="CreateCanary",
        rename={**_KEPT, **dict.fromkeys(_CODE, ""), "vpcConfig.vpcId": ""},
        also=_code,
        id=lambda r, answer: r.inputs["name"],
        not_sent=("deleteLambda",),
        after=("startCanary",),
        update={"startCanary": _start, "*": _update},
        replace=("name",),
        delete=lambda r: r.api("DeleteCanary", Name=r.id, DeleteLambda=bool(r.get("deleteLambda"))),
        arn="arn:{partition}:synthetics:{region}:{account}:canary:{id}",
        name="name",
        outputs=_outputs,
        check=_check,
        tags=tags.mapped(resource="ResourceArn", send="Tags", members="Tags", keys="TagKeys"),
    ),
)
