"""What lies between two addresses: routes, access lists of subnets and security groups, as AWS evaluates them."""

import ipaddress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from tests.components.recording import Registered
from tests.reachability.ports import EVERYTHING, Ports
from tests.reachability.resources import Resources, listed

EVERYWHERE = "0.0.0.0/0"
#: Any port a client may answer on; an access list that lets through fewer breaks connections now and then.
_ANSWERS = Ports.spanning("tcp", 1024, 65535)


@dataclass(frozen=True)
class Rule:
    """One line of a security group: ports, and the other side as a group, a prefix list or addresses."""

    ports: Ports
    group: str = ""
    prefix: str = ""
    cidr: str = ""


class Wires:
    """Answers for all networks of a stack."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    # -- subnets and routes -----------------------------------------------------------------------------------------

    @cached_property
    def _tables(self) -> dict[str, str]:
        associations = self._resources.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
        return {each.inputs["subnetId"]: each.inputs["routeTableId"] for each in associations}

    def cidr(self, subnet: str) -> str:
        found = self._resources.referred(subnet)
        assert found is not None, f"no subnet {subnet}"
        return found.inputs["cidrBlock"]

    def network(self, subnet: str) -> str:
        found = self._resources.referred(subnet)
        assert found is not None, f"no subnet {subnet}"
        return found.inputs["vpcId"]

    def gives_public_addresses(self, subnet: str) -> bool:
        found = self._resources.referred(subnet)
        return bool(found and found.inputs.get("mapPublicIpOnLaunch"))

    def way_out(self, subnet: str) -> str:
        """`gateway` where the internet can answer directly, `nat` where only what began inside, `` where nothing."""
        ways = {self._kind(route) for route in self._routes(subnet)}
        return next((way for way in ("gateway", "nat") if way in ways), "")

    def _routes(self, subnet: str) -> list[dict[str, Any]]:
        table = self._tables.get(subnet)
        alone = [
            each.inputs for each in self._resources.of("aws:ec2/route:Route") if each.inputs["routeTableId"] == table
        ]
        made = self._resources.referred(table) if table else None
        inline = listed(made.inputs.get("routes")) if made else []
        destinations = ("destinationCidrBlock", "cidrBlock", "destinationIpv6CidrBlock", "ipv6CidrBlock")
        return [
            route for route in (*alone, *inline) if any(route.get(key) in (EVERYWHERE, "::/0") for key in destinations)
        ]

    def _kind(self, route: dict[str, Any]) -> str:
        if route.get("gatewayId"):
            return "gateway"
        nat = self._resources.referred(route.get("natGatewayId"))
        return "nat" if nat and self.way_out(nat.inputs["subnetId"]) == "gateway" else ""

    def prefixes_behind_gateways(self, subnet: str) -> set[str]:
        """Prefix lists of services that this subnet's route table leads to without leaving AWS."""
        table = self._tables.get(subnet)
        return {
            each.inputs["serviceName"]
            for each in self._resources.of("aws:ec2/vpcEndpoint:VpcEndpoint")
            if each.inputs.get("vpcEndpointType", "Gateway") == "Gateway"
            and table in listed(each.inputs.get("routeTableIds"))
        }

    # -- access lists -----------------------------------------------------------------------------------------------

    @cached_property
    def _lists(self) -> dict[str, Registered]:
        lists = self._resources.of("aws:ec2/networkAcl:NetworkAcl")
        return {subnet: each for each in lists for subnet in listed(each.inputs.get("subnetIds"))}

    def past_lists(self, origin: str, destination: str) -> Ports:
        """There and back again: access lists do not remember connections. Within a subnet they do not apply."""
        if origin == destination:
            return EVERYTHING
        there = self._past_list(origin, "egress", destination) & self._past_list(destination, "ingress", origin)
        back = self._past_list(destination, "egress", origin) & self._past_list(origin, "ingress", destination)
        udp_and_others = Ports(0, back.udp and there.udp, back.other & there.other)
        return Ports(there.tcp if not _ANSWERS - back else 0, udp_and_others.udp, udp_and_others.other)

    def _past_list(self, subnet: str, side: str, other: str) -> Ports:
        if subnet not in self._lists:
            return EVERYTHING  # the default list of a network lets everything through
        undecided, open_ports = EVERYTHING, Ports()
        for rule in sorted(listed(self._lists[subnet].inputs.get(side)), key=lambda rule: rule["ruleNo"]):
            if not _covers(rule.get("cidrBlock", "0.0.0.0/32"), self.cidr(other)):
                continue
            matched = Ports.spanning(rule["protocol"], rule["fromPort"], rule["toPort"]) & undecided
            undecided -= matched
            if rule["action"].lower() == "allow":
                open_ports |= matched
        return open_ports

    # -- security groups --------------------------------------------------------------------------------------------

    @cached_property
    def _rules(self) -> dict[tuple[str, str], list[Rule]]:
        found: dict[tuple[str, str], list[Rule]] = {}
        for side in ("ingress", "egress"):
            kind = side.capitalize()
            for each in self._resources.of(f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule"):
                found.setdefault((each.inputs["securityGroupId"], side), []).extend(_single(each.inputs))
            for group in self._resources.of("aws:ec2/securityGroup:SecurityGroup"):
                for rule in listed(group.inputs.get(side)):
                    found.setdefault((group.id, side), []).extend(_inline(rule, group.id))
        for each in self._resources.of("aws:ec2/securityGroupRule:SecurityGroupRule"):
            place = (each.inputs["securityGroupId"], each.inputs["type"])
            found.setdefault(place, []).extend(_inline(each.inputs, each.inputs["securityGroupId"]))
        for cluster in self._resources.of("aws:eks/cluster:Cluster"):  # EKS makes this group and opens it so
            own = f"{cluster.name}-own-group"
            found[own, "ingress"] = [Rule(EVERYTHING, group=own)]
            found[own, "egress"] = [Rule(EVERYTHING, cidr=EVERYWHERE)]
        return found

    def rules(self, groups: tuple[str, ...], side: str) -> list[Rule]:
        return [rule for group in groups for rule in self._rules.get((group, side), [])]

    def past_groups(self, groups: tuple[str, ...], side: str, others: tuple[str, ...], subnet: str) -> Ports:
        """What the groups of one side let through to (or from) an address in a subnet that wears `others`."""
        open_ports = Ports()
        for rule in self.rules(groups, side):
            if rule.group in others or (rule.cidr and _covers(rule.cidr, self.cidr(subnet))):
                open_ports |= rule.ports
        return open_ports


@cache
def _covers(wide: str, narrow: str) -> bool:
    outer, inner = ipaddress.ip_network(wide), ipaddress.ip_network(narrow)
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _single(rule: dict[str, Any]) -> list[Rule]:
    ports = Ports.spanning(rule["ipProtocol"], rule.get("fromPort"), rule.get("toPort"))
    group, prefix = rule.get("referencedSecurityGroupId") or "", rule.get("prefixListId") or ""
    return [Rule(ports, group=group, prefix=prefix, cidr=rule.get("cidrIpv4") or rule.get("cidrIpv6") or "")]


def _inline(rule: dict[str, Any], own: str) -> list[Rule]:
    ports = Ports.spanning(rule["protocol"], rule.get("fromPort"), rule.get("toPort"))
    cidrs = [*listed(rule.get("cidrBlocks")), *listed(rule.get("ipv6CidrBlocks"))]
    groups = [*listed(rule.get("securityGroups")), *listed(rule.get("sourceSecurityGroupId"))]
    return [
        *(Rule(ports, cidr=cidr) for cidr in cidrs),
        *(Rule(ports, group=group) for group in [*groups, *([own] if rule.get("self") else [])]),
        *(Rule(ports, prefix=prefix) for prefix in listed(rule.get("prefixListIds"))),
    ]
