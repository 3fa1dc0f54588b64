"""Rules of IAM policy documents that no service model knows: grammar, keys, sizes, what each kind must have."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from rehearsal.providers import wire
from rehearsal.providers.provider import Failure

#: identity: attached to a role; trust: who may assume a role; resource: attached to a bucket, key, queue ...
Kind = Literal["identity", "trust", "resource"]

_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = {"Version", "Id", "Statement"}
_STATEMENT = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
}
_ACTION = re.compile(r"^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$")
_PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser"}
_COMPARISONS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"),
    *("StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan"),
    *("DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress"),
    *("NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
)
_OPERATOR = re.compile(rf"^(ForAllValues:|ForAnyValue:)?({'|'.join(_COMPARISONS)})(IfExists)?$")


def policy_failures(inputs: Mapping[str, Any], name: str, kind: Kind, *, limit: int = 0) -> list[Failure]:
    """Everything wrong with the document in property `name`; `limit` is its greatest size without white space."""
    given = inputs.get(name)
    if given is None or wire.has_unknown(given):
        return []
    reasons = document_reasons(given, kind, limit)
    return [Failure(name, f"{reason} (AWS rule)") for reason in reasons]


def document_reasons(given: Any, kind: Kind, limit: int = 0) -> list[str]:
    try:
        document = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        return [f"is not JSON: {error}"]
    if not isinstance(document, dict):
        return [f"must be a JSON object, is {type(document).__name__}"]
    reasons = [
        f"has the unknown key {key!r}; allowed: {', '.join(sorted(_TOP))}" for key in document if key not in _TOP
    ]
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        reasons.append(f"has Version {document['Version']!r}; allowed: {', '.join(_VERSIONS)}")
    statements = _listed(document.get("Statement"))
    if not statements:
        reasons.append("has no Statement")
    for index, statement in enumerate(statements):
        at = f"Statement[{index}]"
        if isinstance(statement, dict):
            reasons += [f"{at} {reason}" for reason in _statement(statement, kind)]
        else:
            reasons.append(f"{at} must be an object")
    reasons += _repeated_sids(statements)
    size = len(json.dumps(document, separators=(",", ":")))
    if limit and size > limit:
        reasons.append(f"has {size} characters without white space; at most {limit} are allowed")
    return reasons


def is_public(given: Any) -> bool:
    """Whether a policy lets everybody in without a condition."""
    document = json.loads(given) if isinstance(given, str) else given
    for statement in _listed(document.get("Statement")):
        principal = statement.get("Principal")
        everybody = principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS")))
        if statement.get("Effect") == "Allow" and everybody and not statement.get("Condition"):
            return True
    return False


def as_written(given: Any, found: Any) -> Any:
    """A document as AWS tells it, in the form (text or object) the program wrote it in."""
    if isinstance(given, dict) and isinstance(found, str):
        return json.loads(found)
    return found


def _statement(statement: Mapping[str, Any], kind: Kind) -> list[str]:
    reasons = [
        f"has the unknown key {key!r}; allowed: {', '.join(sorted(_STATEMENT))}"
        for key in statement
        if key not in _STATEMENT
    ]
    if statement.get("Effect") not in ("Allow", "Deny"):
        reasons.append(f"needs Effect Allow or Deny, has {statement.get('Effect')!r}")
    reasons += _one_of(statement, "Action", "NotAction")
    for action in _listed(statement.get("Action", statement.get("NotAction"))):
        if not (isinstance(action, str) and _ACTION.match(action)):
            reasons.append(f"has the action {action!r}; an action is `service:Name` or *")
    reasons += _principal_and_resource(statement, kind)
    if kind == "identity" and not re.fullmatch(r"[A-Za-z0-9]*", str(statement.get("Sid", ""))):
        reasons.append(f"has Sid {statement['Sid']!r}; only letters and digits are allowed")
    condition = statement.get("Condition")
    if condition is not None and not isinstance(condition, dict):
        reasons.append("has a Condition that is no object")
    for operator, tested in (condition or {}).items() if isinstance(condition, dict) else ():
        if not _OPERATOR.match(operator):
            reasons.append(f"has the unknown condition operator {operator!r}")
        elif not isinstance(tested, dict):
            reasons.append(f"condition {operator} must map condition keys to values")
    return reasons


def _principal_and_resource(statement: Mapping[str, Any], kind: Kind) -> list[str]:
    reasons: list[str] = []
    if kind == "identity":
        if "Principal" in statement or "NotPrincipal" in statement:
            reasons.append("has a Principal, which a policy of an identity cannot have")
    else:
        reasons += _one_of(statement, "Principal", "NotPrincipal")
        reasons += _principal(statement.get("Principal", statement.get("NotPrincipal")))
    if kind == "trust":
        if "Resource" in statement or "NotResource" in statement:
            reasons.append("has a Resource, which a trust policy cannot have")
        return reasons
    reasons += _one_of(statement, "Resource", "NotResource")
    for resource in _listed(statement.get("Resource", statement.get("NotResource"))):
        if not (isinstance(resource, str) and (resource == "*" or re.match(r"^(arn:|\*$|\$\{)", resource))):
            reasons.append(f"has the resource {resource!r}; a resource is an ARN or *")
    return reasons


def _principal(principal: Any) -> list[str]:
    if principal is None or principal == "*":
        return []
    if not isinstance(principal, dict) or not principal:
        return [f"has the principal {principal!r}; allowed: * or an object of {', '.join(sorted(_PRINCIPALS))}"]
    reasons = [
        f"has the principal kind {key!r}; allowed: {', '.join(sorted(_PRINCIPALS))}"
        for key in principal
        if key not in _PRINCIPALS
    ]
    for service in _listed(principal.get("Service")):
        if not re.search(r"\.(amazonaws\.com(\.cn)?|aws\.internal|aws\.dev)$", str(service)):
            reasons.append(f"has the service principal {service!r}; one looks like `ec2.amazonaws.com`")
    for account in _listed(principal.get("AWS")):
        if not re.match(r"^(\*$|\d{12}$|arn:aws[a-z-]*:(iam|sts)::|A[A-Z0-9]{15,}$)", str(account)):
            reasons.append(f"has the AWS principal {account!r}; one is an account, an IAM ARN or *")
    return reasons


def _one_of(statement: Mapping[str, Any], name: str, opposite: str) -> list[str]:
    if name in statement and opposite in statement:
        return [f"has both {name} and {opposite}; exactly one is allowed"]
    if statement.get(name, statement.get(opposite)) in (None, "", []):
        return [f"needs {name} or {opposite}"]
    return []


def _repeated_sids(statements: list[Any]) -> list[str]:
    sids = [statement["Sid"] for statement in statements if isinstance(statement, dict) and statement.get("Sid")]
    return [f"has the Sid {sid!r} more than once" for sid in dict.fromkeys(sids) if sids.count(sid) > 1]


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
