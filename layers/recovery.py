"""The other region, from the same components, as much of it as the platform's objectives ask; and what is copied."""

from components.aws.backup_account import BackupAccount, BackupAccountArgs
from components.aws.backup_plan import BackupPlan, BackupPlanArgs
from components.kubernetes import storage
from components.recovery import RecoveryRegion, RecoveryRegionArgs
from layers.data import Data
from layers.entrance import Entrance
from layers.ground import Ground
from layers.machines import Machines
from layers.platform import Platform
from layers.site import Site


def lay_recovery(
    site: Site, ground: Ground, entrance: Entrance, data: Data, machines: Machines, platform: Platform
) -> RecoveryRegion:
    region = RecoveryRegion(
        "recovery-region",
        RecoveryRegionArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            recovery_region=site.recovery_region,
            domain=site.settings.domain,
            keys=ground.keys,
            logs=ground.logs,
            uploads=data.uploads,
            secrets=data.secrets,
            database=data.database,
            cluster=machines.cluster,
            names=entrance.names,
            edge=entrance.edge,
            releases=site.settings.images,
            third_party=machines.third_party,
            filled_secrets=platform.shared.filled_secrets,
            admin_cidrs=site.settings.admin_cidrs,
            external_hosts=site.settings.external_hosts,
        ),
        site.elsewhere,
        site.in_recovery,
    )
    _back_up(site, data, region)
    return region


def _back_up(site: Site, data: Data, region: RecoveryRegion) -> None:
    """Last, when there is all that is copied, and every place that it is copied to."""
    places = [region.backups] if region.backups is not None else []
    if site.in_backup_account is not None and site.settings.backup_account_id is not None:
        apart = BackupAccount(
            "backup-account",
            BackupAccountArgs(
                system=site.system,
                account_id=site.settings.backup_account_id,
                copied_from=site.account_id,
                region=site.region,
            ),
            site.naming,
            site.in_backup_account,
        )
        places.append(apart.backups)
    if places:
        data.backups.copy_to(*places)
    BackupPlan(
        "backup-plan",
        BackupPlanArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            vault_name=data.backups.vault_name,
            copy_vault_arn=region.backups.vault_arn if region.backups is not None else None,
            database_arn=data.database.arn,
            uploads_arn=data.uploads.bucket_arn if any(each.stores_uploads for each in site.system.workloads) else None,
            volume_tags=storage.volume_tags(site.naming),
        ),
        site.naming,
        site.in_account,
    )
