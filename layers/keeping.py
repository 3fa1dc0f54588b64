"""Backups by the clock, and the proof that they restore."""

from collections.abc import Sequence

from components.aws.backups import drilled_copy
from components.aws.policy_documents import Statement
from components.kubernetes.backup_jobs import BackupJobs, BackupJobsArgs
from layers.data import Data
from layers.ground import Ground
from layers.machines import Machines
from layers.platform import Platform
from layers.site import Site
from rendering import backup_settings

_UPLOADS = "uploads"


def keep_backups(site: Site, ground: Ground, data: Data, machines: Machines, platform: Platform) -> BackupJobs:
    shared = platform.shared
    copies = _copies(site, data)
    uploads = any(_UPLOADS in kind.contains for kind in site.system.backups.kinds)

    def grant(account: str, secrets: tuple[str, ...], statements: Sequence[Statement]) -> object:
        return machines.cluster.grant(
            service_account=account,
            namespace=shared.namespace,
            policy=data.secrets.reading(*secrets) if secrets else None,
            statements=statements,
        )

    return BackupJobs(
        "backup-jobs",
        BackupJobsArgs(
            system=site.system,
            namespace=shared.namespace,
            domain=shared.domain,
            region=site.region,
            image=machines.platform_image,
            application_image=machines.images.reference(backup_settings.drilled(site.system).image),
            cache_image=machines.images.reference("redis"),
            buckets={each: data.backups.buckets[each] for each in _classes(data)},
            key_arn=ground.keys.arn("backups"),
            disk_key_arn=ground.keys.arn("data"),
            uploads_bucket=data.uploads.bucket_name if uploads else None,
            database_host=data.database.endpoint,
            images=site.settings.images,
            secret_arns=shared.secret_arns,
            may_dump=[*data.backups.may_dump(), *(data.uploads.may_read() if uploads else ())],
            may_restore=data.backups.may_restore(),
            may_drill=data.backups.may_restore(
                copies.values(), ground.keys.recovery_arn("backups") if copies else None
            ),
            copies=copies,
            recovery_region=site.recovery_region if copies else "",
            grant=grant,
            guards=shared.guards,
        ),
        site.naming,
        machines.in_cluster,
    )


def _copies(site: Site, data: Data) -> dict[str, str]:
    """The database's bucket, and the one in the recovery region whose copies are read as well."""
    if not site.system.backups.copies_to_recovery_region:
        return {}
    read = drilled_copy(site.system, site.elsewhere)
    return {bucket: copy for bucket, copy in data.backups.copies_to_come(site.elsewhere).items() if copy == read}


def _classes(data: Data) -> list[str]:
    return [each for each in data.backups.buckets if each in ("database", "application", "evidence")]
