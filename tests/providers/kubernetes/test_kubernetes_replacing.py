"""What can change in place and what means another object: as the official provider has it, and as the server says."""

from typing import Any

import pytest

from rehearsal.providers.kubernetes.provider import Kubernetes
from tests.providers.kubernetes.program import (
    CONFIG_MAP,
    DEPLOYMENT,
    JOB,
    SECRET,
    STATEFUL_SET,
    Kept,
    Program,
    config_map,
    job,
    workload,
)

pytestmark = pytest.mark.cluster
METADATA = {"name": "thing", "namespace": "default"}
ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}


def _differences(program: Program, type: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    checked = program.checked(type, "thing", **{"metadata": METADATA, **old})
    kept = Kept("default/thing", checked, checked)
    return program.changes(type, "thing", kept, **{"metadata": METADATA, **new})


@pytest.mark.parametrize(
    ("type", "old", "new", "path"),
    [
        (CONFIG_MAP, {"metadata": {**METADATA, "name": "old"}}, {}, "metadata.name"),
        (CONFIG_MAP, {"metadata": {**METADATA, "namespace": "old"}}, {}, "metadata.namespace"),
        (CONFIG_MAP, {"data": {"a": "1"}}, {"data": {"a": "2"}}, "data.a"),
        (CONFIG_MAP, {"immutable": True}, {}, "immutable"),
        (SECRET, {"type": "Opaque"}, {"type": "kubernetes.io/tls"}, "type"),
        (SECRET, {"stringData": {"a.b": "1"}}, {"stringData": {"a.b": "2"}}, 'stringData["a.b"]'),
        (
            STATEFUL_SET,
            {"spec": {"volumeClaimTemplates": [{"metadata": {"name": "a"}}]}},
            {"spec": {"volumeClaimTemplates": [{"metadata": {"name": "b"}}]}},
            "spec.volumeClaimTemplates[0].metadata.name",
        ),
        (STATEFUL_SET, {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, "spec.serviceName"),
        (DEPLOYMENT, {"spec": {"selector": {"matchLabels": {"a": "1"}}}}, {"spec": {}}, "spec.selector"),
        ("kubernetes:core/v1:Service", {"spec": {"clusterIP": "None"}}, {"spec": {}}, "spec.clusterIP"),
        (
            "kubernetes:core/v1:PersistentVolumeClaim",
            {"spec": {"storageClassName": "a"}},
            {"spec": {"storageClassName": "b"}},
            "spec.storageClassName",
        ),
        (
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
            {"roleRef": ROLE},
            {"roleRef": {**ROLE, "name": "writer"}},
            "roleRef.name",
        ),
        ("kubernetes:storage.k8s.io/v1:StorageClass", {"provisioner": "a"}, {"provisioner": "b"}, "provisioner"),
    ],
)
def test_replaces(program: Program, type: str, old: dict[str, Any], new: dict[str, Any], path: str) -> None:
    assert _differences(program, type, old, new) == {path: "replace"}


@pytest.mark.parametrize(
    ("type", "old", "new", "path"),
    [
        (CONFIG_MAP, {}, {"metadata": {**METADATA, "labels": {"a": "b"}}}, "metadata.labels"),
        (CONFIG_MAP, {}, {"immutable": True}, "immutable"),
        (DEPLOYMENT, {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, "spec.replicas"),
        (
            "kubernetes:core/v1:PersistentVolumeClaim",
            {"spec": {"resources": {"requests": {"storage": "1Gi"}}}},
            {"spec": {"resources": {"requests": {"storage": "2Gi"}}}},
            "spec.resources.requests.storage",
        ),
    ],
)
def test_changes_in_place(program: Program, type: str, old: dict[str, Any], new: dict[str, Any], path: str) -> None:
    assert set(_differences(program, type, old, new).values()) <= {"add", "update"}
    assert path in _differences(program, type, old, new)


def test_content_may_change_in_place_where_the_provider_is_told_so(program: Program) -> None:
    settings = {"enableConfigMapMutable": True, "enableSecretMutable": "true"}
    program.provider.configure(settings)
    assert _differences(program, CONFIG_MAP, {"data": {"a": "1"}}, {"data": {"a": "2"}}) == {"data.a": "update"}
    assert _differences(program, SECRET, {"data": {"a": "MQ=="}}, {"data": {"a": "Mg=="}}) == {"data.a": "update"}
    fixed = {"immutable": True}
    assert _differences(program, CONFIG_MAP, {"data": {"a": "1"}, **fixed}, {"data": {"a": "2"}, **fixed}) == {
        "data.a": "replace"
    }


def test_what_no_table_knows_the_server_says(program: Program, namespace: str) -> None:
    """The update strategy of a Job's template is not in a table; that it cannot change, the dry run says."""
    kept = program.create(JOB, "once", timeout=1, **_suspended(namespace))
    other = _suspended(namespace)
    other["spec"]["podReplacementPolicy"] = "TerminatingOrFailed"
    other["spec"]["backoffLimitPerIndex"] = 3
    changed = program.changes(JOB, "once", kept, **other)
    assert changed["spec.backoffLimitPerIndex"] == "replace"


def test_a_fixed_name_is_freed_first(program: Program, namespace: str) -> None:
    provider: Kubernetes = program.provider
    old = program.checked(CONFIG_MAP, "settings", **config_map(namespace, a="1"))
    new = program.checked(CONFIG_MAP, "settings", **config_map(namespace, a="2"))
    renamed = program.checked(CONFIG_MAP, "settings", **config_map(namespace, name="other", a="2"))
    resource = program.resource(CONFIG_MAP, "settings", f"{namespace}/settings")
    assert provider.deletes_before_replacing(resource, old, new)
    assert not provider.deletes_before_replacing(resource, old, renamed)


def test_an_unchanged_workload_has_no_differences(program: Program, namespace: str) -> None:
    checked = program.checked(DEPLOYMENT, "web", **workload(namespace))
    assert program.changes(DEPLOYMENT, "web", Kept("x", checked, {}), **workload(namespace)) == {}


def _suspended(namespace: str) -> dict[str, Any]:
    return job(namespace, suspend=True, completionMode="Indexed", completions=2, parallelism=2)
