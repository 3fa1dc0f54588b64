"""The bound of every role that the platform makes: whatever is attached to one, it makes no other and ends no evidence.

A transformation sets it on all roles below the options it is given with: no component can forget it. The pipelines may
only make and change roles that carry it, and cannot change the bound itself (delivery_rights.py). Free of charge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions, ResourceTransformationArgs, ResourceTransformationResult

from components.aws.denials import deny, keep_the_evidence, not_the_organization, only_in
from components.aws.policy_documents import Statement, allow, document
from components.naming import Naming

_PURPOSE = "role-boundary"
#: All that changes who may do what, and becoming somebody else. Passing a role on and linking one of AWS's own to a
#: service is not among it: AWS's policies for EKS and for restores ask for them.
_RIGHTS = (
    *("iam:CreateRole", "iam:CreatePolicy*", "iam:CreateUser", "iam:CreateGroup", "iam:CreateAccessKey"),
    *("iam:CreateLoginProfile", "iam:CreateInstanceProfile", "iam:CreateOpenID*", "iam:CreateSAML*"),
    *("iam:Delete*", "iam:Put*", "iam:Update*", "iam:Attach*", "iam:Detach*", "iam:Set*", "iam:Add*", "iam:Remove*"),
    "sts:AssumeRole",
)
_KEYS = ("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy", "kms:DeleteImportedKeyMaterial")


@dataclass(frozen=True, kw_only=True)
class RoleBoundaryArgs:
    """`regions` are all that the platform works in."""

    regions: Sequence[str]


class RoleBoundary(pulumi.ComponentResource):
    """`over(options)` are options under which no role is without it."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: RoleBoundaryArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:RoleBoundary", name, None, opts)
        policy = aws.iam.Policy(
            f"{name}-policy",
            name=naming.name(_PURPOSE, limit=128),
            description="What no role of the platform can be given",
            policy=document(*statements(args.regions)),
            tags=naming.tags("role-boundary"),
            opts=ResourceOptions(parent=self, protect=naming.environment == "production"),
        )
        self.arn = policy.arn
        self.register_outputs({"arn": self.arn})

    def over(self, options: ResourceOptions) -> ResourceOptions:
        return ResourceOptions.merge(options, ResourceOptions(transformations=[self._bind]))

    def _bind(self, made: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        if made.type_ != "aws:iam/role:Role":
            return None
        return ResourceTransformationResult({**made.props, "permissions_boundary": self.arn}, made.opts)


def arn_of(account_id: str, prefix: str) -> str:
    """For those who come before it; `prefix` is what all names of the stack begin with."""
    return f"arn:aws:iam::{account_id}:policy/{prefix}-{_PURPOSE}"


def statements(regions: Sequence[str]) -> list[Statement]:
    """Allows what a role's own policies allow; the rest nobody can attach."""
    return [
        allow("WhatTheirPoliciesAllow", ["*"], ["*"]),
        deny("NoRights", _RIGHTS),
        deny("KeepTheKeys", _KEYS),
        keep_the_evidence(),
        only_in(regions),
        not_the_organization(),
    ]
