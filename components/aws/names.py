"""The platform's names: its hosted zone, signed, the zone inside the network, and certificates for what the zone names.

Costs a month, us-east-1 list prices of 2026-11: 0.50 USD a zone, 1 USD for the signing key; certificates are free.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.certificates import Certificate, CertificateArgs
from components.aws.edge_keys import EdgeKey, Statement, allow
from components.aws.edge_region import EDGE_REGION
from components.naming import DataClass, Naming
from systems.model import Audience, RecordTarget, RecoveryLevel, System

#: Long enough to be cached on the way, short enough to lead elsewhere within a recovery objective of minutes.
RECORD_TTL_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class NamesArgs:
    """`domain` is the stack's own; `vpc_id` is the network that may ask for names that exist inside only."""

    system: System
    domain: str
    region: str
    vpc_id: pulumi.Input[str]
    recovery_region: str = ""
    """Where a warm standby has a balancer of its own, which needs a certificate there."""


class Names(pulumi.ComponentResource):
    """Zones and certificates. What the names lead to is added by `Edge`, and by `point_inside` for what is inside."""

    domain: str
    zone_id: pulumi.Output[str]
    zone_inside_id: pulumi.Output[str] | None
    """Of the zone that the network asks instead; None where nothing exists inside only."""
    name_servers: pulumi.Output[list[str]]
    delegation_signer: pulumi.Output[str]
    """The DS record that the parent zone must hold, or nobody checks our signatures."""
    edge_certificate_arn: pulumi.Output[str]
    balancer_certificate_arn: pulumi.Output[str]
    recovery_certificate_arn: pulumi.Output[str] | None
    """Of the recovery region's balancer."""

    def __init__(self, name: str, args: NamesArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Names", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.domain = args.domain
        self._zone = self._create_zone()
        self._zone_inside = self._create_zone_inside()
        signing_key = self._sign(self._create_signing_key())
        certificate = self._create_certificate()
        self.zone_id = self._zone.zone_id
        self.zone_inside_id = self._zone_inside.zone_id if self._zone_inside else None
        self.name_servers = self._zone.name_servers
        self.delegation_signer = signing_key.ds_record
        self.edge_certificate_arn = certificate.arn("edge")
        self.balancer_certificate_arn = certificate.arn("balancer")
        self.recovery_certificate_arn = certificate.arn("recovery") if self._answers_twice else None
        self.register_outputs(
            {"zoneId": self.zone_id, "nameServers": self.name_servers, "delegationSigner": self.delegation_signer}
        )

    def point_inside(self, label: str, target: pulumi.Input[str]) -> None:
        """Gives a documented name that exists inside the network only its meaning: `prod-db.` is the database."""
        wanted = [record.label for record in self._args.system.edge.records if record.private]
        if label not in wanted or self.zone_inside_id is None:
            raise KeyError(f"{label!r} is no documented name of the inside; there are {', '.join(wanted) or 'none'}")
        aws.route53.Record(
            f"{self._name}-inside-{label}",
            zone_id=self.zone_inside_id,
            name=f"{label}.{self.domain}",
            type="CNAME",
            ttl=RECORD_TTL_SECONDS,
            records=[target],
            opts=ResourceOptions(parent=self),
        )

    @property
    def labels_of_the_database(self) -> tuple[str, ...]:
        """What `point_inside` is to be told about once the database is there."""
        records = self._args.system.edge.records
        return tuple(record.label for record in records if record.private and record.target is RecordTarget.DATABASE)

    @property
    def _answers_twice(self) -> bool:
        level = self._args.system.objectives.recovery_level
        return bool(self._args.recovery_region) and level is RecoveryLevel.WARM_STANDBY

    def _create_zone(self) -> aws.route53.Zone:
        return aws.route53.Zone(
            f"{self._name}-zone",
            name=self._args.domain,
            comment=f"{self._args.system.full_name}, {self._args.system.environment}",
            tags=self._naming.tags("names"),
            opts=ResourceOptions(parent=self, protect=self._args.system.production),
        )

    def _create_zone_inside(self) -> aws.route53.Zone | None:
        """Seen from the network, it takes the place of the public zone: hosts of that are written here too."""
        if not any(record.private for record in self._args.system.edge.records):
            return None
        return aws.route53.Zone(
            f"{self._name}-zone-inside",
            name=self._args.domain,
            comment="the domain as seen from inside the network",
            vpcs=[{"vpc_id": self._args.vpc_id}],
            tags=self._naming.tags("names"),
            opts=ResourceOptions(parent=self),
        )

    def _create_signing_key(self) -> aws.kms.Key:
        service = {"Service": "dnssec-route53.amazonaws.com"}
        own = {
            "StringEquals": {"aws:SourceAccount": self._naming.account_id},
            "ArnLike": {"aws:SourceArn": "arn:aws:route53:::hostedzone/*"},
        }
        grants = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        statements: tuple[Statement, ...] = (
            allow("ZonesSign", service, ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], own),
            allow("ZonesKeepSigning", service, ["kms:CreateGrant"], grants),
        )
        key = EdgeKey(
            purpose="dnssec",
            data_class=DataClass.SECRETS,
            statements=statements,
            signs=True,
            protected=self._args.system.production,
        )
        return key.create(f"{self._name}-signing-key", self._naming, self)

    def _sign(self, key: aws.kms.Key) -> aws.route53.KeySigningKey:
        signing_key = aws.route53.KeySigningKey(
            f"{self._name}-key-signing-key",
            name=self._naming.name("ksk").replace("-", "_"),
            hosted_zone_id=self._zone.zone_id,
            key_management_service_arn=key.arn,
            status="ACTIVE",
            opts=ResourceOptions(parent=self),
        )
        aws.route53.HostedZoneDnsSec(
            f"{self._name}-dnssec",
            hosted_zone_id=signing_key.hosted_zone_id,
            signing_status="SIGNING",
            opts=ResourceOptions(parent=self),
        )
        return signing_key

    def _create_certificate(self) -> Certificate:
        """Several, since CloudFront takes its own from us-east-1 only; all prove the domain by the same records."""
        regions = {"edge": EDGE_REGION, "balancer": self._args.region}
        if self._answers_twice:
            regions["recovery"] = self._args.recovery_region
        ours = (Audience.PUBLIC, Audience.ADMINISTRATORS)
        labels = [host.label for host in self._args.system.edge.hosts if host.audience in ours]
        hosts = tuple(f"{label}.{self.domain}" if label else self.domain for label in labels)
        return Certificate(
            f"{self._name}-certificate",
            CertificateArgs(
                hosts=hosts,
                zone_id=self._zone.zone_id,
                key_algorithm=self._args.system.tls.certificate_key,
                regions=regions,
            ),
            self._naming,
            ResourceOptions(parent=self),
        )
