"""Passwords of the cache are renewed inside the cluster: the CronJob's program, real servers, clients all the time."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from lifeline_rotation import redis, secrets_manager
from lifeline_rotation.address import Server
from moto.server import ThreadedMotoServer

from rehearsal.paths import PROJECT
from rendering.redis import users
from systems import registry
from systems.model import Environment
from tests.live.haproxy.fleet import wait_until
from tests.live.redis.cluster import PASSWORD, Cluster, standing

pytestmark = pytest.mark.xdist_group("redis-passwords")
NAMES = {users.APPLICATION: "astral-core-v2/prod/cache", users.ADMINISTRATOR: "astral-core-v2/prod/cache-administrator"}


class PodIdentity(BaseHTTPRequestHandler):
    """The agent on the node: credentials for whoever shows the pod's token."""

    def do_GET(self) -> None:
        known = self.headers["Authorization"] == "token-of-the-pod"
        self.send_response(200 if known else 403)
        self.end_headers()
        self.wfile.write(json.dumps({"AccessKeyId": "key", "SecretAccessKey": "secret", "Token": "session"}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Not to the test's output."""


@dataclass
class Stack:
    """Redis, Sentinels, and a Secrets Manager that knows the logins they were started with."""

    cluster: Cluster
    manager: Any
    variables: dict[str, str]

    def value(self, user: str) -> dict[str, Any]:
        """The emulator forgets what is current where no label is named."""
        return json.loads(
            self.manager.get_secret_value(SecretId=NAMES[user], VersionStage="AWSCURRENT")["SecretString"]
        )

    def change(self, user: str, value: dict[str, Any]) -> None:
        """In two steps: the emulator would leave two versions that are current."""
        secret = {"SecretId": NAMES[user]}
        versions = self.manager.describe_secret(**secret)["VersionIdsToStages"]
        before = next(version for version, labels in versions.items() if "AWSCURRENT" in labels)
        text = json.dumps(value)
        made = self.manager.put_secret_value(**secret, SecretString=text, VersionStages=["made"])["VersionId"]
        self.manager.update_secret_version_stage(
            **secret, VersionStage="AWSCURRENT", MoveToVersionId=made, RemoveFromVersionId=before
        )

    def run(self, **variables: str) -> tuple[int, list[str]]:
        """What the CronJob runs; its exit code, and what it said of each secret."""
        done = subprocess.run(
            [sys.executable, "-m", "lifeline_rotation.inside"],
            env={"PATH": os.environ["PATH"], **self.variables, **variables},
            cwd=PROJECT / "images/rotation",
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert not done.stderr, done.stderr
        for user in NAMES:
            assert self.value(user)["password"] not in done.stdout
        said = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, [each["said"] for each in said if "step" not in each]

    def mount(self) -> None:
        """As the driver does within two minutes."""
        for user in NAMES:
            value = self.value(user)
            (self.cluster.secrets / user).write_text(value["password"])
            (self.cluster.secrets / f"{user}-previous").write_text(value["previous"]["password"])

    def login(self, user: str, known: dict[str, Any]) -> None:
        for node in self.cluster.nodes:
            redis.Connection(Server(node.inside, node.port, node.trust), user, known["password"]).close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("passwords")
    (directory / "token").write_text("token-of-the-pod\n")
    agent = ThreadingHTTPServer(("127.0.0.1", 0), PodIdentity)
    threading.Thread(target=agent.serve_forever, daemon=True).start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    aws = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    aws.start()
    host, port = aws.get_host_and_port()
    manager = boto3.client(
        "secretsmanager",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    with standing(directory, system) as cluster:
        cluster.start()
        for user, name in NAMES.items():
            password = PASSWORD.format(user=user)
            before = {"username": user, "password": password}
            value = {"kind": "redis", "characters": 64, **before, "previous": before}
            manager.create_secret(Name=name, SecretString=json.dumps(value))
        variables = {
            "AWS_REGION": "us-east-1",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{agent.server_port}/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(directory / "token"),
            "SECRETS_MANAGER_ENDPOINT": f"http://{host}:{port}",
            "ROTATED_SECRETS": ",".join(NAMES.values()),
            "RENEW_AFTER_DAYS": "83",
            "CACHE_NODES": ",".join(f"{node.address}:{node.port}" for node in cluster.nodes),
            "CACHE_AUTHORITIES": cluster.authority.read_text(),
            "CACHE_ADMINISTRATOR": NAMES[users.ADMINISTRATOR],
        }
        cluster.wait_until_whole()
        yield Stack(cluster, manager, variables)
    aws.stop()
    agent.shutdown()


@dataclass
class Clients:
    """They log in without a pause, with logins that they read before the last rotation began."""

    stack: Stack
    known: dict[str, Any]
    logins: int = 0
    unanswered: int = 0
    """A busy machine may be slow: nobody was refused by it."""
    refused: list[str] = field(default_factory=list[str])
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Clients":
        self._threads = [threading.Thread(target=self._log_in) for _ in range(2)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _log_in(self) -> None:
        while not self._over.wait(0.05):
            try:
                self.stack.login(users.APPLICATION, self.known)
                self.logins += 1
            except redis.Refused as error:
                self.refused.append(str(error))
            except (OSError, redis.RedisError):
                self.unanswered += 1


def test_no_login_fails_while_passwords_are_renewed_and_a_restart_knows_them(stack: Stack) -> None:
    first = stack.value(users.APPLICATION)
    with Clients(stack, first) as clients:
        for _ in range(3):
            stack.mount()
            before = stack.value(users.APPLICATION)
            assert stack.run(RENEW_AFTER_DAYS="0") == (0, ["renewed", "renewed"])
            assert stack.value(users.APPLICATION)["previous"]["password"] == before["password"]
            clients.known = stack.value(users.APPLICATION)
            count = clients.logins
            wait_until("the new one is used", lambda count=count: clients.logins > count + 4)
    assert clients.refused == []
    with pytest.raises(redis.Refused, match="WRONGPASS"):
        stack.login(users.APPLICATION, first)
    # mounted files lag behind, and then do not
    for mount in (False, True):
        if mount:
            stack.mount()
        node = stack.cluster.nodes[0]
        node.stop()
        node.start()
        stack.cluster.wait_until_whole()
        for user in NAMES:
            stack.login(user, stack.value(user))


def test_what_is_young_stays_as_it_is(stack: Stack) -> None:
    before = [stack.value(user) for user in NAMES]
    assert stack.run() == (0, ["known everywhere", "known everywhere"])
    assert [stack.value(user) for user in NAMES] == before


def test_a_server_that_is_away_fails_the_run_and_the_next_one_takes_it_up(stack: Stack) -> None:
    before, node = stack.value(users.APPLICATION), stack.cluster.nodes[0]
    stack.mount()
    node.kill()
    code, said = stack.run(RENEW_AFTER_DAYS="0")
    assert code == 1 and all(each.startswith("failed: ") for each in said)
    assert stack.value(users.APPLICATION) == before
    stack.cluster.start()
    stack.cluster.wait_until_whole()
    assert stack.run() == (0, ["taken up and renewed", "taken up and renewed"])
    stack.login(users.APPLICATION, stack.value(users.APPLICATION))
    stack.login(users.APPLICATION, before)


def test_one_that_was_changed_by_hand_is_begun_anew(stack: Stack) -> None:
    name = NAMES[users.APPLICATION]
    stale = {**stack.value(users.APPLICATION), "password": "of-nobody", "previous": {"password": "long-gone"}}
    stack.manager.put_secret_value(SecretId=name, SecretString=json.dumps(stale), VersionStages=["AWSPENDING"])
    code, said = stack.run(ROTATED_SECRETS=name, RENEW_AFTER_DAYS="0")
    assert (code, said) == (0, ["renewed"])
    stack.login(users.APPLICATION, stack.value(users.APPLICATION))


def test_another_region_renews_nothing_and_teaches_its_servers(stack: Stack) -> None:
    """Its secrets are copies: they change without anybody here having told a server."""
    now = stack.value(users.APPLICATION)
    moved = {**now, "password": "made-elsewhere", "previous": {"username": "application", "password": now["password"]}}
    stack.change(users.APPLICATION, moved)
    nodes = stack.variables["CACHE_NODES"].replace(",", ", ")
    assert stack.run(RENEW_AFTER_DAYS="") == (0, [f"taught to {nodes}", "known everywhere"])
    assert stack.value(users.APPLICATION) == moved
    stack.login(users.APPLICATION, moved)
    stack.login(users.APPLICATION, now)


def test_requests_are_signed_as_aws_signs_them() -> None:
    body, endpoint = b'{"SecretId": "a"}', "https://secretsmanager.us-east-1.amazonaws.com"
    ours = secrets_manager.signed(
        endpoint,
        "DescribeSecret",
        body,
        "us-east-1",
        secrets_manager.Credentials("AKID", "SECRET", "TOKEN"),
        datetime.now(UTC),
    )
    shown = {name: value for name, value in ours.items() if name not in ("authorization", "host")}
    request = AWSRequest(method="POST", url=f"{endpoint}/", data=body, headers=shown)
    request.context["timestamp"] = ours["x-amz-date"]
    signer = SigV4Auth(BotoCredentials("AKID", "SECRET", "TOKEN"), "secretsmanager", "us-east-1")
    canonical = signer.canonical_request(request)
    expected = signer.signature(signer.string_to_sign(request, canonical), request)
    assert ours["authorization"].endswith(f"Signature={expected}")


def test_a_pod_that_shows_another_token_gets_no_credentials(stack: Stack, tmp_path: Path) -> None:
    wrong = tmp_path / "token"
    wrong.write_text("of-somebody-else")
    code, said = stack.run(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(wrong))
    assert code == 1 and all("403" in each for each in said)
