"""What no visitor sees: instances by the account's word, the server's own answer, pods by the cluster's."""

import base64
import os
import signal
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

from operations.health import inside
from operations.health.cloud import Account, Cluster
from operations.health.stack import Stack, stack_settings
from operations.health.verdicts import Broken, Unseen, Verdict, judge
from rehearsal.paths import StackPaths
from rehearsal.processes import endpoints
from tests.live.haproxy.fleet import free_port, wait_until
from tests.rotation.authority import Authority
from tests.rotation.servers import running_postgres

ACCOUNT, REGION = "123456789012", "us-east-1"


def stack(name: str, host: str, **outputs: object) -> Stack:
    told = {"database": host, "cluster": "a-cluster", "namespace": "platform", **outputs}
    settings = replace(stack_settings(name), aws_account_id=ACCOUNT)
    return Stack(name=name, settings=settings, outputs=told)


class Counted:
    """An account whose cluster has as many ready pods as a test says."""

    def __init__(self, **ready: int) -> None:
        self._ready = ready

    def ask(self, service: str, operation: str, region: str, **arguments: object) -> dict[str, Any]:
        return {"DBInstances": []}

    def cluster(self, name: str, region: str) -> Any:
        return self

    def get(self, path: str) -> dict[str, Any]:
        if path.endswith("/deployments"):
            return {"items": []}
        return {"items": [self._object(name.replace("_", "-"), count) for name, count in self._ready.items()]}

    def _object(self, workload: str, ready: int) -> dict[str, Any]:
        template = {"metadata": {"labels": {"lifeline.dev/workload": workload}}}
        return {"spec": {"template": template}, "status": {"readyReplicas": ready} if ready else {}}


def told(stack: Stack, cloud: Any, *kinds: str) -> dict[str, tuple[Verdict, str]]:
    findings = judge(inside.checks(stack, cloud, lambda host, port: f"{host}:{port}"))
    return {each.subject: (each.verdict, each.found) for each in findings if each.kind in kinds}


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")


def instance(client: Any, identifier: str, **changes: object) -> str:
    asked = {
        "Engine": "postgres",
        "DBInstanceClass": "db.m6i.large",
        "MasterUsername": "owner",
        "MasterUserPassword": "long-enough-for-anybody",
        "AllocatedStorage": 100,
        **changes,
    }
    client.create_db_instance(DBInstanceIdentifier=identifier, **asked)
    return client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]["Endpoint"]["Address"]


@mock_aws
def test_the_database_and_its_replicas_by_the_word_of_the_account(credentials: None) -> None:
    client = boto3.client("rds", region_name=REGION)
    host = instance(client, "tdah", MultiAZ=True)
    tdah = stack("tdah-assistant-prod", host)
    assert tdah.system.database.replicas == 2
    cloud = Account(ACCOUNT, 30)
    before = told(tdah, cloud, "database", "replica")
    assert before[f"{host.partition('.')[0]} at RDS"] == (Verdict.SOUND, f"available{_zones(tdah)}")
    assert before[f"replicas of {host.partition('.')[0]}"] == (Verdict.BROKEN, "0 of 2")

    for name in ("one", "two"):
        client.create_db_instance_read_replica(DBInstanceIdentifier=name, SourceDBInstanceIdentifier="tdah")
    after = told(tdah, Account(ACCOUNT, 30), "replica")
    assert after[f"replicas of {host.partition('.')[0]}"] == (Verdict.SOUND, "one available, two available")
    client.delete_db_instance(DBInstanceIdentifier="two", SkipFinalSnapshot=True)
    fewer = told(tdah, Account(ACCOUNT, 30), "replica")
    assert fewer[f"replicas of {host.partition('.')[0]}"] == (Verdict.BROKEN, "1 of 2")


def _zones(stack: Stack) -> str:
    return " in two zones" if stack.system.database.multi_az else ""


@mock_aws
def test_a_database_that_lost_its_second_zone(credentials: None) -> None:
    host = instance(boto3.client("rds", region_name=REGION), "astral", MultiAZ=False)
    prod = stack("prod", host)
    assert prod.system.database.multi_az
    found = told(prod, Account(ACCOUNT, 30), "database")
    assert found[f"{host.partition('.')[0]} at RDS"] == (Verdict.BROKEN, "available in one zone")


@mock_aws
def test_the_copy_in_the_recovery_region(credentials: None) -> None:
    home = instance(boto3.client("rds", region_name=REGION), "astral", MultiAZ=True)
    away = instance(boto3.client("rds", region_name="us-west-2"), "astral-copy")
    prod = stack("prod", home, recovery={"region": "us-west-2", "database": away, "level": "warm-standby"})
    found = told(prod, Account(ACCOUNT, 30), "replica")
    assert found == {f"{away.partition('.')[0]} in us-west-2": (Verdict.SOUND, "available")}


def test_replication_that_stopped_is_told_with_its_reason() -> None:
    class Stopped(Counted):
        def ask(self, service: str, operation: str, region: str, **arguments: object) -> dict[str, Any]:
            error = {"StatusType": "read replication", "Status": "error", "Message": "WAL removed"}
            home = {"DBInstanceIdentifier": "one", "Endpoint": {"Address": "one.test"}, "DBInstanceStatus": "available"}
            copy = {**home, "DBInstanceIdentifier": "two", "Endpoint": {}, "StatusInfos": [error]}
            return {"DBInstances": [home, {**copy, "ReadReplicaSourceDBInstanceIdentifier": "one"}]}

    found = told(stack("tdah-assistant-prod", "one.test"), Stopped(), "replica")
    assert found["replicas of one"] == (Verdict.BROKEN, "two: replication error: WAL removed")


@mock_aws
def test_credentials_of_another_account_tell_nothing(credentials: None) -> None:
    found = told(stack("prod", "somewhere.test"), Account("999988887777", 30), "cache", "replicas")
    wanted = f"needs AWS credentials of account 999988887777: these are of {ACCOUNT}"
    assert set(found.values()) == {(Verdict.UNSEEN, wanted)}


def test_no_credentials_are_said_to_be_missing(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    found = told(stack("prod", "somewhere.test"), Account(ACCOUNT, 30), "cache", "replicas")
    wanted = f"needs AWS credentials of account {ACCOUNT}: Unable to locate credentials"
    assert set(found.values()) == {(Verdict.UNSEEN, wanted)}


def test_pods_are_counted_against_the_spec() -> None:
    prod = stack("prod", "one.test")
    web = prod.system.workload("astral-web").all_replicas
    enough = {"cache": 3, "sentinel": 3, "balancer": prod.system.load_balancer.replicas, "astral_web": web}
    found = told(prod, Counted(**enough), "cache", "replicas")
    assert [verdict for verdict, _ in found.values()] == [Verdict.SOUND] * 4
    fewer = told(prod, Counted(**{**enough, "cache": 2, "astral_web": web - 1, "sentinel": 0}), "cache", "replicas")
    assert fewer["cache in a-cluster"] == (Verdict.BROKEN, "2 ready")
    assert fewer["sentinel in a-cluster"] == (Verdict.BROKEN, "0 ready")
    assert fewer["astral-web in a-cluster"] == (Verdict.BROKEN, f"{web - 1} ready")
    assert fewer["balancer in a-cluster"][0] is Verdict.SOUND


@mock_aws
def test_the_token_of_the_cluster_is_a_signed_question_who_i_am(credentials: None) -> None:
    token = Account(ACCOUNT, 30).token("a-cluster", "eu-central-1")
    kind, _, encoded = token.partition(".")
    url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    asked = parse_qs(url.query)
    assert (kind, url.hostname) == ("k8s-aws-v1", "sts.eu-central-1.amazonaws.com")
    assert (asked["Action"], asked["X-Amz-Expires"]) == (["GetCallerIdentity"], ["60"])
    assert "x-k8s-aws-id" in asked["X-Amz-SignedHeaders"][0]


@pytest.mark.cluster
def test_a_real_cluster_answers_those_it_knows(emulators: StackPaths) -> None:
    where = endpoints.read(emulators)["kubernetes"]
    known = Cluster(where["server"], Path(where["ca_file"]).read_text(), where["token"], timeout_seconds=60)
    assert known.get("/apis/apps/v1/namespaces/default/deployments")["kind"] == "DeploymentList"
    with pytest.raises(Unseen, match="needs a role with access to the cluster: its API answers 401"):
        replace(known, token="nobody's").get("/apis/apps/v1/namespaces/default/deployments")
    with pytest.raises(Unseen, match="needs the VPC"):
        replace(known, server=f"https://127.0.0.1:{free_port()}").get("/")


def test_postgresql_itself_is_asked_as_far_as_its_login(tmp_path: Path) -> None:
    with running_postgres(Authority(tmp_path)) as running:
        port = running.server.port
        assert inside.postgresql_takes_connections("127.0.0.1", port, 60) == "asks for a login"

        with running.login("postgres", running.password):  # a session in use keeps a server from ending at once
            pid = int((running.log.parent / "data/postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGTERM)
            wait_until("it takes nobody in", lambda: _said(port) == "it is starting up or shutting down")
        wait_until("it is gone", lambda: _said(port) == "refuses connections")


def test_a_server_that_does_not_encrypt_is_not_sound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].sendall(b"N"), daemon=True).start()
        assert _said(server.getsockname()[1]) == "answers, and does not encrypt"


def _said(port: int) -> str:
    try:
        return inside.postgresql_takes_connections("127.0.0.1", port, 60)
    except Broken as broken:
        return str(broken)


def test_silence_is_no_verdict_on_the_database() -> None:
    """From outside its network nothing comes back, which says nothing about the database."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        with pytest.raises(Unseen, match="needs the VPC"):
            inside.postgresql_takes_connections("127.0.0.1", silent.getsockname()[1], 0.3)
    with pytest.raises(Unseen, match="needs the VPC"):
        inside.postgresql_takes_connections("no-such-name.invalid", 5432, 60)


def test_a_stack_without_a_database_output_is_told() -> None:
    with pytest.raises(Broken, match="no output `database`"):
        inside.postgresql_takes_connections("", 5432, 60)
