"""Where backups are kept: a bucket for each class of them, locked and never overwritten, and a locked vault.

The same component stands a second time in the recovery region, and where the stack names one a third time in an account
of its own (backup_account.py); the first copies to the others.

Costs a month, us-east-1 list prices of 2026-11, for dumps of 333 GB (a third of 1,000): 44 lie in infrequent access,
18 in the instant archive: (44.2 * 0.0125 + 18.3 * 0.004) * 333 = 209 USD, where the standard class would be 479 USD
(docs/measured/lifecycle.md). The copies cost as much again, and getting 30 of them there within minutes 0.035 USD a GB,
350 USD. Verification and drill read five dumps at 0.01 USD a GB, 17 USD.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.aws import backup_lifecycle, bucket_policies
from components.aws.backup_vault import BackupVault, BackupVaultArgs
from components.aws.bucket import Bucket, BucketArgs, ObjectLock
from components.aws.bucket_lifecycle import Keep
from components.aws.bucket_replication import Copy
from components.aws.log_groups import LogClass, days_kept
from components.aws.policy_documents import Statement, allow
from components.naming import DataClass, Naming
from rendering import backup_layout as layout
from rendering.backup_layout import BackupClass
from systems.model import Backups as Documented
from systems.model import System

_PURPOSES = {BackupClass.DATABASE: "db-backups", BackupClass.APPLICATION: "app-backups"}
#: Of a bucket whose name a document gives, for all classes together, and of its copies.
_TOGETHER, _EVIDENCE = "backups", "evidence"


@dataclass(frozen=True, kw_only=True)
class BackupsArgs:
    """`key_arn` is the backups key of the place. `records_bucket` is the archive of logs: they need no second one."""

    system: System
    key_arn: pulumi.Input[str]
    access_log_bucket: pulumi.Input[str] | None = None
    records_bucket: pulumi.Input[str] | None = None
    admits: Callable[[str], Sequence[Statement]] = lambda bucket: ()
    """Who copies in from another account: more statements for each bucket's policy, by its name."""
    vault: bool = True
    """False in an account that takes copies of objects only."""


def copy_names(system: System, elsewhere: Naming) -> tuple[str, ...]:
    """Of the buckets that copies go to, for whoever has to know them before they are there: the audit trail."""
    return tuple(elsewhere.bucket(purpose) for purpose in (*_purposes(system.backups).values(), _EVIDENCE))


def drilled_copy(system: System, elsewhere: Naming) -> str:
    """The bucket of copies that a drill reads: there may be one of its own for the database, or one for all."""
    purposes = _purposes(system.backups)
    return next(elsewhere.bucket(each) for classes, each in purposes.items() if BackupClass.DATABASE in classes)


class Backups(pulumi.ComponentResource):
    """`buckets` by class, `arns` for the audit trail, `vault_name` and `vault_arn` where there is a vault."""

    buckets: dict[str, pulumi.Input[str]]
    arns: list[pulumi.Output[str]]
    copied: Mapping[str, str]
    """Each bucket and its copy in the recovery region, by names that are known before they exist."""
    vault: BackupVault | None = None

    def __init__(self, name: str, args: BackupsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Backups", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        purposes = _purposes(args.system.backups)
        self._buckets = {classes: self._create_dump_bucket(classes, purpose) for classes, purpose in purposes.items()}
        self._evidence = self._create_evidence_bucket()
        self._all = {**self._buckets, (BackupClass.EVIDENCE,): self._evidence}
        self.buckets = {each.value: bucket.bucket_name for classes, bucket in self._all.items() for each in classes}
        if args.records_bucket is not None:
            self.buckets[BackupClass.LOGS.value] = args.records_bucket
        self.copied = {}
        self.arns = [bucket.arn for bucket in self._all.values()]
        if args.vault:
            self.vault = self._create_vault()
        self.register_outputs({"buckets": self.buckets, "vaultName": self.vault_name if self.vault else None})

    @property
    def vault_name(self) -> pulumi.Output[str]:
        return self._vault_made.vault_name

    @property
    def vault_arn(self) -> pulumi.Output[str]:
        return self._vault_made.vault_arn

    @property
    def _vault_made(self) -> BackupVault:
        if self.vault is None:
            raise LookupError(f"{self._name} has no vault: it takes copies of objects only")
        return self.vault

    @property
    def names_known(self) -> tuple[str, ...]:
        """Of all buckets, before they exist."""
        return tuple(bucket.name_known for bucket in self._all.values())

    def copy_to(self, *others: "Backups") -> None:
        """Every object, from now on; called once, with all places, the recovery region first."""
        self.copied = {bucket.name_known: others[0]._all[classes].name_known for classes, bucket in self._all.items()}
        for classes, bucket in self._all.items():
            bucket.copy_to(*(other._copy(classes, self._naming.account_id) for other in others))

    def may_dump(self) -> tuple[Statement, ...]:
        """Of the job that makes backups: new objects with their tags, and lists. It reads and deletes none."""
        buckets = [bucket.arn for bucket in self._buckets.values()]
        adding = ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
        return (
            allow("FindBackups", ["s3:ListBucket"], buckets),
            allow("AddBackups", adding, _objects(buckets)),
            allow("EncryptBackups", ["kms:GenerateDataKey", "kms:Decrypt"], [self._args.key_arn]),
        )

    def copies_to_come(self, elsewhere: Naming) -> dict[str, str]:
        """Each bucket, and the one it will be copied to in the recovery region."""
        return dict(zip(self.names_known, copy_names(self._args.system, elsewhere), strict=True))

    def may_restore(
        self, copies: Iterable[str] = (), copies_key_arn: pulumi.Input[str] | None = None
    ) -> tuple[Statement, ...]:
        """Of verification and drill: every backup, here and in the buckets called `copies`; new evidence of them."""
        there = [pulumi.Output.from_input(bucket_policies.arn(name)) for name in copies]
        buckets = [*(bucket.arn for bucket in self._buckets.values()), *there]
        keys = [self._args.key_arn] if copies_key_arn is None else [self._args.key_arn, copies_key_arn]
        return (
            allow("FindBackups", ["s3:ListBucket"], buckets),
            allow("ReadBackups", ["s3:GetObject", "s3:GetObjectVersion"], _objects(buckets)),
            allow("DecryptBackups", ["kms:Decrypt"], keys),
            allow("AddEvidence", ["s3:PutObject", "s3:AbortMultipartUpload"], _objects([self._evidence.arn])),
            allow("EncryptEvidence", ["kms:GenerateDataKey"], [self._args.key_arn]),
        )

    def _copy(self, classes: tuple[BackupClass, ...], account_id: str) -> Copy:
        elsewhere = self._naming.account_id if self._naming.account_id != account_id else None
        return Copy(bucket_arn=self._all[classes].arn, key_arn=self._args.key_arn, account_id=elsewhere)

    def _create_dump_bucket(self, classes: tuple[BackupClass, ...], purpose: str) -> Bucket:
        system, backups = self._args.system, self._args.system.backups
        return self._create_bucket(
            purpose,
            keep=backup_lifecycle.keeps(backups, classes),
            locked_days=backups.object_lock_days,
            written_once=layout.object_patterns(backups),
            physical_name=system.backup_bucket_name if self._at_home else None,
        )

    def _create_evidence_bucket(self) -> Bucket:
        """What drills and verifications found, and what is put aside in an incident: kept like the audit's records."""
        system = self._args.system
        days = days_kept(system.retention, LogClass.AUDIT)
        return self._create_bucket(
            _EVIDENCE,
            keep=backup_lifecycle.evidence(days),
            locked_days=days if system.production else system.backups.object_lock_days,
            written_once=("*",),
        )

    @property
    def _at_home(self) -> bool:
        return not self._naming.place

    def _create_bucket(
        self,
        purpose: str,
        *,
        keep: Sequence[Keep],
        locked_days: int,
        written_once: Sequence[str],
        physical_name: str | None = None,
    ) -> Bucket:
        production = self._args.system.production

        def statements(bucket: str) -> Iterable[Statement]:
            yield bucket_policies.nothing_is_overwritten(bucket, written_once)
            yield bucket_policies.tag_stays(bucket, layout.TIER_TAG, written_once)
            if production:
                yield bucket_policies.nobody_deletes(bucket)
            yield from self._args.admits(bucket)

        return Bucket(
            f"{self._name}-{purpose}",
            BucketArgs(
                purpose=purpose,
                data_class=DataClass.HEALTH,
                key_arn=self._args.key_arn,
                physical_name=physical_name,
                keep=keep,
                object_lock=ObjectLock(days=locked_days, compliance=production),
                access_log_bucket=self._args.access_log_bucket,
                statements=lambda bucket: tuple(statements(bucket)),
                protect=production,
                emptied_on_destroy=not production,
            ),
            self._naming,
            ResourceOptions(parent=self),
        )

    def _create_vault(self) -> BackupVault:
        system = self._args.system
        return BackupVault(
            f"{self._name}-vault",
            BackupVaultArgs(
                key_arn=self._args.key_arn,
                least_days=min(each.days for each in system.backups.kept),
                compliance=system.production,
            ),
            self._naming,
            ResourceOptions(parent=self),
        )


def _objects(buckets: Sequence[pulumi.Output[str]]) -> list[pulumi.Output[str]]:
    return [pulumi.Output.concat(arn, "/*") for arn in buckets]


def _purposes(backups: Documented) -> dict[tuple[BackupClass, ...], str]:
    """What is dumped, each class apart; all in one bucket where a document gives it a name."""
    used = {layout.class_of(kind) for kind in backups.kinds}
    classes = tuple(each for each in BackupClass if each in used)
    return {classes: _TOGETHER} if backups.bucket_name else {(each,): _PURPOSES[each] for each in classes}
