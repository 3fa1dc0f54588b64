"""Health checks and DNSSEC of hosted zones."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.route53 import route53_tags
from rehearsal.providers.provider import Failure

_RENAMES = {
    "childHealthThreshold": "HealthThreshold",
    "cloudwatchAlarmName": "AlarmIdentifier.Name",
    "cloudwatchAlarmRegion": "AlarmIdentifier.Region",
    "fqdn": "FullyQualifiedDomainName",
    "invertHealthcheck": "Inverted",
}
#: Kinds that watch an endpoint, and those of them that ask for a page.
_ENDPOINT = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
_PAGE = _ENDPOINT[:4]
_FEWEST_REGIONS = 3


def _create_check(r: Live) -> dict[str, Any]:
    answer = r.send()
    r.id = answer["HealthCheck"]["Id"]
    if r.entry.tags is not None:
        r.entry.tags.update(r)
    return answer


def _defaults_of(r: Live) -> dict[str, Any]:
    endpoint = r.inputs["type"] in _ENDPOINT
    settled: dict[str, Any] = {"CallerReference": r.inputs.get("referenceName", "") + r.invented("lifeline-")}
    config: dict[str, Any] = {"FailureThreshold": 3} if endpoint else {}
    if r.inputs["type"].startswith("HTTPS"):
        config["EnableSNI"] = True
    return {**settled, "HealthCheckConfig": config} if config else settled


def _health_check(r: Live) -> dict[str, Any]:
    return r.api("GetHealthCheck", HealthCheckId=r.id)["HealthCheck"]["HealthCheckConfig"]


def _update_check(r: Live) -> None:
    """The emulator takes away what is not told again: the whole goes along."""
    r.overwrite("UpdateHealthCheck", HealthCheckId=r.id)


def _reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = inputs.get("type")
    if not isinstance(kind, str):
        return
    interval, threshold = inputs.get("requestInterval"), inputs.get("failureThreshold")
    if isinstance(interval, int) and interval not in (10, 30):
        yield "requestInterval", f"must be 10 or 30 seconds, is {interval}"
    if isinstance(threshold, int) and not 1 <= threshold <= 10:
        yield "failureThreshold", f"must lie between 1 and 10, is {threshold}"
    if kind in _ENDPOINT and not (inputs.get("fqdn") or inputs.get("ipAddress")):
        yield "fqdn", f"is needed for a {kind} check, or `ipAddress`"
    if kind in _ENDPOINT and interval is None:
        yield "requestInterval", f"is needed for a {kind} check: 10 or 30"
    if kind == "TCP" and not inputs.get("port"):
        yield "port", "is needed for a TCP check"
    if kind.endswith("STR_MATCH") != bool(inputs.get("searchString")):
        yield "searchString", f"is needed for the STR_MATCH checks and for no other; this one is {kind}"
    if inputs.get("resourcePath") and kind not in _PAGE:
        yield "resourcePath", f"is for {', '.join(_PAGE)}; this check is {kind}"
    if kind == "CALCULATED" and not inputs.get("childHealthchecks"):
        yield "childHealthchecks", "is needed for a CALCULATED check"
    if kind == "CLOUDWATCH_METRIC" and not (inputs.get("cloudwatchAlarmName") and inputs.get("cloudwatchAlarmRegion")):
        yield "cloudwatchAlarmName", "is needed for a CLOUDWATCH_METRIC check, with `cloudwatchAlarmRegion`"
    regions = inputs.get("regions")
    if isinstance(regions, list) and 0 < len(regions) < _FEWEST_REGIONS:
        yield "regions", f"must have at least {_FEWEST_REGIONS}, has {len(regions)}"
    children, needed = inputs.get("childHealthchecks"), inputs.get("childHealthThreshold")
    if isinstance(children, list) and isinstance(needed, int) and needed > len(children):
        yield "childHealthThreshold", f"asks for {needed} healthy children of {len(children)}: never healthy"


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in _reasons(inputs)]


def _sign(r: Live) -> dict[str, Any]:
    signing = r.get("signingStatus", "SIGNING") == "SIGNING"
    return r.api(f"{'Enable' if signing else 'Disable'}HostedZoneDNSSEC", HostedZoneId=r.get("hostedZoneId"))


def _key_action(r: Live) -> dict[str, Any]:
    action = "Activate" if r.get("status", "ACTIVE") == "ACTIVE" else "Deactivate"
    return r.api(f"{action}KeySigningKey", HostedZoneId=r.get("hostedZoneId"), Name=r.get("name"))


def _delete_key(r: Live) -> None:
    named = {"HostedZoneId": r.get("hostedZoneId"), "Name": r.get("name")}
    r.api("DeactivateKeySigningKey", **named)
    r.api("DeleteKeySigningKey", **named)


def _key_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    digest = r.state.get("digestValue") or (r.invented("", 32) + r.invented("", 32)).upper()
    public = r.state.get("publicKey") or r.invented("", 32) + "=="
    return {
        "digestAlgorithmMnemonic": "SHA-256",
        "digestAlgorithmType": 2,
        "digestValue": digest,
        "signingAlgorithmMnemonic": "ECDSAP256SHA256",
        "signingAlgorithmType": 13,
        "flag": 257,
        "keyTag": 30909,
        "publicKey": public,
        "dnskeyRecord": f"257 3 13 {public}",
        "dsRecord": f"30909 13 2 {digest}",
    }


ENTRIES = (
    Entry(
        type="aws:route53/healthCheck:HealthCheck",
        service="route53",
        operation="CreateHealthCheck",
        root="HealthCheckConfig",
        rename=_RENAMES,
        also=_defaults_of,
        create=_create_check,
        id=lambda r, answer: r.id,
        read=_health_check,
        not_sent=("referenceName", "triggers"),
        lost=("cloudwatchAlarmName", "cloudwatchAlarmRegion", "insufficientDataHealthStatus", "routingControlArn"),
        update={"*": _update_check},
        replace=("type", "requestInterval", "measureLatency", "routingControlArn", "referenceName"),
        delete=lambda r: r.api("DeleteHealthCheck", HealthCheckId=r.id),
        arn="arn:{partition}:route53:::healthcheck/{id}",
        defaults={"triggers": {}},
        check=_check,
        tags=route53_tags("healthcheck"),
        twin="AWS::Route53::HealthCheck",
        twin_rename={
            name: f"HealthCheckConfig.{member}"
            for name, member in {
                **_RENAMES,
                "type": "Type",
                "childHealthchecks": "ChildHealthChecks",
                "enableSni": "EnableSNI",
                "port": "Port",
                "failureThreshold": "FailureThreshold",
                "requestInterval": "RequestInterval",
                "insufficientDataHealthStatus": "InsufficientDataHealthStatus",
                "regions": "Regions",
                "ipAddress": "IPAddress",
                "measureLatency": "MeasureLatency",
                "resourcePath": "ResourcePath",
                "routingControlArn": "RoutingControlArn",
                "searchString": "SearchString",
            }.items()
        }
        | {"tags": "HealthCheckTags", "referenceName": "", "triggers": "", "disabled": ""},
    ),
    Entry(
        type="aws:route53/keySigningKey:KeySigningKey",
        service="route53",
        level="validated",
        operation="CreateKeySigningKey",
        also=lambda r: {"CallerReference": r.invented(), **({} if r.inputs.get("status") else {"Status": "ACTIVE"})},
        id=lambda r, answer: f"{r.inputs['hostedZoneId']},{r.inputs['name']}",
        update={"status": _key_action},
        replace=("hostedZoneId", "keyManagementServiceArn", "name"),
        delete=_delete_key,
        name="name",
        outputs=_key_outputs,
        twin="AWS::Route53::KeySigningKey",
    ),
    Entry(
        type="aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",
        service="route53",
        level="validated",
        create=_sign,
        id=lambda r, answer: r.inputs["hostedZoneId"],
        update={"signingStatus": _sign},
        replace=("hostedZoneId",),
        delete=lambda r: r.api("DisableHostedZoneDNSSEC", HostedZoneId=r.id),
        twin="AWS::Route53::DNSSEC",
        twin_rename={"signingStatus": ""},
    ),
)
