"""Renews the passwords of the cache, once a day from inside the cluster, when they are old enough.

The function that renews all other secrets runs outside, where Redis has neither names nor a door; opening one would be
worse than a pod that comes, tells every server and goes. Its program is the function's, standard library only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.aws import secret_values
from components.kubernetes import pods, redis_pods
from components.kubernetes.certificates import AUTHORITY_CONFIG_MAP, AUTHORITY_FILE
from components.kubernetes.labels import Infrastructure, labels
from components.kubernetes.pods import Json, Priority
from components.naming import Naming
from rendering import environment
from systems import sizing
from systems.model import Resources, System

_PROGRAM = Path(__file__).parents[2] / "images/rotation/lifeline_rotation"
#: Of the function's program, what speaks to PostgreSQL's authorities or to boto3 stays with the function.
_NOT_NEEDED = ("handler.py", "supplied.py")
_RESOURCES = Resources(cpu_request_millicores=50, cpu_limit_millicores=500, memory_request_mib=64, memory_limit_mib=128)
#: Away from the hours of backups and of most people; a failed run is told and repeated the next day.
_SCHEDULE = "41 9 * * *"
_LIMIT_SECONDS = 600
#: A failed rotation is tried again daily; a week of tries lies within the documented age.
_DAYS_FOR_TRIES = 7
ROTATES = "lifeline.dev/rotates"
AFTER_DAYS = "lifeline.dev/rotates-after-days"


@dataclass(frozen=True, kw_only=True)
class CacheRotationArgs:
    """`secret_names`: Secrets Manager's, by the platform's. `renews` is false where they are a region's copies."""

    system: System
    region: str
    namespace: pulumi.Input[str]
    image: str
    secret_names: Mapping[str, str]
    grant: Callable[[str], object]
    """Gives a service account a role that may renew these secrets, or read them where they are copies."""
    renews: bool = True
    authority: pulumi.Input[str] = AUTHORITY_CONFIG_MAP
    guards: Sequence[pulumi.Resource] = ()


class CacheRotation(pulumi.ComponentResource):
    """A CronJob with an identity of its own."""

    def __init__(self, name: str, args: CacheRotationArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:CacheRotation", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self._days = rotation_days(args.system) - _DAYS_FOR_TRIES
        account, program = self._create_account(), self._create_program()
        self._create_job(account, program)
        self.register_outputs({"schedule": _SCHEDULE})

    def _create_account(self) -> pulumi.Output[str]:
        self._args.grant(Infrastructure.CACHE_ROTATION.value)
        account = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(Infrastructure.CACHE_ROTATION.value),
            automount_service_account_token=False,
            opts=self._child,
        )
        return account.metadata.apply(lambda metadata: metadata.name or "")

    def _create_program(self) -> pulumi.Output[str]:
        files = program()
        created = kubernetes.core.v1.ConfigMap(
            f"{self._name}-program",
            metadata=self._metadata(f"{Infrastructure.CACHE_ROTATION.value}-{environment.digest(files)}"),
            data=dict(files),
            immutable=True,
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_job(self, account: pulumi.Output[str], program: pulumi.Output[str]) -> None:
        """Forbids a second run beside a first one: each would begin a rotation of its own."""
        named = ",".join(self._secrets().values())
        annotations = {ROTATES: named, AFTER_DAYS: str(self._days)} if self._args.renews else {}
        kubernetes.batch.v1.CronJob(
            f"{self._name}-job",
            metadata={**self._metadata(Infrastructure.CACHE_ROTATION.value), "annotations": annotations},
            spec={
                "schedule": _SCHEDULE,
                "time_zone": "Etc/UTC",
                "concurrency_policy": "Forbid",
                "starting_deadline_seconds": 3_600,
                "successful_jobs_history_limit": 3,
                "failed_jobs_history_limit": 3,
                "job_template": {
                    "metadata": {"labels": self._labels()},
                    "spec": {
                        "backoff_limit": 2,
                        "active_deadline_seconds": _LIMIT_SECONDS,
                        "template": {"metadata": {"labels": self._labels()}, "spec": self._pod(account, program)},
                    },
                },
            },
            opts=ResourceOptions(parent=self, depends_on=list(self._args.guards)),
        )

    def _pod(self, account: pulumi.Input[str], program: pulumi.Input[str]) -> Json:
        hardening = self._args.system.application.hardening
        container: Json = {
            "name": Infrastructure.CACHE_ROTATION.value,
            "image": self._args.image,
            "command": ["python", "-m", "lifeline_rotation.inside"],
            "env": self._variables(),
            "security_context": pods.container_security(hardening),
            "resources": pods.resources(_RESOURCES),
            "volume_mounts": [
                {"name": pods.SCRATCH, "mount_path": "/tmp"},
                {"name": "program", "mount_path": "/app/lifeline_rotation", "read_only": True},
            ],
        }
        return pods.pod(
            containers=[container],
            hardening=hardening,
            service_account=account,
            node_role=sizing.APPLICATION,
            priority=Priority.BATCH,
            volumes=[{"name": "program", "config_map": {"name": program}}],
            restart_policy="Never",
        )

    def _variables(self) -> list[Json]:
        """Places and names; a secret never."""
        system, secrets = self._args.system, self._secrets()
        nodes = redis_pods.names("cache", redis_pods.SERVERS, system.cache.nodes)
        told = {
            "PYTHONPATH": "/app",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_REGION": self._args.region,
            "ROTATED_SECRETS": ",".join(secrets.values()),
            "RENEW_AFTER_DAYS": str(self._days) if self._args.renews else "",
            "CACHE_NODES": ",".join(f"{node}:{system.cache.port}" for node in nodes),
            "CACHE_ADMINISTRATOR": secrets[secret_values.CACHE_ADMINISTRATOR],
        }
        authority = {"config_map_key_ref": {"name": self._args.authority, "key": AUTHORITY_FILE}}
        return [
            *({"name": key, "value": value} for key, value in sorted(told.items())),
            {"name": "CACHE_AUTHORITIES", "value_from": authority},
        ]

    def _secrets(self) -> dict[str, str]:
        """Users' before the administrator's, who changes them."""
        return {name: self._args.secret_names[name] for name in rotated(self._args.system)}

    def _labels(self) -> dict[str, str]:
        return labels(Infrastructure.CACHE_ROTATION, program=Infrastructure.CACHE_ROTATION.value)

    def _metadata(self, name: str) -> dict[str, object]:
        return {"name": name, "namespace": self._args.namespace, "labels": self._labels()}


def rotated(system: System) -> tuple[str, ...]:
    """Names of the secrets that are logins of Redis."""
    return tuple(each.name for each in secret_values.kept(system) if each.kind == "redis")


def rotation_days(system: System) -> int:
    """The shortest documented age of these."""
    return min(each.rotation_days for each in secret_values.kept(system) if each.kind == "redis")


def program() -> Mapping[str, str]:
    return {file.name: file.read_text() for file in sorted(_PROGRAM.glob("*.py")) if file.name not in _NOT_NEEDED}
