"""Everything between a visitor and the balancer: firewall, distribution, crisis page, records, mail, outside checks."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.aws.balancer import Balancer
from components.aws.crisis_page import CrisisPage, CrisisPageArgs
from components.aws.delivery import Delivery, DeliveryArgs
from components.aws.delivery_policies import DeliveryPolicies, DeliveryPoliciesArgs
from components.aws.edge_logs import EdgeLogs, EdgeLogsArgs
from components.aws.health_checks import HealthChecks, HealthChecksArgs
from components.aws.mail import OutgoingMail, OutgoingMailArgs
from components.aws.names import Names
from components.aws.records import Records, RecordsArgs, point_at_distribution
from components.aws.web_firewall import WebFirewall, WebFirewallArgs
from components.naming import Naming
from systems.model import Audience, HostServes, RecordTarget, System


@dataclass(frozen=True, kw_only=True)
class EdgeArgs:
    """`log_archive_arn` is the bucket that takes access logs; CloudFront's are not written without one."""

    system: System
    names: Names
    balancer: Balancer
    region: str
    recovery_region: str
    admin_cidrs: tuple[str, ...]
    mail_servers: tuple[str, ...]
    hosts_elsewhere: Mapping[str, str]
    log_archive_arn: pulumi.Input[str] | None = None


class Edge(pulumi.ComponentResource):
    """One distribution carries all host names; those of the recovery region get theirs by `serve_recovery`."""

    zone_id: pulumi.Output[str]
    name_servers: pulumi.Output[list[str]]
    balancer_certificate_arn: pulumi.Output[str]
    certificate_arns: dict[str, pulumi.Output[str]]
    """By use: `edge` in us-east-1, `balancer` in the stack's region."""
    distribution_id: pulumi.Output[str]
    distribution_domain: pulumi.Output[str]
    web_acl_arn: pulumi.Output[str]
    health_check_ids: dict[str, pulumi.Output[str]]
    """By the name of the documented check; their metrics are in us-east-1."""
    mail: OutgoingMail | None

    def __init__(self, name: str, args: EdgeArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Edge", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._logs = EdgeLogs(f"{name}-logs", EdgeLogsArgs(system=args.system), naming, self._child)
        self._firewall = self._create_firewall()
        self._page = self._create_crisis_page()
        self._policies = self._create_policies()
        delivery = self._deliver("edge", self._hosts(recovery=False), args.balancer.arn, args.balancer.dns_name)
        self.mail = self._create_mail()
        self._write_records(delivery)
        checks = HealthChecks(
            f"{name}-checks", HealthChecksArgs(system=args.system, domain=args.names.domain), naming, self._child
        )
        self.zone_id, self.name_servers = args.names.zone_id, args.names.name_servers
        self.balancer_certificate_arn = args.names.balancer_certificate_arn
        self.certificate_arns = {"edge": args.names.edge_certificate_arn, "balancer": self.balancer_certificate_arn}
        self.distribution_id, self.distribution_domain = delivery.distribution_id, delivery.domain_name
        self.web_acl_arn = self._firewall.arn
        self.health_check_ids = checks.ids
        if args.log_archive_arn is not None:
            self._logs.deliver("edge", delivery.distribution_arn, args.log_archive_arn)
        self.register_outputs({"distributionId": self.distribution_id, "webAclArn": self.web_acl_arn})

    def serve_recovery(self, balancer_arn: pulumi.Input[str], balancer_dns_name: pulumi.Input[str]) -> Delivery:
        """A distribution in front of the recovery region's balancer, for the hosts documented to lead there."""
        hosts = self._hosts(recovery=True)
        if not hosts:
            raise ValueError(f"{self._args.system.name} has no host that the recovery region answers for")
        delivery = self._deliver("recovery", hosts, balancer_arn, balancer_dns_name)
        names = self._args.names
        for record in self._args.system.edge.records:
            if record.target is RecordTarget.RECOVERY_DISTRIBUTION:
                point_at_distribution(
                    f"{self._name}-recovery-{record.label}",
                    record,
                    zone_id=names.zone_id,
                    host=f"{record.label}.{names.domain}",
                    distribution_domain=delivery.domain_name,
                    distribution_zone_id=delivery.zone_id,
                    parent=self,
                )
        args = HealthChecksArgs(system=self._args.system, domain=names.domain, recovery=True)
        self.health_check_ids |= HealthChecks(f"{self._name}-recovery-checks", args, self._naming, self._child).ids
        if self._args.log_archive_arn is not None:
            self._logs.deliver("recovery", delivery.distribution_arn, self._args.log_archive_arn)
        return delivery

    def _hosts(self, *, recovery: bool) -> tuple[str, ...]:
        """Public names and those of administrators; what is inside or elsewhere does not pass here."""
        domain = self._args.names.domain
        return tuple(
            f"{host.label}.{domain}" if host.label else domain
            for host in self._args.system.edge.hosts
            if host.audience in (Audience.PUBLIC, Audience.ADMINISTRATORS)
            and (host.serves is HostServes.RECOVERY_REGION) == recovery
        )

    def _create_firewall(self) -> WebFirewall:
        args = WebFirewallArgs(
            system=self._args.system,
            domain=self._args.names.domain,
            admin_cidrs=self._args.admin_cidrs,
            log_group_arn=self._logs.firewall_log_group_arn,
        )
        return WebFirewall(f"{self._name}-firewall", args, self._naming, self._child)

    def _create_crisis_page(self) -> CrisisPage | None:
        if self._args.system.crisis is None:
            return None
        args = CrisisPageArgs(
            system=self._args.system, region=self._args.region, recovery_region=self._args.recovery_region
        )
        return CrisisPage(f"{self._name}-crisis-page", args, self._naming, self._child)

    def _create_policies(self) -> DeliveryPolicies:
        shown = self._page.content_security_policy if self._page else None
        args = DeliveryPoliciesArgs(system=self._args.system, page_content_security_policy=shown)
        return DeliveryPolicies(f"{self._name}-policies", args, self._naming, self._child)

    def _deliver(
        self, purpose: str, hosts: tuple[str, ...], balancer_arn: pulumi.Input[str], balancer_name: pulumi.Input[str]
    ) -> Delivery:
        args = DeliveryArgs(
            system=self._args.system,
            purpose=purpose,
            hosts=hosts,
            balancer_arn=balancer_arn,
            balancer_dns_name=balancer_name,
            certificate_arn=self._args.names.edge_certificate_arn,
            web_acl_arn=self._firewall.arn,
            policies=self._policies,
            crisis_page=self._page,
        )
        name = f"{self._name}-delivery" if purpose == "edge" else f"{self._name}-{purpose}-delivery"
        return Delivery(name, args, self._naming, self._child)

    def _create_mail(self) -> OutgoingMail | None:
        mail = self._args.system.edge.mail
        if mail is None:
            return None
        args = OutgoingMailArgs(mail=mail, domain=self._args.names.domain)
        return OutgoingMail(f"{self._name}-mail", args, self._naming, self._child)

    def _write_records(self, delivery: Delivery) -> None:
        args = RecordsArgs(
            system=self._args.system,
            names=self._args.names,
            region=self._args.region,
            distribution_domain=delivery.domain_name,
            distribution_zone_id=delivery.zone_id,
            dkim_tokens=self.mail.dkim_tokens if self.mail else None,
            mail_servers=self._args.mail_servers,
            hosts_elsewhere=self._args.hosts_elsewhere,
        )
        Records(f"{self._name}-records", args, self._naming, self._child)
