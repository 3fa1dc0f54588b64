"""Where a stack is built: its settings, its names, the providers of its two regions, and the bound of all its roles."""

from dataclasses import dataclass, replace

import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.edge_region import EDGE_REGION
from components.aws.role_boundary import RoleBoundary, RoleBoundaryArgs
from components.naming import Naming
from settings import Settings
from systems.model import System

#: What the stack takes on in an account that keeps its backups.
BACKUP_ROLE = "lifeline-backups"


@dataclass(frozen=True, kw_only=True)
class Site:
    settings: Settings
    naming: Naming
    in_account: ResourceOptions
    in_recovery: ResourceOptions
    recovery: aws.Provider
    in_backup_account: ResourceOptions | None = None
    """Where a third copy of every backup lies; None where the stack names no such account."""

    @classmethod
    def of(cls, settings: Settings) -> "Site":
        """Both providers refuse to work in any account but the stack's."""
        allowed = [settings.aws_account_id]
        account = aws.Provider("account", region=settings.region, allowed_account_ids=allowed)
        recovery = aws.Provider("recovery", region=settings.recovery_region, allowed_account_ids=allowed)
        apart = settings.backup_account_id
        naming = Naming(
            system=settings.system.name,
            environment=settings.environment,
            account_id=settings.aws_account_id,
            owner=settings.owner,
        )
        in_account = ResourceOptions(provider=account)
        regions = sorted({settings.region, settings.recovery_region, EDGE_REGION})
        boundary = RoleBoundary("role-boundary", RoleBoundaryArgs(regions=regions), naming, in_account)
        return cls(
            settings=settings,
            naming=naming,
            in_account=boundary.over(in_account),
            in_recovery=boundary.over(ResourceOptions(provider=recovery)),
            recovery=recovery,
            in_backup_account=ResourceOptions(provider=other_account(apart, settings.region)) if apart else None,
        )

    @property
    def system(self) -> System:
        return self.settings.system

    @property
    def account_id(self) -> str:
        return self.settings.aws_account_id

    @property
    def region(self) -> str:
        return self.settings.region

    @property
    def recovery_region(self) -> str:
        return self.settings.recovery_region

    @property
    def elsewhere(self) -> Naming:
        """Names of what stands in the recovery region: roles and buckets share theirs with all regions."""
        return replace(self.naming, place="recovery")


def other_account(account_id: str, region: str) -> aws.Provider:
    """Of the account that keeps backups: by a role there, which whoever runs that account gives and takes away."""
    # As the SDK's own type: of a dictionary it would hand the names on as they stand, and the provider knows others.
    role = aws.ProviderAssumeRoleArgs(role_arn=f"arn:aws:iam::{account_id}:role/{BACKUP_ROLE}", session_name="lifeline")
    return aws.Provider("backup-account", region=region, allowed_account_ids=[account_id], assume_roles=[role])
