"""A pod of the pooler: PgBouncer, and the follower beside it that keeps its logins and tells its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pulumi

from components.aws import secret_values
from components.kubernetes import deployments, pods
from components.kubernetes.certificates import dns_names
from components.kubernetes.labels import InNamespace
from components.kubernetes.pods import Json, Priority
from components.kubernetes.workload_secrets import File, Mounted
from rendering import environment, pgbouncer
from rendering.pgbouncer import METRICS_PORT, PORT, SOCKETS
from systems import sizing
from systems.model import Resources, System

PROGRAM, SERVICE = "pgbouncer", "database"
#: Certificates of AWS's authorities for RDS, kept beside the code that rotates passwords (docs/decisions/postgres.md).
AUTHORITIES = Path(__file__).parents[2] / "images/rotation/lifeline_rotation/rds-authorities.pem"
AUTHORITIES_FILE = "rds-authorities.pem"
_FOLLOWER = Path(__file__).parents[2] / "images/pooler/pooler_follower"
_FILES, _TLS = "/etc/pooler", "/etc/pooler-tls"
#: Out of the pooler's documented share: four small files a second, and a scrape now and then.
_FOLLOWER_RESOURCES = Resources(
    cpu_request_millicores=25, cpu_limit_millicores=50, memory_request_mib=40, memory_limit_mib=40
)
#: Callers hear that a pod leaves; then PgBouncer takes nothing new, ends what is open, and goes.
_GRACE_SECONDS = deployments.NOTICE_SECONDS + 60


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Names of what a pod mounts, and its images."""

    configuration: pulumi.Input[str]
    follower: pulumi.Input[str]
    certificate: pulumi.Input[str]
    secrets: pulumi.Input[str]
    account: pulumi.Input[str]
    image: pulumi.Input[str]
    follower_image: pulumi.Input[str]


def secrets(system: System) -> tuple[str, ...]:
    """Those with the logins of everybody who comes through the pooler."""
    there = {role.use for role in system.database.roles}
    return tuple(secret_values.secret_of(use) for use in pgbouncer.USES if use in there)


def mounted(system: System) -> tuple[Mounted, ...]:
    """The whole JSON of each is a file too, which is the one that is read: it has the login before."""
    return tuple(Mounted(each, (File("username", f"{each}-username", ()),)) for each in secrets(system))


def services(system: System) -> tuple[str, ...]:
    """Names that lead here: our own, and those of the document that can be names inside the cluster at all."""
    aliases = (each for each in system.database.aliases if deployments.SERVICE_NAME.fullmatch(each))
    return tuple(dict.fromkeys((SERVICE, *aliases)))


def certificates(system: System) -> dict[str, tuple[str, ...]]:
    """The certificate of `database`, and what it must name besides."""
    others = services(system)[1:]
    return {SERVICE: tuple(name for each in others for name in dns_names(each, InNamespace.PLATFORM.value)[:4])}


def follower_program() -> Mapping[str, str]:
    """Its source: standard library only, so any image with Python runs it."""
    return {file.name: file.read_text() for file in sorted(_FOLLOWER.glob("*.py"))}


def files(system: System, primary: str, replicas: tuple[str, ...]) -> Mapping[str, str]:
    around = pgbouncer.Surroundings(
        primary=primary,
        replicas=replicas,
        certificates=_TLS,
        authorities=f"{_FILES}/{AUTHORITIES_FILE}",
    )
    return {
        pgbouncer.CONFIGURATION: pgbouncer.configuration(system, around),
        AUTHORITIES_FILE: AUTHORITIES.read_text(encoding="ascii"),
    }


def pod(system: System, wiring: Wiring, selector: Mapping[str, str]) -> Json:
    """The first list is made with the whole share of the pod: Python starts slowly on a twentieth of a core."""
    whole = system.database.pooler.resources
    follower = _follower(system, wiring, "follower", _FOLLOWER_RESOURCES)
    asked = {"http_get": {"path": "/healthz", "port": "metrics"}, "timeout_seconds": 5}
    probe = {**asked, "period_seconds": 20, "initial_delay_seconds": 30}
    serving = {"ports": [{"name": "metrics", "container_port": METRICS_PORT}], "liveness_probe": probe}
    return pods.pod(
        containers=[_pgbouncer(system, wiring), {**follower, **serving}],
        init_containers=[_follower(system, wiring, "first-logins", whole, "--once")],
        hardening=system.application.hardening,
        service_account=wiring.account,
        node_role=sizing.APPLICATION,
        priority=Priority.CRISIS if system.critical_paths else Priority.SERVING,
        volumes=_volumes(wiring),
        grace_seconds=_GRACE_SECONDS,
        topology_spread_constraints=pods.spread(selector),
    )


def _pgbouncer(system: System, wiring: Wiring) -> Json:
    """Asked only whether it listens: when the server is away, clients wait in it rather than being turned off.

    On SIGINT it lets open transactions end and then goes; SIGTERM, which comes after the hook, would cut them off.
    """
    asked = {"tcp_socket": {"port": "postgres"}, "timeout_seconds": 3}
    leaving = f"sleep {deployments.NOTICE_SECONDS}; kill -INT 1; sleep {_GRACE_SECONDS}"
    return {
        "name": PROGRAM,
        "image": wiring.image,
        "command": ["pgbouncer", f"{_FILES}/{pgbouncer.CONFIGURATION}"],
        "security_context": pods.container_security(system.application.hardening),
        "resources": pods.resources(_left(system.database.pooler.resources)),
        "ports": [{"name": "postgres", "container_port": PORT}],
        "readiness_probe": {**asked, "period_seconds": 5},
        "liveness_probe": {**asked, "period_seconds": 10, "initial_delay_seconds": 10},
        "lifecycle": {"pre_stop": {"exec_": {"command": ["sh", "-c", leaving]}}},
        "volume_mounts": _mounts("configuration", "certificate"),
    }


def _follower(system: System, wiring: Wiring, name: str, size: Resources, *flags: str) -> Json:
    variables = {
        "PYTHONPATH": "/app",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "POOLER_SECRETS": environment.SECRETS_DIRECTORY,
        "POOLER_SECRET_NAMES": ",".join(secrets(system)),
        "POOLER_CERTIFICATES": _TLS,
        "POOLER_RUN": SOCKETS,
        "POOLER_PORT": str(PORT),
        "POOLER_METRICS_PORT": str(METRICS_PORT),
    }
    return {
        "name": name,
        "image": wiring.follower_image,
        "command": ["python", "-m", "pooler_follower", *flags],
        "env": [{"name": key, "value": value} for key, value in sorted(variables.items())],
        "security_context": pods.container_security(system.application.hardening),
        "resources": pods.resources(size),
        "volume_mounts": _mounts("follower", "certificate", pods.SECRETS),
    }


def _left(whole: Resources) -> Resources:
    beside = _FOLLOWER_RESOURCES
    return replace(
        whole,
        cpu_request_millicores=whole.cpu_request_millicores - beside.cpu_request_millicores,
        cpu_limit_millicores=whole.cpu_limit_millicores - beside.cpu_request_millicores,
        memory_request_mib=whole.memory_request_mib - beside.memory_request_mib,
        memory_limit_mib=whole.memory_limit_mib - beside.memory_limit_mib,
    )


def _mounts(*names: str) -> list[Json]:
    places = {
        "configuration": _FILES,
        "certificate": _TLS,
        "follower": "/app/pooler_follower",
        pods.SECRETS: environment.SECRETS_DIRECTORY,
    }
    read_only = [{"name": each, "mount_path": places[each], "read_only": True} for each in names if each in places]
    written = [{"name": "run", "mount_path": SOCKETS}, {"name": pods.SCRATCH, "mount_path": "/tmp"}]
    return [*read_only, *written]


def _volumes(wiring: Wiring) -> list[Json]:
    """Logins lie in memory only, and the console's socket with them."""
    return [
        {"name": "configuration", "config_map": {"name": wiring.configuration}},
        {"name": "follower", "config_map": {"name": wiring.follower}},
        {"name": "certificate", "secret": {"secret_name": wiring.certificate, "default_mode": 0o440}},
        {"name": "run", "empty_dir": {"medium": "Memory", "size_limit": "4Mi"}},
        *pods.volumes(secrets=wiring.secrets, switches=False, authority=None),
    ]
