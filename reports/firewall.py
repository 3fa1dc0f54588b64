"""Openings before and after: security groups, network policies of Kubernetes, the cluster's API and names let out."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, NotApplicable, Resource, UnknownValue, View
from policies.joins import openings as groups
from reports.changes import PROVIDER, Changes

_CLUSTER = "aws:eks/cluster:Cluster"
_NAMES = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_INSTANCE = "aws:rds/instance:Instance"
#: Why a network policy is there.
_REASON = "lifeline.dev/why"
#: Labels whose values say enough.
_PLAIN = ("kubernetes.io/metadata.name", "lifeline.dev/workload", "app.kubernetes.io/name")
#: From this many addresses on an opening is called wide.
_WIDE = {4: 2**12, 6: 2**80}


#: The other end where that is a group of this very update: the reason of the rule has to tell.
NOT_MADE_YET = "a new group"


@dataclass(frozen=True)
class Opening:
    """Who may reach what, from one side: `lets` is in or out, and between two groups both are needed."""

    lets: str
    origin: str
    target: str
    ports: str
    rule: str
    reason: str = ""
    wide: str = ""
    cluster: str = ""
    """In which of several, by the provider's name: namespaces are called alike in all of them."""


@dataclass(frozen=True)
class Firewall:
    """What a preview opens and closes, and how many openings stay."""

    opened: tuple[Opening, ...]
    closed: tuple[Opening, ...]
    kept: int


def of(changes: Changes) -> Firewall:
    before, after = (_Reader(graph, changes) for graph in (changes.before, changes.after))
    was, will = ({_key(each): each for each in reader.all()} for reader in (before, after))
    opened = [each for key, each in will.items() if key not in was]
    closed = [each for key, each in was.items() if key not in will]
    return Firewall(
        tuple(sorted(opened, key=lambda each: (not each.wide, each.target, each.origin, each.ports))),
        tuple(sorted(closed, key=lambda each: (each.target, each.origin, each.ports))),
        len(will) - len(opened),
    )


def _key(opening: Opening) -> tuple[str, ...]:
    rule = opening.rule if NOT_MADE_YET in (opening.origin, opening.target) else ""
    return opening.lets, opening.origin, opening.target, opening.ports, opening.cluster, rule


class _Reader:
    """Every opening of one graph."""

    def __init__(self, graph: Graph, changes: Changes) -> None:
        self._graph, self._changes = graph, changes

    def all(self) -> Iterator[Opening]:
        for resource in self._graph.resources:
            reader = _READERS.get(resource.type)
            try:
                yield from reader(self, resource) if reader else ()
            except NotApplicable:
                continue
            except UnknownValue as unknown:
                yield Opening(
                    "in", "?", resource.name, repr(UNKNOWN), resource.name, f"{unknown.path} is not known yet"
                )

    def group_rules(self, resource: Resource) -> Iterator[Opening]:
        """Rules of their own and rules within a group; the peer is an address, a group or a list of prefixes."""
        if resource.type in (groups.GROUP, groups.IN, groups.OLD_RULE):
            yield from self._one_way(resource, groups.inward, inward=True)
        if resource.type in (groups.GROUP, groups.OUT, groups.OLD_RULE):
            yield from self._one_way(resource, groups.outward, inward=False)

    def _one_way(
        self, resource: Resource, read: Callable[[Resource], Iterable[groups.Opening]], inward: bool
    ) -> Iterator[Opening]:
        try:
            found = list(read(resource))
        except NotApplicable:
            return
        place = (
            resource.name if resource.type == groups.GROUP else self._named(resource.properties.get("securityGroupId"))
        )
        for each in found:
            for peer in each.cidrs or self._peers(resource, each.path):
                origin, target = (peer, place) if inward else (place, peer)
                ports = each.ports if each.whole else f"{each.protocol} {each.ports}"
                reason = str(resource.properties.get("description") or "")
                lets = "in" if inward else "out"
                yield Opening(lets, origin, target, ports, resource.name, reason, _wide(peer))

    def _peers(self, resource: Resource, path: str) -> Iterator[str]:
        view = resource.view
        holder = path.rpartition(".")[0]
        if holder:  # inline: `ingress[0].fromPort`
            name, _, index = holder.removesuffix("]").partition("[")
            view = View(cast("list[object]", resource.properties[name])[int(index)])
        given = cast("Mapping[str, object]", view.value)
        peers = [given.get(name) for name in ("referencedSecurityGroupId", "sourceSecurityGroupId", "prefixListId")]
        peers += [each for name in ("securityGroups", "prefixListIds") for each in _listed(given.get(name))]
        yield from (self._named(each) for each in peers if each)
        if given.get("self"):
            yield "itself"

    def _named(self, identifier: object) -> str:
        """The resource it belongs to; before that is made, its identifier is not known."""
        return NOT_MADE_YET if identifier is UNKNOWN else str(self._changes.told(identifier))

    def cluster(self, resource: Resource) -> Iterator[Opening]:
        if resource.get("vpcConfig.endpointPublicAccess"):
            for cidr in resource.texts("vpcConfig.publicAccessCidrs") or ["0.0.0.0/0"]:
                yield Opening(
                    "in", cidr, f"API of {resource.name}", "tcp 443", resource.name, "administrators", _wide(cidr)
                )

    def names(self, resource: Resource) -> Iterator[Opening]:
        for name in resource.texts("domains"):
            if name.strip(".") != "*":  # the list of what is refused
                yield Opening("out", "names that may be asked for", name, "tcp 443", resource.name)

    def database(self, resource: Resource) -> Iterator[Opening]:
        if resource.get("publiclyAccessible"):
            ports = f"tcp {resource.get('port', 5432)}"
            yield Opening("in", "the internet", resource.name, ports, resource.name, "publiclyAccessible", "an address")

    def network_policy(self, resource: Resource) -> Iterator[Opening]:
        namespace = str(resource.get("metadata.namespace", "default"))
        cluster = str(resource.properties.get(PROVIDER) or "")
        place = f"{namespace}: {_selected(resource.get('spec.podSelector', {}))}"
        reason = _annotated(resource)
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for rule in resource.each(f"spec.{direction}"):
                ports = ", ".join(_port(each) for each in rule.each("ports")) or "all ports"
                named = [_peer(each, namespace) for each in rule.each(peers)] or ["anywhere"]
                for peer in named:
                    origin, target = (peer, place) if direction == "ingress" else (place, peer)
                    lets = "in" if direction == "ingress" else "out"
                    yield Opening(lets, origin, target, ports, resource.name, reason, _wide(peer), cluster)


_READERS: Mapping[str, Callable[[_Reader, Resource], Iterator[Opening]]] = {
    **dict.fromkeys((groups.GROUP, groups.OLD_RULE, groups.IN, groups.OUT), _Reader.group_rules),
    _CLUSTER: _Reader.cluster,
    _NAMES: _Reader.names,
    _POLICY: _Reader.network_policy,
    _INSTANCE: _Reader.database,
}


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _wide(peer: str) -> str:
    """What a reader must not miss."""
    if peer.split(" but not ")[0] in groups.ANYWHERE or peer == "anywhere":
        return "the whole internet"
    try:
        network = ipaddress.ip_network(peer, strict=False)
    except ValueError:
        return ""
    wide = network.num_addresses >= _WIDE[network.version] and not network.is_private
    return f"{network.num_addresses:,} addresses" if wide else ""


def _annotated(resource: Resource) -> str:
    annotations = cast("Mapping[str, object]", resource.get("metadata.annotations", {}))
    return str(annotations.get(_REASON, ""))


def _port(view: View) -> str:
    low, high = view.get("port"), view.get("endPort")
    protocol = str(view.get("protocol", "TCP")).lower()
    if low is None:
        return f"{protocol} all ports"
    return f"{protocol} {_whole(low)}" + (f"-{_whole(high)}" if high else "")


def _whole(number: object) -> str:
    return str(int(number)) if isinstance(number, float) else str(number)


def _peer(view: View, namespace: str) -> str:
    if cidr := view.get("ipBlock.cidr"):
        but = ", ".join(view.texts("ipBlock.except"))
        return f"{cidr} but not {but}" if but else str(cidr)
    pods, spaces = view.get("podSelector"), view.get("namespaceSelector")
    where = namespace if spaces is None else _selected(spaces, "every namespace")
    return f"{where}: {_selected(pods or {})}"


def _selected(selector: Mapping[str, object], everything: str = "every pod") -> str:
    labels = cast("Mapping[str, object]", selector.get("matchLabels") or {})
    told = [str(value) if key in _PLAIN else f"{key}={value}" for key, value in labels.items()]
    for each in _listed(selector.get("matchExpressions")):
        expression = cast("Mapping[str, object]", each)
        values = ", ".join(str(value) for value in _listed(expression.get("values")))
        plain = expression.get("operator") == "In" and expression.get("key") in _PLAIN
        told.append(values if plain else f"{expression.get('key')} {expression.get('operator')} {values}".strip())
    return ", ".join(told) or everything
