"""What a web ACL does to one request, as far as its rules tell: each statement is true, false, or may be either."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote

from policies.core.resource import Resource, View

Possible = frozenset[bool]
YES, NO, EITHER = frozenset((True,)), frozenset((False,)), frozenset((True, False))
MANAGED, RATE, OTHER = "managed group", "rate limit", "rule"


@dataclass(frozen=True)
class Request:
    """Of somebody who is no administrator, from anywhere, with any body."""

    host: str
    path: str


def blocking(acl: Resource, request: Request) -> Iterator[tuple[View, str]]:
    """Rules that may keep the request out, and of what kind they are."""
    labels: dict[str, Possible] = {}
    for rule in sorted(acl.each("rules"), key=lambda each: int(each.get("priority", 0))):
        statement = View(rule.get("statement", {}), rule.at("statement"))
        matched = _evaluate(statement, request, labels)
        if matched == NO:
            continue
        kind = _kind(statement)
        if rule.get("action.block") is not None or (kind == MANAGED and rule.get("overrideAction.count") is None):
            yield rule, kind
        for label in rule.each("ruleLabels"):
            labels[str(label.get("name"))] = matched
        if rule.get("action.allow") is not None and matched == YES:
            return
    if acl.get("defaultAction.block") is not None:
        yield View(acl.get("defaultAction"), "defaultAction"), OTHER


def _kind(statement: View) -> str:
    """A block by a captcha or challenge is one too: nobody in distress solves riddles."""
    if statement.get("managedRuleGroupStatement") is not None or statement.get("ruleGroupReferenceStatement"):
        return MANAGED
    return RATE if statement.get("rateBasedStatement") is not None else OTHER


def _evaluate(statement: View, request: Request, labels: dict[str, Possible]) -> Possible:
    if statement.get("andStatement") is not None:
        parts = [_evaluate(each, request, labels) for each in statement.each("andStatement.statements")]
        return NO if NO in parts else YES if all(each == YES for each in parts) else EITHER
    if statement.get("orStatement") is not None:
        parts = [_evaluate(each, request, labels) for each in statement.each("orStatement.statements")]
        return YES if YES in parts else NO if all(each == NO for each in parts) else EITHER
    if (inner := statement.get("notStatement.statement")) is not None:
        return frozenset(not each for each in _evaluate(View(inner), request, labels))
    if (label := statement.get("labelMatchStatement.key")) is not None:
        return next((known for name, known in labels.items() if name == label or name.endswith(f":{label}")), NO)
    if statement.get("ipSetReferenceStatement") is not None:
        return NO
    if statement.get("byteMatchStatement") is not None:
        return _byte_match(View(statement.get("byteMatchStatement")), request)
    for limited in ("rateBasedStatement", "managedRuleGroupStatement"):
        if (scope := statement.get(f"{limited}.scopeDownStatement")) is not None:
            return NO if _evaluate(View(scope), request, labels) == NO else EITHER
    return EITHER


def _byte_match(match: View, request: Request) -> Possible:
    if match.get("fieldToMatch.uriPath") is not None:
        text = request.path
    elif str(match.get("fieldToMatch.singleHeader.name", "")).lower() == "host":
        text = request.host
    else:
        return EITHER
    for each in sorted(match.each("textTransformations"), key=lambda one: int(one.get("priority", 0))):
        text = _transformed(text, str(each.get("type")))
    wanted = str(match.get("searchString", ""))
    found = {
        "EXACTLY": text == wanted,
        "STARTS_WITH": text.startswith(wanted),
        "ENDS_WITH": text.endswith(wanted),
        "CONTAINS": wanted in text,
    }.get(cast("str", match.get("positionalConstraint")))
    return EITHER if found is None else YES if found else NO


def _transformed(text: str, how: str) -> str:
    if how == "LOWERCASE":
        return text.lower()
    if how in ("URL_DECODE", "URL_DECODE_UNI"):
        return unquote(text)
    if how.startswith("NORMALIZE_PATH"):
        plain = posixpath.normpath(text).replace("//", "/")
        return f"{plain}/" if text.endswith("/") and plain != "/" else plain
    return text
