"""The preview's rights in the cluster, asked of the real API server: it may try, and only a deployment does."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.kubernetes import preview_guard
from rehearsal.paths import StackPaths
from rehearsal.processes import endpoints
from rehearsal.processes.kubernetes_api import APPLY, JSON, ApiError, KubernetesApi
from tests.components.recording import STACKS, recorded

NAMESPACE = "pipelines-preview"
#: A policy counts from when the API server has read it, some seconds after it was made.
PATIENCE_SECONDS = 120.0
#: The plural of every kind in the program that is not simply the kind with an s.
PLURAL = {"NetworkPolicy": "networkpolicies", "PriorityClass": "priorityclasses", "StorageClass": "storageclasses"}
PLURAL |= {"SecretProviderClass": "secretproviderclasses", "VolumeSnapshotClass": "volumesnapshotclasses"}


class Previewer(KubernetesApi):
    """Whoever comes with the preview role."""

    def _headers(self, kind: str) -> dict[str, str]:
        who = {"Impersonate-User": "preview-role", "Impersonate-Group": preview_guard.GROUP}
        return {**super()._headers(kind), **who}

    def tries(self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = JSON) -> dict[str, Any]:
        return self.call(method, f"{path}{'&' if '?' in path else '?'}dryRun=All", body, kind)

    def refused(self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = JSON) -> str:
        with pytest.raises(ApiError) as refusal:
            self.call(method, path, body, kind)
        assert refusal.value.status == 403
        return str(refusal.value)


@pytest.fixture(scope="module")
def admin(emulators: StackPaths) -> Iterator[KubernetesApi]:
    """The guard stands, with its rights, as bootstrap/ makes them; gone afterwards."""
    api = _connected(KubernetesApi, emulators)
    registration, rbac = "/apis/admissionregistration.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1"
    bound = {"policyName": preview_guard.NAME, "validationActions": ["Deny"]}
    subject = {"kind": "Group", "name": preview_guard.GROUP, "apiGroup": "rbac.authorization.k8s.io"}
    to = {"kind": "ClusterRole", "name": preview_guard.NAME, "apiGroup": "rbac.authorization.k8s.io"}
    objects = [
        (registration, "ValidatingAdmissionPolicy", "validatingadmissionpolicies", {"spec": preview_guard.policy()}),
        (registration, "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", {"spec": bound}),
        (rbac, "ClusterRole", "clusterroles", preview_guard.role()),
        (rbac, "ClusterRoleBinding", "clusterrolebindings", {"roleRef": to, "subjects": [subject]}),
    ]
    paths = [f"{group}/{plural}/{preview_guard.NAME}" for group, _, plural, _ in objects]
    for path, (group, kind, _, content) in zip(paths, objects, strict=True):
        version = group.removeprefix("/apis/")
        api.apply(path, {"apiVersion": version, "kind": kind, "metadata": {"name": preview_guard.NAME}, **content})
    api.apply(f"/api/v1/namespaces/{NAMESPACE}", _object("v1", "Namespace", NAMESPACE))
    api.apply(_config_map("standing"), _object("v1", "ConfigMap", "standing", data={"weight": "10"}))
    yield api
    api.delete(f"/api/v1/namespaces/{NAMESPACE}")
    for path in reversed(paths):
        api.delete(path)
    api.close()


@pytest.fixture
def previewer(emulators: StackPaths, admin: KubernetesApi) -> Iterator[Previewer]:
    previewer = _connected(Previewer, emulators)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            previewer.call("POST", _config_maps(), _object("v1", "ConfigMap", "does-the-guard-stand"))
        except ApiError as refusal:
            if "only a deployment makes it" in str(refusal):
                break
        else:
            admin.delete(_config_map("does-the-guard-stand"))
        time.sleep(0.2)
    else:
        pytest.fail(f"the guard did not count after {PATIENCE_SECONDS:.0f} s")
    yield previewer
    previewer.close()


@pytest.mark.cluster
def test_it_may_try_what_a_deployment_would_do(previewer: Previewer, admin: KubernetesApi) -> None:
    changed = _object("v1", "ConfigMap", "standing", data={"weight": "90"})
    tried = previewer.tries("PATCH", f"{_config_map('standing')}?fieldManager=preview&force=true", changed, APPLY)
    assert tried["data"] == {"weight": "90"}
    previewer.tries("POST", _config_maps(), _object("v1", "ConfigMap", "new"))
    # A role with rights that the preview itself does not have can be tried, too.
    rules = [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["delete"]}]
    wide = _object("rbac.authorization.k8s.io/v1", "ClusterRole", "wide", namespaced=False, rules=rules)
    previewer.tries("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", wide)
    assert admin.get(_config_map("standing"))["data"] == {"weight": "10"}
    assert not {"new", "does-the-guard-stand"} & {each["metadata"]["name"] for each in admin.items(_config_maps())}


@pytest.mark.cluster
def test_it_changes_nothing(previewer: Previewer, admin: KubernetesApi) -> None:
    changed = _object("v1", "ConfigMap", "standing", data={"weight": "90"})
    path = _config_map("standing")
    for method, where, body, kind in (
        ("PATCH", f"{path}?fieldManager=preview&force=true", changed, APPLY),
        ("POST", _config_maps(), _object("v1", "ConfigMap", "new"), JSON),
        ("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts", _object("v1", "ServiceAccount", "mine"), JSON),
    ):
        assert "only a deployment makes it" in previewer.refused(method, where, body, kind)
    previewer.refused("DELETE", path)
    previewer.refused("PUT", path, changed)
    # What would take the guard away is not among its rights, whether it tries or not.
    for plural in ("validatingadmissionpolicies", "validatingadmissionpolicybindings"):
        guard = f"/apis/admissionregistration.k8s.io/v1/{plural}/{preview_guard.NAME}"
        previewer.refused("DELETE", guard)
        previewer.refused("PATCH", f"{guard}?fieldManager=preview&force=true", {}, APPLY)
    previewer.refused("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default/token", {})
    previewer.refused("POST", f"/api/v1/namespaces/{NAMESPACE}/pods/any/exec?command=id")
    assert admin.get(path)["data"] == {"weight": "10"}


@pytest.mark.cluster
def test_others_are_not_held_back(previewer: Previewer, admin: KubernetesApi) -> None:
    admin.create(_config_maps(), _object("v1", "ConfigMap", "deployed"))
    admin.delete(_config_map("deployed"))


@pytest.mark.parametrize("stack", STACKS)
def test_every_kind_of_the_program_can_be_tried(stack: str) -> None:
    """A kind that the role does not name would fail the preview of whoever adds it."""
    named = {(group, plural) for group, plurals in preview_guard.RESOURCES.items() for plural in plurals}
    used: set[tuple[str, str]] = set()
    for resource in recorded(stack):
        if resource.type.startswith("kubernetes:"):
            _, version, kind = resource.type.split(":")
            kind = kind.removesuffix("Patch")
            group = version.split("/")[0]
            used.add(("" if group == "core" else group, PLURAL.get(kind, f"{kind.lower()}s")))
    assert used
    assert not used - named


def _connected(kind: type[Any], emulators: StackPaths) -> Any:
    found = endpoints.read(emulators)["kubernetes"]
    return kind(found["server"], Path(found["ca_file"]), found["token"], timeout_seconds=60)


def _object(version: str, kind: str, name: str, *, namespaced: bool = True, **content: Any) -> dict[str, Any]:
    where = {"namespace": NAMESPACE} if namespaced and kind != "Namespace" else {}
    return json.loads(json.dumps({"apiVersion": version, "kind": kind, "metadata": {"name": name, **where}, **content}))


def _config_maps() -> str:
    return f"/api/v1/namespaces/{NAMESPACE}/configmaps"


def _config_map(name: str) -> str:
    return f"{_config_maps()}/{name}"
