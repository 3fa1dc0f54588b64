"""What must not be in any backup, whatever somebody put where backups are taken from: private keys and .env files."""

import re

#: By name, wherever it lies.
_NAMES = (
    (re.compile(r"(^|/)\.env(\.[^/]*)?$|(^|/)[^/]*\.env$", re.IGNORECASE), "env file"),
    (re.compile(r"\.(key|p12|pfx|jks|keystore|ppk)$|(^|/)id_(rsa|dsa|ecdsa|ed25519)$", re.IGNORECASE), "private key"),
)
#: By content: every text form of a private key has this line.
_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")


def reason_by_name(name: str) -> str | None:
    """Why this may not be kept, or None."""
    return next((why for pattern, why in _NAMES if pattern.search(name)), None)


def reason_by_content(content: bytes) -> str | None:
    return "private key" if _KEY.search(content) else None
