"""Secrets Manager as a pod asks it, with the standard library alone: signed requests, credentials of the pod's role."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

_SERVICE, _CONTENT, _PATIENCE_SECONDS = "secretsmanager", "application/x-amz-json-1.1", 20


class Refused(Exception):
    """What Secrets Manager said against a request."""


class ResourceNotFoundException(Refused):
    """There is no such secret or version."""


@dataclass(frozen=True)
class Credentials:
    """Of a role, for some hours."""

    key: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


def of_pod(environment: Mapping[str, str]) -> Credentials:
    """EKS Pod Identity: an agent on the node gives them for the token that is mounted in the pod."""
    token = Path(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text(encoding="ascii")
    asked = urllib.request.Request(
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers={"Authorization": token.strip()}
    )
    with urllib.request.urlopen(asked, timeout=_PATIENCE_SECONDS) as answer:
        told = json.load(answer)
    return Credentials(told["AccessKeyId"], told["SecretAccessKey"], told["Token"])


class Client:
    """As much of boto3's client as a rotation needs, by the same names."""

    def __init__(self, region: str, credentials: Callable[[], Credentials], endpoint: str = "") -> None:
        self._region, self._credentials = region, credentials
        self.exceptions = SimpleNamespace(ResourceNotFoundException=ResourceNotFoundException)
        self._endpoint = endpoint or f"https://{_SERVICE}.{region}.amazonaws.com"

    def describe_secret(self, **asked: Any) -> Any:
        return self._ask("DescribeSecret", asked)

    def list_secret_version_ids(self, **asked: Any) -> Any:
        return self._ask("ListSecretVersionIds", asked)

    def get_secret_value(self, **asked: Any) -> Any:
        return self._ask("GetSecretValue", asked)

    def put_secret_value(self, **asked: Any) -> Any:
        return self._ask("PutSecretValue", asked)

    def update_secret_version_stage(self, **asked: Any) -> Any:
        return self._ask("UpdateSecretVersionStage", asked)

    def _ask(self, action: str, asked: Mapping[str, Any]) -> Any:
        body = json.dumps(dict(asked)).encode()
        headers = signed(self._endpoint, action, body, self._region, self._credentials(), datetime.now(UTC))
        request = urllib.request.Request(f"{self._endpoint}/", data=body, headers=dict(headers), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise _refusal(action, error) from None


def _refusal(action: str, error: urllib.error.HTTPError) -> Refused:
    try:
        told = json.load(error)
    except ValueError:
        told = {}
    kind = str(told.get("__type", error.code)).rpartition("#")[2]
    message = f"{action}: {kind}: {told.get('message') or told.get('Message') or error.reason}"
    return (ResourceNotFoundException if kind == "ResourceNotFoundException" else Refused)(message)


def signed(
    endpoint: str, action: str, body: bytes, region: str, credentials: Credentials, now: datetime
) -> Mapping[str, str]:
    """AWS's Signature Version 4 of one request to Secrets Manager."""
    moment, scope = now.strftime("%Y%m%dT%H%M%SZ"), f"{now:%Y%m%d}/{region}/{_SERVICE}/aws4_request"
    headers = {
        "content-type": _CONTENT,
        "host": urlsplit(endpoint).netloc,
        "x-amz-date": moment,
        **({"x-amz-security-token": credentials.token} if credentials.token else {}),
        "x-amz-target": f"{_SERVICE}.{action}",
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = "\n".join(("POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()))
    text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    named = f"Credential={credentials.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {named}"}
