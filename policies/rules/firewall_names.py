"""The way out by names, and the network's own figures as the document has them."""

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule

_VPC = "aws:ec2/vpc:Vpc"
_NAMES = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
_NAME_RULE = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
_QUERIES = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
_LINK = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html"


@rule(
    "LL-FWL-040",
    "Names are filtered in every network",
    _VPC,
    severity=Severity.MEDIUM,
    why="Security groups know addresses only; a list of names is what keeps data from going anywhere.",
    fix="ResolverFirewallRuleGroupAssociation(..., vpc_id=vpc.id)",
    link=_LINK,
)
def names_filtered(vpc: Resource, graph: Graph) -> Problems:
    if not any(graph.referring(vpc, "vpcId", _NAMES)):
        yield Problem("", "a rule group of names for this network", None)


@stack_rule(
    "LL-FWL-041",
    "Names that are not listed are blocked",
    severity=Severity.MEDIUM,
    why="A list of the allowed with nothing that blocks the rest allows all.",
    fix='ResolverFirewallRule(action="BLOCK", domains ["*."], a later priority)',
    link=_LINK,
    needs=(_NAMES,),
)
def others_blocked(graph: Graph) -> Problems:
    groups = graph.of("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup")
    for group in groups or [None]:
        rules = graph.referring(group, "firewallRuleGroupId", _NAME_RULE) if group else graph.of(_NAME_RULE)
        actions = {str(each.get("action")) for each in rules}
        if "BLOCK" not in actions:
            yield Problem("action", "a rule that blocks", ", ".join(sorted(actions)) or None, group)


@rule(
    "LL-FWL-042",
    "Questions for names are logged in every network",
    _VPC,
    severity=Severity.MEDIUM,
    why="What breaks in asks for its master's name first.",
    fix="ResolverQueryLogConfigAssociation(..., resource_id=vpc.id)",
    link="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html",
)
def names_logged(vpc: Resource, graph: Graph) -> Problems:
    if not any(graph.referring(vpc, "resourceId", _QUERIES)):
        yield Problem("", "a query log of this network", None)


@rule(
    "LL-FWL-043",
    "Public addresses are for NAT gateways only",
    "aws:ec2/eip:Eip",
    severity=Severity.HIGH,
    why="An address on anything else is a way in beside the edge.",
    fix="take instance and network_interface out",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html",
)
def addresses_for_nat(address: Resource, graph: Graph) -> Problems:
    for path in ("instance", "networkInterface"):
        if path in address.properties and (not address.is_known(path) or address.get(path)):
            yield Problem(path, "a NAT gateway's allocation", "a machine")


@stack_rule(
    "LL-FWL-044",
    "The network has the documented addresses",
    severity=Severity.MEDIUM,
    why="Ranges of platforms that overlap can never be connected, and access lists name this one.",
    fix="cidr_block=system.firewall.network_cidr",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    needs=(_VPC,),
)
def documented_addresses(graph: Graph) -> Problems:
    system = context_of(graph).system
    if system is None:
        raise NotApplicable("none of the documented platforms")
    for each in graph.of(_VPC):
        if (found := each.get("cidrBlock")) != system.firewall.network_cidr:
            yield Problem("cidrBlock", system.firewall.network_cidr, found, each)
