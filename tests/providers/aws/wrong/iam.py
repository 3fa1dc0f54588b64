"""Roles, policies and analyzers that AWS does not make."""

import json
from typing import Any

_ROLE = "aws:iam/role:Role"
_POLICY = "aws:iam/policy:Policy"
_OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
_ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"


def _trust(**changed: Any) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **changed}]})


def _allow(version: str = "2012-10-17", **changed: Any) -> str:
    return json.dumps(
        {"Version": version, "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", **changed}]}
    )


_SAME_SID = {"Sid": "same", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_ROLE, {"name": "r", "assumeRolePolicy": _trust(Resource="*")}, "assumeRolePolicy", "AWS rule"),
    (_ROLE, {"name": "r", "assumeRolePolicy": _trust(Principal={"Service": "ec2"})}, "assumeRolePolicy", "AWS rule"),
    (_ROLE, {"name": "r", "assumeRolePolicy": _trust(Principal={"Servce": "x"})}, "assumeRolePolicy", "AWS rule"),
    (
        _ROLE,
        {"name": "r", "assumeRolePolicy": _trust(), "maxSessionDuration": 99},
        "maxSessionDuration",
        "service model",
    ),
    (_ROLE, {"name": "a" * 65, "assumeRolePolicy": _trust()}, "name", "service model"),
    (_ROLE, {"name": "r"}, "assumeRolePolicy", "schema"),
    (_POLICY, {"name": "p", "policy": _allow("2020-01-01")}, "policy", "AWS rule"),
    (_POLICY, {"name": "p", "policy": _allow(Principal="*")}, "policy", "AWS rule"),
    (_POLICY, {"name": "p", "policy": _allow(Sid="not allowed")}, "policy", "AWS rule"),
    (_POLICY, {"name": "p", "policy": _allow(Effect="Permit")}, "policy", "AWS rule"),
    (_POLICY, {"name": "p", "policy": _allow(Action=[f"s3:{'a' * 60}{n}" for n in range(100)])}, "policy", "AWS rule"),
    (
        _POLICY,
        {"name": "p", "policy": json.dumps({"Version": "2012-10-17", "Statement": [_SAME_SID, _SAME_SID]})},
        "policy",
        "AWS rule",
    ),
    (_OIDC, {"url": "http://a.example", "clientIdLists": ["sts.amazonaws.com"]}, "url", "AWS rule"),
    (
        _OIDC,
        {"url": "https://a.example", "clientIdLists": ["a"], "thumbprintLists": ["z" * 40]},
        "thumbprintLists[0]",
        "AWS rule",
    ),
    (_PASSWORDS, {"minimumPasswordLength": 3}, "minimumPasswordLength", "service model"),
    (
        _ANALYZER,
        {"analyzerName": "a", "type": "ACCOUNT", "configuration": {"unusedAccess": {"unusedAccessAge": 90}}},
        "configuration.unusedAccess",
        "AWS rule",
    ),
]
