"""Certificates and the wait for their issue, in three steps: created, updated, replaced."""

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {}


def program(step: int) -> None:
    domain = "other.example.com" if step == 2 else "example.com"
    certificate = aws.acm.Certificate(
        "certificate",
        domain_name=domain,
        subject_alternative_names=[f"*.{domain}", f"api.{domain}"],
        validation_method="DNS",
        key_algorithm="EC_prime256v1",
        options={"certificate_transparency_logging_preference": "ENABLED" if step == 0 else "DISABLED"},
        tags={"step": str(step)},
    )
    aws.acm.CertificateValidation(
        "issued",
        certificate_arn=certificate.arn,
        validation_record_fqdns=certificate.domain_validation_options.apply(
            lambda options: [option["resource_record_name"] for option in options or []]
        ),
    )
