"""One page: a stack's settings become its platform, from the ground up; each layer stands on the ones above it here."""

import pulumi
from pulumi.runtime import config

import layers
import settings

site = layers.Site.of(settings.parse({**config.get_config_env(), **config.CONFIG.get()}))

ground = layers.lay_ground(site)  # keys, topics that reach people, log archive
inside = layers.lay_network(site, ground)  # subnets, firewalls by address and by name, endpoints
entrance = layers.lay_entrance(site, ground, inside)  # names, edge, web firewall, balancer
data = layers.lay_data(site, ground, inside, entrance.names)  # backups, secrets, rotation, database, uploads
machines = layers.lay_machines(site, ground, inside, entrance.balancer, data)  # cluster, images, audit
platform = layers.lay_platform(site, data, machines)  # namespaces, cache, proxies, jobs, workloads
layers.keep_backups(site, ground, data, machines, platform)  # by the clock, verified weekly, restored monthly
layers.watch_inside(site, ground, data, machines, platform)  # Prometheus, Alertmanager, Grafana, Loki
recovery = layers.lay_recovery(site, ground, entrance, data, machines, platform)
alarms = layers.watch_from_outside(site, ground, inside, entrance, data)

pulumi.export("url", f"https://{site.settings.domain}")
pulumi.export(
    "delegate_to",
    {"name_servers": entrance.edge.name_servers, "delegation_signer": entrance.names.delegation_signer},
)
pulumi.export("vpc_id", inside.network.vpc_id)
pulumi.export("cluster", machines.cluster.cluster_name)
pulumi.export("cluster_endpoint", machines.cluster.endpoint)
pulumi.export("database", data.database.endpoint)
pulumi.export("backup_buckets", data.backups.buckets)
pulumi.export("namespace", platform.namespaces.namespace)
pulumi.export("recovery", recovery.told())
pulumi.export("alarm_dashboard", alarms.dashboard_url)
pulumi.export("alarms_that_reach_nobody", list(ground.topics.silent))
