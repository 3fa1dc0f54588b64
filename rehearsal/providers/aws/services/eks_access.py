"""Who may act in a cluster, and as whom: access entries, their policies, pod identities. The emulator has none."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import policy_failures
from rehearsal.providers.aws.services.eks import role_failures
from rehearsal.providers.aws.services.eks_addons import in_cluster, stamps, uuid_of
from rehearsal.providers.provider import Failure

_PRINCIPAL = re.compile(r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+")
_RESERVED_GROUPS = ("system:", "eks:", "aws:", "amazon:", "iam:")
_POLICY = re.compile(r"^arn:aws[a-z-]*:eks::aws:cluster-access-policy/Amazon[A-Za-z]+Policy$")


# -- access entries -----------------------------------------------------------------------------------------------


def _create_inside(r: Live) -> dict[str, Any]:
    in_cluster(r)
    r.send()
    return {}


def _principal(r: Live) -> dict[str, str]:
    return {"clusterName": r.inputs["clusterName"], "principalArn": r.inputs["principalArn"]}


def _change_entry(r: Live) -> None:
    changed = [name for name in ("kubernetesGroups", "userName") if name in r.changed]
    placed = r.request(only=changed, operation="UpdateAccessEntry")
    if "kubernetesGroups" in changed:
        placed["kubernetesGroups"] = r.inputs.get("kubernetesGroups") or []
    r.api("UpdateAccessEntry", **_principal(r), **placed)


def _entry_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    principal = str(r.get("principalArn"))
    kind, name = principal.split(":")[5].split("/", 1)
    pattern = "arn:{partition}:eks:{region}:{account}:access-entry/"
    entry = f"{r.get('clusterName')}/{kind}/{principal.split(':')[4]}/{name}"
    session = "{{SessionName}}" if kind == "role" else name
    account = principal.split(":")[4]
    user = f"arn:aws:sts::{account}:assumed-role/{name}/{session}" if kind == "role" else principal
    return {
        "accessEntryArn": f"{r.arn(pattern)}{entry}/{uuid_of(r, 'accessEntryArn')}",
        "userName": r.inputs.get("userName") or user,
        "kubernetesGroups": r.inputs.get("kubernetesGroups") or [],
        **stamps(r),
    }


def _check_entry(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = _principal_failures(inputs)
    kinds = ("STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX")
    kind = inputs.get("type")
    if isinstance(kind, str) and kind not in kinds:
        failures.append(Failure("type", f"must be one of {', '.join(kinds)}; got {kind!r} (AWS rule)"))
    elif isinstance(kind, str) and kind != "STANDARD":
        failures += [
            Failure(name, f"can be given to entries of type STANDARD only, not {kind} (AWS rule)")
            for name in ("kubernetesGroups", "userName")
            if inputs.get(name)
        ]
    groups = inputs.get("kubernetesGroups")
    for index, group in enumerate(groups if isinstance(groups, list) else []):
        if isinstance(group, str) and group.startswith(_RESERVED_GROUPS):
            reason = f"must not begin with {', '.join(_RESERVED_GROUPS)}; got {group!r} (AWS rule)"
            failures.append(Failure(f"kubernetesGroups[{index}]", reason))
    return failures


def _principal_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    principal = inputs.get("principalArn")
    if not isinstance(principal, str) or _PRINCIPAL.match(principal):
        return []
    return [Failure("principalArn", f"must be the ARN of an IAM role or user, got {principal!r} (AWS rule)")]


def _check_policy(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = _principal_failures(inputs)
    policy, scope = inputs.get("policyArn"), inputs.get("accessScope")
    if isinstance(policy, str) and not _POLICY.match(policy):
        example = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
        failures.append(
            Failure("policyArn", f"must be an access policy of EKS such as {example}, got {policy!r} (AWS rule)")
        )
    if isinstance(scope, dict):
        if scope.get("type") == "namespace" and scope.get("namespaces") in (None, []):
            failures.append(Failure("accessScope.namespaces", "is needed with scope type namespace (AWS rule)"))
        if scope.get("type") == "cluster" and scope.get("namespaces"):
            failures.append(Failure("accessScope.namespaces", "cannot be given with scope type cluster (AWS rule)"))
    return failures


# -- pod identities -----------------------------------------------------------------------------------------------


def _change_identity(r: Live) -> None:
    named = {"clusterName": r.inputs["clusterName"], "associationId": r.id}
    sent = [name for name in ("roleArn", "disableSessionTags", "targetRoleArn", "policy") if name in r.changed]
    r.api("UpdatePodIdentityAssociation", **named, **r.request(only=sent, operation="UpdatePodIdentityAssociation"))


def _identity_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    pattern = "arn:{partition}:eks:{region}:{account}:podidentityassociation/"
    found: dict[str, Any] = {
        "associationId": r.id,
        "associationArn": f"{r.arn(pattern)}{r.get('clusterName')}/{r.id}",
        "disableSessionTags": bool(r.inputs.get("disableSessionTags")),
        "externalId": r.state.get("externalId") or "",
    }
    if r.inputs.get("targetRoleArn") and not found["externalId"]:
        found["externalId"] = f"{r.region}/{r.account}/{r.get('clusterName')}/{r.id}"
    return found


def _check_identity(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = role_failures(inputs, "roleArn") + role_failures(inputs, "targetRoleArn")
    return failures + policy_failures(inputs, "policy", "identity", limit=2048)


ENTRIES = (
    Entry(
        type="aws:eks/accessEntry:AccessEntry",
        service="eks",
        level="validated",
        operation="CreateAccessEntry",
        create=_create_inside,
        id=lambda r, answer: f"{r.inputs['clusterName']}:{r.inputs['principalArn']}",
        update=dict.fromkeys(("kubernetesGroups", "userName"), _change_entry),
        replace=("clusterName", "principalArn", "type"),
        alone=True,
        delete=lambda r: r.api("DeleteAccessEntry", **_principal(r)),
        outputs=_entry_outputs,
        defaults={"type": "STANDARD"},
        check=_check_entry,
        tags=tags.mapped(of=lambda r: r.state.get("accessEntryArn")),
        twin="AWS::EKS::AccessEntry",
    ),
    Entry(
        type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        service="eks",
        level="validated",
        operation="AssociateAccessPolicy",
        create=_create_inside,
        id=lambda r, answer: f"{r.inputs['clusterName']}#{r.inputs['principalArn']}#{r.inputs['policyArn']}",
        replace=("clusterName", "principalArn", "policyArn", "accessScope"),
        alone=True,
        delete=lambda r: r.api("DisassociateAccessPolicy", **_principal(r), policyArn=r.inputs["policyArn"]),
        outputs=lambda r, live: {"associatedAt": stamps(r)["createdAt"], "modifiedAt": stamps(r)["modifiedAt"]},
        check=_check_policy,
    ),
    Entry(
        type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
        service="eks",
        level="validated",
        operation="CreatePodIdentityAssociation",
        create=_create_inside,
        id=lambda r, answer: r.invented("a-"),
        update=dict.fromkeys(("roleArn", "disableSessionTags", "targetRoleArn", "policy"), _change_identity),
        replace=("clusterName", "namespace", "serviceAccount"),
        alone=True,
        delete=lambda r: r.api("DeletePodIdentityAssociation", clusterName=r.inputs["clusterName"], associationId=r.id),
        outputs=_identity_outputs,
        check=_check_identity,
        tags=tags.mapped(of=lambda r: r.state.get("associationArn")),
        twin="AWS::EKS::PodIdentityAssociation",
    ),
)
