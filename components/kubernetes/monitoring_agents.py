"""What runs on every node: the node exporter, and the collector that brings logs to Loki.

Both see files of their node, which only the namespace of node agents admits. They see them read-only, and neither runs
privileged nor in the node's network; the collector reads as root, since only root may read container logs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.kubernetes.flows import LOG_COLLECTOR, NODE_EXPORTER
from components.kubernetes.labels import Agent, labels
from components.naming import Naming
from rendering import collector

Json = dict[str, object]

#: Together within what sizing sets aside on every node for daemons (systems/instance_types.py).
_EXPORTER_SIZE = {"requests": {"cpu": "50m", "memory": "48Mi"}, "limits": {"cpu": "250m", "memory": "96Mi"}}
_COLLECTOR_SIZE = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "192Mi"}}
_CONFIGURATION = "/etc/log-collector"
_ROOT = "/host"


@dataclass(frozen=True, kw_only=True)
class NodeAgentsArgs:
    """`images` is by the names of third_party_images.py; `loki_url` is Loki's address without a path."""

    namespace: pulumi.Input[str]
    images: Mapping[str, pulumi.Input[str]]
    loki_url: str


class NodeAgents(pulumi.ComponentResource):
    """Two DaemonSets, on every node whatever its taints: a node in trouble is the one to look at."""

    def __init__(self, name: str, args: NodeAgentsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:NodeAgents", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._create_exporter()
        self._create_collector()
        self.register_outputs({})

    def _create_exporter(self) -> None:
        self._create_daemons(
            Agent.NODE_EXPORTER,
            port=NODE_EXPORTER,
            user=65_534,
            arguments=[
                f"--web.listen-address=:{NODE_EXPORTER}",
                f"--path.procfs={_ROOT}/proc",
                f"--path.sysfs={_ROOT}/sys",
                f"--path.rootfs={_ROOT}/root",
                "--collector.filesystem.mount-points-exclude=^/(dev|proc|run|sys|var/lib/(containerd|kubelet)/.+)($|/)",
                "--no-collector.wifi",
            ],
            size=_EXPORTER_SIZE,
            of_the_node={"proc": "/proc", "sys": "/sys", "root": "/"},
        )

    def _create_collector(self) -> None:
        files = kubernetes.core.v1.ConfigMap(
            f"{self._name}-log-collector-files",
            metadata=self._metadata(Agent.LOG_COLLECTOR),
            data={"collector.yaml": collector.configuration(self._args.loki_url)},
            opts=self._child,
        )
        state = {"name": "state", "host_path": {"path": collector.STATE_DIRECTORY, "type": "DirectoryOrCreate"}}
        self._create_daemons(
            Agent.LOG_COLLECTOR,
            port=LOG_COLLECTOR,
            user=0,
            arguments=[f"--config={_CONFIGURATION}/collector.yaml"],
            size=_COLLECTOR_SIZE,
            of_the_node={"pods": "/var/log/pods"},
            volumes=[{"name": "files", "config_map": {"name": files.metadata.apply(lambda made: made.name)}}, state],
            mounts=[
                {"name": "files", "mount_path": _CONFIGURATION, "read_only": True},
                {"name": "state", "mount_path": collector.STATE_DIRECTORY},
            ],
        )

    def _metadata(self, program: str) -> Json:
        return {"name": program, "namespace": self._args.namespace, "labels": labels(program)}

    def _create_daemons(
        self,
        program: str,
        *,
        port: int,
        user: int,
        arguments: Sequence[str],
        size: Json,
        of_the_node: Mapping[str, str],
        volumes: Sequence[Json] = (),
        mounts: Sequence[Json] = (),
    ) -> None:
        """`of_the_node`: names of the node's directories, read-only; one called `pods` keeps its path."""
        account = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-{program}-account",
            metadata=self._metadata(program),
            automount_service_account_token=False,
            opts=self._child,
        )
        container = {
            "name": program,
            "image": self._args.images[program],
            "args": list(arguments),
            "ports": [{"name": "metrics", "container_port": port}],
            "security_context": {
                "allow_privilege_escalation": False,
                "read_only_root_filesystem": True,
                "capabilities": {"drop": ["ALL"], **({"add": ["DAC_READ_SEARCH"]} if user == 0 else {})},
            },
            "resources": size,
            "volume_mounts": [
                *(
                    {
                        "name": name,
                        "mount_path": path if name == "pods" else f"{_ROOT}/{name}",
                        "read_only": True,
                        "mount_propagation": "HostToContainer",
                    }
                    for name, path in of_the_node.items()
                ),
                *mounts,
            ],
            "liveness_probe": {"tcp_socket": {"port": "metrics"}, "period_seconds": 30},
            "readiness_probe": {"http_get": {"path": "/metrics", "port": "metrics"}, "period_seconds": 15},
        }
        spec: Json = {
            "automount_service_account_token": False,
            "enable_service_links": False,
            "service_account_name": account.metadata.apply(lambda made: made.name),
            "priority_class_name": "system-node-critical",
            "tolerations": [{"operator": "Exists"}],
            "security_context": {
                "run_as_user": user,
                "run_as_group": user,
                "run_as_non_root": user != 0,
                "seccomp_profile": {"type": "RuntimeDefault"},
            },
            "host_pid": False,
            "containers": [container],
            "volumes": [
                *({"name": name, "host_path": {"path": path}} for name, path in of_the_node.items()),
                *volumes,
            ],
        }
        kubernetes.apps.v1.DaemonSet(
            f"{self._name}-{program}-pods",
            metadata=self._metadata(program),
            spec={
                "selector": {"match_labels": {"app": program}},
                "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": "10%"}},
                "template": {"metadata": {"labels": labels(program)}, "spec": spec},
            },
            opts=self._child,
        )
