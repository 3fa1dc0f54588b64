"""The few calls the rehearsal's own processes make to the Kubernetes API, over plain HTTP."""

import http.client
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON = "application/json"
#: Below the API server's own longest watch, so that the end of one is ordinary.
WATCH_SECONDS = 240


class ApiError(Exception):
    """The API server answered, with a refusal."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class KubernetesApi:
    """One connection; not to be shared between threads."""

    def __init__(self, server: str, authority: Path, token: str, *, timeout_seconds: float = 10) -> None:
        self._address = urlsplit(server)
        self._context = ssl.create_default_context(cafile=str(authority))
        self._token = token
        self._timeout = timeout_seconds
        self._connection: http.client.HTTPSConnection | None = None

    def get(self, path: str) -> dict[str, Any]:
        return self.call("GET", path)

    def items(self, path: str) -> list[dict[str, Any]]:
        return self.get(path)["items"]

    def text(self, path: str) -> str:
        return self._exchange("GET", path, None, JSON).decode()

    def apply(self, path: str, item: dict[str, Any], manager: str = "rehearsal-processes") -> dict[str, Any]:
        return self.call("PATCH", f"{path}?fieldManager={manager}&force=true", item, APPLY)

    def merge(self, path: str, change: dict[str, Any]) -> dict[str, Any]:
        return self.call("PATCH", path, change, MERGE)

    def create(self, path: str, item: dict[str, Any]) -> dict[str, Any]:
        return self.call("POST", path, item)

    def delete(self, path: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.call("DELETE", path, options)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = JSON) -> dict[str, Any]:
        return json.loads(self._exchange(method, path, body, kind))

    def watch(self, path: str) -> Iterator[dict[str, Any]]:
        """Changes from now on, until the server ends the watch in the ordinary way."""
        connection = self._connect(WATCH_SECONDS + 30)
        try:
            query = urlencode({"watch": "1", "timeoutSeconds": WATCH_SECONDS, "allowWatchBookmarks": "true"})
            connection.request("GET", f"{path}?{query}", headers=self._headers(JSON))
            response = connection.getresponse()
            if response.status >= 300:
                raise ApiError(response.status, response.read().decode(errors="replace")[:500])
            for line in response:
                yield json.loads(line)
        finally:
            connection.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, body: dict[str, Any] | None, kind: str) -> bytes:
        fresh = self._connection is None
        if self._connection is None:
            self._connection = self._connect(self._timeout)
        try:
            payload = None if body is None else json.dumps(body).encode()
            self._connection.request(method, path, payload, self._headers(kind))
            response = self._connection.getresponse()
            content = response.read()
        except (http.client.HTTPException, OSError):
            self.close()
            if fresh:
                raise
            # The server closed a connection that had been idle.
            return self._exchange(method, path, body, kind)
        if response.status >= 300:
            raise ApiError(response.status, _message(content))
        return content

    def _connect(self, timeout: float) -> http.client.HTTPSConnection:
        host, port = self._address.hostname or "", self._address.port
        return http.client.HTTPSConnection(host, port, context=self._context, timeout=timeout)

    def _headers(self, kind: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Content-Type": kind, "Accept": JSON}


def _message(content: bytes) -> str:
    try:
        return json.loads(content)["message"]
    except (ValueError, KeyError, TypeError):
        return content.decode(errors="replace")[:500]
