"""Roles with one duty: who gets them, what they may do, and that this is enough at the real API server."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.aws import delivery_duties, delivery_rights
from components.kubernetes import rollout_rights
from components.naming import Naming
from operations.health.cloud import Cluster
from operations.health.stack import stack_settings
from operations.health.verdicts import Broken, Unseen
from operations.traffic import NAMESPACE, Course, Traffic
from rehearsal.paths import StackPaths
from rehearsal.processes import endpoints
from rehearsal.processes.kubernetes_api import KubernetesApi
from rendering.haproxy import traffic
from tests.pipelines.accounts import ACCOUNT
from tests.pipelines.iam import admits, allowed
from tests.pipelines.test_delivery_rights import BOUNDARY, MAIN, PREFIX, REPOSITORY

ISSUER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{delivery_rights.ISSUER}"
NAMING = Naming(system="astral-core-v2", environment="production", account_id=ACCOUNT, owner="platform")
EVIDENCE = f"arn:aws:s3:::{PREFIX}-evidence-{ACCOUNT}"
PUTS = delivery_duties.put_evidence(ACCOUNT, "us-east-1", NAMING)
ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/platform"
#: A right counts from when the API server has read it.
PATIENCE_SECONDS = 120.0


@pytest.mark.parametrize("purpose", ["rollout", "evidence"])
def test_only_main_in_the_environment_of_the_duty_gets_the_role(purpose: str) -> None:
    trusted = [delivery_duties.trust(ISSUER, REPOSITORY, purpose)]
    right = {**MAIN, "sub": f"{MAIN['sub']}-{purpose}"}
    assert admits(trusted, right)
    for wrong in (
        MAIN,
        {**right, "sub": f"{MAIN['sub']}-preview"},
        {**right, "ref": "refs/heads/hotfix/x"},
        {**right, "ref": "refs/pull/7/merge"},
        {**right, "repository_id": "99"},
        {**right, "aud": "https://github.com/astralcore"},
        {name: right[name] for name in ("aud", "sub", "ref")},
    ):
        assert not admits(trusted, wrong), wrong


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("s3:PutObject", f"{EVIDENCE}/packs/2026-11/prod.tar.gz", True),
        ("s3:PutObject", f"{EVIDENCE}/drills/20261101T000000Z.json", False),
        ("s3:PutObject", f"arn:aws:s3:::{PREFIX}-backups-{ACCOUNT}/packs/x", False),
        ("s3:GetObject", f"{EVIDENCE}/packs/2026-11/prod.tar.gz", False),
        ("s3:DeleteObject", f"{EVIDENCE}/packs/2026-11/prod.tar.gz", False),
        ("s3:PutObjectRetention", f"{EVIDENCE}/packs/2026-11/prod.tar.gz", False),
        ("s3:ListBucket", EVIDENCE, False),
    ],
)
def test_evidence_may_be_added_where_packs_are_and_that_is_all(action: str, resource: str, may: bool) -> None:
    assert allowed(PUTS, BOUNDARY, action, resource, aws__RequestedRegion="us-east-1") is may


def test_the_key_of_backups_serves_s3_alone() -> None:
    key, here = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1", {"aws__RequestedRegion": "us-east-1"}
    through = {"kms__ViaService": "s3.us-east-1.amazonaws.com", "kms__ResourceAliases": [f"alias/{PREFIX}-backups"]}
    assert allowed(PUTS, BOUNDARY, "kms:GenerateDataKey", key, **here, **through)
    assert not allowed(PUTS, BOUNDARY, "kms:Decrypt", key, **here, **through)
    assert not allowed(PUTS, BOUNDARY, "kms:GenerateDataKey", key, **here, kms__ResourceAliases=["alias/others"])


@pytest.fixture
def cluster(emulators: StackPaths) -> Iterator[tuple[Cluster, KubernetesApi]]:
    """Somebody with the rights of the group and no others, an administrator, and a stack's traffic between them."""
    found = endpoints.read(emulators)["kubernetes"]
    admin = KubernetesApi(found["server"], Path(found["ca_file"]), found["token"], timeout_seconds=60)
    name, subject = rollout_rights.NAME, {"kind": "ServiceAccount", "name": rollout_rights.NAME, "namespace": NAMESPACE}
    to = {"kind": "Role", "name": name, "apiGroup": "rbac.authorization.k8s.io"}
    state = dict(traffic.defaults(stack_settings("prod").system))
    core, rbac = f"/api/v1/namespaces/{NAMESPACE}", "rbac.authorization.k8s.io/v1"
    objects: list[tuple[str, dict[str, Any]]] = [
        (f"{core}/serviceaccounts/{name}", _object("v1", "ServiceAccount", name)),
        (f"{core}/configmaps/{traffic.CONFIG_MAP}", _object("v1", "ConfigMap", traffic.CONFIG_MAP, data=state)),
        (f"{ROLES}/roles/{name}", _object(rbac, "Role", name, rules=rollout_rights.rules())),
        (f"{ROLES}/rolebindings/{name}", _object(rbac, "RoleBinding", name, roleRef=to, subjects=[subject])),
    ]
    admin.apply(core, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    for path, content in objects:
        admin.apply(path, content)
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    token = admin.call("POST", f"{core}/serviceaccounts/{name}/token", asked)["status"]["token"]
    yield Cluster(found["server"], Path(found["ca_file"]).read_text(), token, timeout_seconds=60), admin
    for path, _ in reversed(objects):
        admin.delete(path)
    admin.close()


@pytest.mark.cluster
def test_traffic_moves_with_these_rights_in_one_request_and_only_from_what_was_read(
    cluster: tuple[Cluster, KubernetesApi],
) -> None:
    somebody, admin = cluster
    moving = Traffic(stack_settings("prod").system, lambda: somebody)
    held = _patiently(moving)
    course = Course(release="r", step=0, began="2026-11-21T10:00:00+00:00", since="2026-11-21T10:00:00+00:00")
    now = moving.write(held, {"canary.astral-web": "10"}, course)
    assert now.state["canary.astral-web"] == "10"
    assert moving.read().course == course
    with pytest.raises(Broken, match="409"):
        moving.write(held, {"canary.astral-web": "50"}, course)  # what was read is not what is there any more
    assert moving.read().state["canary.astral-web"] == "10"
    assert moving.candidates() == {}
    held_by_admin = admin.get(f"/api/v1/namespaces/{NAMESPACE}/configmaps/{traffic.CONFIG_MAP}")
    assert held_by_admin["data"] == {**traffic.defaults(stack_settings("prod").system), "canary.astral-web": "10"}


@pytest.mark.cluster
def test_nothing_else_is_reached_with_them(cluster: tuple[Cluster, KubernetesApi]) -> None:
    somebody, _ = cluster
    _patiently(Traffic(stack_settings("prod").system, lambda: somebody))
    core = f"/api/v1/namespaces/{NAMESPACE}"
    for path in (f"{core}/secrets", f"{core}/configmaps", "/api/v1/nodes", "/api/v1/namespaces/monitoring/configmaps"):
        with pytest.raises(Unseen, match="403"):
            somebody.get(path)
    with pytest.raises(Unseen, match="403"):
        somebody.patch(f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/any", {"spec": {"replicas": 0}})


def _patiently(moving: Traffic) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            moving.candidates()
            return moving.read()
        except Unseen:
            assert time.monotonic() < deadline, "the rights did not count"
            time.sleep(0.2)


def _object(version: str, kind: str, name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **content}
