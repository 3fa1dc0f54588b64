"""Who may write to log groups, and what is masked in them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import as_written, policy_failures
from rehearsal.providers.provider import Failure


def _resource_policy(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeResourcePolicies")["resourcePolicies"]
    policy = next((each for each in found if each["policyName"] == r.id), None)
    if policy is None:
        return None
    return {**policy, "policyDocument": as_written(r.inputs.get("policyDocument"), policy["policyDocument"])}


def _put_resource_policy(r: Live) -> None:
    document = r.inputs["policyDocument"]
    sent = document if isinstance(document, str) else json.dumps(document)
    r.api("PutResourcePolicy", **{**r.request(), "policyDocument": sent})


def _check_masking(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in _masking_reasons(inputs["policyDocument"])]


def _masking_reasons(given: Any) -> Iterator[tuple[str, str]]:
    if given is wire.UNKNOWN:
        return
    try:
        document = json.loads(given)
        statements = document["Statement"]
        operations = {name for statement in statements for name in statement["Operation"]}
        identifiers = [statement["DataIdentifier"] for statement in statements]
    except (ValueError, KeyError, TypeError) as error:
        yield "policyDocument", f"must be JSON with Statements of DataIdentifier and Operation: {error}"
        return
    if document.get("Version") != "2021-06-01" or not document.get("Name"):
        yield "policyDocument", "needs a Name and the Version 2021-06-01"
    if operations != {"Audit", "Deidentify"} or len(statements) != 2:
        yield "policyDocument", f"needs two Statements, Audit and Deidentify; has {', '.join(sorted(operations))}"
    elif identifiers[0] != identifiers[1]:
        yield "policyDocument", "must name the same DataIdentifiers in both Statements"


ENTRIES = (
    Entry(
        type="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        service="logs",
        operation="PutResourcePolicy",
        create=_put_resource_policy,
        id=lambda r, answer: r.inputs.get("policyName") or r.inputs.get("resourceArn"),
        read=_resource_policy,
        update={"policyDocument": _put_resource_policy},
        lost=("resourceArn",),
        replace=("policyName", "resourceArn"),
        delete=lambda r: r.api("DeleteResourcePolicy", policyName=r.id),
        outputs=lambda r, live: {"policyScope": "RESOURCE" if r.get("resourceArn") else "ACCOUNT", "revisionId": ""},
        check=lambda inputs: policy_failures(inputs, "policyDocument", "resource", limit=5120),
        alone=True,
        twin="AWS::Logs::ResourcePolicy",
        twin_rename={"resourceArn": ""},
    ),
    Entry(
        type="aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
        service="logs",
        level="validated",
        operation="PutDataProtectionPolicy",
        rename={"logGroupName": "logGroupIdentifier"},
        id=lambda r, answer: r.inputs["logGroupName"],
        update={"policyDocument": lambda r: r.put()},
        replace=("logGroupName",),
        delete=lambda r: r.api("DeleteDataProtectionPolicy", logGroupIdentifier=r.id),
        check=_check_masking,
        alone=True,
    ),
)
