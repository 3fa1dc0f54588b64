"""Asks policies of an identity as AWS does: a denial anywhere wins, and a boundary must allow what a policy allows."""

import fnmatch
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

Statements = Iterable[Mapping[str, Any]]


def allowed(
    policies: Statements, boundary: Statements, action: str, resource: str = "*", **context: str | list[str]
) -> bool:
    """Condition keys come with `__` for the colon: aws__RequestedRegion."""
    told = {name.replace("__", ":"): value for name, value in context.items()}
    verdicts = [_verdicts(statements, action, resource, told) for statements in (policies, boundary)]
    return all("Allow" in each for each in verdicts) and not any("Deny" in each for each in verdicts)


def admits(trust: Statements, claims: Mapping[str, str]) -> bool:
    """Whether a token with these claims gets the role."""
    told = {f"token.actions.githubusercontent.com:{name}": value for name, value in claims.items()}
    return any(
        statement["Action"] == "sts:AssumeRoleWithWebIdentity" and _conditions(statement, told) for statement in trust
    )


@cache
def managed(name: str) -> tuple[Mapping[str, Any], ...]:
    """A policy of AWS's own, as the emulator has it from AWS."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    statements = json.loads(aws_managed_policies_data)[name]["Document"]["Statement"]
    return tuple(statements if isinstance(statements, list) else [statements])


def _verdicts(statements: Statements, action: str, resource: str, told: Mapping[str, Any]) -> set[str]:
    return {
        statement["Effect"]
        for statement in statements
        if _named(statement, "Action", action.lower())
        and _named(statement, "Resource", resource)
        and _conditions(statement, told)
    }


def _named(statement: Mapping[str, Any], element: str, value: str) -> bool:
    negated = f"Not{element}"
    patterns = _listed(statement.get(element) or statement[negated])
    if element == "Action":
        patterns = [pattern.lower() for pattern in patterns]
    found = any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)
    return found != (negated in statement)


def _conditions(statement: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return all(
        _holds(operator, key, [str(each) for each in _listed(wanted)], told)
        for operator, tests in statement.get("Condition", {}).items()
        for key, wanted in tests.items()
    )


def _holds(operator: str, key: str, wanted: list[str], told: Mapping[str, Any]) -> bool:
    values = _listed(told[key]) if key in told else []
    match operator.removeprefix("ForAnyValue:"):
        case "StringEquals" | "ArnEquals":
            return any(value in wanted for value in values)
        case "StringNotEquals":
            return not any(value in wanted for value in values)
        case "StringLike":
            return any(fnmatch.fnmatchcase(value, pattern) for value in values for pattern in wanted)
        case other:
            raise NotImplementedError(other)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
