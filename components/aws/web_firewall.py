"""The firewall at the edge: who may reach administrators' hosts, what is an attack, what is a flood.

Costs a month, us-east-1 list prices of 2026-11: 5 USD, 1 USD a rule, and 0.60 to 1.20 USD a million requests.
"""

import ipaddress
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import web_firewall_rules
from components.aws.edge_region import EDGE_REGION
from components.naming import DataClass, Naming
from systems.model import Contact, System

#: Never in a log: who somebody is, what they asked for, and what signs a message. Bodies are not logged at all.
_REDACTED_HEADERS = ("authorization", "cookie", "x-api-key", "x-csrf-token")


@dataclass(frozen=True, kw_only=True)
class WebFirewallArgs:
    """`admin_cidrs` are the networks administrators come from; nobody is one when it is empty."""

    system: System
    domain: str
    admin_cidrs: tuple[str, ...]
    log_group_arn: pulumi.Input[str]


class WebFirewall(pulumi.ComponentResource):
    """One web ACL for all host names: they share one distribution."""

    arn: pulumi.Output[str]
    metric_name: str

    def __init__(self, name: str, args: WebFirewallArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:WebFirewall", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.metric_name = naming.name("edge")
        acl = self._create_acl([self._create_address_set(version).arn for version in (4, 6)])
        self._log(acl)
        self.arn = acl.arn
        self.register_outputs({"arn": self.arn})

    def _create_address_set(self, version: int) -> aws.wafv2.IpSet:
        ours = [cidr for cidr in self._args.admin_cidrs if ipaddress.ip_network(cidr).version == version]
        return aws.wafv2.IpSet(
            f"{self._name}-administrators-ipv{version}",
            name=self._naming.name("administrators", f"ipv{version}", limit=128),
            description="Networks that administrators come from",
            scope="CLOUDFRONT",
            ip_address_version=f"IPV{version}",
            addresses=ours,
            region=EDGE_REGION,
            tags=self._naming.tags("web-firewall"),
            opts=ResourceOptions(parent=self),
        )

    def _create_acl(self, administrator_sets: list[pulumi.Output[str]]) -> aws.wafv2.WebAcl:
        answer = {
            "key": web_firewall_rules.FLOOD_ANSWER,
            "content_type": "TEXT_PLAIN",
            "content": flood_answer(self._args.system),
        }
        seen = {"cloudwatch_metrics_enabled": True, "metric_name": self.metric_name, "sampled_requests_enabled": False}
        return aws.wafv2.WebAcl(
            f"{self._name}-acl",
            name=self._naming.name("edge", limit=128),
            description=f"{self._args.system.name}: the way in",
            scope="CLOUDFRONT",
            default_action={"allow": {}},
            rules=web_firewall_rules.rules(self._args.system, self._args.domain, administrator_sets),
            custom_response_bodies=[answer],
            visibility_config=seen,
            region=EDGE_REGION,
            tags=self._naming.tags("web-firewall", DataClass.OPERATIONS),
            opts=ResourceOptions(parent=self),
        )

    def _log(self, acl: aws.wafv2.WebAcl) -> None:
        """What was refused or counted; what simply passed stands in the access log. Samples stay off: they show the
        very headers that are redacted here."""
        signatures = [hook.signature_header.lower() for hook in self._args.system.edge.webhooks]
        redacted = [{"single_header": {"name": header}} for header in (*_REDACTED_HEADERS, *signatures)]
        matters = [{"action_condition": {"action": action}} for action in ("BLOCK", "COUNT")]
        aws.wafv2.WebAclLoggingConfiguration(
            f"{self._name}-logs",
            resource_arn=acl.arn,
            log_destination_configs=[self._args.log_group_arn],
            redacted_fields=[*redacted, {"query_string": {}}],
            logging_filter={
                "default_behavior": "DROP",
                "filters": [{"behavior": "KEEP", "requirement": "MEETS_ANY", "conditions": matters}],
            },
            region=EDGE_REGION,
            opts=ResourceOptions(parent=self),
        )


def flood_answer(system: System) -> str:
    """Somebody in need may share an address with a flood."""
    said = "Too many requests from your network. Please wait a few minutes."
    if system.crisis is None:
        return said
    lines = [line for line in system.crisis.hotlines if line.contact in (Contact.VOICE, Contact.TEXT)]
    return f"{said}\nIf you need somebody now: {', '.join(f'{line.name} {line.number}' for line in lines)}"
