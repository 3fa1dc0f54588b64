"""Roles with their policies, managed policies and attachments."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import as_written, policy_failures
from rehearsal.providers.provider import Failure

_NO_PREFIX = {"namePrefix": ""}


def text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def iam_tags(kind: str, member: str, of: Callable[[Live], str] = lambda r: r.id) -> tags.Tags:
    """IAM has one pair of tagging calls per kind of thing: TagRole, UntagRole."""
    return tags.listed(tag=f"Tag{kind}", untag=f"Untag{kind}", resource=member, of=of)


# -- roles --------------------------------------------------------------------------------------------------------


def _role(r: Live) -> dict[str, Any]:
    role = r.api("GetRole", RoleName=r.id)["Role"]
    role["AssumeRolePolicyDocument"] = as_written(r.inputs.get("assumeRolePolicy"), role["AssumeRolePolicyDocument"])
    role["PermissionsBoundary"] = (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    if r.inputs.get("managedPolicyArns"):
        attached = r.api("ListAttachedRolePolicies", RoleName=r.id)["AttachedPolicies"]
        role["ManagedPolicyArns"] = [policy["PolicyArn"] for policy in attached]
    if r.inputs.get("inlinePolicies"):
        role["InlinePolicies"] = [
            {"Name": name, "Policy": text(_inline(r, r.id, name)["PolicyDocument"])} for name in _inline_names(r)
        ]
    return role


def _inline(r: Live, role: str, name: str) -> dict[str, Any]:
    return r.api("GetRolePolicy", RoleName=role, PolicyName=name)


def _inline_names(r: Live) -> list[str]:
    return r.api("ListRolePolicies", RoleName=r.id)["PolicyNames"]


def _put_inline(r: Live) -> None:
    wanted = {policy["name"]: policy["policy"] for policy in r.inputs.get("inlinePolicies") or []}
    for name in _inline_names(r):
        if name not in wanted:
            r.api("DeleteRolePolicy", RoleName=r.id, PolicyName=name)
    for name, policy in wanted.items():
        r.api("PutRolePolicy", RoleName=r.id, PolicyName=name, PolicyDocument=policy)


def _attach_managed(r: Live) -> None:
    wanted = set(r.inputs.get("managedPolicyArns") or [])
    there = {policy["PolicyArn"] for policy in r.api("ListAttachedRolePolicies", RoleName=r.id)["AttachedPolicies"]}
    for policy in sorted(there - wanted):
        r.api("DetachRolePolicy", RoleName=r.id, PolicyArn=policy)
    for policy in sorted(wanted - there):
        r.api("AttachRolePolicy", RoleName=r.id, PolicyArn=policy)


def _bound(r: Live) -> None:
    boundary = r.inputs.get("permissionsBoundary")
    if boundary:
        r.api("PutRolePermissionsBoundary", RoleName=r.id, PermissionsBoundary=boundary)
    else:
        r.api("DeleteRolePermissionsBoundary", RoleName=r.id)


def _update_role(r: Live) -> None:
    duration = r.inputs.get("maxSessionDuration") or 3600
    r.api("UpdateRole", RoleName=r.id, Description=r.inputs.get("description", ""), MaxSessionDuration=duration)


def _delete_role(r: Live) -> None:
    """As the official provider: own policies go with the role, others only when the program said to force it."""
    force = r.get("forceDetachPolicies")
    if r.get("managedPolicyArns") or force:
        for policy in r.api("ListAttachedRolePolicies", RoleName=r.id)["AttachedPolicies"]:
            r.api("DetachRolePolicy", RoleName=r.id, PolicyArn=policy["PolicyArn"])
    if r.get("inlinePolicies") or force:
        for name in _inline_names(r):
            r.api("DeleteRolePolicy", RoleName=r.id, PolicyName=name)
    r.api("DeleteRole", RoleName=r.id)


def _check_role(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = policy_failures(inputs, "assumeRolePolicy", "trust", limit=2048)
    for index, policy in enumerate(inputs.get("inlinePolicies") or []):
        found = policy_failures(policy, "policy", "identity", limit=10240)
        failures += [Failure(f"inlinePolicies[{index}].policy", failure.reason) for failure in found]
    return failures


# -- managed policies ---------------------------------------------------------------------------------------------


def _policy(r: Live) -> dict[str, Any]:
    policy = r.api("GetPolicy", PolicyArn=r.id)["Policy"]
    version = r.api("GetPolicyVersion", PolicyArn=r.id, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    found = as_written(r.inputs.get("policy"), text(version["Document"]))
    # Attachments come and go with other resources: as of creation, or each refresh would show a change.
    return {**policy, "PolicyDocument": found, "AttachmentCount": r.state.get("attachmentCount", 0)}


def _new_version(r: Live) -> None:
    """A policy keeps five versions; the oldest makes room for the new one."""
    versions = r.api("ListPolicyVersions", PolicyArn=r.id)["Versions"]
    if len(versions) >= 5:
        oldest = min(
            (version for version in versions if not version["IsDefaultVersion"]), key=lambda it: it["CreateDate"]
        )
        r.api("DeletePolicyVersion", PolicyArn=r.id, VersionId=oldest["VersionId"])
    r.api("CreatePolicyVersion", PolicyArn=r.id, PolicyDocument=text(r.inputs["policy"]), SetAsDefault=True)


def _delete_policy(r: Live) -> None:
    for version in r.api("ListPolicyVersions", PolicyArn=r.id)["Versions"]:
        if not version["IsDefaultVersion"]:
            r.api("DeletePolicyVersion", PolicyArn=r.id, VersionId=version["VersionId"])
    r.api("DeletePolicy", PolicyArn=r.id)


def policy_arn(r: Live) -> str:
    path = r.inputs.get("path") or "/"
    return f"arn:aws:iam::{r.account}:policy{path}{r.inputs['name']}"


# -- what hangs on a role -----------------------------------------------------------------------------------------


def _attachment(r: Live) -> dict[str, Any] | None:
    role, _, policy = r.id.partition("/")
    attached = r.api("ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]
    found = any(held["PolicyArn"] == policy for held in attached)
    return {"RoleName": role, "PolicyArn": policy} if found else None


def _role_policy(r: Live) -> dict[str, Any]:
    role, _, name = r.id.partition(":")
    found = _inline(r, role, name)
    return {**found, "PolicyDocument": as_written(r.inputs.get("policy"), text(found["PolicyDocument"]))}


def _delete_role_policy(r: Live) -> None:
    role, _, name = r.id.partition(":")
    r.api("DeleteRolePolicy", RoleName=role, PolicyName=name)


ENTRIES = (
    Entry(
        type="aws:iam/role:Role",
        service="iam",
        operation="CreateRole",
        rename={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument", "uniqueId": "RoleId"},
        name="name",
        id="Role.RoleName",
        read=_role,
        after=("inlinePolicies", "managedPolicyArns"),
        update={
            "assumeRolePolicy": lambda r: r.api(
                "UpdateAssumeRolePolicy", RoleName=r.id, PolicyDocument=text(r.inputs["assumeRolePolicy"])
            ),
            "description": _update_role,
            "maxSessionDuration": _update_role,
            "permissionsBoundary": _bound,
            "inlinePolicies": _put_inline,
            "managedPolicyArns": _attach_managed,
        },
        not_sent=("namePrefix", "forceDetachPolicies"),
        replace=("name", "namePrefix", "path"),
        delete=_delete_role,
        defaults=_NO_PREFIX | {"managedPolicyArns": [], "inlinePolicies": []},
        check=_check_role,
        tags=iam_tags("Role", "RoleName"),
        find=lambda r: r.inputs["name"],
        twin="AWS::IAM::Role",
        twin_rename={
            "name": "RoleName",
            "namePrefix": "",
            "assumeRolePolicy": "AssumeRolePolicyDocument",
            "inlinePolicies": "Policies",
            "inlinePolicies.name": "PolicyName",
            "inlinePolicies.policy": "PolicyDocument",
            "forceDetachPolicies": "",
        },
    ),
    Entry(
        type="aws:iam/policy:Policy",
        service="iam",
        operation="CreatePolicy",
        rename={"name": "PolicyName", "policy": "PolicyDocument"},
        name="name",
        name_limit=128,
        id="Policy.Arn",
        read=_policy,
        update={"policy": _new_version},
        not_sent=("namePrefix", "delayAfterPolicyCreationInMs"),
        replace=("name", "namePrefix", "path", "description"),
        delete=_delete_policy,
        defaults=_NO_PREFIX,
        check=lambda inputs: policy_failures(inputs, "policy", "identity", limit=6144),
        tags=iam_tags("Policy", "PolicyArn"),
        find=policy_arn,
        twin="AWS::IAM::ManagedPolicy",
        twin_rename={
            "name": "ManagedPolicyName",
            "namePrefix": "",
            "policy": "PolicyDocument",
            "delayAfterPolicyCreationInMs": "",
            "tags": "",
        },
    ),
    Entry(
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        service="iam",
        operation="AttachRolePolicy",
        rename={"role": "RoleName"},
        id=lambda r, answer: f"{r.inputs['role']}/{r.inputs['policyArn']}",
        read=_attachment,
        replace=("role", "policyArn"),
        delete=lambda r: r.api("DetachRolePolicy", RoleName=r.get("role"), PolicyArn=r.get("policyArn")),
    ),
    Entry(
        type="aws:iam/rolePolicy:RolePolicy",
        service="iam",
        operation="PutRolePolicy",
        rename={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        name="name",
        name_limit=128,
        id=lambda r, answer: f"{r.inputs['role']}:{r.inputs['name']}",
        read=_role_policy,
        update={"policy": lambda r: r.put()},
        not_sent=("namePrefix",),
        replace=("name", "namePrefix", "role"),
        delete=_delete_role_policy,
        defaults=_NO_PREFIX,
        check=lambda inputs: policy_failures(inputs, "policy", "identity", limit=10240),
        find=lambda r: f"{r.inputs['role']}:{r.inputs['name']}",
        twin="AWS::IAM::RolePolicy",
        twin_rename={
            "name": "PolicyName",
            "namePrefix": "",
            "role": "RoleName",
            "policy": "PolicyDocument",
        },
    ),
)
