"""Asks a policy document whether a request may pass: the operators that our documents use, as AWS reads them."""

import fnmatch
import json
from collections.abc import Mapping
from typing import Any


def allowed(document: str | Mapping[str, Any], action: str, principal: str, **context: str) -> bool:
    """`principal` is an ARN or a service; condition keys come with `__` for `:` and `___` for `/` (aws__SourceAccount).

    In a policy of a resource the account's root stands for whatever identity of it has IAM's leave as well.
    """
    parsed: Mapping[str, Any] = json.loads(document) if isinstance(document, str) else document
    told = {key.replace("__", ":"): value for key, value in context.items()}
    verdicts = [
        statement["Effect"]
        for statement in parsed["Statement"]
        if _is(statement["Principal"], principal)
        and any(fnmatch.fnmatchcase(action, pattern) for pattern in _listed(statement["Action"]))
        and all(_holds(operator, tests, told) for operator, tests in statement.get("Condition", {}).items())
    ]
    return "Allow" in verdicts and "Deny" not in verdicts


def _is(wanted: Any, principal: str) -> bool:
    if wanted == "*":
        return True
    named = [each for kind in wanted.values() for each in _listed(kind)]
    account = principal.split(":")[4] if principal.startswith("arn:") else ""
    return principal in named or "*" in named or (bool(account) and f"arn:aws:iam::{account}:root" in named)


def _holds(operator: str, tests: Mapping[str, Any], told: Mapping[str, str]) -> bool:
    if_exists = operator.endswith("IfExists")
    kind = operator.removesuffix("IfExists")
    assert kind in ("StringEquals", "ArnLike", "Bool"), operator
    for key, wanted in tests.items():
        if key not in told:
            if if_exists:
                continue
            return False
        if not any(fnmatch.fnmatchcase(told[key], str(pattern)) for pattern in _listed(wanted)):
            return False
    return True


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
