"""Security Hub: the account's hub, standards, products and the region findings are gathered in."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure


def _hub(r: Live) -> dict[str, Any]:
    hub = r.api("DescribeHub")
    return {"AutoEnableControls": hub.get("AutoEnableControls"), "Arn": hub["HubArn"]}


def _controls(r: Live) -> None:
    """The creating call does not take them."""
    given = {"autoEnableControls": "AutoEnableControls", "controlFindingGenerator": "ControlFindingGenerator"}
    wanted = {member: r.inputs[name] for name, member in given.items() if r.inputs.get(name) is not None}
    r.validated("UpdateSecurityHubConfiguration", **wanted)


def _subscribed(r: Live, answer: Any) -> str:
    """`arn:...:standards/x/v/1` is subscribed to as `arn:...:<account>:subscription/x/v/1`."""
    path = str(r.inputs["standardsArn"]).split(":", 5)[-1].split("/", 1)[-1]
    return r.arn("arn:{partition}:securityhub:{region}:{account}:subscription/") + path


def _check_standard(inputs: Mapping[str, Any]) -> list[Failure]:
    arn, region = inputs.get("standardsArn"), inputs.get("region")
    if not isinstance(arn, str):
        return []
    parts = arn.split(":", 5)
    right = len(parts) == 6 and parts[2] == "securityhub" and parts[5].startswith(("standards/", "ruleset/"))
    if not right:
        reason = "must be of the form arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices"
        return [Failure("standardsArn", f"{reason}/v/1.0.0, is {arn!r} (AWS rule)")]
    if isinstance(region, str) and parts[3] and parts[3] != region:
        return [Failure("standardsArn", f"is of {parts[3]}, the subscription of {region} (AWS rule)")]
    return []


def _check_aggregator(inputs: Mapping[str, Any]) -> list[Failure]:
    mode, regions = inputs.get("linkingMode"), inputs.get("specifiedRegions")
    allowed = ("ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS", "NO_REGIONS")
    if isinstance(mode, str) and mode not in allowed:
        return [Failure("linkingMode", f"must be one of {', '.join(allowed)}, is {mode!r} (AWS rule)")]
    if mode in allowed[1:3] and not regions:
        return [Failure("specifiedRegions", f"are needed with {mode} (AWS rule)")]
    if mode in (allowed[0], allowed[3]) and regions:
        return [Failure("specifiedRegions", f"cannot be given with {mode} (AWS rule)")]
    return []


def _aggregate(r: Live) -> None:
    r.overwrite("UpdateFindingAggregator", FindingAggregatorArn=r.id)


_AGGREGATOR = {"linkingMode": "RegionLinkingMode", "specifiedRegions": "Regions"}

ENTRIES = (
    Entry(
        type="aws:securityhub/account:Account",
        service="securityhub",
        operation="EnableSecurityHub",
        id=lambda r, answer: r.account,
        read=_hub,
        after=("autoEnableControls",),
        lost=("controlFindingGenerator", "enableDefaultStandards", "autoEnableControls"),
        update={"autoEnableControls": _controls, "controlFindingGenerator": _controls},
        replace=("enableDefaultStandards",),
        delete=lambda r: r.api("DisableSecurityHub"),
        arn="arn:{partition}:securityhub:{region}:{account}:hub/default",
        defaults={"controlFindingGenerator": "SECURITY_CONTROL"},
        alone=True,
        find=lambda r: r.account,
        twin="AWS::SecurityHub::Hub",
    ),
    Entry(
        type="aws:securityhub/standardsSubscription:StandardsSubscription",
        service="securityhub",
        level="validated",
        create=lambda r: r.api(
            "BatchEnableStandards", StandardsSubscriptionRequests=[{"StandardsArn": r.inputs["standardsArn"]}]
        ),
        id=_subscribed,
        replace=("standardsArn",),
        delete=lambda r: r.api("BatchDisableStandards", StandardsSubscriptionArns=[r.id]),
        outputs=lambda r, live: {"arn": r.id},
        check=_check_standard,
        twin="AWS::SecurityHub::Standard",
    ),
    Entry(
        type="aws:securityhub/findingAggregator:FindingAggregator",
        service="securityhub",
        level="validated",
        operation="CreateFindingAggregator",
        rename=_AGGREGATOR,
        id=lambda r, answer: r.arn("arn:{partition}:securityhub:{region}:{account}:finding-aggregator/") + r.invented(),
        update={"*": _aggregate},
        delete=lambda r: r.api("DeleteFindingAggregator", FindingAggregatorArn=r.id),
        outputs=lambda r, live: {"arn": r.id},
        alone=True,
        check=_check_aggregator,
        twin="AWS::SecurityHub::FindingAggregator",
        twin_rename=_AGGREGATOR,
    ),
    Entry(
        type="aws:securityhub/productSubscription:ProductSubscription",
        service="securityhub",
        level="validated",
        operation="EnableImportFindingsForProduct",
        id=lambda r, answer: f"{r.inputs['productArn']},{_product(r)}",
        replace=("productArn",),
        delete=lambda r: r.api("DisableImportFindingsForProduct", ProductSubscriptionArn=_product(r)),
        outputs=lambda r, live: {"arn": _product(r)},
        twin="AWS::SecurityHub::ProductSubscription",
    ),
)


def _product(r: Live) -> str:
    return r.arn("arn:{partition}:securityhub:{region}:{account}:product-subscription/") + "/".join(
        str(r.get("productArn")).rsplit("/", 2)[-2:]
    )
