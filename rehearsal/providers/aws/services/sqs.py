"""Queues and who may use them."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import as_written, policy_failures
from rehearsal.providers.provider import Failure

_ONE_AT_A_TIME = threading.Lock()
_ATTRIBUTES = {
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "policy": "Policy",
    "redrivePolicy": "RedrivePolicy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "fifoQueue": "FifoQueue",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "fifoThroughputLimit": "FifoThroughputLimit",
}
_DEFAULTS = {
    "delaySeconds": 0,
    "maxMessageSize": 262144,
    "messageRetentionSeconds": 345600,
    "receiveWaitTimeSeconds": 0,
    "visibilityTimeoutSeconds": 30,
    "kmsDataKeyReusePeriodSeconds": 300,
}
_RANGES = {
    "delaySeconds": (0, 900),
    "maxMessageSize": (1024, 1048576),
    "messageRetentionSeconds": (60, 1209600),
    "receiveWaitTimeSeconds": (0, 20),
    "visibilityTimeoutSeconds": (0, 43200),
    "kmsDataKeyReusePeriodSeconds": (60, 86400),
}


def _attributes(r: Live) -> dict[str, Any]:
    return r.api("GetQueueAttributes", QueueUrl=r.id, AttributeNames=["All"]).get("Attributes", {})


def _queue(r: Live) -> dict[str, Any]:
    found = _attributes(r)
    for name in _RANGES:
        member = _ATTRIBUTES[name]
        found |= {member: int(found[member])} if member in found else {}
    return {"QueueName": r.id.rpartition("/")[2], "Attributes": found}


def _set(r: Live, **attributes: Any) -> None:
    """The emulator drops a queue's policy when another attribute is set: it is sent along each time."""
    sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in attributes.items()}
    with _ONE_AT_A_TIME:
        policy = _attributes(r).get("Policy")
        r.api("SetQueueAttributes", QueueUrl=r.id, Attributes={**({"Policy": policy} if policy else {}), **sent})


def _change(r: Live) -> None:
    wanted: dict[str, Any] = {}
    for name in r.changed:
        if name in _ATTRIBUTES:
            value = r.inputs.get(name)
            wanted[_ATTRIBUTES[name]] = _DEFAULTS.get(name, "") if value is None else value
    _set(r, **wanted)


def _arn(r: Live) -> str:
    return f"arn:aws:sqs:{r.region}:{r.account}:{r.id.rpartition('/')[2]}"


def _url(r: Live) -> str:
    return f"https://sqs.{r.region}.amazonaws.com/{r.account}/{r.inputs['name']}"


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = policy_failures(inputs, "policy", "resource")
    return failures + [Failure(path, f"{reason} (AWS rule)") for path, reason in _reasons(inputs)]


def _reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name, fifo = inputs.get("name"), inputs.get("fifoQueue") is True
    if isinstance(name, str):
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", name):
            yield "name", f"must be 1 to 80 letters, digits, underscores and hyphens, got {name!r}"
        elif name.endswith(".fifo") is not fifo:
            yield "name", "must end with .fifo where fifoQueue is true, and only there"
    for setting, (low, high) in _RANGES.items():
        given = inputs.get(setting)
        if isinstance(given, int) and not low <= given <= high:
            yield setting, f"must lie between {low} and {high}, got {given}"
    for setting in ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit"):
        if inputs.get(setting) and not fifo:
            yield setting, "goes with FIFO queues only"
    if inputs.get("kmsMasterKeyId") is not None and inputs.get("sqsManagedSseEnabled") is True:
        yield "sqsManagedSseEnabled", "cannot be true beside kmsMasterKeyId"
    yield from _redrive_reasons(inputs)


def _redrive_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = inputs.get("redrivePolicy")
    if not isinstance(given, str):
        return
    try:
        policy = json.loads(given)
    except ValueError as error:
        yield "redrivePolicy", f"is not JSON: {error}"
        return
    if not isinstance(policy, dict) or not policy.keys() >= {"deadLetterTargetArn", "maxReceiveCount"}:
        yield "redrivePolicy", f"needs deadLetterTargetArn and maxReceiveCount, got {given}"
    elif not str(policy["maxReceiveCount"]).isdigit() or not 1 <= int(policy["maxReceiveCount"]) <= 1000:
        yield "redrivePolicy", f"maxReceiveCount must lie between 1 and 1000, got {policy['maxReceiveCount']}"


def _of_queue(name: str, member: str, check: Callable[[Mapping[str, Any]], list[Failure]]) -> Entry:
    """One attribute of a queue as a resource of its own."""

    def read(r: Live) -> dict[str, Any] | None:
        found = _attributes(r).get(member)
        return {"QueueUrl": r.id, member: as_written(r.inputs.get(name), found)} if found else None

    def put(r: Live) -> None:
        r.id = r.inputs["queueUrl"]
        _set(r, **{member: r.inputs[name]})

    kind = "QueuePolicy" if member == "Policy" else member
    return Entry(
        type=f"aws:sqs/{kind[0].lower() + kind[1:]}:{kind}",
        service="sqs",
        # The emulator takes the policy on who may redrive here and does not tell of it.
        level="validated" if member == "RedriveAllowPolicy" else "emulated",
        create=put,
        id=lambda r, answer: r.inputs["queueUrl"],
        read=read,
        update={name: put},
        replace=("queueUrl",),
        delete=lambda r: _set(r, **{member: ""}),
        check=check,
        alone=True,
        **(
            {"twin": "AWS::SQS::QueuePolicy", "twin_rename": {"queueUrl": "Queues", "policy": "PolicyDocument"}}
            if member == "Policy"
            else {}
        ),
    )


def _redrive_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in _redrive_reasons(inputs)]


def _allow_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    given = inputs["redriveAllowPolicy"]
    if given is wire.UNKNOWN:
        return []
    try:
        kind = json.loads(given).get("redrivePermission")
    except (ValueError, AttributeError):
        return [Failure("redriveAllowPolicy", f"must be a JSON object, got {given!r} (AWS rule)")]
    if kind not in ("allowAll", "denyAll", "byQueue"):
        return [
            Failure(
                "redriveAllowPolicy", f"redrivePermission must be allowAll, denyAll or byQueue; got {kind!r} (AWS rule)"
            )
        ]
    return []


ENTRIES = (
    Entry(
        type="aws:sqs/queue:Queue",
        service="sqs",
        operation="CreateQueue",
        rename={"name": "QueueName", **{name: f"Attributes.{member}" for name, member in _ATTRIBUTES.items()}},
        name="name",
        name_limit=80,
        # The emulator's own URL has its port in it; any URL ending in the name reaches the queue.
        id=lambda r, answer: _url(r),
        read=_queue,
        update={"*": _change},
        not_sent=("namePrefix",),
        lost=("redriveAllowPolicy",),
        replace=("name", "namePrefix", "fifoQueue"),
        delete=lambda r: r.api("DeleteQueue", QueueUrl=r.id),
        outputs=lambda r, live: {"arn": _arn(r), "url": r.id},
        defaults={"namePrefix": "", **dict.fromkeys(("policy", "redrivePolicy", "redriveAllowPolicy"), "")}
        | {"deduplicationScope": "", "fifoThroughputLimit": "", "kmsDataKeyReusePeriodSeconds": 300},
        check=_check,
        tags=tags.mapped(
            tag="TagQueue",
            untag="UntagQueue",
            resource="QueueUrl",
            of=lambda r: r.id,
            members="Tags",
            keys="TagKeys",
            read=lambda r, live: r.api("ListQueueTags", QueueUrl=r.id).get("Tags", {}),
        ),
        find=_url,
        twin="AWS::SQS::Queue",
        twin_rename={
            "name": "QueueName",
            "namePrefix": "",
            "policy": "",
            "maxMessageSize": "MaximumMessageSize",
            "messageRetentionSeconds": "MessageRetentionPeriod",
            "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
            "visibilityTimeoutSeconds": "VisibilityTimeout",
        },
    ),
    _of_queue("policy", "Policy", lambda inputs: policy_failures(inputs, "policy", "resource")),
    _of_queue("redrivePolicy", "RedrivePolicy", _redrive_failures),
    _of_queue("redriveAllowPolicy", "RedriveAllowPolicy", _allow_failures),
)
