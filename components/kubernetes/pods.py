"""Pods as the restricted standard wants them: every container is hardened, sized and placed from here."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import pulumi

from components.kubernetes.labels import HOST, NODE_ROLE, ZONE
from rendering import environment
from systems.model import Hardening, Resources

Json = dict[str, object]

SCRATCH, SECRETS, SWITCHES, AUTHORITY = "scratch", "secrets", "switches", "internal-authority"
_SCRATCH_SIZE = "256Mi"


class Priority(StrEnum):
    """Who stays when machines are short. CRISIS takes the place of others; BATCH waits for its own."""

    CRISIS = "lifeline-crisis"
    SERVING = "lifeline-serving"
    BATCH = "lifeline-batch"

    @property
    def meaning(self) -> str:
        return {
            Priority.CRISIS: "serves paths on which lives may depend: others make room",
            Priority.SERVING: "serves people, or what serves them",
            Priority.BATCH: "runs to its end some time: waits for room and takes nobody's",
        }[self]


def pod_security(hardening: Hardening) -> Json:
    return {
        "run_as_non_root": True,
        "run_as_user": hardening.user_id,
        "run_as_group": hardening.group_id,
        "fs_group": hardening.group_id,
        "fs_group_change_policy": "OnRootMismatch",
        "seccomp_profile": {"type": "RuntimeDefault"},
    }


def container_security(hardening: Hardening) -> Json:
    return {
        "allow_privilege_escalation": hardening.privilege_escalation,
        "read_only_root_filesystem": hardening.read_only_root,
        "run_as_non_root": True,
        "capabilities": {
            "drop": list(hardening.dropped_capabilities),
            **({"add": list(hardening.added_capabilities)} if hardening.added_capabilities else {}),
        },
    }


def resources(given: Resources) -> Json:
    """Disk is limited by what a container may write: its share of /tmp and its log."""
    return {
        "requests": {"cpu": f"{given.cpu_request_millicores}m", "memory": f"{given.memory_request_mib}Mi"},
        "limits": {"cpu": f"{given.cpu_limit_millicores}m", "memory": f"{given.memory_limit_mib}Mi"},
    }


def spread(selector: Mapping[str, str]) -> list[Json]:
    """Evenly over the zones, and over the nodes as far as that goes.

    Tainted nodes do not count: those of a lost zone stay listed for a while, and an even spread that counts them would
    leave pods without a place. Each release is spread by itself.
    """
    return [_spread(selector, ZONE, "DoNotSchedule"), _spread(selector, HOST, "ScheduleAnyway")]


def _spread(selector: Mapping[str, str], over: str, otherwise: str) -> Json:
    return {
        "max_skew": 1,
        "topology_key": over,
        "when_unsatisfiable": otherwise,
        "node_taints_policy": "Honor",
        "match_label_keys": ["pod-template-hash"],
        "label_selector": {"match_labels": dict(selector)},
    }


def pod(
    *,
    containers: Sequence[Json],
    hardening: Hardening,
    service_account: pulumi.Input[str],
    node_role: str,
    priority: Priority,
    volumes: Iterable[Json] = (),
    grace_seconds: int = 30,
    **more: object,
) -> Json:
    """A pod's spec. Nothing here gets a token of the API: whoever needs one passes automount_service_account_token."""
    return {
        "automount_service_account_token": False,
        "enable_service_links": False,
        "service_account_name": service_account,
        "node_selector": {NODE_ROLE: node_role},
        "priority_class_name": priority.value,
        "termination_grace_period_seconds": grace_seconds,
        "security_context": pod_security(hardening),
        "containers": list(containers),
        "volumes": [{"name": SCRATCH, "empty_dir": {"size_limit": _SCRATCH_SIZE}}, *volumes],
        **more,
    }


def volumes(
    *, secrets: pulumi.Input[str] | None, switches: bool, authority: pulumi.Input[str] | None
) -> Iterable[Json]:
    """What a platform's own containers may mount, all of it read-only."""
    if secrets is not None:
        mounted = {"driver": "secrets-store.csi.k8s.io", "read_only": True}
        yield {"name": SECRETS, "csi": {**mounted, "volume_attributes": {"secretProviderClass": secrets}}}
    if switches:
        yield {"name": SWITCHES, "config_map": {"name": SWITCHES, "optional": True}}
    if authority is not None:
        yield {"name": AUTHORITY, "config_map": {"name": authority}}


def mounts(*, secrets: bool, switches: bool, authority: bool) -> Iterable[Json]:
    yield {"name": SCRATCH, "mount_path": "/tmp"}
    if secrets:
        yield {"name": SECRETS, "mount_path": environment.SECRETS_DIRECTORY, "read_only": True}
    if switches:
        yield {"name": SWITCHES, "mount_path": environment.SWITCHES_DIRECTORY, "read_only": True}
    if authority:
        yield {"name": AUTHORITY, "mount_path": environment.AUTHORITY_DIRECTORY, "read_only": True}
