"""How visitors come in: names and certificates, the edge with its web firewall, the balancer behind it."""

from dataclasses import dataclass

from components.aws.balancer import Balancer, BalancerArgs
from components.aws.edge import Edge, EdgeArgs
from components.aws.edge_alarms import EdgeAlarms, EdgeAlarmsArgs
from components.aws.names import Names, NamesArgs
from layers.ground import Ground
from layers.network import Inside
from layers.site import Site


@dataclass(frozen=True, kw_only=True)
class Entrance:
    names: Names
    balancer: Balancer
    edge: Edge
    alarms: EdgeAlarms


def lay_entrance(site: Site, ground: Ground, inside: Inside) -> Entrance:
    names = Names(
        "names",
        NamesArgs(
            system=site.system,
            domain=site.settings.domain,
            region=site.region,
            vpc_id=inside.network.vpc_id,
            recovery_region=site.recovery_region,
        ),
        site.naming,
        site.in_account,
    )
    balancer = Balancer(
        "balancer",
        BalancerArgs(
            system=site.system,
            vpc_id=inside.network.vpc_id,
            subnet_ids=inside.network.private_subnet_ids,
            security_group_id=inside.firewall.balancer_group_id,
            certificate_arn=names.balancer_certificate_arn,
            access_logs_bucket=ground.logs.bucket_name,
        ),
        site.naming,
        site.in_account,
    )
    edge = Edge(
        "edge",
        EdgeArgs(
            system=site.system,
            names=names,
            balancer=balancer,
            region=site.region,
            recovery_region=site.recovery_region,
            admin_cidrs=site.settings.admin_cidrs,
            mail_servers=site.settings.mail_servers,
            hosts_elsewhere=site.settings.hosts_elsewhere,
            log_archive_arn=ground.logs.bucket_arn,
        ),
        site.naming,
        site.in_account,
    )
    alarms = EdgeAlarms(
        "edge-alarms",
        EdgeAlarmsArgs(system=site.system, edge=edge, region=site.region, topic_arns=ground.topics.degraded_arns),
        site.naming,
        site.in_account,
    )
    return Entrance(names=names, balancer=balancer, edge=edge, alarms=alarms)
