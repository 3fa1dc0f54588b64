"""What programs run on: the cluster with its nodes, storage and autoscaler, the images, and who watches them all."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components import third_party_images
from components.aws import bucket_policies
from components.aws.account import AccountDefaults, AccountDefaultsArgs
from components.aws.audit import Audit, AuditArgs
from components.aws.backups import copy_names as backup_copies
from components.aws.balancer import Balancer
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.detectors import Detectors, DetectorsArgs
from components.aws.registry import Images, ImagesArgs
from components.aws.uploads import PURPOSE as UPLOADS
from components.docker.images import PLATFORM, PlatformImage, PlatformImageArgs
from components.kubernetes.node_autoscaler import NodeAutoscaler, NodeAutoscalerArgs
from components.kubernetes.storage import Storage, StorageArgs
from layers.data import Data
from layers.ground import Ground
from layers.network import Inside
from layers.site import Site
from systems import sizing


@dataclass(frozen=True, kw_only=True)
class Machines:
    cluster: Cluster
    images: Images
    platform_image: pulumi.Input[str]
    """Of this project's own programs: built, or as the stack names it."""
    third_party: Mapping[str, str]
    """References of images that others make, by digest."""
    in_cluster: ResourceOptions
    audit: Audit


def lay_machines(site: Site, ground: Ground, inside: Inside, balancer: Balancer, data: Data) -> Machines:
    cluster = _create_cluster(site, ground, inside)
    for group, nodes in cluster.node_groups.items():
        balancer.forward_to(group, nodes)
    third_party = third_party_images.references(site.settings.image_digests)
    images = Images(
        "images",
        ImagesArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            key_arn=ground.keys.arn("cluster"),
            releases=site.settings.images,
            third_party=third_party,
        ),
        site.naming,
        site.in_account,
    )
    platform_image = PlatformImage(
        "platform-image",
        PlatformImageArgs(
            images=images,
            account_id=site.account_id,
            architecture=site.system.hardware.architectures[0],
            pinned=site.settings.images.get(PLATFORM),
        ),
        site.naming,
        site.in_account,
    )
    audit = _record_everything(site, ground, data, cluster)
    in_cluster = ResourceOptions(provider=cluster.provider)
    Storage(
        "storage",
        StorageArgs(key_arn=ground.keys.arn("data"), retained=site.system.production),
        site.naming,
        in_cluster,
    )
    NodeAutoscaler(
        "node-autoscaler",
        NodeAutoscalerArgs(
            cluster_name=cluster.cluster_name,
            region=site.region,
            image=images.reference("cluster-autoscaler"),
            grant=cluster.grant,
        ),
        site.naming,
        in_cluster,
    )
    return Machines(
        cluster=cluster,
        images=images,
        platform_image=platform_image.reference,
        third_party=third_party,
        in_cluster=in_cluster,
        audit=audit,
    )


def _create_cluster(site: Site, ground: Ground, inside: Inside) -> Cluster:
    return Cluster(
        "cluster",
        ClusterArgs(
            system=site.system,
            account_id=site.account_id,
            node_groups=sizing.plan(site.system).node_groups,
            zones=inside.network.zones,
            subnet_ids=inside.network.private_subnet_ids,
            node_group_id=inside.firewall.node_group_id,
            control_plane_group_id=inside.firewall.control_plane_group_id,
            secrets_key_arn=ground.keys.arn("cluster"),
            volumes_key_arn=ground.keys.arn("data"),
            logs_key_arn=ground.keys.arn("logs"),
            archive=ground.logs,
            admin_cidrs=site.settings.admin_cidrs,
        ),
        site.naming,
        site.in_account,
    )


def _record_everything(site: Site, ground: Ground, data: Data, cluster: Cluster) -> Audit:
    """Trail, Config and detectors; the account's own part only where no landing zone has it."""
    audit = Audit(
        "audit",
        AuditArgs(
            system=site.system,
            account_id=site.account_id,
            archive=ground.logs,
            key_arn=ground.keys.arn("logs"),
            watched_bucket_arns=[data.uploads.bucket_arn, *data.backups.arns, *_copies(site)],
            control_plane_log=cluster.log_group_name,
            topic_arn=ground.topics.outage_arn,
        ),
        site.naming,
        site.in_account,
    )
    if site.settings.account_baseline != "managed":
        return audit
    AccountDefaults(
        "account", AccountDefaultsArgs(volumes_key_arn=ground.keys.arn("data")), site.naming, site.in_account
    )
    Detectors(
        "detectors",
        DetectorsArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            archive=ground.logs,
            logs_key_arn=ground.keys.arn("logs"),
            topic_arn=ground.topics.outage_arn,
        ),
        site.naming,
        site.in_account,
    )
    return audit


def _copies(site: Site) -> list[str]:
    """Buckets to come in the recovery region: whoever reads a copy reads the same health data."""
    backups = site.system.backups.copies_to_recovery_region
    copied = backup_copies(site.system, site.elsewhere) if backups else ()
    return [bucket_policies.arn(name) for name in (site.elsewhere.bucket(UPLOADS), *copied)]
