"""What a release meets: the platform's door, Prometheus, AWS and the cluster's API, as real servers on loopback.

Everything is reached as a job reaches it: by environment and options, through the names that the stack file gives.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operations.health.cloud import Cluster
from operations.health.stack import stack_settings
from operations.traffic import NAMESPACE, RECORD
from rendering.haproxy import traffic
from tests.http_servers import Answer, Request, answering
from tests.operations.certificates import Authority

_API = f"/api/v1/namespaces/{NAMESPACE}/configmaps/{traffic.CONFIG_MAP}"
_DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
OLD, NEW = "registry.test/app@sha256:" + "0" * 64, "registry.test/app@sha256:" + "1" * 64


@dataclass
class Deployment:
    image: str
    replicas: int = 2
    ready: int | None = None
    """None: as many as are wanted."""


@dataclass
class Surroundings:
    """`broken` paths answer 503; `holding` are conditions of Prometheus that hold, by what their query contains."""

    stack: str
    environment: dict[str, str] = field(default_factory=dict[str, str])
    deployments: dict[str, Deployment] = field(default_factory=dict[str, Deployment])
    broken: set[str] = field(default_factory=set[str])
    holding: set[str] = field(default_factory=set[str])
    figures: dict[str, str] = field(default_factory=dict[str, str])
    lost_answers: int = 0
    asked: list[Request] = field(default_factory=list[Request])
    """At the door."""
    changes: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """Of the ConfigMap's data, as they came."""
    scaled: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    api: Cluster = field(init=False)
    object: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def data(self) -> dict[str, str]:
        return self.object["data"]

    @property
    def course(self) -> dict[str, Any]:
        return json.loads(self.object["metadata"]["annotations"][RECORD])

    def rewind(self, **fields: str | int) -> None:
        """As if time had passed, or somebody had written the record otherwise."""
        self.object["metadata"]["annotations"][RECORD] = json.dumps({**self.course, **fields})

    def door(self, request: Request) -> Answer:
        self.asked.append(request)
        if self.lost_answers:
            self.lost_answers -= 1
            return 503, "lost"
        return (503, "down") if request.path in self.broken else (200, {"status": "ok"})

    def prometheus(self, request: Request) -> Answer:
        query = request.query["query"]
        value = next((value for part, value in self.figures.items() if part in query), None)
        if value is None and any(part in query for part in self.holding):
            value = "1"
        found = [{"metric": {}, "value": [0, value]}] if value is not None else []
        return 200, {"status": "success", "data": {"resultType": "vector", "result": found}}

    def cluster(self, request: Request) -> Answer:
        if not request.headers["authorization"].startswith("Bearer k8s-aws-v1."):
            return 401, {}
        if request.path == _DEPLOYMENTS:
            return 200, {"items": [self._deployment(name, each) for name, each in self.deployments.items()]}
        if request.path.endswith("/scale"):
            name = request.path.split("/")[-2]
            self.deployments[name].replicas = json.loads(request.body)["spec"]["replicas"]
            self.scaled.append((name, self.deployments[name].replicas))
            return 200, {}
        assert request.path == _API
        return self._patched(json.loads(request.body)) if request.method == "PATCH" else (200, self.object)

    def _patched(self, change: dict[str, Any]) -> Answer:
        """As the API server merges: only of the version that was read."""
        metadata = self.object["metadata"]
        if change["metadata"]["resourceVersion"] != metadata["resourceVersion"]:
            return 409, {"reason": "Conflict"}
        metadata["resourceVersion"] = str(int(metadata["resourceVersion"]) + 1)
        metadata["annotations"].update(change["metadata"]["annotations"])
        self.object["data"].update(change["data"])
        self.changes.append(change["data"])
        return 200, self.object

    def _deployment(self, name: str, each: Deployment) -> dict[str, Any]:
        ready = each.replicas if each.ready is None else each.ready
        containers = [{"name": "app", "image": each.image}]
        return {
            "metadata": {"name": name},
            "spec": {"replicas": each.replicas, "template": {"spec": {"containers": containers}}},
            "status": {"readyReplicas": ready} if ready else {},
        }


@contextmanager
def meeting(stack: str, directory: Path) -> Iterator[Surroundings]:
    """The stack as it is between releases: everybody on the old side, everything well."""
    settings = stack_settings(stack)
    there = Surroundings(stack)
    metadata = {"name": traffic.CONFIG_MAP, "resourceVersion": "1", "annotations": {}}
    there.object = {"metadata": metadata, "data": dict(traffic.defaults(settings.system))}
    authority = Authority(directory)
    names = (settings.domain, f"*.{settings.domain}", "localhost", "cluster.test")
    certificate = directory / "certificate.pem"
    certificate.write_text(authority.certificate(*names, days=30))
    with ExitStack() as servers:
        door = servers.enter_context(answering(there.door, certificate))
        prometheus = servers.enter_context(answering(there.prometheus))
        cluster = servers.enter_context(answering(there.cluster, certificate))
        described = {
            "endpoint": f"https://localhost:{cluster}",
            "certificateAuthority": {"data": base64.b64encode(authority.file.read_bytes()).decode()},
        }

        there.api = Cluster(described["endpoint"], authority.file.read_text(), "k8s-aws-v1.a-token")

        def aws(request: Request) -> Answer:
            if request.method == "POST":
                return 200, _IDENTITY.format(account=settings.aws_account_id)
            return (200, {"cluster": described}) if request.path.startswith("/clusters/") else (404, {})

        account = servers.enter_context(answering(aws))
        there.environment = {
            "STACK": stack,
            "CONNECT_TO": f"443=127.0.0.1:{door}",
            "AUTHORITY": str(authority.file),
            "LIFELINE_PROMETHEUS": f"http://127.0.0.1:{prometheus}",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{account}",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        yield there


_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:sts::{account}:assumed-role/rollout/job</Arn><UserId>A</UserId><Account>{account}</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
