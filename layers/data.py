"""What must not be lost: backups, secrets and their rotation, the database, what people uploaded."""

from dataclasses import dataclass

from components.aws.backups import Backups, BackupsArgs
from components.aws.names import Names
from components.aws.postgres import BackupsAbroad, Postgres, PostgresArgs
from components.aws.rotation import DatabaseReach, Rotation, RotationArgs
from components.aws.secrets import Secrets, SecretsArgs
from components.aws.uploads import Uploads, UploadsArgs
from layers.ground import Ground
from layers.network import Inside
from layers.site import Site
from systems.model import RecoveryLevel


@dataclass(frozen=True, kw_only=True)
class Data:
    backups: Backups
    secrets: Secrets
    database: Postgres
    rotation: Rotation
    uploads: Uploads


def lay_data(site: Site, ground: Ground, inside: Inside, names: Names) -> Data:
    backups = Backups(
        "backups",
        BackupsArgs(
            system=site.system,
            key_arn=ground.keys.arn("backups"),
            access_log_bucket=ground.logs.bucket_name,
            records_bucket=ground.logs.records_bucket_name,
        ),
        site.naming,
        site.in_account,
    )
    secrets = Secrets(
        "secrets",
        SecretsArgs(
            system=site.system,
            account_id=site.account_id,
            key_arn=ground.keys.arn("secrets"),
            supplied=site.settings.supplied_secrets,
            recovery_region=site.recovery_region,
            recovery_key_arn=ground.keys.recovery_arn("secrets"),
        ),
        site.naming,
        site.in_account,
    )
    database = Postgres(
        "database",
        PostgresArgs(
            system=site.system,
            subnet_ids=inside.network.data_subnet_ids,
            security_group_id=inside.firewall.database_group_id,
            key_arn=ground.keys.arn("data"),
            log_key_arn=ground.keys.arn("logs"),
            password=secrets.first_password("database-administrator"),
            backups_abroad=_backups_abroad(site, ground),
        ),
        site.naming,
        site.in_account,
    )
    for label in names.labels_of_the_database:
        names.point_inside(label, database.endpoint)
    rotation = Rotation(
        "rotation",
        RotationArgs(
            system=site.system,
            secrets=secrets,
            account_id=site.account_id,
            vpc_id=inside.network.vpc_id,
            subnet_ids=inside.network.private_subnet_ids,
            endpoint_group_id=inside.firewall.endpoint_group_id,
            secrets_key_arn=ground.keys.arn("secrets"),
            logs_key_arn=ground.keys.arn("logs"),
            database=DatabaseReach(host=database.endpoint, group_id=inside.firewall.database_group_id),
        ),
        site.naming,
        site.in_account,
    )
    uploads = Uploads(
        "uploads",
        UploadsArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            key_arn=ground.keys.arn("data"),
            access_log_bucket=ground.logs.bucket_name,
        ),
        site.naming,
        site.in_account,
    )
    return Data(backups=backups, secrets=secrets, database=database, rotation=rotation, uploads=uploads)


def _backups_abroad(site: Site, ground: Ground) -> BackupsAbroad | None:
    """A replica abroad has backups of its own. Without one, any moment is to be had there from copies of ours."""
    system = site.system
    replica = system.objectives.recovery_level is not RecoveryLevel.COPIES_ONLY and system.database.recovery_replica
    if replica or not (system.production and system.backups.copies_to_recovery_region):
        return None
    if not system.database.point_in_time_days:
        return None
    return BackupsAbroad(region=site.recovery_region, key_arn=ground.keys.recovery_arn("backups"))
