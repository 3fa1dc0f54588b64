"""Who notices: Prometheus and Grafana inside the cluster, alarms of AWS outside of it that watch even those."""

from dataclasses import dataclass

from components.aws.alarm_metrics import Watched
from components.aws.alarms import Alarms, AlarmsArgs
from components.aws.alert_topics import AlertTopics, AlertTopicsArgs
from components.kubernetes.monitoring import Monitoring, MonitoringArgs
from layers.data import Data
from layers.entrance import Entrance
from layers.ground import Ground
from layers.machines import Machines
from layers.network import Inside
from layers.platform import Platform
from layers.site import Site
from rendering.grafana.dashboards import dashboards
from rendering.prometheus.rules import rules


@dataclass(frozen=True, kw_only=True)
class Watch:
    alert_topics: AlertTopics
    monitoring: Monitoring


def watch_inside(site: Site, ground: Ground, data: Data, machines: Machines, platform: Platform) -> Watch:
    alert_topics = AlertTopics(
        "alert-topics",
        AlertTopicsArgs(
            system=site.system,
            key_arn=ground.keys.arn("logs"),
            addresses=site.settings.channels,
            alarm_actions=[ground.topics.outage_arn],
        ),
        site.naming,
        site.in_account,
    )
    monitoring = Monitoring(
        "monitoring",
        MonitoringArgs(
            system=site.system,
            domain=site.settings.domain,
            region=site.region,
            recovery_region=site.recovery_region,
            namespace=platform.namespaces.monitoring,
            platform_namespace=platform.namespaces.namespace,
            agents_namespace=platform.namespaces.node_agents,
            reference=machines.images.reference,
            rules={"lifeline.yaml": rules(site.system, site.settings.runbooks)},
            alert_topics=alert_topics.arns,
            publishing=alert_topics.publishing(),
            dashboards=dashboards(site.system),
            secret_arns=platform.shared.secret_arns,
            filled_secrets=platform.shared.filled_secrets,
            reading=data.secrets.reading,
            grant=machines.cluster.grant,
            sign_on=site.settings.sign_on,
        ),
        site.naming,
        machines.in_cluster,
    )
    return Watch(alert_topics=alert_topics, monitoring=monitoring)


def watch_from_outside(
    site: Site, ground: Ground, inside: Inside, entrance: Entrance, data: Data, machines: Machines, watch: Watch
) -> Alarms:
    elsewhere = {**entrance.alarms.alarm_arns, **machines.audit.alarm_arns}
    return Alarms(
        "alarms",
        AlarmsArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            topics=ground.topics,
            watched=Watched(
                database_instance_id=data.database.instance_id,
                replica_ids=data.database.replica_ids,
                balancer_arn_suffix=entrance.balancer.arn_suffix,
                target_group_arn_suffix=entrance.balancer.target_group_arn_suffix,
                health_check_ids=entrance.edge.health_check_ids,
                distribution_id=entrance.edge.distribution_id,
                nat_gateway_ids=inside.network.nat_gateway_ids,
                rotation_function_name=data.rotation.function_name,
                backup_vault_name=data.backups.vault_name,
                backup_copies=data.backups.copied,
            ),
            backup_buckets=data.backups.names_known,
            other_alarm_arns=[watch.alert_topics.heartbeat_alarm_arn, *elsewhere.values()],
        ),
        site.naming,
        site.in_account,
    )
