"""What the roles of the pipelines may do, and who may take them on: pure, so that a reviewer and a test read the same.

Preview reads configuration and never data. Deploy makes what the platform is made of. The boundary holds both: whatever
is attached to them later, they can neither free themselves, nor end the evidence, nor the states to go back to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.aws.policy_documents import Statement, allow

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
_MAIN, _HOTFIXES = "refs/heads/main", "refs/heads/hotfix/*"
_STATE_ALIASES = ["alias/lifeline-state", "alias/lifeline-state-secrets"]
#: Services that answer in one region for all of them.
_EVERYWHERE = (
    *("iam:*", "sts:*", "cloudfront:*", "route53:*", "route53domains:*", "waf:*", "wafv2:*", "shield:*", "support:*"),
    *("budgets:*", "ce:*", "cur:*", "health:*", "globalaccelerator:*", "s3:ListAllMyBuckets", "s3:GetAccountPublic*"),
    *("s3:PutAccountPublic*", "kms:*", "organizations:Describe*", "acm:*", "chatbot:*", "tag:*"),
)
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
        {**_deny("NoData", _DATA), "NotResource": state},
    ]


def deploy_rights(bounds: Bounds) -> list[Statement]:
    """Beside AWS's PowerUserAccess, which leaves out IAM: roles and policies of the stack's own names, and no users."""
    iam = f"arn:aws:iam::{bounds.account_id}"
    own = [f"{iam}:{kind}/{bounds.prefix}-*" for kind in ("role", "policy", "instance-profile")]
    manage = (
        "Create",
        "Delete",
        "Get",
        "List",
        "Put",
        "Update",
        "Tag",
        "Untag",
        "Attach",
        "Detach",
        "Add",
        "Remove",
        "Set",
    )
    return [
        allow("OwnRolesAndPolicies", [f"iam:{verb}*" for verb in manage], own),
        allow("HandOver", ["iam:PassRole"], [f"{iam}:role/{bounds.prefix}-*"]),
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
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": [*bounds.regions]}}
    aliases = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": _STATE_ALIASES}}
    change = [
        f"iam:{verb}*" for verb in ("Create", "Delete", "Put", "Update", "Attach", "Detach", "Set", "Add", "Remove")
    ]
    return [
        allow("WhatTheirPoliciesAllow", ["*"], ["*"]),
        {**_deny("NotThemselves", change), "Resource": [*own, f"{iam}:oidc-provider/*"]},
        {**_deny("NoPeople", [f"iam:{action}" for action in people]), "Resource": "*"},
        {
            **_deny("NothingStronger", ["iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"]),
            "Resource": "*",
            "Condition": {"ArnEquals": {"iam:PolicyARN": strongest}},
        },
        {
            **_deny("KeepTheEvidence", _EVIDENCE),
            "Resource": "*",
        },
        {
            **_deny(
                "KeepTheStates", ["s3:DeleteObjectVersion", "s3:DeleteBucket*", "s3:PutBucket*", "s3:PutLifecycle*"]
            ),
            "Resource": [bucket, f"{bucket}/*"],
        },
        {
            **_deny("KeepTheKeysOfStates", ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy"]),
            "Resource": "*",
            "Condition": aliases,
        },
        {
            "Sid": "OnlyOurRegions",
            "Effect": "Deny",
            "NotAction": list(_EVERYWHERE),
            "Resource": "*",
            "Condition": elsewhere,
        },
        {**_deny("NotTheOrganization", ["organizations:Leave*", "account:Close*", "account:Put*"]), "Resource": "*"},
    ]


_EVIDENCE = (
    *(
        "cloudtrail:StopLogging",
        "cloudtrail:DeleteTrail",
        "config:StopConfigurationRecorder",
        "guardduty:DeleteDetector",
    ),
    *("backup:DeleteRecoveryPoint", "backup:DeleteBackupVaultLockConfiguration", "s3:BypassGovernanceRetention"),
)


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


def _deny(sid: str, actions: Sequence[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions)}
