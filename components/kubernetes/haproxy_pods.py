"""A pod of the fleet: HAProxy, the follower beside it, and the start that gives HAProxy its first map."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components.kubernetes import pods
from components.kubernetes.labels import InNamespace
from components.kubernetes.pods import Json, Priority
from rendering import haproxy
from rendering.haproxy import traffic
from rendering.haproxy.surroundings import HEALTH_PATH, HTTP_PORT, HTTPS_PORT, METRICS_PORT, PEERS_PORT
from systems import sizing
from systems.model import Resources, System

PROGRAM = "haproxy"
_FOLLOWER = Path(__file__).parents[2] / "images/traffic/traffic_follower"
_FOLLOWER_RESOURCES = Resources(
    cpu_request_millicores=25, cpu_limit_millicores=250, memory_request_mib=48, memory_limit_mib=96
)
#: Nothing new is sent to a pod that leaves, but that is known everywhere only after a while.
_NOTICE_SECONDS, _GRACE_SECONDS = 15, 90
_TOKEN_SECONDS = 3_600
_CONFIGURATION, _TLS, _RUN, _TRAFFIC = "/etc/haproxy", "/etc/haproxy-tls", "/run/haproxy", "/etc/lifeline/traffic"
_CACHE_PASSWORD = "/etc/lifeline/cache"
#: Whoever signed the certificate signed those of Redis, too.
AUTHORITY = f"{_TLS}/ca.crt"


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Names of what a pod mounts, and its images."""

    configuration: pulumi.Input[str]
    follower: pulumi.Input[str]
    traffic: pulumi.Input[str]
    certificate: pulumi.Input[str]
    account: pulumi.Input[str]
    cache_password: pulumi.Input[str] | None = None
    image: str
    follower_image: str


def follower_program() -> Mapping[str, str]:
    """Its source: standard library only, so any image with Python runs it."""
    return {file.name: file.read_text() for file in sorted(_FOLLOWER.glob("*.py"))}


def pod(system: System, wiring: Wiring, selector: Mapping[str, str]) -> Json:
    return pods.pod(
        containers=[_haproxy(system, wiring), _follower(system, wiring, "follower")],
        hardening=system.application.hardening,
        service_account=wiring.account,
        node_role=sizing.APPLICATION,
        priority=Priority.CRISIS if system.critical_paths else Priority.SERVING,
        volumes=_volumes(wiring),
        grace_seconds=_GRACE_SECONDS,
        init_containers=[_follower(system, wiring, "first-map", "--once")],
        topology_spread_constraints=pods.spread(selector),
    )


def _haproxy(system: System, wiring: Wiring) -> Json:
    """The image's own stop signal is SIGUSR1, on which HAProxy finishes what is open."""
    question = {"http_get": {"path": HEALTH_PATH, "port": "metrics"}, "timeout_seconds": 3}
    configuration = f"{_CONFIGURATION}/{haproxy.CONFIGURATION}"
    return {
        "name": PROGRAM,
        "image": wiring.image,
        "command": ["haproxy", "-W", "-S", f"{_RUN}/master.sock", "-f", configuration],
        "env": [{"name": "POD_NAME", "value_from": {"field_ref": {"field_path": "metadata.name"}}}],
        "security_context": pods.container_security(system.application.hardening),
        "resources": pods.resources(system.load_balancer.resources),
        "ports": [
            {"name": name, "container_port": port}
            for name, port in (
                ("http", HTTP_PORT),
                ("https", HTTPS_PORT),
                ("metrics", METRICS_PORT),
                ("counters", PEERS_PORT),
            )
        ],
        # names of servers are resolved in the first seconds: until then there is nobody to send to
        "readiness_probe": {**question, "initial_delay_seconds": 5, "period_seconds": 2},
        "liveness_probe": {**question, "initial_delay_seconds": 10, "period_seconds": 10},
        "lifecycle": {"pre_stop": {"sleep": {"seconds": _NOTICE_SECONDS}}},
        "volume_mounts": [
            {"name": "configuration", "mount_path": _CONFIGURATION, "read_only": True},
            {"name": "certificate", "mount_path": _TLS, "read_only": True},
            {"name": "run", "mount_path": _RUN},
            {"name": pods.SCRATCH, "mount_path": "/tmp"},
        ],
    }


def _follower(system: System, wiring: Wiring, name: str, *flags: str) -> Json:
    """It asks the API: a mounted ConfigMap follows within a minute or two only."""
    maps = f"https://kubernetes.default.svc/api/v1/namespaces/{InNamespace.PLATFORM.value}/configmaps"
    variables = {
        "PYTHONPATH": "/app",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "TRAFFIC_API": f"{maps}/{traffic.CONFIG_MAP}",
        "TRAFFIC_CERTIFICATE": f"{_TLS}/tls.pem",
        "TRAFFIC_DEFAULTS": f"{_CONFIGURATION}/traffic.defaults",
        "TRAFFIC_DIRECTORY": _TRAFFIC,
        "TRAFFIC_RUN_DIRECTORY": _RUN,
        **({"TRAFFIC_CACHE_PASSWORD": f"{_CACHE_PASSWORD}/password"} if wiring.cache_password else {}),
    }
    password = {"name": "cache-password", "mount_path": _CACHE_PASSWORD, "read_only": True}
    return {
        "name": name,
        "image": wiring.follower_image,
        "command": ["python", "-m", "traffic_follower", *flags],
        "env": [{"name": key, "value": value} for key, value in sorted(variables.items())],
        "security_context": pods.container_security(system.application.hardening),
        "resources": pods.resources(_FOLLOWER_RESOURCES),
        "volume_mounts": [
            {"name": "configuration", "mount_path": _CONFIGURATION, "read_only": True},
            {"name": "certificate", "mount_path": _TLS, "read_only": True},
            {"name": "follower", "mount_path": "/app/traffic_follower", "read_only": True},
            {"name": "traffic", "mount_path": _TRAFFIC, "read_only": True},
            {"name": "token", "mount_path": "/var/run/secrets/kubernetes.io/serviceaccount", "read_only": True},
            {"name": "run", "mount_path": _RUN},
            {"name": pods.SCRATCH, "mount_path": "/tmp"},
            *([password] if wiring.cache_password else []),
        ],
    }


def _volumes(wiring: Wiring) -> list[Json]:
    token = {"service_account_token": {"path": "token", "expiration_seconds": _TOKEN_SECONDS}}
    authority = {"config_map": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
    secret = {"secret_name": wiring.cache_password, "default_mode": 0o440}
    return [
        *([{"name": "cache-password", "secret": secret}] if wiring.cache_password else []),
        {"name": "configuration", "config_map": {"name": wiring.configuration}},
        {"name": "follower", "config_map": {"name": wiring.follower}},
        {"name": "traffic", "config_map": {"name": wiring.traffic}},
        {"name": "certificate", "secret": {"secret_name": wiring.certificate, "default_mode": 0o440}},
        {"name": "run", "empty_dir": {"medium": "Memory", "size_limit": "16Mi"}},
        {"name": "token", "projected": {"default_mode": 0o440, "sources": [token, authority]}},
    ]
