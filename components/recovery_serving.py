"""What runs in the warm standby's cluster: the proxies, the cache, and of each service as few as can be."""

from dataclasses import dataclass, replace

import pulumi
from pulumi import ResourceOptions

from components.aws.cluster import Cluster
from components.aws.registry import Images
from components.aws.secrets import SecretCopies
from components.aws.uploads import Uploads
from components.aws.workload_identity import granting
from components.kubernetes import cache_rotation, pooler_pods, redis_pods
from components.kubernetes.application import Application, ApplicationArgs
from components.kubernetes.cache_rotation import CacheRotation, CacheRotationArgs
from components.kubernetes.certificates import InternalCertificates, InternalCertificatesArgs
from components.kubernetes.haproxy import CacheBehind, HAProxy, HAProxyArgs
from components.kubernetes.namespace import Namespaces, NamespacesArgs
from components.kubernetes.node_autoscaler import NodeAutoscaler, NodeAutoscalerArgs
from components.kubernetes.pooler import Pooler, PoolerArgs
from components.kubernetes.redis_sentinel import RedisSentinel, RedisSentinelArgs
from components.kubernetes.storage import Storage, StorageArgs
from components.kubernetes.surroundings import Shared
from components.kubernetes.switches import Switches, SwitchesArgs
from components.naming import Naming
from systems import standby
from systems.model import System, WorkloadKind


@dataclass(frozen=True, kw_only=True)
class ServingArgs:
    """`system` is production's: quotas and bounds of scaling stay as documented."""

    system: System
    domain: str
    recovery_region: str
    cluster: Cluster
    images: Images
    secrets: SecretCopies
    uploads: Uploads
    database: pulumi.Input[str] | None
    """Host name of the replica here: applications read it, and write to it once it is promoted."""
    filled_secrets: frozenset[str]
    volumes_key_arn: pulumi.Input[str]
    admin_cidrs: tuple[str, ...]


class Serving(pulumi.ComponentResource):
    """Made by the provider of the standby's cluster; roles in AWS are the cluster's own children."""

    def __init__(self, name: str, args: ServingArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Serving", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._small = standby.at_minimum(args.system)
        self._prepare_cluster()
        self._platform = Namespaces(f"{name}-namespaces", NamespacesArgs(system=args.system), naming, self._child)
        self._certificates = self._create_certificates()
        shared = self._share()
        self._create_proxies(self._create_cache(shared))
        self._teach_cache(shared)
        if args.database is not None:
            self._create_pooler(shared, args.database)
        self._run_services(shared)
        self.register_outputs({"namespace": self._platform.namespace})

    def _prepare_cluster(self) -> None:
        args = self._args
        Storage(
            f"{self._name}-storage",
            StorageArgs(key_arn=args.volumes_key_arn, retained=args.system.production),
            self._naming,
            self._child,
        )
        NodeAutoscaler(
            f"{self._name}-node-autoscaler",
            NodeAutoscalerArgs(
                cluster_name=args.cluster.cluster_name,
                region=args.recovery_region,
                image=args.images.reference("cluster-autoscaler"),
                grant=args.cluster.grant,
            ),
            self._naming,
            self._child,
        )

    def _create_certificates(self) -> InternalCertificates:
        """From an authority of its own: whoever takes one region's key gains nothing in the other."""
        return InternalCertificates(
            f"{self._name}-certificates",
            InternalCertificatesArgs(
                namespace=self._platform.namespace,
                names={
                    "balancer": (),
                    "cache": redis_pods.certificate_names(),
                    **pooler_pods.certificates(self._args.system),
                },
                trusted_in={"monitoring": self._platform.monitoring},
            ),
            self._naming,
            self._child,
        )

    def _create_cache(self, shared: Shared) -> CacheBehind:
        """Empty: sessions and cached answers of the other region are not worth a link between the two."""
        cache = RedisSentinel(
            f"{self._name}-cache",
            RedisSentinelArgs(
                system=self._small,
                namespace=shared.namespace,
                monitoring_namespace=self._platform.monitoring,
                image=self._args.images.reference("redis"),
                certificate_secret=self._certificates.secret_names["cache"],
                secret_arns=shared.secret_arns,
                grant=shared.grant,
                guards=self._platform.guards,
            ),
            self._naming,
            self._child,
        )
        return CacheBehind(servers=cache.servers, password_secret=cache.probe_secret)

    def _teach_cache(self, shared: Shared) -> None:
        """Passwords are renewed where the platform runs, and copied here: Redis has to be told of them."""
        args, rotated = self._args, cache_rotation.rotated(self._args.system)
        here_as_there = replace(self._naming, place="")
        CacheRotation(
            f"{self._name}-cache-rotation",
            CacheRotationArgs(
                system=self._small,
                region=args.recovery_region,
                namespace=shared.namespace,
                image=args.images.reference("python"),
                secret_names={name: here_as_there.path(name) for name in rotated},
                grant=lambda account: args.cluster.grant(
                    service_account=account,
                    namespace=shared.namespace,
                    policy=args.secrets.reading(*rotated),
                ),
                renews=False,
                authority=self._certificates.authority_config_map,
                guards=self._platform.guards,
            ),
            self._naming,
            self._child,
        )

    def _create_pooler(self, shared: Shared, primary: pulumi.Input[str]) -> None:
        """Roles and passwords come with the replica: no job of the database's runs here before it is promoted."""
        Pooler(
            f"{self._name}-pooler",
            PoolerArgs(
                system=self._small,
                namespace=shared.namespace,
                image=self._args.images.reference("pgbouncer"),
                follower_image=self._args.images.reference("python"),
                certificate_secret=self._certificates.secret_names["database"],
                primary=primary,
                secret_arns=shared.secret_arns,
                grant=shared.grant,
                guards=self._platform.guards,
            ),
            self._naming,
            self._child,
        )

    def _create_proxies(self, cache: CacheBehind) -> None:
        args = self._args
        HAProxy(
            f"{self._name}-haproxy",
            HAProxyArgs(
                system=self._small,
                domain=args.domain,
                namespace=self._platform.namespace,
                admin_cidrs=args.admin_cidrs,
                image=args.images.reference("haproxy"),
                follower_image=args.images.reference("python"),
                certificate_secret=self._certificates.secret_names["balancer"],
                cache=cache,
                guards=self._platform.guards,
            ),
            self._naming,
            self._child,
        )

    def _share(self) -> Shared:
        args, namespace = self._args, self._platform.namespace
        switches = SwitchesArgs(system=args.system, namespace=namespace)
        Switches(f"{self._name}-switches", switches, self._naming, self._child)
        return Shared(
            system=self._small,
            domain=args.domain,
            namespace=namespace,
            guards=self._platform.guards,
            secret_arns=args.secrets.arns,
            filled_secrets=args.filled_secrets,
            authority=self._certificates.authority_config_map,
            grant=granting(args.system, args.cluster, args.secrets, args.uploads, namespace),
        )

    def _run_services(self, shared: Shared) -> None:
        args = self._args
        for workload in self._small.workloads:
            if workload.kind is WorkloadKind.SERVICE:
                Application(
                    f"{self._name}-{workload.name}",
                    ApplicationArgs(
                        shared=shared,
                        workload=workload,
                        image=args.images.reference(workload.image),
                        uploads_bucket=args.uploads.bucket_name if workload.stores_uploads else None,
                    ),
                    self._naming,
                    self._child,
                )
