"""Certificates and certificate requests: made, and watched for the time when they are due for renewal."""

import datetime
import hashlib
import secrets
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from rehearsal.providers.provider import Failure
from rehearsal.providers.tls import keys, names
from rehearsal.providers.wire import UNKNOWN, has_unknown

Values = dict[str, Any]

DEFAULTS: Values = {"earlyRenewalHours": 0, "isCaCertificate": False, "maxPathLength": -1, "setSubjectKeyId": False}
SELF_SIGNED_DEFAULTS: Values = {**DEFAULTS, "setAuthorityKeyId": False}


def make_request(inputs: Values) -> tuple[str, Values]:
    key = keys.read_pem(_private_key(inputs, "privateKeyPem"))
    builder = x509.CertificateSigningRequestBuilder().subject_name(names.subject_of(inputs))
    if alternatives := names.alternative_names(inputs):
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    request = builder.sign(key, keys.signature_hash(key))
    id = hashlib.sha1(request.public_bytes(Encoding.DER), usedforsecurity=False).hexdigest()
    text = request.public_bytes(Encoding.PEM).decode()
    return id, {"certRequestPem": text, "keyAlgorithm": keys.algorithm_of(key)}


def make_self_signed(inputs: Values) -> tuple[str, Values]:
    key = keys.read_pem(_private_key(inputs, "privateKeyPem"))
    subject = names.subject_of(inputs)
    id, outputs = _sign(inputs, subject, key.public_key(), names.alternative_names(inputs), subject, None, key)
    return id, {**outputs, "keyAlgorithm": keys.algorithm_of(key)}


def make_locally_signed(inputs: Values) -> tuple[str, Values]:
    key = keys.read_pem(_private_key(inputs, "caPrivateKeyPem"))
    authority = x509.load_pem_x509_certificate(inputs["caCertPem"].encode())
    request = x509.load_pem_x509_csr(inputs["certRequestPem"].encode())
    try:
        alternatives = list(request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        alternatives = []
    id, outputs = _sign(inputs, request.subject, request.public_key(), alternatives, authority.subject, authority, key)
    return id, {**outputs, "caKeyAlgorithm": keys.algorithm_of(key)}


def _sign(
    inputs: Values,
    subject: x509.Name,
    public_key: Any,
    alternatives: list[x509.GeneralName],
    issuer: x509.Name,
    authority: x509.Certificate | None,
    signer: keys.PrivateKey,
) -> tuple[str, Values]:
    start = now().replace(microsecond=0)
    end = start + datetime.timedelta(hours=inputs["validityPeriodHours"])
    serial = secrets.randbits(127) | 1
    builder = x509.CertificateBuilder(issuer, subject, public_key, serial, start, end)
    is_ca, longest = inputs["isCaCertificate"], inputs["maxPathLength"]
    constraints = x509.BasicConstraints(ca=is_ca, path_length=longest if is_ca and longest >= 0 else None)
    builder = builder.add_extension(constraints, critical=True)
    for extension, critical in names.usage_extensions(inputs["allowedUses"]):
        builder = builder.add_extension(extension, critical)
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=not list(subject))
    own_identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    if is_ca or inputs["setSubjectKeyId"]:
        builder = builder.add_extension(own_identifier, critical=False)
    identifier = _key_identifier(authority) if authority else own_identifier
    if identifier and (authority or inputs["setAuthorityKeyId"]):
        extension = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
        builder = builder.add_extension(extension, critical=False)
    certificate = builder.sign(signer, keys.signature_hash(signer))
    outputs = {
        "certPem": certificate.public_bytes(Encoding.PEM).decode(),
        "validityStartTime": text(start),
        "validityEndTime": text(end),
        "readyForRenewal": False,
    }
    return str(serial), outputs


def _key_identifier(certificate: x509.Certificate) -> x509.SubjectKeyIdentifier | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return None


def _private_key(inputs: Values, name: str) -> str:
    return inputs.get(name) or inputs[f"{name}Wo"]


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def text(moment: datetime.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def renewal(state: Values) -> Values:
    """Due once its end, less the hours of early renewal, has passed."""
    early = datetime.timedelta(hours=state["earlyRenewalHours"])
    end = datetime.datetime.fromisoformat(state["validityEndTime"])
    return {"readyForRenewal": now() >= end - early}


# -- what is wrong with inputs ----------------------------------------------------------------------------------------


def request_problems(inputs: Values) -> list[Failure]:
    return _key_problems(inputs, "privateKeyPem") + names.name_problems(inputs)


def self_signed_problems(inputs: Values) -> list[Failure]:
    found = request_problems(inputs) + _validity_problems(inputs) + names.usage_problems(inputs)
    is_ca, subject = inputs["isCaCertificate"], inputs.get("subject")
    if is_ca is True and not has_unknown(subject) and not any((subject or {}).values()):
        found.append(Failure("subject", "must have at least one name, because this is the certificate of an authority"))
    if inputs["setAuthorityKeyId"] is True and is_ca is False and inputs["setSubjectKeyId"] is False:
        found.append(Failure("setAuthorityKeyId", "needs setSubjectKeyId: of a self-signed certificate both are one"))
    return found


def locally_signed_problems(inputs: Values) -> list[Failure]:
    found = _key_problems(inputs, "caPrivateKeyPem") + _validity_problems(inputs) + names.usage_problems(inputs)
    request, authority = inputs["certRequestPem"], inputs["caCertPem"]
    if request is not UNKNOWN:
        try:
            if not x509.load_pem_x509_csr(request.encode()).is_signature_valid:
                found.append(Failure("certRequestPem", "is not signed by its own key"))
        except ValueError:
            found.append(Failure("certRequestPem", "is not a certificate request in PEM form"))
    if authority is not UNKNOWN:
        found += _authority_problems(inputs, authority)
    return found


def _authority_problems(inputs: Values, text: str) -> list[Failure]:
    try:
        authority = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        return [Failure("caCertPem", "is not a certificate in PEM form")]
    try:
        is_ca = authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_ca = False
    if not is_ca:
        return [Failure("caCertPem", "is not the certificate of an authority: make it with isCaCertificate")]
    key = inputs.get("caPrivateKeyPem") or inputs.get("caPrivateKeyPemWo")
    if isinstance(key, str):
        try:
            if keys.read_pem(key).public_key() != authority.public_key():
                return [Failure("caCertPem", "does not belong to the private key of the authority")]
        except ValueError:
            return []  # the key's own problem is told beside
    return []


def _key_problems(inputs: Values, name: str) -> list[Failure]:
    given = {key: inputs[key] for key in (name, f"{name}Wo") if inputs.get(key, "") != ""}
    if len(given) != 1:
        return [Failure(name, f"exactly one of {name} and {name}Wo must be set")]
    [(key, value)] = given.items()
    if value is UNKNOWN:
        return []
    try:
        keys.read_pem(value)
    except ValueError as error:
        return [Failure(key, str(error))]
    return []


def _validity_problems(inputs: Values) -> list[Failure]:
    return [
        Failure(name, "must not be negative")
        for name in ("validityPeriodHours", "earlyRenewalHours")
        if inputs[name] is not UNKNOWN and inputs[name] < 0
    ]
