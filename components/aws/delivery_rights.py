"""What the roles of the pipelines may do, and who may take them on: pure, so that a reviewer and a test read the same.

Preview reads configuration and never data. Deploy makes what the platform is made of. The boundary holds both: whatever
is attached to them later, they can neither free themselves, nor end the evidence, nor the states to go back to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.aws import role_boundary
from components.aws.denials import deny, keep_the_evidence, not_the_organization, only_in
from components.aws.policy_documents import Statement, allow

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
_MAIN, _HOTFIXES = "refs/heads/main", "refs/heads/hotfix/*"
#: Of roles and policies that exist already: looked at, relabelled, given other users, removed.
_MANAGING = ("Get", "List", "Tag", "Untag", "Update", "Add", "Remove", "Delete")
#: What gives a role its rights. AWS tells of each of these calls what bounds the role.
_GIVING = (
    *("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    "iam:PutRolePermissionsBoundary",
)
_CHANGING = tuple(
    f"iam:{verb}*" for verb in ("Create", "Delete", "Put", "Update", "Attach", "Detach", "Set", "Add", "Remove")
)
_STATE_ALIASES = ["alias/lifeline-state", "alias/lifeline-state-secrets"]
#: What people wrote or heard: nothing that a comparison of configuration needs.
_DATA = (
    *("s3:GetObject*", "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter*"),
    *("logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery", "logs:StartLiveTail", "logs:GetQueryResults"),
    *("rds:DownloadDBLogFile*", "rds:DownloadCompleteDBLogFile", "rds-db:connect", "sqs:ReceiveMessage"),
    *("ebs:GetSnapshotBlock", "cloudtrail:LookupEvents", "ses:GetMessageInsights", "dynamodb:GetItem"),
)


@dataclass(frozen=True, kw_only=True)
class Repository:
    """Where the pipelines run. The number stays when a name is given up and taken by somebody else."""

    name: str
    id: str
    stack: str
    """Environments of the repository are named after it: `prod-preview`, `prod`, `prod-hotfix`."""

    def subject(self, purpose: str = "") -> str:
        environment = f"{self.stack}-{purpose}" if purpose else self.stack
        return f"repo:{self.name}:environment:{environment}"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What both roles are measured against."""

    account_id: str
    regions: Sequence[str]
    prefix: str
    """All names of the stack begin with it."""
    state_bucket: str
    own: Sequence[str]
    """Names of the delivery's own roles and policies: out of reach for themselves."""

    @property
    def of_roles(self) -> str:
        """The boundary of every role that the platform makes."""
        return role_boundary.arn_of(self.account_id, self.prefix)


def preview_trust(provider_arn: Any, repository: Repository) -> list[Statement]:
    """Pull requests and nightly comparisons: any branch of this repository, in the environment for previews. A fork's
    workflow gets no token at all."""
    return [_trust("Preview", provider_arn, repository, repository.subject("preview"), {})]


def deploy_trust(provider_arn: Any, repository: Repository) -> list[Statement]:
    """Only `main` through the environment that asks for approvals, and hotfix branches through theirs."""
    main = {"StringEquals": {f"{ISSUER}:ref": _MAIN}}
    hotfix = {"StringLike": {f"{ISSUER}:ref": _HOTFIXES}}
    return [
        _trust("Main", provider_arn, repository, repository.subject(), main),
        _trust("Hotfix", provider_arn, repository, repository.subject("hotfix"), hotfix),
    ]


def preview_rights(bounds: Bounds) -> list[Statement]:
    """Beside AWS's own ReadOnlyAccess. The engine takes no lock for a preview and writes nothing."""
    state = [f"arn:aws:s3:::{bounds.state_bucket}/.pulumi/*"]
    return [
        allow("ReadState", ["s3:GetObject"], state),
        allow("ListState", ["s3:ListBucket"], [f"arn:aws:s3:::{bounds.state_bucket}"]),
        _use_keys(bounds, ["kms:Decrypt"]),
        {"Sid": "NoData", "Effect": "Deny", "Action": list(_DATA), "NotResource": state},
    ]


def deploy_rights(bounds: Bounds) -> list[Statement]:
    """Beside AWS's PowerUserAccess, which leaves out IAM: roles and policies of the stack's own names, and no users.
    Roles only under the platform's boundary: none that is made here is allowed more than that."""
    iam = f"arn:aws:iam::{bounds.account_id}"
    own = [f"{iam}:{kind}/{bounds.prefix}-*" for kind in ("role", "policy", "instance-profile")]
    roles = [f"{iam}:role/{bounds.prefix}-*"]
    return [
        allow("OwnRolesAndPolicies", [f"iam:{verb}*" for verb in _MANAGING], own),
        allow("OwnPolicies", ["iam:CreatePolicy*", "iam:SetDefaultPolicyVersion", "iam:CreateInstanceProfile"], own),
        allow("BoundRoles", _GIVING, roles, {"StringEquals": {"iam:PermissionsBoundary": bounds.of_roles}}),
        allow("HandOver", ["iam:PassRole"], roles),
        allow(
            "AccountDefaults",
            ["iam:GetAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy"],
            ["*"],
        ),
        _use_keys(bounds, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"]),
    ]


def boundary(bounds: Bounds) -> list[Statement]:
    """Of both roles. Allows what their policies allow; the rest nobody can attach."""
    iam, bucket = f"arn:aws:iam::{bounds.account_id}", f"arn:aws:s3:::{bounds.state_bucket}"
    own = [f"{iam}:{kind}/{name}" for name in bounds.own for kind in ("role", "policy")]
    strongest = [f"arn:aws:iam::aws:policy/{name}" for name in ("AdministratorAccess", "IAMFullAccess")]
    people = ("CreateUser", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "AttachUser*", "PutUser*")
    states = ("s3:DeleteObjectVersion", "s3:DeleteBucket*", "s3:PutBucket*", "s3:PutLifecycle*")
    return [
        allow("WhatTheirPoliciesAllow", ["*"], ["*"]),
        deny("NotThemselves", _CHANGING, [*own, bounds.of_roles, f"{iam}:oidc-provider/*"]),
        deny("NoPeople", [f"iam:{action}" for action in people]),
        {
            **deny("OnlyBoundRoles", _GIVING),
            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": bounds.of_roles}},
        },
        deny("BoundRolesStayBound", ["iam:DeleteRolePermissionsBoundary"]),
        {
            **deny("NothingStronger", ["iam:AttachRolePolicy"]),
            "Condition": {"ArnEquals": {"iam:PolicyARN": strongest}},
        },
        keep_the_evidence(),
        deny("KeepTheStates", states, [bucket, f"{bucket}/*"]),
        {
            **deny("KeepTheKeysOfStates", ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy"]),
            "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": _STATE_ALIASES}},
        },
        only_in(bounds.regions),
        not_the_organization(),
    ]


def _trust(sid: str, provider_arn: Any, repository: Repository, subject: str, more: dict[str, Any]) -> Statement:
    equal = {
        f"{ISSUER}:aud": AUDIENCE,
        f"{ISSUER}:sub": subject,
        f"{ISSUER}:repository_id": repository.id,
        **more.get("StringEquals", {}),
    }
    others = {operator: keys for operator, keys in more.items() if operator != "StringEquals"}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": equal, **others},
    }


def _use_keys(bounds: Bounds, actions: Sequence[str]) -> Statement:
    return allow(
        "StateKeys",
        actions,
        [f"arn:aws:kms:{region}:{bounds.account_id}:key/*" for region in bounds.regions],
        {"ForAnyValue:StringEquals": {"kms:ResourceAliases": _STATE_ALIASES}},
    )
