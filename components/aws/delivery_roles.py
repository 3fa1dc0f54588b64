"""The two roles that pipelines take on, without a key that anybody could lose: GitHub says who asks, AWS checks it.

They stand before the platform does, in a stack of their own (bootstrap/): a pipeline must not change its own rights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import delivery_rights
from components.aws.delivery_rights import Bounds, Repository
from components.aws.policy_documents import Statement, document
from components.naming import Naming

_PREVIEW, _DEPLOY = "delivery-preview", "delivery-deploy"
#: Made by delivery_duties.py and delivery_runners.py: out of reach for these two as they are for themselves.
_OTHERS = ("delivery-rollout", "delivery-evidence", "delivery-runner")
#: A deploy waits for clusters and databases; a preview ends within an hour or has failed.
_PREVIEW_HOURS, _DEPLOY_HOURS = 1, 4


@dataclass(frozen=True, kw_only=True)
class DeliveryRolesArgs:
    """`state_bucket` is what `make bootstrap` made."""

    repository: Repository
    account_id: str
    regions: Sequence[str]
    state_bucket: str
    issuer_arn: str | None = None
    """Of GitHub's identity provider, where the account has it already: there can be one only."""


class DeliveryRoles(pulumi.ComponentResource):
    """`preview` reads, and may rehearse changes at the cluster; `deploy` changes, from main or a hotfix branch only."""

    preview_arn: pulumi.Output[str]
    deploy_arn: pulumi.Output[str]
    issuer_arn: pulumi.Input[str]
    boundary_arn: pulumi.Output[str]

    def __init__(self, name: str, args: DeliveryRolesArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:DeliveryRoles", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._bounds = Bounds(
            account_id=args.account_id,
            regions=args.regions,
            prefix=naming.name(),
            state_bucket=args.state_bucket,
            own=[naming.name(role, limit=64) for role in (_PREVIEW, _DEPLOY, "delivery-boundary", *_OTHERS)],
        )
        self.issuer_arn = args.issuer_arn or self._create_issuer().arn
        self._boundary = self._create_boundary()
        self.boundary_arn = self._boundary.arn
        self.preview_arn = self._create_preview()
        self.deploy_arn = self._create_deploy()
        self.register_outputs({"previewArn": self.preview_arn, "deployArn": self.deploy_arn})

    def _create_issuer(self) -> aws.iam.OpenIdConnectProvider:
        """AWS knows the issuer's authority itself; a thumbprint would only be one more thing that expires."""
        return aws.iam.OpenIdConnectProvider(
            f"{self._name}-issuer",
            url=f"https://{delivery_rights.ISSUER}",
            client_id_lists=[delivery_rights.AUDIENCE],
            tags=self._naming.tags("delivery"),
            opts=ResourceOptions(parent=self, protect=True),
        )

    def _create_boundary(self) -> aws.iam.Policy:
        return aws.iam.Policy(
            f"{self._name}-boundary",
            name=self._naming.name("delivery-boundary", limit=64),
            description="What no role of the pipelines can be given",
            policy=document(*delivery_rights.boundary(self._bounds)),
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )

    def _create_preview(self) -> pulumi.Output[str]:
        return self._create_role(
            _PREVIEW,
            "Pipelines: compares, and changes nothing",
            delivery_rights.preview_trust(self.issuer_arn, self._args.repository),
            delivery_rights.preview_rights(self._bounds),
            "ReadOnlyAccess",
            _PREVIEW_HOURS,
        )

    def _create_deploy(self) -> pulumi.Output[str]:
        return self._create_role(
            _DEPLOY,
            "Pipelines: deploys what was merged",
            delivery_rights.deploy_trust(self.issuer_arn, self._args.repository),
            delivery_rights.deploy_rights(self._bounds),
            "PowerUserAccess",
            _DEPLOY_HOURS,
        )

    def _create_role(
        self,
        purpose: str,
        description: str,
        trusted: Sequence[Statement],
        rights: Sequence[Statement],
        managed: str,
        session_hours: int,
    ) -> pulumi.Output[str]:
        role = aws.iam.Role(
            f"{self._name}-{purpose}",
            name=self._naming.name(purpose, limit=64),
            description=description,
            assume_role_policy=document(*trusted),
            permissions_boundary=self._boundary.arn,
            max_session_duration=session_hours * 3600,
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        aws.iam.RolePolicy(
            f"{self._name}-{purpose}-rights", role=role.name, name="rights", policy=document(*rights), opts=self._child
        )
        aws.iam.RolePolicyAttachment(
            f"{self._name}-{purpose}-{managed}",
            role=role.name,
            policy_arn=f"arn:aws:iam::aws:policy/{managed}",
            opts=self._child,
        )
        return role.arn
