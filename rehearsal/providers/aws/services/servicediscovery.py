"""Private namespaces and the services registered in them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_TAGS = tags.listed(
    resource="ResourceARN",
    read=lambda r, live: tags.from_pairs(r.api("ListTagsForResource", ResourceARN=live["Arn"]).get("Tags", [])),
)


def _created(r: Live, answer: Any) -> str:
    return str(r.api("GetOperation", OperationId=answer["OperationId"])["Operation"]["Targets"]["NAMESPACE"])


def _namespace(r: Live) -> dict[str, Any]:
    found = r.api("GetNamespace", Id=r.id)["Namespace"]
    return {**found, "HostedZone": found.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId", "")}


def _change_namespace(r: Live) -> None:
    r.api("UpdatePrivateDnsNamespace", Id=r.id, Namespace={"Description": r.get("description", "")})


def _change_service(r: Live) -> None:
    request: dict[str, Any] = {"Description": r.inputs.get("description", "")}
    if given := (r.inputs.get("dnsConfig") or {}).get("dnsRecords"):
        request["DnsConfig"] = {"DnsRecords": [{"Type": each["type"], "TTL": each["ttl"]} for each in given]}
    r.api("UpdateService", Id=r.id, Service=request)


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    if inputs.get("healthCheckConfig") and inputs.get("healthCheckCustomConfig"):
        return [Failure("healthCheckCustomConfig", "cannot stand beside healthCheckConfig (AWS rule)")]
    return []


ENTRIES = (
    Entry(
        type="aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        service="servicediscovery",
        operation="CreatePrivateDnsNamespace",
        also=lambda r: {"CreatorRequestId": r.invented("", 32)},
        id=_created,
        read=_namespace,
        lost=("vpc",),
        alone=True,  # the emulator allows one namespace a VPC
        update={"description": _change_namespace},
        replace=("name", "vpc"),
        delete=lambda r: r.api("DeleteNamespace", Id=r.id),
        name="name",
        tags=_TAGS,
        twin="AWS::ServiceDiscovery::PrivateDnsNamespace",
    ),
    Entry(
        type="aws:servicediscovery/service:Service",
        service="servicediscovery",
        operation="CreateService",
        also=lambda r: {"CreatorRequestId": r.invented("", 32)},
        not_sent=("forceDestroy",),
        id="Service.Id",
        read=lambda r: r.api("GetService", Id=r.id)["Service"],
        lost=("healthCheckCustomConfig",),
        update={"description": _change_service, "dnsConfig": _change_service},
        replace=(
            *("name", "namespaceId", "type", "healthCheckConfig", "healthCheckCustomConfig"),
            *("dnsConfig.namespaceId", "dnsConfig.routingPolicy"),
        ),
        delete=lambda r: r.api("DeleteService", Id=r.id),
        name="name",
        outputs=lambda r, live: {
            "namespaceId": live.get("NamespaceId") or (r.inputs.get("dnsConfig") or {}).get("namespaceId", ""),
            "type": live.get("Type") or "DNS_HTTP",
        },
        check=_check,
        tags=_TAGS,
        twin="AWS::ServiceDiscovery::Service",
        twin_rename={"forceDestroy": ""},
    ),
)
