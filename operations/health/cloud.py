"""AWS and the cluster behind it, asked with the credentials of whoever runs this; or a rehearsal's in their place."""
# pyright: basic
# boto3 brings no types.

import base64
import http.client
import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from botocore.signers import RequestSigner

from operations.health.verdicts import Broken, Unseen

Json = dict[str, Any]
_TOKEN_SECONDS = 60
#: EKS knows its callers by a signed request to STS, sent as a bearer token.
_TOKEN_PREFIX, _CLUSTER_HEADER = "k8s-aws-v1.", "x-k8s-aws-id"
#: Clients may be used by several threads, a session that makes them may not.
_ONE_AT_A_TIME = threading.Lock()
_NOBODY = {"aws_access_key_id": "rehearsal", "aws_secret_access_key": "rehearsal"}


class Cloud(Protocol):
    """What checks need of an account."""

    def ask(self, service: str, operation: str, region: str, **arguments: object) -> Json: ...

    def cluster(self, name: str, region: str) -> "Cluster": ...


@dataclass(frozen=True)
class Cluster:
    """A Kubernetes API as its callers need it."""

    server: str
    authority: str
    token: str
    timeout_seconds: float = 10.0

    def get(self, path: str) -> Json:
        return self._answer("GET", path, None)

    def patch(self, path: str, change: Mapping[str, object]) -> Json:
        """What is named is changed, the rest stays; with a `resourceVersion` only if nobody else was quicker."""
        return self._answer("PATCH", path, json.dumps(change))

    def _answer(self, method: str, path: str, body: str | None) -> Json:
        address = urlsplit(self.server)
        trusted = ssl.create_default_context(cadata=self.authority)
        connection = http.client.HTTPSConnection(
            address.hostname or "", address.port or 443, timeout=self.timeout_seconds, context=trusted
        )
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/merge-patch+json"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except ssl.SSLError as error:
            raise Broken(f"the cluster's API: {error.reason or error}") from None
        except OSError:
            raise Unseen("needs the VPC: the cluster's endpoint is private") from None
        finally:
            connection.close()
        if answer.status in (401, 403):
            raise Unseen(f"needs a role with access to the cluster: its API answers {answer.status}")
        if answer.status != 200:
            raise Broken(f"the cluster's API answers {answer.status}")
        return cast("Json", json.loads(text))


class Account:
    """The real account, and no other: credentials of another one could only tell about another platform."""

    def __init__(self, account_id: str, timeout_seconds: float) -> None:
        self._account_id = account_id
        self._config = Config(
            connect_timeout=timeout_seconds, read_timeout=timeout_seconds, retries={"max_attempts": 2}
        )

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session()

    @cached_property
    def _refused(self) -> str:
        """Why nothing can be asked; empty when it can."""
        try:
            told = self._client("sts", "us-east-1").get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            return f"needs AWS credentials of account {self._account_id}: {_words(error)}"
        if told["Account"] != self._account_id:
            return f"needs AWS credentials of account {self._account_id}: these are of {told['Account']}"
        return ""

    def ask(self, service: str, operation: str, region: str, **arguments: object) -> Json:
        if self._refused:
            raise Unseen(self._refused)
        return asked(self._client(service, region), operation, arguments)

    def cluster(self, name: str, region: str) -> Cluster:
        described = self.ask("eks", "describe_cluster", region, name=name)["cluster"]
        authority = base64.b64decode(described["certificateAuthority"]["data"]).decode()
        return Cluster(described["endpoint"], authority, self.token(name, region))

    def token(self, cluster: str, region: str) -> str:
        client = self._client("sts", region)
        signer = RequestSigner(
            client.meta.service_model.service_id,
            region,
            "sts",
            "v4",
            self._session.get_credentials(),
            client.meta.events,
        )
        asking = {
            "method": "GET",
            "url": f"https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {_CLUSTER_HEADER: cluster},
            "context": {},
        }
        url = signer.generate_presigned_url(asking, region_name=region, expires_in=_TOKEN_SECONDS, operation_name="")
        return _TOKEN_PREFIX + base64.urlsafe_b64encode(str(url).encode()).decode().rstrip("=")

    def _client(self, service: str, region: str) -> Any:
        with _ONE_AT_A_TIME:
            return self._session.client(service, region_name=region, config=self._config)


class RehearsedAccount:
    """The emulated account of a rehearsal and its clusters; `endpoints` is what the rehearsal wrote down."""

    def __init__(self, endpoints: Mapping[str, Any]) -> None:
        self._endpoints = endpoints
        self._session = boto3.Session(**_NOBODY)

    def ask(self, service: str, operation: str, region: str, **arguments: object) -> Json:
        url = self._endpoints["aws"]["url"]
        with _ONE_AT_A_TIME:
            client = self._session.client(service, region_name=region, endpoint_url=url)
        return asked(client, operation, arguments)

    def cluster(self, name: str, region: str) -> Cluster:
        where = self._endpoints["clusters"].get(f"{region}/{name}")
        if where is None:
            raise Broken(f"there is no cluster {name} in {region}")
        return Cluster(where["server"], Path(where["ca_file"]).read_text(), where["token"])


class HostedZone:
    """Records as the hosted zone has them, where no name server can be asked: those of a rehearsal."""

    def __init__(self, cloud: Cloud, region: str, domain: str) -> None:
        self._cloud, self._region, self._domain = cloud, region, domain

    @cached_property
    def _sets(self) -> list[Json]:
        zones = self._cloud.ask("route53", "list_hosted_zones", self._region)["HostedZones"]
        public = [each for each in zones if each["Name"] == f"{self._domain}." and not each["Config"]["PrivateZone"]]
        if not public:
            raise Broken(f"there is no public zone of {self._domain}")
        told = self._cloud.ask("route53", "list_resource_record_sets", self._region, HostedZoneId=public[0]["Id"])
        return cast("list[Json]", told["ResourceRecordSets"])

    def records(self, name: str, kind: str) -> list[str]:
        """Addresses behind an alias or another name are not resolved: their names stand for them."""
        of_name = [each for each in self._sets if each["Name"] == f"{name}."]
        wanted = (kind, "CNAME") if kind in ("A", "AAAA") else (kind,)
        return sorted(value for each in of_name if each["Type"] in wanted for value in _contents(each))


def _contents(record: Json) -> list[str]:
    if alias := record.get("AliasTarget"):
        return [alias["DNSName"]]
    values = [each["Value"] for each in record.get("ResourceRecords", ())]
    return [value.strip('"') for value in values] if record["Type"] == "TXT" else values


def asked(client: Any, operation: str, arguments: Mapping[str, object]) -> Json:
    try:
        if client.can_paginate(operation):
            return cast("Json", client.get_paginator(operation).paginate(**arguments).build_full_result())
        return cast("Json", getattr(client, operation)(**arguments))
    except EndpointConnectionError as error:
        raise Unseen(f"needs a way to AWS: {error}") from None
    except (BotoCoreError, ClientError) as error:
        raise Unseen(f"needs the right to {operation.replace('_', ' ')}: {_words(error)}") from None


def _words(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", error))
    return str(error).rstrip(".")
