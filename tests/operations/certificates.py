"""An authority of the test's own, and certificates as good or as bad as asked for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


class Authority:
    """`file` is what has to be trusted."""

    def __init__(self, directory: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority for tests")])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        own = self._builder(self._name, self._key.public_key(), days=3650)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        own = own.add_extension(usage, critical=True)
        self.file = directory / "authority.pem"
        self.file.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def certificate(self, *names: str, days: float, kind: str = "EC_prime256v1") -> str:
        """Certificate and key in one text, as HAProxy reads them; with negative days it ended that long ago."""
        key = rsa.generate_private_key(65537, 2048) if kind == "RSA_2048" else ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        built = self._builder(subject, key.public_key(), days)
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        signed = built.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return (signed + private).decode()

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, days: float
    ) -> x509.CertificateBuilder:
        end = datetime.now(UTC) + timedelta(days=days)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(end, datetime.now(UTC)) - timedelta(days=90))
            .not_valid_after(end)
        )
