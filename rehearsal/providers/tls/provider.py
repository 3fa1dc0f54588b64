"""The resources and functions of pulumi-tls."""

import hashlib
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from rehearsal.providers.local import Kind, LocalProvider
from rehearsal.providers.provider import Refused
from rehearsal.providers.tls import certificates, keys
from rehearsal.providers.wire import Secret

Values = dict[str, Any]
_RENEWED = {"ageing": certificates.renewal, "due": frozenset({"readyForRenewal"})}

KINDS = {
    "tls:index/privateKey:PrivateKey": Kind(keys.make, keys.DEFAULTS, keys.problems),
    "tls:index/certRequest:CertRequest": Kind(
        certificates.make_request, problems=certificates.request_problems, write_only=frozenset({"privateKeyPemWo"})
    ),
    "tls:index/selfSignedCert:SelfSignedCert": Kind(
        certificates.make_self_signed,
        certificates.SELF_SIGNED_DEFAULTS,
        certificates.self_signed_problems,
        in_place=frozenset({"earlyRenewalHours"}),
        write_only=frozenset({"privateKeyPemWo"}),
        **_RENEWED,
    ),
    "tls:index/locallySignedCert:LocallySignedCert": Kind(
        certificates.make_locally_signed,
        certificates.DEFAULTS,
        certificates.locally_signed_problems,
        in_place=frozenset({"earlyRenewalHours"}),
        write_only=frozenset({"caPrivateKeyPemWo"}),
        **_RENEWED,
    ),
}


class TlsProvider(LocalProvider):
    def __init__(self) -> None:
        super().__init__("tls", KINDS)

    def invoke(self, token: str, arguments: Values) -> Values:
        if token == "tls:index/getPublicKey:getPublicKey":
            return _public_key(arguments)
        if token == "tls:index/getCertificate:getCertificate":
            return _certificates(arguments)
        raise Refused(f"the rehearsal's tls provider has no function {token}; it has getPublicKey and getCertificate")


def _public_key(arguments: Values) -> Values:
    given = {name: arguments[name] for name in ("privateKeyPem", "privateKeyOpenssh") if arguments.get(name)}
    if len(given) != 1:
        raise Refused("getPublicKey: exactly one of privateKeyPem and privateKeyOpenssh must be given")
    [(name, text)] = given.items()
    try:
        key = keys.read_pem(text) if name == "privateKeyPem" else keys.read_openssh(text)
    except ValueError as error:
        raise Refused(f"getPublicKey: {name} {error}") from None
    public = key.public_key()
    return {
        name: Secret(text),
        "id": keys.identity(public),
        "algorithm": keys.algorithm_of(key),
        **keys.public_outputs(public),
    }


def _certificates(arguments: Values) -> Values:
    if arguments.get("url"):
        raise Refused("getCertificate: a rehearsal asks no server on the network; give the certificate as `content`")
    content = arguments.get("content") or ""
    try:
        found = x509.load_pem_x509_certificates(content.encode())
    except ValueError:
        raise Refused("getCertificate: content is not one or more certificates in PEM form") from None
    described = [_described(certificate) for certificate in found]
    id = hashlib.sha1("".join(entry["certPem"] for entry in described).encode(), usedforsecurity=False).hexdigest()
    return {"certificates": described, "content": content, "id": id}


def _described(certificate: x509.Certificate) -> Values:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        constraints = x509.BasicConstraints(ca=False, path_length=None)
    algorithm = {"RSA": "RSA", "ECDSA": "ECDSA", "ED25519": "Ed25519"}[keys.algorithm_of(certificate.public_key())]
    return {
        "certPem": certificate.public_bytes(Encoding.PEM).decode(),
        "isCa": constraints.ca,
        "issuer": certificate.issuer.rfc4514_string(),
        "maxPathLength": -1 if constraints.path_length is None else constraints.path_length,
        "notAfter": certificates.text(certificate.not_valid_after_utc),
        "notBefore": certificates.text(certificate.not_valid_before_utc),
        "publicKeyAlgorithm": algorithm,
        "serialNumber": str(certificate.serial_number),
        "sha1Fingerprint": certificate.fingerprint(hashes.SHA1()).hex(),
        "signatureAlgorithm": _signature_algorithm(certificate),
        "subject": certificate.subject.rfc4514_string(),
        "version": certificate.version.value + 1,
    }


def _signature_algorithm(certificate: x509.Certificate) -> str:
    """`SHA256-RSA`, `ECDSA-SHA384`, `Ed25519`."""
    if certificate.signature_hash_algorithm is None:
        return "Ed25519"
    digest = certificate.signature_hash_algorithm.name.upper()
    name = certificate.signature_algorithm_oid._name.lower()
    return f"ECDSA-{digest}" if "ecdsa" in name else f"{digest}-RSA"
