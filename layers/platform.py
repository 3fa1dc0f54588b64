"""The platform itself in its cluster: namespaces, certificates, cache, proxies, jobs and every documented workload."""

from dataclasses import dataclass

from components.aws.workload_identity import granting
from components.kubernetes import cache_rotation, pooler_pods, redis_pods, workload_secrets
from components.kubernetes.application import Application, ApplicationArgs
from components.kubernetes.cache_rotation import CacheRotation, CacheRotationArgs
from components.kubernetes.certificates import InternalCertificates, InternalCertificatesArgs
from components.kubernetes.database_roles import DatabaseRoles, DatabaseRolesArgs
from components.kubernetes.haproxy import CacheBehind, HAProxy, HAProxyArgs
from components.kubernetes.jobs import Jobs, JobsArgs
from components.kubernetes.namespace import Namespaces, NamespacesArgs
from components.kubernetes.pooler import Pooler, PoolerArgs
from components.kubernetes.redis_sentinel import RedisSentinel, RedisSentinelArgs
from components.kubernetes.surroundings import Shared
from components.kubernetes.switches import Switches, SwitchesArgs
from layers.data import Data
from layers.machines import Machines
from layers.site import Site
from systems.model import Workload


@dataclass(frozen=True, kw_only=True)
class Platform:
    namespaces: Namespaces
    certificates: InternalCertificates
    shared: Shared
    """What every workload is given."""
    jobs: Jobs
    cache: RedisSentinel


def lay_platform(site: Site, data: Data, machines: Machines) -> Platform:
    namespaces = Namespaces("namespaces", NamespacesArgs(system=site.system), site.naming, machines.in_cluster)
    certificates = InternalCertificates(
        "certificates",
        InternalCertificatesArgs(
            namespace=namespaces.namespace,
            names={"balancer": (), "cache": redis_pods.certificate_names(), **pooler_pods.certificates(site.system)},
            trusted_in={"monitoring": namespaces.monitoring},
        ),
        site.naming,
        machines.in_cluster,
    )
    Switches(
        "switches",
        SwitchesArgs(system=site.system, namespace=namespaces.namespace),
        site.naming,
        machines.in_cluster,
    )
    shared = Shared(
        system=site.system,
        domain=site.settings.domain,
        namespace=namespaces.namespace,
        guards=namespaces.guards,
        secret_arns={name: data.secrets.arn(name) for name in data.secrets.kept},
        filled_secrets=workload_secrets.filled(site.system, site.settings.supplied_secrets),
        authority=certificates.authority_config_map,
        grant=granting(site.system, machines.cluster, data.secrets, data.uploads, namespaces.namespace),
    )
    roles = _make_roles(site, data, machines, shared)
    pooler = _create_pooler(site, data, machines, shared, certificates)
    jobs = Jobs(
        "jobs",
        JobsArgs(
            shared=shared,
            images=site.settings.images,
            candidates=site.settings.candidate_images,
            resolve=machines.images.release,
            after=[*roles.done, *pooler.ready],
        ),
        site.naming,
        machines.in_cluster,
    )
    platform = Platform(
        namespaces=namespaces,
        certificates=certificates,
        shared=shared,
        jobs=jobs,
        cache=_create_cache(site, machines, shared, namespaces, certificates),
    )
    _create_proxies(site, machines, platform)
    _rotate_passwords(site, data, machines, platform)
    for workload in site.system.workloads:
        _run(workload, site, data, machines, platform)
    return platform


def _make_roles(site: Site, data: Data, machines: Machines, shared: Shared) -> DatabaseRoles:
    return DatabaseRoles(
        "database-roles",
        DatabaseRolesArgs(
            shared=shared,
            image=machines.images.reference("python"),
            primary=data.database.endpoint,
            releases=[*site.settings.images.values(), *site.settings.candidate_images.values()],
        ),
        site.naming,
        machines.in_cluster,
    )


def _create_pooler(
    site: Site, data: Data, machines: Machines, shared: Shared, certificates: InternalCertificates
) -> Pooler:
    return Pooler(
        "pooler",
        PoolerArgs(
            system=site.system,
            namespace=shared.namespace,
            image=machines.images.reference("pgbouncer"),
            follower_image=machines.images.reference("python"),
            certificate_secret=certificates.secret_names["database"],
            primary=data.database.endpoint,
            replicas=data.database.replica_endpoints,
            secret_arns=shared.secret_arns,
            grant=shared.grant,
            guards=shared.guards,
        ),
        site.naming,
        machines.in_cluster,
    )


def _create_cache(
    site: Site, machines: Machines, shared: Shared, namespaces: Namespaces, certificates: InternalCertificates
) -> RedisSentinel:
    return RedisSentinel(
        "cache",
        RedisSentinelArgs(
            system=site.system,
            namespace=namespaces.namespace,
            monitoring_namespace=namespaces.monitoring,
            image=machines.images.reference("redis"),
            certificate_secret=certificates.secret_names["cache"],
            secret_arns=shared.secret_arns,
            grant=shared.grant,
            guards=namespaces.guards,
        ),
        site.naming,
        machines.in_cluster,
    )


def _create_proxies(site: Site, machines: Machines, platform: Platform) -> None:
    HAProxy(
        "haproxy",
        HAProxyArgs(
            system=site.system,
            domain=site.settings.domain,
            namespace=platform.namespaces.namespace,
            admin_cidrs=site.settings.admin_cidrs,
            image=machines.images.reference("haproxy"),
            follower_image=machines.images.reference("python"),
            certificate_secret=platform.certificates.secret_names["balancer"],
            cache=CacheBehind(servers=platform.cache.servers, password_secret=platform.cache.probe_secret),
            guards=platform.namespaces.guards,
        ),
        site.naming,
        machines.in_cluster,
    )


def _rotate_passwords(site: Site, data: Data, machines: Machines, platform: Platform) -> None:
    rotated = cache_rotation.rotated(site.system)
    CacheRotation(
        "cache-rotation",
        CacheRotationArgs(
            system=site.system,
            region=site.region,
            namespace=platform.namespaces.namespace,
            image=machines.images.reference("python"),
            secret_names={name: data.secrets.name_of(name) for name in rotated},
            grant=lambda account: machines.cluster.grant(
                service_account=account,
                namespace=platform.namespaces.namespace,
                policy=data.secrets.renewing(*rotated),
            ),
            authority=platform.certificates.authority_config_map,
            guards=platform.namespaces.guards,
        ),
        site.naming,
        machines.in_cluster,
    )


def _run(workload: Workload, site: Site, data: Data, machines: Machines, platform: Platform) -> None:
    """A candidate stands beside the release that most users have, while a rollout lasts."""
    candidate = site.settings.candidate_images.get(workload.image)
    Application(
        workload.name,
        ApplicationArgs(
            shared=platform.shared,
            workload=workload,
            image=machines.images.reference(workload.image),
            uploads_bucket=data.uploads.bucket_name if workload.stores_uploads else None,
            candidate_image=machines.images.release(workload.image, candidate) if candidate else None,
            after=platform.jobs.before_rollout,
        ),
        site.naming,
        machines.in_cluster,
    )
