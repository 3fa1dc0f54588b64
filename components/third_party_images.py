"""Images that others build, each by digest: a tag can be moved to other content, a digest cannot.

Digests are of the multi-platform index, read from public repositories that pin the same image; no registry could be
asked (docs/decisions/monitoring.md). Where none was found, the stack names it: `lifeline:imageDigests`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class ThirdPartyImage:
    """Where an image lies, what its release is called, and what it contains."""

    repository: str
    tag: str
    digest: str = ""
    """Empty where nobody's record of it was found."""

    def reference(self, digest: str = "") -> str:
        """`repository:tag@digest`; the tag is for people, the digest decides."""
        pinned = digest or self.digest
        return f"{self.repository}:{self.tag}@{pinned}" if pinned else f"{self.repository}:{self.tag}"


IMAGES: Mapping[str, ThirdPartyImage] = {
    # the minor release that Debian ships and tests run; a digest of its last patch was found nowhere
    "haproxy": ThirdPartyImage("docker.io/library/haproxy", "2.6"),
    "prometheus": ThirdPartyImage(
        "quay.io/prometheus/prometheus",
        "v3.14.0",
        "sha256:5ce7540c3c00ef4ab0c9d2c995c6a5b9c421f44b4a115d97a2c7af3b1c21cbb0",
    ),
    "alertmanager": ThirdPartyImage(
        "quay.io/prometheus/alertmanager",
        "v0.28.1",
        "sha256:27c475db5fb156cab31d5c18a4251ac7ed567746a2483ff264516437a39b15ba",
    ),
    "grafana": ThirdPartyImage(
        "docker.io/grafana/grafana",
        "13.0.2",
        "sha256:5dad0df181cb644a14e13617b913b261a54f7d4fd4510721dba420929f35bea2",
    ),
    "loki": ThirdPartyImage(
        "docker.io/grafana/loki",
        "3.7.8",
        "sha256:1107dd5274e0ada47e42472b7a7e71f3b2a2fe878878108f3e2f9e51528f0193",
    ),
    "blackbox-exporter": ThirdPartyImage(
        "quay.io/prometheus/blackbox-exporter",
        "v0.28.0",
        "sha256:e753ff9f3fc458d02cca5eddab5a77e1c175eee484a8925ac7d524f04366c2fc",
    ),
    "postgres-exporter": ThirdPartyImage(
        "quay.io/prometheuscommunity/postgres-exporter",
        "v0.20.1",
        "sha256:ac5ec343104fae0e2d84a27bb8d69b38430a11910c5382cad85d478d2bab713e",
    ),
    "redis-exporter": ThirdPartyImage(
        "docker.io/oliver006/redis_exporter",
        "v1.91.1",
        "sha256:c67a432dba6b4ae30f471e3c77cf14a289133bbeeb89abb0bb03e6092efb2836",
    ),
    # the minor release that Debian ships and tests run
    "redis": ThirdPartyImage(
        "docker.io/library/redis",
        "7.0",
        "sha256:5050c3b85c308ec9e9eafb8ac7b3a8742a61cdb298d79851141a500491d45baf",
    ),
    # 1.25.2, as several public records of this digest say; tests run 1.18, a campaign 1.24 and 1.26
    "pgbouncer": ThirdPartyImage(
        "docker.io/edoburu/pgbouncer",
        "v1.25.2-p0",
        "sha256:4c1ca296ef525f108f5d3552cc337c0c09587cf8dae7f0067fd93349e47dc1cd",
    ),
    "cloudwatch-exporter": ThirdPartyImage("quay.io/prometheuscommunity/yet-another-cloudwatch-exporter", "v0.67.0"),
    "kube-state-metrics": ThirdPartyImage(
        "registry.k8s.io/kube-state-metrics/kube-state-metrics",
        "v2.19.1",
        "sha256:85108987d044b18a098126732f98602df408888c0f7d456241f5abefb9744bc1",
    ),
    "pushgateway": ThirdPartyImage(
        "docker.io/prom/pushgateway",
        "v1.11.1",
        "sha256:03738d278e082ee9821df730c741b3b465c251fc2b68a85883def301a55a6215",
    ),
    "node-exporter": ThirdPartyImage(
        "docker.io/prom/node-exporter",
        "v1.10.2",
        "sha256:3ac34ce007accad95afed72149e0d2b927b7e42fd1c866149b945b84737c62c3",
    ),
    "log-collector": ThirdPartyImage(
        "docker.io/otel/opentelemetry-collector-contrib",
        "0.145.0",
        "sha256:a7343f01869071ea3f4c5e1e97df1bb1b3c4d5c77247db80e053a80b9df530c4",
    ),
    "python": ThirdPartyImage(
        "docker.io/library/python",
        "3.13-slim",
        "sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b",
    ),
}


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def undetermined() -> tuple[str, ...]:
    """Images whose digest only the stack can say."""
    return tuple(name for name, image in IMAGES.items() if not image.digest)


def references(digests: Mapping[str, str]) -> Mapping[str, str]:
    """All of them by name; `digests` are the stack's, in place of the table's."""
    return {name: image.reference(digests.get(name, "")) for name, image in IMAGES.items()}
