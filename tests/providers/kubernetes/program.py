"""Kubernetes resources of a test's program, taken through their life as the engine would."""

from dataclasses import dataclass
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.differences import Change
from rehearsal.providers.kubernetes.provider import Kubernetes
from rehearsal.providers.provider import Resource

Values = dict[str, Any]
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
JOB = "kubernetes:batch/v1:Job"
NAMESPACE = "kubernetes:core/v1:Namespace"
SECRET = "kubernetes:core/v1:Secret"
SERVICE = "kubernetes:core/v1:Service"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"

#: What the restricted level of Pod Security asks of a container.
HARDENED: Values = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass
class Kept:
    """A resource as the engine's state has it."""

    id: str
    inputs: Values
    outputs: Values


class Program:
    """Creates, changes and deletes resources by name, remembering them as the engine does."""

    def __init__(self, provider: Kubernetes) -> None:
        self.provider = provider

    def resource(self, type: str, name: str, id: str = "", timeout: float = 0) -> Resource:
        return Resource(f"urn:pulumi:test::lifeline::{type}::{name}", type, id, timeout)

    def checked(self, type: str, name: str, olds: Values | None = None, /, **inputs: Any) -> Values:
        checked, failures = self.provider.check(self.resource(type, name), inputs, olds or {})
        assert failures == []
        return wire.plain(checked)

    def preview(self, type: str, name: str, /, **inputs: Any) -> Values:
        return self.provider.create(self.resource(type, name), self.checked(type, name, **inputs), True)[1]

    def create(self, type: str, name: str, /, timeout: float = 0, **inputs: Any) -> Kept:
        checked = self.checked(type, name, **inputs)
        id, outputs = self.provider.create(self.resource(type, name, timeout=timeout), checked, False)
        return Kept(id, checked, outputs)

    def changes(self, type: str, name: str, kept: Kept, /, **inputs: Any) -> dict[str, str]:
        """Path -> kind of change, `replace` where it is one."""
        return {c.path: "replace" if c.replace else c.kind for c in self.differences(type, name, kept, **inputs)}

    def differences(self, type: str, name: str, kept: Kept, /, **inputs: Any) -> list[Change]:
        news = self.checked(type, name, kept.inputs, **inputs)
        return self.provider.diff(self.resource(type, name, kept.id), kept.inputs, kept.outputs, news)

    def update(self, type: str, name: str, kept: Kept, /, preview: bool = False, **inputs: Any) -> Kept:
        news = self.checked(type, name, kept.inputs, **inputs)
        resource = self.resource(type, name, kept.id)
        outputs = self.provider.update(resource, kept.inputs, kept.outputs, news, preview)
        return Kept(kept.id, news, outputs)

    def refresh(self, type: str, name: str, kept: Kept) -> Kept | None:
        live = self.provider.read(self.resource(type, name, kept.id), kept.inputs, kept.outputs)
        return Kept(kept.id, wire.plain(live[0]), live[1]) if live else None

    def imported(self, type: str, name: str, id: str) -> Kept | None:
        live = self.provider.read(self.resource(type, name, id), {}, {})
        return Kept(id, wire.plain(live[0]), live[1]) if live else None

    def delete(self, type: str, name: str, kept: Kept, timeout: float = 0) -> None:
        self.provider.delete(self.resource(type, name, kept.id, timeout), kept.inputs, kept.outputs)


def config_map(namespace: str, name: str = "settings", **data: str) -> Values:
    return {"metadata": {"name": name, "namespace": namespace}, "data": data}


def workload(
    namespace: str, name: str = "web", replicas: int = 2, container: Values | None = None, **pod: Any
) -> Values:
    """Inputs that suit Deployments and, with a serviceName, StatefulSets."""
    labels = {"app": name}
    whole = {"name": "app", "image": "example/app:1", "securityContext": HARDENED, **(container or {})}
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [whole], **pod}},
        },
    }


def job(namespace: str, name: str = "once", **spec: Any) -> Values:
    container = {"name": "work", "image": "example/work:1", "securityContext": HARDENED}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": {"template": template, **spec}}
