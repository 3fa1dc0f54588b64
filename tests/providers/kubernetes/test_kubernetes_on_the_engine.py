"""Programs with pulumi-kubernetes on the real engine and the real API server."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes.client import Client
from tests.engine_runs import EngineRun
from tests.providers.kubernetes.web_program import web

pytestmark = [pytest.mark.cluster, pytest.mark.engine]
Runs = Callable[..., EngineRun]


def _kinds(run_outcome: Any) -> dict[str, str]:
    """Resource name and type -> what happened to it, where anything did."""
    return {
        f"{each.type.rsplit(':', 1)[-1]} {each.urn.rsplit('::', 1)[-1]}": each.kind
        for each in run_outcome.story.operations.values()
        if each.type.startswith("kubernetes:") and each.kind != "same"
    }


def test_a_program_lives_its_whole_life(kubernetes_run: Runs, client: Client, machines: list[str]) -> None:
    run = kubernetes_run(web("life"))
    assert run.preview().story.changes == {"create": 5}
    run.up()
    outputs = run.outputs()
    assert outputs["replicas"] == 2
    assert outputs["namespace"] == "life"
    assert outputs["address"].startswith("172.20.")
    assert run.preview().story.changes == {"same": 5}
    refreshed = run.refresh()
    assert _kinds(refreshed) in ({}, dict.fromkeys(_kinds(refreshed), "refresh"))
    assert run.preview().story.changes == {"same": 5}

    more = run.write(web("life", replicas=3)).preview("--diff")
    assert _kinds(more) == {"Deployment web": "update"}
    assert "replicas: 2 => 3" in more.text
    run.up()
    assert client.get("/apis/apps/v1/namespaces/life/deployments/web")["status"]["availableReplicas"] == 3

    run.write(web("life", replicas=3, colour="blue", label="site"))
    assert _kinds(run.preview()) == {
        "ConfigMap settings": "replace",
        "Deployment web": "replace",
        "Service web": "update",
    }
    run.up()
    assert client.get("/api/v1/namespaces/life/configmaps/web")["data"] == {"colour": "blue"}
    assert run.preview().story.changes == {"same": 5}

    run.destroy()
    assert client.find("/api/v1/namespaces/life") is None


def test_a_preview_refuses_what_the_server_would_refuse(kubernetes_run: Runs, namespace: str) -> None:
    run = kubernetes_run(
        f"""
        import pulumi_kubernetes as k8s

        k8s.core.v1.Service("web", metadata={{"name": "web", "namespace": "{namespace}"}},
            spec={{"ports": [{{"port": 99999}}], "selctor": {{"app": "web"}}}})
        k8s.core.v1.ConfigMap("settings", metadata={{"name": "Settings", "namespace": "{namespace}"}})
        """
    )
    refused = run.preview(fails=True)
    assert 'unknown field "spec.selctor"' in refused.text
    assert 'metadata.name: Invalid value: "Settings"' in refused.text


def test_a_pod_that_cannot_be_placed_stays_in_the_state_with_the_schedulers_words(
    kubernetes_run: Runs, monkeypatch: pytest.MonkeyPatch, machines: list[str]
) -> None:
    monkeypatch.setenv("LIFELINE_KUBERNETES_WAIT_SECONDS", "3")
    run = kubernetes_run(web("nowhere", selector={"pool": "missing"}))
    failed = run.up(fails=True)
    assert "2 of 2 pods: not scheduled: 0/3 nodes are available" in failed.text
    assert "didn't match Pod's node affinity/selector" in failed.text
    assert len(run.resources("kubernetes:apps/v1:Deployment")) == 1
    run.write(web("nowhere")).up()
    run.destroy()


def test_pod_security_refuses_the_workload_and_not_its_pods_later(kubernetes_run: Runs, namespace: str) -> None:
    run = kubernetes_run(web(f"{namespace}-lax", security={}))
    refused = run.up(fails=True)
    assert f"the pods of Deployment {namespace}-lax/web would be refused" in refused.text
    assert 'violates PodSecurity "restricted:latest"' in refused.text
    assert run.resources("kubernetes:apps/v1:Deployment") == []
    run.destroy()


def test_a_definition_and_its_objects_come_in_one_run(kubernetes_run: Runs, client: Client, namespace: str) -> None:
    run = kubernetes_run(
        f"""
        import pulumi
        import pulumi_kubernetes as k8s

        schema = k8s.apiextensions.v1.JSONSchemaPropsArgs
        fields = schema(type="object", properties={{
            "spec": schema(type="object", properties={{
                "size": schema(type="integer", minimum=1),
                "free": schema(type="object", x_kubernetes_preserve_unknown_fields=True),
            }}),
        }})
        definition = k8s.apiextensions.v1.CustomResourceDefinition(
            "widgets",
            metadata={{"name": "widgets.{namespace}.example.com"}},
            spec=k8s.apiextensions.v1.CustomResourceDefinitionSpecArgs(
                group="{namespace}.example.com",
                scope="Namespaced",
                names={{"kind": "Widget", "plural": "widgets", "singular": "widget"}},
                versions=[{{"name": "v1", "served": True, "storage": True, "schema": {{"open_apiv3_schema": fields}}}}],
            ),
        )
        widget = k8s.apiextensions.CustomResource(
            "widget",
            api_version="{namespace}.example.com/v1",
            kind="Widget",
            metadata={{"name": "one", "namespace": "{namespace}"}},
            spec={{"size": 3, "free": {{"anything": ["goes"]}}}},
            opts=pulumi.ResourceOptions(depends_on=[definition]),
        )
        """
    )
    run.preview()
    run.up()
    widgets = client.items(f"/apis/{namespace}.example.com/v1/widgets")
    assert widgets[0]["spec"] == {"size": 3, "free": {"anything": ["goes"]}}
    run.refresh()
    assert run.preview().story.changes == {"same": 3}
    program = (run.directory / "__main__.py").read_text()
    refused = run.write(program.replace('"size": 3', '"size": 0, "colour": "red"')).preview(fails=True)
    assert "colour" in refused.text
    run.destroy()


def test_drift_is_seen_and_imports_and_gets_work(
    kubernetes_run: Runs, client: Client, namespace: str, machines: list[str]
) -> None:
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}, "data": {"colour": "red"}}
    client.apply(f"/api/v1/namespaces/{namespace}/configmaps/theirs", theirs, manager="kubectl")
    run = kubernetes_run(
        f"""
        import pulumi
        import pulumi_kubernetes as k8s

        found = k8s.core.v1.ConfigMap.get("found", "{namespace}/theirs")
        pulumi.export("colour", found.data["colour"])
        """
    )
    run.up()
    assert run.outputs()["colour"] == "red"

    run.import_("kubernetes:core/v1:ConfigMap", "theirs", f"{namespace}/theirs")
    run.write(
        f"""
        import pulumi_kubernetes as k8s

        metadata = {{"name": "theirs", "namespace": "{namespace}"}}
        k8s.core.v1.ConfigMap("theirs", metadata=metadata, data={{"colour": "red"}})
        """
    )
    assert _kinds(run.preview()) == {"ConfigMap found": "discard"}
    client.apply(
        f"/api/v1/namespaces/{namespace}/configmaps/theirs", {**theirs, "data": {"colour": "blue"}}, manager="kubectl"
    )
    run.refresh()
    seen = run.preview("--diff")
    assert '"blue" => "red"' in seen.text
    run.destroy()


def test_a_planned_clusters_kubeconfig_does_not_keep_the_preview_from_checking(
    kubernetes_run: Runs, on_the_stack: StackPaths, namespace: str
) -> None:
    """The kubeconfig comes of a resource that is only planned, as that of an EKS cluster before the first `up`."""
    server = json.loads(on_the_stack.endpoints.read_text())["kubernetes"]["server"]
    program = f"""
        import json
        import pulumi
        import pulumi_kubernetes as k8s
        import pulumi_random as random

        cluster = random.RandomId("cluster", byte_length=4)
        kubeconfig = cluster.hex.apply(lambda name: json.dumps({{
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{{"name": name, "cluster": {{"server": "{server}"}}}}],
            "contexts": [{{"name": name, "context": {{"cluster": name, "user": name}}}}],
            "users": [{{"name": name, "user": {{"exec": {{"command": "aws"}}}}}}],
        }}))
        provider = k8s.Provider("eks", kubeconfig=kubeconfig, enable_config_map_mutable=True)
        k8s.core.v1.ConfigMap(
            "settings", metadata={{"name": "settings", "namespace": "{namespace}"}}, data={{"a": "1"}}, %s
            opts=pulumi.ResourceOptions(provider=provider),
        )
    """
    run = kubernetes_run(program % "immutable='yes',")
    assert ".immutable: expected boolean" in run.preview(fails=True).text
    run.write(program % "").preview()
    run.up()
    assert run.preview().story.changes == {"same": 4}
    assert _kinds(run.write(program.replace('"a": "1"', '"a": "2"') % "").preview()) == {"ConfigMap settings": "update"}
    run.destroy()


def test_components_that_the_official_plugin_makes_are_refused_clearly(kubernetes_run: Runs) -> None:
    run = kubernetes_run(
        """
        import pulumi_kubernetes as k8s

        k8s.yaml.v2.ConfigGroup("all", yaml="apiVersion: v1")
        """
    )
    assert "not available in a rehearsal: kubernetes:yaml/v2:ConfigGroup" in run.preview(fails=True).text
