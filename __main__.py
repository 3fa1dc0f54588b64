"""One page: a stack's settings become its platform, from the outside in."""

from dataclasses import replace

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions
from pulumi.runtime import config

import settings
from components import third_party_images
from components.aws.account import AccountDefaults, AccountDefaultsArgs
from components.aws.alarms import Alarms, AlarmsArgs
from components.aws.alert_topics import AlertTopics, AlertTopicsArgs
from components.aws.audit import Audit, AuditArgs
from components.aws.balancer import Balancer, BalancerArgs
from components.aws.bucket import Bucket, BucketArgs
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.detectors import Detectors, DetectorsArgs
from components.aws.edge import Edge, EdgeArgs
from components.aws.edge_alarms import EdgeAlarms, EdgeAlarmsArgs
from components.aws.endpoints import Endpoints, EndpointsArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.flow_logs import FlowLogs, FlowLogsArgs
from components.aws.keys import Keys, KeysArgs
from components.aws.log_archive import LogArchive, LogArchiveArgs
from components.aws.name_firewall import NameFirewall, NameFirewallArgs
from components.aws.names import Names, NamesArgs
from components.aws.network import Network, NetworkArgs
from components.aws.postgres import Postgres, PostgresArgs
from components.aws.registry import Images, ImagesArgs
from components.aws.rotation import DatabaseReach, Rotation, RotationArgs
from components.aws.secrets import Secrets, SecretsArgs
from components.aws.topics import Topics, TopicsArgs
from components.aws.uploads import Uploads, UploadsArgs
from components.aws.workload_identity import granting
from components.kubernetes import redis_pods, workload_secrets
from components.kubernetes.application import Application, ApplicationArgs
from components.kubernetes.certificates import InternalCertificates, InternalCertificatesArgs
from components.kubernetes.haproxy import CacheBehind, HAProxy, HAProxyArgs
from components.kubernetes.jobs import Jobs, JobsArgs
from components.kubernetes.monitoring import Monitoring, MonitoringArgs
from components.kubernetes.namespace import Namespaces, NamespacesArgs
from components.kubernetes.node_autoscaler import NodeAutoscaler, NodeAutoscalerArgs
from components.kubernetes.redis_sentinel import RedisSentinel, RedisSentinelArgs
from components.kubernetes.storage import Storage, StorageArgs
from components.kubernetes.surroundings import Shared
from components.kubernetes.switches import Switches, SwitchesArgs
from components.naming import DataClass, Naming
from components.recovery import RecoveryRegion, RecoveryRegionArgs
from rendering.grafana.dashboards import dashboards
from rendering.prometheus.rules import rules
from systems import sizing

stack = settings.parse({**config.get_config_env(), **config.CONFIG.get()})
system = stack.system
naming = Naming(system=system.name, environment=stack.environment, account_id=stack.aws_account_id, owner=stack.owner)
account = aws.Provider("account", region=stack.region, allowed_account_ids=[stack.aws_account_id])
recovery = aws.Provider("recovery", region=stack.recovery_region, allowed_account_ids=[stack.aws_account_id])
in_account = ResourceOptions(provider=account)

keys = Keys(
    "keys",
    KeysArgs(
        system=system,
        account_id=stack.aws_account_id,
        region=stack.region,
        recovery_region=stack.recovery_region,
        recovery=recovery,
    ),
    naming,
    in_account,
)
topics = Topics(
    "topics",
    TopicsArgs(
        system=system,
        account_id=stack.aws_account_id,
        region=stack.region,
        key_arn=keys.arn("logs"),
        addresses=stack.channels,
        pager_keys=stack.supplied_secrets,
    ),
    naming,
    in_account,
)
logs = LogArchive(
    "logs",
    LogArchiveArgs(system=system, account_id=stack.aws_account_id, key_arn=keys.arn("logs")),
    naming,
    in_account,
)
network = Network(
    "network",
    NetworkArgs(system=system, account_id=stack.aws_account_id, region=stack.region),
    naming,
    in_account,
)
FlowLogs(
    "flow-logs",
    FlowLogsArgs(system=system, account_id=stack.aws_account_id, vpc_id=network.vpc_id, key_arn=keys.arn("logs")),
    naming,
    in_account,
)
firewall = Firewall(
    "firewall",
    FirewallArgs(system=system, vpc_id=network.vpc_id, s3_prefix_list_id=network.s3_prefix_list_id),
    naming,
    in_account,
)
NameFirewall(
    "name-firewall",
    NameFirewallArgs(
        system=system,
        region=stack.region,
        domain=stack.domain,
        vpc_id=network.vpc_id,
        external_hosts=stack.external_hosts,
    ),
    naming,
    in_account,
)
Endpoints(
    "endpoints",
    EndpointsArgs(
        account_id=stack.aws_account_id,
        region=stack.region,
        vpc_id=network.vpc_id,
        subnet_ids=network.private_subnet_ids[: len(network.zones_with_gateways)],
        group_id=firewall.endpoint_group_id,
    ),
    naming,
    in_account,
)
names = Names(
    "names",
    NamesArgs(
        system=system,
        domain=stack.domain,
        region=stack.region,
        vpc_id=network.vpc_id,
        recovery_region=stack.recovery_region,
    ),
    naming,
    in_account,
)
balancer = Balancer(
    "balancer",
    BalancerArgs(
        system=system,
        vpc_id=network.vpc_id,
        subnet_ids=network.private_subnet_ids,
        security_group_id=firewall.balancer_group_id,
        certificate_arn=names.balancer_certificate_arn,
        access_logs_bucket=logs.bucket_name,
    ),
    naming,
    in_account,
)
edge = Edge(
    "edge",
    EdgeArgs(
        system=system,
        names=names,
        balancer=balancer,
        region=stack.region,
        recovery_region=stack.recovery_region,
        admin_cidrs=stack.admin_cidrs,
        mail_servers=stack.mail_servers,
        hosts_elsewhere=stack.hosts_elsewhere,
        log_archive_arn=logs.bucket_arn,
    ),
    naming,
    in_account,
)
EdgeAlarms(
    "edge-alarms",
    EdgeAlarmsArgs(system=system, edge=edge, region=stack.region, topic_arns=topics.degraded_arns),
    naming,
    in_account,
)
backups = Bucket(
    "backups",
    BucketArgs(purpose="backups", key_arn=keys.arn("backups"), data_class=DataClass.HEALTH),
    naming,
    in_account,
)
secrets = Secrets(
    "secrets",
    SecretsArgs(
        system=system,
        account_id=stack.aws_account_id,
        key_arn=keys.arn("secrets"),
        supplied=stack.supplied_secrets,
        recovery_region=stack.recovery_region,
        recovery_key_arn=keys.recovery_arn("secrets"),
    ),
    naming,
    in_account,
)
database = Postgres(
    "database",
    PostgresArgs(
        system=system,
        subnet_ids=network.data_subnet_ids,
        security_group_id=firewall.database_group_id,
        key_arn=keys.arn("data"),
        log_key_arn=keys.arn("logs"),
        password=secrets.first_password("database-administrator"),
    ),
    naming,
    in_account,
)
rotation = Rotation(
    "rotation",
    RotationArgs(
        system=system,
        secrets=secrets,
        account_id=stack.aws_account_id,
        vpc_id=network.vpc_id,
        subnet_ids=network.private_subnet_ids,
        endpoint_group_id=firewall.endpoint_group_id,
        secrets_key_arn=keys.arn("secrets"),
        logs_key_arn=keys.arn("logs"),
        database=DatabaseReach(host=database.endpoint, group_id=firewall.database_group_id),
    ),
    naming,
    in_account,
)
for label in names.labels_of_the_database:
    names.point_inside(label, database.endpoint)
cluster = Cluster(
    "cluster",
    ClusterArgs(
        system=system,
        account_id=stack.aws_account_id,
        node_groups=sizing.plan(system).node_groups,
        zones=network.zones,
        subnet_ids=network.private_subnet_ids,
        node_group_id=firewall.node_group_id,
        control_plane_group_id=firewall.control_plane_group_id,
        secrets_key_arn=keys.arn("cluster"),
        volumes_key_arn=keys.arn("data"),
        logs_key_arn=keys.arn("logs"),
        archive=logs,
        admin_cidrs=stack.admin_cidrs,
    ),
    naming,
    in_account,
)
for group, nodes in cluster.node_groups.items():
    balancer.forward_to(group, nodes)
images = Images(
    "images",
    ImagesArgs(
        system=system,
        account_id=stack.aws_account_id,
        region=stack.region,
        key_arn=keys.arn("cluster"),
        releases=stack.images,
        third_party=third_party_images.references(stack.image_digests),
    ),
    naming,
    in_account,
)
uploads = Uploads(
    "uploads",
    UploadsArgs(
        system=system,
        account_id=stack.aws_account_id,
        region=stack.region,
        key_arn=keys.arn("data"),
        access_log_bucket=logs.bucket_name,
    ),
    naming,
    in_account,
)
Audit(
    "audit",
    AuditArgs(
        system=system,
        account_id=stack.aws_account_id,
        archive=logs,
        key_arn=keys.arn("logs"),
        watched_bucket_arns=[uploads.bucket_arn, backups.arn],
        control_plane_log=cluster.log_group_name,
        topic_arn=topics.outage_arn,
    ),
    naming,
    in_account,
)
if stack.account_baseline == "managed":
    AccountDefaults("account", AccountDefaultsArgs(volumes_key_arn=keys.arn("data")), naming, in_account)
    Detectors(
        "detectors",
        DetectorsArgs(
            system=system,
            account_id=stack.aws_account_id,
            region=stack.region,
            archive=logs,
            logs_key_arn=keys.arn("logs"),
            topic_arn=topics.outage_arn,
        ),
        naming,
        in_account,
    )
in_cluster = ResourceOptions(provider=cluster.provider)
Storage("storage", StorageArgs(key_arn=keys.arn("data"), retained=system.production), naming, in_cluster)
NodeAutoscaler(
    "node-autoscaler",
    NodeAutoscalerArgs(
        cluster_name=cluster.cluster_name,
        region=stack.region,
        image=images.reference("cluster-autoscaler"),
        grant=cluster.grant,
    ),
    naming,
    in_cluster,
)
platform = Namespaces("namespaces", NamespacesArgs(system=system), naming, in_cluster)
certificates = InternalCertificates(
    "certificates",
    InternalCertificatesArgs(
        namespace=platform.namespace,
        names={"balancer": (), "cache": redis_pods.certificate_names(), "database": ()},
        trusted_in={"monitoring": platform.monitoring},
    ),
    naming,
    in_cluster,
)
Switches("switches", SwitchesArgs(system=system, namespace=platform.namespace), naming, in_cluster)
shared = Shared(
    system=system,
    domain=stack.domain,
    namespace=platform.namespace,
    guards=platform.guards,
    secret_arns={name: secrets.arn(name) for name in secrets.kept},
    filled_secrets=workload_secrets.filled(system, stack.supplied_secrets),
    authority=certificates.authority_config_map,
    grant=granting(system, cluster, secrets, uploads, platform.namespace),
)
jobs = Jobs(
    "jobs",
    JobsArgs(
        shared=shared,
        images=stack.images,
        candidates=stack.candidate_images,
        resolve=images.release,
    ),
    naming,
    in_cluster,
)
cache = RedisSentinel(
    "cache",
    RedisSentinelArgs(
        system=system,
        namespace=platform.namespace,
        monitoring_namespace=platform.monitoring,
        image=images.reference("redis"),
        certificate_secret=certificates.secret_names["cache"],
        secret_arns=shared.secret_arns,
        grant=shared.grant,
        guards=platform.guards,
    ),
    naming,
    in_cluster,
)
HAProxy(
    "haproxy",
    HAProxyArgs(
        system=system,
        domain=stack.domain,
        namespace=platform.namespace,
        admin_cidrs=stack.admin_cidrs,
        image=images.reference("haproxy"),
        follower_image=images.reference("python"),
        certificate_secret=certificates.secret_names["balancer"],
        cache=CacheBehind(servers=cache.servers, password_secret=cache.probe_secret),
        guards=platform.guards,
    ),
    naming,
    in_cluster,
)
for workload in system.workloads:
    Application(
        workload.name,
        ApplicationArgs(
            shared=shared,
            workload=workload,
            image=images.reference(workload.image),
            uploads_bucket=uploads.bucket_name if workload.stores_uploads else None,
            candidate_image=(
                images.release(workload.image, stack.candidate_images[workload.image])
                if workload.image in stack.candidate_images
                else None
            ),
            after=jobs.before_rollout,
        ),
        naming,
        in_cluster,
    )
alert_topics = AlertTopics(
    "alert-topics",
    AlertTopicsArgs(
        system=system, key_arn=keys.arn("logs"), addresses=stack.channels, alarm_actions=[topics.outage_arn]
    ),
    naming,
    in_account,
)
Monitoring(
    "monitoring",
    MonitoringArgs(
        system=system,
        domain=stack.domain,
        region=stack.region,
        recovery_region=stack.recovery_region,
        namespace=platform.monitoring,
        platform_namespace=platform.namespace,
        agents_namespace=platform.node_agents,
        reference=images.reference,
        rules={"lifeline.yaml": rules(system)},
        alert_topics=alert_topics.arns,
        publishing=alert_topics.publishing(),
        dashboards=dashboards(system),
        secret_arns={name: secrets.arn(name) for name in secrets.kept},
        filled_secrets=shared.filled_secrets,
        reading=secrets.reading,
        grant=cluster.grant,
        sign_on=stack.sign_on,
    ),
    naming,
    in_cluster,
)

standby = RecoveryRegion(
    "recovery-region",
    RecoveryRegionArgs(
        system=system,
        account_id=stack.aws_account_id,
        region=stack.region,
        recovery_region=stack.recovery_region,
        domain=stack.domain,
        keys=keys,
        logs=logs,
        uploads=uploads,
        secrets=secrets,
        database=database,
        cluster=cluster,
        names=names,
        edge=edge,
        releases=stack.images,
        third_party=third_party_images.references(stack.image_digests),
        filled_secrets=shared.filled_secrets,
        admin_cidrs=stack.admin_cidrs,
        external_hosts=stack.external_hosts,
    ),
    replace(naming, place="recovery"),
    ResourceOptions(provider=recovery),
)
alarms = Alarms(
    "alarms",
    AlarmsArgs(
        system=system,
        account_id=stack.aws_account_id,
        region=stack.region,
        topics=topics,
        database_instance_id=database.instance_id,
        replica_ids=database.replica_ids,
        balancer_arn_suffix=balancer.arn_suffix,
        target_group_arn_suffix=balancer.target_group_arn_suffix,
        health_check_ids=edge.health_check_ids,
        distribution_id=edge.distribution_id,
        nat_gateway_ids=network.nat_gateway_ids,
        rotation_function_name=rotation.function_name,
    ),
    naming,
    in_account,
)

pulumi.export("url", f"https://{stack.domain}")
pulumi.export("delegate_to", {"name_servers": edge.name_servers, "delegation_signer": names.delegation_signer})
pulumi.export("vpc_id", network.vpc_id)
pulumi.export("cluster", cluster.cluster_name)
pulumi.export("cluster_endpoint", cluster.endpoint)
pulumi.export("database", database.endpoint)
pulumi.export("backup_bucket", backups.bucket_name)
pulumi.export("namespace", platform.namespace)
pulumi.export("recovery", standby.told())
pulumi.export("alarm_dashboard", alarms.dashboard_url)
pulumi.export("alarms_that_reach_nobody", list(topics.silent))
