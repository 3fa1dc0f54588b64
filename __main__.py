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
watch = layers.watch_inside(site, ground, data, machines, platform)  # Prometheus, Alertmanager, Grafana, Loki
recovery = layers.lay_recovery(site, ground, entrance, data, machines, platform)
alarms = layers.watch_from_outside(site, ground, inside, entrance, data, machines, watch)

for name, value in layers.told(
    site, ground, inside, entrance, data, machines, platform, recovery, alarms
).items():  # where everything is, and what is left to a person
    pulumi.export(name, value)
