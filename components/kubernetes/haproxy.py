"""The HAProxy fleet: the only way in, behind one port of every node, and the way to the cache's master.

A StatefulSet, since proxies share their counters by name. Its configuration is rendered from the spec; what operations
change at run time lies in the ConfigMap `traffic`, which the follower beside each proxy applies within seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components import operations_owned
from components.kubernetes import haproxy_pods
from components.kubernetes.haproxy_pods import PROGRAM, Wiring
from components.kubernetes.labels import NO_WAITING, Infrastructure, InNamespace, labels
from components.naming import Naming
from rendering import environment, haproxy
from rendering.haproxy import traffic
from rendering.haproxy.surroundings import HTTPS_PORT, PEERS_PORT, CacheServers, Peer, Surroundings
from rendering.redis import users
from systems.model import NetworkTier, System

#: What the load balancer and certificates know the fleet by.
SERVICE = "balancer"


@dataclass(frozen=True, kw_only=True)
class CacheBehind:
    """The Redis servers: a Service that resolves to each, and a Secret whose `password` may ask for the master."""

    servers: str
    password_secret: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class HAProxyArgs:
    """`image` is HAProxy's, `follower_image` one with Python; `certificate_secret` holds `tls.pem`."""

    system: System
    domain: str
    namespace: pulumi.Input[str]
    admin_cidrs: tuple[str, ...]
    image: str
    follower_image: str
    certificate_secret: pulumi.Input[str]
    cache: CacheBehind | None = None
    """Without it there is no Service `cache`."""
    guards: Sequence[pulumi.Resource] = field(default_factory=tuple[pulumi.Resource, ...])
    """Quotas and policies of the namespace, which stand before anything runs in it."""


class HAProxy(pulumi.ComponentResource):
    """As many proxies as documented, one a zone as far as that goes, of which one at a time may be away."""

    service_name: pulumi.Output[str]
    node_port: int
    traffic_config_map: pulumi.Output[str]

    def __init__(self, name: str, args: HAProxyArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:HAProxy", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._labels = labels(Infrastructure.BALANCER, app=PROGRAM, program=PROGRAM)
        self.node_port = node_port(args.system)
        self.traffic_config_map = self._create_traffic()
        configuration, follower = self._create_files()
        account = self._create_account()
        peers = [self._create_peer(peer) for peer in _peers(args.system)]
        self.service_name = self._create_door()
        if args.cache:
            self._create_cache()
        wiring = Wiring(
            configuration=configuration,
            follower=follower,
            traffic=self.traffic_config_map,
            certificate=args.certificate_secret,
            account=account,
            cache_password=args.cache.password_secret if args.cache else None,
            image=args.image,
            follower_image=args.follower_image,
        )
        self._create_proxies(wiring, peers)
        self._create_disruption_budget()
        self.register_outputs({"serviceName": self.service_name, "trafficConfigMap": self.traffic_config_map})

    def _metadata(self, name: str) -> dict[str, object]:
        return {"name": name, "namespace": self._args.namespace, "labels": self._labels}

    def _service_metadata(self, name: str) -> dict[str, object]:
        return {**self._metadata(name), "annotations": NO_WAITING}

    def _create_traffic(self) -> pulumi.Output[str]:
        """Declared with everybody on the old side and nothing closed; from then on it is operations'."""
        created = kubernetes.core.v1.ConfigMap(
            f"{self._name}-traffic",
            metadata=self._metadata(traffic.CONFIG_MAP),
            data=dict(traffic.defaults(self._args.system)),
            opts=ResourceOptions(parent=self, ignore_changes=operations_owned.fields("kubernetes:core/v1:ConfigMap")),
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_files(self) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        """The configuration, and the follower's program. Other content has another name, and proxies roll."""
        return (
            self._config_map("configuration", haproxy.fleet(self._args.system, self._surroundings())),
            self._config_map("follower", haproxy_pods.follower_program()),
        )

    def _config_map(self, role: str, files: Mapping[str, str]) -> pulumi.Output[str]:
        created = kubernetes.core.v1.ConfigMap(
            f"{self._name}-{role}",
            metadata=self._metadata(f"{PROGRAM}-{role}-{environment.digest(files)}"),
            data=dict(files),
            immutable=True,
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _surroundings(self) -> Surroundings:
        system = self._args.system
        dashboards = next((each.port for each in system.monitoring.components if each.name == "grafana"), None)
        grafana = f"grafana.{InNamespace.MONITORING.value}.svc.cluster.local"
        return Surroundings(
            domain=self._args.domain,
            namespace=InNamespace.PLATFORM.value,
            trusted_cidrs=(system.firewall.network_cidr,),
            admin_cidrs=self._args.admin_cidrs,
            peers=_peers(system),
            cache=self._cache_servers(),
            dashboards=f"{grafana}:{dashboards}" if dashboards else None,
        )

    def _cache_servers(self) -> CacheServers | None:
        behind, spec = self._args.cache, self._args.system.cache
        if behind is None:
            return None
        return CacheServers(
            host=f"{behind.servers}.{InNamespace.PLATFORM.value}.svc.cluster.local",
            port=spec.port,
            count=spec.nodes,
            bind_port=spec.port,
            authority=haproxy_pods.AUTHORITY if spec.tls else None,
            username=users.PROBE,
        )

    def _create_cache(self) -> None:
        port = self._args.system.cache.port
        kubernetes.core.v1.Service(
            f"{self._name}-cache",
            metadata=self._service_metadata("cache"),
            spec={"selector": self._labels, "ports": [{"name": "redis", "port": port, "target_port": port}]},
            opts=self._child,
        )

    def _create_account(self) -> pulumi.Output[str]:
        """May read the one ConfigMap, and nothing else; only the follower gets its token."""
        account = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(PROGRAM),
            automount_service_account_token=False,
            opts=self._child,
        )
        role = kubernetes.rbac.v1.Role(
            f"{self._name}-role",
            metadata=self._metadata(PROGRAM),
            rules=[
                {
                    "api_groups": [""],
                    "resources": ["configmaps"],
                    "resource_names": [traffic.CONFIG_MAP],
                    "verbs": ["get"],
                }
            ],
            opts=self._child,
        )
        kubernetes.rbac.v1.RoleBinding(
            f"{self._name}-role-binding",
            metadata=self._metadata(PROGRAM),
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": PROGRAM},
            subjects=[{"kind": "ServiceAccount", "name": PROGRAM, "namespace": self._args.namespace}],
            opts=ResourceOptions(parent=self, depends_on=[role, account]),
        )
        return account.metadata.apply(lambda metadata: metadata.name or "")

    def _create_peer(self, peer: Peer) -> kubernetes.core.v1.Service:
        """A lasting address for one proxy: HAProxy resolves its peers once, when it starts, and needs every one."""
        return kubernetes.core.v1.Service(
            f"{self._name}-{peer.name}",
            metadata=self._service_metadata(peer.name),
            spec={
                "selector": {**self._labels, "statefulset.kubernetes.io/pod-name": peer.name},
                "publish_not_ready_addresses": True,
                "ports": [{"name": "counters", "port": PEERS_PORT, "target_port": PEERS_PORT}],
            },
            opts=self._child,
        )

    def _create_door(self) -> pulumi.Output[str]:
        """The load balancer's targets are all nodes: a node without a proxy passes on to one that has one."""
        created = kubernetes.core.v1.Service(
            f"{self._name}-door",
            metadata=self._service_metadata(SERVICE),
            spec={
                "type": "NodePort",
                "selector": self._labels,
                "ports": [{"name": "https", "port": 443, "target_port": HTTPS_PORT, "node_port": self.node_port}],
            },
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_proxies(self, wiring: Wiring, peers: Sequence[pulumi.Resource]) -> kubernetes.apps.v1.StatefulSet:
        return kubernetes.apps.v1.StatefulSet(
            f"{self._name}-proxies",
            metadata=self._metadata(PROGRAM),
            spec={
                "replicas": self._args.system.load_balancer.replicas,
                "service_name": self.service_name,
                "pod_management_policy": "Parallel",
                "selector": {"match_labels": self._labels},
                "template": {
                    "metadata": {"labels": self._labels},
                    "spec": haproxy_pods.pod(self._args.system, wiring, self._labels),
                },
            },
            opts=ResourceOptions(parent=self, depends_on=[*self._args.guards, *peers]),
        )

    def _create_disruption_budget(self) -> None:
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-disruption-budget",
            metadata=self._metadata(PROGRAM),
            spec={"max_unavailable": 1, "selector": {"match_labels": self._labels}},
            opts=self._child,
        )


def _peers(system: System) -> tuple[Peer, ...]:
    host = f"{InNamespace.PLATFORM.value}.svc.cluster.local"
    names = (f"{PROGRAM}-{number}" for number in range(system.load_balancer.replicas))
    return tuple(Peer(name=name, address=f"{name}.{host}:{PEERS_PORT}") for name in names)


def node_port(system: System) -> int:
    """The one way through the firewall from the load balancer to the nodes."""
    ways = [
        port
        for opening in system.firewall.openings
        if (opening.origin, opening.destination) == (NetworkTier.BALANCER, NetworkTier.NODES)
        for port in opening.ports
    ]
    if len(ways) != 1:
        raise ValueError(
            f"{system.name}: one port leads from the load balancer to the nodes, the firewall opens {ways}"
        )
    return ways[0]
