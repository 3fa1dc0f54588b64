"""One workload of the platform as a Deployment: documented replicas and resources, hardened, spread over zones."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.naming import Naming
from systems.model import CheckUse, Hardening, Workload

#: A pod may start slowly (five minutes) without being killed for it.
_START_CHECKS, _START_PERIOD_SECONDS = 60, 5


@dataclass(frozen=True, kw_only=True)
class ApplicationArgs:
    """`image` is a full reference; production demands a digest (settings.py)."""

    workload: Workload
    hardening: Hardening
    image: str
    namespace: pulumi.Input[str]


class Application(pulumi.ComponentResource):
    """A Deployment under the name the platform's operators know it by."""

    deployment: kubernetes.apps.v1.Deployment

    def __init__(self, name: str, args: ApplicationArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Application", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._workload = args.workload
        self._labels = {"app": args.workload.object_name, "lifeline.dev/workload": args.workload.name}
        self.deployment = self._create_deployment()
        self._create_disruption_budget()
        self.register_outputs({"deployment": self.deployment.id})

    def _create_deployment(self) -> kubernetes.apps.v1.Deployment:
        return kubernetes.apps.v1.Deployment(
            f"{self._name}-deployment",
            metadata={
                "name": self._workload.object_name,
                "namespace": self._args.namespace,
                "labels": self._labels,
            },
            spec={
                "replicas": self._workload.replicas,
                "selector": {"match_labels": self._labels},
                "strategy": self._strategy(),
                "template": {"metadata": {"labels": self._labels}, "spec": self._pod()},
            },
            opts=ResourceOptions(parent=self),
        )

    def _strategy(self) -> dict[str, object]:
        """No capacity is lost in a rollout; of a scheduler there are never two, so the old one goes first."""
        if self._workload.singleton:
            return {"type": "Recreate"}
        return {"type": "RollingUpdate", "rolling_update": {"max_surge": 1, "max_unavailable": 0}}

    def _pod(self) -> dict[str, object]:
        hardening = self._args.hardening
        return {
            "automount_service_account_token": False,
            "enable_service_links": False,
            "termination_grace_period_seconds": self._workload.shutdown_seconds,
            "security_context": {
                "run_as_non_root": True,
                "run_as_user": hardening.user_id,
                "run_as_group": hardening.group_id,
                "fs_group": hardening.group_id,
                "seccomp_profile": {"type": "RuntimeDefault"},
            },
            "topology_spread_constraints": [
                self._spread("topology.kubernetes.io/zone", "DoNotSchedule"),
                self._spread("kubernetes.io/hostname", "ScheduleAnyway"),
            ],
            "containers": [self._container()],
            "volumes": [{"name": "scratch", "empty_dir": {"size_limit": "256Mi"}}],
        }

    def _spread(self, over: str, otherwise: str) -> dict[str, object]:
        return {
            "max_skew": 1,
            "topology_key": over,
            "when_unsatisfiable": otherwise,
            "label_selector": {"match_labels": self._labels},
        }

    def _container(self) -> dict[str, object]:
        resources, hardening = self._workload.resources, self._args.hardening
        container: dict[str, object] = {
            "name": self._workload.name,
            "image": self._args.image,
            "security_context": {
                "allow_privilege_escalation": hardening.privilege_escalation,
                "read_only_root_filesystem": hardening.read_only_root,
                "capabilities": {"drop": list(hardening.dropped_capabilities)},
            },
            "resources": {
                "requests": {
                    "cpu": f"{resources.cpu_request_millicores}m",
                    "memory": f"{resources.memory_request_mib}Mi",
                },
                "limits": {
                    "cpu": f"{resources.cpu_limit_millicores}m",
                    "memory": f"{resources.memory_limit_mib}Mi",
                },
            },
            "volume_mounts": [{"name": "scratch", "mount_path": "/tmp"}],
        }
        if self._workload.command:
            container["command"] = list(self._workload.command)
        if self._workload.port is not None:
            container["ports"] = [{"name": "http", "container_port": self._workload.port}]
            container |= self._probes()
        return container

    def _probes(self) -> dict[str, object]:
        """Liveness asks the process only; readiness asks the documented path."""
        probes: dict[str, object] = {}
        if alive := self._workload.liveness_path:
            probes["liveness_probe"] = {"http_get": {"path": alive, "port": "http"}, "timeout_seconds": 3}
            probes["startup_probe"] = {
                "http_get": {"path": alive, "port": "http"},
                "failure_threshold": _START_CHECKS,
                "period_seconds": _START_PERIOD_SECONDS,
            }
        ready = next((check for check in self._workload.health if CheckUse.READINESS in check.uses), None)
        if ready is not None:
            probes["readiness_probe"] = {"http_get": {"path": ready.path, "port": "http"}, "timeout_seconds": 3}
        return probes

    def _create_disruption_budget(self) -> None:
        """Node upgrades take one replica at a time. A singleton has no budget: one would block every upgrade."""
        if self._workload.singleton:
            return
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-disruption-budget",
            metadata={"name": self._workload.object_name, "namespace": self._args.namespace},
            spec={"max_unavailable": 1, "selector": {"match_labels": self._labels}},
            opts=ResourceOptions(parent=self),
        )
