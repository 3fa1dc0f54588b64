"""Cases of policies/rules/firewall_openings.py."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Stack, aws, ref, stack
from tests.policies.of_property import ELSEWHERE

GROUP = "ec2/securityGroup:SecurityGroup"
OLD = "ec2/securityGroupRule:SecurityGroupRule"
IN = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT = "vpc/securityGroupEgressRule:SecurityGroupEgressRule"
DEFAULT = "ec2/defaultSecurityGroup:DefaultSecurityGroup"
WORLD = "0.0.0.0/0"
OURS = {"lifeline:system": "astral-core-v2", "lifeline:environment": "production"}


def _in(first: int, last: int, source: object = WORLD) -> Stack:
    return stack(r=aws(IN, ipProtocol="tcp", fromPort=first, toPort=last, cidrIpv4=source))


def _old(first: int, last: int, direction: str = "ingress") -> Stack:
    return stack(r=aws(OLD, type=direction, protocol="tcp", fromPort=first, toPort=last, cidrBlocks=[WORLD]))


def _inline(first: int, last: int, **more: object) -> Stack:
    return stack(g=aws(GROUP, ingress=[{"protocol": "tcp", "fromPort": first, "toPort": last, **more}]))


def _ours(**properties: Any) -> Stack:
    return stack(g=aws(GROUP, tags=OURS), r=aws(IN, securityGroupId=ref("g.id"), ipProtocol="tcp", **properties))


FROM_A_GROUP = stack(
    g=aws(GROUP), r=aws(IN, ipProtocol="tcp", fromPort=5432, toPort=5432, referencedSecurityGroupId=ref("g.id"))
)
EVERYTHING = stack(r=aws(IN, ipProtocol="-1", cidrIpv6="::/0"))


def _inward(passing: list[Stack], failing: list[Stack]) -> Cases:
    return Cases(
        passing=[FROM_A_GROUP, *passing],
        failing=[EVERYTHING, *failing],
        not_applicable=[_old(22, 22, "egress"), ELSEWHERE],
        unknown=[_in(0, 65_535, UNKNOWN), stack(g=aws(GROUP, ingress=UNKNOWN))],
    )


CASES = {
    "LL-FWL-001": _inward(
        [_in(443, 443), _inline(22, 22, cidrBlocks=["10.0.0.0/8"])],
        [_in(22, 22), _in(20, 30), _old(22, 22), _inline(0, 1024, ipv6CidrBlocks=["::/0"])],
    ),
    "LL-FWL-002": _inward(
        [_in(443, 443)], [_in(5432, 5432), _old(3389, 3389), _inline(6000, 7000, cidrBlocks=[WORLD])]
    ),
    "LL-FWL-003": _inward(
        [_in(443, 443), _old(80, 80)], [_in(80, 443), _old(8443, 8443), _inline(1, 65_535, cidrBlocks=[WORLD])]
    ),
    "LL-FWL-004": _inward([_in(80, 80)], [_in(0, 65_535, "10.0.0.0/8"), _inline(1, 65_535, cidrBlocks=["10.0.0.0/8"])]),
    "LL-FWL-005": _inward(
        [_in(443, 443)], [_in(5432, 5432, "10.20.0.0/16"), _inline(6379, 6379, cidrBlocks=["10.0.0.0/8"])]
    ),
    "LL-FWL-006": Cases(
        passing=[
            stack(r=aws(OUT, ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4=WORLD)),
            _old(443, 443, "egress"),
        ],
        failing=[
            stack(r=aws(OUT, ipProtocol="-1", cidrIpv4=WORLD)),
            _old(80, 443, "egress"),
            stack(g=aws(GROUP, egress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [WORLD]}])),
        ],
        not_applicable=[_old(443, 443, "ingress"), ELSEWHERE],
        unknown=[stack(r=aws(OUT, ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4=UNKNOWN))],
    ),
    "LL-FWL-007": Cases(
        passing=[stack(r=aws(IN, description="from nodes: queries"))],
        failing=[stack(r=aws(IN)), stack(r=aws(OUT, description="")), stack(r=aws(OLD))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(r=aws(IN, description=UNKNOWN))],
    ),
    "LL-FWL-008": Cases(
        passing=[stack(g=aws(GROUP, description="the database"))],
        failing=[stack(g=aws(GROUP)), stack(g=aws(GROUP, description="Managed by Pulumi"))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(g=aws(GROUP, description=UNKNOWN))],
    ),
    "LL-FWL-009": Cases(
        passing=[stack(g=aws(DEFAULT)), stack(g=aws(DEFAULT, ingress=[], egress=[]))],
        failing=[
            stack(g=aws(DEFAULT, ingress=[{"protocol": "-1", "self": True}])),
            stack(g=aws(DEFAULT, egress=[{"protocol": "-1", "cidrBlocks": [WORLD]}])),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(g=aws(DEFAULT, ingress=UNKNOWN))],
    ),
    "LL-FWL-010": Cases(
        passing=[stack(v=aws("ec2/vpc:Vpc"), g=aws(DEFAULT, vpcId=ref("v.id")))],
        failing=[
            stack(v=aws("ec2/vpc:Vpc")),
            stack(v=aws("ec2/vpc:Vpc"), w=aws("ec2/vpc:Vpc"), g=aws(DEFAULT, vpcId=ref("w.id"))),
        ],
        not_applicable=[ELSEWHERE],
        without={"unknown": "which resources there are is always known"},
    ),
    "LL-FWL-011": Cases(
        passing=[_ours(fromPort=443, toPort=443, cidrIpv4="10.0.0.0/8")],
        failing=[
            _ours(fromPort=22, toPort=22, cidrIpv4="10.0.0.0/8"),
            _ours(fromPort=9000, toPort=9100, cidrIpv4="10.0.0.0/8"),
        ],
        not_applicable=[_in(22, 22), ELSEWHERE],
        unknown=[_ours(fromPort=22, toPort=22, cidrIpv4=UNKNOWN)],
    ),
    "LL-FWL-012": Cases(
        passing=[_ours(fromPort=443, toPort=443, prefixListId="pl-1")],
        failing=[
            _ours(fromPort=80, toPort=80, prefixListId="pl-1"),
            _ours(fromPort=443, toPort=8443, prefixListId="pl-1"),
        ],
        not_applicable=[_in(22, 22), ELSEWHERE],
        unknown=[_ours(fromPort=UNKNOWN, toPort=443, prefixListId="pl-1")],
    ),
}
