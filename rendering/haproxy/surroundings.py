"""What a configuration has to know beside the spec: names, addresses and directories of the place it runs in."""

from dataclasses import dataclass

from rendering.variants import Variant

#: None below 1024, since nothing runs as root. The first three are known to the network policies.
HTTP_PORT, HTTPS_PORT, METRICS_PORT, PEERS_PORT = 8080, 8443, 8404, 10000
#: Where the load balancer asks whether a proxy is there, and Kubernetes whether it is ready.
HEALTH_PATH = "/haproxy-health"


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One HAProxy of the fleet. It listens on `bind`, the others find it at `address`."""

    name: str
    address: str
    bind: str = f":{PEERS_PORT}"


@dataclass(frozen=True, kw_only=True)
class CacheServers:
    """The Redis servers behind the name `cache`, and how they are asked which of them is the master."""

    host: str
    """A name that resolves to each of them."""
    port: int
    count: int
    bind_port: int
    authority: str | None
    """File with the certificate that signs theirs; None asks without encryption."""
    verified_name: str = "cache"
    username: str = "default"
    """Who asks."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Defaults are those of a pod; a test on loopback gives others."""

    domain: str
    namespace: str
    trusted_cidrs: tuple[str, ...]
    """Networks of the load balancer: whose word on the client's address is taken."""
    admin_cidrs: tuple[str, ...]
    peers: tuple[Peer, ...]
    cache: CacheServers | None = None
    dashboards: str | None = None
    """Host and port of Grafana."""
    bind: str = ""
    """Address to listen on; empty is all of the pod's."""
    http_port: int = HTTP_PORT
    https_port: int = HTTPS_PORT
    metrics_port: int = METRICS_PORT
    directory: str = "/etc/haproxy"
    run_directory: str = "/run/haproxy"
    certificate: str = "/etc/haproxy-tls/tls.pem"
    nameserver: str | None = None
    """Address and port; None takes those of /etc/resolv.conf."""
    threads: int | None = None
    """None: as many as the spec's share of processors."""

    def servers(self, variant: Variant) -> str:
        """A name that resolves to each pod of the variant, ready or not."""
        return f"{variant.servers}.{self.namespace}.svc.cluster.local"

    @property
    def traffic_map(self) -> str:
        return f"{self.run_directory}/traffic.map"

    @property
    def cache_map(self) -> str:
        """Holds the password: not a part of the configuration, and changed when it is rotated."""
        return f"{self.run_directory}/cache.map"

    @property
    def answers_map(self) -> str:
        return f"{self.directory}/answers.map"

    @property
    def routes_map(self) -> str:
        return f"{self.directory}/routes.map"
