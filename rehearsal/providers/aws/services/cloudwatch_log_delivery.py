"""Vended logs: what sends them, where they go, and the deliveries between."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import policy_failures
from rehearsal.providers.provider import Failure

_TYPES = {"s3": "S3", "logs": "CWL", "firehose": "FH", "xray": "XRAY"}


def _destination_type(inputs: Mapping[str, Any]) -> str:
    arn = (inputs.get("deliveryDestinationConfiguration") or {}).get("destinationResourceArn") or ""
    return _TYPES.get((str(arn).split(":") + [""] * 3)[2], "")


def _check_destination(inputs: Mapping[str, Any]) -> list[Failure]:
    kind, said = _destination_type(inputs), inputs.get("deliveryDestinationType")
    if kind and isinstance(said, str) and said != kind:
        return [Failure("deliveryDestinationType", f"must be {kind} for this destination, got {said} (AWS rule)")]
    form = inputs.get("outputFormat")
    if kind == "S3" and form not in (None, "json", "plain", "w3c", "parquet"):
        return [Failure("outputFormat", f"must be json, plain, w3c or parquet, got {form!r} (AWS rule)")]
    if form == "parquet" and kind and kind != "S3":
        return [Failure("outputFormat", "parquet goes with S3 only (AWS rule)")]
    return []


def _tags(kind: str) -> tags.Tags:
    return tags.mapped(of=lambda r: f"arn:aws:logs:{r.region}:{r.account}:{kind}:{r.id}", kept=False)


def _service_of(r: Live) -> str:
    return (str(r.get("resourceArn")).split(":") + [""] * 3)[2]


def _with_resource(source: dict[str, Any]) -> dict[str, Any]:
    return {**source, "resourceArn": (source.get("resourceArns") or [None])[0]}


def _policy(r: Live) -> dict[str, Any] | None:
    found = r.api("GetDeliveryDestinationPolicy", deliveryDestinationName=r.id).get("policy")
    return {"deliveryDestinationName": r.id, **found} if found else None


ENTRIES = (
    Entry(
        type="aws:cloudwatch/logDeliverySource:LogDeliverySource",
        service="logs",
        operation="PutDeliverySource",
        name="name",
        name_limit=60,
        id=lambda r, answer: r.inputs["name"],
        read=lambda r: _with_resource(r.api("GetDeliverySource", name=r.id)["deliverySource"]),
        replace=("name", "logType", "resourceArn"),
        delete=lambda r: r.api("DeleteDeliverySource", name=r.id),
        arn="arn:{partition}:logs:{region}:{account}:delivery-source:{id}",
        outputs=lambda r, live: {"service": _service_of(r)},
        tags=_tags("delivery-source"),
        find=lambda r: r.inputs["name"],
        twin="AWS::Logs::DeliverySource",
    ),
    Entry(
        type="aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        service="logs",
        operation="PutDeliveryDestination",
        name="name",
        name_limit=60,
        id=lambda r, answer: r.inputs["name"],
        read=lambda r: r.api("GetDeliveryDestination", name=r.id)["deliveryDestination"],
        update={"deliveryDestinationConfiguration": lambda r: r.put()},
        lost=("deliveryDestinationType",),
        replace=("name", "deliveryDestinationType", "outputFormat"),
        delete=lambda r: r.api("DeleteDeliveryDestination", name=r.id),
        arn="arn:{partition}:logs:{region}:{account}:delivery-destination:{id}",
        outputs=lambda r, live: {
            "deliveryDestinationType": r.get("deliveryDestinationType") or _destination_type(r.inputs)
        },
        check=_check_destination,
        tags=_tags("delivery-destination"),
        find=lambda r: r.inputs["name"],
        twin="AWS::Logs::DeliveryDestination",
        twin_rename={"deliveryDestinationConfiguration": "", "deliveryDestinationType": ""},
    ),
    Entry(
        type="aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy",
        service="logs",
        operation="PutDeliveryDestinationPolicy",
        id=lambda r, answer: r.inputs["deliveryDestinationName"],
        read=_policy,
        update={"deliveryDestinationPolicy": lambda r: r.put()},
        replace=("deliveryDestinationName",),
        delete=lambda r: r.api("DeleteDeliveryDestinationPolicy", deliveryDestinationName=r.id),
        check=lambda inputs: policy_failures(inputs, "deliveryDestinationPolicy", "resource"),
        alone=True,
    ),
    Entry(
        type="aws:cloudwatch/logDelivery:LogDelivery",
        service="logs",
        operation="CreateDelivery",
        id="delivery.id",
        read=lambda r: r.api("GetDelivery", id=r.id)["delivery"],
        update={
            "*": lambda r: r.validated(
                "UpdateDeliveryConfiguration",
                id=r.id,
                **r.request(only=["recordFields", "fieldDelimiter", "s3DeliveryConfigurations"]),
            )
        },
        lost=("recordFields", "fieldDelimiter", "s3DeliveryConfigurations"),
        replace=("deliverySourceName", "deliveryDestinationArn"),
        delete=lambda r: r.api("DeleteDelivery", id=r.id),
        arn="arn:{partition}:logs:{region}:{account}:delivery:{id}",
        defaults={"fieldDelimiter": ""},
        tags=_tags("delivery"),
        alone=True,
        twin="AWS::Logs::Delivery",
        twin_rename={"s3DeliveryConfigurations": ""},
    ),
)
