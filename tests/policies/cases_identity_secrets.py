"""Cases of policies/rules/identity_secrets.py."""

import json
from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, aws, k8s, ref, stack
from tests.policies.of_property import ELSEWHERE, about

SECRET = "secretsmanager/secret:Secret"
ROTATION = "secretsmanager/secretRotation:SecretRotation"
SECRET_POLICY = "secretsmanager/secretPolicy:SecretPolicy"
FUNCTION = "lambda/function:Function"
PASSWORDS = "iam/accountPasswordPolicy:AccountPasswordPolicy"
ROLE = aws("iam/role:Role")
OURS = {"lifeline:system": "astral-core-v2", "lifeline:environment": "production"}
STRONG: dict[str, Any] = {
    "minimumPasswordLength": 14,
    "passwordReusePrevention": 24,
    "maxPasswordAge": 90,
    "requireLowercaseCharacters": True,
    "requireUppercaseCharacters": True,
    "requireNumbers": True,
    "requireSymbols": True,
}
ALWAYS_KNOWN = {"unknown": "which resources there are is always known"}


def _for(effect: str, principal: object) -> str:
    return json.dumps(
        {"Statement": [{"Effect": effect, "Principal": principal, "Action": "secretsmanager:GetSecretValue"}]}
    )


def _environment(**variables: object) -> Any:
    return stack(f=aws(FUNCTION, environment={"variables": variables}))


def _job(names: str, days: object = "83", *, suspend: bool = False) -> Given:
    annotations = {"lifeline.dev/rotates": names, "lifeline.dev/rotates-after-days": days}
    return k8s("batch/v1:CronJob", metadata={"annotations": annotations}, spec={"suspend": suspend})


_ANALYZER = "accessanalyzer/analyzer:Analyzer"

CASES = {
    "LL-IAM-020": Cases(
        passing=[
            stack(s=aws(SECRET), r=aws(ROTATION, secretId=ref("s.id"))),
            stack(s=aws(SECRET, name="a/prod/cache"), j=_job("a/prod/cache,a/prod/cache-administrator")),
        ],
        failing=[
            stack(s=aws(SECRET)),
            stack(s=aws(SECRET, name="a/prod/cache"), j=_job("a/prod/cache-administrator")),
            stack(s=aws(SECRET, name="a/prod/cache"), j=_job("a/prod/cache", suspend=True)),
            stack(s=aws(SECRET, name="a/prod/cache"), j=_job("a/prod/cache", days="365")),
            stack(s=aws(SECRET, name="a/prod/cache"), j=k8s("batch/v1:CronJob", metadata={}, spec={})),
            stack(s=aws(SECRET), o=aws(SECRET), r=aws(ROTATION, secretId=ref("o.id"))),
            stack(s=aws(SECRET, name="astral-core-v2/prod/session-signing", tags=OURS)),
        ],
        not_applicable=[stack(s=aws(SECRET, name="astral-core-v2/prod/slack-webhook", tags=OURS)), ELSEWHERE],
        without=ALWAYS_KNOWN,
    ),
    "LL-IAM-021": about(ROTATION, "rotationRules.automaticallyAfterDays", [83, 30], [180, 365]),
    "LL-IAM-022": about(SECRET, "recoveryWindowInDays", [30], [0, 7], missing=False),
    "LL-IAM-023": Cases(
        passing=[
            stack(p=aws(SECRET_POLICY, policy=_for("Deny", "*"))),
            stack(p=aws(SECRET_POLICY, policy=_for("Allow", {"AWS": "arn:aws:iam::111122223333:role/app"}))),
        ],
        failing=[
            stack(p=aws(SECRET_POLICY, policy=_for("Allow", "*"))),
            stack(p=aws(SECRET_POLICY, policy=_for("Allow", {"AWS": ["*"]}))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(p=aws(SECRET_POLICY, policy=UNKNOWN))],
    ),
    "LL-IAM-024": about("rds/instance:Instance", "iamDatabaseAuthenticationEnabled", [True], [False], literal=True),
    "LL-IAM-025": Cases(
        passing=[
            stack(f=aws(FUNCTION)),
            _environment(
                DATABASE_SECRET="arn:aws:secretsmanager:us-east-1:1:secret:db", TOKEN_NAME="prod/token", LEVEL="info"
            ),
        ],
        failing=[_environment(DATABASE_PASSWORD="hunter2"), _environment(LEVEL="info", ApiKey="abc123")],
        not_applicable=[ELSEWHERE],
        unknown=[stack(f=aws(FUNCTION, environment=UNKNOWN))],
    ),
    "LL-IAM-026": Cases(
        passing=[stack(p=aws(PASSWORDS, **STRONG))],
        failing=[
            stack(p=aws(PASSWORDS)),
            *(
                stack(p=aws(PASSWORDS, **{name: each for name, each in STRONG.items() if name != left}))
                for left in STRONG
            ),
            stack(p=aws(PASSWORDS, **{**STRONG, "minimumPasswordLength": 8})),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(p=aws(PASSWORDS, **{**STRONG, "minimumPasswordLength": UNKNOWN}))],
    ),
    "LL-IAM-027": Cases(
        passing=[stack(r=ROLE, p=aws(PASSWORDS))],
        failing=[stack(r=ROLE), stack(a=ROLE, b=ROLE)],
        not_applicable=[ELSEWHERE],
        without=ALWAYS_KNOWN,
    ),
    "LL-IAM-028": Cases(
        passing=[stack(r=ROLE, p=aws(_ANALYZER)), stack(r=ROLE, p=aws(_ANALYZER, type="ORGANIZATION"))],
        failing=[stack(r=ROLE), stack(r=ROLE, p=aws(_ANALYZER, type="ACCOUNT_UNUSED_ACCESS"))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(r=ROLE, p=aws(_ANALYZER, type=UNKNOWN))],
    ),
}
