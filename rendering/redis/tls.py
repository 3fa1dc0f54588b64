"""Encryption, the same for servers and Sentinels: they listen on nothing else, and speak it among themselves."""


def lines(port: int, certificates: str | None) -> list[str]:
    """Clients prove themselves by password: only the platform's own servers have a certificate to show."""
    if certificates is None:
        return [f"port {port}"]
    return [
        "port 0",
        f"tls-port {port}",
        f"tls-cert-file {certificates}/tls.crt",
        f"tls-key-file {certificates}/tls.key",
        f"tls-ca-cert-file {certificates}/ca.crt",
        "tls-auth-clients no",
        "tls-replication yes",
        'tls-protocols "TLSv1.2 TLSv1.3"',
    ]
