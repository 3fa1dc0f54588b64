"""Backups by the clock, their weekly verification, the monthly drill, and a restore that waits for a person.

Costs a month, us-east-1 list prices of 2026-11: about 1 USD for the disk of a drill of 1 TB, which is there for some
hours; the pods run where there is room.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement
from components.kubernetes import backup_pods, pooler_pods, workload_secrets
from components.kubernetes.backup_pods import Identity, Wiring
from components.kubernetes.labels import Infrastructure, labels
from components.kubernetes.pods import Json
from components.kubernetes.storage import DRIVER
from components.kubernetes.workload_secrets import File, Mounted
from components.naming import DataClass, Naming
from rendering import backup_settings, environment
from rendering.backup_settings import Places
from systems.model import BackupKind, System

BACKUP, VERIFY, DRILL, RESTORE = "backup", "backup-verify", "backup-drill", "restore"
VERIFICATION, RESTORE_DRILL = "backup-verification", "restore-drill"
#: Secret with the login of each that logs in.
_LOGINS = {BACKUP: "database-backup", RESTORE: "database-restore"}
_LONGEST_BACKUP_SECONDS, _LONGEST_READ_SECONDS, _LONGEST_DRILL_SECONDS = 6 * 3_600, 8 * 3_600, 12 * 3_600
_START_WITHIN_SECONDS = 3_600
_NEVER = "0 0 1 1 *"
_CONFIGURATION = "configuration"

#: Gives a service account a role of AWS: `grant(account, secret names, statements)`.
Grant = Callable[[str, tuple[str, ...], Sequence[Statement]], object]


@dataclass(frozen=True, kw_only=True)
class BackupJobsArgs:
    """`buckets` by class, of which database, application and evidence are used."""

    system: System
    namespace: pulumi.Input[str]
    domain: str
    region: str
    image: pulumi.Input[str]
    application_image: pulumi.Input[str]
    """Of the workload that a drill starts (backup_settings.drilled)."""
    cache_image: pulumi.Input[str]
    buckets: Mapping[str, pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    """The backups key; `disk_key_arn` is the data key."""
    disk_key_arn: pulumi.Input[str]
    copies: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of each bucket, the one in `recovery_region` that takes its copies, where pods may resolve its name."""
    recovery_region: str = ""
    uploads_bucket: pulumi.Input[str] | None
    database_host: pulumi.Input[str]
    images: Mapping[str, str]
    """References of the stack, kept by digest."""
    secret_arns: Mapping[str, pulumi.Input[str]]
    may_dump: Sequence[Statement] = ()
    may_restore: Sequence[Statement] = ()
    may_drill: Sequence[Statement] = ()
    """What `may_restore` says, and reading copies as well."""
    grant: Grant | None = None
    guards: Sequence[pulumi.Resource] = ()


class BackupJobs(pulumi.ComponentResource):
    """CronJobs in UTC, never two of one at a time."""

    def __init__(self, name: str, args: BackupJobsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:BackupJobs", name, None, opts)
        self._name, self._args, self._naming, self._system = name, args, naming, args.system
        self._child = ResourceOptions(parent=self)
        self._needs: list[pulumi.Resource] = list(args.guards)
        self._create_disks()
        self._wiring = self._create_wiring()
        backing_up = self._create_identity(BACKUP, args.may_dump)
        reading = self._create_identity(VERIFY, args.may_restore)
        drilling = self._create_identity(DRILL, args.may_drill)
        restoring = self._create_identity(RESTORE, args.may_restore)
        self._let_read_configuration(backing_up)
        for kind in args.system.backups.kinds:
            self._create_backup(kind, backing_up)
        self._create_verification(reading)
        self._create_drill(drilling)
        self._create_restore(restoring)
        self.register_outputs({"kinds": [each.name for each in args.system.backups.kinds]})

    def _create_wiring(self) -> Wiring:
        args, system = self._args, self._system
        told = backup_settings.variables(system, args.domain)
        return Wiring(
            image=args.image,
            application_image=args.application_image,
            cache_image=args.cache_image,
            settings=self._config_map("settings", "backup-settings", self._settings()),
            application=self._config_map("application", f"drilled-{environment.digest(told)}", told),
            region=args.region,
        )

    def _create_disks(self) -> None:
        """For restored data: gone with their pods, whatever becomes of other volumes, and in no plan of backups."""
        tags = sorted(self._naming.tags("drills", DataClass.HEALTH).items())
        made = kubernetes.storage.v1.StorageClass(
            f"{self._name}-disks",
            metadata={"name": backup_pods.DISKS},
            provisioner=DRIVER,
            parameters={
                "type": "gp3",
                "encrypted": "true",
                "kmsKeyId": self._args.disk_key_arn,
                "csi.storage.k8s.io/fstype": "ext4",
                **{f"tagSpecification_{number}": f"{key}={value}" for number, (key, value) in enumerate(tags, 1)},
            },
            reclaim_policy="Delete",
            volume_binding_mode="WaitForFirstConsumer",
            opts=self._child,
        )
        self._needs.append(made)

    def _settings(self) -> Mapping[str, pulumi.Input[str]]:
        """Its name stays: pods are new with every run and read what it holds then."""
        args = self._args
        unknown = {
            "buckets": dict(args.buckets),
            "key_arn": args.key_arn,
            "uploads_bucket": args.uploads_bucket,
            "database_host": args.database_host,
        }

        def rendered(known: Any) -> str:
            copied = {"copies": args.copies, "recovery_region": args.recovery_region}
            places = Places(**known, **copied, images=args.images)
            return json.dumps(backup_settings.settings(self._system, places), indent=1, sort_keys=True)

        return {
            backup_settings.FILE: pulumi.Output.from_input(unknown).apply(rendered),
            backup_settings.DATABASE_AUTHORITIES: pooler_pods.AUTHORITIES.read_text(encoding="ascii"),
        }

    def _config_map(self, role: str, name: str, data: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
        created = kubernetes.core.v1.ConfigMap(
            f"{self._name}-{role}", metadata=self._metadata(name), data=dict(data), opts=self._child
        )
        self._needs.append(created)
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_identity(self, account: str, statements: Sequence[Statement]) -> Identity:
        """A service account with a role of its own; who logs in to the database has its login as files."""
        secret = _LOGINS.get(account)
        if self._args.grant is not None:
            self._args.grant(account, (secret,) if secret else (), statements)
        made = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-{account}-account",
            metadata=self._metadata(account),
            automount_service_account_token=False,
            opts=self._child,
        )
        self._needs.append(made)
        name = made.metadata.apply(lambda metadata: metadata.name or "")
        if secret is None:
            return Identity(account=name)
        files = (File("username", "PGUSER", ()), File("password", "PGPASSWORD", ()))
        provider = workload_secrets.provider_class(
            f"{self._name}-{account}-secrets",
            copy_name=f"{account}-secrets",
            namespace=self._args.namespace,
            mounted=(Mounted(secret, files),),
            arns=self._args.secret_arns,
            parent=self,
        )
        self._needs.append(provider)
        return Identity(account=name, secrets=f"{account}-secrets", asks_the_api=account == BACKUP)

    def _let_read_configuration(self, identity: Identity) -> None:
        """ConfigMaps of the platform's namespace and nothing else: never its Secrets."""
        if not any(_CONFIGURATION in kind.contains for kind in self._system.backups.kinds):
            return
        metadata = self._metadata("backup-configuration")
        role = kubernetes.rbac.v1.Role(
            f"{self._name}-configuration",
            metadata=metadata,
            rules=[{"api_groups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}],
            opts=self._child,
        )
        subject = {"kind": "ServiceAccount", "name": identity.account, "namespace": self._args.namespace}
        kubernetes.rbac.v1.RoleBinding(
            f"{self._name}-configuration-binding",
            metadata=metadata,
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata["name"]},
            subjects=[subject],
            opts=self._child,
        )

    def _create_backup(self, kind: BackupKind, identity: Identity) -> None:
        pod = backup_pods.single(self._system, self._wiring, identity, ["backup", kind.name])
        longest = min(kind.every_seconds, _LONGEST_BACKUP_SECONDS)
        self._create_cron_job(f"backup-{kind.name}", kind.schedule, pod, longest, tries=2)

    def _create_verification(self, identity: Identity) -> None:
        pod = backup_pods.single(self._system, self._wiring, identity, ["verify"])
        schedule = self._system.backups.verification_schedule
        self._create_cron_job(VERIFICATION, schedule, pod, _LONGEST_READ_SECONDS, tries=1)

    def _create_drill(self, identity: Identity) -> None:
        """Every Sunday; it ends at once where it is not the month's first."""
        pod = backup_pods.drill(self._system, self._wiring, identity)
        self._create_cron_job(RESTORE_DRILL, self._system.backups.drill.schedule, pod, _LONGEST_DRILL_SECONDS, tries=0)

    def _create_restore(self, identity: Identity) -> None:
        """Suspended for ever: `kubectl create job --from=cronjob/restore` (docs/restore.md)."""
        pod = backup_pods.single(self._system, self._wiring, identity, ["restore"], disk=True)
        self._create_cron_job(RESTORE, _NEVER, pod, 2 * _LONGEST_DRILL_SECONDS, tries=0, suspended=True)

    def _create_cron_job(
        self, name: str, schedule: str, pod: Json, longest_seconds: int, *, tries: int, suspended: bool = False
    ) -> None:
        job = {
            "backoff_limit": tries,
            "active_deadline_seconds": longest_seconds,
            "template": {"metadata": {"labels": _labels(name), **backup_pods.annotated(self._system)}, "spec": pod},
        }
        kubernetes.batch.v1.CronJob(
            f"{self._name}-{name}",
            metadata=self._metadata(name),
            spec={
                "schedule": schedule,
                "time_zone": "Etc/UTC",
                "suspend": suspended,
                "concurrency_policy": "Forbid",
                "starting_deadline_seconds": _START_WITHIN_SECONDS,
                "successful_jobs_history_limit": 3,
                "failed_jobs_history_limit": 3,
                "job_template": {"metadata": {"labels": _labels(name)}, "spec": job},
            },
            opts=ResourceOptions(parent=self, depends_on=self._needs),
        )

    def _metadata(self, name: str) -> Json:
        return {"name": name, "namespace": self._args.namespace, "labels": _labels(name)}


def _labels(name: str) -> dict[str, str]:
    return labels(Infrastructure.JOB, app=name, program="lifeline-backup")
