"""Certificates and their validation."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.client import AwsError
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure, Refused

#: What ACM issues itself; larger RSA keys can only be imported (ACM user guide, "Public certificate characteristics").
_ISSUED_ALGORITHMS = ("RSA_2048", "EC_prime256v1", "EC_secp384r1")
_MOST_NAMES = 100


def _certificate(r: Live) -> dict[str, Any]:
    certificate = r.api("DescribeCertificate", CertificateArn=r.id)["Certificate"]
    names = [name for name in certificate.get("SubjectAlternativeNames", []) if name != certificate["DomainName"]]
    listed = r.inputs.get("subjectAlternativeNames") or []
    if certificate["DomainName"] in listed:
        names = certificate["SubjectAlternativeNames"]
    return {
        **certificate,
        "SubjectAlternativeNames": names,
        "ValidationMethod": r.inputs.get("validationMethod") or "DNS",
        "Options": certificate.get("Options") or None,
    }


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    """One validation record a name, as ACM would want it in DNS; the emulator tells some of them only later."""
    names = [r.get("domainName"), *(r.get("subjectAlternativeNames") or [])]
    told = {each["DomainName"]: each.get("ResourceRecord") for each in live.get("DomainValidationOptions", [])}
    options = []
    for name in dict.fromkeys(names):
        record = told.get(name) or {}
        token = r.id.rsplit("/", 1)[-1].replace("-", "")
        options.append(
            {
                "domainName": name,
                "resourceRecordName": record.get("Name") or f"_{token}.{str(name).removeprefix('*.')}.",
                "resourceRecordType": record.get("Type") or "CNAME",
                "resourceRecordValue": record.get("Value") or f"_{token}.acm-validations.aws.",
            }
        )
    return {
        "arn": r.id,
        "domainValidationOptions": options,
        "validationEmails": [],
        "pendingRenewal": False,
        "renewalSummaries": [],
        "status": live.get("Status", "ISSUED"),
        "notBefore": "",
        "notAfter": "",
    }


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures: list[Failure] = []
    algorithm = inputs.get("keyAlgorithm")
    if isinstance(algorithm, str) and not inputs.get("privateKey") and algorithm not in _ISSUED_ALGORITHMS:
        allowed = ", ".join(_ISSUED_ALGORITHMS)
        failures.append(Failure("keyAlgorithm", f"ACM issues {allowed}; {algorithm} can only be imported (AWS rule)"))
    names = inputs.get("subjectAlternativeNames")
    if isinstance(names, list) and len(names) >= _MOST_NAMES:
        failures.append(
            Failure("subjectAlternativeNames", f"has {len(names)} names, a certificate takes {_MOST_NAMES} (AWS rule)")
        )
    if not inputs.get("privateKey") and not inputs.get("domainName"):
        failures.append(Failure("domainName", "is needed where no certificate is imported (AWS rule)"))
    return failures


def _change_tags(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
    if wanted:
        r.api("AddTagsToCertificate", CertificateArn=r.id, Tags=tags.pairs(wanted))
    if gone:
        r.api("RemoveTagsFromCertificate", CertificateArn=r.id, Tags=[{"Key": key} for key in gone])


def _await_issue(r: Live) -> dict[str, Any]:
    arn = r.inputs["certificateArn"]

    def issued() -> bool:
        status = r.api("DescribeCertificate", service="acm", CertificateArn=arn)["Certificate"]["Status"]
        if status in ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED"):
            raise Refused(f"the certificate {arn} is {status}: it will never be issued")
        return status == "ISSUED"

    r.wait(issued, f"the issue of {arn}")
    return {}


def _validated(r: Live) -> dict[str, Any] | None:
    try:
        certificate = r.api("DescribeCertificate", CertificateArn=r.get("certificateArn"))["Certificate"]
    except AwsError as error:
        if error.gone:
            return None
        raise
    return {"CertificateArn": certificate["CertificateArn"]} if certificate["Status"] == "ISSUED" else None


ENTRIES = (
    Entry(
        type="aws:acm/certificate:Certificate",
        service="acm",
        operation="RequestCertificate",
        id="CertificateArn",
        read=_certificate,
        update={
            "options": lambda r: r.validated("UpdateCertificateOptions", CertificateArn=r.id, **r.request(["options"]))
        },
        replace=(
            *("domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"),
            *("certificateAuthorityArn", "privateKey", "certificateBody", "certificateChain", "validationOptions"),
        ),
        lost=("options", "keyAlgorithm", "validationOptions", "validationMethod"),
        not_sent=("earlyRenewalDuration", "privateKey", "certificateBody", "certificateChain"),
        rename={"validationOptions": "DomainValidationOptions"},
        delete=lambda r: r.api("DeleteCertificate", CertificateArn=r.id),
        outputs=_outputs,
        check=_check,
        tags=tags.Tags(
            send=lambda wanted: {"Tags": tags.pairs(wanted)} if wanted else {},
            change=_change_tags,
            read=lambda r, live: tags.from_pairs(r.api("ListTagsForCertificate", CertificateArn=r.id).get("Tags", [])),
        ),
        twin="AWS::CertificateManager::Certificate",
        twin_rename={
            **dict.fromkeys(
                ("options", "privateKey", "certificateBody", "certificateChain", "earlyRenewalDuration"), ""
            ),
            "validationOptions": "DomainValidationOptions",
        },
    ),
    Entry(
        type="aws:acm/certificateValidation:CertificateValidation",
        service="acm",
        create=_await_issue,
        id=lambda r, answer: r.inputs["certificateArn"],
        read=_validated,
        replace=("certificateArn", "validationRecordFqdns"),
        lost=("validationRecordFqdns",),
    ),
)
