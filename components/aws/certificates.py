"""One certificate in each region that needs it, proven by DNS and renewed by ACM without anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """`hosts` are all names it covers, the domain first; `regions` where it is used, by what uses it."""

    hosts: tuple[str, ...]
    zone_id: pulumi.Input[str]
    key_algorithm: str
    regions: Mapping[str, str]


class Certificate(pulumi.ComponentResource):
    """ACM asks for the same record in every region: it is written once, and each region waits for it."""

    def __init__(self, name: str, args: CertificateArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Certificate", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        requested = {use: self._request(use, region) for use, region in args.regions.items()}
        records = self._prove(next(iter(requested.values())))
        self._issued = {use: self._wait(use, certificate, records) for use, certificate in requested.items()}
        self.register_outputs({"arns": {use: issued.certificate_arn for use, issued in self._issued.items()}})

    def arn(self, use: str) -> pulumi.Output[str]:
        """Known only once the certificate is issued, so that nothing is told to use one that is not."""
        return self._issued[use].certificate_arn

    def _request(self, use: str, region: str) -> aws.acm.Certificate:
        return aws.acm.Certificate(
            f"{self._name}-{use}",
            domain_name=self._args.hosts[0],
            subject_alternative_names=list(self._args.hosts[1:]),
            validation_method="DNS",
            key_algorithm=self._args.key_algorithm,
            region=region,
            tags=self._naming.tags("names"),
            opts=ResourceOptions(parent=self),
        )

    def _prove(self, certificate: aws.acm.Certificate) -> list[aws.route53.Record]:
        return [self._prove_host(host, certificate) for host in self._args.hosts]

    def _prove_host(self, host: str, certificate: aws.acm.Certificate) -> aws.route53.Record:
        """The same account asking again gets the same record, so an old one of ours may stand there already."""

        def asked_for(options: Any) -> Any:
            return next(option for option in options if option["domain_name"] == host)

        asked = certificate.domain_validation_options.apply(asked_for)
        return aws.route53.Record(
            f"{self._name}-proof-{host.split('.')[0] if host != self._args.hosts[0] else 'domain'}",
            zone_id=self._args.zone_id,
            name=asked.apply(lambda option: option["resource_record_name"]),
            type=asked.apply(lambda option: option["resource_record_type"]),
            records=[asked.apply(lambda option: option["resource_record_value"])],
            ttl=300,
            allow_overwrite=True,
            opts=ResourceOptions(parent=self),
        )

    def _wait(
        self, use: str, certificate: aws.acm.Certificate, records: list[aws.route53.Record]
    ) -> aws.acm.CertificateValidation:
        return aws.acm.CertificateValidation(
            f"{self._name}-{use}-issued",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            region=self._args.regions[use],
            opts=ResourceOptions(parent=self),
        )
