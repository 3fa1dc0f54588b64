"""Pods of backups, verification, drill and restore: one image, told what to do by its words.

The drill's pod is a small platform of its own. Its servers and the application are side containers that start one after
the other, each before the next needs it: server, cache, restore, application; then the container that proves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.kubernetes import pods
from components.kubernetes.database_roles import REQUEST
from components.kubernetes.pods import Json, Priority
from rendering import backup_settings, environment
from systems import sizing
from systems.model import Resources, System

_COMMAND = ("python3", "-m", "lifeline_backup")
_SETTINGS, _WORK, _TOKEN, _APPLICATION = "backup-settings", "work", "token", "application"
_SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_TOKEN_SECONDS = 3_600
_CACHE_SIZE = Resources(
    cpu_request_millicores=50, cpu_limit_millicores=250, memory_request_mib=64, memory_limit_mib=128
)
#: A restored database, the dump beside it, and what is sorted for its indexes.
_DRILL_ROOM, _DUMP_ROOM = 1.5, 0.75
#: StorageClass of what lives as long as its pod.
DISKS = "throwaway"
#: Containers that EKS gives no credentials of the pod's AWS role.
_WITHOUT_ROLE = "eks.amazonaws.com/skip-containers"


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Names of what the pods mount, and the images."""

    image: pulumi.Input[str]
    application_image: pulumi.Input[str]
    cache_image: pulumi.Input[str]
    settings: pulumi.Input[str]
    """ConfigMap with the settings and the database's authorities."""
    application: pulumi.Input[str]
    """ConfigMap with what the drilled application is told."""
    region: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a pod is, and the secrets that come with it."""

    account: pulumi.Input[str]
    secrets: str | None = None
    """SecretProviderClass of its login."""
    asks_the_api: bool = False


def single(system: System, wiring: Wiring, identity: Identity, words: Sequence[str], *, disk: bool = False) -> Json:
    """A pod that does one thing to its end. `disk`: it needs one for a dump."""
    container = _runner(system, wiring, words[0], words, identity, disk=disk)
    claim = [_disk(system, _DUMP_ROOM)] if disk else []
    if disk:  # which backup, and what its database is to be called
        container["env_from"] = [{"config_map_ref": {"name": REQUEST, "optional": True}}]
    return pods.pod(
        containers=[container],
        volumes=[*_volumes(wiring, identity), *claim],
        **_usual(system, identity),
    )


def drill(system: System, wiring: Wiring, identity: Identity) -> Json:
    hardening = system.application.hardening
    server = _runner(system, wiring, "drill-server", ["drill-server"], identity, disk=True)
    restore = _runner(system, wiring, "drill-restore", ["drill-restore"], identity, disk=True)
    prove = _runner(system, wiring, "drill-prove", ["drill-prove"], identity, disk=True)
    cache = {
        "name": "drill-cache",
        "image": wiring.cache_image,
        "command": ["redis-server", "--bind", "127.0.0.1", "--port", str(backup_settings.CACHE_PORT)],
        "args": ["--save", "", "--maxmemory", "96mb", "--requirepass", backup_settings.THROWAWAY],
        "security_context": pods.container_security(hardening),
        "resources": pods.resources(_CACHE_SIZE),
        "volume_mounts": [{"name": pods.SCRATCH, "mount_path": "/tmp"}],
        "working_dir": "/tmp",
    }
    beside: Json = {"restart_policy": "Always"}
    return pods.pod(
        containers=[prove],
        init_containers=[server | beside, cache | beside, restore, _application(system, wiring) | beside],
        # the application finds its database and its cache under their usual names, and only these
        host_aliases=[{"ip": "127.0.0.1", "hostnames": ["database", "cache"]}],
        volumes=[*_volumes(wiring, identity), _disk(system, _DRILL_ROOM), *_application_volumes(system, wiring)],
        **_usual(system, identity),
    )


def annotated(system: System) -> Json:
    """A drilled application cannot read the backups that its pod restores from."""
    return {"annotations": {_WITHOUT_ROLE: backup_settings.drilled(system).name}}


def _application(system: System, wiring: Wiring) -> Json:
    """As it runs in production, without anything that opens a door outside of this pod."""
    workload = backup_settings.drilled(system)
    return {
        "name": workload.name,
        "image": wiring.application_image,
        **({"command": list(workload.command)} if workload.command else {}),
        "env_from": [{"config_map_ref": {"name": wiring.application}}],
        "security_context": pods.container_security(system.application.hardening),
        "resources": pods.resources(workload.resources),
        "volume_mounts": [
            {"name": f"{_APPLICATION}-scratch", "mount_path": "/tmp"},
            {"name": _APPLICATION, "mount_path": environment.SECRETS_DIRECTORY, "read_only": True},
            *([_switches_mount()] if environment.switches(system) else []),
        ],
    }


def _application_volumes(system: System, wiring: Wiring) -> list[Json]:
    files = [{"key": name, "path": name} for name in backup_settings.secrets(system)]
    switches = [{"name": pods.SWITCHES, "config_map": {"name": pods.SWITCHES, "optional": True}}]
    return [
        {"name": f"{_APPLICATION}-scratch", "empty_dir": {"size_limit": "256Mi"}},
        {"name": _APPLICATION, "config_map": {"name": wiring.application, "items": files}},
        *(switches if environment.switches(system) else []),
    ]


def _switches_mount() -> Json:
    return {"name": pods.SWITCHES, "mount_path": environment.SWITCHES_DIRECTORY, "read_only": True}


def _runner(
    system: System, wiring: Wiring, name: str, words: Sequence[str], identity: Identity, *, disk: bool = False
) -> Json:
    told = {
        "AWS_REGION": wiring.region,
        "AWS_DEFAULT_REGION": wiring.region,
        "BACKUP_SETTINGS": f"{backup_settings.DIRECTORY}/{backup_settings.FILE}",
        "LIFELINE_SECRETS_DIR": environment.SECRETS_DIRECTORY,
    }
    job_name = {"field_ref": {"field_path": "metadata.labels['batch.kubernetes.io/job-name']"}}
    secrets = {"name": pods.SECRETS, "mount_path": environment.SECRETS_DIRECTORY, "read_only": True}
    return {
        "name": name,
        "image": wiring.image,
        "command": [*_COMMAND, *words],
        "env": [
            *({"name": variable, "value": value} for variable, value in sorted(told.items())),
            {"name": "BACKUP_JOB_NAME", "value_from": job_name},
        ],
        "security_context": pods.container_security(system.application.hardening),
        "resources": pods.resources(sizing.JOBS),
        "volume_mounts": [
            {"name": pods.SCRATCH, "mount_path": "/tmp"},
            {"name": _SETTINGS, "mount_path": backup_settings.DIRECTORY, "read_only": True},
            *([secrets] if identity.secrets else []),
            *([{"name": _TOKEN, "mount_path": _SERVICE_ACCOUNT, "read_only": True}] if identity.asks_the_api else []),
            *([{"name": _WORK, "mount_path": backup_settings.WORKSPACE}] if disk else []),
        ],
    }


def _volumes(wiring: Wiring, identity: Identity) -> list[Json]:
    token = {"service_account_token": {"path": "token", "expiration_seconds": _TOKEN_SECONDS}}
    authority = {"config_map": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
    api = {"name": _TOKEN, "projected": {"default_mode": 0o440, "sources": [token, authority]}}
    return [
        {"name": _SETTINGS, "config_map": {"name": wiring.settings}},
        *pods.volumes(secrets=identity.secrets, switches=False, authority=None),
        *([api] if identity.asks_the_api else []),
    ]


def _disk(system: System, share: float) -> Json:
    """Made with the pod and gone with it; encrypted like every volume."""
    room = {"requests": {"storage": f"{round(system.database.storage_gib * share)}Gi"}}
    return {
        "name": _WORK,
        "ephemeral": {
            "volume_claim_template": {
                "spec": {"access_modes": ["ReadWriteOnce"], "storage_class_name": DISKS, "resources": room}
            },
        },
    }


def _usual(system: System, identity: Identity) -> Json:
    return {
        "hardening": system.application.hardening,
        "service_account": identity.account,
        "node_role": sizing.APPLICATION,
        "priority": Priority.BATCH,
        "restart_policy": "Never",
    }
