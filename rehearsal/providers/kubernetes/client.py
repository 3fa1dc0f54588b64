"""The Kubernetes API over plain HTTP: one kept connection a thread, retries with jitter, refusals as `ApiError`."""

import http.client
import json
import logging
import random
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from rehearsal.paths import StackPaths
from rehearsal.providers.provider import Refused

APPLY = "application/apply-patch+yaml"
JSON = "application/json"
#: Ours wherever the rehearsal itself, and no resource of the program, puts an object into the cluster.
REHEARSAL_MANAGER = "lifeline-rehearsal"

_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.1
_SOCKET_SECONDS = 30.0
#: The server asks to come again later, or was cut off from its database for a moment.
_PASSING = {429, 502, 503, 504}
#: As an internal error the server also reports a schema it refuses: only these words mean that it may pass.
_PASSING_WORDS = ("etcdserver", "rpc error", "timed out", "context deadline exceeded", "failed calling webhook")
_WARNING = re.compile(r'^\d{3} \S+ "((?:[^"\\]|\\.)*)"')


class ApiError(Exception):
    """The API server answered with a refusal."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        self.status = status
        self.reason: str = answer.get("reason") or ""
        self.message: str = answer.get("message") or f"HTTP status {status}"
        self.details: dict[str, Any] = answer.get("details") or {}
        self.causes: list[dict[str, str]] = self.details.get("causes") or []
        super().__init__(self.message)

    @property
    def passing(self) -> bool:
        told = self.message.lower()
        return self.status in _PASSING or (self.status == 500 and any(words in told for words in _PASSING_WORDS))

    @property
    def namespace_missing(self) -> bool:
        return self.status == 404 and self.details.get("kind") == "namespaces"

    @property
    def account_missing(self) -> bool:
        """The controller that gives a new namespace its service account has not come to it yet."""
        return self.status == 403 and "error looking up service account" in self.message


class Unreachable(Refused):
    """Nothing answers where the API server should be."""


@dataclass(frozen=True)
class Endpoint:
    """Where the rehearsal's API server is and what it wants to see."""

    server: str
    ca_file: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, paths: StackPaths, cluster: str = "") -> "Endpoint":
        """Of an EKS cluster ("us-east-1/name"), or of the stack's first one."""
        described = cls._places(paths)
        return cls(**described.get("clusters", {}).get(cluster, described["kubernetes"]))

    @classmethod
    def all_of(cls, paths: StackPaths) -> list["Endpoint"]:
        """The first one first."""
        described = cls._places(paths)
        further = {number: each for number, each in described.get("planes", {}).items() if number != "1"}
        return [cls(**each) for each in (described["kubernetes"], *further.values())]

    @classmethod
    def claimed(cls, paths: StackPaths) -> bool:
        """Whether an EKS cluster of the stack exists already."""
        return bool(cls._places(paths).get("clusters"))

    @staticmethod
    def _places(paths: StackPaths) -> dict[str, Any]:
        try:
            return json.loads(paths.endpoints.read_text())
        except FileNotFoundError:
            raise Unreachable(
                f"the rehearsal's processes of stack {paths.stack!r} do not run: "
                f"`make up STACK={paths.stack}` starts them"
            ) from None


class Client:
    """Every request here may be sent twice without harm, so every one is retried."""

    def __init__(self, endpoint: Endpoint, interrupted: threading.Event | None = None) -> None:
        self.endpoint = endpoint
        self._interrupted = interrupted or threading.Event()
        self._address = urlsplit(endpoint.server)
        self._tls = ssl.create_default_context(cafile=endpoint.ca_file)
        self._local = threading.local()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self.request("GET", path, query)

    def find(self, path: str, **query: Any) -> dict[str, Any] | None:
        """None when it is not there."""
        try:
            return self.get(path, **query)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return self.get(path, **query).get("items") or []

    def apply(
        self,
        path: str,
        body: dict[str, Any],
        *,
        manager: str,
        force: bool = False,
        dry_run: bool = False,
        warn: Callable[[str], None] | None = None,
    ) -> dict[str, Any]:
        query = {"fieldManager": manager, "fieldValidation": "Strict", "force": str(force).lower()}
        if dry_run:
            query["dryRun"] = "All"
        return self.request("PATCH", path, query, body, APPLY, warn)

    def delete(self, path: str, options: dict[str, Any]) -> dict[str, Any]:
        return self.request("DELETE", path, {}, {"apiVersion": "v1", "kind": "DeleteOptions", **options})

    def request(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        kind: str = JSON,
        warn: Callable[[str], None] | None = None,
    ) -> dict[str, Any]:
        target = f"{path}?{urlencode(query)}" if query else path
        payload = None if body is None else json.dumps(body).encode()
        for attempt in range(1, _ATTEMPTS + 1):
            after = 0.0
            try:
                status, headers, content = self._exchange(method, target, payload, kind)
            except (OSError, http.client.HTTPException) as error:
                untrusted = isinstance(error, ssl.SSLCertVerificationError)
                if untrusted or attempt == _ATTEMPTS or self._interrupted.is_set():
                    raise self._unreachable(error) from error
                logging.info("%s %s: %s; attempt %d", method, path, error, attempt)
            else:
                if status < 300:
                    _pass_on(headers, warn)
                    return json.loads(content)
                refusal = ApiError(status, _answer(content))
                if not refusal.passing or attempt == _ATTEMPTS or self._interrupted.is_set():
                    raise refusal
                logging.info("%s %s: HTTP status %d; attempt %d", method, path, status, attempt)
                after = float(headers.get("Retry-After") or 0)
            pause = _FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
            self._interrupted.wait(max(min(after, 5.0), random.uniform(pause / 2, pause)))
        raise AssertionError("the last attempt returns or raises")

    def _exchange(
        self, method: str, target: str, payload: bytes | None, kind: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection: http.client.HTTPSConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(
                self._address.hostname or "", self._address.port, context=self._tls, timeout=_SOCKET_SECONDS
            )
            self._local.connection = connection
        headers = {"Authorization": f"Bearer {self.endpoint.token}", "Content-Type": kind, "Accept": JSON}
        try:
            connection.request(method, target, payload, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._local.connection = None
            raise

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(
            f"the rehearsal's Kubernetes API at {self.endpoint.server} does not answer ({error}). `make up` starts it "
            "again. If its cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true (or deleteUnreachable on the "
            "provider) drops its objects from the state when they are deleted or refreshed"
        )


def _pass_on(headers: http.client.HTTPMessage, warn: Callable[[str], None] | None) -> None:
    for value in headers.get_all("Warning") or []:
        match = _WARNING.match(value)
        if warn is not None and match:
            warn(match[1].replace('\\"', '"'))


def _answer(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        return {"message": content.decode(errors="replace")[:500]}
    return answer if isinstance(answer, dict) else {}
