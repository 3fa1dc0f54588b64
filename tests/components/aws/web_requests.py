"""Puts requests through a web ACL as AWS WAF does: rule after rule, labels on the way, until one ends it.

Managed groups match what a test calls an attack, rate rules what it calls a flood; everything else is computed.
"""

import ipaddress
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

_ENDS = ("allow", "block")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a visitor sends."""

    host: str
    path: str
    address: str = "198.51.100.7"
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body_bytes: int = 0
    attack: bool = False
    flood: bool = False


@dataclass
class Verdict:
    """How it ended, which rule ended it, and which counted it on the way."""

    action: str
    rule: str
    counted: list[str]


def judge(acl: Mapping[str, Any], sets: Mapping[str, Sequence[str]], request: Request) -> Verdict:
    labels: set[str] = set()
    counted: list[str] = []
    for rule in sorted(acl["rules"], key=lambda each: each["priority"]):
        if not _matches(rule["statement"], sets, request, labels):
            continue
        labels |= {label["name"] for label in rule.get("ruleLabels") or []}
        chosen = rule.get("action") or rule["overrideAction"]
        action = next(name for name in chosen if chosen[name] is not None)
        action = "block" if action == "none" else action
        if action in _ENDS:
            return Verdict(action, rule["name"], counted)
        counted.append(rule["name"])
    return Verdict(next(iter(acl["defaultAction"])), "", counted)


def _matches(statement: Mapping[str, Any], sets: Mapping[str, Sequence[str]], request: Request, has: set[str]) -> bool:
    ((kind, inner),) = ((kind, inner) for kind, inner in statement.items() if inner is not None)
    if kind in ("andStatement", "orStatement"):
        together = all if kind == "andStatement" else any
        return together(_matches(each, sets, request, has) for each in inner["statements"])
    if kind == "notStatement":
        return not _matches(inner["statement"], sets, request, has)
    if kind == "labelMatchStatement":
        return inner["key"] in has
    if kind == "ipSetReferenceStatement":
        address = ipaddress.ip_address(request.address)
        return any(address in ipaddress.ip_network(each) for each in sets[inner["arn"]])
    if kind in ("managedRuleGroupStatement", "rateBasedStatement"):
        meant = request.attack if kind.startswith("managed") else request.flood
        scope = inner.get("scopeDownStatement")
        return meant and (scope is None or _matches(scope, sets, request, has))
    field_ = _field(inner["fieldToMatch"], request)
    if kind == "sizeConstraintStatement":
        size = field_ if isinstance(field_, int) else None if field_ is None else len(field_)
        return size is not None and inner["comparisonOperator"] == "GT" and size > inner["size"]
    assert kind == "byteMatchStatement", kind
    text = _transformed("" if field_ is None else str(field_), inner["textTransformations"])
    wanted = inner["searchString"]
    return text == wanted if inner["positionalConstraint"] == "EXACTLY" else text.startswith(wanted)


def _field(wanted: Mapping[str, Any], request: Request) -> str | int | None:
    ((kind, inner),) = ((kind, inner) for kind, inner in wanted.items() if inner is not None)
    if kind == "singleHeader":
        return {"host": request.host, **request.headers}.get(inner["name"])
    if kind == "body":
        return request.body_bytes
    return {"uriPath": request.path.partition("?")[0], "method": request.method}[kind]


def _transformed(text: str, transformations: Sequence[Mapping[str, Any]]) -> str:
    for each in sorted(transformations, key=lambda one: one["priority"]):
        if each["type"] == "URL_DECODE":
            text = unquote(text)
        elif each["type"] == "LOWERCASE":
            text = text.lower()
        elif each["type"] == "NORMALIZE_PATH":
            ending = "/" if text.endswith("/") and text.strip("/") else ""
            text = posixpath.normpath("/" + text.lstrip("/")) + ending
    return text
