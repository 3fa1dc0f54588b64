"""Which names can be resolved in the network: AWS's, the platform's own and the documented external services; no other.

What a stolen process may call is what it can leak to, so port 443 outward leads to listed names only.
Costs a month, us-east-1 list prices of 2026-11: 0.60 USD a million queries asked, after 0.0005 USD a listed name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from systems.model import System

_ALLOWED_FIRST, _REST_AFTERWARDS = 100, 200
#: Firewall Manager keeps priorities up to 100 and from 9900 on for itself; below: delivery_runners.py.
PRIORITY = 201


@dataclass(frozen=True, kw_only=True)
class NameFirewallArgs:
    """`external_hosts` adds the hosts of services whose provider no document names."""

    system: System
    region: str
    domain: str
    vpc_id: pulumi.Input[str]
    external_hosts: Mapping[str, tuple[str, ...]]
    buckets_elsewhere: Mapping[str, str] = field(default_factory=dict[str, str])
    """Single buckets of another region that are read from here, each with its region."""


class NameFirewall(pulumi.ComponentResource):
    """A list of names that are answered, before a rule that answers nothing else."""

    def __init__(self, name: str, args: NameFirewallArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:NameFirewall", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._group = self._create_rule_group()
        self._allow(self._create_list("listed", allowed_names(args)))
        self._refuse(self._create_list("all", ["*"]))
        self._guard_network()
        self.register_outputs({"ruleGroupId": self._group.id})

    def _create_rule_group(self) -> aws.route53.ResolverFirewallRuleGroup:
        return aws.route53.ResolverFirewallRuleGroup(
            f"{self._name}-rules",
            name=self._naming.name("names"),
            tags=self._naming.tags("name-firewall"),
            opts=self._child,
        )

    def _create_list(self, role: str, domains: list[str]) -> aws.route53.ResolverFirewallDomainList:
        return aws.route53.ResolverFirewallDomainList(
            f"{self._name}-{role}",
            name=self._naming.name(role),
            domains=domains,
            tags=self._naming.tags("name-firewall"),
            opts=self._child,
        )

    def _allow(self, listed: aws.route53.ResolverFirewallDomainList) -> None:
        """A listed name is often an alias of one in a CDN that is not listed: what it leads to is trusted with it."""
        aws.route53.ResolverFirewallRule(
            f"{self._name}-allow",
            name="listed",
            action="ALLOW",
            priority=_ALLOWED_FIRST,
            firewall_domain_list_id=listed.id,
            firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN",
            firewall_rule_group_id=self._group.id,
            opts=self._child,
        )

    def _refuse(self, everything: aws.route53.ResolverFirewallDomainList) -> None:
        """As a name that does not exist, so that pods go on to the next of their search domains."""
        aws.route53.ResolverFirewallRule(
            f"{self._name}-refuse",
            name="all-others",
            action="BLOCK",
            block_response="NXDOMAIN",
            priority=_REST_AFTERWARDS,
            firewall_domain_list_id=everything.id,
            firewall_rule_group_id=self._group.id,
            opts=self._child,
        )

    def _guard_network(self) -> None:
        """Fails open: while the firewall itself is down, a crisis platform must still find its own database."""
        aws.route53.ResolverFirewallRuleGroupAssociation(
            f"{self._name}-network",
            name=self._naming.name("network"),
            firewall_rule_group_id=self._group.id,
            vpc_id=self._args.vpc_id,
            priority=PRIORITY,
            mutation_protection="ENABLED" if self._args.system.production else "DISABLED",
            tags=self._naming.tags("name-firewall"),
            opts=self._child,
        )
        aws.route53.ResolverFirewallConfig(
            f"{self._name}-when-down", resource_id=self._args.vpc_id, firewall_fail_open="ENABLED", opts=self._child
        )


def allowed_names(args: NameFirewallArgs) -> list[str]:
    """Sorted, in the form the resolver keeps them: lower case, a leading `*.` at most."""
    services = args.system.application.external_services
    hosts = {host for service in services for host in (*service.hosts, *args.external_hosts.get(service.name, ()))}
    own = {args.domain, f"*.{args.domain}"}
    there = {f"{bucket}.s3.{region}.amazonaws.com" for bucket, region in args.buckets_elsewhere.items()}
    return sorted(hosts | own | there | _names_of_aws(args.region))


def _names_of_aws(region: str) -> set[str]:
    """Of this region only: any bucket elsewhere would be a way out past the gateway's policy."""
    usual = {
        f"*.{region}.amazonaws.com",  # most services, private ways and image registries among them
        f"*.{region}.api.aws",  # where pods get their credentials: eks-auth
        f"*.{region}.eks.amazonaws.com",
        f"*.{region}.rds.amazonaws.com",
        f"*.{region}.elb.amazonaws.com",
        f"*.{region}.vpce.amazonaws.com",
    }
    if region == "us-east-1":  # older in style: SDKs still call its S3 by the name without a region
        return usual | {"*.ec2.internal", "s3.amazonaws.com", "*.s3.amazonaws.com"}
    return usual | {f"*.{region}.compute.internal"}
