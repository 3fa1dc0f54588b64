"""Who gets a role of the pipelines, and what it may do: statement by statement, with AWS's own policies beside ours."""

import json
from typing import Any

import pytest

from components.aws import delivery_rights
from components.aws.delivery_rights import Bounds, Repository
from tests.pipelines.accounts import ACCOUNT, PLACE
from tests.pipelines.iam import admits, allowed, managed

REPOSITORY = Repository(name="astralcore/lifeline", id="424242", stack="prod")
PREFIX = "astral-core-v2-prod"
BOUNDS = Bounds(
    account_id=ACCOUNT,
    regions=["us-east-1", "us-west-2"],
    prefix=PREFIX,
    state_bucket=PLACE.bucket,
    own=[f"{PREFIX}-delivery-{name}" for name in ("preview", "deploy", "boundary")],
)
BOUNDARY = delivery_rights.boundary(BOUNDS)
PREVIEW = [*delivery_rights.preview_rights(BOUNDS), *managed("ReadOnlyAccess")]
DEPLOY = [*delivery_rights.deploy_rights(BOUNDS), *managed("PowerUserAccess")]

STATE = f"arn:aws:s3:::{PLACE.bucket}/.pulumi/stacks/lifeline/prod.json"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
OWN_ROLE, OTHERS_ROLE = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in (f"{PREFIX}-web", "landing-zone"))
HERE: dict[str, Any] = {"aws__RequestedRegion": "us-east-1"}
BOUND = {"iam__PermissionsBoundary": BOUNDS.of_roles}
GIVES_RIGHTS = ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary")

MAIN = {
    "aud": "sts.amazonaws.com",
    "sub": "repo:astralcore/lifeline:environment:prod",
    "repository_id": "424242",
    "ref": "refs/heads/main",
}
HOTFIX = {**MAIN, "sub": f"{MAIN['sub']}-hotfix", "ref": "refs/heads/hotfix/crisis-page"}
PULL_REQUEST = {**MAIN, "sub": f"{MAIN['sub']}-preview", "ref": "refs/pull/7/merge"}


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        pytest.param(MAIN, {"deploy"}, id="main, approved"),
        pytest.param(HOTFIX, {"deploy"}, id="hotfix, approved"),
        pytest.param(PULL_REQUEST, {"preview"}, id="pull request"),
        pytest.param({**MAIN, "ref": "refs/heads/feature"}, set(), id="a branch in the environment of main"),
        pytest.param({**MAIN, "ref": "refs/heads/hotfix/x"}, set(), id="a hotfix past its own environment"),
        pytest.param({**HOTFIX, "ref": "refs/heads/feature"}, set(), id="a branch in the environment of hotfixes"),
        pytest.param({**MAIN, "sub": "repo:astralcore/lifeline:ref:refs/heads/main"}, set(), id="no environment"),
        pytest.param({**MAIN, "sub": "repo:astralcore/lifeline:pull_request"}, set(), id="a pull request in none"),
        pytest.param({**MAIN, "sub": "repo:astralcore/lifeline:environment:staging"}, set(), id="another stack"),
        pytest.param({**MAIN, "sub": "repo:astralcore/lifeline-x:environment:prod"}, set(), id="a longer name"),
        pytest.param({**MAIN, "repository_id": "99"}, set(), id="the name, taken by another"),
        pytest.param({**MAIN, "aud": "https://github.com/astralcore"}, set(), id="a token meant for others"),
        pytest.param({key: MAIN[key] for key in ("aud", "sub")}, set(), id="claims left out"),
    ],
)
def test_who_gets_which_role(claims: dict[str, str], roles: set[str]) -> None:
    trusts = {
        "preview": delivery_rights.preview_trust("arn", REPOSITORY),
        "deploy": delivery_rights.deploy_trust("arn", REPOSITORY),
    }
    assert {role for role, trust in trusts.items() if admits(trust, claims)} == roles


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:GetObject", STATE, {}),
        ("kms:Decrypt", KEY, {"kms__ResourceAliases": ["alias/lifeline-state-secrets"]}),
        ("ec2:DescribeSecurityGroups", "*", HERE),
        ("rds:DescribeDBInstances", "*", HERE),
        ("iam:GetRole", OWN_ROLE, HERE),
        ("eks:DescribeCluster", "*", {"aws__RequestedRegion": "us-west-2"}),
    ],
)
def test_a_preview_sees(action: str, resource: str, context: dict[str, Any]) -> None:
    assert allowed(PREVIEW, BOUNDARY, action, resource, **{**HERE, **context})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", STATE),
        ("s3:DeleteObject", f"arn:aws:s3:::{PLACE.bucket}/.pulumi/locks/organization/lifeline/prod/x.json"),
        ("s3:GetObject", "arn:aws:s3:::astral-core-v2-prod-backups/database/daily/x.dump"),
        ("secretsmanager:GetSecretValue", "*"),
        ("logs:FilterLogEvents", "*"),
        ("kms:Decrypt", KEY),
        ("rds-db:connect", "*"),
        ("ec2:AuthorizeSecurityGroupIngress", "*"),
        ("rds:ModifyDBInstance", "*"),
        ("eks:UpdateClusterConfig", "*"),
        ("iam:CreateRole", OWN_ROLE),
        ("iam:PassRole", OWN_ROLE),
        ("lambda:InvokeFunction", "*"),
        ("ssm:StartSession", "*"),
    ],
)
def test_a_preview_neither_changes_anything_nor_reads_data(action: str, resource: str) -> None:
    assert not allowed(PREVIEW, BOUNDARY, action, resource, **HERE, kms__ResourceAliases=["alias/astral-data"])


def test_readonly_access_holds_no_action_that_names_a_change() -> None:
    verbs = ("Create", "Delete", "Put", "Update", "Modify", "Attach", "Detach", "Terminate", "Run", "Set")
    actions = [action for statement in managed("ReadOnlyAccess") for action in statement["Action"]]
    assert len(actions) > 500
    changing = {action for action in actions if action.split(":")[1].startswith(verbs)}
    assert changing <= {"s3express:CreateSession"}  # which is how a directory bucket is read, and none is ours


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("rds:ModifyDBInstance", "*"),
        ("ec2:CreateVpc", "*"),
        ("s3:PutObject", STATE),
        ("s3:PutBucketPolicy", "arn:aws:s3:::astral-core-v2-prod-backups"),
        ("iam:PassRole", OWN_ROLE),
        ("iam:UpdateAssumeRolePolicy", OWN_ROLE),
        ("iam:DeleteRole", OWN_ROLE),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/{PREFIX}-web-rights"),
        ("iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/{PREFIX}-web-rights"),
        ("iam:CreateServiceLinkedRole", f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/rds.amazonaws.com/x"),
        ("iam:UpdateAccountPasswordPolicy", "*"),
    ],
)
def test_a_deployment_makes_what_the_platform_is_made_of(action: str, resource: str) -> None:
    assert allowed(DEPLOY, BOUNDARY, action, resource, **HERE)


@pytest.mark.parametrize("action", GIVES_RIGHTS)
def test_a_deployment_gives_rights_to_roles_under_the_boundary_of_the_platform_only(action: str) -> None:
    """AWS tells of a role that is made what shall bound it, and of one that is changed what does."""

    def may(**context: str) -> bool:
        return allowed(DEPLOY, BOUNDARY, f"iam:{action}", OWN_ROLE, **HERE, **context)

    assert may(**BOUND)
    assert not may()
    assert not may(iam__PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
    assert not may(iam__PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/{PREFIX}-web-rights")


@pytest.mark.parametrize("verb", ["CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy"])
def test_a_deployment_cannot_change_the_boundary_of_roles(verb: str) -> None:
    assert not allowed(DEPLOY, BOUNDARY, f"iam:{verb}", BOUNDS.of_roles, **HERE)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:CreateRole", OTHERS_ROLE, BOUND),
        ("iam:DeleteRolePermissionsBoundary", OWN_ROLE, BOUND),
        ("iam:DeleteRolePolicy", OWN_ROLE, {}),
        ("iam:PassRole", OTHERS_ROLE, {}),
        ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-delivery-deploy", {}),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-delivery-preview", BOUND),
        ("iam:DeleteRolePermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-delivery-deploy", {}),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/{PREFIX}-delivery-boundary", {}),
        (
            "iam:UpdateOpenIDConnectProviderThumbprint",
            f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
            {},
        ),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x", {}),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/x", {}),
        ("iam:AttachRolePolicy", OWN_ROLE, {**BOUND, "iam__PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        ("s3:DeleteObjectVersion", STATE, {}),
        ("s3:DeleteBucket", f"arn:aws:s3:::{PLACE.bucket}", {}),
        ("s3:PutBucketVersioning", f"arn:aws:s3:::{PLACE.bucket}", {}),
        ("kms:ScheduleKeyDeletion", KEY, {"kms__ResourceAliases": ["alias/lifeline-state"]}),
        ("cloudtrail:StopLogging", "*", {}),
        ("backup:DeleteRecoveryPoint", "*", {}),
        ("s3:BypassGovernanceRetention", "*", {}),
        ("ec2:RunInstances", "*", {"aws__RequestedRegion": "ap-southeast-1"}),
    ],
)
def test_a_deployment_cannot(action: str, resource: str, context: dict[str, Any]) -> None:
    assert not allowed(DEPLOY, BOUNDARY, action, resource, **{**HERE, **context})


def test_the_boundary_holds_whatever_is_attached_later() -> None:
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    assert allowed(everything, BOUNDARY, "ec2:CreateVpc", **HERE)
    assert not allowed(everything, BOUNDARY, "iam:CreateUser", **HERE)
    assert not allowed(
        everything, BOUNDARY, "iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{BOUNDS.own[0]}", **HERE, **BOUND
    )
    assert not allowed(everything, BOUNDARY, "iam:CreateRole", OTHERS_ROLE, **HERE)


def test_documents_fit_into_what_aws_takes() -> None:
    """Characters without spaces: 6,144 of a managed policy, 10,240 of a role's inline ones, 2,048 of a trust policy."""
    long_names = Repository(
        name="a-rather-long-organization/lifeline-platforms", id="1" * 10, stack="astral-core-v7-staging"
    )

    def size(statements: list[Any]) -> int:
        return len(json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":")))

    assert size(BOUNDARY) < 6144
    assert size(delivery_rights.deploy_rights(BOUNDS)) < 10240
    assert size(delivery_rights.preview_rights(BOUNDS)) < 10240
    assert size(delivery_rights.deploy_trust(f"arn:aws:iam::{ACCOUNT}:oidc-provider/x", long_names)) < 2048
