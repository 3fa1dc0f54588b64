"""What reaches what, computed from the resources of a stack: rows of origin, destination, ports and the way taken."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.components.recording import CDN_ADDRESSES, Registered
from tests.reachability.places import Place, find
from tests.reachability.ports import EVERYTHING, Ports
from tests.reachability.resources import Resources, listed
from tests.reachability.wires import EVERYWHERE, Rule, Wires

INTERNET, CDN, ADMINISTRATORS = "internet", "CDN", "administrators"
#: Its interfaces are EKS's own, in a group EKS opens outward: what it does there never starts with anything of ours.
CONTROL_PLANE = "control plane"


@dataclass(frozen=True)
class Row:
    """One line of the table. `way` says how, where that is not simply inside the network."""

    origin: str
    destination: str
    ports: Ports
    way: str = ""


def rows(resources: Resources) -> list[Row]:
    """Merged by origin, destination and way; in order."""
    merged: dict[tuple[str, str, str], Ports] = {}
    for row in _all_rows(resources):
        if row.ports:
            key = (row.origin, row.destination, row.way)
            merged[key] = merged.get(key, Ports()) | row.ports
    return [Row(origin, destination, ports, way) for (origin, destination, way), ports in sorted(merged.items())]


def uneven(resources: Resources) -> list[str]:
    """Pairs of places that reach each other from some zones and not from others: they work until a zone is lost."""
    wires = Wires(resources)
    return [
        f"{origin.name} to {destination.name}"
        for origin, destination in _pairs(resources, wires)
        if len(set(_by_subnets(wires, origin, destination))) > 1
    ]


def _all_rows(resources: Resources) -> Iterator[Row]:
    wires = Wires(resources)
    for origin, destination in _pairs(resources, wires):
        ports = Ports()
        for each in _by_subnets(wires, origin, destination):
            ports |= each
        if not (origin.tier == destination.tier and origin.tier.startswith(CONTROL_PLANE)):
            yield Row(origin.tier, destination.tier, ports)
    for place in _named(resources, wires):
        yield from _from_outside(wires, place)
        if not place.tier.startswith(CONTROL_PLANE):
            yield from _to_outside(resources, wires, place)
    yield from _through_the_cdn(resources)
    yield from _to_the_clusters_api(resources)
    yield from _past_the_network(resources)


def _named(resources: Resources, wires: Wires) -> list[Place]:
    """Tiers of a second network, such as the recovery region's, are told apart by its name."""
    places: list[Place] = []
    for place in find(resources):
        network = resources.referred(wires.network(place.subnets[0]))
        component = network.parent.rsplit("::", 1)[-1] if network else "?"
        places.append(place if component == "network" else replace(place, tier=f"{place.tier} ({component})"))
    return places


def _pairs(resources: Resources, wires: Wires) -> Iterator[tuple[Place, Place]]:
    """Those of one network: networks are not joined."""
    places = _named(resources, wires)
    for origin in places:
        for destination in places:
            if wires.network(origin.subnets[0]) == wires.network(destination.subnets[0]):
                yield origin, destination


def _by_subnets(wires: Wires, origin: Place, destination: Place) -> Iterator[Ports]:
    for here in origin.subnets:
        for there in destination.subnets:
            out = wires.past_groups(origin.groups, "egress", destination.groups, there)
            into = wires.past_groups(destination.groups, "ingress", origin.groups, here)
            yield out & into & wires.past_lists(here, there) & destination.answers


# -- across the edge of the network -----------------------------------------------------------------------------------


def _from_outside(wires: Wires, place: Place) -> Iterator[Row]:
    """Only what has a public address and a gateway can be spoken to first."""
    for subnet in place.subnets:
        if not (place.public or wires.gives_public_addresses(subnet)) or wires.way_out(subnet) != "gateway":
            continue
        for rule in wires.rules(place.groups, "ingress"):
            if (rule.cidr and not ipaddress.ip_network(rule.cidr).is_private) or rule.cidr in (EVERYWHERE, "::/0"):
                origin = INTERNET if rule.cidr in (EVERYWHERE, "::/0") else f"{INTERNET}: {rule.cidr}"
                yield Row(origin, place.tier, rule.ports & place.answers, "public address")


def _to_outside(resources: Resources, wires: Wires, place: Place) -> Iterator[Row]:
    names = "listed names only" if _names_are_listed(resources, wires.network(place.subnets[0])) else ""
    for subnet in place.subnets:
        way = wires.way_out(subnet)
        if way == "gateway" and not (place.public or wires.gives_public_addresses(subnet)):
            way = ""
        for rule in wires.rules(place.groups, "egress"):
            if way and rule.cidr and not _inside(rule.cidr):
                yield Row(place.tier, INTERNET, rule.ports, f"{way}, {names}" if names else way)
            if rule.prefix in wires.prefixes_behind_gateways(subnet):
                yield Row(place.tier, rule.prefix.rsplit(".", 1)[-1].upper(), rule.ports, "gateway endpoint")


def _inside(cidr: str) -> bool:
    return cidr not in (EVERYWHERE, "::/0") and ipaddress.ip_network(cidr).is_private


def _names_are_listed(resources: Resources, network: str) -> bool:
    """The last rule of a group that guards this network answers no other name."""
    guards = resources.of("aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation")
    groups = {each.inputs["firewallRuleGroupId"] for each in guards if each.inputs["vpcId"] == network}
    rules = resources.of("aws:route53/resolverFirewallRule:ResolverFirewallRule")
    ours = sorted((rule for rule in rules if rule.inputs["firewallRuleGroupId"] in groups), key=_priority)
    refused = resources.referred(ours[-1].inputs.get("firewallDomainListId")) if ours else None
    return bool(refused and ours[-1].inputs["action"] == "BLOCK" and refused.inputs["domains"] == ["*"])


def _priority(rule: Registered) -> int:
    return int(rule.inputs["priority"])


# -- entrances that are not in the network ----------------------------------------------------------------------------


def _through_the_cdn(resources: Resources) -> Iterator[Row]:
    """Visitors to the CDN, and the CDN to its origins. It always listens on 80 and 443."""
    for made in resources.of("aws:cloudfront/distribution:Distribution"):
        guarded = resources.referred(made.inputs.get("webAclId"))
        yield Row(INTERNET, CDN, Ports.of(80, 443), "web ACL" if guarded else "no web ACL")
        for origin in listed(made.inputs.get("origins")):
            yield from _to_origin(resources, origin)


def _to_origin(resources: Resources, origin: dict[str, object]) -> Iterator[Row]:
    private, custom = origin.get("vpcOriginConfig"), origin.get("customOriginConfig")
    if isinstance(private, dict):
        way = resources.referred(private["vpcOriginId"])
        assert way is not None, f"origin {origin['originId']}: no such VPC origin"
        yield from _through_vpc_origin(resources, way)
    elif isinstance(custom, dict):
        yield Row(
            CDN,
            f"{INTERNET}: {origin['domainName']}",
            Ports.of(int(custom["httpsPort"])),
            custom["originProtocolPolicy"],
        )
    else:
        yield Row(
            CDN, "buckets", Ports.of(443), "signed by the CDN" if origin.get("originAccessControlId") else "unsigned"
        )


def _through_vpc_origin(resources: Resources, way: Registered) -> Iterator[Row]:
    wires, config = Wires(resources), way.inputs["vpcOriginEndpointConfig"]
    plain = config["originProtocolPolicy"] != "https-only"
    sent = Ports.of(int(config["httpsPort"]), *([int(config["httpPort"])] if plain else []))
    for place in _named(resources, wires):
        balancer = resources.referred(config["arn"])
        if balancer is None or place.name != balancer.name:
            continue
        for rule in wires.rules(place.groups, "ingress"):
            if _lets_the_cdn_in(rule):
                yield Row(CDN, place.tier, rule.ports & place.answers & sent, "VPC origin")


def _lets_the_cdn_in(rule: Rule) -> bool:
    return rule.prefix == CDN_ADDRESSES or rule.cidr == EVERYWHERE


def _to_the_clusters_api(resources: Resources) -> Iterator[Row]:
    for made in resources.of("aws:eks/cluster:Cluster"):
        vpc = made.inputs["vpcConfig"]
        if vpc.get("endpointPublicAccess", True):
            for cidr in vpc.get("publicAccessCidrs") or [EVERYWHERE]:
                origin = INTERNET if cidr in (EVERYWHERE, "::/0") else ADMINISTRATORS
                yield Row(origin, CONTROL_PLANE, Ports.of(443), "public endpoint")


def _past_the_network(resources: Resources) -> Iterator[Row]:
    """Addresses, functions and buckets that the internet could use without asking the CDN."""
    used = {each.inputs.get("allocationId") for each in resources.of("aws:ec2/natGateway:NatGateway")}
    for address in resources.of("aws:ec2/eip:Eip"):
        if address.id not in used:
            yield Row(INTERNET, address.name, EVERYTHING, "elastic address")
    for url in resources.of("aws:lambda/functionUrl:FunctionUrl"):
        yield Row(INTERNET, url.name, Ports.of(443), f"function URL, {url.inputs['authorizationType']}")
    closed = {
        str(each.inputs["bucket"])
        for each in resources.of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
        if all(each.inputs.get(key) for key in ("blockPublicAcls", "blockPublicPolicy", "restrictPublicBuckets"))
    }
    for bucket in resources.of("aws:s3/bucket:Bucket"):
        if not closed & {bucket.id, str(bucket.inputs.get("bucket"))}:
            yield Row(INTERNET, bucket.name, Ports.of(443), "bucket that may be made public")
    for gateway in resources.of("aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi"):
        yield Row(INTERNET, gateway.name, Ports.of(443), "API gateway")
