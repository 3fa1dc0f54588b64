"""Defaults of an account in a region: instance metadata, public access. The emulator has none of these calls."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_UNSET = {"httpEndpoint": "no-preference", "httpTokens": "no-preference", "instanceMetadataTags": "no-preference"}
_METADATA = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags")


def _set_metadata(r: Live) -> dict[str, Any]:
    given = {member: r.inputs.get(member[0].lower() + member[1:]) for member in _METADATA}
    wanted = dict.fromkeys(_METADATA, "no-preference") | {"HttpPutResponseHopLimit": -1}
    return r.api("ModifyInstanceMetadataDefaults", **wanted | {k: v for k, v in given.items() if v is not None})


def _check_metadata(inputs: Mapping[str, Any]) -> list[Failure]:
    hops = inputs.get("httpPutResponseHopLimit")
    if isinstance(hops, int | float) and hops != -1 and not 1 <= hops <= 64:
        reason = f"must lie between 1 and 64 (or be -1 for no preference), got {hops:g} (AWS rule)"
        return [Failure("httpPutResponseHopLimit", reason)]
    return []


def _account_and_region(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"awsAccountId": r.account, "awsRegion": r.region}


def _set_serial_console(r: Live) -> dict[str, Any]:
    on = r.inputs.get("enabled", True)
    return r.api("EnableSerialConsoleAccess" if on else "DisableSerialConsoleAccess")


def _set_images(r: Live) -> dict[str, Any]:
    if r.inputs["state"] == "unblocked":
        return r.api("DisableImageBlockPublicAccess")
    return r.api("EnableImageBlockPublicAccess", ImageBlockPublicAccessState="block-new-sharing")


def _check_images(inputs: Mapping[str, Any]) -> list[Failure]:
    state, allowed = inputs.get("state"), ("unblocked", "block-new-sharing")
    if isinstance(state, str) and state not in allowed:
        return [Failure("state", f"must be one of {', '.join(allowed)}; got {state!r} (AWS rule)")]
    return []


ENTRIES = (
    Entry(
        type="aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        service="ec2",
        level="validated",
        operation="ModifyInstanceMetadataDefaults",
        create=_set_metadata,
        id=lambda r, answer: r.region,
        update={"*": _set_metadata},
        alone=True,
        delete=lambda r: r.api(
            "ModifyInstanceMetadataDefaults", HttpTokens="no-preference", HttpPutResponseHopLimit=-1
        ),
        defaults={**_UNSET, "httpPutResponseHopLimit": -1},
        check=_check_metadata,
    ),
    Entry(
        type="aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
        service="ec2",
        level="validated",
        operation="ModifyVpcBlockPublicAccessOptions",
        id=lambda r, answer: r.region,
        update={"internetGatewayBlockMode": lambda r: r.put()},
        not_sent=("timeouts",),
        alone=True,
        delete=lambda r: r.api("ModifyVpcBlockPublicAccessOptions", InternetGatewayBlockMode="off"),
        outputs=_account_and_region,
        twin="AWS::EC2::VPCBlockPublicAccessOptions",
        twin_rename={"timeouts": ""},
    ),
    Entry(
        type="aws:ec2/serialConsoleAccess:SerialConsoleAccess",
        service="ec2",
        level="validated",
        create=_set_serial_console,
        id=lambda r, answer: r.region,
        update={"enabled": _set_serial_console},
        alone=True,
        delete=lambda r: r.api("DisableSerialConsoleAccess"),
        defaults={"enabled": True},
    ),
    Entry(
        type="aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
        service="ec2",
        level="validated",
        create=_set_images,
        id=lambda r, answer: r.region,
        update={"state": _set_images},
        alone=True,
        check=_check_images,
    ),
)
