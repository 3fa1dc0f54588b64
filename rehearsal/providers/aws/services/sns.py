"""Topics, who may use them, and who hears them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import as_written, policy_failures
from rehearsal.providers.provider import Failure

_FEEDBACK = tuple(
    f"{protocol}{kind}"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for kind in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
)
_ATTRIBUTES = {
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "deliveryPolicy": "DeliveryPolicy",
    "archivePolicy": "ArchivePolicy",
    "fifoTopic": "FifoTopic",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "fifoThroughputScope": "FifoThroughputScope",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
    "maximumMessageSize": "MaximumMessageSize",
    **{name: name[0].upper() + name[1:].replace("Http", "HTTP") for name in _FEEDBACK},
}
_SUBSCRIPTION = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "replayPolicy": "ReplayPolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}
_ENDPOINTS = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "email-json": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "sms": r"\+?[0-9 ()-]{5,20}",
    "http": r"http://.+",
    "https": r"https://.+",
    "sqs": r"arn:[^:]+:sqs:.+",
    "lambda": r"arn:[^:]+:lambda:.+",
    "firehose": r"arn:[^:]+:firehose:.+",
    "application": r"arn:[^:]+:sns:.+:endpoint/.+",
}


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# -- topics -------------------------------------------------------------------------------------------------------


def _topic(r: Live) -> dict[str, Any]:
    found = r.api("GetTopicAttributes", TopicArn=r.id)["Attributes"]
    found["Policy"] = as_written(r.inputs.get("policy"), found.get("Policy"))
    return {"Name": r.id.rpartition(":")[2], "Attributes": found, "Owner": r.account}


def _change_topic(r: Live) -> None:
    for name in r.changed:
        if name in _ATTRIBUTES:
            value = r.inputs.get(name)
            sent = "" if value is None else text(value)
            r.api("SetTopicAttributes", TopicArn=r.id, AttributeName=_ATTRIBUTES[name], AttributeValue=sent)


def _check_topic(inputs: Mapping[str, Any]) -> list[Failure]:
    return [
        *policy_failures(inputs, "policy", "resource", limit=30720),
        *(Failure(path, f"{reason} (AWS rule)") for path, reason in _topic_reasons(inputs)),
    ]


def _topic_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name, fifo = inputs.get("name"), inputs.get("fifoTopic") is True
    if isinstance(name, str):
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}(\.fifo)?", name):
            yield "name", f"must be 1 to 256 letters, digits, underscores and hyphens, got {name!r}"
        elif name.endswith(".fifo") is not fifo:
            yield "name", "must end with .fifo where fifoTopic is true, and only there"
    if inputs.get("contentBasedDeduplication") is True and not fifo:
        yield "contentBasedDeduplication", "goes with FIFO topics only"
    if isinstance(inputs.get("signatureVersion"), int) and inputs["signatureVersion"] not in (1, 2):
        yield "signatureVersion", f"must be 1 or 2, got {inputs['signatureVersion']}"
    for rate in (name for name in _FEEDBACK if name.endswith("Rate")):
        if isinstance(inputs.get(rate), int) and not 0 <= inputs[rate] <= 100:
            yield rate, f"must lie between 0 and 100, got {inputs[rate]}"


def _topic_policy(r: Live) -> dict[str, Any]:
    found = r.api("GetTopicAttributes", TopicArn=r.id)["Attributes"].get("Policy")
    return {"Arn": r.id, "Policy": as_written(r.inputs.get("policy"), found), "Owner": r.account}


def _put_topic_policy(r: Live) -> None:
    arn, policy = r.inputs["arn"], text(r.inputs["policy"])
    r.api("SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def _default_policy(r: Live) -> None:
    """What a topic has when nobody set a policy: its own account may use it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{r.account}:root"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes", "SNS:SetTopicAttributes"],
        "Resource": r.id,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    r.api("SetTopicAttributes", TopicArn=r.id, AttributeName="Policy", AttributeValue=policy)


# -- subscriptions ------------------------------------------------------------------------------------------------


def _subscription(r: Live) -> dict[str, Any]:
    found = r.api("GetSubscriptionAttributes", SubscriptionArn=r.id)["Attributes"]
    return {**{name: found.get(name) for name in ("TopicArn", "Protocol", "Endpoint")}, "Attributes": found}


def _change_subscription(r: Live) -> None:
    for name in r.changed:
        if name in _SUBSCRIPTION:
            value = r.inputs.get(name)
            sent = {"AttributeValue": text(value)} if value is not None else {"AttributeValue": ""}
            r.api("SetSubscriptionAttributes", SubscriptionArn=r.id, AttributeName=_SUBSCRIPTION[name], **sent)


def _subscription_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    """People confirm by mail: the emulator does it for them, AWS waits."""
    waits = str(r.get("protocol")).startswith("email")
    return {"arn": r.id, "ownerId": r.account, "confirmationWasAuthenticated": not waits, "pendingConfirmation": waits}


def _check_subscription(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in _subscription_reasons(inputs)]


def _subscription_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    protocol, endpoint = inputs["protocol"], inputs["endpoint"]
    if isinstance(protocol, str) and protocol not in _ENDPOINTS:
        yield "protocol", f"must be one of {', '.join(_ENDPOINTS)}; got {protocol!r}"
    elif isinstance(protocol, str) and isinstance(endpoint, str) and not re.fullmatch(_ENDPOINTS[protocol], endpoint):
        yield "endpoint", f"is no endpoint for {protocol}: {endpoint!r}"
    topic = inputs["topic"]
    if isinstance(topic, str) and not re.match(r"^arn:[^:]+:sns:", topic):
        yield "topic", f"must be the ARN of a topic, got {topic!r}"
    for name in ("filterPolicy", "redrivePolicy", "deliveryPolicy"):
        if isinstance(inputs.get(name), str):
            yield from ((name, f"is not JSON: {inputs[name]!r}") for _ in range(not _is_json(inputs[name])))
    if inputs.get("subscriptionRoleArn") is None and protocol == "firehose":
        yield "subscriptionRoleArn", "is needed by protocol firehose"


def _is_json(given: str) -> bool:
    try:
        return isinstance(json.loads(given), dict)
    except ValueError:
        return False


# -- text messages ------------------------------------------------------------------------------------------------

_SMS = {
    "defaultSenderId": "DefaultSenderID",
    "defaultSmsType": "DefaultSMSType",
    "deliveryStatusIamRoleArn": "DeliveryStatusIAMRole",
    "deliveryStatusSuccessSamplingRate": "DeliveryStatusSuccessSamplingRate",
    "monthlySpendLimit": "MonthlySpendLimit",
    "usageReportS3Bucket": "UsageReportS3Bucket",
}


def _check_sms(inputs: Mapping[str, Any]) -> list[Failure]:
    kind = inputs.get("defaultSmsType")
    if isinstance(kind, str) and kind not in ("Promotional", "Transactional"):
        return [Failure("defaultSmsType", f"must be Promotional or Transactional, got {kind!r} (AWS rule)")]
    return []


ENTRIES = (
    Entry(
        type="aws:sns/topic:Topic",
        service="sns",
        operation="CreateTopic",
        rename={name: f"Attributes.{member}" for name, member in _ATTRIBUTES.items()},
        name="name",
        name_limit=256,
        id="TopicArn",
        read=_topic,
        update={"*": _change_topic},
        not_sent=("namePrefix",),
        lost=(
            "signatureVersion",
            "tracingConfig",
            "archivePolicy",
            "fifoThroughputScope",
            "maximumMessageSize",
            *_FEEDBACK,
        ),
        replace=("name", "namePrefix", "fifoTopic"),
        delete=lambda r: r.api("DeleteTopic", TopicArn=r.id),
        outputs=lambda r, live: {"arn": r.id, "beginningArchiveTime": ""},
        defaults={"namePrefix": "", "fifoThroughputScope": "", "signatureVersion": 1, "tracingConfig": "PassThrough"}
        | {"maximumMessageSize": 262144},
        check=_check_topic,
        tags=tags.listed(
            of=lambda r: r.id,
            read=lambda r, live: tags.from_pairs(r.api("ListTagsForResource", ResourceArn=r.id)["Tags"]),
        ),
        find=lambda r: f"arn:aws:sns:{r.region}:{r.account}:{r.inputs['name']}",
        twin="AWS::SNS::Topic",
        twin_rename={
            "name": "TopicName",
            **dict.fromkeys(("namePrefix", "policy", "deliveryPolicy", "maximumMessageSize", *_FEEDBACK), ""),
        },
    ),
    Entry(
        type="aws:sns/topicPolicy:TopicPolicy",
        service="sns",
        create=_put_topic_policy,
        id=lambda r, answer: r.inputs["arn"],
        read=_topic_policy,
        update={"policy": _put_topic_policy},
        replace=("arn",),
        delete=_default_policy,
        check=lambda inputs: policy_failures(inputs, "policy", "resource", limit=30720),
        alone=True,
        twin="AWS::SNS::TopicPolicy",
        twin_rename={"arn": "Topics", "policy": "PolicyDocument"},
    ),
    Entry(
        type="aws:sns/topicSubscription:TopicSubscription",
        service="sns",
        operation="Subscribe",
        also=lambda r: {"ReturnSubscriptionArn": True},
        rename={"topic": "TopicArn", **{name: f"Attributes.{member}" for name, member in _SUBSCRIPTION.items()}},
        id="SubscriptionArn",
        read=_subscription,
        update={"*": _change_subscription},
        not_sent=("confirmationTimeoutInMinutes", "endpointAutoConfirms"),
        lost=("replayPolicy",),
        replace=("topic", "protocol", "endpoint"),
        delete=lambda r: r.api("Unsubscribe", SubscriptionArn=r.id),
        outputs=_subscription_outputs,
        defaults={"filterPolicyScope": ""},
        check=_check_subscription,
        twin="AWS::SNS::Subscription",
        twin_rename={"topic": "TopicArn", "confirmationTimeoutInMinutes": "", "endpointAutoConfirms": ""},
    ),
    Entry(
        type="aws:sns/smsPreferences:SmsPreferences",
        service="sns",
        level="validated",
        operation="SetSMSAttributes",
        rename={name: f"attributes.{member}" for name, member in _SMS.items()},
        id=lambda r, answer: "aws_sns_sms_id",
        update={"*": lambda r: r.put()},
        delete=lambda r: r.api("SetSMSAttributes", attributes=dict.fromkeys(_SMS.values(), "")),
        defaults={"monthlySpendLimit": 1},
        check=_check_sms,
        alone=True,
    ),
)
