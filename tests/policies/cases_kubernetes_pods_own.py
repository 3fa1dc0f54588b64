"""Cases of what pods owe beyond the Pod Security Standards."""

from dataclasses import replace
from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, k8s, stack
from tests.policies.cases_kubernetes_pods import ELSEWHERE, UNSEEN
from tests.policies.pods import POD, bare, container, cron_job, daemon_set, deployment, job, meta, namespace, pod
from tests.policies.pods import stateful_set as stateful

RBAC = "rbac.authorization.k8s.io/v1"
_TOKEN = pod({"automountServiceAccountToken": True})


def _binding(kind: str, name: str, namespace: str) -> Given:
    subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    return k8s(f"{RBAC}:{kind}", metadata={"name": "b"}, subjects=[subject], roleRef={"kind": "Role", "name": "r"})


def _in_one(changes: dict[str, Any]) -> list[Stack]:
    """The mistake in a container of a Deployment, in an init container of a CronJob, in a Job."""
    wrong = container(changes)
    return [
        stack(w=deployment(pod({"containers.0": wrong}))),
        stack(w=cron_job(pod(also=[wrong], of="initContainers"))),
        stack(w=job(pod(also=[wrong]))),
    ]


def _of_container(*changes: dict[str, Any], right: tuple[dict[str, Any], ...] = ()) -> Cases:
    return Cases(
        passing=[stack(w=deployment()), *(stack(w=deployment(pod({"containers.0": container(c)}))) for c in right)],
        failing=[case for change in changes for case in _in_one(change)],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    )


def _environment(*variables: dict[str, Any]) -> dict[str, Any]:
    return {"env": list(variables)}


def _with_names_of_secrets(*changes: dict[str, Any], right: tuple[dict[str, Any], ...]) -> Cases:
    """A list of names of the stack's own secrets tells nobody anything."""
    usual = _of_container(*changes, right=right)
    named = container(_environment({"name": "ROTATED_SECRETS", "value": "shop/db,shop/mail"}))
    secrets = {each: aws("secretsmanager/secret:Secret", name=f"shop/{each}") for each in ("db", "mail")}
    listed = stack(w=deployment(pod({"containers.0": named})), **secrets)
    half = {name: given for name, given in listed.items() if name != "mail"}
    return replace(usual, passing=[*usual.passing, listed], failing=[*usual.failing, half])


_REFERENCE = {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
_SERVICE = k8s("core/v1:Service", metadata=meta("web", "platform"), spec={"selector": {"app": "web"}})
_OTHER_SERVICE = k8s("core/v1:Service", metadata=meta("x", "platform"), spec={"selector": {"app": "other"}})
_NO_READINESS = pod({"containers.0.readinessProbe": None})
_DEEP = {"httpGet": {"path": "/health", "port": 8080}}
_AGENTS = namespace("node-agents", "privileged")
_READER = {"drop": ["ALL"], "add": ["DAC_READ_SEARCH"]}


def _root(**changes: Any) -> Any:
    made = {"securityContext.runAsNonRoot": False, "securityContext.runAsUser": 0}
    return pod({**made, "containers.0.securityContext.capabilities": _READER, **changes})


def _mounting(path: str, **mount: Any) -> Any:
    volumes = [{"name": "host", "hostPath": {"path": path}}]
    return pod({"volumes": volumes, "containers.0.volumeMounts": [{"name": "host", "mountPath": "/host", **mount}]})


CASES = {
    "LL-POD-020": _of_container(
        {"securityContext.readOnlyRootFilesystem": None}, {"securityContext.readOnlyRootFilesystem": False}
    ),
    "LL-POD-021": Cases(
        passing=[
            stack(w=deployment()),
            stack(w=deployment(_TOKEN), b=_binding("RoleBinding", "web", "platform")),
            stack(w=deployment(_TOKEN), b=_binding("ClusterRoleBinding", "web", "platform")),
        ],
        failing=[
            stack(w=deployment(_TOKEN)),
            stack(w=cron_job(pod({"automountServiceAccountToken": None}))),
            stack(w=deployment(_TOKEN), b=_binding("RoleBinding", "web", "elsewhere")),
            stack(w=deployment(_TOKEN), b=_binding("RoleBinding", "other", "platform")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    ),
    "LL-POD-022": Cases(
        passing=[stack(w=deployment())],
        failing=[
            stack(w=deployment(pod({"serviceAccountName": None}))),
            stack(w=job(pod({"serviceAccountName": "default"}))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    ),
    "LL-POD-023": _of_container({"resources.limits.memory": None}, {"resources": None}),
    "LL-POD-024": _of_container({"resources.limits.cpu": None}, {"resources": None}),
    "LL-POD-025": _of_container(
        {"resources": None},
        {"resources.requests.cpu": None, "resources.limits.cpu": None},
        right=({"resources.requests": None},),
    ),
    "LL-POD-026": _with_names_of_secrets(
        _environment({"name": "DB_PASSWORD", "value": "hunter2"}),
        _environment({"name": "MODE", "value": "x"}, {"name": "openai_api_key", "value": "sk-1"}),
        right=(
            _environment(_REFERENCE),
            _environment({"name": "DB_PASSWORD", "value": "/run/secrets/db"}),
            _environment({"name": "BUCKET", "value": UNKNOWN}),
            _environment({"name": "TOKEN_LIFETIME", "value": "60"}),
        ),
    ),
    "LL-POD-027": Cases(
        passing=[stack(w=deployment()), stack(w=deployment(pod({"shareProcessNamespace": False})))],
        failing=[stack(w=kind(pod({"shareProcessNamespace": True}))) for kind in (deployment, job, bare)],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    ),
    "LL-POD-028": Cases(
        passing=[stack(w=deployment(), s=_SERVICE)],
        failing=[stack(w=deployment(_NO_READINESS), s=_SERVICE), stack(w=stateful(_NO_READINESS), s=_SERVICE)],
        not_applicable=[
            ELSEWHERE,
            stack(w=deployment(_NO_READINESS)),
            stack(w=deployment(_NO_READINESS), s=_OTHER_SERVICE),
            stack(w=deployment(_NO_READINESS, namespace="other"), s=_SERVICE),
        ],
        unknown=[stack(w=deployment(pod({"containers": UNKNOWN})), s=_SERVICE)],
    ),
    "LL-POD-029": Cases(
        passing=[
            stack(w=deployment()),
            stack(w=deployment(pod({"containers.0.livenessProbe": {**_DEEP, "failureThreshold": 6}}))),
        ],
        failing=[
            stack(w=deployment(pod({"containers.0.livenessProbe": _DEEP}))),
            stack(w=stateful(pod({"containers.0.livenessProbe": {**_DEEP, "periodSeconds": 5}}))),
        ],
        not_applicable=[ELSEWHERE, stack(w=deployment(pod({"containers.0.livenessProbe": None})))],
        unknown=[UNSEEN],
    ),
    "LL-POD-030": Cases(
        passing=[stack(w=deployment()), stack(w=deployment(pod({"terminationGracePeriodSeconds": None})))],
        failing=[
            stack(w=deployment(pod({"terminationGracePeriodSeconds": 0}))),
            stack(w=stateful(pod({"terminationGracePeriodSeconds": 5}))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    ),
    "LL-POD-031": Cases(
        passing=[stack(w=deployment()), stack(n=_AGENTS, w=daemon_set(_mounting("/var/log")))],
        failing=[
            stack(n=_AGENTS, w=daemon_set(_mounting("/run/containerd/containerd.sock", readOnly=True))),
            stack(w=deployment(_mounting("/var/run/docker.sock"))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    ),
    "LL-POD-032": Cases(
        passing=[stack(n=_AGENTS, w=daemon_set()), stack(n=_AGENTS, w=daemon_set(_root()))],
        failing=[
            stack(n=_AGENTS, w=daemon_set(_root(**{"containers.0.securityContext.capabilities": None}))),
            stack(n=_AGENTS, w=daemon_set(_root(**{"containers.0.securityContext.readOnlyRootFilesystem": False}))),
            stack(n=_AGENTS, w=daemon_set(_root(**{"containers.0.securityContext.allowPrivilegeEscalation": None}))),
        ],
        not_applicable=[ELSEWHERE, stack(n=namespace("node-agents"), w=daemon_set(_root()))],
        unknown=[stack(n=_AGENTS, w=daemon_set(pod({"containers": UNKNOWN})))],
    ),
    "LL-POD-033": Cases(
        passing=[
            stack(n=_AGENTS, w=daemon_set(_mounting("/var/log", readOnly=True))),
            stack(n=_AGENTS, w=daemon_set(_mounting("/var/lib/lifeline-log-collector"))),
        ],
        failing=[
            stack(n=_AGENTS, w=daemon_set(_mounting("/var/log"))),
            stack(n=_AGENTS, w=daemon_set(_mounting("/", readOnly=False))),
        ],
        not_applicable=[ELSEWHERE, stack(n=_AGENTS, w=daemon_set(POD))],
        unknown=[stack(n=_AGENTS, w=daemon_set(pod({"volumes": UNKNOWN})))],
    ),
    "LL-POD-034": Cases(
        passing=[stack(w=deployment(pod({"volumes": [{"name": "t", "emptyDir": {"sizeLimit": "1Gi"}}]})))],
        failing=[
            stack(w=deployment(pod({"volumes": [{"name": "t", "emptyDir": {}}]}))),
            stack(w=job(pod({"volumes": [{"name": "t", "emptyDir": {"medium": "Memory"}}]}))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[UNSEEN],
    ),
    "LL-POD-035": _of_container({"stdin": True}, {"tty": True}),
}
