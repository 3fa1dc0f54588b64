"""The bound of all roles: on every one of them, in the way of none, and stronger than whatever is attached."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import ComponentResource, ResourceOptions

from components.aws import role_boundary
from components.aws.role_boundary import RoleBoundary, RoleBoundaryArgs, statements
from components.naming import Naming
from tests.components.recording import PROJECT, STACKS, Registered, of, only, recorded, registrations
from tests.pipelines.iam import allowed, managed

REGIONS = ["us-east-1", "us-west-2"]
HERE: dict[str, Any] = {"aws__RequestedRegion": "us-west-2"}
BOUNDARY = statements(REGIONS)
EVERYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
ROLE, POLICY, ATTACHED = "aws:iam/role:Role", "aws:iam/policy:Policy", "rolePolicyAttachment:RolePolicyAttachment"
#: People in an emergency: what they may not even then is in the test below.
BREAK_GLASS = "PowerUserAccess"


class Somebody(ComponentResource):
    """A component that was written by somebody who never heard of a boundary."""

    def __init__(self, opts: ResourceOptions) -> None:
        super().__init__("lifeline:aws:Somebody", "somebody", None, opts)
        child = ResourceOptions(parent=self)
        aws.iam.Role("somebody-role", assume_role_policy="{}", opts=child)
        aws.iam.Policy("somebody-policy", policy="{}", opts=child)


def test_a_role_of_any_component_is_bound() -> None:
    def program() -> None:
        naming = Naming(system="being", environment="production", account_id="111122223333", owner="ops")
        Somebody(RoleBoundary("role-boundary", RoleBoundaryArgs(regions=REGIONS), naming).over(ResourceOptions()))

    made = registrations(program)
    boundary = only(made, "policy:Policy", "role-boundary-policy")
    assert boundary.protected
    assert only(made, "role:Role").inputs["permissionsBoundary"] == boundary.arn
    assert "permissionsBoundary" not in only(made, "policy:Policy", "somebody-policy").inputs


def test_roles_are_made_in_one_place() -> None:
    """Beside it only the pipelines' own, which stand before the platform and under a boundary of theirs."""
    makers = {file.name for file in (PROJECT / "components").rglob("*.py") if "aws.iam.Role(" in file.read_text()}
    assert {each for each in makers if not each.startswith("delivery_")} == {"roles.py"}


@pytest.mark.xdist_group("registrations")
@pytest.mark.parametrize("stack", STACKS)
def test_every_role_of_a_stack_is_bound(stack: str) -> None:
    registered = recorded(stack)
    boundary = only(registered, "policy:Policy", "role-boundary-policy")
    roles = of(registered, ROLE)
    assert len(roles) > 20
    assert [each.name for each in roles if each.inputs.get("permissionsBoundary") != boundary.arn] == []


@pytest.mark.xdist_group("registrations")
@pytest.mark.parametrize("stack", STACKS)
def test_the_pipelines_know_the_boundary_by_its_name(stack: str) -> None:
    """They stand before it does, and are refused to change it."""
    name = only(recorded(stack), "policy:Policy", "role-boundary-policy").inputs["name"]
    assert role_boundary.arn_of("111122223333", name.removesuffix("-role-boundary")).endswith(f":policy/{name}")


@pytest.mark.xdist_group("registrations")
@pytest.mark.parametrize("stack", STACKS)
def test_the_boundary_is_in_the_way_of_nothing_that_a_role_does(stack: str) -> None:
    refused = [f"{role}: {action}" for role, action in _given(recorded(stack)) if not _may(action)]
    assert refused == []


@pytest.mark.parametrize(
    "action",
    [
        *("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"),
        *("iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion", "iam:CreateUser", "iam:CreateAccessKey"),
        *("sts:AssumeRole", "cloudtrail:StopLogging", "config:StopConfigurationRecorder", "guardduty:DeleteDetector"),
        *("backup:DeleteRecoveryPoint", "s3:BypassGovernanceRetention", "kms:ScheduleKeyDeletion", "kms:DisableKey"),
        *("kms:PutKeyPolicy", "organizations:LeaveOrganization", "account:CloseAccount"),
    ],
)
def test_a_role_with_every_right_attached_still_cannot(action: str) -> None:
    assert not allowed(EVERYTHING, BOUNDARY, action, **HERE)
    assert allowed(EVERYTHING, BOUNDARY, "s3:GetObject", **HERE)


def test_a_bound_role_stays_in_our_regions() -> None:
    assert not allowed(EVERYTHING, BOUNDARY, "ec2:RunInstances", aws__RequestedRegion="ap-southeast-1")


def test_the_boundary_fits_into_a_policy() -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": BOUNDARY}, separators=(",", ":"))
    assert len(document) < 6144


@cache
def _may(action: str) -> bool:
    return allowed(EVERYTHING, BOUNDARY, action, **HERE)


def _given(registered: tuple[Registered, ...]) -> list[tuple[str, str]]:
    """Each role with what it is allowed, in our own words and in AWS's."""
    own = {each.arn: json.loads(each.inputs["policy"])["Statement"] for each in of(registered, POLICY)}
    found: list[tuple[str, str]] = []
    for each in of(registered, ATTACHED):
        arn = each.inputs["policyArn"]
        name = arn.rsplit("/", 1)[-1]
        if name != BREAK_GLASS:
            rights = own[arn] if arn in own else managed(name)
            found += [(each.inputs["role"], action) for one in rights for action in _allowed_actions(one)]
    assert len(found) > 3_000
    return found


def _allowed_actions(statement: Mapping[str, Any]) -> list[str]:
    actions = statement.get("Action", []) if statement["Effect"] == "Allow" else []
    return actions if isinstance(actions, list) else [actions]
