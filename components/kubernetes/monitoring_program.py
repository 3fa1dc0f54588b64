"""One program of the monitoring stack as Kubernetes objects: its files, its pods, its Service, its disruption budget.

A program with a disk is a StatefulSet, one without a Deployment. Changed files restart a program unless it reads them
anew by itself.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.kubernetes import pods
from components.kubernetes.certificates import AUTHORITY_CONFIG_MAP
from components.kubernetes.labels import NO_WAITING, labels
from components.kubernetes.pods import Json, Priority
from systems import sizing
from systems.model import Hardening, Resources

#: On pods: a digest of the files they were started with.
_FILES_ANNOTATION = "lifeline.dev/files"
#: On pods of the PostgreSQL exporter: which server they ask (rendering/prometheus/scrape_targets.py).
SERVER = "lifeline.dev/server"
DATA_VOLUME = "data"


@dataclass(frozen=True, kw_only=True)
class Probes:
    """Paths that tell whether a program lives, and whether it can be used."""

    alive: str
    ready: str


@dataclass(frozen=True, kw_only=True)
class Program:
    """What differs from program to program."""

    name: str
    """Of its Deployment or StatefulSet, its Service and its files."""
    workload: str = ""
    """Who it is in the table of flows, where several programs are one there."""
    replicas: int
    resources: Resources
    port: int
    image: pulumi.Input[str]
    arguments: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    secret_variables: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Variable -> Secret and its key."""
    files: Mapping[str, Mapping[str, pulumi.Input[str]]] = field(
        default_factory=dict[str, Mapping[str, pulumi.Input[str]]]
    )
    """Directory -> name -> text; mounted read-only."""
    reads_files_anew: bool = False
    probes: Probes
    storage_gib: int = 0
    storage_directory: str = ""
    service_account: pulumi.Input[str]
    asks_the_api: bool = False
    """Whether it gets a token of the Kubernetes API."""
    secrets_class: pulumi.Input[str] | None = None
    """SecretProviderClass whose files it reads."""
    authority: bool = False
    """Whether it verifies servers against the internal authority."""
    peer_ports: Mapping[str, int] = field(default_factory=dict[str, int])
    """Ports of the gossip among its replicas."""
    pod_labels: Mapping[str, str] = field(default_factory=dict[str, str])
    grace_seconds: int = 30


class MonitoringProgram(pulumi.ComponentResource):
    """A program, hardened like the platform's own, on the nodes for data."""

    def __init__(
        self,
        name: str,
        program: Program,
        *,
        namespace: pulumi.Input[str],
        hardening: Hardening,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("lifeline:kubernetes:MonitoringProgram", name, None, opts)
        self._name, self._program, self._namespace, self._hardening = name, program, namespace, hardening
        self._child = ResourceOptions(parent=self)
        self._labels = labels(program.workload or program.name, app=program.name)
        self._selector = {"app": program.name}
        self._create_files()
        self._create_service(program.name, headless=False)
        if program.peer_ports:
            self._create_service(f"{program.name}-peers", headless=True)
        self._create_pods()
        self._create_disruption_budget()
        self.register_outputs({})

    def _metadata(self, name: str) -> Json:
        return {"name": name, "namespace": self._namespace, "labels": self._labels}

    def _create_files(self) -> None:
        for number, (_, texts) in enumerate(self._program.files.items()):
            kubernetes.core.v1.ConfigMap(
                f"{self._name}-files-{number}",
                metadata=self._metadata(f"{self._program.name}-files-{number}"),
                data=dict(texts),
                opts=self._child,
            )

    def _create_service(self, service: str, *, headless: bool) -> None:
        """The headless one knows replicas by name, before they are ready: they find each other through it."""
        ports = {"http": self._program.port, **(self._program.peer_ports if headless else {})}
        kubernetes.core.v1.Service(
            f"{self._name}-{'peers' if headless else 'service'}",
            metadata={**self._metadata(service), "annotations": NO_WAITING},
            spec={
                "selector": self._selector,
                "ports": [
                    {"name": name, "port": port, "target_port": port, "protocol": "TCP"} for name, port in ports.items()
                ],
                **({"cluster_ip": "None", "publish_not_ready_addresses": True} if headless else {}),
            },
            opts=self._child,
        )

    def _create_pods(self) -> None:
        program = self._program
        template = {
            "metadata": {"labels": {**self._labels, **program.pod_labels}, "annotations": self._annotations()},
            "spec": self._pod(),
        }
        spec: Json = {"replicas": program.replicas, "selector": {"match_labels": self._selector}, "template": template}
        if program.storage_gib:
            kubernetes.apps.v1.StatefulSet(
                f"{self._name}-pods",
                metadata=self._metadata(program.name),
                spec={
                    **spec,
                    "service_name": f"{program.name}-peers" if program.peer_ports else program.name,
                    "pod_management_policy": "Parallel",
                    "persistent_volume_claim_retention_policy": {"when_deleted": "Retain", "when_scaled": "Retain"},
                    "volume_claim_templates": [self._disk()],
                },
                opts=self._child,
            )
            return
        # A replica more than usual would need room that the machines do not set aside for it: one goes, one comes.
        strategy = {"type": "RollingUpdate", "rolling_update": {"max_surge": 0, "max_unavailable": 1}}
        kubernetes.apps.v1.Deployment(
            f"{self._name}-pods",
            metadata=self._metadata(program.name),
            spec={**spec, "strategy": strategy},
            opts=self._child,
        )

    def _annotations(self) -> dict[str, pulumi.Input[str]]:
        if self._program.reads_files_anew or not self._program.files:
            return {}
        texts = {directory: dict(texts) for directory, texts in self._program.files.items()}
        return {_FILES_ANNOTATION: pulumi.Output.json_dumps(texts, sort_keys=True).apply(_digest)}

    def _disk(self) -> Json:
        """Of the default class, which is encrypted."""
        return {
            "metadata": {"name": DATA_VOLUME, "labels": self._labels},
            "spec": {
                "access_modes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": f"{self._program.storage_gib}Gi"}},
            },
        }

    def _pod(self) -> Json:
        program = self._program
        numbered = enumerate(program.files)
        files = [
            {"name": f"files-{number}", "config_map": {"name": f"{program.name}-files-{number}"}}
            for number, _ in numbered
        ]
        mounted = pods.volumes(
            secrets=program.secrets_class, switches=False, authority=AUTHORITY_CONFIG_MAP if program.authority else None
        )
        return pods.pod(
            containers=[self._container()],
            hardening=self._hardening,
            service_account=program.service_account,
            node_role=sizing.DATA,
            priority=Priority.SERVING,
            volumes=[*files, *mounted],
            grace_seconds=program.grace_seconds,
            **({"automount_service_account_token": True} if program.asks_the_api else {}),
            **({"topology_spread_constraints": pods.spread(self._selector)} if program.replicas > 1 else {}),
        )

    def _container(self) -> Json:
        program = self._program
        mounts = [
            {"name": f"files-{number}", "mount_path": directory, "read_only": True}
            for number, directory in enumerate(program.files)
        ]
        disk = [{"name": DATA_VOLUME, "mount_path": program.storage_directory}] if program.storage_gib else []
        own = pods.mounts(secrets=program.secrets_class is not None, switches=False, authority=program.authority)
        return {
            "name": program.name,
            "image": program.image,
            **({"command": list(program.command)} if program.command else {}),
            "args": list(program.arguments),
            "env": self._variables(),
            "ports": [
                {"name": name, "container_port": port}
                for name, port in {"http": program.port, **program.peer_ports}.items()
            ],
            "security_context": pods.container_security(self._hardening),
            "resources": pods.resources(program.resources),
            "volume_mounts": [*own, *mounts, *disk],
            **_probed(program.probes),
        }

    def _variables(self) -> list[Json]:
        """Where a pod is, and nine tenths of its memory for Go's collector to keep within."""
        program = self._program
        limit = program.resources.memory_limit_mib * 9 // 10
        return [
            {"name": "POD_NAME", "value_from": {"field_ref": {"field_path": "metadata.name"}}},
            {"name": "POD_IP", "value_from": {"field_ref": {"field_path": "status.podIP"}}},
            {"name": "GOMEMLIMIT", "value": f"{limit}MiB"},
            *({"name": name, "value": value} for name, value in program.variables.items()),
            *(
                {"name": name, "value_from": {"secret_key_ref": {"name": secret, "key": key}}}
                for name, (secret, key) in program.secret_variables.items()
            ),
        ]

    def _create_disruption_budget(self) -> None:
        """Node upgrades take one replica at a time; a single one may go, since it comes back by itself."""
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-disruption-budget",
            metadata=self._metadata(self._program.name),
            spec={"max_unavailable": 1, "selector": {"match_labels": self._selector}},
            opts=self._child,
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _probed(probes: Probes) -> Json:
    """A Prometheus that reads its log back in may need minutes before it is ready, and must not be killed meanwhile."""
    alive = {"http_get": {"path": probes.alive, "port": "http"}, "timeout_seconds": 3}
    return {
        "startup_probe": {**alive, "period_seconds": 10, "failure_threshold": 60},
        "liveness_probe": {**alive, "period_seconds": 15, "failure_threshold": 4},
        "readiness_probe": {
            "http_get": {"path": probes.ready, "port": "http"},
            "timeout_seconds": 3,
            "period_seconds": 10,
        },
    }
