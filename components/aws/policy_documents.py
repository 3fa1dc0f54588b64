"""Statements and documents of IAM policies. Values may be outputs; what is known stays readable in a preview."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

#: One statement, as in AWS's own JSON; any value in it may be an output.
Statement = Mapping[str, Any]


def document(*statements: Statement) -> pulumi.Output[str]:
    """The text of a policy."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    sid: str, actions: Sequence[str], resources: Sequence[Any], conditions: Mapping[str, Any] | None = None
) -> Statement:
    """A right of the identity that the policy is attached to."""
    statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**statement, "Condition": conditions} if conditions else statement


def trust(service: str, conditions: Mapping[str, Any] | None = None, *, tagged_sessions: bool = False) -> Statement:
    """Who may take on a role: one AWS service."""
    actions = ["sts:AssumeRole", "sts:TagSession"] if tagged_sessions else ["sts:AssumeRole"]
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    return {**statement, "Condition": conditions} if conditions else statement
