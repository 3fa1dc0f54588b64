"""The private network: subnets and routes, who may talk to whom, which names may be asked for, ways to AWS."""

from dataclasses import dataclass

from components.aws.backups import drilled_copy
from components.aws.endpoints import Endpoints, EndpointsArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.flow_logs import FlowLogs, FlowLogsArgs
from components.aws.name_firewall import NameFirewall, NameFirewallArgs
from components.aws.network import Network, NetworkArgs
from layers.ground import Ground
from layers.site import Site


@dataclass(frozen=True, kw_only=True)
class Inside:
    network: Network
    firewall: Firewall


def lay_network(site: Site, ground: Ground) -> Inside:
    network = Network(
        "network",
        NetworkArgs(system=site.system, account_id=site.account_id, region=site.region),
        site.naming,
        site.in_account,
    )
    FlowLogs(
        "flow-logs",
        FlowLogsArgs(
            system=site.system,
            account_id=site.account_id,
            vpc_id=network.vpc_id,
            key_arn=ground.keys.arn("logs"),
        ),
        site.naming,
        site.in_account,
    )
    firewall = Firewall(
        "firewall",
        FirewallArgs(system=site.system, vpc_id=network.vpc_id, s3_prefix_list_id=network.s3_prefix_list_id),
        site.naming,
        site.in_account,
    )
    NameFirewall(
        "name-firewall",
        NameFirewallArgs(
            system=site.system,
            region=site.region,
            domain=site.settings.domain,
            vpc_id=network.vpc_id,
            external_hosts=site.settings.external_hosts,
            buckets_elsewhere=_copies_read(site),
        ),
        site.naming,
        site.in_account,
    )
    Endpoints(
        "endpoints",
        EndpointsArgs(
            account_id=site.account_id,
            region=site.region,
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids[: len(network.zones_with_gateways)],
            group_id=firewall.endpoint_group_id,
        ),
        site.naming,
        site.in_account,
    )
    return Inside(network=network, firewall=firewall)


def _copies_read(site: Site) -> dict[str, str]:
    """A drill reads the newest dump's copy in the recovery region to its last byte."""
    if not site.system.backups.copies_to_recovery_region:
        return {}
    return {drilled_copy(site.system, site.elsewhere): site.recovery_region}
