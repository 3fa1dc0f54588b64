"""Redis with Sentinel: data nodes and Sentinels, one of each a zone, of which any one may be away.

Applications know `cache`, which is HAProxy's (haproxy.py) and leads to the master. A server starts as what a quorum of
Sentinels says it is, so it does not matter in which order pods come back. Costs its volumes: about 4 USD a month.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random
from pulumi import ResourceOptions

from components.aws import secret_values
from components.kubernetes import redis_pods, workload_secrets
from components.kubernetes.labels import Infrastructure, labels
from components.kubernetes.redis_pods import EXPORTER_SECRET, SENTINELS, SERVERS, Wiring
from components.kubernetes.surroundings import Grant
from components.kubernetes.workload_secrets import File, Mounted
from components.naming import Naming
from rendering import environment
from rendering.redis import users
from systems.model import System

PROGRAM = "redis"
#: Secrets Manager's secret of each user whose password is rotated.
_ROTATED = {users.APPLICATION: "cache", users.ADMINISTRATOR: secret_values.CACHE_ADMINISTRATOR}
#: The log of changes, its rewritten copy, a snapshot, and one of these again while it is written.
_DISK_PER_MEMORY, _LEAST_DISK_GIB, _SENTINEL_DISK_GIB = 4, 8, 1


@dataclass(frozen=True, kw_only=True)
class RedisSentinelArgs:
    """`certificate_secret` holds tls.crt, tls.key and ca.crt for `redis_pods.certificate_names()` and `cache`."""

    system: System
    namespace: pulumi.Input[str]
    monitoring_namespace: pulumi.Input[str]
    image: str
    certificate_secret: pulumi.Input[str]
    secret_arns: Mapping[str, pulumi.Input[str]]
    grant: Grant | None = None
    guards: Sequence[pulumi.Resource] = ()
    """Quotas and policies of the namespace, which stand before anything runs in it."""


class RedisSentinel(pulumi.ComponentResource):
    """As many nodes and Sentinels as documented, each with a disk and a name that outlive its pod."""

    servers: str = SERVERS
    """Headless Service that resolves to every data node."""
    probe_secret: pulumi.Output[str]
    """Secret whose `password` is the user's (users.PROBE) that may only ask who is the master."""
    exporter_secret: pulumi.Output[str]
    """The same for users.EXPORTER, in the monitoring namespace."""

    def __init__(self, name: str, args: RedisSentinelArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:RedisSentinel", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        passwords = {user: self._create_password(user) for user in users.INTERNAL}
        internal = self._create_secret("cache-internal", args.namespace, passwords)
        self.probe_secret = self._create_secret("cache-probe", args.namespace, {"password": passwords[users.PROBE]})
        self.exporter_secret = self._create_secret(
            EXPORTER_SECRET, args.monitoring_namespace, {"password": passwords[users.EXPORTER]}
        )
        wiring = Wiring(
            image=args.image,
            files=self._create_files(),
            certificate=args.certificate_secret,
            internal=internal,
            account=self._create_account(),
        )
        self._create_sentinels(wiring)
        self._create_servers(wiring)
        self.register_outputs({"probeSecret": self.probe_secret})

    def _create_password(self, user: str) -> pulumi.Output[str]:
        return random.RandomPassword(
            f"{self._name}-{user}-password",
            length=self._args.system.cache.password_characters,
            special=False,
            opts=ResourceOptions(parent=self, additional_secret_outputs=["result", "bcryptHash"]),
        ).result

    def _create_secret(
        self, secret: str, namespace: pulumi.Input[str], texts: Mapping[str, pulumi.Input[str]]
    ) -> pulumi.Output[str]:
        created = kubernetes.core.v1.Secret(
            f"{self._name}-{secret}",
            metadata={"name": secret, "namespace": namespace, "labels": labels(Infrastructure.CACHE, program=PROGRAM)},
            type="Opaque",
            string_data=dict(texts),
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_files(self) -> pulumi.Output[str]:
        """Other content has another name, and pods roll: Sentinels and nodes one by one."""
        files = redis_pods.files(self._args.system)
        created = kubernetes.core.v1.ConfigMap(
            f"{self._name}-files",
            metadata=self._metadata(Infrastructure.CACHE, f"cache-files-{environment.digest(files)}"),
            data=files,
            immutable=True,
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_account(self) -> pulumi.Output[str]:
        """No token of the API; its role of AWS reads the passwords of the rotated users."""
        if self._args.grant is not None:
            self._args.grant(Infrastructure.CACHE.value, tuple(_ROTATED.values()))
        account = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(Infrastructure.CACHE, Infrastructure.CACHE.value),
            automount_service_account_token=False,
            opts=self._child,
        )
        return account.metadata.apply(lambda metadata: metadata.name or "")

    def _create_sentinels(self, wiring: Wiring) -> None:
        spec, chosen = self._args.system.cache, labels(Infrastructure.SENTINEL, program=PROGRAM)
        self._create_service(Infrastructure.SENTINEL, SENTINELS, spec.sentinel_port)
        pod = redis_pods.sentinel(self._args.system, wiring, chosen)
        self._create_set(Infrastructure.SENTINEL, SENTINELS, spec.sentinels, pod, _SENTINEL_DISK_GIB)

    def _create_servers(self, wiring: Wiring) -> None:
        spec, chosen = self._args.system.cache, labels(Infrastructure.CACHE, program=PROGRAM)
        self._create_service(Infrastructure.CACHE, SERVERS, spec.port)
        files = {
            user: (File("password", user, ()), File("previous.password", f"{user}-previous", ())) for user in _ROTATED
        }
        mounted = tuple(Mounted(secret, files[user]) for user, secret in _ROTATED.items())
        secrets = workload_secrets.provider_class(
            f"{self._name}-secrets",
            copy_name="cache-secrets",
            namespace=self._args.namespace,
            mounted=mounted,
            arns=self._args.secret_arns,
            parent=self,
        )
        wired = Wiring(**{**vars(wiring), "secrets": "cache-secrets"})
        pod = redis_pods.server(self._args.system, wired, chosen)
        self._create_set(Infrastructure.CACHE, SERVERS, spec.nodes, pod, disk_gib(self._args.system), secrets)

    def _create_service(self, who: Infrastructure, service: str, port: int) -> None:
        """A name for each pod, also before it is ready: they need each other to become so."""
        kubernetes.core.v1.Service(
            f"{self._name}-{service}",
            metadata=self._metadata(who, service),
            spec={
                "cluster_ip": "None",
                "publish_not_ready_addresses": True,
                "selector": labels(who, program=PROGRAM),
                "ports": [{"name": PROGRAM, "port": port, "target_port": port}],
            },
            opts=self._child,
        )

    def _create_set(
        self, who: Infrastructure, service: str, count: int, pod: dict[str, object], gib: int, *first: pulumi.Resource
    ) -> None:
        chosen = labels(who, program=PROGRAM)
        disk = {"access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": f"{gib}Gi"}}}
        kubernetes.apps.v1.StatefulSet(
            f"{self._name}-{who.value}",
            metadata=self._metadata(who, who.value),
            spec={
                "replicas": count,
                "service_name": service,
                "pod_management_policy": "Parallel",
                "selector": {"match_labels": chosen},
                "template": {"metadata": {"labels": chosen}, "spec": pod},
                "persistent_volume_claim_retention_policy": {"when_deleted": "Retain", "when_scaled": "Retain"},
                "volume_claim_templates": [{"metadata": {"name": "data", "labels": chosen}, "spec": disk}],
            },
            opts=ResourceOptions(parent=self, depends_on=[*self._args.guards, *first]),
        )
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-{who.value}-disruption-budget",
            metadata=self._metadata(who, who.value),
            spec={"max_unavailable": 1, "selector": {"match_labels": chosen}},
            opts=self._child,
        )

    def _metadata(self, who: Infrastructure, name: str) -> dict[str, object]:
        return {"name": name, "namespace": self._args.namespace, "labels": labels(who, program=PROGRAM)}


def disk_gib(system: System) -> int:
    """Of one data node."""
    return max(_LEAST_DISK_GIB, math.ceil(system.cache.maximum_memory_mib * _DISK_PER_MEMORY / 1024))
