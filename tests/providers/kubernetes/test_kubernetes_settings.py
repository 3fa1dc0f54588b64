"""The provider talks to the rehearsal's own cluster and to no other, however it is configured."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.providers.kubernetes.client import Endpoint
from rehearsal.providers.kubernetes.settings import Settings
from rehearsal.providers.provider import Refused
from rehearsal.providers.wire import UNKNOWN
from tests.providers.kubernetes.program import Program

SERVER = "https://127.0.0.1:20000"
HERE = Endpoint(SERVER, "ca.crt", "token")


def _kubeconfig(server: str = SERVER, namespace: str = "apps") -> dict[str, Any]:
    """As a program builds it from an EKS cluster's outputs."""
    arguments = ["eks", "get-token", "--cluster-name", "prod"]
    command = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": arguments}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "eks",
        "clusters": [{"name": "eks", "cluster": {"server": server, "certificate-authority-data": "Q0E="}}],
        "contexts": [
            {"name": "eks", "context": {"cluster": "eks", "user": "eks", "namespace": namespace}},
            {"name": "other", "context": {"cluster": "elsewhere", "user": "eks"}},
        ],
        "users": [{"name": "eks", "user": {"exec": command}}],
    }


def test_a_kubeconfig_of_the_rehearsals_cluster_is_taken_in_every_form(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(_kubeconfig()))
    for form in (_kubeconfig(), yaml.safe_dump(_kubeconfig()), json.dumps(_kubeconfig()), str(file)):
        assert Settings.of({"kubeconfig": form}, [HERE]).namespace == "apps"
    assert Settings.of({"kubeconfig": _kubeconfig(), "namespace": "own"}, [HERE]).namespace == "own"


def test_without_a_kubeconfig_it_is_the_rehearsals_cluster() -> None:
    assert Settings.of({"kubeconfig": "/dev/null"}, [HERE]) == Settings.of({}, [HERE]) == Settings(HERE)


def test_the_cluster_may_have_moved_to_another_port() -> None:
    """The state of the engine holds the kubeconfig of the last run."""
    Settings.of({"kubeconfig": _kubeconfig("https://127.0.0.1:19999")}, [HERE])


def test_of_two_clusters_the_kubeconfig_tells_which(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("A")
    (tmp_path / "b").write_text("B")
    first, second = (
        Endpoint(SERVER, str(tmp_path / "a"), "t"),
        Endpoint("https://127.0.0.1:2", str(tmp_path / "b"), "t"),
    )
    assert Settings.of({"kubeconfig": _kubeconfig(second.server)}, [first, second]).endpoint == second
    moved = _kubeconfig("https://127.0.0.1:19999")
    assert Settings.of({"kubeconfig": moved}, [first, second]).endpoint == first
    moved["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(b"B").decode()
    assert Settings.of({"kubeconfig": moved}, [first, second]).endpoint == second


def test_another_cluster_is_refused() -> None:
    with pytest.raises(Refused, match="the rehearsal only talks to its own cluster"):
        Settings.of({"kubeconfig": _kubeconfig("https://ABC.gr7.us-east-1.eks.amazonaws.com")}, [HERE])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kubeconfig": _kubeconfig(), "context": "prod"}, "no context 'prod'; it has: eks, other"),
        ({"kubeconfig": _kubeconfig(), "context": "other"}, "no cluster 'elsewhere'; it has: eks"),
        ({"kubeconfig": "token: [secret"}, "neither the text of a kubeconfig nor a file"),
        ({"kubeconfig": "a: [\ntoken: s3cret"}, "kubeconfig is no YAML: line 2"),
        ({"kubeconfig": "- a\n- b"}, "must be an object"),
        ({"enableServerSideApply": False}, "not available in a rehearsal: enableServerSideApply=false"),
        ({"renderYamlToDirectory": "out"}, "not available in a rehearsal: renderYamlToDirectory"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(Refused) as refusal:
        Settings.of(given, [HERE])
    assert told in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


def test_flags_come_from_the_provider_then_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    assert Settings.of({}, [HERE]).delete_unreachable
    assert not Settings.of({"deleteUnreachable": False}, [HERE]).delete_unreachable


@pytest.mark.cluster
def test_a_planned_clusters_kubeconfig_is_no_reason_to_check_nothing(program: Program) -> None:
    given = {"kubeconfig": UNKNOWN, "namespace": "apps"}
    assert program.provider.check_configuration(given) == {"namespace": "apps"}


@pytest.mark.cluster
def test_the_providers_namespace_is_that_of_objects_without_one(
    another_run: Callable[[], Program], namespace: str
) -> None:
    program = another_run()
    program.provider.configure({"namespace": namespace})
    kept = program.create("kubernetes:core/v1:ConfigMap", "settings", metadata={"name": "settings"}, data={"a": "1"})
    assert kept.id == f"{namespace}/settings"
    refreshed = program.refresh("kubernetes:core/v1:ConfigMap", "settings", kept)
    assert refreshed is not None
    assert refreshed.inputs == kept.inputs
