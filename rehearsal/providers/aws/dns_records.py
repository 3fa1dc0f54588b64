"""What Route 53 demands of a record and the emulator takes as it comes."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import client
from rehearsal.providers.provider import Failure

#: RFC 2181: a TTL is a 31-bit number.
_LONGEST_TTL = 2_147_483_647
_LONGEST_TEXT = 255
_LONGEST_NAME = 255
_CAA_TAGS = ("issue", "issuewild", "iodef")
_ROUTING = (
    *("weightedRoutingPolicies", "failoverRoutingPolicies", "latencyRoutingPolicies", "geolocationRoutingPolicies"),
    *("geoproximityRoutingPolicy", "cidrRoutingPolicy", "multivalueAnswerRoutingPolicy"),
)
_NO_ALIAS = ("NS", "SOA")


def record_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in _reasons(inputs)]


def _reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    type, name = inputs.get("type"), inputs.get("name")
    kinds = client.service_model("route53").shape_for("RRType").enum
    if isinstance(type, str) and type not in kinds:
        yield "type", f"must be one of {', '.join(kinds)}; got {type!r}"
    yield from _content(inputs, type)
    ttl = inputs.get("ttl")
    if isinstance(ttl, int) and not 0 <= ttl <= _LONGEST_TTL:
        yield "ttl", f"must lie between 0 and {_LONGEST_TTL}, is {ttl}"
    if isinstance(name, str) and len(name) > _LONGEST_NAME:
        yield "name", f"has {len(name)} characters; at most {_LONGEST_NAME} are allowed"
    if isinstance(name, str) and any(len(label) > 63 for label in name.rstrip(".").split(".")):
        yield "name", "has a label of more than 63 characters"
    yield from _routing(inputs)
    for index, value in enumerate(_known(inputs.get("records"))):
        if isinstance(value, str) and isinstance(type, str):
            yield from ((f"records[{index}]", reason) for reason in _value(type, value))
    values = [value for value in _known(inputs.get("records")) if isinstance(value, str)]
    for value in dict.fromkeys(value for value in values if values.count(value) > 1):
        yield "records", f"has {value!r} more than once"
    if type == "CNAME" and len(values) > 1:
        yield "records", f"has {len(values)} values; a CNAME has exactly one"


def _content(inputs: Mapping[str, Any], type: Any) -> Iterator[tuple[str, str]]:
    records, aliases, ttl = inputs.get("records"), inputs.get("aliases"), inputs.get("ttl")
    if records and aliases:
        yield "aliases", "cannot stand beside `records`: a record has values or points to an AWS resource"
    if not records and not aliases:
        yield "records", "is needed, or `aliases`"
    if aliases and ttl is not None:
        yield "ttl", "cannot be given for an alias: it has the TTL of what it points to"
    if records and not aliases and ttl is None:
        yield "ttl", "is needed beside `records`"
    if aliases and type in _NO_ALIAS:
        yield "aliases", f"cannot be given for {type} records"


def _routing(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    policies = [name for name in _ROUTING if inputs.get(name)]
    if len(policies) > 1:
        yield policies[1], f"cannot stand beside {policies[0]}: a record has one routing policy"
    if policies and not inputs.get("setIdentifier"):
        yield "setIdentifier", f"is needed beside {policies[0]}: it tells records of one name apart"
    if inputs.get("setIdentifier") and not policies:
        yield "setIdentifier", f"needs a routing policy beside it, one of {', '.join(_ROUTING)}"
    for rule in _known(inputs.get("weightedRoutingPolicies")):
        weight = rule.get("weight")
        if isinstance(weight, int) and not 0 <= weight <= 255:
            yield "weightedRoutingPolicies[0].weight", f"must lie between 0 and 255, is {weight}"
    for rule in _known(inputs.get("failoverRoutingPolicies")):
        kind = rule.get("type")
        if isinstance(kind, str) and kind not in ("PRIMARY", "SECONDARY"):
            yield "failoverRoutingPolicies[0].type", f"must be PRIMARY or SECONDARY, is {kind!r}"
        alias = next(iter(_known(inputs.get("aliases"))), {})
        watched = inputs.get("healthCheckId") or alias.get("evaluateTargetHealth")
        if kind == "PRIMARY" and not watched:
            yield "healthCheckId", "is needed for a PRIMARY record: without it Route 53 never fails over"


def _value(type: str, value: str) -> Iterator[str]:
    if type in ("A", "AAAA"):
        version = 4 if type == "A" else 6
        try:
            right = ipaddress.ip_address(value).version == version
        except ValueError:
            right = False
        if not right:
            yield f"must be an IPv{version} address, is {value!r}"
    elif type in ("TXT", "SPF"):
        yield from _text(value)
    elif type == "MX" and not re.fullmatch(r"\d{1,5} \S+", value):
        yield f"must be a priority and a host, such as `10 mail.example.com`, is {value!r}"
    elif type == "MX" and int(value.split()[0]) > 65535:
        yield f"has priority {value.split()[0]}; at most 65535 is allowed"
    elif type == "SRV" and not re.fullmatch(r"\d{1,5} \d{1,5} \d{1,5} \S+", value):
        yield f"must be priority, weight, port and host, is {value!r}"
    elif type == "CAA":
        yield from _caa(value)
    elif type in ("CNAME", "NS", "PTR") and (not value or re.search(r"[\s/:]", value)):
        yield f"must be a domain name, is {value!r}"


def _text(value: str) -> Iterator[str]:
    """The provider puts quotes around the whole; inside, `\" \"` begins a further string."""
    for part in re.split(r'"\s*"', value.strip('"')):
        if len(part) > _LONGEST_TEXT:
            yield f'has a string of {len(part)} characters; split it by `" "` into strings of at most {_LONGEST_TEXT}'


def _caa(value: str) -> Iterator[str]:
    found = re.fullmatch(r'(\d{1,3}) (\S+) "([^"]*)"', value)
    if found is None:
        yield f'must be flags, tag and a quoted value, such as `0 issue "amazon.com"`, is {value!r}'
        return
    if int(found[1]) > 255:
        yield f"has flags {found[1]}; at most 255 is allowed"
    if found[2] not in _CAA_TAGS:
        yield f"has the tag {found[2]!r}; allowed: {', '.join(_CAA_TAGS)}"


def _known(value: Any) -> list[Any]:
    return value if isinstance(value, list) and not wire.has_unknown(value) else []
