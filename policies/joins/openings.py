"""What a firewall opens: rules of their own (old and new names alike) or inline in the group."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.core.resource import NotApplicable, Resource, View

GROUP = "aws:ec2/securityGroup:SecurityGroup"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INWARD = (GROUP, OLD_RULE, IN)
OUTWARD = (GROUP, OLD_RULE, OUT)
ANYWHERE = {"0.0.0.0/0", "::/0"}
_ALL = {"-1", "all"}


@dataclass(frozen=True)
class Opening:
    path: str
    protocol: str
    from_port: int
    to_port: int
    cidrs: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Every port there is."""
        return self.protocol in _ALL or (self.from_port <= 1 and self.to_port >= 65_535)

    @property
    def to_the_world(self) -> bool:
        return bool(ANYWHERE & set(self.cidrs))

    def covers(self, port: int) -> bool:
        return self.whole or self.from_port <= port <= self.to_port

    @property
    def ports(self) -> str:
        if self.whole:
            return "all ports"
        return str(self.from_port) if self.from_port == self.to_port else f"{self.from_port}-{self.to_port}"


def inward(resource: Resource) -> Iterator[Opening]:
    return _openings(resource, IN, "ingress")


def outward(resource: Resource) -> Iterator[Opening]:
    return _openings(resource, OUT, "egress")


def _openings(resource: Resource, token: str, direction: str) -> Iterator[Opening]:
    if resource.type == token:
        cidrs = [resource.get(name) for name in ("cidrIpv4", "cidrIpv6") if name in resource.properties]
        yield _opening(resource.view, "ipProtocol", [str(each) for each in cidrs if each])
    elif resource.type == OLD_RULE:
        if resource.get("type") != direction:
            raise NotApplicable("the other direction")
        yield _opening(resource.view, "protocol", [*resource.texts("cidrBlocks"), *resource.texts("ipv6CidrBlocks")])
    else:
        for each in resource.each(direction):
            yield _opening(each, "protocol", [*each.texts("cidrBlocks"), *each.texts("ipv6CidrBlocks")])


def _opening(view: View, protocol: str, cidrs: list[str]) -> Opening:
    first = view.get("fromPort")
    last = view.get("toPort", first)
    if first in (None, -1):
        first, last = 0, 65_535
    return Opening(view.at("fromPort"), str(view.get(protocol, "-1")), int(first), int(last), tuple(cidrs))
