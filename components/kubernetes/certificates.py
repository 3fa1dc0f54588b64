"""A private authority for traffic between pods, and certificates for the names that pods are called by.

Applications verify against the authority alone (`verify-full`): who could forge a public certificate gains nothing.
Keys lie in the stack's state, which encrypts them, and in Secrets of the platform's namespace.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_tls as tls
from pulumi import ResourceOptions

from components.naming import Naming

#: A leaf lives 397 days, the longest that strict clients accept; any `up` of its last 90 days renews it.
_LEAF_HOURS, _LEAF_RENEWAL_HOURS = 397 * 24, 90 * 24
#: The authority lives ten years; a new one is made a year before, while the old one still signs what runs.
_AUTHORITY_HOURS, _AUTHORITY_RENEWAL_HOURS = 3_650 * 24, 365 * 24
#: P-256: small, quick, and known to HAProxy, Redis, PgBouncer and every client library.
_KEY = {"algorithm": "ECDSA", "ecdsa_curve": "P256"}
#: Where the authority's certificate is in its ConfigMap.
AUTHORITY_CONFIG_MAP, AUTHORITY_FILE = "internal-authority", "ca-cert.pem"


@dataclass(frozen=True, kw_only=True)
class InternalCertificatesArgs:
    """`names` is Service name -> further names it is called by; each gets a Secret `<service>-tls`."""

    namespace: pulumi.Input[str]
    names: Mapping[str, tuple[str, ...]]
    trusted_in: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Further namespaces that get the authority's certificate: a short name of ours -> the namespace."""


class InternalCertificates(pulumi.ComponentResource):
    """Secrets `<service>-tls` with tls.crt, tls.key, tls.pem (both, as HAProxy reads them) and ca.crt."""

    authority_pem: pulumi.Output[str]
    secret_names: Mapping[str, pulumi.Output[str]]
    """Service -> Secret with its certificate."""
    authority_config_map: pulumi.Output[str]
    """ConfigMap with `ca-cert.pem`, for whoever calls those services."""

    def __init__(
        self, name: str, args: InternalCertificatesArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:kubernetes:InternalCertificates", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._authority_key = tls.PrivateKey(f"{name}-authority-key", opts=self._child, **_KEY)
        self._authority = self._create_authority()
        self.authority_pem = self._authority.cert_pem
        self.authority_config_map = self._publish_authority("authority", args.namespace)
        for place, namespace in args.trusted_in.items():
            self._publish_authority(f"authority-{place}", namespace)
        self.secret_names = {service: self._create_leaf(service, also) for service, also in args.names.items()}
        self.register_outputs({"authorityConfigMap": self.authority_config_map})

    def _create_authority(self) -> tls.SelfSignedCert:
        return tls.SelfSignedCert(
            f"{self._name}-authority",
            private_key_pem=self._authority_key.private_key_pem,
            subject={"common_name": self._naming.name("internal"), "organization": "Lifeline"},
            is_ca_certificate=True,
            allowed_uses=["cert_signing", "crl_signing"],
            validity_period_hours=_AUTHORITY_HOURS,
            early_renewal_hours=_AUTHORITY_RENEWAL_HOURS,
            opts=self._child,
        )

    def _publish_authority(self, role: str, namespace: pulumi.Input[str]) -> pulumi.Output[str]:
        published = kubernetes.core.v1.ConfigMap(
            f"{self._name}-{role}-published",
            metadata={"name": AUTHORITY_CONFIG_MAP, "namespace": namespace},
            data={AUTHORITY_FILE: self.authority_pem},
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        return published.metadata.apply(lambda metadata: metadata.name or "")

    def _create_leaf(self, service: str, also: tuple[str, ...]) -> pulumi.Output[str]:
        key = tls.PrivateKey(f"{self._name}-{service}-key", opts=self._child, **_KEY)
        request = tls.CertRequest(
            f"{self._name}-{service}-request",
            private_key_pem=key.private_key_pem,
            subject={"common_name": service},
            dns_names=pulumi.Output.from_input(self._args.namespace).apply(
                lambda namespace: dns_names(service, namespace, also)
            ),
            opts=self._child,
        )
        signed = tls.LocallySignedCert(
            f"{self._name}-{service}-certificate",
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=self._authority_key.private_key_pem,
            ca_cert_pem=self.authority_pem,
            allowed_uses=["digital_signature", "server_auth", "client_auth"],
            validity_period_hours=_LEAF_HOURS,
            early_renewal_hours=_LEAF_RENEWAL_HOURS,
            opts=self._child,
        )
        return self._create_secret(service, key, signed)

    def _create_secret(self, service: str, key: tls.PrivateKey, signed: tls.LocallySignedCert) -> pulumi.Output[str]:
        """A renewed certificate replaces the Secret under the same name: deleted first, which running pods survive."""
        created = kubernetes.core.v1.Secret(
            f"{self._name}-{service}-secret",
            metadata={"name": f"{service}-tls", "namespace": self._args.namespace},
            type="kubernetes.io/tls",
            string_data={
                "tls.crt": signed.cert_pem,
                "tls.key": key.private_key_pem,
                "tls.pem": pulumi.Output.concat(signed.cert_pem, key.private_key_pem),
                "ca.crt": self.authority_pem,
            },
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")


def dns_names(service: str, namespace: str, also: tuple[str, ...] = ()) -> list[str]:
    """What a Service is called by inside the cluster, and each of its pods behind a headless one."""
    short = [f"{service}.{namespace}", f"{service}.{namespace}.svc", f"{service}.{namespace}.svc.cluster.local"]
    return list(dict.fromkeys([service, *short, f"*.{service}.{namespace}.svc.cluster.local", *also]))
