"""Hosted zones, their query logs and associations."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure


def route53_tags(kind: str) -> tags.Tags:
    """Neither creating call takes tags: they are set right afterwards."""

    def change(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
        if wanted or gone:
            changes = {"AddTags": tags.pairs(wanted)} if wanted else {}
            changes |= {"RemoveTagKeys": gone} if gone else {}
            r.api("ChangeTagsForResource", ResourceType=kind, ResourceId=r.id, **changes)

    def read(r: Live, live: Mapping[str, Any]) -> dict[str, str] | None:
        answer = r.api("ListTagsForResource", ResourceType=kind, ResourceId=r.id)
        return tags.from_pairs(answer["ResourceTagSet"].get("Tags", []))

    return tags.Tags(send=lambda wanted: {}, change=change, read=read)


# -- zones ------------------------------------------------------------------------------------------------------------


def _vpc(r: Live, vpc: Mapping[str, Any]) -> dict[str, str]:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or r.region}


def _zone_extras(r: Live) -> dict[str, Any]:
    vpcs = r.inputs.get("vpcs") or []
    extras: dict[str, Any] = {
        "CallerReference": r.invented("lifeline-"),
        "HostedZoneConfig": {"Comment": "Managed by Pulumi", "PrivateZone": bool(vpcs)},
    }
    return {**extras, "VPC": _vpc(r, vpcs[0])} if vpcs else extras


def _create_zone(r: Live) -> dict[str, Any]:
    answer = r.send()
    r.id = answer["HostedZone"]["Id"].rsplit("/", 1)[-1]
    if r.entry.tags is not None:
        r.entry.tags.update(r)
    return answer


def _zone(r: Live) -> dict[str, Any]:
    answer = r.api("GetHostedZone", Id=r.id)
    zone = answer["HostedZone"]
    return {
        "Name": _as_given(r, zone["Name"].rstrip(".")),
        "Comment": zone.get("Config", {}).get("Comment", ""),
        "HostedZoneConfig": zone.get("Config", {}),
        "VPCs": answer.get("VPCs", []),
        "NameServers": answer.get("DelegationSet", {}).get("NameServers", []),
    }


def _as_given(r: Live, name: str) -> str:
    """AWS does not tell `example.com` from `example.com.`."""
    given = r.inputs.get("name")
    return given if isinstance(given, str) and given.rstrip(".") == name else name


def _associate(r: Live) -> None:
    wanted = [_vpc(r, vpc) for vpc in r.inputs.get("vpcs") or []]
    present = r.api("GetHostedZone", Id=r.id).get("VPCs", [])
    for vpc in wanted:
        if vpc not in present:
            r.api("AssociateVPCWithHostedZone", HostedZoneId=r.id, VPC=vpc)
    for vpc in present:
        if vpc not in wanted:
            r.api("DisassociateVPCFromHostedZone", HostedZoneId=r.id, VPC=vpc)


def _delete_zone(r: Live) -> None:
    if r.get("forceDestroy"):
        found = r.api("ListResourceRecordSets", HostedZoneId=r.id)["ResourceRecordSets"]
        own = [each for each in found if each["Type"] not in ("NS", "SOA")]
        if own:
            changes = [{"Action": "DELETE", "ResourceRecordSet": each} for each in own]
            r.api("ChangeResourceRecordSets", HostedZoneId=r.id, ChangeBatch={"Changes": changes})
    r.api("DeleteHostedZone", Id=r.id)


def _check_zone(inputs: Mapping[str, Any]) -> list[Failure]:
    if inputs.get("vpcs") and inputs.get("delegationSetId"):
        return [Failure("delegationSetId", "cannot be given for a private zone (AWS rule)")]
    return []


# -- what hangs on a zone ---------------------------------------------------------------------------------------------


def _association(r: Live) -> dict[str, Any] | None:
    answer = r.api("GetHostedZone", Id=r.get("zoneId"))
    found = next((vpc for vpc in answer.get("VPCs", []) if vpc["VPCId"] == r.get("vpcId")), None)
    return found and {**found, "zoneId": r.get("zoneId"), "owningAccount": r.account}


def _association_vpc(r: Live) -> dict[str, Any]:
    return {
        "HostedZoneId": r.get("zoneId"),
        "VPC": {"VPCId": r.get("vpcId"), "VPCRegion": r.get("vpcRegion", r.region)},
    }


def _associate_one(r: Live) -> dict[str, Any]:
    return r.api("AssociateVPCWithHostedZone", **_association_vpc(r))


def _create_query_log(r: Live) -> dict[str, Any]:
    """AWS takes a group's ARN with and without `:*`, the emulator only with it."""
    group = str(r.inputs["cloudwatchLogGroupArn"]).removesuffix(":*") + ":*"
    return r.api("CreateQueryLoggingConfig", HostedZoneId=r.inputs["zoneId"], CloudWatchLogsLogGroupArn=group)


def _query_log(r: Live) -> dict[str, Any]:
    found = r.api("GetQueryLoggingConfig", Id=r.id)["QueryLoggingConfig"]
    group, given = found["CloudWatchLogsLogGroupArn"], str(r.inputs.get("cloudwatchLogGroupArn", ""))
    return {**found, "CloudWatchLogsLogGroupArn": group if given.endswith(":*") else group.removesuffix(":*")}


ENTRIES = (
    Entry(
        type="aws:route53/zone:Zone",
        service="route53",
        operation="CreateHostedZone",
        rename={"comment": "HostedZoneConfig.Comment"},
        also=_zone_extras,
        create=_create_zone,
        id=lambda r, answer: r.id,
        read=_zone,
        after=("vpcs", "enableAcceleratedRecovery"),
        not_sent=("forceDestroy",),
        lost=("enableAcceleratedRecovery",),
        update={
            "comment": lambda r: r.api("UpdateHostedZoneComment", Id=r.id, Comment=r.get("comment", "")),
            "vpcs": _associate,
            "enableAcceleratedRecovery": lambda r: r.validated(
                "UpdateHostedZoneFeatures",
                HostedZoneId=r.id,
                EnableAcceleratedRecovery=bool(r.inputs.get("enableAcceleratedRecovery")),
            ),
        },
        replace=("name", "delegationSetId"),
        delete=_delete_zone,
        name="name",
        arn="arn:{partition}:route53:::hostedzone/{id}",
        outputs=lambda r, live: {
            "zoneId": r.id,
            "nameServers": live.get("NameServers", []),
            "primaryNameServer": next(iter(live.get("NameServers", [])), ""),
        },
        defaults={"comment": "Managed by Pulumi", "enableAcceleratedRecovery": False},
        check=_check_zone,
        tags=route53_tags("hostedzone"),
        twin="AWS::Route53::HostedZone",
        twin_rename={
            "comment": "HostedZoneConfig.Comment",
            "forceDestroy": "",
            "vpcs": "",  # the region of the provider stands in for one left out
            "enableAcceleratedRecovery": "HostedZoneFeatures.EnableAcceleratedRecovery",
            "tags": "HostedZoneTags",
        },
    ),
    Entry(
        type="aws:route53/zoneAssociation:ZoneAssociation",
        service="route53",
        create=_associate_one,
        id=lambda r, answer: f"{r.inputs['zoneId']}:{r.inputs['vpcId']}",
        read=_association,
        replace=("zoneId", "vpcId", "vpcRegion"),
        delete=lambda r: r.api("DisassociateVPCFromHostedZone", **_association_vpc(r)),
    ),
    Entry(
        type="aws:route53/queryLog:QueryLog",
        service="route53",
        operation="CreateQueryLoggingConfig",
        rename={"zoneId": "HostedZoneId", "cloudwatchLogGroupArn": "CloudWatchLogsLogGroupArn"},
        create=_create_query_log,
        id="QueryLoggingConfig.Id",
        read=_query_log,
        replace=("zoneId", "cloudwatchLogGroupArn"),
        delete=lambda r: r.api("DeleteQueryLoggingConfig", Id=r.id),
        arn="arn:{partition}:route53:::queryloggingconfig/{id}",
        alone=True,
    ),
)
