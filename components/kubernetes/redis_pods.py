"""Pods of the cache: Redis or a Sentinel, started by one rendered program, and asked by it whether it is well."""

from dataclasses import dataclass

import pulumi

from components.kubernetes import pods
from components.kubernetes.labels import InNamespace
from components.kubernetes.pods import Json, Priority
from rendering import environment, redis
from systems import sizing
from systems.model import Resources, System

SERVERS, SENTINELS = "cache-servers", "sentinel-servers"
#: In the monitoring namespace, with the `password` of the user that only sees figures.
EXPORTER_SECRET = "cache-exporter"
_DATA, _FILES, _TLS, _INTERNAL = "/data", "/etc/cache", "/etc/cache-tls", "/etc/cache-internal"
#: The mastership goes first (15 s), then Redis waits for its replicas (10 s) and writes what it holds.
_SERVER_GRACE_SECONDS, _SENTINEL_GRACE_SECONDS = 90, 15
#: A large file may take minutes to read; a server that waits for its Sentinels is not restarted for it.
_START_SECONDS, _PERIOD_SECONDS = 1_800, 10


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Names of what the pods mount, and their image."""

    image: str
    files: pulumi.Input[str]
    certificate: pulumi.Input[str]
    internal: pulumi.Input[str]
    account: pulumi.Input[str]
    secrets: pulumi.Input[str] | None = None
    """SecretProviderClass of the rotated passwords; Sentinels know none of them."""


def names(program: str, service: str, count: int) -> tuple[str, ...]:
    """What the pods of a StatefulSet are called, as their certificate has it."""
    return tuple(f"{program}-{each}.{_domain(service)}" for each in range(count))


def _domain(service: str) -> str:
    return f"{service}.{InNamespace.PLATFORM.value}.svc.cluster.local"


def certificate_names() -> tuple[str, ...]:
    """Every server, by the whole name and by the short one that the exporter uses."""
    short = (f"*.{service}.{InNamespace.PLATFORM.value}.svc" for service in (SERVERS, SENTINELS))
    return (*(f"*.{_domain(service)}" for service in (SERVERS, SENTINELS)), *short)


def files(system: System) -> dict[str, str]:
    around = redis.Surroundings(
        nodes=names("cache", SERVERS, system.cache.nodes),
        sentinels=names("sentinel", SENTINELS, system.cache.sentinels),
        certificates=_TLS,
    )
    return dict(redis.files(system, around))


def server(system: System, wiring: Wiring, selector: dict[str, str]) -> Json:
    container = _container(system, wiring, "server", SERVERS, system.cache.port, system.cache.node_resources)
    leaving = {"pre_stop": {"exec_": {"command": _command("leave")}}}
    secrets = {"name": pods.SECRETS, "mount_path": environment.SECRETS_DIRECTORY, "read_only": True}
    container = {**container, "lifecycle": leaving, "volume_mounts": [*_mounts(), secrets]}
    probed = {**container, "readiness_probe": _asked("ready")}
    return _pod(system, wiring, probed, selector, _SERVER_GRACE_SECONDS)


def sentinel(system: System, wiring: Wiring, selector: dict[str, str]) -> Json:
    spec = system.cache
    container = _container(system, wiring, "sentinel", SENTINELS, spec.sentinel_port, spec.sentinel_resources)
    probed = {**container, "readiness_probe": _asked("sentinel-ready")}
    return _pod(system, wiring, probed, selector, _SENTINEL_GRACE_SECONDS)


def _pod(system: System, wiring: Wiring, container: Json, selector: dict[str, str], grace_seconds: int) -> Json:
    return pods.pod(
        containers=[container],
        hardening=system.application.hardening,
        service_account=wiring.account,
        node_role=sizing.DATA,
        priority=Priority.CRISIS if system.critical_paths else Priority.SERVING,
        volumes=_volumes(wiring),
        grace_seconds=grace_seconds,
        topology_spread_constraints=pods.spread(selector),
    )


def _container(system: System, wiring: Wiring, role: str, service: str, port: int, size: Resources) -> Json:
    variables = {
        "CACHE_FILES": _FILES,
        "CACHE_DATA": _DATA,
        "CACHE_SECRETS": environment.SECRETS_DIRECTORY,
        "CACHE_INTERNAL": _INTERNAL,
        "CACHE_HOST": f"$(POD_NAME).{_domain(service)}",
    }
    name = {"name": "POD_NAME", "value_from": {"field_ref": {"field_path": "metadata.name"}}}
    return {
        "name": "redis" if role == "server" else role,
        "image": wiring.image,
        "command": _command(role),
        "working_dir": _DATA,
        "env": [name, *({"name": key, "value": value} for key, value in variables.items())],
        "ports": [{"name": "redis" if role == "server" else role, "container_port": port}],
        "security_context": pods.container_security(system.application.hardening),
        "resources": pods.resources(size),
        "startup_probe": {**_asked("alive"), "failure_threshold": _START_SECONDS // _PERIOD_SECONDS},
        "liveness_probe": {**_asked("alive"), "failure_threshold": 6},
        "volume_mounts": _mounts(),
    }


def _command(what: str) -> list[str]:
    return ["sh", f"{_FILES}/{redis.START}", what]


def _asked(what: str) -> Json:
    return {"exec_": {"command": _command(what)}, "timeout_seconds": 5, "period_seconds": _PERIOD_SECONDS}


def _mounts() -> list[Json]:
    return [
        {"name": pods.SCRATCH, "mount_path": "/tmp"},
        {"name": "data", "mount_path": _DATA},
        {"name": "files", "mount_path": _FILES, "read_only": True},
        {"name": "certificate", "mount_path": _TLS, "read_only": True},
        {"name": "internal", "mount_path": _INTERNAL, "read_only": True},
    ]


def _volumes(wiring: Wiring) -> list[Json]:
    """Files of Secrets belong to the group that all of a pod's volumes get: nobody else may read them."""
    return [
        {"name": "files", "config_map": {"name": wiring.files}},
        {"name": "certificate", "secret": {"secret_name": wiring.certificate, "default_mode": 0o440}},
        {"name": "internal", "secret": {"secret_name": wiring.internal, "default_mode": 0o440}},
        *(pods.volumes(secrets=wiring.secrets, switches=False, authority=None)),
    ]
