"""Records of hosted zones: with values or aliases, and every routing policy."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.dns_records import record_failures
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Refused


def _record_set(r: Live, inputs: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {"Name": full_name(r, inputs), "Type": inputs["type"]}
    if aliases := inputs.get("aliases"):
        alias = aliases[0]
        record["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    else:
        quoted = inputs["type"] in ("TXT", "SPF")
        record["TTL"] = inputs["ttl"]
        record["ResourceRecords"] = [{"Value": _quoted(text) if quoted else text} for text in inputs["records"]]
    simple = {"setIdentifier": "SetIdentifier", "healthCheckId": "HealthCheckId"}
    record |= {member: inputs[name] for name, member in simple.items() if inputs.get(name)}
    return record | _routing(inputs)


def _routing(inputs: Mapping[str, Any]) -> dict[str, Any]:
    def first(name: str) -> dict[str, Any] | None:
        return next(iter(inputs.get(name) or []), None)

    if (rule := first("weightedRoutingPolicies")) is not None:
        return {"Weight": rule["weight"]}
    if (rule := first("failoverRoutingPolicies")) is not None:
        return {"Failover": rule["type"]}
    if (rule := first("latencyRoutingPolicies")) is not None:
        return {"Region": rule["region"]}
    if (rule := first("geolocationRoutingPolicies")) is not None:
        members = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}
        return {"GeoLocation": {members[name]: value for name, value in rule.items() if value}}
    if inputs.get("multivalueAnswerRoutingPolicy"):
        return {"MultiValueAnswer": True}
    if rule := inputs.get("cidrRoutingPolicy"):
        return {"CidrRoutingConfig": {"CollectionId": rule["collectionId"], "LocationName": rule["locationName"]}}
    return {}


def _quoted(text: str) -> str:
    return text if text.startswith('"') else f'"{text}"'


def full_name(r: Live, inputs: Mapping[str, Any]) -> str:
    """Names inside the zone may be given without the zone's own."""
    zone = r.api("GetHostedZone", Id=inputs["zoneId"])["HostedZone"]["Name"].rstrip(".")
    name = str(inputs["name"]).rstrip(".").lower()
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}" if name else zone


def _change(r: Live, action: str, inputs: Mapping[str, Any]) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": _record_set(r, inputs)}]}
    r.api("ChangeResourceRecordSets", HostedZoneId=inputs["zoneId"], ChangeBatch=batch)


def _take_away(r: Live, inputs: Mapping[str, Any]) -> None:
    """The emulator deletes by set identifier alone: records of other names that share it are put back."""
    zone, identifier = inputs["zoneId"], inputs.get("setIdentifier")
    own = (full_name(r, inputs), inputs["type"])
    found = r.api("ListResourceRecordSets", HostedZoneId=zone)["ResourceRecordSets"] if identifier else []
    others = [
        each
        for each in found
        if each.get("SetIdentifier") == identifier and (each["Name"].rstrip("."), each["Type"]) != own
    ]
    _change(r, "DELETE", inputs)
    if others:
        changes = [{"Action": "UPSERT", "ResourceRecordSet": each} for each in others]
        r.api("ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={"Changes": changes})


def _create_record(r: Live) -> dict[str, Any]:
    zone = r.api("GetHostedZone", Id=r.inputs["zoneId"])["HostedZone"]["Name"].rstrip(".")
    if r.inputs["type"] == "CNAME" and full_name(r, r.inputs) == zone:
        raise Refused(f"name {zone!r} is the zone's own: no CNAME is allowed there, use `aliases` (AWS rule)")
    _change(r, "UPSERT" if r.inputs.get("allowOverwrite") else "CREATE", r.inputs)
    return {}


def _record_id(r: Live, answer: Any) -> str:
    parts = (r.inputs["zoneId"], r.inputs["name"], r.inputs["type"], r.inputs.get("setIdentifier"))
    return "_".join(str(part) for part in parts if part)


def _find_record(r: Live) -> str | None:
    return _record_id(r, {}) if _record(r) is not None else None


def _record(r: Live) -> dict[str, Any] | None:
    wanted = (full_name(r, _known(r)), r.get("type"), r.get("setIdentifier"))
    pages = r.api("ListResourceRecordSets", HostedZoneId=r.get("zoneId"), StartRecordName=wanted[0], MaxItems="300")
    for found in pages["ResourceRecordSets"]:
        if (found["Name"].rstrip("."), found["Type"], found.get("SetIdentifier")) == wanted:
            return _as_written(r, found)
    return None


def _known(r: Live) -> dict[str, Any]:
    return {"zoneId": r.get("zoneId"), "name": r.get("name")}


def _as_written(r: Live, found: Mapping[str, Any]) -> dict[str, Any]:
    """The record set in the form of the program."""
    alias = found.get("AliasTarget")
    values = [each["Value"] for each in found.get("ResourceRecords", [])]
    if found["Type"] in ("TXT", "SPF"):
        given = {_quoted(text): text for text in r.inputs.get("records") or []}
        values = [given.get(text, text.strip('"')) for text in values]
    policies = {"Weight": "weight", "Failover": "type", "Region": "region"}
    kinds = {"Weight": "weighted", "Failover": "failover", "Region": "latency"}
    written: dict[str, Any] = {
        f"{kinds[member]}RoutingPolicies": [{policies[member]: found[member]}] for member in kinds if member in found
    }
    if location := found.get("GeoLocation"):
        written["geolocationRoutingPolicies"] = [
            {name.removesuffix("Code").lower(): value for name, value in location.items()}
        ]
    if alias:
        written["aliases"] = [
            {
                "name": alias["DNSName"].rstrip("."),
                "zoneId": alias["HostedZoneId"],
                "evaluateTargetHealth": alias["EvaluateTargetHealth"],
            }
        ]
    return {
        **written,
        "name": r.get("name"),
        "type": found["Type"],
        "zoneId": r.get("zoneId"),
        "ttl": found.get("TTL"),
        "records": values or None,
        "setIdentifier": found.get("SetIdentifier"),
        "healthCheckId": found.get("HealthCheckId"),
        "multivalueAnswerRoutingPolicy": found.get("MultiValueAnswer"),
        "fqdn": found["Name"].rstrip("."),
    }


def _rewrite(r: Live) -> None:
    """Another set identifier or another routing policy is another record: the old one goes first."""
    if {"setIdentifier", *_POLICIES} & set(r.changed):
        _take_away(r, r.state)
    _change(r, "UPSERT", r.inputs)


_POLICIES = (
    *("weightedRoutingPolicies", "failoverRoutingPolicies", "latencyRoutingPolicies", "geolocationRoutingPolicies"),
    *("geoproximityRoutingPolicy", "cidrRoutingPolicy", "multivalueAnswerRoutingPolicy"),
)


def _delete_record(r: Live) -> None:
    if _record(r) is not None:
        _take_away(r, r.inputs or r.state)


ENTRIES = (
    Entry(
        type="aws:route53/record:Record",
        service="route53",
        create=_create_record,
        id=_record_id,
        read=_record,
        update={"*": _rewrite},
        not_sent=("allowOverwrite",),
        replace=("name", "type", "zoneId"),
        delete=_delete_record,
        alone=True,
        find=_find_record,
        defaults={"allowOverwrite": False},
        check=record_failures,
        twin="AWS::Route53::RecordSet",
        twin_rename={
            "zoneId": "HostedZoneId",
            "aliases": "AliasTarget",
            "aliases.name": "DNSName",
            "ttl": "TTL",
            "aliases.zoneId": "HostedZoneId",
            "records": "",
            "allowOverwrite": "",
            "weightedRoutingPolicies": "",
            "failoverRoutingPolicies": "",
            "latencyRoutingPolicies": "",
            "geolocationRoutingPolicies": "",
            "cidrRoutingPolicy": "CidrRoutingConfig",
            "geoproximityRoutingPolicy": "GeoProximityLocation",
            "multivalueAnswerRoutingPolicy": "MultiValueAnswer",
        },
    ),
)
