"""The running cluster: what is applied to it comes up, and nobody gets at it who should not."""

import ssl
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest

from rehearsal import processes
from rehearsal.console import Silent
from rehearsal.paths import StackPaths
from rehearsal.processes import ports, volumes
from rehearsal.processes.kubernetes_api import ApiError, KubernetesApi
from rehearsal.processes.lifecycle import data
from tests.processes.running_stack import ACCOUNT, client, pids, recorded

pytestmark = pytest.mark.cluster

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
CAPACITY = {"cpu": "4", "memory": "16Gi", "pods": "58"}


@pytest.fixture(scope="module")
def api(shared: StackPaths) -> Iterator[KubernetesApi]:
    api = client(shared)
    for zone in ZONES:
        add_node(api, f"node-{zone}", zone)
    yield api
    api.close()


@pytest.fixture
def namespace(api: KubernetesApi, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"t-{abs(hash(request.node.name))}"
    api.apply(f"/api/v1/namespaces/{name}", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    api.delete(f"/api/v1/namespaces/{name}")


def add_node(api: KubernetesApi, name: str, zone: str) -> None:
    labels = {volumes.ZONE: zone, "kubernetes.io/hostname": name}
    api.apply(
        f"/api/v1/nodes/{name}", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
    )
    api.merge(f"/api/v1/nodes/{name}/status", {"status": {"capacity": CAPACITY, "allocatable": CAPACITY}})


def pod(labels: dict[str, str], **spec: Any) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "example/main:1",
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }
    return {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec}}


def workload(kind: str, name: str, replicas: int, template: dict[str, Any], **spec: Any) -> dict[str, Any]:
    selector = {"matchLabels": template["metadata"]["labels"]}
    body = {"replicas": replicas, "selector": selector, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


def claim(name: str, storage_class: str | None = None, size: str = "1Gi") -> dict[str, Any]:
    spec: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    if storage_class:
        spec["storageClassName"] = storage_class
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def storage_class(api: KubernetesApi, name: str, **settings: Any) -> None:
    base = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    api.apply(f"{volumes.CLASSES}/{name}", {**base, "provisioner": volumes.PROVISIONER, **settings})


Found = TypeVar("Found")


def eventually(look: Callable[[], Found], seconds: float = 120) -> Found:
    """The first true answer; on failure, the last answer is in the message."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds:.0f} s"
        time.sleep(0.1)
    return found


def ready(api: KubernetesApi, path: str, replicas: int) -> Callable[[], bool]:
    return lambda: api.get(path)["status"].get("readyReplicas", 0) == replicas


def gone(api: KubernetesApi, path: str) -> Callable[[], bool]:
    def look() -> bool:
        try:
            api.get(path)
        except ApiError as refusal:
            return refusal.status == 404
        return False

    return look


def test_a_deployment_of_three_becomes_ready_with_readiness_gates(api: KubernetesApi, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    template = pod({"app": "web"}, readinessGates=[{"conditionType": "target-health.example/web"}])
    api.apply(path, workload("Deployment", "web", 3, template))
    eventually(ready(api, path, 3))


def test_a_statefulset_gets_its_volumes_in_the_zones_of_its_pods(api: KubernetesApi, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/statefulsets/db"
    spread = [
        {
            "maxSkew": 1,
            "topologyKey": volumes.ZONE,
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {"app": "db"}},
        }
    ]
    template = pod({"app": "db"}, topologySpreadConstraints=spread)
    claims = [{key: value for key, value in claim("data").items() if key in ("metadata", "spec")}]
    api.apply(path, workload("StatefulSet", "db", 3, template, serviceName="db", volumeClaimTemplates=claims))
    eventually(ready(api, path, 3))
    pods = {
        item["metadata"]["name"]: item["spec"]["nodeName"] for item in api.items(f"/api/v1/namespaces/{namespace}/pods")
    }
    zones: set[str] = set()
    for number in range(3):
        bound = api.get(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data-db-{number}")
        volume = api.get(f"{volumes.VOLUMES}/{bound['spec']['volumeName']}")
        terms = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
        (zone,) = terms[0]["matchExpressions"][0]["values"]
        assert pods[f"db-{number}"] == f"node-{zone}"
        zones.add(zone)
    assert zones == {*ZONES}


def test_a_volume_goes_with_its_claim_unless_the_class_retains_it(api: KubernetesApi, namespace: str) -> None:
    for name, policy in (("deleting", "Delete"), ("retaining", "Retain")):
        storage_class(api, name, reclaimPolicy=policy, volumeBindingMode="Immediate")
        path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}"
        api.apply(path, claim(name, name))
        eventually(lambda path=path: api.get(path)["status"]["phase"] == "Bound")
    found = {item["spec"]["claimRef"]["name"]: item for item in api.items(volumes.VOLUMES)}
    for name in ("deleting", "retaining"):
        api.delete(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}")
    eventually(gone(api, f"{volumes.VOLUMES}/{found['deleting']['metadata']['name']}"))
    retained = f"{volumes.VOLUMES}/{found['retaining']['metadata']['name']}"
    eventually(lambda: api.get(retained)["status"]["phase"] == "Released")
    time.sleep(0.5)
    assert "deletionTimestamp" not in api.get(retained)["metadata"]
    api.delete(retained)


def test_a_volume_grows_with_its_claim(api: KubernetesApi, namespace: str) -> None:
    storage_class(api, "growing", volumeBindingMode="Immediate", allowVolumeExpansion=True)
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/logs"
    api.apply(path, claim("logs", "growing"))
    eventually(lambda: api.get(path)["status"]["phase"] == "Bound")
    api.apply(path, claim("logs", "growing", "5Gi"))
    eventually(lambda: api.get(path)["status"]["capacity"]["storage"] == "5Gi")
    volume = api.get(path)["spec"]["volumeName"]
    assert api.get(f"{volumes.VOLUMES}/{volume}")["spec"]["capacity"]["storage"] == "5Gi"


def forbid_volumes_of(api: KubernetesApi, storage_class: str) -> None:
    group = "/apis/admissionregistration.k8s.io/v1"
    base = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": storage_class}}
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["persistentvolumes"]}
    check = {"expression": f"object.spec.storageClassName != '{storage_class}'"}
    policy = {"matchConstraints": {"resourceRules": [rule]}, "validations": [check]}
    api.apply(
        f"{group}/validatingadmissionpolicies/{storage_class}",
        {**base, "kind": "ValidatingAdmissionPolicy", "spec": policy},
    )
    api.apply(
        f"{group}/validatingadmissionpolicybindings/{storage_class}",
        {
            **base,
            "kind": "ValidatingAdmissionPolicyBinding",
            "spec": {"policyName": storage_class, "validationActions": ["Deny"]},
        },
    )


def test_a_claim_that_gets_no_volume_holds_up_no_other(api: KubernetesApi, namespace: str, shared: StackPaths) -> None:
    forbid_volumes_of(api, "forbidden")
    for name in ("forbidden", "allowed"):
        storage_class(api, name, volumeBindingMode="Immediate")
    claims = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    upkeep = shared.logs / "upkeep.log"

    def refused() -> bool:
        # A policy takes effect a moment after it was accepted: claims are made until one is refused its volume.
        name = f"a-{time.monotonic_ns()}"
        api.apply(f"{claims}/{name}", claim(name, "forbidden"))
        return "ValidatingAdmissionPolicy 'forbidden'" in upkeep.read_text()

    eventually(refused)
    api.apply(f"{claims}/z", claim("z", "allowed"))
    eventually(lambda: api.get(f"{claims}/z")["status"]["phase"] == "Bound")


def test_a_claim_of_a_class_that_is_not_ours_stays_pending(api: KubernetesApi, namespace: str) -> None:
    storage_class(api, "foreign", provisioner="nfs.example.com", volumeBindingMode="Immediate")
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/foreign"
    api.apply(path, claim("foreign", "foreign"))
    time.sleep(1)
    assert api.get(path)["status"]["phase"] == "Pending"


def test_a_job_completes(api: KubernetesApi, namespace: str) -> None:
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/backup"
    body = {"completions": 3, "parallelism": 2, "template": pod({"job": "backup"}, restartPolicy="Never")}
    api.apply(path, {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "backup"}, "spec": body})
    status = eventually(lambda: (now := api.get(path)["status"]).get("completionTime") and now)
    assert status["succeeded"] == 3


def test_a_pod_marked_not_ready_while_its_kubelet_was_silent_becomes_ready_again(
    api: KubernetesApi, namespace: str
) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods/one"
    api.apply(path, {"apiVersion": "v1", "kind": "Pod", **pod({"app": "one"}), "metadata": {"name": "one"}})

    def state() -> str:
        conditions = api.get(path)["status"].get("conditions", [])
        return next((item["status"] for item in conditions if item["type"] == "Ready"), "")

    eventually(lambda: state() == "True")
    kind = "application/strategic-merge-patch+json"
    api.call("PATCH", f"{path}/status", {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}, kind)
    assert state() == "False"
    eventually(lambda: state() == "True")


def test_five_times_a_node_goes_and_returns(api: KubernetesApi, namespace: str, shared: StackPaths) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    api.apply(path, workload("Deployment", "web", 6, pod({"app": "web"})))
    eventually(ready(api, path, 6))
    kwok = pids(shared)["kwok"]
    pods = f"/api/v1/namespaces/{namespace}/pods"
    for _ in range(5):
        api.delete("/api/v1/nodes/node-us-east-1a")
        eventually(lambda: "node-us-east-1a" not in {item["spec"].get("nodeName") for item in api.items(pods)})
        add_node(api, "node-us-east-1a", "us-east-1a")
        eventually(ready(api, path, 6))
    api.apply(path, workload("Deployment", "web", 9, pod({"app": "web"})))
    eventually(ready(api, path, 9))
    assert pids(shared)["kwok"] == kwok
    assert all(process.answers for process in processes.health(shared))


def test_deleting_pods_whose_node_is_gone_does_not_hang(api: KubernetesApi, namespace: str) -> None:
    add_node(api, "short-lived", "us-east-1d")
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    api.apply(path, workload("Deployment", "web", 2, pod({"app": "web"}, nodeSelector={volumes.ZONE: "us-east-1d"})))
    eventually(ready(api, path, 2))
    api.delete("/api/v1/nodes/short-lived")
    api.delete(path, {"propagationPolicy": "Foreground"})
    eventually(gone(api, path), seconds=8)


def test_pod_security_is_enforced(api: KubernetesApi, namespace: str) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    api.merge(f"/api/v1/namespaces/{namespace}", {"metadata": {"labels": labels}})
    body = {"apiVersion": "v1", "kind": "Pod", **pod({}), "metadata": {"name": "careless"}}
    with pytest.raises(ApiError, match='violates PodSecurity "restricted'):
        api.apply(f"/api/v1/namespaces/{namespace}/pods/careless", body)


def test_the_api_refuses_who_has_no_token_and_grants_a_program_only_its_role(
    shared: StackPaths, api: KubernetesApi
) -> None:
    server = f"https://{ports.LOOPBACK}:{recorded(shared)['kube-apiserver'].port}"
    credentials = data(shared) / "credentials"
    context = ssl.create_default_context(cafile=str(credentials / "ca.crt"))
    for path in ("/api/v1/namespaces", "/readyz"):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{server}{path}", context=context)
    scheduler = KubernetesApi(server, credentials / "ca.crt", (credentials / "kube-scheduler.token").read_text())
    assert scheduler.items("/api/v1/nodes")
    with pytest.raises(ApiError, match="403"):
        scheduler.items("/api/v1/secrets")


def test_the_database_refuses_who_has_no_certificate(shared: StackPaths) -> None:
    context = ssl.create_default_context(cafile=str(data(shared) / "credentials" / "ca.crt"))
    with pytest.raises((urllib.error.URLError, ssl.SSLError, ConnectionError)):
        urllib.request.urlopen(f"https://{ports.LOOPBACK}:{recorded(shared)['etcd'].port}/version", context=context)


def test_nothing_listens_beyond_the_loopback_interface(shared: StackPaths) -> None:
    listening = {name: ports.listening(pid) for name, pid in pids(shared).items()}
    assert all(listening.values()), listening
    addresses = {address for held in listening.values() if held for address, _ in held}
    assert addresses == {ports.LOOPBACK}


def test_credentials_and_endpoints_are_the_users_alone(shared: StackPaths) -> None:
    files = [path for path in data(shared).rglob("*") if path.is_file() and "etcd" not in path.parts]
    loose = [path for path in [*files, shared.endpoints] if stat.S_IMODE(path.stat().st_mode) != 0o600]
    assert loose == []
    assert stat.S_IMODE((data(shared) / "credentials").stat().st_mode) == 0o700
    assert {path.name for path in files} > {"server.key", "service-accounts.key", "admin.token"}


def test_no_token_is_visible_in_a_command_line_or_log(shared: StackPaths) -> None:
    tokens = [path.read_text() for path in (data(shared) / "credentials").glob("*.token")]
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in pids(shared).values()]
    logs = [path.read_text(errors="replace") for path in shared.logs.glob("*.log")]
    assert len(tokens) == 5
    assert not [token for token in tokens for text in (*lines, *logs) if token in text]


def test_moto_is_of_the_stacks_account_and_looks_untouched(shared: StackPaths) -> None:
    address = f"http://{ports.LOOPBACK}:{recorded(shared)['moto'].port}"
    session = boto3.Session("rehearsal", "rehearsal", region_name="us-east-1")
    assert session.client("sts", endpoint_url=address).get_caller_identity()["Account"] == ACCOUNT
    assert session.client("ssm", endpoint_url=address).describe_parameters()["Parameters"] == []
    started = _processor_ticks(pids(shared)["moto"])
    session.client("ec2", endpoint_url=address).describe_vpcs()
    first_call = _processor_ticks(pids(shared)["moto"]) - started
    assert first_call < started / 4, "loading is done at the start, not by the first call"


def _processor_ticks(pid: int) -> int:
    """Spent by the process, whoever else keeps the machine busy."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def test_moto_reaches_no_network_and_no_docker(shared: StackPaths) -> None:
    given = Path(f"/proc/{pids(shared)['moto']}/environ").read_text().split("\0")
    assert "HTTPS_PROXY=http://127.0.0.1:9" in given
    assert "DOCKER_HOST=tcp://127.0.0.1:9" in given


def test_a_start_of_what_runs_starts_nothing(shared: StackPaths, tools: dict[str, Path]) -> None:
    before = pids(shared)
    processes.ensure_running(shared, tools, ACCOUNT, Silent())
    assert pids(shared) == before
