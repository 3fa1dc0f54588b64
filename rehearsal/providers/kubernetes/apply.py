"""Objects sent to the API server by server-side apply, and its refusals in words a user can act on."""

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from rehearsal.providers.kubernetes.client import ApiError, Client
from rehearsal.providers.kubernetes.discovery import Discovery, Kind
from rehearsal.providers.kubernetes.objects import Object, Target
from rehearsal.providers.provider import Refused

#: For what another resource of the same run brings: its definition, namespace or service account.
_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.25
_QUOTED_VALUE = re.compile(r"got &value\.\w+\{.*?\}(?=\n|$)", re.DOTALL)


class Cluster:
    """The API server and what is known of it, shared by all resources of a run."""

    def __init__(self, client: Client, default_namespace: str, interrupted: threading.Event) -> None:
        self.client = client
        self.discovery = Discovery(client)
        self.interrupted = interrupted
        self._default_namespace = default_namespace

    def kind(self, which: Target) -> Kind | None:
        return self.discovery.find(which.api_version, which.kind)

    def demand(self, which: Target) -> Kind:
        """The kind, or why there is none: a definition applied in this run is waited for."""
        deadline = time.monotonic() + (0 if which.builtin else _PATIENCE_SECONDS)
        while (kind := self.kind(which)) is None:
            if time.monotonic() >= deadline or self.interrupted.wait(_PAUSE_SECONDS):
                raise self.unknown_kind(which)
        return kind

    def unknown_kind(self, which: Target) -> Refused:
        near = self.discovery.nearby(which.api_version, which.kind)
        remedy = (
            "use one of these" if which.builtin else "create its definition first and let this resource depend on it"
        )
        return Refused(f"the cluster knows no {which.kind} of {which.api_version}: {near}; {remedy}")

    def namespace(self, kind: Kind, which: Target) -> str:
        return (which.namespace or self._default_namespace) if kind.namespaced else ""

    def path(self, kind: Kind, which: Target) -> str:
        return kind.path(self.namespace(kind, which), which.name)

    def live(self, kind: Kind, which: Target) -> Object | None:
        return self.client.find(self.path(kind, which))

    def apply(
        self,
        kind: Kind,
        body: Object,
        *,
        manager: str,
        force: bool = False,
        warn: Callable[[str], None] | None = None,
    ) -> Object:
        """Waits a moment where a namespace or its service account is being made in the same run."""
        metadata = body["metadata"]
        path = kind.path(metadata.get("namespace", ""), metadata["name"])
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return self.client.apply(path, body, manager=manager, force=force, warn=warn)
            except ApiError as error:
                passing = error.namespace_missing or error.account_missing
                if not passing or time.monotonic() >= deadline or self.interrupted.wait(_PAUSE_SECONDS):
                    raise refused(error) from error

    def dry_run(self, kind: Kind, body: Object, *, manager: str, force: bool = False, warn: Any = None) -> Object:
        """What the server would answer; its refusal is raised as it is."""
        metadata = body["metadata"]
        path = kind.path(metadata.get("namespace", ""), metadata["name"])
        return self.client.apply(path, body, manager=manager, force=force, dry_run=True, warn=warn)


def refused(error: ApiError) -> Refused:
    """The server's words, and the next step where they do not say it."""
    conflicts = [cause for cause in error.causes if cause.get("reason") == "FieldManagerConflict"]
    if conflicts:
        return Refused(_conflict(conflicts))
    if error.namespace_missing:
        name = error.details.get("name", "")
        return Refused(
            f'the namespace "{name}" does not exist: create it in this program and take its name from that resource, '
            "so that it comes first"
        )
    # A value of the wrong type is quoted as the server's Go code prints it.
    return Refused(_QUOTED_VALUE.sub("got a value of another type", error.message))


def _conflict(conflicts: list[dict[str, str]]) -> str:
    owners: dict[str, list[str]] = {}
    for cause in conflicts:
        owner = cause.get("message", "").removeprefix("conflict with ")
        owners.setdefault(owner or "another manager", []).append(cause.get("field", ""))
    taken = "; ".join(f"{', '.join(fields)} by {owner}" for owner, fields in owners.items())
    return (
        f"conflict: fields were changed by somebody else since: {taken}. Leave these fields to them (ignore_changes), "
        'or take them back with the annotation pulumi.com/patchForce: "true"'
    )
