"""The other region, from the same components, as much of it as the platform's objectives ask."""

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
    return RecoveryRegion(
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
