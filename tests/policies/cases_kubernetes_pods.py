"""Cases of the Pod Security checks: every kind of controller and of container takes its turn."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, k8s, stack
from tests.policies.pods import (
    POD,
    bare,
    container,
    cron_job,
    daemon_set,
    deployment,
    job,
    namespace,
    pod,
    stateful_set,
)

ELSEWHERE = stack(topic=aws("sns/topic:Topic"))
UNSEEN = stack(w=k8s("apps/v1:Deployment", metadata={"name": "web"}, spec=UNKNOWN))
_HOST_PATH = [{"name": "host", "hostPath": {"path": "/var/log"}}]


def _template(spec: Any) -> Given:
    return k8s("core/v1:PodTemplate", metadata={"name": "web"}, template={"spec": spec})


def _replica_set(spec: Any) -> Given:
    return k8s("apps/v1:ReplicaSet", metadata={"name": "web"}, spec={"template": {"spec": spec}})


def _replication_controller(spec: Any) -> Given:
    return k8s("core/v1:ReplicationController", metadata={"name": "web"}, spec={"template": {"spec": spec}})


#: Nine ways to run a pod; each rule's failing pods go through all of them, one after the other.
_KINDS = (
    deployment,
    cron_job,
    stateful_set,
    bare,
    job,
    daemon_set,
    _replica_set,
    _replication_controller,
    _template,
)


def _every_kind(*pods: Any) -> list[Stack]:
    """The first pod in every kind, and each further one in one."""
    return [stack(w=kind(pods[0])) for kind in _KINDS] + [
        stack(w=_KINDS[i % len(_KINDS)](spec)) for i, spec in enumerate(pods[1:])
    ]


def _container_with(changes: dict[str, Any]) -> list[Any]:
    """The same mistake in a container, an init container and an ephemeral one."""
    wrong = container(changes)
    return [
        pod({"containers.0": wrong}),
        pod(also=[wrong], of="initContainers"),
        pod(also=[wrong], of="ephemeralContainers"),
    ]


def _cases(
    *wrong: Any, right: tuple[Any, ...] = (), exempt: tuple[Stack, ...] = (ELSEWHERE,), unknown: Stack = UNSEEN
) -> Cases:
    return Cases(
        passing=[*_every_kind(POD), *(stack(w=deployment(each)) for each in right)],
        failing=_every_kind(*wrong),
        not_applicable=exempt,
        unknown=[unknown],
    )


def _unknown_in_container(path: str) -> Stack:
    return stack(w=deployment(pod({f"containers.0.{path}": UNKNOWN})))


_CONTEXT = "securityContext"
_WINDOWS = stack(w=deployment(pod({"os": {"name": "windows"}})))
_OWN_USERS = stack(w=deployment(pod({"hostUsers": False})))
_AGENT = stack(
    n=namespace("node-agents", "privileged"),
    w=daemon_set(pod({"volumes": _HOST_PATH})),
)

CASES = {
    "LL-POD-001": _cases(
        *_container_with({f"{_CONTEXT}.windowsOptions.hostProcess": True}),
        pod({f"{_CONTEXT}.windowsOptions.hostProcess": True}),
        right=(pod({f"{_CONTEXT}.windowsOptions.hostProcess": False}),),
    ),
    "LL-POD-002": _cases(
        pod({"hostNetwork": True}),
        pod({"hostPID": True}),
        pod({"hostIPC": True}),
        right=(pod({"hostNetwork": False, "hostPID": False, "hostIPC": False}),),
        unknown=stack(w=deployment(pod({"hostNetwork": UNKNOWN}))),
    ),
    "LL-POD-003": _cases(
        *_container_with({f"{_CONTEXT}.privileged": True}),
        right=(pod({f"containers.0.{_CONTEXT}.privileged": False}),),
        unknown=_unknown_in_container(f"{_CONTEXT}.privileged"),
    ),
    "LL-POD-004": _cases(
        *_container_with({f"{_CONTEXT}.capabilities.add": ["SYS_ADMIN"]}),
        pod({f"containers.0.{_CONTEXT}.capabilities.add": ["CHOWN", "NET_RAW"]}),
        right=(pod({f"containers.0.{_CONTEXT}.capabilities.add": ["CHOWN", "NET_BIND_SERVICE"]}),),
    ),
    "LL-POD-005": _cases(
        pod({"volumes": _HOST_PATH}),
        pod({"volumes": [{"name": "x", "emptyDir": {}}, *_HOST_PATH]}),
        right=(pod({"volumes": [{"name": "x", "emptyDir": {}}]}),),
        exempt=(ELSEWHERE, _AGENT),
        unknown=stack(w=deployment(pod({"volumes": UNKNOWN}))),
    ),
    "LL-POD-006": _cases(
        *_container_with({"ports": [{"containerPort": 8080}, {"containerPort": 80, "hostPort": 80}]}),
        right=(pod({"containers.0.ports": [{"containerPort": 80, "hostPort": 0}]}),),
    ),
    "LL-POD-007": _cases(
        *_container_with({"livenessProbe.httpGet.host": "169.254.169.254"}),
        pod({"containers.0.readinessProbe": {"tcpSocket": {"host": "10.0.0.1", "port": 22}}}),
        pod({"containers.0.startupProbe": {"httpGet": {"host": "10.0.0.1", "port": 22}}}),
        pod({"containers.0.lifecycle.preStop": {"httpGet": {"host": "10.0.0.1", "port": 22}}}),
        pod({"containers.0.lifecycle.postStart": {"tcpSocket": {"host": "10.0.0.1", "port": 22}}}),
        right=(pod({"containers.0.lifecycle.preStop": {"httpGet": {"host": "", "port": 22}}}),),
    ),
    "LL-POD-008": Cases(
        passing=[
            *_every_kind(POD),
            stack(w=deployment(pod({f"{_CONTEXT}.appArmorProfile.type": "Localhost"}))),
            stack(w=bare(annotations={"container.apparmor.security.beta.kubernetes.io/web": "localhost/ours"})),
        ],
        failing=[
            *_every_kind(*_container_with({f"{_CONTEXT}.appArmorProfile.type": "Unconfined"})),
            stack(w=deployment(pod({f"{_CONTEXT}.appArmorProfile.type": "Unconfined"}))),
            stack(w=bare(annotations={"container.apparmor.security.beta.kubernetes.io/web": "unconfined"})),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    ),
    "LL-POD-009": _cases(
        *_container_with({f"{_CONTEXT}.seLinuxOptions.type": "spc_t"}),
        pod({f"{_CONTEXT}.seLinuxOptions.user": "system_u"}),
        pod({f"{_CONTEXT}.seLinuxOptions.role": "system_r"}),
        right=(pod({f"{_CONTEXT}.seLinuxOptions.type": "container_engine_t"}),),
    ),
    "LL-POD-010": _cases(
        *_container_with({f"{_CONTEXT}.procMount": "Unmasked"}),
        right=(pod({f"containers.0.{_CONTEXT}.procMount": "Default"}),),
        exempt=(ELSEWHERE, _OWN_USERS),
    ),
    "LL-POD-011": _cases(
        *_container_with({f"{_CONTEXT}.seccompProfile.type": "Unconfined"}),
        pod({f"{_CONTEXT}.seccompProfile.type": "Unconfined"}),
        right=(pod({f"{_CONTEXT}.seccompProfile.type": "Localhost"}),),
    ),
    "LL-POD-012": _cases(
        pod({f"{_CONTEXT}.sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
        pod({f"{_CONTEXT}.sysctls": [{"name": "net.ipv4.tcp_rmem"}, {"name": "net.core.somaxconn"}]}),
        right=(pod({f"{_CONTEXT}.sysctls": [{"name": "net.ipv4.tcp_rmem"}, {"name": "net.ipv4.ping_group_range"}]}),),
    ),
    "LL-POD-013": _cases(
        pod({"volumes": [{"name": "n", "nfs": {"server": "10.0.0.1", "path": "/"}}]}),
        pod({"volumes": _HOST_PATH}),
        pod({"volumes": [{"name": "i", "iscsi": {"lun": 0}}]}),
        right=(
            pod({"volumes": [{"name": "a", "configMap": {}}, {"name": "b", "csi": {}}, {"name": "c", "image": {}}]}),
        ),
        exempt=(ELSEWHERE, _AGENT),
    ),
    "LL-POD-014": _cases(
        *_container_with({f"{_CONTEXT}.allowPrivilegeEscalation": True}),
        *_container_with({f"{_CONTEXT}.allowPrivilegeEscalation": None}),
        exempt=(ELSEWHERE, _WINDOWS),
        unknown=_unknown_in_container(f"{_CONTEXT}.allowPrivilegeEscalation"),
    ),
    "LL-POD-015": _cases(
        pod({f"{_CONTEXT}.runAsNonRoot": None}),
        pod({f"{_CONTEXT}.runAsNonRoot": False}),
        *_container_with({f"{_CONTEXT}.runAsNonRoot": False}),
        right=(pod({f"{_CONTEXT}.runAsNonRoot": None, f"containers.0.{_CONTEXT}.runAsNonRoot": True}),),
        exempt=(ELSEWHERE, _OWN_USERS, _AGENT),
    ),
    "LL-POD-016": _cases(
        pod({f"{_CONTEXT}.runAsUser": 0}),
        *_container_with({f"{_CONTEXT}.runAsUser": 0}),
        right=(pod({f"containers.0.{_CONTEXT}.runAsUser": 1000}), pod({f"{_CONTEXT}.runAsUser": None})),
        exempt=(ELSEWHERE, _OWN_USERS, _AGENT),
    ),
    "LL-POD-017": _cases(
        pod({f"{_CONTEXT}.seccompProfile": None}),
        *_container_with({f"{_CONTEXT}.seccompProfile.type": "Unconfined"}),
        right=(pod({f"{_CONTEXT}.seccompProfile": None, f"containers.0.{_CONTEXT}.seccompProfile.type": "Localhost"}),),
        exempt=(ELSEWHERE, _WINDOWS),
    ),
    "LL-POD-018": _cases(
        *_container_with({f"{_CONTEXT}.capabilities": None}),
        *_container_with({f"{_CONTEXT}.capabilities.drop": ["NET_RAW"]}),
        *_container_with({f"{_CONTEXT}.capabilities.add": ["CHOWN"]}),
        right=(pod({f"containers.0.{_CONTEXT}.capabilities.add": ["NET_BIND_SERVICE"]}),),
        exempt=(ELSEWHERE, _WINDOWS),
    ),
    "LL-POD-019": _cases(
        *_container_with({f"{_CONTEXT}.procMount": "Unmasked"}),
        pod({"hostUsers": False, f"containers.0.{_CONTEXT}.procMount": "Unmasked"}),
    ),
}
