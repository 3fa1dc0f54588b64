"""Private keys: making them, reading them, and every form in which the provider gives them out."""

import base64
import hashlib
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from rehearsal.providers.provider import Failure
from rehearsal.providers.wire import has_unknown

Values = dict[str, Any]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

DEFAULTS: Values = {"rsaBits": 2048, "ecdsaCurve": "P224"}
_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "P224": ec.SECP224R1,
    "P256": ec.SECP256R1,
    "P384": ec.SECP384R1,
    "P521": ec.SECP521R1,
}
_ALGORITHMS = ("RSA", "ECDSA", "ED25519")
_FEWEST_RSA_BITS = 1024  # the library refuses fewer, and so should everybody


def problems(inputs: Values) -> list[Failure]:
    found: list[Failure] = []
    algorithm, curve, bits = inputs["algorithm"], inputs["ecdsaCurve"], inputs["rsaBits"]
    if not has_unknown(algorithm) and algorithm not in _ALGORITHMS:
        found.append(Failure("algorithm", f"must be one of {', '.join(_ALGORITHMS)}"))
    if not has_unknown(curve) and curve not in _CURVES:
        found.append(Failure("ecdsaCurve", f"must be one of {', '.join(_CURVES)}"))
    if not has_unknown(bits) and bits < _FEWEST_RSA_BITS:
        found.append(Failure("rsaBits", f"must be at least {_FEWEST_RSA_BITS}"))
    return found


def make(inputs: Values) -> tuple[str, Values]:
    key: PrivateKey
    if inputs["algorithm"] == "RSA":
        key = rsa.generate_private_key(public_exponent=65537, key_size=inputs["rsaBits"])
    elif inputs["algorithm"] == "ECDSA":
        key = ec.generate_private_key(_CURVES[inputs["ecdsaCurve"]]())
    else:
        key = ed25519.Ed25519PrivateKey.generate()
    pkcs8 = _private_text(key, PrivateFormat.PKCS8)
    traditional = not isinstance(key, ed25519.Ed25519PrivateKey)  # which has no other form than PKCS 8
    return identity(key.public_key()), {
        "privateKeyPem": _private_text(key, PrivateFormat.TraditionalOpenSSL) if traditional else pkcs8,
        "privateKeyPemPkcs8": pkcs8,
        "privateKeyOpenssh": _private_text(key, PrivateFormat.OpenSSH) if _openssh_knows(key.public_key()) else "",
        **public_outputs(key.public_key()),
    }


def _private_text(key: PrivateKey, form: PrivateFormat) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def identity(key: PublicKey) -> str:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


def public_outputs(key: PublicKey) -> Values:
    """OpenSSH knows no P224: its forms are empty then, as the official provider gives them."""
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    openssh = md5 = sha256 = ""
    if _openssh_knows(key):
        openssh = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode() + "\n"
        blob = base64.b64decode(openssh.split()[1])
        md5 = hashlib.md5(blob, usedforsecurity=False).digest().hex(":")
        sha256 = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).rstrip(b"=").decode()
    return {
        "publicKeyPem": pem,
        "publicKeyOpenssh": openssh,
        "publicKeyFingerprintMd5": md5,
        "publicKeyFingerprintSha256": sha256,
    }


def _openssh_knows(key: PublicKey) -> bool:
    return not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP224R1))


def read_pem(text: str) -> PrivateKey:
    """Raises ValueError, in words that repeat nothing of the text."""
    return _read(lambda: load_pem_private_key(text.encode(), None), "PEM")


def read_openssh(text: str) -> PrivateKey:
    return _read(lambda: load_ssh_private_key(text.encode(), None), "OpenSSH")


def _read(load: Any, form: str) -> PrivateKey:
    try:
        key = load()
    except TypeError:
        raise ValueError("is a private key under a password: give it without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"is not a private key in {form} form") from None
    if not isinstance(key, PrivateKey):
        raise ValueError(f"is a private key of another algorithm than {', '.join(_ALGORITHMS)}")
    return key


def algorithm_of(key: PrivateKey | PublicKey) -> str:
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) else "ED25519"


def signature_hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    """As strong as the key; Ed25519 brings its own."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size > 256:
        return hashes.SHA384() if key.curve.key_size <= 384 else hashes.SHA512()
    return hashes.SHA256()
