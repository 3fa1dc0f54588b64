"""Vulnerability scans of accounts."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_KINDS = {
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
    "CODE_REPOSITORY": "codeRepository",
}


def _id(r: Live, answer: Any) -> str:
    return f"{':'.join(sorted(r.inputs['accountIds']))}-{':'.join(sorted(r.inputs['resourceTypes']))}"


def _enabled(r: Live) -> dict[str, Any] | None:
    accounts = r.api("BatchGetAccountStatus", accountIds=r.get("accountIds"))["accounts"]
    wanted = r.get("resourceTypes")
    on = {
        kind
        for kind, member in _KINDS.items()
        if all(account["resourceState"].get(member, {}).get("status") == "ENABLED" for account in accounts)
    }
    scanned = [kind for kind in wanted if kind in on] + sorted(on - set(wanted))
    return {"accountIds": [account["accountId"] for account in accounts], "resourceTypes": scanned} if on else None


def _change(r: Live) -> None:
    wanted, before = set(r.inputs["resourceTypes"]), set(r.state["resourceTypes"])
    if gone := sorted(before - wanted):
        r.api("Disable", accountIds=r.inputs["accountIds"], resourceTypes=gone)
    r.api("Enable", accountIds=r.inputs["accountIds"], resourceTypes=sorted(wanted))


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    kinds = inputs.get("resourceTypes")
    if isinstance(kinds, list) and "LAMBDA_CODE" in kinds and "LAMBDA" not in kinds:
        return [Failure("resourceTypes", "LAMBDA_CODE needs LAMBDA beside it (AWS rule)")]
    return []


ENTRIES = (
    Entry(
        type="aws:inspector2/enabler:Enabler",
        service="inspector2",
        operation="Enable",
        id=_id,
        read=_enabled,
        update={"resourceTypes": _change},
        replace=("accountIds",),
        delete=lambda r: r.api("Disable", accountIds=r.get("accountIds"), resourceTypes=r.get("resourceTypes")),
        alone=True,
        check=_check,
    ),
)
