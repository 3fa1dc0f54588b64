"""Node groups become nodes of their instance type; add-ons bring their types; the summary counts what runs."""

import time
from collections.abc import Iterator

import pytest

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes import definitions, nodes
from rehearsal.providers.kubernetes.client import Client
from rehearsal.providers.kubernetes.summary import pods_summary
from rehearsal.providers.provider import Refused
from tests.providers.kubernetes.program import DEPLOYMENT, Program, workload

pytestmark = pytest.mark.cluster
ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
DRIVER = "aws-secrets-store-csi-driver-provider"
CLASS = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"


def _join(count: int = 3, taints: list[dict[str, str]] | None = None) -> list[str]:
    labels = {"tier": "crisis"}
    return nodes.join("Pool", "prod", "m7g.xlarge", 4, 16384, 58, ZONES, count, labels, taints or [], "eu-central-1")


@pytest.fixture
def pool(on_the_stack: StackPaths) -> Iterator[list[str]]:
    yield _join()
    nodes.leave("Pool", cluster="prod")


def test_nodes_have_what_their_instance_type_has_and_pods_get_what_eks_leaves_them(
    client: Client, pool: list[str]
) -> None:
    assert pool == ["prod-pool-0", "prod-pool-1", "prod-pool-2"]
    node = client.get("/api/v1/nodes/prod-pool-1")
    assert node["status"]["capacity"] == {
        "cpu": "4",
        "memory": "15155Mi",
        "pods": "58",
        "ephemeral-storage": "20Gi",
    }
    # 4000 - (60 + 10 + 5 + 5) millicores; 15155 - 255 - 58 x 11 - 100 MiB.
    assert node["status"]["allocatable"]["cpu"] == "3920m"
    assert node["status"]["allocatable"]["memory"] == "14162Mi"
    labels = node["metadata"]["labels"]
    assert labels["topology.kubernetes.io/zone"] == "eu-central-1b"
    assert labels["topology.kubernetes.io/region"] == "eu-central-1"
    assert labels["node.kubernetes.io/instance-type"] == "m7g.xlarge"
    assert labels["kubernetes.io/arch"] == "arm64"
    assert labels["kubernetes.io/hostname"] == "prod-pool-1"
    assert labels["eks.amazonaws.com/nodegroup"] == "Pool"
    assert labels["tier"] == "crisis"


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("m7g.large", "arm64"),
        ("c6gn.large", "arm64"),
        ("t4g.small", "arm64"),
        ("g4dn.xlarge", "amd64"),
        ("m7i.large", "amd64"),
    ],
)
def test_the_architecture_follows_the_instance_type(instance_type: str, architecture: str) -> None:
    assert ("arm64" if nodes._is_graviton(instance_type) else "amd64") == architecture


@pytest.mark.parametrize(("vcpu", "millicores"), [(1, 940), (2, 1930), (4, 3920), (8, 7910), (16, 15890), (36, 35840)])
def test_the_kubelets_share_of_the_processor(vcpu: int, millicores: int) -> None:
    assert nodes.Machine(vcpu, 16384, 58).allocatable["cpu"] == f"{millicores}m"


def test_joining_again_changes_nothing_and_fewer_nodes_leave(client: Client, pool: list[str]) -> None:
    before = client.get("/api/v1/nodes/prod-pool-0")["metadata"]["uid"]
    assert _join() == pool
    assert client.get("/api/v1/nodes/prod-pool-0")["metadata"]["uid"] == before
    assert _join(1) == ["prod-pool-0"]
    assert nodes.resize("Pool", 2) == ["prod-pool-0", "prod-pool-1"]
    assert client.get("/api/v1/nodes/prod-pool-1")["status"]["allocatable"]["cpu"] == "3920m"
    assert nodes.leave("Pool") == ["prod-pool-0", "prod-pool-1"]
    assert nodes.leave("Pool") == []
    with pytest.raises(Refused, match="has no node to take as a pattern"):
        nodes.resize("Pool", 2)


def test_taints_keep_pods_away_that_do_not_tolerate_them(program: Program, namespace: str, pool: list[str]) -> None:
    _join(3, [{"key": "dedicated", "value": "crisis", "effect": "NO_SCHEDULE"}])
    where = {"nodeSelector": {"tier": "crisis"}}
    tolerant = {"tolerations": [{"key": "dedicated", "operator": "Equal", "value": "crisis", "effect": "NoSchedule"}]}
    with pytest.raises(Exception, match=r"untolerated taint"):
        program.create(DEPLOYMENT, "web", timeout=2, **workload(namespace, **where))
    program.create(DEPLOYMENT, "tolerant", **workload(namespace, name="tolerant", **where, **tolerant))


def test_pods_of_a_group_that_leaves_go_elsewhere(
    program: Program, client: Client, namespace: str, pool: list[str], machines: list[str]
) -> None:
    program.create(DEPLOYMENT, "web", **workload(namespace, replicas=4))
    nodes.leave("Pool")
    there = {pod["spec"].get("nodeName") for pod in client.items(f"/api/v1/namespaces/{namespace}/pods")}
    assert not there & set(pool)


def test_the_summary_counts_pods(
    program: Program, client: Client, namespace: str, machines: list[str], on_the_stack: StackPaths
) -> None:
    _wait_until_nothing_ends(client)
    before = pods_summary()
    program.create(DEPLOYMENT, "web", **workload(namespace, replicas=2))
    lost = workload(namespace, name="lost", replicas=1, nodeSelector={"nowhere": "true"})
    lost["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    program.create(DEPLOYMENT, "lost", **lost)
    after = pods_summary(on_the_stack)
    deadline = time.monotonic() + 60
    while after.total - before.total < 3 and time.monotonic() < deadline:  # nobody waited for that pod to be made
        time.sleep(0.1)
        after = pods_summary(on_the_stack)
    assert after.ready - before.ready == 2
    assert after.scheduled - before.scheduled == 2
    assert after.total - before.total == 3


def _wait_until_nothing_ends(client: Client) -> None:
    """Pods of namespaces that are on their way out go in their own time."""
    deadline = time.monotonic() + 60
    while any(item["status"]["phase"] == "Terminating" for item in client.items("/api/v1/namespaces")):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_an_addon_brings_its_types_and_takes_them_away(program: Program, client: Client, namespace: str) -> None:
    inputs = {
        "apiVersion": "secrets-store.csi.x-k8s.io/v1",
        "kind": "SecretProviderClass",
        "metadata": {"name": "database", "namespace": namespace},
        "spec": {
            "provider": "aws",
            "parameters": {"objects": "- objectName: prod/database\n  objectType: secretsmanager\n"},
            "secretObjects": [
                {"secretName": "db", "type": "Opaque", "data": [{"objectName": "prod/database", "key": "b"}]}
            ],
        },
    }
    program.preview(CLASS, "database", **inputs)  # the add-on is only planned
    assert definitions.install_addon(DRIVER) == definitions.install_addon(DRIVER)
    kept = program.create(CLASS, "database", **inputs)
    refreshed = program.refresh(CLASS, "database", kept)
    assert refreshed is not None
    assert refreshed.inputs == kept.inputs

    wrong = {**inputs, "spec": {**inputs["spec"], "parameter": {}, "secretObjects": [{"secretname": "db"}]}}
    with pytest.raises(Refused) as refusal:
        program.update(CLASS, "database", kept, preview=True, **wrong)
    assert 'unknown field "spec.parameter"' in str(refusal.value)
    assert 'unknown field "spec.secretObjects[0].secretname"' in str(refusal.value)
    program.delete(CLASS, "database", kept)
    definitions.remove_addon(DRIVER)
    program.delete(CLASS, "database", kept)


def test_snapshots_name_either_a_claim_or_a_content(program: Program, namespace: str) -> None:
    definitions.install_addon("snapshot-controller")
    both = {"persistentVolumeClaimName": "data", "volumeSnapshotContentName": "content"}
    type = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot"
    metadata = {"name": "nightly", "namespace": namespace}
    with pytest.raises(Refused, match=r"spec\.source"):
        program.preview(type, "nightly", metadata=metadata, spec={"source": both})
    program.create(type, "nightly", metadata=metadata, spec={"source": {"persistentVolumeClaimName": "data"}})


def test_the_driver_of_the_clusters_own_volumes_survives_its_addon(client: Client) -> None:
    path = "/apis/storage.k8s.io/v1/csidrivers/ebs.csi.aws.com"
    assert definitions.install_addon("aws-ebs-csi-driver") == ["CSIDriver ebs.csi.aws.com"]
    definitions.remove_addon("aws-ebs-csi-driver")
    assert client.get(path)["spec"]["attachRequired"] is False


def test_addons_that_bring_no_types_bring_nothing(on_the_stack: StackPaths) -> None:
    assert definitions.install_addon("metrics-server") == []
