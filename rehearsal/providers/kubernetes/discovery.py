"""Which kinds the API server knows and under which path: asked once a group and version, again for a missing kind."""

import threading
from dataclasses import dataclass
from typing import Any

from rehearsal.providers.kubernetes.client import ApiError, Client


@dataclass(frozen=True)
class Kind:
    """A kind of objects as the API server serves it."""

    api_version: str
    name: str
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str) -> str:
        scope = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{_root(self.api_version)}{scope}/{self.plural}/{name}"

    @property
    def everywhere(self) -> str:
        return f"{_root(self.api_version)}/{self.plural}"


class Discovery:
    """Remembers what was found, never what was missing: a definition may be applied at any time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._lock = threading.Lock()

    def find(self, api_version: str, kind: str) -> Kind | None:
        wanted = (api_version, kind)
        with self._lock:
            if wanted not in self._kinds:
                self._kinds.update({(api_version, found.name): found for found in self._ask(api_version)})
            return self._kinds.get(wanted)

    def forget(self) -> None:
        """Definitions changed: a kind may have another scope or be gone."""
        with self._lock:
            self._kinds.clear()

    def nearby(self, api_version: str, kind: str) -> str:
        """What the server has instead, in words."""
        group = api_version.partition("/")[0] if "/" in api_version else ""
        if group:
            served = self._client.find(f"/apis/{group}")
            if served is None:
                return f"it serves nothing of the group {group!r}"
            versions = [version["groupVersion"] for version in served["versions"]]
        else:
            versions = ["v1"]
        having = [version for version in versions if any(found.name == kind for found in self._ask(version))]
        if having:
            return f"it serves {kind} as {', '.join(having)}"
        names = sorted({found.name for version in versions for found in self._ask(version)})
        return f"in {group or 'core'} ({', '.join(versions)}) it has: {', '.join(names)}"

    def _ask(self, api_version: str) -> list[Kind]:
        try:
            listed = self._client.get(_root(api_version))
        except ApiError as error:
            if error.status == 404:
                return []
            raise
        return [_kind(api_version, entry) for entry in listed["resources"] if "/" not in entry["name"]]


def _kind(api_version: str, entry: dict[str, Any]) -> Kind:
    return Kind(api_version, entry["kind"], entry["name"], bool(entry["namespaced"]))


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
