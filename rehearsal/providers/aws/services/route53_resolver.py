"""DNS firewalls, query logs and validation of the VPC resolvers."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_SERVICE = "route53resolver"
_TAGS = tags.listed(resource="ResourceArn")


def _invent(prefix: str) -> Any:
    return lambda r, answer: r.invented(prefix)


def _request_id(r: Live) -> dict[str, Any]:
    return {"CreatorRequestId": r.invented()}


def _domains(operation: str) -> Any:
    def change(r: Live) -> None:
        domains = r.inputs.get("domains") or []
        r.api("UpdateFirewallDomains", FirewallDomainListId=r.id, Operation=operation, Domains=domains)

    return change


def _rule_changes(r: Live) -> None:
    list = {"FirewallDomainListId": r.get("firewallDomainListId")} if r.get("firewallDomainListId") else {}
    r.overwrite("UpdateFirewallRule", FirewallRuleGroupId=r.get("firewallRuleGroupId"), **list)


def _delete_rule(r: Live) -> None:
    list = {"FirewallDomainListId": r.get("firewallDomainListId")} if r.get("firewallDomainListId") else {}
    r.api("DeleteFirewallRule", FirewallRuleGroupId=r.get("firewallRuleGroupId"), **list)


def _check_rule(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    action, response = inputs.get("action"), inputs.get("blockResponse")
    if action == "BLOCK" and not response:
        failures.append(Failure("blockResponse", "is needed for BLOCK: NODATA, NXDOMAIN or OVERRIDE (AWS rule)"))
    if isinstance(action, str) and action != "BLOCK" and response:
        failures.append(Failure("blockResponse", f"is for action BLOCK only, the action is {action} (AWS rule)"))
    if response == "OVERRIDE":
        failures += [
            Failure(name, "is needed with blockResponse OVERRIDE (AWS rule)")
            for name in ("blockOverrideDomain", "blockOverrideDnsType", "blockOverrideTtl")
            if inputs.get(name) is None
        ]
    lists = [name for name in ("firewallDomainListId", "dnsThreatProtection") if inputs.get(name) is not None]
    if len(lists) != 1:
        failures.append(
            Failure("firewallDomainListId", "or dnsThreatProtection is needed, exactly one of them (AWS rule)")
        )
    return failures


def _check_association(inputs: Mapping[str, Any]) -> list[Failure]:
    """100 and below belong to Firewall Manager, 9900 and above likewise."""
    priority = inputs.get("priority")
    if isinstance(priority, int) and not 100 < priority < 9900:
        return [Failure("priority", f"must lie between 101 and 9899, is {priority} (AWS rule)")]
    return []


def _validation(r: Live) -> dict[str, Any] | None:
    found = r.api("GetResolverDnssecConfig", ResourceId=r.get("resourceId"))["ResolverDNSSECConfig"]
    return found if found["ValidationStatus"] in ("ENABLED", "ENABLING") else None


def _owned(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"ownerId": r.account, "shareStatus": "NOT_SHARED"}


_ARN = "arn:{partition}:route53resolver:{region}:{account}:"

ENTRIES = (
    Entry(
        type="aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        service=_SERVICE,
        level="validated",
        operation="CreateFirewallDomainList",
        also=_request_id,
        id=_invent("rslvr-fdl-"),
        after=("domains",),
        update={"domains": _domains("REPLACE")},
        replace=("name",),
        delete=lambda r: r.api("DeleteFirewallDomainList", FirewallDomainListId=r.id),
        arn=_ARN + "firewall-domain-list/{id}",
        name="name",
        tags=_TAGS,
        twin="AWS::Route53Resolver::FirewallDomainList",
    ),
    Entry(
        type="aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
        service=_SERVICE,
        level="validated",
        operation="CreateFirewallRuleGroup",
        also=_request_id,
        id=_invent("rslvr-frg-"),
        replace=("name",),
        delete=lambda r: r.api("DeleteFirewallRuleGroup", FirewallRuleGroupId=r.id),
        outputs=_owned,
        arn=_ARN + "firewall-rule-group/{id}",
        name="name",
        tags=_TAGS,
        twin="AWS::Route53Resolver::FirewallRuleGroup",
    ),
    Entry(
        type="aws:route53/resolverFirewallRule:ResolverFirewallRule",
        service=_SERVICE,
        level="validated",
        operation="CreateFirewallRule",
        also=_request_id,
        id=lambda r, answer: (
            f"{r.inputs['firewallRuleGroupId']}:{r.inputs.get('firewallDomainListId') or r.invented()}"
        ),
        update={"*": _rule_changes},
        replace=("firewallRuleGroupId", "firewallDomainListId", "dnsThreatProtection"),
        delete=_delete_rule,
        outputs=lambda r, live: {"firewallThreatProtectionId": ""},
        name="name",
        check=_check_rule,
    ),
    Entry(
        type="aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        service=_SERVICE,
        level="validated",
        operation="AssociateFirewallRuleGroup",
        also=_request_id,
        id=_invent("rslvr-frgassoc-"),
        update={"*": lambda r: r.overwrite("UpdateFirewallRuleGroupAssociation", FirewallRuleGroupAssociationId=r.id)},
        replace=("firewallRuleGroupId", "vpcId"),
        delete=lambda r: r.api("DisassociateFirewallRuleGroup", FirewallRuleGroupAssociationId=r.id),
        arn=_ARN + "firewall-rule-group-association/{id}",
        defaults={"mutationProtection": "DISABLED"},
        name="name",
        check=_check_association,
        tags=_TAGS,
        twin="AWS::Route53Resolver::FirewallRuleGroupAssociation",
    ),
    Entry(
        type="aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        service=_SERVICE,
        level="validated",
        operation="UpdateFirewallConfig",
        also=lambda r: {} if r.inputs.get("firewallFailOpen") else {"FirewallFailOpen": "DISABLED"},
        id=_invent("rslvr-fc-"),
        update={"firewallFailOpen": lambda r: r.put()},
        replace=("resourceId",),
        delete=lambda r: r.api("UpdateFirewallConfig", ResourceId=r.get("resourceId"), FirewallFailOpen="DISABLED"),
        outputs=lambda r, live: {"ownerId": r.account},
        defaults={"firewallFailOpen": "DISABLED"},
        alone=True,
    ),
    # The emulator can make these two and never delete them: a second `up` would find them in its way.
    Entry(
        type="aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
        service=_SERVICE,
        level="validated",
        operation="CreateResolverQueryLogConfig",
        also=_request_id,
        id=_invent("rslvr-qlc-"),
        replace=("name", "destinationArn"),
        delete=lambda r: r.api("DeleteResolverQueryLogConfig", ResolverQueryLogConfigId=r.id),
        outputs=_owned,
        arn=_ARN + "resolver-query-log-config/{id}",
        name="name",
        tags=_TAGS,
        twin="AWS::Route53Resolver::ResolverQueryLoggingConfig",
    ),
    Entry(
        type="aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        service=_SERVICE,
        level="validated",
        operation="AssociateResolverQueryLogConfig",
        id=_invent("rslvr-qlcassoc-"),
        replace=("resolverQueryLogConfigId", "resourceId"),
        delete=lambda r: r.api(
            "DisassociateResolverQueryLogConfig",
            ResolverQueryLogConfigId=r.get("resolverQueryLogConfigId"),
            ResourceId=r.get("resourceId"),
        ),
        twin="AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
    ),
    Entry(
        type="aws:route53/resolverDnsSecConfig:ResolverDnsSecConfig",
        service=_SERVICE,
        operation="UpdateResolverDnssecConfig",
        also=lambda r: {"Validation": "ENABLE"},
        id="ResolverDNSSECConfig.Id",
        read=_validation,
        replace=("resourceId",),
        delete=lambda r: r.api("UpdateResolverDnssecConfig", ResourceId=r.get("resourceId"), Validation="DISABLE"),
        arn=_ARN + "resolver-dnssec-config/{id}",
        outputs=lambda r, live: {"ownerId": r.account, "validationStatus": "ENABLED"},
        alone=True,
        twin="AWS::Route53Resolver::ResolverDNSSECConfig",
    ),
)
