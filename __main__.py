"""One page: a stack's settings become its platform, from the outside in."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions
from pulumi.runtime import config

import settings
from components.aws.bucket import Bucket, BucketArgs
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.keys import Keys, KeysArgs
from components.aws.network import Network, NetworkArgs
from components.kubernetes.application import Application, ApplicationArgs
from components.kubernetes.namespace import Namespace, NamespaceArgs
from components.naming import DataClass, Naming
from systems import sizing

stack = settings.parse({**config.get_config_env(), **config.CONFIG.get()})
system = stack.system
naming = Naming(system=system.name, environment=stack.environment, account_id=stack.aws_account_id, owner=stack.owner)
account = aws.Provider("account", region=stack.region, allowed_account_ids=[stack.aws_account_id])
in_account = ResourceOptions(provider=account)

network = Network(
    "network",
    NetworkArgs(
        vpc_cidr=system.firewall.network_cidr,
        zones=tuple(f"{stack.region}{zone}" for zone in "abc"[: system.objectives.zones]),
        nat_gateways=system.objectives.zones if system.production else 1,
    ),
    naming,
    in_account,
)
keys = Keys("keys", KeysArgs(account_id=stack.aws_account_id), naming, in_account)
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
