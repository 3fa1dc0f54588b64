"""The edge of one stack on Pulumi's mocks, with everything it can be wired to: without cluster, in a quarter second."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import yaml
from pulumi import Input, Output

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


@dataclass(frozen=True)
class Around:
    """What an edge stands in."""

    region: str = "us-east-1"
    vpc_id: Input[str] = "vpc-1"
    subnet_ids: Sequence[Output[str]] = ()
    group_id: Input[str] = "sg-balancer"
    access_logs_bucket: str | None = "access-logs"


@cache
def edge_of(name: str, region: str = "us-east-1") -> tuple[Registered, ...]:
    """Every resource of names, balancer, edge and its alarms."""

    def program() -> None:
        subnets = [Output.from_input(f"subnet-{zone}") for zone in "abc"]
        build(stack(name), Around(region=region, subnet_ids=subnets))

    return tuple(registrations(program))


def build(read: settings.Settings, around: Around, prefix: str = "") -> Edge:
    """Names, balancer, edge, alarms, the database's name and a recovery region, where the document has them."""
    system, region = read.system, around.region
    naming = Naming(system=system.name, environment=read.environment, account_id=read.aws_account_id, owner=read.owner)
    names = Names(
        f"{prefix}names",
        NamesArgs(system=system, domain=read.domain, region=region, vpc_id=around.vpc_id),
        naming,
    )
    balancer = Balancer(
        f"{prefix}balancer",
        BalancerArgs(
            system=system,
            vpc_id=around.vpc_id,
            subnet_ids=list(around.subnet_ids),
            security_group_id=around.group_id,
            certificate_arn=names.balancer_certificate_arn,
            access_logs_bucket=around.access_logs_bucket,
        ),
        naming,
    )
    edge = Edge(
        f"{prefix}edge",
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
    alarms = EdgeAlarmsArgs(system=system, edge=edge, region=region, topic_arns={region: TOPIC})
    EdgeAlarms(f"{prefix}alarms", alarms, naming)
    for label in names.labels_of_the_database:
        names.point_inside(label, "database.internal")
    if any(host.serves is HostServes.RECOVERY_REGION for host in system.edge.hosts):
        there = "arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer/app/balancer/50dc6c495c0c9188"
        edge.serve_recovery(there, "recovery.internal")
    return edge
