"""The edge of one stack on Pulumi's mocks, with everything it can be wired to: without cluster, in a quarter second."""

from functools import cache

import yaml
from pulumi import Output

import settings
from components.aws.balancer import Balancer, BalancerArgs
from components.aws.edge import Edge, EdgeArgs
from components.aws.edge_alarms import EdgeAlarms, EdgeAlarmsArgs
from components.aws.names import Names, NamesArgs
from components.naming import Naming
from systems.model import HostServes
from tests.components.recording import PROJECT, Registered, registrations

OFFICE = "203.0.113.0/24"
TOPIC = "arn:aws:sns:us-east-1:111122223333:pages"


@cache
def stack(name: str) -> settings.Settings:
    return settings.parse(yaml.safe_load((PROJECT / f"Pulumi.{name}.yaml").read_text())["config"])


@cache
def edge_of(name: str, region: str = "us-east-1") -> tuple[Registered, ...]:
    """Every resource of names, balancer, edge and its alarms."""
    return tuple(registrations(lambda: _build(stack(name), region)))


def _build(read: settings.Settings, region: str) -> None:
    system = read.system
    naming = Naming(system=system.name, environment=read.environment, account_id=read.aws_account_id, owner=read.owner)
    names = Names("names", NamesArgs(system=system, domain=read.domain, region=region, vpc_id="vpc-1"), naming)
    balancer = Balancer(
        "balancer",
        BalancerArgs(
            system=system,
            vpc_id="vpc-1",
            subnet_ids=[Output.from_input(f"subnet-{zone}") for zone in "abc"],
            security_group_id="sg-balancer",
            certificate_arn=names.balancer_certificate_arn,
            access_logs_bucket="access-logs",
        ),
        naming,
    )
    edge = Edge(
        "edge",
        EdgeArgs(
            system=system,
            names=names,
            balancer=balancer,
            region=region,
            recovery_region=read.recovery_region,
            admin_cidrs=(OFFICE, "2001:db8::/48"),
            mail_servers=read.mail_servers,
            hosts_elsewhere=read.hosts_elsewhere,
            log_archive_arn="arn:aws:s3:::access-logs",
        ),
        naming,
    )
    EdgeAlarms("alarms", EdgeAlarmsArgs(system=system, edge=edge, region=region, topic_arns={region: TOPIC}), naming)
    for label in names.labels_of_the_database:
        names.point_inside(label, "database.internal")
    if any(host.serves is HostServes.RECOVERY_REGION for host in system.edge.hosts):
        edge.serve_recovery("arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/app/b/1", "recovery.internal")
