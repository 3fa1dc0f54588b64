"""The warm standby: a small cluster in the recovery region that answers visitors, and grows when they all come.

What acts by itself (workers, schedulers, jobs) does not run here: the platform would do everything twice, and the
database is a replica that takes no writes. Whoever moves over promotes it and starts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.balancer import Balancer, BalancerArgs
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.edge import Edge
from components.aws.endpoints import Endpoints, EndpointsArgs
from components.aws.firewall import Firewall
from components.aws.keys import Keys
from components.aws.log_archive import LogArchive
from components.aws.names import Names
from components.aws.network import Network
from components.aws.postgres import Postgres
from components.aws.registry import Images, ImagesArgs
from components.aws.secrets import SecretCopies
from components.aws.uploads import Uploads
from components.naming import Naming
from components.recovery_serving import Serving, ServingArgs
from systems import sizing
from systems.model import HostServes, System


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a pilot light has already."""

    network: Network
    firewall: Firewall
    logs: LogArchive
    uploads: Uploads
    database: Postgres | None
    """A replica of the platform's."""


@dataclass(frozen=True, kw_only=True)
class StandbyArgs:
    """`after` is the platform's own cluster, which comes first; the rest is as RecoveryRegion has it."""

    system: System
    account_id: str
    region: str
    recovery_region: str
    domain: str
    ground: Ground
    keys: Keys
    secrets: SecretCopies
    after: pulumi.Resource
    names: Names
    edge: Edge
    releases: Mapping[str, str]
    third_party: Mapping[str, str]
    filled_secrets: frozenset[str]
    admin_cidrs: tuple[str, ...]


class Standby(pulumi.ComponentResource):
    """Balancer, cluster, images, what serves in it, and the distribution of the hosts documented to lead here."""

    balancer: Balancer
    cluster: Cluster

    def __init__(self, name: str, args: StandbyArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Standby", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._reach_services()
        self.balancer = self._create_balancer()
        self.cluster = self._create_cluster()
        for group, nodes in self.cluster.node_groups.items():
            self.balancer.forward_to(group, nodes)
        self._serve(self._create_images())
        self._open_to_visitors()
        self.register_outputs({"clusterName": self.cluster.cluster_name, "balancerArn": self.balancer.arn})

    def _reach_services(self) -> None:
        args, network = self._args, self._args.ground.network
        Endpoints(
            f"{self._name}-endpoints",
            EndpointsArgs(
                account_id=args.account_id,
                region=args.recovery_region,
                vpc_id=network.vpc_id,
                subnet_ids=network.private_subnet_ids[: len(network.zones_with_gateways)],
                group_id=args.ground.firewall.endpoint_group_id,
            ),
            self._naming,
            self._child,
        )

    def _create_balancer(self) -> Balancer:
        args, ground, certificate = self._args, self._args.ground, self._args.names.recovery_certificate_arn
        if certificate is None:
            raise ValueError("a warm standby needs a certificate in its region: give Names a recovery_region")
        return Balancer(
            f"{self._name}-balancer",
            BalancerArgs(
                system=args.system,
                vpc_id=ground.network.vpc_id,
                subnet_ids=ground.network.private_subnet_ids,
                security_group_id=ground.firewall.balancer_group_id,
                certificate_arn=certificate,
                access_logs_bucket=ground.logs.bucket_name,
            ),
            self._naming,
            self._child,
        )

    def _create_cluster(self) -> Cluster:
        args, ground = self._args, self._args.ground
        return Cluster(
            f"{self._name}-cluster",
            ClusterArgs(
                system=args.system,
                account_id=args.account_id,
                node_groups=sizing.plan(args.system).recovery_node_groups,
                zones=ground.network.zones,
                subnet_ids=ground.network.private_subnet_ids,
                node_group_id=ground.firewall.node_group_id,
                control_plane_group_id=ground.firewall.control_plane_group_id,
                secrets_key_arn=args.keys.recovery_arn("cluster"),
                volumes_key_arn=args.keys.recovery_arn("data"),
                logs_key_arn=args.keys.recovery_arn("logs"),
                archive=ground.logs,
                admin_cidrs=args.admin_cidrs,
                after=[args.after],
            ),
            self._naming,
            self._child,
        )

    def _create_images(self) -> Images:
        """Repositories of the same names, into which the registry copies every release as it is pushed."""
        args, at_home = self._args, replace(self._naming, place="")
        images = Images(
            f"{self._name}-images",
            ImagesArgs(
                system=args.system,
                account_id=args.account_id,
                region=args.recovery_region,
                key_arn=args.keys.recovery_arn("cluster"),
                releases=args.releases,
                third_party=args.third_party,
            ),
            at_home,
            self._child,
        )
        copied = {
            "destinations": [{"region": args.recovery_region, "registry_id": args.account_id}],
            "repository_filters": [{"filter": f"{at_home.path()}/", "filter_type": "PREFIX_MATCH"}],
        }
        aws.ecr.ReplicationConfiguration(
            f"{self._name}-images-copied",
            region=args.region,
            replication_configuration={"rules": [copied]},
            opts=ResourceOptions(parent=self, depends_on=[images]),
        )
        return images

    def _serve(self, images: Images) -> None:
        args = self._args
        Serving(
            f"{self._name}-serving",
            ServingArgs(
                system=args.system,
                domain=args.domain,
                recovery_region=args.recovery_region,
                cluster=self.cluster,
                images=images,
                secrets=args.secrets,
                uploads=args.ground.uploads,
                database=args.ground.database.endpoint if args.ground.database else None,
                filled_secrets=args.filled_secrets,
                volumes_key_arn=args.keys.recovery_arn("data"),
                admin_cidrs=args.admin_cidrs,
            ),
            self._naming,
            ResourceOptions(parent=self, provider=self.cluster.provider),
        )

    def _open_to_visitors(self) -> None:
        """Under the names documented for it. The platform's own stay where they are until somebody moves them: two
        distributions cannot carry one name."""
        if any(host.serves is HostServes.RECOVERY_REGION for host in self._args.system.edge.hosts):
            self._args.edge.serve_recovery(self.balancer.arn, self.balancer.dns_name)
