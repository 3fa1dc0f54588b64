"""Cases of policies/rules/identity.py."""

import json
from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Stack, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, about

POLICY = "iam/policy:Policy"
INLINE = "iam/rolePolicy:RolePolicy"
ROLE = "iam/role:Role"
ATTACHMENT = "iam/rolePolicyAttachment:RolePolicyAttachment"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
PODS = {"Service": "pods.eks.amazonaws.com"}
OIDC = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
TAGS = "sts:TagSession"
SIGN_IN = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*"}}
KIND = {"unknown": "the kind of a resource is always known"}


def _document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _policy(actions: object, resources: object, token: str = POLICY, **more: object) -> Stack:
    return stack(p=aws(token, policy=_document(Action=actions, Resource=resources, **more)))


def _role(principal: object, **condition: object) -> Any:
    more = {"Condition": condition} if condition else {}
    return aws(ROLE, name="r", assumeRolePolicy=_document(Principal=principal, Action="sts:AssumeRole", **more))


def _attached(role: Any, policy: str = ADMIN) -> Stack:
    return stack(r=role, a=aws(ATTACHMENT, role=ref("r.name"), policyArn=policy))


def _document_rule(passing: list[Stack], failing: list[Stack]) -> Cases:
    return Cases(passing, failing, [ELSEWHERE], [stack(p=aws(POLICY, policy=UNKNOWN))])


def _absent(one: str, other: str) -> Cases:
    role = _role(PODS)
    return Cases(
        passing=[stack(r=role)],
        failing=[stack(it=aws(one)), stack(r=role, it=aws(other, name="somebody"))],
        not_applicable=[ELSEWHERE],
        without=KIND,
    )


def _bound(boundary: object, **more: Any) -> Stack:
    return stack(b=aws(POLICY, policy=boundary), r=aws(ROLE, name="r", permissionsBoundary=ref("b.arn")), **more)


_BOUND = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": ["iam:Create*", "iam:Attach*"], "Resource": "*"},
        ],
    }
)
_ATTACHED_BOUNDARY = _bound(_BOUND, a=aws(ATTACHMENT, role=ref("r.name"), policyArn=ref("b.arn")))
READ = _policy("s3:GetObject", "arn:aws:s3:::files/*")
_EMERGENCY = _role(ACCOUNT, **MFA)

CASES = {
    "LL-IAM-001": _document_rule(
        [READ, _bound(_BOUND)],
        [_policy("*", "*"), _policy(["s3:Get*", "*"], ["*"], INLINE), _ATTACHED_BOUNDARY],
    ),
    "LL-IAM-002": _document_rule(
        [READ, _bound(_BOUND)], [_policy("s3:*", "arn:aws:s3:::files/*"), _policy(["ec2:*"], "*", INLINE)]
    ),
    "LL-IAM-003": _document_rule(
        [READ, _policy("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1"), _bound(_BOUND)],
        [_policy("kms:Decrypt", "*"), _policy(["kms:ReEncrypt*"], "arn:aws:kms:*:111122223333:key/*")],
    ),
    "LL-IAM-004": Cases(
        passing=[_policy("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1", INLINE)],
        failing=[_policy("kms:Decrypt", "*", INLINE), _policy("kms:*", "*", "iam/userPolicy:UserPolicy")],
        not_applicable=[ELSEWHERE],
        unknown=[stack(p=aws(INLINE, policy=UNKNOWN))],
    ),
    "LL-IAM-006": Cases(
        passing=[stack(r=_role(PODS))],
        failing=[
            stack(r=aws(ROLE, inlinePolicies=[{"name": "all", "policy": "{}"}])),
            stack(r=aws(ROLE, inlinePolicies=[{"name": "a"}, {"name": "b"}])),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(r=aws(ROLE, inlinePolicies=UNKNOWN))],
    ),
    "LL-IAM-008": Cases(
        passing=[stack(a=aws("iam/policyAttachment:PolicyAttachment", roles=["r"], policyArn=ADMIN))],
        failing=[
            stack(a=aws("iam/userPolicyAttachment:UserPolicyAttachment", user="somebody", policyArn=ADMIN)),
            stack(a=aws("iam/policyAttachment:PolicyAttachment", users=["somebody"], policyArn=ADMIN)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(a=aws("iam/userPolicyAttachment:UserPolicyAttachment", user=UNKNOWN))],
    ),
    "LL-IAM-010": Cases(
        passing=[stack(r=_role(PODS)), stack(r=_role(ACCOUNT))],
        failing=[stack(r=_role("*")), stack(r=_role({"AWS": ["*"]}))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(r=aws(ROLE, assumeRolePolicy=UNKNOWN))],
    ),
    "LL-IAM-011": Cases(
        passing=[
            stack(r=_EMERGENCY),
            stack(r=_role(ACCOUNT, **SIGN_IN)),
            stack(
                r=aws(
                    ROLE,
                    assumeRolePolicy=json.dumps(
                        {
                            "Statement": [
                                {"Effect": "Allow", "Principal": ACCOUNT, "Action": "sts:AssumeRole", "Condition": MFA},
                                {"Effect": "Allow", "Principal": ACCOUNT, "Action": TAGS},
                            ]
                        }
                    ),
                )
            ),
        ],
        failing=[stack(r=_role(ACCOUNT)), stack(r=_role(ACCOUNT, Bool={"aws:MultiFactorAuthPresent": "false"}))],
        not_applicable=[stack(r=_role(PODS)), ELSEWHERE],
        unknown=[stack(r=aws(ROLE, assumeRolePolicy=UNKNOWN))],
    ),
    "LL-IAM-012": about(ROLE, "maxSessionDuration", [3600, 28800], [43200, 36000], missing=False),
    "LL-IAM-013": Cases(
        passing=[stack(r=_role(OIDC, StringEquals={"token.actions.githubusercontent.com:sub": "repo:a/b:ref:main"}))],
        failing=[
            stack(r=_role(OIDC)),
            stack(r=_role(OIDC, StringEquals={"token.actions.githubusercontent.com:aud": "sts"})),
        ],
        not_applicable=[stack(r=_role(PODS)), ELSEWHERE],
        unknown=[stack(r=aws(ROLE, assumeRolePolicy=UNKNOWN))],
    ),
    "LL-IAM-014": _document_rule(
        [READ],
        [
            stack(p=aws(POLICY, policy=_document(NotAction="iam:*", Resource="*"))),
            stack(p=aws(INLINE, policy=_document(NotAction=["iam:*", "kms:*"], Resource="*"))),
        ],
    ),
    "LL-IAM-015": Cases(
        passing=[_attached(_EMERGENCY), _attached(_role(PODS), "arn:aws:iam::aws:policy/SecurityAudit")],
        failing=[
            _attached(_role(ACCOUNT)),
            _attached(_role(PODS), "arn:aws:iam::aws:policy/PowerUserAccess"),
            _attached(
                aws(ROLE, name="r", maxSessionDuration=7200, assumeRolePolicy=_EMERGENCY.properties["assumeRolePolicy"])
            ),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[_attached(aws(ROLE, name="r", assumeRolePolicy=UNKNOWN))],
    ),
    "LL-IAM-016": _document_rule(
        [READ, _policy("iam:PassRole", "arn:aws:iam::111122223333:role/nodes")],
        [_policy("iam:PassRole", "*"), _policy(["ec2:RunInstances", "iam:passrole"], ["*"], INLINE)],
    ),
    "LL-IAM-017": Cases(
        passing=[stack(r=_role(PODS, StringEquals={"aws:RequestTag/kubernetes-service-account": "grafana"}))],
        failing=[stack(r=_role(PODS)), stack(r=_role(PODS, StringEquals={"aws:SourceAccount": "111122223333"}))],
        not_applicable=[stack(r=_role(ACCOUNT)), ELSEWHERE],
        unknown=[stack(r=aws(ROLE, assumeRolePolicy=UNKNOWN))],
    ),
    "LL-IAM-018": Cases(
        passing=[
            _bound(_BOUND),
            stack(r=aws(ROLE, permissionsBoundary="arn:aws:iam::111122223333:policy/landing-zone")),
        ],
        failing=[
            stack(r=_role(PODS)),
            stack(r=aws(ROLE, permissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")),
            _bound(_document(Action="*", Resource="*")),
            _bound(_document(Effect="Deny", Action="iam:CreateUser", Resource="*")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(r=aws(ROLE, permissionsBoundary=UNKNOWN)), _bound(UNKNOWN)],
    ),
    "LL-IAM-005": _absent("iam/userPolicy:UserPolicy", "iam/groupPolicy:GroupPolicy"),
    "LL-IAM-007": _absent("iam/user:User", "iam/user:User"),
    "LL-IAM-009": _absent("iam/accessKey:AccessKey", "iam/accessKey:AccessKey"),
}
