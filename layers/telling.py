"""What whoever deployed a stack is told: where everything is, and what is left to a person, in order.

The engine sorts outputs by name; so each is said once, with what belongs together under one name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from components.aws.alarms import Alarms
from components.aws.secret_values import kept
from components.recovery import RecoveryRegion
from layers.data import Data
from layers.entrance import Entrance
from layers.ground import Ground
from layers.machines import Machines
from layers.network import Inside
from layers.platform import Platform
from layers.site import Site
from systems.model import Audience, ChannelKind, HostServes


def told(
    site: Site,
    ground: Ground,
    inside: Inside,
    entrance: Entrance,
    data: Data,
    machines: Machines,
    platform: Platform,
    recovery: RecoveryRegion,
    alarms: Alarms,
) -> Mapping[str, Any]:
    """Outputs by name. `url`, `delegate_to`, `database`, `cluster` and `namespace` are read by `operations`."""
    delegation = {"name_servers": entrance.edge.name_servers, "delegation_signer": entrance.names.delegation_signer}
    return {
        "url": f"https://{site.settings.domain}",
        "urls": urls(site),
        "delegate_to": delegation,
        "distribution": entrance.edge.distribution_domain,
        "vpc_id": inside.network.vpc_id,
        "cluster": machines.cluster.cluster_name,
        "cluster_endpoint": machines.cluster.endpoint,
        "namespace": platform.namespaces.namespace,
        "database": data.database.endpoint,
        "buckets": {
            "backups": data.backups.buckets,
            "uploads": data.uploads.bucket_name,
            "logs": ground.logs.bucket_name,
            "records": ground.logs.records_bucket_name,
        },
        "recovery": recovery.told(),
        "dashboards": {"alarms": alarms.dashboard_url, **_dashboards(site)},
        "next_steps": [f"{number}. {step}" for number, step in enumerate(next_steps(site, ground.topics.silent), 1)],
    }


def urls(site: Site) -> dict[str, str]:
    """Every name that answers from outside; `platform` is the domain itself."""
    answering = (Audience.PUBLIC, Audience.ADMINISTRATORS)
    hosts = [each for each in site.system.edge.hosts if each.audience in answering]
    found = {each.label or "platform": _url(site, each.label) for each in hosts}
    if site.system.crisis is not None:
        found["crisis_page"] = f"{_url(site, '')}{site.system.crisis.page_path}"
    return found


def next_steps(site: Site, silent: tuple[str, ...]) -> Iterator[str]:
    """What no program can do, the most urgent first. What needs nothing is not said."""
    stack, domain, system = pulumi.get_stack(), site.settings.domain, site.system
    yield (
        f"At the registrar of {domain}: the name servers and the delegation signer of delegate_to."
        " Nobody finds the platform before, and certificates wait for it."
    )
    kinds = {each.kind for each in system.monitoring.channels}
    if silent:
        yield f"Nobody hears {', '.join(silent)}: addresses in lifeline:channels of Pulumi.{stack}.yaml, then up again."
    if ChannelKind.EMAIL in kinds:
        yield "Whoever is alarmed by mail confirms the subscription that AWS sent; until then no mail arrives."
    if ChannelKind.SMS in kinds:
        yield "Register the number for text messages and ask AWS to leave the sandbox: docs/decisions/alarms.md."
    supplied = [each.name for each in kept(system) if not each.generated]
    if empty := [each for each in supplied if each not in site.settings.supplied_secrets]:
        yield f"Empty secrets: {', '.join(empty)}. Only their providers make them; the values go into Secrets Manager."
    yield f"The cluster: aws eks update-kubeconfig --name {site.naming.name()} --region {site.region}"
    yield f"Whether it is well: make health STACK={stack} WITHIN=900"


def _dashboards(site: Site) -> dict[str, str]:
    """Grafana, where the platform has a name for it."""
    hosts = [each for each in site.system.edge.hosts if each.serves is HostServes.MONITORING]
    return {"platform": _url(site, hosts[0].label)} if hosts else {}


def _url(site: Site, label: str) -> str:
    return f"https://{label}.{site.settings.domain}" if label else f"https://{site.settings.domain}"
