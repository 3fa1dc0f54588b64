"""One page: a stack's settings become its platform, from the outside in."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions
from pulumi.runtime import config

import settings
from components.aws.bucket import Bucket, BucketArgs
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.endpoints import Endpoints, EndpointsArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.flow_logs import FlowLogs, FlowLogsArgs
from components.aws.keys import Keys, KeysArgs
from components.aws.name_firewall import NameFirewall, NameFirewallArgs
from components.aws.network import Network, NetworkArgs
from components.kubernetes.application import Application, ApplicationArgs
from components.kubernetes.namespace import Namespace, NamespaceArgs
from components.naming import DataClass, Naming
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
backups = Bucket(
    "backups",
    BucketArgs(purpose="backups", key_arn=keys.arn("backups"), data_class=DataClass.HEALTH),
    naming,
    in_account,
)
cluster = Cluster(
    "cluster",
    ClusterArgs(
        kubernetes_version="1.35",
        subnet_ids=network.private_subnet_ids,
        secrets_key_arn=keys.arn("cluster"),
        node_groups=sizing.plan(system).node_groups,
        admin_cidrs=stack.admin_cidrs,
    ),
    naming,
    in_account,
)
in_cluster = ResourceOptions(provider=cluster.provider)
platform = Namespace("platform", NamespaceArgs(purpose=system.name), naming, in_cluster)
for workload in system.workloads:
    Application(
        workload.name,
        ApplicationArgs(
            workload=workload,
            hardening=system.application.hardening,
            image=stack.images[workload.image],
            namespace=platform.namespace,
        ),
        naming,
        in_cluster,
    )

pulumi.export("vpc_id", network.vpc_id)
pulumi.export("cluster", cluster.cluster_name)
pulumi.export("cluster_endpoint", cluster.endpoint)
pulumi.export("backup_bucket", backups.bucket_name)
pulumi.export("namespace", platform.namespace)
