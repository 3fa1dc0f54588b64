"""A resource is done when its object is ready; when it is not, the reasons are those of whoever refuses."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.providers.kubernetes import troubles, waiting
from rehearsal.providers.kubernetes.client import APPLY, Client
from rehearsal.providers.provider import NotReady
from tests.providers.kubernetes.program import (
    CLAIM,
    DEPLOYMENT,
    JOB,
    SERVICE,
    STATEFUL_SET,
    Kept,
    Program,
    job,
    workload,
)

pytestmark = pytest.mark.cluster


def _fails(program: Program, type: str, name: str, seconds: float, **inputs: Any) -> NotReady:
    with pytest.raises(NotReady) as failure:
        program.create(type, name, timeout=seconds, **inputs)
    return failure.value


def _report_containers(client: Client, namespace: str, pod: str, statuses: list[dict[str, Any]]) -> None:
    """As a kubelet would."""
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": pod}, "status": {"containerStatuses": statuses}}
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/status"
    client.request("PATCH", path, {"fieldManager": "kubelet", "force": "true"}, body, APPLY)


def test_a_deployment_is_ready_when_its_pods_are(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    program.create(DEPLOYMENT, "web", **workload(namespace, replicas=3))
    status = client.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/web")["status"]
    assert status["availableReplicas"] == 3


def test_a_rollout_is_waited_for_to_its_end(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    kept = program.create(DEPLOYMENT, "web", **workload(namespace))
    program.update(DEPLOYMENT, "web", kept, **workload(namespace, container={"image": "example/app:2"}))
    pods = client.items(f"/api/v1/namespaces/{namespace}/pods", labelSelector="app=web")
    staying = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    assert {pod["spec"]["containers"][0]["image"] for pod in staying} == {"example/app:2"}


def test_a_stateful_set_gets_its_volumes_and_its_order(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    inputs = workload(namespace, name="redis", replicas=3)
    disk = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    inputs["spec"] |= {"serviceName": "redis", "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": disk}]}
    program.create(STATEFUL_SET, "redis", **inputs)
    claims = client.items(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims")
    assert [claim["status"]["phase"] for claim in claims] == ["Bound"] * 3


def test_a_pod_that_cannot_be_placed_brings_the_schedulers_words(
    program: Program, namespace: str, machines: list[str]
) -> None:
    hungry = workload(namespace, container={"resources": {"requests": {"cpu": "64"}}})
    failure = _fails(program, DEPLOYMENT, "web", 3, **hungry)
    told = "\n".join(failure.reasons)
    assert "2 of 2 pods: not scheduled: 0/3 nodes are available: 3 Insufficient cpu" in told
    assert "not ready after 3 s" in told
    assert failure.id == f"{namespace}/web", "it is in the state, so that the next `up` goes on with it"
    assert failure.outputs["spec"]["replicas"] == 2


def test_a_used_up_quota_is_told(program: Program, client: Client, namespace: str, machines: list[str]) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "few"}, "spec": {"hard": {"pods": "1"}}}
    client.apply(f"/api/v1/namespaces/{namespace}/resourcequotas/few", quota, manager="test")
    _wait(lambda: client.get(f"/api/v1/namespaces/{namespace}/resourcequotas/few").get("status", {}).get("hard"))
    failure = _fails(program, DEPLOYMENT, "web", 4, **workload(namespace, replicas=3))
    assert "exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1" in "\n".join(failure.reasons)


def test_pods_that_will_never_be_admitted_are_not_waited_for(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    """Here the namespace became strict after the workload had been looked at."""
    kept = program.create(DEPLOYMENT, "web", **workload(namespace, container={"securityContext": {}}))
    strict = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    strict["metadata"] |= {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
    client.apply(f"/api/v1/namespaces/{namespace}", strict, manager="test")
    live = client.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/web")
    live["spec"]["template"]["spec"]["containers"][0]["image"] = "example/app:2"
    applied = client.request("PUT", f"/apis/apps/v1/namespaces/{namespace}/deployments/web", body=live)

    started = time.monotonic()
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    waited = waiting.until_ready(client, path, applied, waiting.Patience(300))
    assert time.monotonic() - started < 150
    assert 'violates PodSecurity "restricted:latest"' in "\n".join(waited.reasons)
    assert kept.id == f"{namespace}/web"


def test_a_stateful_set_tells_why_its_pods_are_refused(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}
    client.apply(f"/api/v1/namespaces/{namespace}/resourcequotas/none", quota, manager="test")
    _wait(lambda: client.get(f"/api/v1/namespaces/{namespace}/resourcequotas/none").get("status", {}).get("hard"))
    inputs = workload(namespace, name="redis")
    inputs["spec"]["serviceName"] = "redis"
    failure = _fails(program, STATEFUL_SET, "redis", 4, **inputs)
    assert "exceeded quota: none" in "\n".join(failure.reasons)


def test_a_container_that_does_not_start_is_told(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    program.create(DEPLOYMENT, "web", **workload(namespace, replicas=1))
    pod = client.items(f"/api/v1/namespaces/{namespace}/pods", labelSelector="app=web")[0]["metadata"]["name"]
    told = {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}
    waits = {"name": "app", "image": "x", "imageID": "", "restartCount": 0, "ready": False, "state": {"waiting": told}}
    _report_containers(client, namespace, pod, [waits])
    live = client.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/web")
    assert troubles.of(client, live).reasons == ["pod: container 'app' waits: ImagePullBackOff: Back-off pulling image"]


def test_a_job_is_done_when_it_has_completed(
    program: Program, client: Client, namespace: str, machines: list[str]
) -> None:
    program.create(JOB, "once", **job(namespace, completions=2))
    assert client.get(f"/apis/batch/v1/namespaces/{namespace}/jobs/once")["status"]["succeeded"] == 2


def test_a_failed_job_is_a_failure_at_once(program: Program, namespace: str, machines: list[str]) -> None:
    inputs = job(namespace, activeDeadlineSeconds=1)
    inputs["spec"]["template"]["spec"]["nodeSelector"] = {"nowhere": "true"}
    started = time.monotonic()
    failure = _fails(program, JOB, "once", 300, **inputs)
    assert time.monotonic() - started < 150
    assert "the job failed: DeadlineExceeded: Job was active longer than specified deadline" in failure.reasons


def test_a_service_waits_for_the_pods_behind_it(program: Program, namespace: str, machines: list[str]) -> None:
    inputs = {
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
    failure = _fails(program, SERVICE, "web", 2, **inputs)
    assert f"the Service has no endpoints: no pod in {namespace} has app=web" in "\n".join(failure.reasons)
    program.create(DEPLOYMENT, "web", **workload(namespace))
    program.update(SERVICE, "web", Kept(failure.id, inputs, failure.outputs), **inputs)


@pytest.mark.parametrize(
    "spec",
    [
        {"clusterIP": "None", "selector": {"app": "none"}, "ports": [{"port": 80}]},
        {"ports": [{"port": 80}]},
        {"type": "ExternalName", "externalName": "example.com"},
    ],
    ids=["headless", "without a selector", "external name"],
)
def test_some_services_have_nothing_to_wait_for(program: Program, namespace: str, spec: dict[str, Any]) -> None:
    program.create(SERVICE, "web", metadata={"name": "web", "namespace": namespace}, spec=spec)


def test_a_load_balancer_is_not_to_be_had(program: Program, namespace: str) -> None:
    spec = {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]}
    failure = _fails(program, SERVICE, "web", 30, metadata={"name": "web", "namespace": namespace}, spec=spec)
    assert "gets no address in a rehearsal" in failure.reasons[0]


def test_waiting_can_be_skipped(program: Program, namespace: str) -> None:
    inputs = workload(namespace, nodeSelector={"nowhere": "true"})
    inputs["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    program.create(DEPLOYMENT, "web", **inputs)


def test_a_claim_that_binds_with_its_first_pod_is_not_waited_for(program: Program, namespace: str) -> None:
    disk = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    program.create(CLAIM, "data", metadata={"name": "data", "namespace": namespace}, spec=disk)


def test_a_claim_of_a_class_that_does_not_exist_is_told(program: Program, namespace: str) -> None:
    disk = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "gp9"}
    failure = _fails(program, CLAIM, "data", 1, metadata={"name": "data", "namespace": namespace}, spec=disk)
    assert "its storage class 'gp9' does not exist; the cluster has: rehearsal-default" in failure.reasons


def test_an_ingress_waits_for_its_services(program: Program, namespace: str) -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    inputs = {"metadata": {"name": "web", "namespace": namespace}, "spec": {"rules": [rule]}}
    failure = _fails(program, "kubernetes:networking.k8s.io/v1:Ingress", "web", 1, **inputs)
    assert "it leads to Services that do not exist: web" in failure.reasons


def test_a_service_of_a_workload_that_failed_is_not_waited_for(program: Program, namespace: str) -> None:
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    service = {"metadata": {"name": "web", "namespace": namespace}, "spec": spec}
    threading.Timer(
        1, lambda: _fails(program, DEPLOYMENT, "web", 1, **workload(namespace, nodeSelector={"a": "b"}))
    ).start()
    started = time.monotonic()
    failure = _fails(program, SERVICE, "web", 300, **service)
    assert time.monotonic() - started < 150
    assert "the pods it selects were to come from Deployment web, which failed in this run" in failure.reasons


def test_an_interrupted_wait_ends_at_once_and_keeps_the_resource(program: Program, namespace: str) -> None:
    threading.Timer(1.0, program.provider.cancelled.set).start()
    started = time.monotonic()
    failure = _fails(program, DEPLOYMENT, "web", 300, **workload(namespace, nodeSelector={"nowhere": "true"}))
    assert time.monotonic() - started < 150
    assert any(reason.startswith("interrupted after") for reason in failure.reasons)


def _wait(until: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 120
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.1)
