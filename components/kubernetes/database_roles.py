"""Roles, grants and passwords of the database: a Job before each release, straight to the server, as administrator.

The same runs again before each dump, and by hand after a restore to an earlier moment. A suspended CronJob makes a
restored database the live one (docs/restore.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.aws import secret_values
from components.kubernetes import pods, pooler_pods
from components.kubernetes.labels import Infrastructure, labels
from components.kubernetes.pods import Json, Priority
from components.kubernetes.surroundings import Shared, Surroundings
from components.kubernetes.workload_secrets import File, Mounted
from components.naming import Naming
from rendering import database_roles as rendered
from rendering import environment
from rendering.pgbouncer import PORT
from systems import sizing
from systems.model import System

NAME, EXCHANGE = "database-roles", "database-exchange"
_IMAGES = Path(__file__).parents[2] / "images"
_FILES, _PROGRAM = "/etc/database-roles", "/app"
#: What the program is made of, a ConfigMap each.
PACKAGES = ("database_roles", "lifeline_rotation")
#: It may come before the server's name is known everywhere.
_TRIES, _LONGEST_SECONDS = 4, 900
_NEVER = "0 0 1 1 *"
_AHEAD_MINUTES, _DAY_MINUTES = 20, 24 * 60
#: ConfigMap by which a person says what is restored under which name.
REQUEST = "restore-request"


@dataclass(frozen=True, kw_only=True)
class DatabaseRolesArgs:
    """`releases` are the images whose migrations come next: each has a run of its own before it."""

    shared: Shared
    image: pulumi.Input[str]
    """Any with Python."""
    primary: pulumi.Input[str]
    releases: Sequence[str] = ()


class DatabaseRoles(pulumi.ComponentResource):
    """`roles.done` is what migrations wait for."""

    done: list[pulumi.Resource]

    def __init__(self, name: str, args: DatabaseRolesArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:DatabaseRoles", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._system, self._namespace = args.shared.system, args.shared.namespace
        self._child = ResourceOptions(parent=self)
        self._around = self._create_surroundings()
        self._maps = {
            "statements": self._config_map("statements", _with_authorities(statements(self._system))),
            **{each: self._config_map(each, package(each)) for each in PACKAGES},
        }
        self.done = [self._create_job()]
        self._create_cron_job("before-dumps", NAME, before_dumps(self._system), self._spec())
        self._create_cron_job("exchange", EXCHANGE, _NEVER, self._spec("exchange"))
        self.register_outputs({"done": len(self.done)})

    def _create_surroundings(self) -> Surroundings:
        shared = self._args.shared
        told = shared.of(NAME, {}, mounted(self._system), uses_data=False)
        return Surroundings(f"{self._name}-surroundings", told, self._naming, self._child)

    def _config_map(self, role: str, files: Mapping[str, str]) -> pulumi.Output[str]:
        created = kubernetes.core.v1.ConfigMap(
            f"{self._name}-{role.replace('_', '-')}",
            metadata=self._metadata(f"{NAME}-{role.replace('_', '-')}-{environment.digest(files)}"),
            data=dict(files),
            immutable=True,
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_job(self) -> kubernetes.batch.v1.Job:
        """Run again for another release, other grants, and another program: it looks at every table there is."""
        programs = {f"{each}/{name}": text for each in PACKAGES for name, text in package(each).items()}
        content = {**statements(self._system), **programs, "releases": ",".join(self._args.releases)}
        digest = environment.digest(content)
        return kubernetes.batch.v1.Job(
            f"{self._name}-{digest}",
            metadata=self._metadata(f"{NAME}-{digest}"),
            spec=self._spec(),
            opts=ResourceOptions(parent=self, depends_on=self._around.resources),
        )

    def _create_cron_job(self, role: str, name: str, schedule: str, spec: Json) -> None:
        """What never comes by itself is suspended: a person starts it."""
        kubernetes.batch.v1.CronJob(
            f"{self._name}-{role}",
            metadata=self._metadata(name),
            spec={
                "schedule": schedule,
                "time_zone": "Etc/UTC",
                "suspend": schedule == _NEVER,
                "concurrency_policy": "Forbid",
                "starting_deadline_seconds": 3_600,
                "successful_jobs_history_limit": 1,
                "failed_jobs_history_limit": 3,
                "job_template": {"metadata": {"labels": self._labels()}, "spec": spec},
            },
            opts=ResourceOptions(parent=self, depends_on=self._around.resources),
        )

    def _labels(self) -> dict[str, str]:
        return labels(Infrastructure.JOB, app=NAME, program=NAME)

    def _metadata(self, name: str) -> Json:
        return {"name": name, "namespace": self._namespace, "labels": self._labels()}

    def _spec(self, *words: str) -> Json:
        around, hardening = self._around, self._system.application.hardening
        told = {**variables(self._system, ""), "PYTHONPATH": _PROGRAM, "PYTHONDONTWRITEBYTECODE": "1"}
        env = [{"name": key, "value": self._args.primary if key == "ROLES_HOST" else told[key]} for key in sorted(told)]
        places = {"statements": _FILES, **{each: f"{_PROGRAM}/{each}" for each in PACKAGES}}
        mounts = [
            {"name": role.replace("_", "-"), "mount_path": place, "read_only": True} for role, place in places.items()
        ]
        container = {
            "name": NAME,
            "image": self._args.image,
            "command": ["python", "-m", "database_roles", *words],
            "security_context": pods.container_security(hardening),
            "resources": pods.resources(sizing.JOBS),
            **around.container,
            "env": env,
        }
        if words:  # which database, as it was said for the restore
            request = {"config_map_ref": {"name": REQUEST, "optional": True}}
            container["env_from"] = [*container["env_from"], request]  # type: ignore[misc]
        container["volume_mounts"] = [*container["volume_mounts"], *mounts]  # type: ignore[misc]
        pod = pods.pod(
            containers=[container],
            hardening=hardening,
            service_account=around.service_account,
            node_role=sizing.APPLICATION,
            priority=Priority.BATCH,
            volumes=[
                *around.volumes,
                *({"name": role.replace("_", "-"), "config_map": {"name": self._maps[role]}} for role in places),
            ],
            restart_policy="Never",
        )
        return {
            "backoff_limit": 0 if words else _TRIES,
            "active_deadline_seconds": _LONGEST_SECONDS,
            "template": {"metadata": {"labels": self._labels()}, "spec": pod},
        }


def statements(system: System) -> Mapping[str, str]:
    """File -> SQL."""
    return {"template.sql": rendered.of_template(), "database.sql": rendered.of_database(system)}


def variables(system: System, host: str) -> dict[str, str]:
    """What the program is told; no secret is among it."""
    return {
        "ROLES_HOST": host,
        "ROLES_PORT": str(PORT),
        "ROLES_DATABASE": system.database.name,
        "ROLES_SECRETS": environment.SECRETS_DIRECTORY,
        "ROLES_LOGINS": ",".join(_logins(system)),
        "ROLES_ADMINISTRATOR": secret_values.DATABASE_ADMINISTRATOR,
        "ROLES_STATEMENTS": _FILES,
        "ROLES_AUTHORITIES": f"{_FILES}/{pooler_pods.AUTHORITIES_FILE}",
    }


def before_dumps(system: System) -> str:
    """Twenty minutes ahead: a table that a migration made today is seen by tonight's dump, row security or not."""
    [schedule] = {kind.schedule for kind in system.backups.kinds if kind.database_dump}
    minute, hour, *days = schedule.split()
    if days != ["*", "*", "*"] or not minute.isdigit():
        raise ValueError(f"{system.name}: dumps at {schedule!r} are not daily; this knows daily ones only")
    hours = (
        range(0, 24, int(hour.removeprefix("*/"))) if hour.startswith("*/") else [int(each) for each in hour.split(",")]
    )
    ahead = [divmod((each * 60 + int(minute) - _AHEAD_MINUTES) % _DAY_MINUTES, 60) for each in hours]
    return f"{ahead[0][1]} {','.join(str(each) for each, _ in sorted(ahead))} * * *"


def mounted_names(system: System) -> tuple[str, ...]:
    return (*_logins(system), secret_values.DATABASE_ADMINISTRATOR)


def mounted(system: System) -> tuple[Mounted, ...]:
    """The whole JSON of each is a file too, which is the one that is read."""
    return tuple(Mounted(each, (File("username", f"{each}-username", ()),)) for each in mounted_names(system))


def _logins(system: System) -> tuple[str, ...]:
    return tuple(secret_values.secret_of(role.use) for role in system.database.roles)


def package(name: str) -> Mapping[str, str]:
    """Of the rotation, its client of PostgreSQL alone."""
    wanted = {
        "database_roles": ("__init__", "__main__", "exchange"),
        "lifeline_rotation": ("__init__", "address", "postgresql"),
    }
    place = _IMAGES / {"database_roles": "database_roles", "lifeline_rotation": "rotation"}[name] / name
    return {f"{each}.py": (place / f"{each}.py").read_text() for each in wanted[name]}


def _with_authorities(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, pooler_pods.AUTHORITIES_FILE: pooler_pods.AUTHORITIES.read_text(encoding="ascii")}
