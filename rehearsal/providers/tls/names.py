"""Who a certificate is for: subject, names and addresses, and what it may be used for."""

import difflib
import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rehearsal.providers.provider import Failure
from rehearsal.providers.wire import has_unknown

Values = dict[str, Any]

_SUBJECT = {
    "country": NameOID.COUNTRY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "streetAddresses": NameOID.STREET_ADDRESS,
    "postalCode": NameOID.POSTAL_CODE,
    "commonName": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "emailAddress": NameOID.EMAIL_ADDRESS,
}
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "cert_signing",
    "crl_signing",
    "encipher_only",
    "decipher_only",
)
_EXTENDED_USAGES = {
    "any_extended": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code_signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email_protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "ipsec_end_system": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.5"),
    "ipsec_tunnel": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.6"),
    "ipsec_user": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.7"),
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "ocsp_signing": ExtendedKeyUsageOID.OCSP_SIGNING,
    "microsoft_server_gated_crypto": x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.3"),
    "netscape_server_gated_crypto": x509.ObjectIdentifier("2.16.840.1.113730.4.1"),
    "microsoft_commercial_code_signing": x509.ObjectIdentifier("1.3.6.1.4.1.311.2.1.22"),
    "microsoft_kernel_code_signing": x509.ObjectIdentifier("1.3.6.1.4.1.311.61.1.1"),
}


def subject_of(inputs: Values) -> x509.Name:
    subject: Values = inputs.get("subject") or {}
    attributes: list[x509.NameAttribute[Any]] = []
    for name, identifier in _SUBJECT.items():
        values = subject.get(name) or []
        attributes += [x509.NameAttribute(identifier, v) for v in (values if isinstance(values, list) else [values])]
    return x509.Name(attributes)


def alternative_names(inputs: Values) -> list[x509.GeneralName]:
    return [
        *(x509.DNSName(name) for name in inputs.get("dnsNames") or []),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in inputs.get("ipAddresses") or []),
        *(x509.UniformResourceIdentifier(uri) for uri in inputs.get("uris") or []),
    ]


def usage_extensions(uses: Iterable[str]) -> list[tuple[x509.ExtensionType, bool]]:
    """Extensions and whether each is critical."""
    chosen = set(uses)
    found: list[tuple[x509.ExtensionType, bool]] = []
    if chosen & set(_KEY_USAGES):
        allowed = {name: name in chosen for name in _KEY_USAGES}
        allowed["key_cert_sign"], allowed["crl_sign"] = allowed.pop("cert_signing"), allowed.pop("crl_signing")
        found.append((x509.KeyUsage(**allowed), True))
    if extended := [identifier for name, identifier in _EXTENDED_USAGES.items() if name in chosen]:
        found.append((x509.ExtendedKeyUsage(extended), False))
    return found


def usage_problems(inputs: Values) -> list[Failure]:
    uses = inputs["allowedUses"]
    if has_unknown(uses):
        return []
    known = [*_KEY_USAGES, *_EXTENDED_USAGES]
    found: list[Failure] = []
    for index, use in enumerate(uses):
        if use not in known:
            near = difflib.get_close_matches(use, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it can be {', '.join(sorted(known))}"
            found.append(Failure(f"allowedUses[{index}]", f"is no use of a certificate; {hint}"))
        elif use in ("encipher_only", "decipher_only") and "key_agreement" not in uses:
            found.append(Failure(f"allowedUses[{index}]", "has a meaning only together with key_agreement"))
    return found


def name_problems(inputs: Values) -> list[Failure]:
    checks = {"dnsNames": x509.DNSName, "ipAddresses": ipaddress.ip_address, "uris": _uri}
    kinds = {"dnsNames": "a DNS name in ASCII", "ipAddresses": "an IP address", "uris": "a URI with a scheme"}
    found: list[Failure] = []
    for name, make in checks.items():
        values = inputs.get(name, [])
        for index, value in enumerate([] if has_unknown(values) else values):
            try:
                make(value)
            except ValueError:
                found.append(Failure(f"{name}[{index}]", f"must be {kinds[name]}"))
    if not has_unknown(inputs.get("subject")):
        try:
            subject_of(inputs)
        except ValueError as error:
            found.append(Failure("subject", f"cannot be written into a certificate: {error}"))
    return found


def _uri(text: str) -> None:
    x509.UniformResourceIdentifier(text)
    if not urlsplit(text).scheme:
        raise ValueError("no scheme")
