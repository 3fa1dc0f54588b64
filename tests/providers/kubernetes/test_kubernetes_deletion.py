"""What is deleted is gone when the deletion ends, whatever became of its node, its finalizers or its cluster."""

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.paths import STACK_DIRECTORY_VARIABLE, StackPaths
from rehearsal.providers.kubernetes import nodes
from rehearsal.providers.kubernetes.client import Client, Unreachable
from rehearsal.providers.provider import Refused
from tests.providers.kubernetes.program import CONFIG_MAP, DEPLOYMENT, NAMESPACE, Program, config_map, workload

pytestmark = pytest.mark.cluster


def test_a_deployment_goes_with_its_pods(program: Program, client: Client, namespace: str, machines: list[str]) -> None:
    kept = program.create(DEPLOYMENT, "web", **workload(namespace))
    program.delete(DEPLOYMENT, "web", kept)
    assert client.items(f"/api/v1/namespaces/{namespace}/pods") == []


def test_pods_whose_node_went_first_do_not_hold_up_their_deployment(
    program: Program, client: Client, on_the_stack: StackPaths, namespace: str
) -> None:
    nodes.join("leaving", "cluster", "m7i.large", 2, 8192, 29, ["us-east-1a"], 1, {"pool": "leaving"}, [], "us-east-1")
    kept = program.create(DEPLOYMENT, "web", **workload(namespace, nodeSelector={"pool": "leaving"}))
    client.delete("/api/v1/nodes/cluster-leaving-0", {})
    started = time.monotonic()
    program.delete(DEPLOYMENT, "web", kept, timeout=300)
    assert time.monotonic() - started < 150
    assert client.items(f"/api/v1/namespaces/{namespace}/pods") == []


def test_a_namespace_is_waited_for_until_it_is_gone(program: Program, client: Client, namespace: str) -> None:
    name = f"{namespace}-own"
    kept = program.create(NAMESPACE, "own", metadata={"name": name})
    program.create(CONFIG_MAP, "settings", **config_map(name, a="1"))
    program.delete(NAMESPACE, "own", kept)
    assert client.find(f"/api/v1/namespaces/{name}") is None


def test_what_a_finalizer_holds_is_told(program: Program, client: Client, namespace: str) -> None:
    inputs = config_map(namespace, a="1")
    inputs["metadata"]["finalizers"] = ["example.com/audit"]
    kept = program.create(CONFIG_MAP, "settings", **inputs)
    with pytest.raises(Refused, match=r"ConfigMap settings is still there after 1 s: held by example\.com/audit"):
        program.delete(CONFIG_MAP, "settings", kept, timeout=1)

    threading.Timer(0.5, program.provider.cancelled.set).start()
    started = time.monotonic()
    with pytest.raises(Refused, match="interrupted while ConfigMap settings was being deleted"):
        program.delete(CONFIG_MAP, "settings", kept, timeout=300)
    assert time.monotonic() - started < 150

    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    client.request("PATCH", path, {}, {"metadata": {"finalizers": None}}, "application/merge-patch+json")


def test_an_orphaning_deletion_leaves_what_it_owned(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    inputs = workload(namespace)
    inputs["metadata"]["annotations"] = {"pulumi.com/deletionPropagationPolicy": "orphan"}
    kept = program.create(DEPLOYMENT, "web", **inputs)
    program.delete(DEPLOYMENT, "web", kept)
    assert len(client.items(f"/apis/apps/v1/namespaces/{namespace}/replicasets")) == 1


@pytest.fixture
def cluster_gone(
    tmp_path: Path, on_the_stack: StackPaths, another_run: Callable[[], Program], monkeypatch: pytest.MonkeyPatch
) -> Program:
    """A program whose API server no longer answers."""
    stack = StackPaths(tmp_path / "stacks" / "gone")
    stack.root.mkdir(parents=True)
    endpoints = json.loads(on_the_stack.endpoints.read_text())
    authority = shutil.copy(endpoints["kubernetes"]["ca_file"], stack.root / "ca.crt")
    endpoints["kubernetes"] |= {"server": "https://127.0.0.1:9", "ca_file": str(authority)}
    stack.endpoints.write_text(json.dumps(endpoints))
    monkeypatch.setenv(STACK_DIRECTORY_VARIABLE, str(stack.root))
    return another_run()


def test_a_cluster_that_is_gone_is_said_to_be(program: Program, cluster_gone: Program, namespace: str) -> None:
    kept = program.create(CONFIG_MAP, "settings", **config_map(namespace, a="1"))
    with pytest.raises(Unreachable, match=r"does not answer .*PULUMI_K8S_DELETE_UNREACHABLE=true"):
        cluster_gone.delete(CONFIG_MAP, "settings", kept)
    with pytest.raises(Unreachable):
        cluster_gone.refresh(CONFIG_MAP, "settings", kept)


def test_the_objects_of_a_cluster_that_is_gone_can_be_dropped(
    program: Program, cluster_gone: Program, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = program.create(CONFIG_MAP, "settings", **config_map(namespace, a="1"))
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    cluster_gone.provider.configure({})
    cluster_gone.delete(CONFIG_MAP, "settings", kept)
    assert cluster_gone.refresh(CONFIG_MAP, "settings", kept) is None


def test_updates_of_a_cluster_that_is_gone_can_be_skipped(
    program: Program, cluster_gone: Program, namespace: str
) -> None:
    kept = program.create(CONFIG_MAP, "settings", **config_map(namespace, a="1"))
    cluster_gone.provider.configure({"skipUpdateUnreachable": True})
    assert cluster_gone.update(CONFIG_MAP, "settings", kept, **config_map(namespace, a="1")).outputs == kept.outputs
    refreshed = cluster_gone.refresh(CONFIG_MAP, "settings", kept)
    assert refreshed is not None
    assert refreshed.outputs == kept.outputs
