"""Every documented DNS record, pointed at what this stack built or at the servers its settings name."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.names import RECORD_TTL_SECONDS, Names
from components.naming import Naming
from systems.model import DnsRecord, RecordTarget, RecordType, System

#: Of records that say what the domain is, not where it is.
_LONG_TTL_SECONDS = 3_600
#: DKIM of SES has three keys, each behind a name of its own.
_DKIM_KEYS = 3


@dataclass(frozen=True, kw_only=True)
class RecordsArgs:
    """`dkim_tokens` come with the mail identity; `hosts_elsewhere` and `mail_servers` are the stack's settings."""

    system: System
    names: Names
    region: str
    distribution_domain: pulumi.Input[str]
    distribution_zone_id: pulumi.Input[str]
    dkim_tokens: pulumi.Output[list[str]] | None
    mail_servers: tuple[str, ...]
    hosts_elsewhere: Mapping[str, str]


class Records(pulumi.ComponentResource):
    """The public zone, and what of it the network sees. What the recovery region answers comes with that region."""

    def __init__(self, name: str, args: RecordsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Records", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._point_at_the_distribution()
        self._point_elsewhere()
        self._say_what_is_documented()
        self._sign_mail()
        self.register_outputs({})

    def _of(self, *targets: RecordTarget) -> Iterator[DnsRecord]:
        return (record for record in self._args.system.edge.records if record.target in targets)

    def _point_at_the_distribution(self) -> None:
        for record in self._of(RecordTarget.DISTRIBUTION):
            for zone, zone_id in self._zones().items():
                point_at_distribution(
                    f"{self._name}-{zone}{record.label or 'domain'}",
                    record,
                    zone_id=zone_id,
                    host=self._host(record.label),
                    distribution_domain=self._args.distribution_domain,
                    distribution_zone_id=self._args.distribution_zone_id,
                    parent=self,
                )

    def _point_elsewhere(self) -> None:
        for record in self._of(RecordTarget.ELSEWHERE):
            for zone, zone_id in self._zones().items():
                server = self._args.hosts_elsewhere[record.label]
                self._write(f"{zone}{record.label}", zone_id, record.label, record.type, [server], RECORD_TTL_SECONDS)

    def _say_what_is_documented(self) -> None:
        """Values of one name and type are one record: two of the same name would overwrite each other."""
        values: dict[tuple[str, RecordType], list[str]] = defaultdict(list)
        for record in self._of(RecordTarget.LITERAL):
            values[record.label, record.type].append(record.value.replace("{domain}", self._args.names.domain))
        for record in self._of(RecordTarget.MAIL_INBOX):
            values[record.label, record.type] += self._args.mail_servers
        for record in self._of(RecordTarget.MAIL_BOUNCES):
            values[record.label, record.type].append(f"10 feedback-smtp.{self._args.region}.amazonses.com")
        for (label, kind), content in values.items():
            purpose = f"{label.strip('_') or 'domain'}-{kind.lower()}"
            self._write(purpose, self._args.names.zone_id, label, kind, content, _LONG_TTL_SECONDS)

    def _sign_mail(self) -> None:
        tokens = self._args.dkim_tokens
        for record in self._of(RecordTarget.MAIL_DKIM):
            for index in range(_DKIM_KEYS) if tokens is not None else ():
                token = tokens.apply(lambda known, index=index: known[index])
                aws.route53.Record(
                    f"{self._name}-dkim-{index + 1}",
                    zone_id=self._args.names.zone_id,
                    name=token.apply(lambda key, label=record.label: self._host(f"{key}.{label}")),
                    type=record.type,
                    ttl=_LONG_TTL_SECONDS,
                    records=[token.apply(lambda key: f"{key}.dkim.amazonses.com")],
                    opts=ResourceOptions(parent=self),
                )

    def _write(
        self, purpose: str, zone_id: pulumi.Input[str], label: str, kind: str, values: list[str], ttl: int
    ) -> None:
        aws.route53.Record(
            f"{self._name}-{purpose}",
            zone_id=zone_id,
            name=self._host(label),
            type=kind,
            ttl=ttl,
            records=values,
            opts=ResourceOptions(parent=self),
        )

    def _host(self, label: str) -> str:
        return f"{label}.{self._args.names.domain}" if label else self._args.names.domain

    def _zones(self) -> dict[str, pulumi.Output[str]]:
        """By what stands before a record's name in the program."""
        inside = self._args.names.zone_inside_id
        return {"": self._args.names.zone_id, **({"inside-": inside} if inside is not None else {})}


def point_at_distribution(
    name: str,
    record: DnsRecord,
    *,
    zone_id: pulumi.Input[str],
    host: str,
    distribution_domain: pulumi.Input[str],
    distribution_zone_id: pulumi.Input[str],
    parent: pulumi.Resource,
) -> None:
    """An alias for each kind of address, or the CNAME a document asks for."""
    if record.type is RecordType.CNAME:
        aws.route53.Record(
            f"{name}-cname",
            zone_id=zone_id,
            name=host,
            type=record.type,
            ttl=RECORD_TTL_SECONDS,
            records=[distribution_domain],
            opts=ResourceOptions(parent=parent),
        )
        return
    alias = {"name": distribution_domain, "zone_id": distribution_zone_id, "evaluate_target_health": False}
    for kind in ("A", "AAAA"):
        aws.route53.Record(
            f"{name}-{kind.lower()}",
            zone_id=zone_id,
            name=host,
            type=kind,
            aliases=[alias],
            opts=ResourceOptions(parent=parent),
        )
