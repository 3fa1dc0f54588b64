"""Objects are applied server-side; what would be refused is refused by the preview, in the server's words."""

from collections.abc import Callable

import pytest

from rehearsal.providers.kubernetes.client import Client
from rehearsal.providers.provider import Refused
from rehearsal.providers.wire import UNKNOWN
from tests.providers.kubernetes.program import (
    CONFIG_MAP,
    DEPLOYMENT,
    NAMESPACE,
    SERVICE,
    Program,
    config_map,
    workload,
)

pytestmark = pytest.mark.cluster
PATCH = "kubernetes:core/v1:ConfigMapPatch"


def _live_config_map(client: Client, namespace: str, name: str = "settings") -> dict[str, str]:
    return client.get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")["data"]


def test_an_object_is_created_changed_and_deleted(program: Program, client: Client, namespace: str) -> None:
    kept = program.create(CONFIG_MAP, "settings", **config_map(namespace, colour="red"))
    assert kept.id == f"{namespace}/settings"
    assert program.changes(CONFIG_MAP, "settings", kept, **config_map(namespace, colour="red")) == {}

    labelled = config_map(namespace, colour="red")
    labelled["metadata"]["labels"] = {"tier": "web"}
    assert program.changes(CONFIG_MAP, "settings", kept, **labelled) == {"metadata.labels": "add"}
    kept = program.update(CONFIG_MAP, "settings", kept, **labelled)
    kept = program.update(CONFIG_MAP, "settings", kept, **config_map(namespace, colour="red"))
    live = client.get(f"/api/v1/namespaces/{namespace}/configmaps/settings")
    assert live["data"] == {"colour": "red"}
    assert "labels" not in live["metadata"], "what the program no longer says goes"

    program.delete(CONFIG_MAP, "settings", kept)
    program.delete(CONFIG_MAP, "settings", kept)  # gone already: fine
    assert client.find(f"/api/v1/namespaces/{namespace}/configmaps/settings") is None


def test_a_preview_creates_nothing(program: Program, client: Client, namespace: str) -> None:
    program.preview(CONFIG_MAP, "settings", **config_map(namespace, colour="red"))
    assert client.find(f"/api/v1/namespaces/{namespace}/configmaps/settings") is None


def test_a_preview_refuses_unknown_fields_all_at_once(program: Program, namespace: str) -> None:
    wrong = workload(namespace)
    wrong["spec"]["replcas"] = 3
    wrong["spec"]["template"]["spec"]["containers"][0]["imagePolicy"] = "Always"
    with pytest.raises(Refused) as refusal:
        program.preview(DEPLOYMENT, "web", **wrong)
    assert 'unknown field "spec.replcas"' in str(refusal.value)
    assert 'unknown field "spec.template.spec.containers[0].imagePolicy"' in str(refusal.value)


def test_a_preview_refuses_what_validation_refuses(program: Program, namespace: str) -> None:
    wrong = workload(namespace)
    wrong["spec"]["selector"]["matchLabels"] = {"app": "another"}
    with pytest.raises(Refused, match="`selector` does not match template `labels`"):
        program.preview(DEPLOYMENT, "web", **wrong)


def test_a_planned_namespace_is_no_error_but_a_wrong_object_in_it_is(program: Program) -> None:
    program.preview(DEPLOYMENT, "web", **workload("planned"))
    with pytest.raises(Refused, match=r"spec\.replicas: Invalid value: -1"):
        program.preview(DEPLOYMENT, "web", **workload("planned", replicas=-1))


def test_a_namespace_that_never_comes_is_named(
    program: Program, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.providers.kubernetes.apply._PATIENCE_SECONDS", 0.5)
    with pytest.raises(Refused, match='the namespace "nowhere" does not exist: create it in this program'):
        program.create(CONFIG_MAP, "settings", **config_map("nowhere", a="b"))


def test_pods_that_would_be_refused_are_refused_with_their_workload(program: Program, namespace: str) -> None:
    """A Deployment is admitted whatever its pods are: Pod Security acts on the pods."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    program.create(NAMESPACE, "strict", metadata={"name": f"{namespace}-strict", "labels": labels})
    lax = workload(f"{namespace}-strict", container={"securityContext": {}}, serviceAccountName="planned")
    for attempt in (program.preview, program.create):
        with pytest.raises(Refused, match='violates PodSecurity "restricted:latest"') as refusal:
            attempt(DEPLOYMENT, "web", **lax)
        assert f"the pods of Deployment {namespace}-strict/web would be refused" in str(refusal.value)
    program.preview(DEPLOYMENT, "web", **workload(f"{namespace}-strict", serviceAccountName="planned"))


def test_unknown_values_do_not_hide_what_is_wrong_besides(program: Program, namespace: str) -> None:
    unknown = workload(namespace, container={"image": UNKNOWN})
    unknown["spec"]["replicas"] = UNKNOWN
    program.preview(DEPLOYMENT, "web", **unknown)
    unknown["spec"]["replcas"] = 3
    with pytest.raises(Refused, match=r'unknown field "spec\.replcas"'):
        program.preview(DEPLOYMENT, "web", **unknown)


def test_an_unknown_name_or_namespace_is_accepted_as_planned(program: Program) -> None:
    program.preview(CONFIG_MAP, "settings", metadata={"name": UNKNOWN, "namespace": "default"})
    program.preview(CONFIG_MAP, "settings", metadata={"name": "settings", "namespace": UNKNOWN})
    program.preview(CONFIG_MAP, "settings", metadata=UNKNOWN, data={"a": "b"})
    program.preview(DEPLOYMENT, "web", metadata={"name": "web", "namespace": "default"}, spec=UNKNOWN)
    program.preview(CONFIG_MAP, "settings", metadata={"namespace": "default", "annotations": UNKNOWN})


def test_a_change_of_a_field_of_somebody_else_names_them_and_the_field(
    program: Program, client: Client, namespace: str
) -> None:
    kept = program.create(CONFIG_MAP, "settings", **config_map(namespace, colour="red", size="1"))
    intruder = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"colour": "blue"}}
    client.apply(f"/api/v1/namespaces/{namespace}/configmaps/settings", intruder, manager="kubectl", force=True)

    with pytest.raises(Refused, match=r'\.data\.colour by "kubectl"') as refusal:
        program.update(CONFIG_MAP, "settings", kept, **config_map(namespace, colour="red", size="2"))
    assert "pulumi.com/patchForce" in str(refusal.value)
    assert _live_config_map(client, namespace) == {"colour": "blue", "size": "1"}

    forced = config_map(namespace, colour="red", size="2")
    forced["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    program.update(CONFIG_MAP, "settings", kept, **forced)
    assert _live_config_map(client, namespace) == {"colour": "red", "size": "2"}


def test_an_object_made_outside_is_not_taken_over(program: Program, client: Client, namespace: str) -> None:
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "theirs"}}
    client.apply(f"/api/v1/namespaces/{namespace}/configmaps/settings", theirs, manager="kubectl")
    for attempt in (program.preview, program.create):
        with pytest.raises(Refused, match="exists already: it was made outside this program"):
            attempt(CONFIG_MAP, "settings", **config_map(namespace, b="ours"))
    assert _live_config_map(client, namespace) == {"a": "theirs"}


def test_two_resources_cannot_be_one_object(program: Program, namespace: str) -> None:
    program.create(CONFIG_MAP, "one", **config_map(namespace, a="1"))
    with pytest.raises(Refused, match="another resource of a Pulumi program manages it"):
        program.create(CONFIG_MAP, "two", **config_map(namespace, a="1"))


def test_what_an_interrupted_run_created_is_adopted(
    program: Program, another_run: Callable[[], Program], client: Client, namespace: str
) -> None:
    program.create(CONFIG_MAP, "settings", **config_map(namespace, a="1", b="2"))
    another_run().create(CONFIG_MAP, "settings", **config_map(namespace, a="3"))
    assert _live_config_map(client, namespace) == {"a": "3"}


def test_the_preview_of_a_replacement_is_checked_beside_the_old_object(
    program: Program, another_run: Callable[[], Program], namespace: str, machines: list[str]
) -> None:
    kept = program.create(DEPLOYMENT, "web", **workload(namespace))
    other = workload(namespace)
    other["spec"]["selector"]["matchLabels"] = other["spec"]["template"]["metadata"]["labels"] = {"app": "v2"}
    later = another_run()
    assert later.changes(DEPLOYMENT, "web", kept, **other)["spec.selector.matchLabels.app"] == "replace"
    later.preview(DEPLOYMENT, "web", **other)
    other["spec"]["replicas"] = -1
    with pytest.raises(Refused, match=r"spec\.replicas: Invalid value: -1"):
        later.preview(DEPLOYMENT, "web", **other)


def test_a_kind_the_cluster_does_not_have_is_refused_with_what_it_has(program: Program, namespace: str) -> None:
    metadata = {"name": "budget", "namespace": namespace}
    with pytest.raises(Refused, match="it serves PodDisruptionBudget as policy/v1; use one of these"):
        program.preview("kubernetes:policy/v1beta1:PodDisruptionBudget", "budget", metadata=metadata)


def test_lists_are_refused(program: Program) -> None:
    resource = program.resource("kubernetes:core/v1:ConfigMapList", "all")
    _, failures = program.provider.check(resource, {"items": [{"metadata": {"name": "a"}}]}, {})
    assert [failure.reason for failure in failures] == [
        "ConfigMapList is a list; declare each of its items as a resource of its own"
    ]


@pytest.mark.parametrize(
    "token", ["kubernetes:helm.sh/v3:Release", "kubernetes:yaml/v2:ConfigFile", "kubernetes:kustomize/v2:Directory"]
)
def test_what_the_official_plugin_renders_is_not_here(program: Program, token: str) -> None:
    with pytest.raises(Refused, match=f"not available in a rehearsal: {token}"):
        program.checked(token, "release", chart="nginx")


def test_a_patch_changes_only_its_fields_and_gives_them_up_in_the_end(
    program: Program, client: Client, namespace: str
) -> None:
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "theirs"}}
    client.apply(f"/api/v1/namespaces/{namespace}/configmaps/settings", theirs, manager="kubectl")
    inputs = {"kind": "ConfigMap", "apiVersion": "v1", **config_map(namespace, b="ours")}
    kept = program.create(PATCH, "more", **inputs)
    assert _live_config_map(client, namespace) == {"a": "theirs", "b": "ours"}

    taking = {"kind": "ConfigMap", "apiVersion": "v1", **config_map(namespace, a="ours")}
    with pytest.raises(Refused, match=r'\.data\.a by "kubectl"'):
        program.update(PATCH, "more", kept, **taking)

    program.delete(PATCH, "more", kept)
    assert _live_config_map(client, namespace) == {"a": "theirs"}


def test_a_patch_of_nothing_is_refused(program: Program, namespace: str) -> None:
    inputs = {"kind": "ConfigMap", "apiVersion": "v1", **config_map(namespace, b="ours")}
    program.preview(PATCH, "more", **inputs)  # what it is to change may be planned
    with pytest.raises(Refused, match="does not exist, so there is nothing to patch"):
        program.create(PATCH, "more", **inputs)


def test_a_derived_name_is_the_same_at_every_run_and_another_for_a_replacement(
    program: Program, another_run: Callable[[], Program], namespace: str
) -> None:
    inputs = {"metadata": {"namespace": namespace}, "data": {"a": "1"}}
    kept = program.create(CONFIG_MAP, "settings", **inputs)
    name = kept.inputs["metadata"]["name"]
    assert name.startswith("settings-")
    assert another_run().checked(CONFIG_MAP, "settings", **inputs)["metadata"]["name"] == name
    assert program.changes(CONFIG_MAP, "settings", kept, **inputs) == {}

    other = {**inputs, "data": {"a": "2"}}
    assert program.changes(CONFIG_MAP, "settings", kept, **other) == {"data.a": "replace"}
    news = program.checked(CONFIG_MAP, "settings", kept.inputs, **other)
    resource = program.resource(CONFIG_MAP, "settings", kept.id)
    assert not program.provider.deletes_before_replacing(resource, kept.inputs, news)
    assert program.create(CONFIG_MAP, "settings", **other).inputs["metadata"]["name"] != name


def test_a_service_keeps_its_address_when_its_ports_change(program: Program, client: Client, namespace: str) -> None:
    inputs = {
        "metadata": {"name": "web", "namespace": namespace, "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}]},
    }
    kept = program.create(SERVICE, "web", **inputs)
    address = kept.outputs["spec"]["clusterIP"]
    more = {**inputs, "spec": {**inputs["spec"], "ports": [{"name": "http", "port": 8080}]}}
    assert program.changes(SERVICE, "web", kept, **more) == {"spec.ports[0].port": "update"}
    assert program.update(SERVICE, "web", kept, **more).outputs["spec"]["clusterIP"] == address
