"""The control plane's own certificate authority, keys and tokens, made once a stack and readable by its user alone."""

import datetime
import ipaddress
import os
import secrets
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: Users of the API server and the groups that give them their rights.
USERS = {
    "admin": ("rehearsal-admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kwok": ("rehearsal-nodes", "system:masters"),
    "upkeep": ("rehearsal-upkeep", "system:masters"),
}
_VALID_DAYS = 3650


@dataclass(frozen=True)
class Credentials:
    """A directory of files; only this module knows how they come about."""

    directory: Path

    @property
    def authority(self) -> Path:
        return self.directory / "ca.crt"

    @property
    def server_certificate(self) -> Path:
        return self.directory / "server.crt"

    @property
    def server_key(self) -> Path:
        return self.directory / "server.key"

    @property
    def service_account_key(self) -> Path:
        return self.directory / "service-accounts.key"

    @property
    def service_account_public_key(self) -> Path:
        return self.directory / "service-accounts.pub"

    @property
    def tokens(self) -> Path:
        return self.directory / "tokens.csv"

    def token_file(self, user: str) -> Path:
        return self.directory / f"{user}.token"

    def token(self, user: str) -> str:
        return self.token_file(user).read_text()


def ensure_credentials(directory: Path) -> Credentials:
    """Complete or not at all: they are made aside and moved into place."""
    if not directory.exists():
        draft = directory.with_name(f".{directory.name}.{uuid.uuid4().hex}")
        draft.mkdir(mode=0o700, parents=True)
        try:
            _make(Credentials(draft))
            draft.rename(directory)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return Credentials(directory)


def _make(files: Credentials) -> None:
    authority_key, server_key, account_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    authority = _authority(authority_key)
    _write(files.authority, authority.public_bytes(serialization.Encoding.PEM))
    # The authority's key is not kept: nothing more is to be signed with it.
    server = _server_certificate(server_key, authority, authority_key)
    _write(files.server_certificate, server.public_bytes(serialization.Encoding.PEM))
    _write(files.server_key, _private(server_key))
    _write(files.service_account_key, _private(account_key))
    public = account_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write(files.service_account_public_key, public)
    lines: list[str] = []
    for user, (name, group) in USERS.items():
        token = secrets.token_urlsafe(32)
        _write(files.token_file(user), token.encode())
        lines.append(f'{token},{name},{name},"{group}"')
    _write(files.tokens, "\n".join(lines).encode())


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("lifeline rehearsal")
    usage = _key_usage(signs_certificates=True)
    builder = _builder(name, name, key.public_key(), key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def _server_certificate(
    key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """One for all servers of the plane; etcd also asks the API server for it, hence the client usage."""
    names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]
    addresses = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = _builder(_name("control-plane"), authority.subject, key.public_key(), authority_key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    alternatives = x509.SubjectAlternativeName([*map(x509.DNSName, names), *addresses])
    return builder.add_extension(alternatives, critical=False).sign(authority_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, issuer_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # An hour back: the clock of a laptop may be set while the rehearsal runs.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
