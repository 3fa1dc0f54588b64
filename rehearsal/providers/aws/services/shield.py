"""Protection against floods of requests."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

#: Kinds of resources Shield protects, by the service in their ARN.
_PROTECTED = ("cloudfront", "route53", "globalaccelerator", "elasticloadbalancing", "ec2")


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    arn = inputs.get("resourceArn")
    if isinstance(arn, str) and arn.startswith("arn:") and arn.split(":")[2] not in _PROTECTED:
        reason = f"must be of {', '.join(_PROTECTED)}, is {arn} (AWS rule)"
        return [Failure("resourceArn", reason)]
    return []


def _subscription(r: Live) -> dict[str, Any]:
    return {"autoRenew": r.api("DescribeSubscription")["Subscription"]["AutoRenew"]}


def _renew(r: Live) -> None:
    r.validated("UpdateSubscription", AutoRenew=r.inputs.get("autoRenew", "ENABLED"))


ENTRIES = (
    Entry(
        type="aws:shield/protection:Protection",
        service="shield",
        operation="CreateProtection",
        id="ProtectionId",
        read=lambda r: r.api("DescribeProtection", ProtectionId=r.id)["Protection"],
        replace=("name", "resourceArn"),
        delete=lambda r: r.api("DeleteProtection", ProtectionId=r.id),
        arn="arn:{partition}:shield::{account}:protection/{id}",
        name="name",
        check=_check,
        tags=tags.listed(
            resource="ResourceARN",
            read=lambda r, live: tags.from_pairs(
                r.api("ListTagsForResource", ResourceARN=live["ProtectionArn"]).get("Tags", [])
            ),
        ),
        twin="AWS::Shield::Protection",
    ),
    Entry(
        type="aws:shield/subscription:Subscription",
        service="shield",
        operation="CreateSubscription",
        rename={"autoRenew": ""},
        not_sent=("skipDestroy",),
        id=lambda r, answer: r.account,
        read=_subscription,
        lost=("autoRenew",),
        update={
            "autoRenew": lambda r: r.validated("UpdateSubscription", AutoRenew=r.inputs.get("autoRenew", "ENABLED"))
        },
        # A subscription runs for a year; neither AWS nor the emulator ends it, only its renewal.
        delete=lambda r: r.validated("UpdateSubscription", AutoRenew="DISABLED"),
        defaults={"autoRenew": "ENABLED"},
        find=lambda r: r.account,
        alone=True,
    ),
)
