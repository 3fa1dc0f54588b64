"""Security groups: what is open, to whom, and that somebody said why."""

from collections.abc import Iterator

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.expect import is_given
from policies.joins.openings import GROUP, IN, INWARD, OLD_RULE, OUT, OUTWARD, Opening, inward, outward

_LINK = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"
_PUBLIC = (80, 443)
#: The conformance pack's ports, and the databases, caches and consoles that it lacks.
_COMMON = (
    20,
    21,
    23,
    1433,
    2379,
    3000,
    3306,
    3389,
    4333,
    5432,
    5601,
    5900,
    6379,
    6443,
    8080,
    9090,
    9093,
    9200,
    10250,
    27017,
)
_DATA = (3306, 5432, 6379, 26379, 27017)
_DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_VPC = "aws:ec2/vpc:Vpc"


@rule(
    "LL-FWL-001",
    "Nobody reaches SSH from the internet",
    *INWARD,
    severity=Severity.CRITICAL,
    why="An open port 22 is tried within minutes. People come through Session Manager.",
    fix="take the opening out",
    link=_LINK,
)
def no_ssh(resource: Resource, graph: Graph) -> Problems:
    for each in inward(resource):
        if each.to_the_world and each.covers(22):
            yield Problem(each.path, "port 22 closed to the internet", f"{each.ports} from {each.cidrs}")


@rule(
    "LL-FWL-002",
    "Databases, caches and consoles are not open to the internet",
    *INWARD,
    severity=Severity.CRITICAL,
    why="Whatever listens there was written to trust its network.",
    fix="referenced_security_group_id of those who may",
    link="https://docs.aws.amazon.com/config/latest/developerguide/restricted-common-ports.html",
    within=("LL-FWL-001",),
)
def no_common_ports(resource: Resource, graph: Graph) -> Problems:
    for each in inward(resource):
        reached = [port for port in _COMMON if each.covers(port)]
        if each.to_the_world and reached:
            yield Problem(each.path, f"port {reached[0]} closed to the internet", f"{each.ports} from {each.cidrs}")


@rule(
    "LL-FWL-003",
    "Only web ports are open to the internet",
    *INWARD,
    severity=Severity.CRITICAL,
    why="What is not meant for everybody must not answer everybody.",
    fix="ports 80 and 443 alone, or a source of one's own",
    link="https://docs.aws.amazon.com/config/latest/developerguide/vpc-sg-open-only-to-authorized-ports.html",
    within=(
        "LL-FWL-001",
        "LL-FWL-002",
    ),
)
def authorized_ports(resource: Resource, graph: Graph) -> Problems:
    for each in inward(resource):
        if each.to_the_world and (each.from_port != each.to_port or each.from_port not in _PUBLIC or each.whole):
            yield Problem(each.path, "80 or 443 alone", f"{each.ports} from {each.cidrs}")


@rule(
    "LL-FWL-004",
    "No address range is let in on every port",
    *INWARD,
    severity=Severity.HIGH,
    why="A range that may do all is no firewall.",
    fix="from_port and to_port of what is served",
    link=_LINK,
    within=(
        "LL-FWL-001",
        "LL-FWL-002",
        "LL-FWL-003",
    ),
)
def no_whole_range(resource: Resource, graph: Graph) -> Problems:
    for each in inward(resource):
        if each.cidrs and each.whole:
            yield Problem(each.path, "the ports that are served", f"all ports from {each.cidrs}")


@rule(
    "LL-FWL-005",
    "Data stores are opened to groups, never to address ranges",
    *INWARD,
    severity=Severity.HIGH,
    why="An address says nothing about who uses it: any machine that ever gets it could ask the database.",
    fix="referenced_security_group_id=nodes.id",
    link=_LINK,
    within=(
        "LL-FWL-001",
        "LL-FWL-002",
        "LL-FWL-003",
        "LL-FWL-004",
    ),
)
def data_from_groups(resource: Resource, graph: Graph) -> Problems:
    for each in inward(resource):
        reached = [port for port in _DATA if each.covers(port)]
        if each.cidrs and reached:
            yield Problem(each.path, f"port {reached[0]} from a group", f"from {each.cidrs}")


@rule(
    "LL-FWL-006",
    "Only HTTPS leaves to the internet",
    *OUTWARD,
    severity=Severity.HIGH,
    why="What breaks in phones home on whatever port is open.",
    fix="from_port=443, to_port=443",
    link=_LINK,
)
def only_https_out(resource: Resource, graph: Graph) -> Problems:
    for each in outward(resource):
        if each.to_the_world and (each.whole or (each.from_port, each.to_port) != (443, 443)):
            yield Problem(each.path, "443 alone", f"{each.ports} to {each.cidrs}")


@rule(
    "LL-FWL-007",
    "Every opening says what it is for",
    OLD_RULE,
    IN,
    OUT,
    severity=Severity.MEDIUM,
    why="An opening that nobody can explain is never closed again.",
    fix='description="from nodes: queries of applications"',
    link=_LINK,
)
def opening_described(resource: Resource, graph: Graph) -> Problems:
    if not resource.get("description"):
        yield Problem("description", "what it is for", None)


@rule(
    "LL-FWL-008",
    "Every group says what it is for",
    GROUP,
    severity=Severity.LOW,
    why="A group that nobody can explain is put on everything.",
    fix='description="the database: from the nodes only"',
    link=_LINK,
)
def group_described(group: Resource, graph: Graph) -> Problems:
    if group.get("description", "Managed by Pulumi") in ("", "Managed by Pulumi"):
        yield Problem("description", "what it is for", group.get("description"))


@rule(
    "LL-FWL-009",
    "The default group is closed",
    _DEFAULT,
    severity=Severity.HIGH,
    why="Whatever is started without a group of its own gets this one.",
    fix="aws.ec2.DefaultSecurityGroup(..., vpc_id=vpc.id) without ingress and egress",
    link="https://docs.aws.amazon.com/config/latest/developerguide/vpc-default-security-group-closed.html",
)
def default_closed(group: Resource, graph: Graph) -> Problems:
    for direction in ("ingress", "egress"):
        if group.get(direction):
            yield Problem(direction, "nothing", group.get(direction))


@rule(
    "LL-FWL-010",
    "The default group of every network is taken over and closed",
    _VPC,
    severity=Severity.HIGH,
    why="AWS makes it with every network, open to itself.",
    fix="aws.ec2.DefaultSecurityGroup(..., vpc_id=vpc.id)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/vpc-default-security-group-closed.html",
)
def default_taken_over(vpc: Resource, graph: Graph) -> Problems:
    if not any(graph.referring(vpc, "vpcId", _DEFAULT)):
        yield Problem("", f"a resource {_DEFAULT} of this network", None)


@stack_rule(
    "LL-FWL-011",
    "Ports that the document closes are opened to no address range",
    severity=Severity.HIGH,
    why="The document restricts them to administrators, who come through Session Manager.",
    fix="take the opening out",
    link=_LINK,
    needs=INWARD,
    within=(
        "LL-FWL-001",
        "LL-FWL-002",
        "LL-FWL-003",
        "LL-FWL-005",
    ),
)
def documented_closed(graph: Graph) -> Problems:
    system = context_of(graph).system
    if system is None:
        raise NotApplicable("none of the documented platforms")
    for resource in graph.of(*INWARD):
        for each in _inward_only(resource):
            reached = [port for port in system.firewall.closed if each.covers(port)]
            if each.cidrs and reached:
                yield Problem(each.path, f"port {reached[0]} closed", f"from {each.cidrs}", resource)


@stack_rule(
    "LL-FWL-012",
    "The balancer is opened on the documented ports, to the CDN alone",
    severity=Severity.HIGH,
    why="Whoever finds another way in passes by the edge's firewall.",
    fix="prefix_list_id of the CDN, from_port=443",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
    needs=(IN,),
)
def documented_way_in(graph: Graph) -> Problems:
    system = context_of(graph).system
    if system is None:
        raise NotApplicable("none of the documented platforms")
    allowed = {port for each in system.firewall.openings if each.origin == "edge" for port in each.ports}
    for resource in graph.of(IN):
        if is_given(resource, "prefixListId"):
            for each in inward(resource):
                if each.from_port != each.to_port or each.from_port not in allowed:
                    yield Problem(each.path, f"one of {sorted(allowed)}", each.ports, resource)


def _inward_only(resource: Resource) -> Iterator[Opening]:
    try:
        yield from inward(resource)
    except NotApplicable:
        return
