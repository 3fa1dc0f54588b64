"""Refresh shows what somebody else changed and nothing the server filled in; imports show what a program would say."""

import pytest

from rehearsal.providers.kubernetes.client import JSON, Client
from rehearsal.providers.kubernetes.live import inputs_as_live
from rehearsal.providers.provider import Refused
from tests.providers.kubernetes.program import (
    CONFIG_MAP,
    DEPLOYMENT,
    NAMESPACE,
    SECRET,
    SERVICE,
    Program,
    config_map,
    workload,
)

pytestmark = pytest.mark.cluster
MERGE = "application/merge-patch+json"


def _merge(client: Client, path: str, change: dict[str, object]) -> None:
    client.request("PATCH", path, {"fieldManager": "kubectl"}, change, MERGE)


def test_nothing_changed_shows_no_change(program: Program, namespace: str, machines: list[str]) -> None:
    """Also where the server writes the same in another way, or leaves out what is empty or false."""
    container = {
        "resources": {"requests": {"cpu": 0.1, "memory": "1024Mi"}, "limits": {"cpu": "0.5", "memory": "1Gi"}},
        "ports": [{"containerPort": 8080}],
        "env": [{"name": "EMPTY", "value": ""}],
    }
    inputs = workload(namespace, container=container, hostNetwork=False, nodeSelector={}, tolerations=[])
    kept = program.create(DEPLOYMENT, "web", **inputs)
    refreshed = program.refresh(DEPLOYMENT, "web", kept)
    assert refreshed is not None
    assert refreshed.inputs == kept.inputs
    assert refreshed.outputs == kept.outputs


def test_a_scaled_deployment_shows_as_drift_and_the_next_update_names_who_did_it(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    kept = program.create(DEPLOYMENT, "web", **workload(namespace, replicas=2))
    _merge(client, f"/apis/apps/v1/namespaces/{namespace}/deployments/web/scale", {"spec": {"replicas": 3}})
    refreshed = program.refresh(DEPLOYMENT, "web", kept)
    assert refreshed is not None
    assert refreshed.inputs["spec"]["replicas"] == 3
    assert program.changes(DEPLOYMENT, "web", refreshed, **workload(namespace)) == {"spec.replicas": "update"}
    with pytest.raises(Refused, match=r'\.spec\.replicas by "kubectl"'):
        program.update(DEPLOYMENT, "web", refreshed, **workload(namespace))


def test_a_removed_key_shows_as_drift(program: Program, client: Client, namespace: str) -> None:
    kept = program.create(CONFIG_MAP, "settings", **config_map(namespace, a="1", b="2"))
    _merge(client, f"/api/v1/namespaces/{namespace}/configmaps/settings", {"data": {"b": None, "c": "theirs"}})
    refreshed = program.refresh(CONFIG_MAP, "settings", kept)
    assert refreshed is not None
    assert refreshed.inputs["data"] == {"a": "1"}, "what others add is theirs"


def test_what_is_gone_is_gone(program: Program, client: Client, namespace: str) -> None:
    kept = program.create(CONFIG_MAP, "settings", **config_map(namespace, a="1"))
    client.delete(f"/api/v1/namespaces/{namespace}/configmaps/settings", {})
    assert program.refresh(CONFIG_MAP, "settings", kept) is None
    assert program.imported("kubernetes:example.com/v1:Thing", "thing", f"{namespace}/thing") is None


def test_an_import_shows_what_a_program_would_say(program: Program, client: Client, namespace: str) -> None:
    theirs = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {"clusterIP": "None", "ports": [{"port": 80}]},
    }
    client.request("POST", f"/api/v1/namespaces/{namespace}/services", {"fieldManager": "kubectl"}, theirs, JSON)
    imported = program.imported(SERVICE, "web", f"{namespace}/web")
    assert imported is not None
    assert imported.inputs["metadata"] == {"name": "web", "namespace": namespace, "labels": {"app": "web"}}
    assert imported.inputs["spec"]["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert "status" not in imported.inputs


def test_an_imported_namespace_has_nothing_of_the_servers_own(program: Program, namespace: str) -> None:
    imported = program.imported(NAMESPACE, "own", namespace)
    assert imported is not None
    assert imported.inputs == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": {}}}


def test_a_secret_of_strings_reads_back_as_strings(program: Program, client: Client, namespace: str) -> None:
    inputs = {"metadata": {"name": "keys", "namespace": namespace}, "stringData": {"a": "first", "b": "second"}}
    kept = program.create(SECRET, "keys", **inputs)
    refreshed = program.refresh(SECRET, "keys", kept)
    assert refreshed is not None
    assert refreshed.inputs == kept.inputs
    _merge(client, f"/api/v1/namespaces/{namespace}/secrets/keys", {"data": {"a": "Y2hhbmdlZA=="}})
    refreshed = program.refresh(SECRET, "keys", kept)
    assert refreshed is not None
    assert refreshed.inputs["stringData"] == {"a": "changed", "b": "second"}


@pytest.mark.parametrize(
    ("said", "found", "shown"),
    [
        ({"cpu": "1000m"}, {"cpu": "1"}, {"cpu": "1000m"}),
        ({"memory": "0.5Gi"}, {"memory": "512Mi"}, {"memory": "0.5Gi"}),
        ({"memory": "1G"}, {"memory": "1Gi"}, {"memory": "1Gi"}),
        ({"cpu": "1e3m"}, {"cpu": "1"}, {"cpu": "1"}),
        ({"on": True}, {"on": "true"}, {"on": "true"}),
        ({"list": [1, 2]}, {"list": [1, 2, 3]}, {"list": [1, 2, 3]}),
        (
            {"list": [{"name": "a", "x": 1}]},
            {"list": [{"name": "b"}, {"name": "a", "x": 2}]},
            {"list": [{"name": "a", "x": 2}]},
        ),
        ({"spec": {"labels": {}}}, {}, {"spec": {"labels": {}}}),
        ({"gone": "value"}, {}, {}),
    ],
)
def test_live_values_are_laid_over_what_the_program_said(
    said: dict[str, object], found: dict[str, object], shown: dict[str, object]
) -> None:
    assert inputs_as_live({"spec": {"kept": 1, **said}}, {"spec": {"kept": 1, **found}}) == {
        "spec": {"kept": 1, **shown}
    }
