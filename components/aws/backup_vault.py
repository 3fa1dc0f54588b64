"""A locked vault for what AWS itself copies: the database, volumes, uploads.

Costs a month, us-east-1 list prices of 2026-11: 0.095 USD a GB of database, 0.05 of volumes and uploads, changed blocks
only; see backup_plan.py for how much that is.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement, document
from components.naming import DataClass, Naming

#: In production the lock itself can be taken away for so long, then by nobody, AWS included.
_GRACE_DAYS = 7
_LOSING = ("DeleteRecoveryPoint", "UpdateRecoveryPointLifecycle", "DisassociateRecoveryPoint", "DeleteBackupVault")


@dataclass(frozen=True, kw_only=True)
class BackupVaultArgs:
    """Nothing in it ends before `least_days`: for everybody (`compliance`), or for all without a right of their own."""

    key_arn: pulumi.Input[str]
    """The backups key."""
    least_days: int
    compliance: bool


class BackupVault(pulumi.ComponentResource):
    """`vault_name` for plans, `vault_arn` for copies from elsewhere."""

    vault_name: pulumi.Output[str]
    vault_arn: pulumi.Output[str]

    def __init__(self, name: str, args: BackupVaultArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:BackupVault", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._vault = self._create_vault()
        self._lock()
        self._refuse_deletion()
        self.vault_name, self.vault_arn = self._vault.name, self._vault.arn
        self.register_outputs({"vaultName": self.vault_name, "vaultArn": self.vault_arn})

    def _create_vault(self) -> aws.backup.Vault:
        return aws.backup.Vault(
            f"{self._name}-vault",
            name=self._naming.name("backups", limit=50),
            kms_key_arn=self._args.key_arn,
            force_destroy=not self._args.compliance,
            tags=self._naming.tags("backups", DataClass.HEALTH),
            opts=ResourceOptions(parent=self, protect=self._args.compliance),
        )

    def _lock(self) -> None:
        """With days of grace the lock is one of compliance, without them one of governance."""
        aws.backup.VaultLockConfiguration(
            f"{self._name}-lock",
            backup_vault_name=self._vault.name,
            min_retention_days=self._args.least_days,
            changeable_for_days=_GRACE_DAYS if self._args.compliance else None,
            opts=ResourceOptions(parent=self, protect=self._args.compliance),
        )

    def _refuse_deletion(self) -> None:
        """Beside the lock: what is older than its shortest time is nobody's to delete either."""
        if self._args.compliance:
            aws.backup.VaultPolicy(
                f"{self._name}-policy",
                backup_vault_name=self._vault.name,
                policy=document(_nobody_deletes()),
                opts=self._child,
            )


def _nobody_deletes() -> Statement:
    return {
        "Sid": "NobodyDeletes",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": [f"backup:{action}" for action in _LOSING],
        "Resource": "*",
    }
