"""What IAM has beside roles: instance profiles, identity providers, service-linked roles, the account's rules."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.iam import iam_tags
from rehearsal.providers.aws.tags import pairs
from rehearsal.providers.provider import Failure

# -- instance profiles --------------------------------------------------------------------------------------------


def _profile(r: Live) -> dict[str, Any]:
    profile = r.api("GetInstanceProfile", InstanceProfileName=r.id)["InstanceProfile"]
    roles = profile.pop("Roles", [])
    return {**profile, "Role": roles[0]["RoleName"] if roles else None}


def _give_role(r: Live) -> None:
    held, wanted = _profile(r)["Role"], r.inputs.get("role")
    if held and held != wanted:
        r.api("RemoveRoleFromInstanceProfile", InstanceProfileName=r.id, RoleName=held)
    if wanted and held != wanted:
        r.api("AddRoleToInstanceProfile", InstanceProfileName=r.id, RoleName=wanted)


def _delete_profile(r: Live) -> None:
    held = _profile(r)["Role"]
    if held:
        r.api("RemoveRoleFromInstanceProfile", InstanceProfileName=r.id, RoleName=held)
    r.api("DeleteInstanceProfile", InstanceProfileName=r.id)


# -- identity providers -------------------------------------------------------------------------------------------


def _provider(r: Live) -> dict[str, Any]:
    found = r.api("GetOpenIDConnectProvider", OpenIDConnectProviderArn=r.id)
    scheme = "https://" if str(r.inputs.get("url", "")).startswith("https://") else ""
    return {**found, "Url": scheme + found["Url"].removeprefix("https://")}


def _change_clients(r: Live) -> None:
    held, wanted = set(r.state.get("clientIdLists") or []), set(r.inputs["clientIdLists"])
    for client in sorted(wanted - held):
        r.validated("AddClientIDToOpenIDConnectProvider", OpenIDConnectProviderArn=r.id, ClientID=client)
    for client in sorted(held - wanted):
        r.validated("RemoveClientIDFromOpenIDConnectProvider", OpenIDConnectProviderArn=r.id, ClientID=client)


def _change_thumbprints(r: Live) -> None:
    wanted = r.inputs.get("thumbprintLists") or []
    r.api("UpdateOpenIDConnectProviderThumbprint", OpenIDConnectProviderArn=r.id, ThumbprintList=wanted)


def _check_provider(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    url = inputs["url"]
    if isinstance(url, str) and not url.startswith("https://"):
        failures.append(Failure("url", f"must begin with https://, got {url!r} (AWS rule)"))
    for index, thumbprint in enumerate(inputs.get("thumbprintLists") or []):
        if isinstance(thumbprint, str) and not re.fullmatch(r"[0-9a-fA-F]{40}", thumbprint):
            reason = f"must have 40 hexadecimal digits, got {thumbprint!r} (AWS rule)"
            failures.append(Failure(f"thumbprintLists[{index}]", reason))
    return failures


# -- service-linked roles -----------------------------------------------------------------------------------------


def _create_linked_role(r: Live) -> Any:
    answer = r.api("CreateServiceLinkedRole", **r.request())
    if r.all_tags:
        r.api("TagRole", RoleName=answer["Role"]["RoleName"], Tags=pairs(r.all_tags))
    return answer


def _role_name(r: Live) -> str:
    return r.id.rpartition("/")[2]


def _delete_linked_role(r: Live) -> None:
    r.api("DeleteServiceLinkedRole", RoleName=_role_name(r))


def _linked_role_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": _role_name(r), "uniqueId": live["RoleId"]}


def _check_linked_role(inputs: Mapping[str, Any]) -> list[Failure]:
    service = inputs["awsServiceName"]
    if isinstance(service, str) and not service.endswith(".amazonaws.com"):
        return [Failure("awsServiceName", f"must look like `rds.amazonaws.com`, got {service!r} (AWS rule)")]
    return []


# -- exclusive lists ----------------------------------------------------------------------------------------------


def _only_policies(r: Live) -> None:
    role = r.inputs["roleName"]
    for name in r.api("ListRolePolicies", RoleName=role)["PolicyNames"]:
        if name not in r.inputs["policyNames"]:
            r.api("DeleteRolePolicy", RoleName=role, PolicyName=name)


def _only_attachments(r: Live) -> None:
    role, wanted = r.inputs["roleName"], set(r.inputs["policyArns"])
    held = {policy["PolicyArn"] for policy in r.api("ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]}
    for policy in sorted(held - wanted):
        r.api("DetachRolePolicy", RoleName=role, PolicyArn=policy)
    for policy in sorted(wanted - held):
        r.api("AttachRolePolicy", RoleName=role, PolicyArn=policy)


def _attached(r: Live) -> dict[str, Any]:
    held = r.api("ListAttachedRolePolicies", RoleName=r.id)["AttachedPolicies"]
    return {"RoleName": r.id, "PolicyArns": [policy["PolicyArn"] for policy in held]}


ENTRIES = (
    Entry(
        type="aws:iam/instanceProfile:InstanceProfile",
        service="iam",
        operation="CreateInstanceProfile",
        rename={"name": "InstanceProfileName", "uniqueId": "InstanceProfileId"},
        name="name",
        name_limit=128,
        id="InstanceProfile.InstanceProfileName",
        read=_profile,
        after=("role",),
        update={"role": _give_role},
        not_sent=("namePrefix",),
        replace=("name", "namePrefix", "path"),
        delete=_delete_profile,
        defaults={"namePrefix": ""},
        tags=iam_tags("InstanceProfile", "InstanceProfileName"),
        find=lambda r: r.inputs["name"],
        twin="AWS::IAM::InstanceProfile",
        twin_rename={"name": "InstanceProfileName", "namePrefix": "", "role": "Roles", "tags": ""},
    ),
    Entry(
        type="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        service="iam",
        operation="CreateOpenIDConnectProvider",
        rename={"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"},
        id="OpenIDConnectProviderArn",
        read=_provider,
        update={"clientIdLists": _change_clients, "thumbprintLists": _change_thumbprints},
        lost=("clientIdLists",),
        replace=("url",),
        delete=lambda r: r.api("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=r.id),
        outputs=lambda r, live: {"arn": r.id},
        check=_check_provider,
        tags=iam_tags("OpenIDConnectProvider", "OpenIDConnectProviderArn"),
        alone=True,
        find=lambda r: f"arn:aws:iam::{r.account}:oidc-provider/{r.inputs['url'].removeprefix('https://')}",
        twin="AWS::IAM::OIDCProvider",
        twin_rename={"clientIdLists": "ClientIdList", "thumbprintLists": "ThumbprintList"},
    ),
    Entry(
        type="aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        service="iam",
        operation="UpdateAccountPasswordPolicy",
        presets={"allowUsersToChangePassword": True},
        id=lambda r, answer: "iam-account-password-policy",
        read=lambda r: r.api("GetAccountPasswordPolicy")["PasswordPolicy"],
        update={"*": lambda r: r.put()},
        delete=lambda r: r.api("DeleteAccountPasswordPolicy"),
        outputs=lambda r, live: {"expirePasswords": bool(r.get("maxPasswordAge"))},
        alone=True,
    ),
    Entry(
        type="aws:iam/serviceLinkedRole:ServiceLinkedRole",
        service="iam",
        operation="CreateServiceLinkedRole",
        create=_create_linked_role,
        rename={"awsServiceName": "AWSServiceName"},
        id="Role.Arn",
        read=lambda r: r.api("GetRole", RoleName=_role_name(r))["Role"],
        update={
            "description": lambda r: r.api(
                "UpdateRole", RoleName=_role_name(r), Description=r.inputs.get("description", "")
            )
        },
        lost=("awsServiceName", "customSuffix"),
        replace=("awsServiceName", "customSuffix"),
        delete=_delete_linked_role,
        outputs=_linked_role_outputs,
        check=_check_linked_role,
        tags=iam_tags("Role", "RoleName", of=_role_name),
        twin="AWS::IAM::ServiceLinkedRole",
        twin_rename={"tags": ""},
    ),
    Entry(
        type="aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
        service="iam",
        create=_only_policies,
        id=lambda r, answer: r.inputs["roleName"],
        read=lambda r: {"RoleName": r.id, **r.api("ListRolePolicies", RoleName=r.id)},
        update={"policyNames": _only_policies},
        replace=("roleName",),
        alone=True,
    ),
    Entry(
        type="aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        service="iam",
        create=_only_attachments,
        id=lambda r, answer: r.inputs["roleName"],
        read=_attached,
        update={"policyArns": _only_attachments},
        replace=("roleName",),
        alone=True,
    ),
)
